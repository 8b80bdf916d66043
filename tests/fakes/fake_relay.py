# SPDX-License-Identifier: AGPL-3.0-or-later
"""A relay in memory with a real log, real signatures and real refusals, and with faults that a test chooses.

`FakeRelay.connect` is a `RelayFactory`. What `crypto_core.wire.relay_api` documents is what it does;
`tests/contract/test_relay_port.py` holds it to the same promises as the real relay.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import copy
import functools
import hashlib
import threading
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from app.engine.ports.relay import (
    AuthorizationCode,
    Caller,
    Challenge,
    ConnectionFacts,
    EpochStep,
    Grant,
    RecoveryGrant,
    RelayRefusedError,
    RelayUnreachableError,
    SecondFactorNeeded,
    SignInNeededError,
)
from crypto_core.errors import CryptoCoreError, KeyStateError, SignatureError, WireError
from crypto_core.trust.assurance import read_vouch
from crypto_core.trust.audit import (
    CHAIN_START,
    ChainHead,
    follow_chain,
    read_statement,
    verify_statement,
)
from crypto_core.trust.checkpoints import verify_checkpoint
from crypto_core.trust.cosignatures import verify_cosignature, witness_key
from crypto_core.trust.devices import find_device, require_current
from crypto_core.trust.evidence_records import ArchivedToken, make_record
from crypto_core.trust.key_history import KeyHistory
from crypto_core.trust.key_map import KeyMap
from crypto_core.trust.merkle import TreeEdge, inclusion_path, leaf_hash
from crypto_core.trust.recovery import verify_kit_proof, verify_package
from crypto_core.trust.signatures import open_signed, pseudonym_of, sha256
from crypto_core.trust.timestamps import ImprintHash, make_request
from crypto_core.wire.assurance import (
    AssuranceGiven,
    AssuranceLevel,
    AssuranceRevoked,
    DocumentKind,
    RevocationReason,
)
from crypto_core.wire.audit import (
    Administered,
    AuditLeaf,
    AuditStatement,
    DeviceListPublished,
    EntriesErased,
    EnvelopeAccepted,
    EnvelopeExpired,
    FactorChange,
    FactorsChanged,
    KeyMapPublished,
    LaterStatement,
    RootChangeVetoed,
    SessionsEnded,
    SignatureInvalid,
    SignInAttempt,
    Verb,
)
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.devices import (
    AccountCertificate,
    DeviceEntry,
    DeviceList,
    KeyEvent,
    KeyEventKind,
    RootVeto,
)
from crypto_core.wire.enrolment import Enrolment
from crypto_core.wire.envelope import Envelope, OuterHeader
from crypto_core.wire.ids import (
    RELAY_PSEUDONYM,
    AccountId,
    BlobId,
    DeviceId,
    DevicePseudonym,
    EnvelopeId,
    FactorId,
    UnixMillis,
)
from crypto_core.wire.key_map import KeyMapAnswer, MapEntry
from crypto_core.wire.labels import PREKEY_BATCH, RELAY_STATEMENT, SIGNED_PREKEY
from crypto_core.wire.limits import (
    CHUNK_BYTES,
    CLOCK_SKEW_SECONDS,
    ENVELOPE_LIFE_SECONDS,
    MAX_DIRECTORY_RESULTS,
    MAX_PAGE_ITEMS,
    MAX_UPLOAD_PART_BYTES,
)
from crypto_core.wire.linking import LINK_SECONDS, LinkId
from crypto_core.wire.names import is_found, searchable, typed_words
from crypto_core.wire.prekeys import (
    ClaimedPrekey,
    DevicePrekeys,
    OneTimePrekey,
    PrekeyBatch,
    PrekeyBundle,
    SignedPrekey,
)
from crypto_core.wire.recovery import SealedPackage
from crypto_core.wire.relay_api import (
    AcknowledgeRequest,
    AppendJournalRequest,
    Assurances,
    BlobStatus,
    ConsistencyAnswer,
    CoseRoot,
    CoseRoots,
    CoseRootsRequest,
    Cosignature,
    CosignatureList,
    CreateBlobRequest,
    Delivery,
    DirectoryEntry,
    DirectoryPage,
    InclusionAnswer,
    JournalAct,
    JournalItem,
    JournalPage,
    JournalReceipts,
    KeyEvents,
    LeafProof,
    LoggedKeyEvent,
    LogReceipt,
    MailboxPage,
    OpenLinkRequest,
    PostEnvelopeRequest,
    PrekeyClaimRequest,
    PrekeyStatus,
    PrekeyUpload,
    ProblemCode,
    PublishKeyEventRequest,
    RecoverRequest,
    RegisterRequest,
    RelayDescription,
    SealedLinkGrant,
    SealedLinkOffer,
    Sessions,
    SignedStatement,
    TimestampedCheckpoint,
    VetoRootChangeRequest,
    VouchRequest,
)
from crypto_core.wire.sign_in import FactorKind
from crypto_core.wire.signed import HybridSignature, Signed, SigningPublicKey
from relay_server.audit.signing import Ed25519CheckpointSigner, LogSigners, MLDSA44CheckpointSigner
from tests.fakes.fake_sign_in import A_YEAR_SECONDS, FakeSignIn
from tests.fakes.sample_log import SampleLog
from tests.fakes.timestamp_authority import token_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence
    from datetime import datetime

    from crypto_core.wire.oauth import Step
    from crypto_core.wire.sign_in import (
        AddSecurityKeyRequest,
        AddTotpRequest,
        CredentialRequest,
        FactorRow,
        Factors,
        LoginCredential,
        RenewRecoveryCodesRequest,
        SecurityKeyOptions,
        SignInRegistrationAnswer,
        SignInRegistrationRequest,
    )
    from tests.fakes.timestamp_authority import LyingAuthority

T = TypeVar("T")

_OPEN_OPERATIONS: Final = frozenset(
    {
        "describe",
        "timestamps",
        "register",
        "register_sign_in",
        "start_recovery",
        "redeem_recovery",
        "veto_root_change",
        "start_sign_in",
        "prove_passphrase",
        "prove_second_factor",
        "redeem_code",
        "refresh",
        "revoke",
        "checkpoint",
        "put_link_offer",
        "link_answer",
    }
)
"""What is answered without a session."""

_EVENTS_A_PAGE: Final = 20
_PACKAGES_AHEAD: Final = 100
_MAP_RENEWAL_MILLIS: Final = 12 * 3_600_000

URL: Final = "https://relay.example"
ORIGIN: Final = "relay.example/log"


@dataclass(slots=True, kw_only=True)
class _Account:
    registration: bytes
    """The encoded request, to know a repetition."""
    history: KeyHistory
    events: list[tuple[KeyEvent, int]]
    """Key events with the index of their leaves."""
    packages: list[SealedPackage] = field(default_factory=list)
    """The newest recovery packages, oldest first."""
    assurances: list[int] = field(default_factory=list)
    """Leaves that say who this is."""

    @property
    def newest(self) -> DeviceList:
        newest = self.history.newest
        assert newest is not None
        return newest

    @property
    def newest_list(self) -> Signed:
        """The newest list, signed."""
        lists = [event for event, _ in self.events if event.kind is KeyEventKind.DEVICE_LIST]
        return lists[-1].signed

    @property
    def certificate(self) -> Signed:
        """The newest certificate, signed."""
        found = [event.certificate for event, _ in self.events if event.certificate is not None]
        return found[-1]


@dataclass(slots=True, kw_only=True)
class _Link:
    account: AccountId
    expires_at: UnixMillis
    offer: SealedLinkOffer | None = None
    offered_by: bytes = b""
    answer: SealedLinkGrant | None = None


@dataclass(slots=True, kw_only=True)
class _Prekeys:
    signed: Signed | None = None
    batches: dict[int, tuple[Signed, tuple[OneTimePrekey, ...]]] = field(default_factory=dict)
    left: list[OneTimePrekey] = field(default_factory=list)
    fallbacks: int = 0


@dataclass(slots=True, kw_only=True)
class _Accepted:
    header: OuterHeader
    envelope: bytes
    leaf_index: int
    waiting: set[DeviceId]
    is_expired: bool = False


@dataclass(slots=True, kw_only=True)
class _Blob:
    owner: AccountId
    request: CreateBlobRequest
    content: bytearray = field(default_factory=bytearray)
    is_complete: bool = False
    envelopes: set[EnvelopeId] = field(default_factory=set)


@dataclass(slots=True, kw_only=True)
class _State:
    """All that a restart of the relay would keep."""

    leaves: list[bytes] = field(default_factory=list)
    invitations: dict[str, AccountId | None] = field(default_factory=dict)
    accounts: dict[AccountId, _Account] = field(default_factory=dict)
    chains: dict[bytes, ChainHead] = field(default_factory=dict)
    keys: dict[bytes, AccountId] = field(default_factory=dict)
    directory: dict[AccountId, DirectoryEntry] = field(default_factory=dict)
    prekeys: dict[DeviceId, _Prekeys] = field(default_factory=dict)
    envelopes: dict[EnvelopeId, _Accepted] = field(default_factory=dict)
    mailboxes: dict[DeviceId, dict[int, tuple[EnvelopeId, int, bool]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    """Per device: cursor → envelope, leaf index, whether it is only a notice."""
    cursors: dict[DeviceId, int] = field(default_factory=lambda: defaultdict(int))
    blobs: dict[BlobId, _Blob] = field(default_factory=dict)
    key_map: KeyMap = field(default_factory=KeyMap)
    maps: list[tuple[int, KeyMap]] = field(default_factory=list)
    """Maps of keys with the index of the leaf that commits to each."""
    links: dict[LinkId, _Link] = field(default_factory=dict)
    sealed_entries: dict[int, bytes] = field(default_factory=dict)
    newest_erasure: int | None = None
    """What the journal's leaves commit to, by their index."""
    erased_entries: set[int] = field(default_factory=set)
    cosigned: dict[AccountId, dict[DeviceId, tuple[int, str]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    """Per account and device: the size of the newest tree that it has cosigned, and the note."""
    timestamps: dict[int, TimestampedCheckpoint] = field(default_factory=dict)
    """By the size of the checkpoint."""


_OWN_CONTENTS: Final[dict[Verb, type]] = {
    Verb.SIGN_IN: SignInAttempt,
    Verb.SESSIONS_ENDED: SessionsEnded,
    Verb.ROOT_CHANGE_VETOED: RootChangeVetoed,
    Verb.FACTORS_CHANGED: FactorsChanged,
    Verb.ASSURANCE_GIVEN: AssuranceGiven,
    Verb.ASSURANCE_REVOKED: AssuranceRevoked,
    Verb.ENVELOPE_EXPIRED: EnvelopeExpired,
    Verb.SIGNATURE_INVALID: SignatureInvalid,
    Verb.ADMINISTERED: Administered,
}


@functools.cache
def _subject_of(
    leaf: bytes,
) -> tuple[DevicePseudonym, AccountId | None, EnvelopeId | None]:
    """Whose leaf it is, and about which account or envelope."""
    try:
        statement = read_statement(decode(AuditLeaf, leaf).statement)
    except WireError:
        # What a test has put into the log to make it grow.
        return DevicePseudonym(b"somebody else's."), None, None
    if statement.actor != RELAY_PSEUDONYM:
        return statement.actor, None, None
    if isinstance(statement, LaterStatement):
        # A later program would know whom it is about.
        return statement.actor, AccountId(statement.content), None
    if statement.verb not in _OWN_CONTENTS:
        return statement.actor, None, None
    content: Any = decode(_OWN_CONTENTS[statement.verb], statement.content)
    envelope = getattr(content, "envelope", None)
    return statement.actor, getattr(content, "account", None), envelope


@dataclass(slots=True, kw_only=True)
class _Interruption:
    operation: str
    error: Exception
    has_acted: bool
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Device:
    """Who calls, once proven."""

    account: AccountId
    entry: DeviceEntry


@dataclass(frozen=True, slots=True)
class _Subscriber:
    loop: asyncio.AbstractEventLoop
    news: asyncio.Event

    def wake(self) -> None:
        """Tell the subscriber that something changed; harmless when its loop has ended."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.news.set)


def refuse(code: ProblemCode, **fields: object) -> RelayRefusedError:
    """Return the refusal a client sees."""
    return RelayRefusedError(code, fields=fields)


class FakeRelay:
    """The relay's side: shared by all connections, safe to use from several threads and loops.

    Operations are named like the methods of the port: `relay.interrupt("post_envelope", …)`.
    """

    def __init__(
        self,
        *,
        now: Callable[[], UnixMillis],
        random_bytes: Callable[[int], bytes],
        seed: int = 7,
        absolute_seconds: int = A_YEAR_SECONDS,
        idle_seconds: int = A_YEAR_SECONDS,
    ) -> None:
        """Sessions last a year unless a test says otherwise: most that let days pass are about other things."""
        self.now = now
        self.random_bytes = random_bytes
        self.calls: list[str] = []
        """The operations asked for, in order, failed ones included."""
        self.clock_skew_seconds: float = 0
        """How far the callers' clock is ahead; beyond 300 they are refused."""
        self.renews_maps = True
        """Whether the map of keys is written again when nothing has changed for twelve hours."""
        self.blob_quota_bytes = 2**40
        """How much an account may have stored at once."""
        self._seed = seed
        self._signers = LogSigners(
            ed25519=Ed25519CheckpointSigner(
                name=ORIGIN, private_key=Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
            ),
            ml_dsa_44=MLDSA44CheckpointSigner(
                name=ORIGIN,
                private_key=MLDSA44PrivateKey.from_seed_bytes(bytes([seed]) * 32),
                now_seconds=lambda: int(self.now()) // 1000,
            ),
        )
        self._state = _State()
        self._log = SampleLog(signers=self._signers)
        self._log.leaves = self._state.leaves
        self.sign_in = FakeSignIn(
            now=now,
            random_bytes=random_bytes,
            absolute_seconds=absolute_seconds,
            idle_seconds=idle_seconds,
        )
        self._lock = threading.RLock()
        self._subscribers: dict[DeviceId, list[_Subscriber]] = defaultdict(list)
        self._is_offline = False
        self._interruptions: list[_Interruption] = []
        self._alterations: dict[str, Callable[[Any], Any]] = {}

    # --- what a test arranges ----------------------------------------------------------------

    @property
    def enrolment(self) -> Enrolment:
        """What an administrator would hand out."""
        return Enrolment(
            version=1, url=URL, spki_sha256=sha256(b"fake relay"), log_keys=self._log.log_keys
        )

    @property
    def log(self) -> SampleLog:
        """The log with everything in it."""
        return self._log

    def invite(self) -> str:
        """Return a fresh one-time invitation code."""
        code = self.random_bytes(16).hex()
        self._state.invitations[code] = None
        return code

    def connect(self, enrolment: Enrolment, caller: Caller) -> FakeRelayConnection:
        """Return a connection, as a `RelayFactory` does; the enrolment is taken as it is."""
        del enrolment
        return FakeRelayConnection(self, caller)

    def go_offline(self) -> None:
        """Make every request and every event stream fail as unreachable."""
        self._is_offline = True
        self._wake_all()

    def come_back(self) -> None:
        """End `go_offline`."""
        self._is_offline = False

    def interrupt(
        self, operation: str, error: Exception | None = None, *, has_acted: bool, times: int = 1
    ) -> None:
        """Let the next `times` calls of an operation fail, after acting (the answer is lost) or before.

        The error is a broken connection unless another one is given.
        """
        self._interruptions.append(
            _Interruption(
                operation=operation,
                error=error or RelayUnreachableError("the connection broke"),
                has_acted=has_acted,
                times=times,
            )
        )

    def alter(self, operation: str, change: Callable[[Any], Any] | None) -> None:
        """Pass every answer of an operation through `change`, as a dishonest relay would; None ends it.

        Parts of `download_blob` pass one by one.
        """
        if change is None:
            self._alterations.pop(operation, None)
        else:
            self._alterations[operation] = change

    def fork(self) -> FakeRelay:
        """Return a second relay with the same keys and past, whose log grows apart from now on.

        Set `connection.relay` to it to show one caller another truth.
        """
        other = FakeRelay(now=self.now, random_bytes=self.random_bytes, seed=self._seed)
        other._state = copy.deepcopy(self._state)
        other._log.leaves = other._state.leaves
        other.sign_in.state = copy.deepcopy(self.sign_in.state)
        return other

    def stored_bytes(self) -> int:
        """How much all accounts have announced or stored."""
        return sum(blob.request.size for blob in self._state.blobs.values())

    def forget_leaves(self, size: int) -> None:
        """Cut the log back to `size` leaves, as a relay restored from an old backup would."""
        del self._state.leaves[size:]
        self._log = SampleLog(self._state.leaves, signers=self._signers)
        self._state.leaves = self._log.leaves

    def append_foreign_leaf(self, leaf: bytes = b"somebody else's leaf") -> None:
        """Let the log grow by something that concerns nobody in the test."""
        self._state.leaves.append(leaf)

    def expire(self) -> None:
        """Do what the real relay does from time to time: end the life of old envelopes, with notices."""
        with self._lock:
            for envelope in list(self._state.envelopes.values()):
                if envelope.header.expires_at <= self.now() and not envelope.is_expired:
                    self._expire(envelope)

    # --- how a connection gets in ------------------------------------------------------------

    def carry_out(self, operation: str, act: Callable[[], T]) -> T:
        """Run one operation with the faults that are due, one at a time."""
        with self._lock:
            self.calls.append(operation)
            self.require_reachable()
            fault = next(
                (each for each in self._interruptions if each.operation == operation), None
            )
            if fault is not None:
                fault.times -= 1
                if fault.times == 0:
                    self._interruptions.remove(fault)
                if not fault.has_acted:
                    raise fault.error
            answer = act()
            if fault is not None:
                raise fault.error
            change = self._alterations.get(operation)
            return answer if change is None else change(answer)

    def require_reachable(self) -> None:
        """Raise RelayUnreachableError while offline."""
        if self._is_offline:
            raise RelayUnreachableError("the relay is offline")

    def authenticate(self, caller: Caller) -> _Device:
        """Find the device whose request key the caller proves to hold, and whose session it shows."""
        self.require_proof(caller)
        token = None if caller.tokens is None else caller.tokens.access_token()
        self.sign_in.require_access(token, caller.request_key)
        device = self._listed(caller.request_key)
        if device is None:
            raise refuse(ProblemCode.UNAUTHENTICATED)
        return device

    def _listed(self, request_key: bytes) -> _Device | None:
        for account, registered in self._state.accounts.items():
            for entry in registered.newest.devices:
                if entry.request_key == request_key:
                    return _Device(account=account, entry=entry)
        return None

    def require_proof(self, caller: Caller) -> None:
        """Check the caller's clock and that it can sign with the key it names."""
        if abs(self.clock_skew_seconds) > CLOCK_SKEW_SECONDS:
            raise refuse(ProblemCode.CLOCK_SKEW)
        challenge = self.random_bytes(32)
        try:
            Ed25519PublicKey.from_public_bytes(caller.request_key).verify(
                caller.sign(challenge), challenge
            )
        except (InvalidSignature, ValueError):
            raise refuse(ProblemCode.UNAUTHENTICATED) from None

    # --- accounts ----------------------------------------------------------------------------

    def describe(self) -> RelayDescription:
        """Public facts."""
        return RelayDescription(
            version=1, software="fake", origin=ORIGIN, log_keys=self._log.log_keys
        )

    def register_sign_in(
        self, caller: Caller, request: SignInRegistrationRequest
    ) -> SignInRegistrationAnswer:
        """Take the relay's part in registering a passphrase."""
        self.require_proof(caller)
        if request.account in self._state.accounts:
            raise refuse(ProblemCode.ALREADY_REGISTERED)
        if self._state.invitations.get(request.invitation, request.account) is not None:
            raise refuse(ProblemCode.INVITATION_INVALID)
        return self.sign_in.answer_registration(request.account, request.request)

    def register(self, caller: Caller, request: RegisterRequest) -> LogReceipt:
        """Create an account from an invitation."""
        self.require_proof(caller)
        state = self._state
        with _refusals():
            account = decode(AccountCertificate, request.certificate.body).account
        known = state.accounts.get(account)
        if known is not None:
            if known.registration == encode(request):
                return self._receipt(known.events[0][1])
            raise refuse(ProblemCode.ALREADY_REGISTERED)
        if state.invitations.get(request.invitation, account) is not None:
            raise refuse(ProblemCode.INVITATION_INVALID)
        event = KeyEvent(
            version=1,
            kind=KeyEventKind.DEVICE_LIST,
            signed=request.device_list,
            certificate=request.certificate,
        )
        with _refusals():
            history = self._after(KeyHistory(account=account), event)
            devices = history.lists[-1].devices
            require_current(devices, now=self.now())
        if len(devices.devices) != 1 or devices.devices[0].request_key != caller.request_key:
            raise refuse(ProblemCode.MALFORMED)
        if request.directory is not None and request.directory.account != account:
            raise refuse(ProblemCode.FORBIDDEN)
        self.sign_in.check(request.sign_in)
        device = _Device(account=account, entry=devices.devices[0])
        self._require_unused_keys(account, devices)
        published = self._check_statement(device, request.statement, Verb.DEVICE_LIST_PUBLISHED)
        self._require_list_statement(published, account, devices, request.device_list)
        state.invitations[request.invitation] = account
        self._claim_keys(account, devices)
        index = self._append(device, request.statement)
        state.accounts[account] = _Account(
            registration=encode(request), history=history, events=[(event, index)]
        )
        self._commit_map(account, history)
        if request.directory is not None:
            state.directory[account] = request.directory
        self.sign_in.enrol(account, request.sign_in)
        return self._receipt(index)

    # --- sign-in -----------------------------------------------------------------------------

    def start_sign_in(
        self,
        caller: Caller,
        account: AccountId,
        ke1: bytes,
        code_challenge: str,
        *,
        is_pending: bool,
    ) -> Challenge:
        """First step of a sign-in."""
        self.require_proof(caller)
        device = self._listed(caller.request_key)
        with self._reported(caller):
            return self.sign_in.start(
                account,
                caller.request_key,
                ke1,
                code_challenge,
                is_listed=device is not None and device.account == account,
                is_pending=is_pending,
            )

    def prove_passphrase(self, caller: Caller, auth_session: str, ke3: bytes) -> SecondFactorNeeded:
        """Second step of a sign-in."""
        self.require_proof(caller)
        with self._reported(caller):
            return self.sign_in.prove_passphrase(auth_session, caller.request_key, ke3)

    def prove_second_factor(
        self, caller: Caller, auth_session: str, step: Step, value: str
    ) -> AuthorizationCode:
        """Third step of a sign-in."""
        self.require_proof(caller)
        with self._reported(caller):
            return self.sign_in.prove_second_factor(
                auth_session,
                caller.request_key,
                step,
                value,
                is_kit=lambda *shown: self._is_kit(caller, *shown),
            )

    # --- recovery ----------------------------------------------------------------------------

    def start_recovery(
        self,
        caller: Caller,
        account: AccountId,
        ke1: bytes,
        code_challenge: str,
        root: SigningPublicKey,
        kit_proof: HybridSignature,
    ) -> Challenge:
        """First step of a sign-in with the kit, from any key."""
        self.require_proof(caller)
        text = base64.urlsafe_b64encode(ke1).rstrip(b"=").decode()
        has_kit = (
            account in self._state.accounts
            and root == self._account(account).history.root_at(self.now())
            and self._is_proof(caller, root, text, kit_proof)
        )
        with self._reported(caller):
            return self.sign_in.start(
                account,
                caller.request_key,
                ke1,
                code_challenge,
                is_listed=True,
                is_pending=False,
                is_recovery=True,
                has_kit=has_kit,
            )

    def redeem_recovery(self, caller: Caller, code: str, code_verifier: str) -> RecoveryGrant:
        """Give a token of recovery."""
        self.require_proof(caller)
        with self._reported(caller):
            return self.sign_in.redeem_recovery(code, caller.request_key, code_verifier)

    def _is_kit(self, caller: Caller, account: AccountId, auth_session: str, value: str) -> bool:
        root = self._account(account).history.root_at(self.now())
        assert root is not None
        try:
            raw = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
            proof = decode(HybridSignature, raw)
        except (CryptoCoreError, ValueError):
            return False
        return self._is_proof(caller, root, auth_session, proof)

    def _is_proof(
        self, caller: Caller, root: SigningPublicKey, text: str, proof: HybridSignature
    ) -> bool:
        head = base64.urlsafe_b64encode(caller.request_key).rstrip(b"=").decode()
        jwk = f'{{"crv":"Ed25519","kty":"OKP","x":"{head}"}}'
        try:
            verify_kit_proof(root, proof, auth_session=text, thumbprint=sha256(jwk.encode()))
        except CryptoCoreError:
            return False
        return True

    def _recovering(self, caller: Caller) -> AccountId:
        self.require_proof(caller)
        token = None if caller.tokens is None else caller.tokens.access_token()
        return self.sign_in.require_recovery(token, caller.request_key)

    def recovery_package(self, caller: Caller) -> SealedPackage:
        """Return the newest package."""
        packages = self._account(self._recovering(caller)).packages
        if not packages:
            raise refuse(ProblemCode.NOT_FOUND)
        return packages[-1]

    def put_recovery_package(self, caller: Caller, package: SealedPackage) -> None:
        """Keep a package whose number is among the next of its identity key, and the two before it."""
        account = self.authenticate(caller).account
        registered = self._account(account)
        identity = decode(AccountCertificate, registered.certificate.body).identity
        with _refusals():
            header = verify_package(account, identity, package)
        if package in registered.packages[-1:]:
            return
        before: list[SealedPackage] = []
        number = 0
        for each in registered.packages:
            with contextlib.suppress(SignatureError):
                number = verify_package(account, identity, each).number
                before.append(each)
        if not number < header.number <= number + _PACKAGES_AHEAD:
            raise refuse(ProblemCode.CONFLICT, newest_number=number)
        registered.packages = [*before, package][-3:]

    def recover(self, caller: Caller, request: RecoverRequest) -> LogReceipt:
        """Put new keys in force, replace all second factors, end all sessions."""
        account = self._recovering(caller)
        registered = self._account(account)
        event = KeyEvent(
            version=1,
            kind=KeyEventKind.DEVICE_LIST,
            signed=request.device_list,
            certificate=request.certificate,
        )
        for known, index in registered.events:
            if known == event:
                return self._receipt(index)
        with _refusals():
            listed = decode(DeviceList, event.signed.body)
        if listed.sequence != registered.newest.sequence + 1:
            raise refuse(ProblemCode.CHAIN_BROKEN, expected_sequence=registered.newest.sequence + 1)
        with _refusals():
            history = self._after(registered.history, event)
            require_current(listed, now=self.now())
        own = [each for each in listed.devices if each.request_key == caller.request_key]
        if len(own) != 1:
            raise refuse(ProblemCode.FORBIDDEN)
        device = _Device(account=account, entry=own[0])
        self._require_unused_keys(account, listed)
        said = self._check_statement(device, request.statement, Verb.DEVICE_LIST_PUBLISHED)
        self._require_list_statement(said, account, listed, event.signed)
        self._claim_keys(account, listed)
        index = self._append(device, request.statement)
        self._take(account, history, event, index)
        token = None if caller.tokens is None else caller.tokens.access_token()
        for kind in self.sign_in.recover(token, request.totp_secret, request.recovery_hashes):
            self._state_factors(device, kind, FactorChange.REMOVED)
        self._state_factors(device, FactorKind.TOTP, FactorChange.ADDED)
        self._state_factors(device, FactorKind.RECOVERY_CODE, FactorChange.REPLACED)
        return self._receipt(index)

    def veto_root_change(self, caller: Caller, request: VetoRootChangeRequest) -> LogReceipt:
        """Void the announced change of a root."""
        self.require_proof(caller)
        with _refusals():
            veto = decode(RootVeto, request.veto.body)
        registered = self._account(veto.account)
        event = KeyEvent(
            version=1, kind=KeyEventKind.ROOT_VETO, signed=request.veto, certificate=None
        )
        for known, index in registered.events:
            if known == event:
                return self._receipt(index)
        with _refusals():
            history = self._after(registered.history, event)
        content = RootChangeVetoed(
            account=veto.account, sequence=veto.sequence, veto_hash=sha256(request.veto.body)
        )
        index = self._state_own(Verb.ROOT_CHANGE_VETOED, content)
        self._take(veto.account, history, event, index)
        return self._receipt(index)

    def redeem_code(self, caller: Caller, code: str, code_verifier: str, epoch: EpochStep) -> Grant:
        """Begin a session."""
        self.require_proof(caller)
        device = self._listed(caller.request_key)
        with self._reported(caller):
            return self.sign_in.redeem(
                code,
                caller.request_key,
                code_verifier,
                None if device is None else device.entry.device,
                epoch,
            )

    def refresh(self, caller: Caller, refresh_token: str) -> Grant:
        """Renew a session."""
        self.require_proof(caller)
        with self._reported(caller):
            return self.sign_in.refresh(refresh_token, caller.request_key)

    def revoke(self, caller: Caller, refresh_token: str) -> None:
        """End a session."""
        self.require_proof(caller)
        self.sign_in.revoke(refresh_token, caller.request_key)

    def sessions(self, caller: Caller) -> Sessions:
        """List the living sessions of the caller's account."""
        device = self.authenticate(caller)
        token = None if caller.tokens is None else caller.tokens.access_token()
        return self.sign_in.sessions(device.account, token or "")

    def end_sessions(self, caller: Caller) -> None:
        """End all sessions of the caller's account."""
        device = self.authenticate(caller)
        count = self.sign_in.end_all(device.account)
        self._state_own(
            Verb.SESSIONS_ENDED,
            SessionsEnded(
                account=device.account, device=pseudonym_of(device.entry.device), count=count
            ),
        )

    def _step_up(self, caller: Caller) -> _Device:
        """Find who calls with factors that were shown just now."""
        device = self.authenticate(caller)
        assert caller.tokens is not None
        self.sign_in.require_step_up(caller.tokens.access_token())
        return device

    def factors(self, caller: Caller) -> Factors:
        """List the second factors of the caller's account."""
        return self.sign_in.list_factors(self.authenticate(caller).account)

    def add_totp(self, caller: Caller, request: AddTotpRequest) -> FactorRow:
        """Take another authenticator."""
        device = self._step_up(caller)
        row = self.sign_in.add_totp(device.account, request)
        self._state_factors(device, FactorKind.TOTP, FactorChange.ADDED)
        return row

    def security_key_options(self, caller: Caller) -> SecurityKeyOptions:
        """Say what a security key has to sign."""
        return self.sign_in.security_key_options(self._step_up(caller).account)

    def add_security_key(self, caller: Caller, request: AddSecurityKeyRequest) -> FactorRow:
        """Take another security key."""
        device = self._step_up(caller)
        row = self.sign_in.add_security_key(device.account, request)
        self._state_factors(device, FactorKind.FIDO2, FactorChange.ADDED)
        return row

    def remove_factor(self, caller: Caller, factor: FactorId) -> None:
        """Take a factor away."""
        device = self._step_up(caller)
        kind = self.sign_in.remove_factor(device.account, factor)
        self._state_factors(device, kind, FactorChange.REMOVED)

    def renew_recovery_codes(self, caller: Caller, request: RenewRecoveryCodesRequest) -> None:
        """Put ten codes in the place of all there were."""
        device = self._step_up(caller)
        self.sign_in.renew_recovery_codes(device.account, request.recovery_hashes)
        self._state_factors(device, FactorKind.RECOVERY_CODE, FactorChange.REPLACED)

    def register_passphrase(
        self, caller: Caller, request: CredentialRequest
    ) -> SignInRegistrationAnswer:
        """Take the relay's part in registering another passphrase."""
        return self.sign_in.answer_registration(self._step_up(caller).account, request.request)

    def store_passphrase(self, caller: Caller, credential: LoginCredential) -> None:
        """Store another passphrase."""
        self.sign_in.store_pending(self._step_up(caller).account, credential)

    def _state_factors(self, device: _Device, kind: FactorKind, change: FactorChange) -> None:
        self._state_own(
            Verb.FACTORS_CHANGED,
            FactorsChanged(
                account=device.account,
                device=pseudonym_of(device.entry.device),
                kind=kind,
                change=change,
            ),
        )

    @contextmanager
    def _reported(self, caller: Caller) -> Iterator[None]:
        """Log what sign-in has to say of the step inside, however it ends."""
        try:
            yield
        finally:
            device = self._listed(caller.request_key)
            actor = RELAY_PSEUDONYM if device is None else pseudonym_of(device.entry.device)
            for account, result, factors in self.sign_in.state.reports:
                attempt = SignInAttempt(
                    account=account, device=actor, result=result, factors=factors
                )
                self._state_own(Verb.SIGN_IN, attempt)
            self.sign_in.state.reports.clear()

    def state_later(self, account: AccountId, verb: int) -> int:
        """Append what a later relay has to say of an account, and return the index of its leaf."""
        head = self._head(RELAY_PSEUDONYM)
        return self._state_signed(
            LaterStatement(
                version=1,
                actor=RELAY_PSEUDONYM,
                sequence=head.next_sequence,
                previous=head.previous,
                verb=verb,
                content=account,
            )
        )

    def _state_own(self, verb: Verb, content: object) -> int:
        """Append a statement of the relay's own, and return the index of its leaf."""
        head = self._head(RELAY_PSEUDONYM)
        return self._state_signed(
            AuditStatement(
                version=1,
                actor=RELAY_PSEUDONYM,
                sequence=head.next_sequence,
                previous=head.previous,
                verb=verb,
                content=encode(content),
            )
        )

    def _state_signed(self, stated: AuditStatement | LaterStatement) -> int:
        statement = encode(stated)
        signature = self._signers.ed25519.private_key.sign(RELAY_STATEMENT + statement)
        return self._append_leaf(RELAY_PSEUDONYM, statement, signature)

    def publish_key_event(
        self, caller: Caller, account: AccountId, request: PublishKeyEventRequest
    ) -> LogReceipt:
        """Let the next key event of the caller's account take effect."""
        device = self.authenticate(caller)
        if device.account != account or request.event.kind is KeyEventKind.ROOT_VETO:
            raise refuse(ProblemCode.FORBIDDEN)
        event = request.event
        registered = self._state.accounts[account]
        is_list = event.kind is KeyEventKind.DEVICE_LIST
        with _refusals():
            listed = decode(DeviceList, event.signed.body) if is_list else None
        if listed is None or event.certificate or _devices(listed) != _devices(registered.newest):
            self._step_up(caller)
        for known, index in registered.events:
            if known == event:
                return self._receipt(index)
        if listed is not None and listed.sequence != registered.newest.sequence + 1:
            raise refuse(ProblemCode.CHAIN_BROKEN, expected_sequence=registered.newest.sequence + 1)
        with _refusals():
            history = self._after(registered.history, event)
            if listed is not None:
                require_current(listed, now=self.now())
        if listed is not None:
            self._require_unused_keys(account, listed)
            said = self._check_statement(device, request.statement, Verb.DEVICE_LIST_PUBLISHED)
            self._require_list_statement(said, account, listed, event.signed)
            self._claim_keys(account, listed)
        else:
            self._check_statement(device, request.statement, Verb.ROOT_CHANGE_ANNOUNCED)
        index = self._append(device, request.statement)
        self._take(account, history, event, index)
        return self._receipt(index)

    def restore(self, account: AccountId, event: KeyEvent, signed: SignedStatement) -> None:
        """Let a key event take effect that a recovery with the kit would bring, or a thief of all keys."""
        registered = self._state.accounts[account]
        listed = decode(DeviceList, event.signed.body)
        history = self._after(registered.history, event)
        statement = decode(AuditStatement, signed.statement)
        self._claim_keys(account, listed)
        index = self._append_leaf(statement.actor, signed.statement, encode(signed.signature))
        self._take(account, history, event, index)

    def key_events(self, caller: Caller, account: AccountId, after: int) -> KeyEvents:
        """Return the events above a number, and what the newest map holds."""
        token = None if caller.tokens is None else caller.tokens.access_token()
        if token not in self.sign_in.state.recoveries:
            self.authenticate(caller)
        elif self._recovering(caller) != account:
            raise refuse(ProblemCode.FORBIDDEN)
        registered = self._account(account)
        newest = self._map_answer(account)
        events = registered.events[after:]
        return KeyEvents(
            events=tuple(
                LoggedKeyEvent(event=event, proof=self._receipt(index).proof)
                for event, index in events[:_EVENTS_A_PAGE]
            ),
            newest=newest,
            more=len(events) > _EVENTS_A_PAGE,
        )

    def _after(self, history: KeyHistory, event: KeyEvent) -> KeyHistory:
        try:
            return history.extended(event, log_index=len(self._state.leaves), relay_time=self.now())
        except KeyStateError as error:
            # Not what expires, as elsewhere: it does not follow from the keys in force.
            raise SignatureError from error

    def _take(self, account: AccountId, history: KeyHistory, event: KeyEvent, index: int) -> None:
        registered = self._state.accounts[account]
        before = _devices(registered.newest)
        registered.history = history
        registered.events.append((event, index))
        self._commit_map(account, history)
        for device in before - _devices(registered.newest):
            self._state.prekeys.pop(device, None)
            self._let_go(device)
            self._state.mailboxes.pop(device, None)
            self.sign_in.end_removed(device)

    def _commit_map(self, account: AccountId, history: KeyHistory) -> None:
        entry = MapEntry(number=history.number, head=history.head)
        self._state.key_map = self._state.key_map.with_entries({account: entry})
        self._append_map()

    def _append_map(self) -> None:
        keys = self._state.key_map
        content = KeyMapPublished(root=keys.root, accounts=keys.accounts)
        self._state.maps.append((self._state_own(Verb.KEY_MAP, content), keys))

    def _map_answer(self, account: AccountId) -> KeyMapAnswer:
        """Prove what the newest map holds; one is written at least every twelve hours unless a test stops that."""
        maps = [each for each in self._state.maps if each[0] < len(self._state.leaves)]
        written_at = decode(AuditLeaf, self._state.leaves[maps[-1][0]]).relay_time
        if self.renews_maps and self.now() - written_at > _MAP_RENEWAL_MILLIS:
            self._append_map()
            maps = self._state.maps
        index, keys = maps[-1]
        return KeyMapAnswer(proof=keys.prove(account), receipt=self._receipt(index).proof)

    # --- who somebody is ---------------------------------------------------------------------

    def assurances(self, caller: Caller, account: AccountId, after: int) -> Assurances:
        """Return the leaves about an account above an index."""
        self.authenticate(caller)
        size = len(self._state.leaves)
        found = [index for index in self._account(account).assurances if index > after]
        return Assurances(
            checkpoint=self._log.note(size) if found else "",
            leaves=tuple(
                LeafProof(
                    leaf=self._state.leaves[index],
                    index=index,
                    path=self._log.inclusion(index, size),
                )
                for index in found[:MAX_PAGE_ITEMS]
            ),
            more=len(found) > MAX_PAGE_ITEMS,
        )

    def vouch(self, caller: Caller, account: AccountId, request: VouchRequest) -> LogReceipt:
        """Log what the caller states of another account."""
        device = self.authenticate(caller)
        registered = self._account(account)
        if account == device.account:
            raise refuse(ProblemCode.FORBIDDEN)
        for index in registered.assurances:
            if (
                decode(AuditLeaf, self._state.leaves[index]).statement
                == request.statement.statement
            ):
                return self._receipt(index)
        with _refusals():
            verb = decode(AuditStatement, request.statement.statement).verb
            if verb not in {Verb.VOUCHED, Verb.VOUCH_WITHDRAWN}:
                raise refuse(ProblemCode.FORBIDDEN)
            vouch = read_vouch(self._check_statement(device, request.statement, verb))
        if (vouch.voucher, vouch.voucher_device, vouch.account) != (
            device.account,
            device.entry.device,
            account,
        ):
            raise refuse(ProblemCode.MALFORMED)
        index = self._append(device, request.statement)
        registered.assurances.append(index)
        return self._receipt(index)

    def verify(
        self, account: AccountId, document: DocumentKind, *, expires_at: UnixMillis | None = None
    ) -> int:
        """Do what the operator's `admin verify` does; return the index of the leaf."""
        content = AssuranceGiven(
            account=account,
            level=AssuranceLevel.VERIFIED,
            document=document,
            checked_at=self.now(),
            expires_at=expires_at,
        )
        index = self._state_own(Verb.ASSURANCE_GIVEN, content)
        self._account(account).assurances.append(index)
        return index

    def revoke_assurance(self, account: AccountId, index: int, reason: RevocationReason) -> None:
        """Do what the operator's `admin revoke` does."""
        content = AssuranceRevoked(account=account, leaf_index=index, reason=reason)
        self._account(account).assurances.append(self._state_own(Verb.ASSURANCE_REVOKED, content))

    # --- links -------------------------------------------------------------------------------

    def open_link(self, caller: Caller, request: OpenLinkRequest) -> None:
        """Open a link, in the place of the one that was open."""
        device = self._step_up(caller)
        links = self._state.links
        if request.link in links and links[request.link].account != device.account:
            raise refuse(ProblemCode.CONFLICT)
        for link in [each for each, found in links.items() if found.account == device.account]:
            del links[link]
        expires_at = UnixMillis(self.now() + LINK_SECONDS * 1000)
        links[request.link] = _Link(account=device.account, expires_at=expires_at)

    def end_link(self, caller: Caller, link: LinkId) -> None:
        """End a link by its account or by the key that made the offer; others stay."""
        if caller.tokens is None:
            self.require_proof(caller)
            found = self._state.links.get(link)
            if found is not None and found.offered_by == caller.request_key:
                del self._state.links[link]
            return
        account = self.authenticate(caller).account
        found = self._state.links.get(link)
        if found is not None and found.account == account:
            del self._state.links[link]

    def put_link_offer(self, caller: Caller, link: LinkId, offer: SealedLinkOffer) -> None:
        """Keep the first offer."""
        self.require_proof(caller)
        found = self._living_link(link)
        if found.offer is None:
            found.offer, found.offered_by = offer, caller.request_key
        elif (found.offer, found.offered_by) != (offer, caller.request_key):
            raise refuse(ProblemCode.CONFLICT)

    def link_offer(self, caller: Caller, link: LinkId) -> SealedLinkOffer:
        """Return the offer to the account that opened the link."""
        account = self.authenticate(caller).account
        found = self._living_link(link)
        if found.account != account or found.offer is None:
            raise refuse(ProblemCode.NOT_FOUND)
        return found.offer

    def put_link_answer(self, caller: Caller, link: LinkId, answer: SealedLinkGrant) -> None:
        """Keep the answer."""
        account = self._step_up(caller).account
        found = self._living_link(link)
        if found.account != account or found.offer is None:
            raise refuse(ProblemCode.NOT_FOUND)
        if found.answer not in {None, answer}:
            raise refuse(ProblemCode.CONFLICT)
        found.answer = answer

    def link_answer(self, caller: Caller, link: LinkId) -> SealedLinkGrant:
        """Return the answer to the key that made the offer."""
        self.require_proof(caller)
        found = self._living_link(link)
        if found.offered_by != caller.request_key or found.answer is None:
            raise refuse(ProblemCode.NOT_FOUND)
        return found.answer

    def _living_link(self, link: LinkId) -> _Link:
        found = self._state.links.get(link)
        if found is None or found.expires_at <= self.now():
            raise refuse(ProblemCode.NOT_FOUND)
        return found

    # --- directory ---------------------------------------------------------------------------

    def publish_directory_entry(
        self, caller: Caller, account: AccountId, entry: DirectoryEntry | None
    ) -> None:
        """Show or hide the caller's account."""
        device = self.authenticate(caller)
        if account != device.account or (entry is not None and entry.account != account):
            raise refuse(ProblemCode.FORBIDDEN)
        if entry is None:
            self._state.directory.pop(account, None)
        else:
            self._state.directory[account] = entry

    def search_directory(self, caller: Caller, query: str) -> DirectoryPage:
        """Find entries with every word of the query."""
        self.authenticate(caller)
        words = typed_words(query)
        found = [
            entry
            for entry in sorted(self._state.directory.values(), key=lambda each: each.name)
            if is_found(words, searchable(f"{entry.name} {entry.profession} {entry.place}"))
        ]
        return DirectoryPage(
            entries=tuple(found[:MAX_DIRECTORY_RESULTS]), more=len(found) > MAX_DIRECTORY_RESULTS
        )

    def directory_entry(self, caller: Caller, account: AccountId) -> DirectoryEntry | None:
        """Return one entry."""
        self.authenticate(caller)
        return self._state.directory.get(account)

    # --- prekeys -----------------------------------------------------------------------------

    def upload_prekeys(self, caller: Caller, upload: PrekeyUpload) -> PrekeyStatus:
        """Store newer prekeys of the caller's device."""
        device = self.authenticate(caller)
        key = device.entry.signing
        stored = self._state.prekeys.setdefault(device.entry.device, _Prekeys())
        with _refusals():
            signed = open_signed(SignedPrekey, key, SIGNED_PREKEY, upload.signed_prekey)
            self._require_own(device, signed.account, signed.device)
            batch = None
            if upload.batch is not None:
                batch = open_signed(PrekeyBatch, key, PREKEY_BATCH, upload.batch)
                self._require_own(device, batch.account, batch.device)
        self._require_newer(
            signed.number, self._signed_number(stored), upload.signed_prekey == stored.signed
        )
        if upload.batch is None or batch is None:
            if upload.keys:
                raise refuse(ProblemCode.MALFORMED)
        else:
            tree = TreeEdge()
            tree.extend(leaf_hash(encode(each)) for each in upload.keys)
            if (
                len(upload.keys) != batch.count
                or tree.root() != batch.root
                or any(
                    (each.number, each.index) != (batch.number, at)
                    for at, each in enumerate(upload.keys)
                )
            ):
                raise refuse(ProblemCode.MALFORMED)
            newest = max(stored.batches, default=0)
            is_repetition = stored.batches.get(batch.number, (None, ()))[0] == upload.batch
            self._require_newer(batch.number, newest, is_repetition)
            if not is_repetition:
                stored.batches[batch.number] = (upload.batch, upload.keys)
                stored.left.extend(upload.keys)
        stored.signed = upload.signed_prekey
        return self._prekey_status(stored)

    def prekey_status(self, caller: Caller) -> PrekeyStatus:
        """Count what is left for the caller's device."""
        device = self.authenticate(caller).entry.device
        return self._prekey_status(self._state.prekeys.get(device, _Prekeys()))

    def claim_prekeys(
        self, caller: Caller, account: AccountId, request: PrekeyClaimRequest
    ) -> PrekeyBundle:
        """Hand out prekeys, each one-time key once."""
        own = self.authenticate(caller).entry.device
        registered = self._account(account)
        handed: list[DevicePrekeys] = []
        for entry in registered.newest.devices:
            if entry.device == own or (request.devices and entry.device not in request.devices):
                continue
            stored = self._state.prekeys.get(entry.device)
            if stored is None or stored.signed is None:
                continue
            handed.append(
                DevicePrekeys(
                    device=entry.device,
                    signed=stored.signed,
                    one_time=self._claim_one(stored) if request.one_time else None,
                )
            )
        return PrekeyBundle(
            certificate=registered.certificate,
            device_list=registered.newest_list,
            devices=tuple(handed),
        )

    # --- mail --------------------------------------------------------------------------------

    def post_envelope(self, caller: Caller, request: PostEnvelopeRequest) -> LogReceipt:
        """Accept an envelope once."""
        device = self.authenticate(caller)
        with _refusals():
            envelope = decode(Envelope, request.envelope)
            header = decode(OuterHeader, envelope.header)
        if (header.sender, header.sender_device) != (device.account, device.entry.device):
            raise refuse(ProblemCode.FORBIDDEN)
        known = self._state.envelopes.get(header.envelope)
        if known is not None:
            if known.envelope == request.envelope:
                return self._receipt(known.leaf_index)
            raise refuse(ProblemCode.CONFLICT)
        if len(envelope.slots) != len(header.recipients):
            raise refuse(ProblemCode.MALFORMED)
        self._require_acceptable(device, header)
        statement = self._check_statement(device, request.statement, Verb.ENVELOPE_ACCEPTED)
        with _refusals():
            accepted = decode(EnvelopeAccepted, statement.content)
        if (accepted.envelope, accepted.envelope_sha256) != (
            header.envelope,
            sha256(request.envelope),
        ):
            raise refuse(ProblemCode.MALFORMED)
        index = self._append(device, request.statement)
        waiting = {recipient.device for recipient in header.recipients}
        self._state.envelopes[header.envelope] = _Accepted(
            header=header, envelope=request.envelope, leaf_index=index, waiting=waiting
        )
        for blob_id in header.blobs:
            self._state.blobs[blob_id].envelopes.add(header.envelope)
        for recipient in header.recipients:
            self._deliver(recipient.device, header.envelope, index, is_notice=False)
        return self._receipt(index)

    # --- the journal -------------------------------------------------------------------------

    def append_journal(self, caller: Caller, request: AppendJournalRequest) -> JournalReceipts:
        """Log the acts of a device, all of them or none."""
        device = self.authenticate(caller)
        known = {
            decode(AuditLeaf, self._state.leaves[index]).statement: index
            for index in self._state.sealed_entries
        }
        indexes = [known.get(act.statement.statement) for act in request.acts]
        if None in indexes:
            if any(index is not None for index in indexes):
                raise refuse(ProblemCode.CONFLICT)
            before = copy.copy(self._state.chains)
            count = len(self._state.leaves)
            try:
                for act in request.acts:
                    statement = self._check_statement(device, act.statement, Verb.SEALED)
                    if len(statement.content) != 32:
                        raise refuse(ProblemCode.MALFORMED)
                    self._append(device, act.statement)
            except RelayRefusedError:
                self._state.chains = before
                del self._state.leaves[count:]
                raise
            indexes = list(range(count, len(self._state.leaves)))
            for index, act in zip(indexes, request.acts, strict=True):
                assert index is not None
                self._state.sealed_entries[index] = act.sealed
        size = len(self._state.leaves)
        return JournalReceipts(
            checkpoint=self._log.note(size),
            proofs=tuple(self._leaf_proof(index, size) for index in indexes if index is not None),
        )

    def read_journal(self, caller: Caller, after: int, limit: int) -> JournalPage:
        """Return what the log has about the caller's account above a leaf."""
        account = self.authenticate(caller).account
        if not 1 <= limit <= MAX_PAGE_ITEMS:
            raise refuse(ProblemCode.MALFORMED)
        size = len(self._state.leaves)
        computers = {
            pseudonym_of(entry.device)
            for each in self._account(account).history.lists
            for entry in each.devices.devices
        }
        found = [
            index
            for index in range(max(0, after + 1), size)
            if self._is_about(self._state.leaves[index], account, computers)
            and index not in self._state.erased_entries
        ]
        return JournalPage(
            checkpoint=self._log.note(size),
            items=tuple(
                JournalItem(
                    proof=self._leaf_proof(index, size),
                    sealed=self._state.sealed_entries.get(index, b""),
                )
                for index in found[:limit]
            ),
            more=len(found) > limit,
            erased=self._newest_erasure(size),
        )

    def _newest_erasure(self, size: int) -> LeafProof | None:
        newest = self._state.newest_erasure
        return None if newest is None else self._leaf_proof(newest, size)

    def erase_entries(self, before: UnixMillis) -> None:
        """Erase what the log holds of sealed acts that came before a moment, and say so."""
        old = {
            index
            for index in self._state.sealed_entries
            if decode(AuditLeaf, self._state.leaves[index]).relay_time < before
        }
        self._state.erased_entries |= old
        erased = EntriesErased(
            before=before, below=len(self._state.leaves), entries=len(old), life_months=12
        )
        self._state.newest_erasure = len(self._state.leaves)
        self._state_own(Verb.ENTRIES_ERASED, erased)

    def _is_about(self, leaf: bytes, account: AccountId, computers: set[DevicePseudonym]) -> bool:
        actor, about, envelope = _subject_of(leaf)
        if actor in computers or about == account:
            return True
        accepted = None if envelope is None else self._state.envelopes.get(envelope)
        return accepted is not None and accepted.header.sender == account

    def _leaf_proof(self, index: int, size: int) -> LeafProof:
        return LeafProof(
            leaf=self._state.leaves[index], index=index, path=self._log.inclusion(index, size)
        )

    def mailbox(self, caller: Caller, after: int, limit: int) -> MailboxPage:
        """Return what waits above a cursor."""
        device = self.authenticate(caller).entry.device
        if not 1 <= limit <= MAX_PAGE_ITEMS:
            raise refuse(ProblemCode.MALFORMED)
        size = len(self._state.leaves)
        waiting = sorted(each for each in self._state.mailboxes[device] if each > after)
        items = []
        for cursor in waiting[:limit]:
            envelope, index, is_notice = self._state.mailboxes[device][cursor]
            items.append(
                Delivery(
                    cursor=cursor,
                    envelope=None if is_notice else self._state.envelopes[envelope].envelope,
                    proof=LeafProof(
                        leaf=self._state.leaves[index],
                        index=index,
                        path=self._log.inclusion(index, size),
                    ),
                )
            )
        return MailboxPage(
            checkpoint=self._log.note(size) if items else "",
            items=tuple(items),
            more=len(waiting) > limit,
        )

    def acknowledge(self, caller: Caller, request: AcknowledgeRequest) -> None:
        """Drop what the caller's device has committed."""
        device = self.authenticate(caller).entry.device
        for cursor in request.cursors:
            item = self._state.mailboxes[device].pop(cursor, None)
            if item is not None and not item[2]:
                accepted = self._state.envelopes[item[0]]
                accepted.waiting.discard(device)
                if not accepted.waiting:
                    self._release_blobs(accepted.header)

    def envelope_receipt(self, caller: Caller, envelope: EnvelopeId) -> InclusionAnswer:
        """Return the receipt of an envelope to those it concerns."""
        device = self.authenticate(caller)
        accepted = self._state.envelopes.get(envelope)
        concerned = accepted is not None and (
            accepted.header.sender == device.account
            or any(each.device == device.entry.device for each in accepted.header.recipients)
        )
        if accepted is None or not concerned:
            raise refuse(ProblemCode.NOT_FOUND)
        return InclusionAnswer(envelope=envelope, proof=self._receipt(accepted.leaf_index).proof)

    def highest_cursor(self, device: DeviceId) -> int:
        """Return the newest cursor that a device was ever given."""
        return self._state.cursors[device]

    def subscribe(
        self, caller: Caller, subscriber: _Subscriber
    ) -> tuple[DeviceId, Callable[[], None]]:
        """Wake the subscriber at every delivery to the caller's device; return that and how to end it."""
        device = self.authenticate(caller).entry.device
        subscribers = self._subscribers[device]
        subscribers.append(subscriber)
        return device, lambda: subscribers.remove(subscriber)

    # --- blobs -------------------------------------------------------------------------------

    def create_blob(self, caller: Caller, request: CreateBlobRequest) -> BlobStatus:
        """Announce an upload."""
        owner = self.authenticate(caller).account
        used = sum(blob.request.size for blob in self._state.blobs.values() if blob.owner == owner)
        if request.blob not in self._state.blobs and used + request.size > self.blob_quota_bytes:
            raise refuse(ProblemCode.QUOTA_EXCEEDED)
        blob = self._state.blobs.setdefault(request.blob, _Blob(owner=owner, request=request))
        if blob.owner != owner or blob.request != request:
            raise refuse(ProblemCode.CONFLICT)
        return _status_of(blob)

    def upload_part(self, caller: Caller, blob_id: BlobId, offset: int, part: bytes) -> BlobStatus:
        """Add bytes to an upload."""
        blob = self._own_blob(caller, blob_id)
        if len(part) > MAX_UPLOAD_PART_BYTES:
            raise refuse(ProblemCode.TOO_LARGE)
        if blob.is_complete or offset != len(blob.content):
            raise refuse(ProblemCode.BLOB_OFFSET, received_bytes=len(blob.content))
        if offset + len(part) > blob.request.size:
            raise refuse(ProblemCode.BLOB_MISMATCH)
        blob.content += part
        return _status_of(blob)

    def complete_blob(self, caller: Caller, blob_id: BlobId) -> BlobStatus:
        """Check an upload and keep it."""
        blob = self._own_blob(caller, blob_id)
        if not blob.is_complete:
            if (
                len(blob.content) != blob.request.size
                or hashlib.sha256(blob.content).digest() != blob.request.sha256
            ):
                raise refuse(ProblemCode.BLOB_MISMATCH)
            blob.is_complete = True
        return _status_of(blob)

    def blob_content(self, caller: Caller, blob_id: BlobId) -> bytes:
        """Return a blob to its owner or to a device it was sent to."""
        device = self.authenticate(caller)
        blob = self._state.blobs.get(blob_id)
        if blob is None or not blob.is_complete:
            raise refuse(ProblemCode.NOT_FOUND)
        recipients = {
            each.device
            for envelope in blob.envelopes
            for each in self._state.envelopes[envelope].header.recipients
        }
        if device.account != blob.owner and device.entry.device not in recipients:
            raise refuse(ProblemCode.NOT_FOUND)
        return bytes(blob.content)

    # --- log ---------------------------------------------------------------------------------

    def checkpoint(self) -> str:
        """Return the newest signed checkpoint."""
        return self._log.note()

    def consistency(self, caller: Caller, first: int, second: int) -> ConsistencyAnswer:
        """Prove that one tree begins another."""
        self.authenticate(caller)
        if not first <= second <= len(self._state.leaves):
            raise refuse(ProblemCode.NOT_FOUND)
        return ConsistencyAnswer(
            first=first, second=second, path=self._log.consistency(first, second)
        )

    def cose_roots(self, caller: Caller, sizes: Sequence[int]) -> CoseRoots:
        """Sign roots for COSE."""
        self.authenticate(caller)
        with _refusals():
            wanted = CoseRootsRequest(sizes=tuple(sizes))
            encode(wanted)
        signed = [
            (size, *self._signers.sign_root(self._log.checkpoint(size).root))
            for size in sorted(set(sizes))
            if 0 < size <= len(self._state.leaves)
        ]
        return CoseRoots(
            roots=tuple(
                CoseRoot(size=size, ed25519=ed25519, ml_dsa_44=ml_dsa_44)
                for size, ed25519, ml_dsa_44 in signed
            )
        )

    def cosign(self, caller: Caller, note: str) -> None:
        """Keep what a device has cosigned, unless it has given a later one."""
        device = self.authenticate(caller)
        log = self._signers.identity
        with _refusals():
            size = verify_checkpoint(note, log=log).checkpoint.size
            verify_cosignature(
                note, key=witness_key(log.origin, device.entry.device, device.entry.signing)
            )
        cosigned = self._state.cosigned[device.account]
        before, _ = cosigned.get(device.entry.device, (0, ""))
        if before <= size:
            cosigned[device.entry.device] = (size, note)

    def cosignatures(self, caller: Caller) -> CosignatureList:
        """Return the newest of each device of the account."""
        cosigned = self._state.cosigned[self.authenticate(caller).account]
        return CosignatureList(
            cosignatures=tuple(
                Cosignature(device=device, note=note) for device, (_, note) in cosigned.items()
            )
        )

    def stamp(self, authority: LyingAuthority, *, at: datetime, **lies: Any) -> str:  # noqa: ANN401
        """Have an authority timestamp the newest checkpoint, with lies; return its note."""
        note = self._log.note()
        hashed = ImprintHash.SHA_512.of(note.encode())
        request = make_request(hashed, nonce=1, policy=None)
        token = token_of(authority.answer(request.encoded, at=at, **lies))
        record = make_record([(ImprintHash.SHA_512, [ArchivedToken(token=token)])])
        self._state.timestamps[len(self._state.leaves)] = TimestampedCheckpoint(
            note=note, record=record, authorities=authority.authorities
        )
        return note

    def timestamps(self, leaf: int) -> TimestampedCheckpoint:
        """Return the first timestamped checkpoint with a leaf."""
        if leaf < 0:
            raise refuse(ProblemCode.MALFORMED)
        for size, found in sorted(self._state.timestamps.items()):
            if leaf < size:
                return found
        raise refuse(ProblemCode.NOT_FOUND)

    # --- inside ------------------------------------------------------------------------------

    def _account(self, account: AccountId) -> _Account:
        registered = self._state.accounts.get(account)
        if registered is None:
            raise refuse(ProblemCode.NOT_FOUND)
        return registered

    def _own_blob(self, caller: Caller, blob_id: BlobId) -> _Blob:
        owner = self.authenticate(caller).account
        blob = self._state.blobs.get(blob_id)
        if blob is None or blob.owner != owner:
            raise refuse(ProblemCode.NOT_FOUND)
        return blob

    def _require_own(self, device: _Device, account: AccountId, named: DeviceId) -> None:
        if (account, named) != (device.account, device.entry.device):
            raise refuse(ProblemCode.FORBIDDEN)

    def _require_acceptable(self, device: _Device, header: OuterHeader) -> None:
        if header.expires_at <= self.now():
            raise refuse(ProblemCode.EXPIRED)
        if header.expires_at > self.now() + (ENVELOPE_LIFE_SECONDS + CLOCK_SKEW_SECONDS) * 1000:
            raise refuse(ProblemCode.MALFORMED)
        for recipient in header.recipients:
            registered = self._state.accounts.get(recipient.account)
            if registered is None or find_device(registered.newest, recipient.device) is None:
                raise refuse(ProblemCode.UNKNOWN_RECIPIENT)
        for blob_id in header.blobs:
            blob = self._state.blobs.get(blob_id)
            if blob is None or not blob.is_complete or blob.owner != device.account:
                raise refuse(ProblemCode.BLOB_MISSING)

    def _require_newer(self, number: int, newest: int, is_repetition: bool) -> None:
        if number <= newest and not is_repetition:
            raise refuse(ProblemCode.CONFLICT)

    def _require_unused_keys(self, account: AccountId, devices: DeviceList) -> None:
        for key in _keys_of(devices):
            if self._state.keys.get(key, account) != account:
                raise refuse(ProblemCode.KEY_IN_USE)

    def _claim_keys(self, account: AccountId, devices: DeviceList) -> None:
        self._state.keys.update(dict.fromkeys(_keys_of(devices), account))

    def _require_list_statement(
        self, statement: AuditStatement, account: AccountId, devices: DeviceList, signed: Signed
    ) -> None:
        with _refusals():
            published = decode(DeviceListPublished, statement.content)
        if (published.account, published.sequence, published.list_hash) != (
            account,
            devices.sequence,
            sha256(signed.body),
        ):
            raise refuse(ProblemCode.MALFORMED)

    def _check_statement(
        self, device: _Device, signed: SignedStatement, verb: Verb
    ) -> AuditStatement:
        actor = pseudonym_of(device.entry.device)
        head = self._head(actor)
        with _refusals():
            statement = decode(AuditStatement, signed.statement)
        if statement.actor != actor or statement.verb is not verb:
            raise refuse(ProblemCode.FORBIDDEN)
        with _refusals():
            verify_statement(device.entry.signing, signed.statement, signed.signature)
        if (statement.sequence, statement.previous) != (head.next_sequence, head.previous):
            raise refuse(ProblemCode.CHAIN_BROKEN, expected_sequence=head.next_sequence)
        return statement

    def _head(self, actor: bytes) -> ChainHead:
        return self._state.chains.get(actor, ChainHead(next_sequence=0, previous=CHAIN_START))

    def _append(self, device: _Device, signed: SignedStatement) -> int:
        return self._append_leaf(
            pseudonym_of(device.entry.device), signed.statement, encode(signed.signature)
        )

    def _append_leaf(self, actor: bytes, statement: bytes, signature: bytes) -> int:
        if isinstance(later := read_statement(statement), LaterStatement):
            head = ChainHead(next_sequence=later.sequence + 1, previous=sha256(statement))
        else:
            _, head = follow_chain(self._head(actor), statement)
        self._state.chains[actor] = head
        self._state.leaves.append(
            encode(
                AuditLeaf(
                    version=1,
                    statement=statement,
                    signature=signature,
                    relay_time=self.now(),
                    nonce=self.random_bytes(16),
                )
            )
        )
        return len(self._state.leaves) - 1

    def _receipt(self, index: int) -> LogReceipt:
        return LogReceipt(proof=self._log.receipt(index))

    def _signed_number(self, stored: _Prekeys) -> int:
        return 0 if stored.signed is None else decode(SignedPrekey, stored.signed.body).number

    def _prekey_status(self, stored: _Prekeys) -> PrekeyStatus:
        return PrekeyStatus(
            one_time_left=len(stored.left),
            signed_number=self._signed_number(stored),
            batch_number=max(stored.batches, default=0),
            signed_fallbacks=stored.fallbacks,
        )

    def _claim_one(self, stored: _Prekeys) -> ClaimedPrekey | None:
        # Oldest first, so that no sender ever sees the number of a batch fall.
        while stored.left:
            key = stored.left.pop(0)
            signed, keys = stored.batches[key.number]
            batch = decode(PrekeyBatch, signed.body)
            if batch.not_after <= self.now():
                continue
            tree = TreeEdge()
            tree.extend(leaf_hash(encode(each)) for each in keys)
            return ClaimedPrekey(
                batch=signed, key=key, path=inclusion_path(key.index, batch.count, tree.read)
            )
        stored.fallbacks += 1
        return None

    def _deliver(
        self, device: DeviceId, envelope: EnvelopeId, index: int, *, is_notice: bool
    ) -> None:
        self._state.cursors[device] += 1
        self._state.mailboxes[device][self._state.cursors[device]] = (envelope, index, is_notice)
        for subscriber in self._subscribers[device]:
            subscriber.wake()

    def _expire(self, accepted: _Accepted) -> None:
        accepted.is_expired = True
        header = accepted.header
        undelivered = tuple(
            each.device for each in header.recipients if each.device in accepted.waiting
        )
        for device in undelivered:
            mailbox = self._state.mailboxes[device]
            for cursor in [
                cursor
                for cursor, (envelope, _, is_notice) in mailbox.items()
                if envelope == header.envelope and not is_notice
            ]:
                del mailbox[cursor]
        accepted.waiting.clear()
        self._release_blobs(header)
        if undelivered:
            index = self._state_own(
                Verb.ENVELOPE_EXPIRED,
                EnvelopeExpired(envelope=header.envelope, undelivered=undelivered),
            )
            self._deliver(header.sender_device, header.envelope, index, is_notice=True)

    def _let_go(self, device: DeviceId) -> None:
        """End what waits for a device that is no more, and tell the senders."""
        for accepted in self._state.envelopes.values():
            if device not in accepted.waiting:
                continue
            accepted.waiting.discard(device)
            if not accepted.waiting:
                self._release_blobs(accepted.header)
            index = self._state_own(
                Verb.ENVELOPE_EXPIRED,
                EnvelopeExpired(envelope=accepted.header.envelope, undelivered=(device,)),
            )
            sender = accepted.header.sender_device
            self._deliver(sender, accepted.header.envelope, index, is_notice=True)

    def _release_blobs(self, header: OuterHeader) -> None:
        for blob_id in header.blobs:
            blob = self._state.blobs.get(blob_id)
            if blob is not None:
                blob.envelopes.discard(header.envelope)
                if not blob.envelopes:
                    del self._state.blobs[blob_id]

    def _wake_all(self) -> None:
        for subscribers in self._subscribers.values():
            for subscriber in subscribers:
                subscriber.wake()


def _devices(listed: DeviceList) -> set[DeviceId]:
    return {entry.device for entry in listed.devices}


def _keys_of(devices: DeviceList) -> list[bytes]:
    return [
        key
        for entry in devices.devices
        for key in (entry.request_key, entry.signing.ed25519, entry.signing.ml_dsa_65)
    ]


def _status_of(blob: _Blob) -> BlobStatus:
    return BlobStatus(
        blob=blob.request.blob,
        size=blob.request.size,
        received=len(blob.content),
        complete=blob.is_complete,
    )


def _sent(value: T) -> T:
    """Pass a request through the codec, which holds it to its bounds as on a wire."""
    return decode(type(value), encode(value))


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn what the checks of `crypto_core` raise into the refusal that the relay answers."""
    try:
        yield
    except WireError:
        raise refuse(ProblemCode.MALFORMED) from None
    except KeyStateError:
        raise refuse(ProblemCode.EXPIRED) from None
    except CryptoCoreError:
        raise refuse(ProblemCode.SIGNATURE_INVALID) from None


class FakeRelayConnection:
    """One device's connection: implements `app.engine.ports.relay.Relay`."""

    def __init__(self, relay: FakeRelay, caller: Caller) -> None:
        self.relay = relay
        self.caller = caller
        self._facts: ConnectionFacts | None = None

    def facts(self) -> ConnectionFacts | None:
        """Invented, for there is no wire."""
        return self._facts

    async def describe(self) -> RelayDescription:
        """See the port."""
        return await self._ask("describe", self.relay.describe)

    async def register_sign_in(
        self, request: SignInRegistrationRequest
    ) -> SignInRegistrationAnswer:
        """See the port."""
        request = _sent(request)
        return await self._ask(
            "register_sign_in", lambda: self.relay.register_sign_in(self.caller, request)
        )

    async def start_sign_in(
        self, account: AccountId, *, ke1: bytes, code_challenge: str, is_pending: bool = False
    ) -> Challenge:
        """See the port."""
        return await self._ask(
            "start_sign_in",
            lambda: self.relay.start_sign_in(
                self.caller, account, ke1, code_challenge, is_pending=is_pending
            ),
        )

    async def prove_passphrase(self, auth_session: str, *, ke3: bytes) -> SecondFactorNeeded:
        """See the port."""
        return await self._ask(
            "prove_passphrase",
            lambda: self.relay.prove_passphrase(self.caller, auth_session, ke3),
        )

    async def prove_second_factor(
        self, auth_session: str, step: Step, value: str
    ) -> AuthorizationCode:
        """See the port."""
        return await self._ask(
            "prove_second_factor",
            lambda: self.relay.prove_second_factor(self.caller, auth_session, step, value),
        )

    async def start_recovery(
        self,
        account: AccountId,
        *,
        ke1: bytes,
        code_challenge: str,
        root: SigningPublicKey,
        kit_proof: HybridSignature,
    ) -> Challenge:
        """See the port."""
        return await self._ask(
            "start_recovery",
            lambda: self.relay.start_recovery(
                self.caller, account, ke1, code_challenge, root, kit_proof
            ),
        )

    async def redeem_recovery(self, code: str, *, code_verifier: str) -> RecoveryGrant:
        """See the port."""
        return await self._ask(
            "redeem_recovery", lambda: self.relay.redeem_recovery(self.caller, code, code_verifier)
        )

    async def recovery_package(self) -> SealedPackage:
        """See the port."""
        return await self._ask("recovery_package", lambda: self.relay.recovery_package(self.caller))

    async def recover(self, request: RecoverRequest) -> LogReceipt:
        """See the port."""
        request = _sent(request)
        return await self._ask("recover", lambda: self.relay.recover(self.caller, request))

    async def put_recovery_package(self, package: SealedPackage) -> None:
        """See the port."""
        package = _sent(package)
        await self._ask(
            "put_recovery_package", lambda: self.relay.put_recovery_package(self.caller, package)
        )

    async def veto_root_change(self, request: VetoRootChangeRequest) -> LogReceipt:
        """See the port."""
        request = _sent(request)
        return await self._ask(
            "veto_root_change", lambda: self.relay.veto_root_change(self.caller, request)
        )

    async def redeem_code(self, code: str, *, code_verifier: str, epoch: EpochStep) -> Grant:
        """See the port."""
        return await self._ask(
            "redeem_code",
            lambda: self.relay.redeem_code(self.caller, code, code_verifier, epoch),
        )

    async def refresh(self, refresh_token: str) -> Grant:
        """See the port."""
        return await self._ask("refresh", lambda: self.relay.refresh(self.caller, refresh_token))

    async def revoke(self, refresh_token: str) -> None:
        """See the port."""
        await self._ask("revoke", lambda: self.relay.revoke(self.caller, refresh_token))

    async def sessions(self) -> Sessions:
        """See the port."""
        return await self._ask("sessions", lambda: self.relay.sessions(self.caller))

    async def end_sessions(self) -> None:
        """See the port."""
        await self._ask("end_sessions", lambda: self.relay.end_sessions(self.caller))

    async def factors(self) -> Factors:
        """See the port."""
        return await self._ask("factors", lambda: self.relay.factors(self.caller))

    async def add_totp(self, request: AddTotpRequest) -> FactorRow:
        """See the port."""
        request = _sent(request)
        return await self._ask("add_totp", lambda: self.relay.add_totp(self.caller, request))

    async def security_key_options(self) -> SecurityKeyOptions:
        """See the port."""
        return await self._ask(
            "security_key_options", lambda: self.relay.security_key_options(self.caller)
        )

    async def add_security_key(self, request: AddSecurityKeyRequest) -> FactorRow:
        """See the port."""
        request = _sent(request)
        return await self._ask(
            "add_security_key", lambda: self.relay.add_security_key(self.caller, request)
        )

    async def remove_factor(self, factor: FactorId) -> None:
        """See the port."""
        await self._ask("remove_factor", lambda: self.relay.remove_factor(self.caller, factor))

    async def renew_recovery_codes(self, request: RenewRecoveryCodesRequest) -> None:
        """See the port."""
        request = _sent(request)
        await self._ask(
            "renew_recovery_codes",
            lambda: self.relay.renew_recovery_codes(self.caller, request),
        )

    async def register_passphrase(self, request: CredentialRequest) -> SignInRegistrationAnswer:
        """See the port."""
        request = _sent(request)
        return await self._ask(
            "register_passphrase", lambda: self.relay.register_passphrase(self.caller, request)
        )

    async def store_passphrase(self, credential: LoginCredential) -> None:
        """See the port."""
        credential = _sent(credential)
        await self._ask(
            "store_passphrase", lambda: self.relay.store_passphrase(self.caller, credential)
        )

    async def register(self, request: RegisterRequest) -> LogReceipt:
        """See the port."""
        request = _sent(request)
        return await self._ask("register", lambda: self.relay.register(self.caller, request))

    async def publish_key_event(
        self, account: AccountId, request: PublishKeyEventRequest
    ) -> LogReceipt:
        """See the port."""
        request = _sent(request)
        return await self._ask(
            "publish_key_event", lambda: self.relay.publish_key_event(self.caller, account, request)
        )

    async def key_events(self, account: AccountId, *, after: int) -> KeyEvents:
        """See the port."""
        return await self._ask(
            "key_events", lambda: self.relay.key_events(self.caller, account, after)
        )

    async def assurances(self, account: AccountId, *, after: int) -> Assurances:
        """See the port."""
        return await self._ask(
            "assurances", lambda: self.relay.assurances(self.caller, account, after)
        )

    async def vouch(self, account: AccountId, request: VouchRequest) -> LogReceipt:
        """See the port."""
        request = _sent(request)
        return await self._ask("vouch", lambda: self.relay.vouch(self.caller, account, request))

    async def open_link(self, request: OpenLinkRequest) -> None:
        """See the port."""
        request = _sent(request)
        await self._ask("open_link", lambda: self.relay.open_link(self.caller, request))

    async def end_link(self, link: LinkId) -> None:
        """See the port."""
        await self._ask("end_link", lambda: self.relay.end_link(self.caller, link))

    async def put_link_offer(self, link: LinkId, offer: SealedLinkOffer) -> None:
        """See the port."""
        await self._ask(
            "put_link_offer", lambda: self.relay.put_link_offer(self.caller, link, offer)
        )

    async def link_offer(self, link: LinkId) -> SealedLinkOffer:
        """See the port."""
        return await self._ask("link_offer", lambda: self.relay.link_offer(self.caller, link))

    async def put_link_answer(self, link: LinkId, answer: SealedLinkGrant) -> None:
        """See the port."""
        await self._ask(
            "put_link_answer", lambda: self.relay.put_link_answer(self.caller, link, answer)
        )

    async def link_answer(self, link: LinkId) -> SealedLinkGrant:
        """See the port."""
        return await self._ask("link_answer", lambda: self.relay.link_answer(self.caller, link))

    async def publish_directory_entry(
        self, account: AccountId, entry: DirectoryEntry | None
    ) -> None:
        """See the port."""
        sent = None if entry is None else _sent(entry)
        await self._ask(
            "publish_directory_entry",
            lambda: self.relay.publish_directory_entry(self.caller, account, sent),
        )

    async def search_directory(self, query: str) -> DirectoryPage:
        """See the port."""
        return await self._ask(
            "search_directory", lambda: self.relay.search_directory(self.caller, query)
        )

    async def directory_entry(self, account: AccountId) -> DirectoryEntry | None:
        """See the port."""
        return await self._ask(
            "directory_entry", lambda: self.relay.directory_entry(self.caller, account)
        )

    async def upload_prekeys(self, upload: PrekeyUpload) -> PrekeyStatus:
        """See the port."""
        upload = _sent(upload)
        return await self._ask(
            "upload_prekeys", lambda: self.relay.upload_prekeys(self.caller, upload)
        )

    async def prekey_status(self) -> PrekeyStatus:
        """See the port."""
        return await self._ask("prekey_status", lambda: self.relay.prekey_status(self.caller))

    async def claim_prekeys(self, account: AccountId, request: PrekeyClaimRequest) -> PrekeyBundle:
        """See the port."""
        request = _sent(request)
        return await self._ask(
            "claim_prekeys", lambda: self.relay.claim_prekeys(self.caller, account, request)
        )

    async def post_envelope(self, request: PostEnvelopeRequest) -> LogReceipt:
        """See the port."""
        request = _sent(request)
        return await self._ask(
            "post_envelope", lambda: self.relay.post_envelope(self.caller, request)
        )

    async def mailbox(self, *, after: int, limit: int) -> MailboxPage:
        """See the port."""
        return await self._ask(
            "mailbox", lambda: self.relay.mailbox(self.caller, after=after, limit=limit)
        )

    async def append_journal(self, acts: Sequence[JournalAct]) -> JournalReceipts:
        """See the port."""
        request = _sent(AppendJournalRequest(acts=tuple(acts)))
        return await self._ask(
            "append_journal", lambda: self.relay.append_journal(self.caller, request)
        )

    async def read_journal(self, *, after: int, limit: int) -> JournalPage:
        """See the port."""
        return await self._ask(
            "read_journal", lambda: self.relay.read_journal(self.caller, after=after, limit=limit)
        )

    async def acknowledge(self, request: AcknowledgeRequest) -> None:
        """See the port."""
        request = _sent(request)
        await self._ask("acknowledge", lambda: self.relay.acknowledge(self.caller, request))

    async def events(self) -> AsyncIterator[int]:
        """See the port."""
        subscriber = _Subscriber(asyncio.get_running_loop(), asyncio.Event())
        device, end = await self._ask(
            "events", lambda: self.relay.subscribe(self.caller, subscriber)
        )
        try:
            said = None
            while True:
                self.relay.require_reachable()
                highest = self.relay.highest_cursor(device)
                if highest != said:
                    said = highest
                    yield highest
                await subscriber.news.wait()
                subscriber.news.clear()
        finally:
            end()

    async def create_blob(self, request: CreateBlobRequest) -> BlobStatus:
        """See the port."""
        request = _sent(request)
        return await self._ask("create_blob", lambda: self.relay.create_blob(self.caller, request))

    async def upload_part(self, blob: BlobId, *, offset: int, part: bytes) -> BlobStatus:
        """See the port."""
        return await self._ask(
            "upload_part", lambda: self.relay.upload_part(self.caller, blob, offset, part)
        )

    async def complete_blob(self, blob: BlobId) -> BlobStatus:
        """See the port."""
        return await self._ask("complete_blob", lambda: self.relay.complete_blob(self.caller, blob))

    async def download_blob(self, blob: BlobId, *, offset: int) -> AsyncIterator[bytes]:
        """See the port."""
        content = await self._ask(
            "begin_download", lambda: self.relay.blob_content(self.caller, blob)
        )
        for start in range(offset, len(content), CHUNK_BYTES):
            end = min(start + CHUNK_BYTES, len(content))
            yield await self._ask("download_blob", lambda: content[start:end])  # noqa: B023 - called at once

    async def envelope_receipt(self, envelope: EnvelopeId) -> InclusionAnswer:
        """See the port."""
        return await self._ask(
            "envelope_receipt", lambda: self.relay.envelope_receipt(self.caller, envelope)
        )

    async def checkpoint(self) -> str:
        """See the port."""
        return await self._ask("checkpoint", self.relay.checkpoint)

    async def consistency(self, *, first: int, second: int) -> ConsistencyAnswer:
        """See the port."""
        return await self._ask(
            "consistency",
            lambda: self.relay.consistency(self.caller, first=first, second=second),
        )

    async def cose_roots(self, sizes: Sequence[int]) -> CoseRoots:
        """See the port."""
        return await self._ask("cose_roots", lambda: self.relay.cose_roots(self.caller, sizes))

    async def cosign(self, note: str) -> None:
        """See the port."""
        await self._ask("cosign", lambda: self.relay.cosign(self.caller, note))

    async def cosignatures(self) -> CosignatureList:
        """See the port."""
        return await self._ask("cosignatures", lambda: self.relay.cosignatures(self.caller))

    async def timestamps(self, leaf: int) -> TimestampedCheckpoint:
        """See the port."""
        return await self._ask("timestamps", lambda: self.relay.timestamps(leaf))

    async def close(self) -> None:
        """See the port."""
        self._facts = None

    async def _ask(self, operation: str, act: Callable[[], T]) -> T:
        """Carry out an operation; a session that has to be renewed is renewed, once."""
        tokens = None if operation in _OPEN_OPERATIONS else self.caller.tokens
        if tokens is not None and tokens.access_token() is None:
            await tokens.renew(self, refused=None)
        token = None if tokens is None else tokens.access_token()
        try:
            return await self._ask_once(operation, act)
        except SignInNeededError:
            if tokens is None:
                raise
        await tokens.renew(self, refused=token)
        return await self._ask_once(operation, act)

    async def _ask_once(self, operation: str, act: Callable[[], T]) -> T:
        # Other tasks get their turn between request and answer, as with a wire.
        await asyncio.sleep(0)
        answer = self.relay.carry_out(operation, act)
        self._facts = ConnectionFacts(
            tls_version="TLSv1.3",
            tls_cipher="TLS_AES_256_GCM_SHA384",
            tls_group="",
            is_post_quantum=False,
        )
        await asyncio.sleep(0)
        return answer
