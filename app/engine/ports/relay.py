# SPDX-License-Identifier: AGPL-3.0-or-later
"""The relay as the use cases see it: one method per request of `crypto_core.wire.relay_api`.

Every method may be repeated after a lost answer, but for the steps of a sign-in, which are single use. An
adapter transports, checks the connection's pin and shows the session's access token; it verifies no
signature and no proof: that is the use cases' work, so that a fake and the real relay are trusted equally
little.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

from crypto_core.wire.oauth import OAuthError, Step
from crypto_core.wire.sign_in import LoginAnswer

if TYPE_CHECKING:
    from crypto_core.wire.enrolment import Enrolment
    from crypto_core.wire.ids import AccountId, BlobId, EnvelopeId, FactorId
    from crypto_core.wire.linking import LinkId
    from crypto_core.wire.prekeys import PrekeyBundle
    from crypto_core.wire.recovery import SealedPackage
    from crypto_core.wire.relay_api import (
        AcknowledgeRequest,
        Assurances,
        BlobStatus,
        ConsistencyAnswer,
        CoseRoots,
        CosignatureList,
        CreateBlobRequest,
        DirectoryEntry,
        DirectoryPage,
        InclusionAnswer,
        JournalAct,
        JournalPage,
        JournalReceipts,
        KeyEvents,
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
        TimestampedCheckpoint,
        VetoRootChangeRequest,
        VouchRequest,
    )
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
    from crypto_core.wire.signed import HybridSignature, SigningPublicKey


class RelayError(Exception):
    """A request that was not carried out."""


class RelayUnreachableError(RelayError):
    """No connection, or it broke: try again later. Whether the relay acted is not known."""


class RelayUntrustedError(RelayError):
    """What answers does not hold the enrolled key, or does not speak TLS 1.3."""


class RelayAnswerError(RelayError):
    """The relay answered with something that is not a well-formed answer."""


class RelayRefusedError(RelayError):
    """The relay refused, with a stable code; `fields` are the other members of the problem answer.

    `retry_after_seconds` is set when the relay said when to try again.
    """

    def __init__(
        self,
        code: ProblemCode,
        *,
        fields: Mapping[str, object] | None = None,
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(code.value)
        self.code = code
        self.fields = fields or {}
        self.retry_after_seconds = retry_after_seconds


class SignInNeededError(RelayError):
    """The session at the relay is missing or has ended; what was asked for was not looked at.

    It is no refusal: nothing was wrong with the request. `reason` says why, as far as it is known.
    """

    def __init__(self, reason: str = "") -> None:
        super().__init__("a sign-in is needed")
        self.reason = reason


class SignInRefusedError(RelayError):
    """The relay refused a step of a sign-in or of a session's renewal, with the code of OAuth 2.0.

    `reason` is the relay's word for why a session ended, empty if it gave none.
    """

    def __init__(
        self, error: OAuthError, *, reason: str = "", retry_after_seconds: float | None = None
    ) -> None:
        super().__init__(error.value)
        self.error = error
        self.reason = reason
        self.retry_after_seconds = retry_after_seconds


SignRequest: TypeAlias = Callable[[bytes], bytes]
"""Ed25519 signature (64 bytes) over its argument by the device's request key."""


class AccessTokens(Protocol):
    """Where the access token of a session comes from."""

    def access_token(self) -> str | None:
        """The token that is believed to be good, None if there is none."""

    async def renew(self, relay: Relay, *, refused: str | None) -> str:
        """Return a token other than `refused`; those who ask at the same time share one renewal.

        Raises SignInNeededError when only a sign-in helps, RelayError.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who makes the requests: the device's Ed25519 request key, by public key and signing function.

    Without `tokens` only what needs no session is answered: description, registration, sign-in.
    """

    request_key: bytes
    sign: SignRequest
    tokens: AccessTokens | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """The answer to the first step of a sign-in."""

    auth_session: str = field(repr=False)
    answer: LoginAnswer
    earlier: tuple[LoginAnswer, ...] = ()
    """In a recovery: for the passphrases of before, of which any one will do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorNeeded:
    """The answer to the second step: the passphrase is right, one of these has to follow."""

    auth_session: str = field(repr=False)
    steps: frozenset[Step]
    security_key_options: str = ""
    """With WEBAUTHN among the steps: the text of a PublicKeyCredentialRequestOptions in JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationCode:
    """The answer to the third step. `recovery_codes_left` is None when none was used."""

    code: str = field(repr=False)
    recovery_codes_left: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochStep:
    """What a sign-in shows of the device's own past, so that a copy of it is found out."""

    held: bytes | None = field(repr=False)
    """What the last sign-in left, None before the first."""
    following: bytes = field(repr=False)
    """What this one leaves; a repetition after a lost answer names the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Tokens of a session, with the seconds that each lasts; the refresh token serves once."""

    access_token: str = field(repr=False)
    expires_in: int
    refresh_token: str = field(repr=False)
    session_expires_in: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryGrant:
    """A token that opens the recovery package and brings the account back, for so many seconds, and no session."""

    access_token: str = field(repr=False)
    expires_in: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionFacts:
    """What the last connection negotiated; `tls_group` is empty where the platform does not tell."""

    tls_version: str
    tls_cipher: str
    tls_group: str
    is_post_quantum: bool


class Relay(Protocol):
    """Connection to one relay on behalf of one device. All methods raise RelayError."""

    def facts(self) -> ConnectionFacts | None:
        """What the newest connection negotiated, None before the first."""

    async def describe(self) -> RelayDescription:
        """Public facts about the relay."""

    async def register_sign_in(
        self, request: SignInRegistrationRequest
    ) -> SignInRegistrationAnswer:
        """Take the relay's part in registering a passphrase; nothing is kept there yet."""

    async def register(self, request: RegisterRequest) -> LogReceipt:
        """Create the account."""

    async def start_sign_in(
        self, account: AccountId, *, ke1: bytes, code_challenge: str, is_pending: bool = False
    ) -> Challenge:
        """First step: say who wants in. Raises SignInRefusedError.

        With `is_pending` the passphrase is the one that was stored last and is not the account's yet.
        """

    async def prove_passphrase(self, auth_session: str, *, ke3: bytes) -> SecondFactorNeeded:
        """Second step. Raises SignInRefusedError, RelayAnswerError when no second factor is asked for."""

    async def prove_second_factor(
        self, auth_session: str, step: Step, value: str
    ) -> AuthorizationCode:
        """Third step: a one-time code, a recovery code, or a security key's answer in JSON. Raises SignInRefusedError."""

    async def redeem_code(self, code: str, *, code_verifier: str, epoch: EpochStep) -> Grant:
        """Begin the session. Raises SignInRefusedError; its reason is REASON_COPIED for an old epoch."""

    async def refresh(self, refresh_token: str) -> Grant:
        """Renew the session: the token that is given is void from now on. Raises SignInRefusedError."""

    async def revoke(self, refresh_token: str) -> None:
        """End the session of a refresh token, if there is one. Raises SignInRefusedError."""

    async def start_recovery(
        self,
        account: AccountId,
        *,
        ke1: bytes,
        code_challenge: str,
        root: SigningPublicKey,
        kit_proof: HybridSignature,
    ) -> Challenge:
        """First step of a sign-in with the recovery kit, from a key that no list names. Raises SignInRefusedError.

        `kit_proof` is by the root over the base64url text of KE1, and keeps this attempt apart from those of who
        has no kit. The second step is that of every sign-in, and asks for the kit; the third shows it.
        """

    async def redeem_recovery(self, code: str, *, code_verifier: str) -> RecoveryGrant:
        """Exchange the code of such a sign-in. Raises SignInRefusedError."""

    async def recovery_package(self) -> SealedPackage:
        """The newest package of the account that is being recovered. Refuses with NOT_FOUND without one."""

    async def recover(self, request: RecoverRequest) -> LogReceipt:
        """Put new keys in force and replace all second factors; a repetition gives the same leaf."""

    async def put_recovery_package(self, package: SealedPackage) -> None:
        """Store the own account's next package; refuses with CONFLICT unless its number is the highest."""

    async def veto_root_change(self, request: VetoRootChangeRequest) -> LogReceipt:
        """Void the announced change of an account's root, by the root in force; without a session."""

    async def sessions(self) -> Sessions:
        """Living sessions of the own account."""

    async def end_sessions(self) -> None:
        """End all sessions of the own account, this one too."""

    async def factors(self) -> Factors:
        """The second factors of the own account."""

    async def add_totp(self, request: AddTotpRequest) -> FactorRow:
        """Take another authenticator. Refuses with SIGNATURE_INVALID when the code is not its own."""

    async def security_key_options(self) -> SecurityKeyOptions:
        """Ask what a security key has to sign to be taken."""

    async def add_security_key(self, request: AddSecurityKeyRequest) -> FactorRow:
        """Take another security key."""

    async def remove_factor(self, factor: FactorId) -> None:
        """Take a factor away. Refuses with CONFLICT for the last one, NOT_FOUND for one that is not there."""

    async def renew_recovery_codes(self, request: RenewRecoveryCodesRequest) -> None:
        """Put ten codes in the place of all there were."""

    async def register_passphrase(self, request: CredentialRequest) -> SignInRegistrationAnswer:
        """Take the relay's part in registering another passphrase; nothing is kept there yet."""

    async def store_passphrase(self, credential: LoginCredential) -> None:
        """Store another passphrase: it opens a sign-in with `is_pending`, whose success makes it the account's."""

    async def publish_key_event(
        self, account: AccountId, request: PublishKeyEventRequest
    ) -> LogReceipt:
        """Publish the next key event of the own account; all but the renewal of a list needs a step-up."""

    async def key_events(self, account: AccountId, *, after: int) -> KeyEvents:
        """Events numbered above `after`, oldest first, and what the newest map holds; ask again while `more`."""

    async def assurances(self, account: AccountId, *, after: int) -> Assurances:
        """Leaves above the index `after` that say who somebody is, oldest first; ask again while `more`."""

    async def vouch(self, account: AccountId, request: VouchRequest) -> LogReceipt:
        """State in the log that one knows another account's owner, or take that back."""

    async def open_link(self, request: OpenLinkRequest) -> None:
        """Open a link to a second computer, in the place of the one that was open. Needs a step-up."""

    async def end_link(self, link: LinkId) -> None:
        """End a link that the own account opened, or that this key made the offer for."""

    async def put_link_offer(self, link: LinkId, offer: SealedLinkOffer) -> None:
        """Leave this computer's offer, without a session; refuses with CONFLICT when another one was faster."""

    async def link_offer(self, link: LinkId) -> SealedLinkOffer:
        """The offer for a link of the own account; NOT_FOUND until there is one."""

    async def put_link_answer(self, link: LinkId, answer: SealedLinkGrant) -> None:
        """Leave the answer to an offer. Needs a step-up."""

    async def link_answer(self, link: LinkId) -> SealedLinkGrant:
        """The answer to this key's offer, without a session; NOT_FOUND until it is there."""

    async def publish_directory_entry(
        self, account: AccountId, entry: DirectoryEntry | None
    ) -> None:
        """Show (or, with None, stop showing) the own account in the directory."""

    async def search_directory(self, query: str) -> DirectoryPage:
        """Entries in which every word of `query` occurs."""

    async def directory_entry(self, account: AccountId) -> DirectoryEntry | None:
        """The entry of one account, None if it is not listed."""

    async def upload_prekeys(self, upload: PrekeyUpload) -> PrekeyStatus:
        """Publish prekeys of the own device."""

    async def prekey_status(self) -> PrekeyStatus:
        """What is left of the own device's prekeys."""

    async def claim_prekeys(self, account: AccountId, request: PrekeyClaimRequest) -> PrekeyBundle:
        """Take prekeys of another account's (or the own other) devices."""

    async def post_envelope(self, request: PostEnvelopeRequest) -> LogReceipt:
        """Hand over an envelope; the receipt proves that it is in the log."""

    async def mailbox(self, *, after: int, limit: int) -> MailboxPage:
        """Items waiting for this device above the cursor."""

    async def append_journal(self, acts: Sequence[JournalAct]) -> JournalReceipts:
        """Log the next acts of this device's chain, all of them or none; a repetition gives the same leaves."""

    async def read_journal(self, *, after: int, limit: int) -> JournalPage:
        """What the log has about the own account above the leaf `after`, oldest first; ask again while `more`."""

    async def acknowledge(self, request: AcknowledgeRequest) -> None:
        """Say that items are committed here."""

    def events(self) -> AsyncIterator[int]:
        """Yield the highest cursor whenever the mailbox has something new, until the connection breaks.

        The first value comes at once. Raises RelayError when it cannot connect or breaks.
        """

    async def create_blob(self, request: CreateBlobRequest) -> BlobStatus:
        """Announce an upload, or learn how far it is."""

    async def upload_part(self, blob: BlobId, *, offset: int, part: bytes) -> BlobStatus:
        """Add bytes at `offset`, which must be where the upload stands."""

    async def complete_blob(self, blob: BlobId) -> BlobStatus:
        """Let the relay check size and hash and keep the blob."""

    def download_blob(self, blob: BlobId, *, offset: int) -> AsyncIterator[bytes]:
        """Yield the blob's bytes from `offset` on."""

    async def envelope_receipt(self, envelope: EnvelopeId) -> InclusionAnswer:
        """The receipt of an envelope this device sent or received, against the newest checkpoint."""

    async def checkpoint(self) -> str:
        """The newest checkpoint, a C2SP signed note."""

    async def consistency(self, *, first: int, second: int) -> ConsistencyAnswer:
        """Proof that the log of size `first` is a beginning of that of size `second`."""

    async def cose_roots(self, sizes: Sequence[int]) -> CoseRoots:
        """The log's COSE signatures over those of the trees that it has signed."""

    async def cosign(self, note: str) -> None:
        """Give the account's other devices a checkpoint that this one has cosigned."""

    async def cosignatures(self) -> CosignatureList:
        """The newest checkpoint that each device of the account has cosigned, as the relay has them."""

    async def timestamps(self, leaf: int) -> TimestampedCheckpoint:
        """The first checkpoint with a leaf that an outside authority has timestamped; refuses NOT_FOUND without one.

        Nothing of it is verified.
        """

    async def close(self) -> None:
        """Close connections."""


class RelayFactory(Protocol):
    """Makes the connection; the network adapter's only entrance."""

    def __call__(self, enrolment: Enrolment, caller: Caller) -> Relay:
        """Return a relay that connects when first used."""
