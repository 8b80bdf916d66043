# SPDX-License-Identifier: AGPL-3.0-or-later
"""Speaks to a relay over HTTP: implements `app.engine.ports.relay`. Imports ports and wire only.

It transports; whether what comes back is genuine is the use cases' to check.
"""

from __future__ import annotations

import json
import ssl
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import httpx
import httpx_sse

from app.engine.network.dpop import HEADER, ProofMaker, base64url
from app.engine.network.oauth_answers import (
    OAUTH_ANSWER_BYTES,
    form,
    read_challenge,
    read_code,
    read_factors,
    read_grant,
    read_recovery_grant,
    read_refusal,
)
from app.engine.network.patience import EVENT_STREAM, EXCHANGE_SECONDS, PatientTransport
from app.engine.network.pinned_tls import pinned_context
from app.engine.ports.machine import Clock, RandomBytes
from app.engine.ports.relay import (
    RelayAnswerError,
    RelayError,
    RelayRefusedError,
    RelayUnreachableError,
    RelayUntrustedError,
    SignInNeededError,
)
from crypto_core.errors import WireError
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.limits import (
    CHUNK_BYTES,
    KIB,
    MAX_NOTE_BYTES,
    MAX_RESPONSE_BYTES,
)
from crypto_core.wire.oauth import (
    CLIENT_ID,
    CREDENTIAL_PENDING,
    FORM,
    JSON,
    PATH_CHALLENGE,
    PATH_REVOKE,
    PATH_TOKEN,
    SCOPE,
    SCOPE_RECOVERY,
    Step,
)
from crypto_core.wire.prekeys import PrekeyBundle
from crypto_core.wire.recovery import SealedPackage
from crypto_core.wire.relay_api import (
    CBOR,
    OCTETS,
    PATH_ACCOUNTS,
    PATH_ACKNOWLEDGE,
    PATH_ASSURANCES,
    PATH_BLOB,
    PATH_BLOB_COMPLETE,
    PATH_BLOBS,
    PATH_CHECKPOINT,
    PATH_COSE_ROOTS,
    PATH_COSIGNATURES,
    PATH_DIRECTORY,
    PATH_DIRECTORY_ENTRY,
    PATH_ENVELOPES,
    PATH_EVENTS,
    PATH_FACTOR,
    PATH_FACTORS,
    PATH_FACTORS_TOTP,
    PATH_JOURNAL,
    PATH_KEYS,
    PATH_LINK,
    PATH_LINK_ANSWER,
    PATH_LINK_OFFER,
    PATH_LINKS,
    PATH_LOG_CONSISTENCY,
    PATH_LOG_PROOF,
    PATH_MAILBOX,
    PATH_PREKEY_CLAIM,
    PATH_PREKEYS,
    PATH_RECOVERY,
    PATH_RECOVERY_CODES,
    PATH_RECOVERY_PACKAGE,
    PATH_RECOVERY_VETO,
    PATH_RELAY,
    PATH_SECURITY_KEY,
    PATH_SECURITY_KEY_OPTIONS,
    PATH_SESSIONS,
    PATH_SIGN_IN_CREDENTIAL,
    PATH_SIGN_IN_REGISTRATION,
    PATH_TIMESTAMPS,
    PROBLEM,
    AppendJournalRequest,
    Assurances,
    BlobStatus,
    ConsistencyAnswer,
    CoseRoots,
    CoseRootsRequest,
    CosignatureList,
    CosignedCheckpoint,
    DirectoryEntry,
    DirectoryPage,
    InclusionAnswer,
    JournalPage,
    JournalReceipts,
    KeyEvents,
    LogReceipt,
    MailboxPage,
    PrekeyStatus,
    ProblemCode,
    RelayDescription,
    SealedLinkGrant,
    SealedLinkOffer,
    Sessions,
    TimestampedCheckpoint,
)
from crypto_core.wire.sign_in import (
    FactorRow,
    Factors,
    SecurityKeyOptions,
    SignInRegistrationAnswer,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from app.engine.ports.relay import (
        AccessTokens,
        AuthorizationCode,
        Caller,
        Challenge,
        ConnectionFacts,
        EpochStep,
        Grant,
        RecoveryGrant,
        SecondFactorNeeded,
    )
    from crypto_core.wire.enrolment import Enrolment
    from crypto_core.wire.ids import AccountId, BlobId, EnvelopeId, FactorId
    from crypto_core.wire.linking import LinkId
    from crypto_core.wire.relay_api import (
        AcknowledgeRequest,
        CreateBlobRequest,
        JournalAct,
        OpenLinkRequest,
        PostEnvelopeRequest,
        PrekeyClaimRequest,
        PrekeyUpload,
        PublishKeyEventRequest,
        RecoverRequest,
        RegisterRequest,
        VetoRootChangeRequest,
        VouchRequest,
    )
    from crypto_core.wire.sign_in import (
        AddSecurityKeyRequest,
        AddTotpRequest,
        CredentialRequest,
        LoginCredential,
        RenewRecoveryCodesRequest,
        SignInRegistrationRequest,
    )
    from crypto_core.wire.signed import HybridSignature, SigningPublicKey

T = TypeVar("T")

TEXT: Final = "text/plain"

_OPEN_PATHS: Final = frozenset(
    {
        PATH_RELAY,
        PATH_ACCOUNTS,
        PATH_SIGN_IN_REGISTRATION,
        PATH_CHECKPOINT,
        PATH_TIMESTAMPS,
        PATH_RECOVERY_VETO,
    }
)
"""What is answered without a session."""

_PATIENCE_SECONDS: Final = 30.0
_TIMEOUT: Final = httpx.Timeout(_PATIENCE_SECONDS)
HEARTBEAT_SECONDS: Final = 45.0
"""A relay sends something every 15 seconds; an event stream silent for three times as long is dead."""

_LIMITS: Final = httpx.Limits(max_connections=8, max_keepalive_connections=4, keepalive_expiry=30)
_MAX_PROBLEM_BYTES: Final = 64 * KIB
_MAX_EVENT_BYTES: Final = 64 * KIB
_MAX_RETRY_AFTER_SECONDS: Final = 86_400.0
_PROBLEM_MEMBERS: Final = frozenset({"type", "title", "status", "detail", "instance", "code"})

_EDGE: Final[tuple[tuple[type[Exception], type[RelayError]], ...]] = (
    # A connection cut during the handshake proves nothing about who is there.
    (ssl.SSLEOFError, RelayUnreachableError),
    (ssl.SSLZeroReturnError, RelayUnreachableError),
    (ssl.SSLSyscallError, RelayUnreachableError),
    (ssl.SSLError, RelayUntrustedError),
    (httpx_sse.SSEError, RelayAnswerError),
    (httpx.TransportError, RelayUnreachableError),
    (httpx.StreamError, RelayUnreachableError),
    (httpx.InvalidURL, RelayUnreachableError),
    (OSError, RelayUnreachableError),
    (WireError, RelayAnswerError),
)
"""What libraries raise and what it means to the use cases: the first line that fits decides."""

_MEANINGS: Final[dict[type[RelayError], str]] = {
    RelayUnreachableError: "the relay cannot be reached",
    RelayUntrustedError: "the relay does not prove to be the enrolled one",
    RelayAnswerError: "the relay's answer is not well-formed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRelays:
    """Makes connections: a `RelayFactory`."""

    clock: Clock
    random_bytes: RandomBytes

    def __call__(self, enrolment: Enrolment, caller: Caller) -> HttpRelay:
        """Return a relay that connects when first used."""
        proofs = ProofMaker(caller=caller, clock=self.clock, random_bytes=self.random_bytes)
        return HttpRelay(enrolment, proofs)


class HttpRelay:
    """One device's connection to one relay; see `app.engine.ports.relay.Relay` for what each method does."""

    def __init__(
        self,
        enrolment: Enrolment,
        proofs: ProofMaker,
        *,
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
        exchange_seconds: float = EXCHANGE_SECONDS,
    ) -> None:
        self._origin = enrolment.url.rstrip("/")
        self._proofs = proofs
        self._heartbeat_seconds = heartbeat_seconds
        self._facts: ConnectionFacts | None = None
        self._client = httpx.AsyncClient(
            transport=PatientTransport(
                httpx.AsyncHTTPTransport(
                    verify=pinned_context(enrolment.spki_sha256, self._keep_facts),
                    # Neither proxies nor certificates nor passwords from the surroundings.
                    trust_env=False,
                    limits=_LIMITS,
                ),
                seconds=exchange_seconds,
            ),
            trust_env=False,
            follow_redirects=False,
            timeout=_TIMEOUT,
            # What is compressed could grow without bound.
            headers={"Accept-Encoding": "identity", "User-Agent": "uhealthsec"},
        )

    def facts(self) -> ConnectionFacts | None:
        """What the newest connection negotiated."""
        return self._facts

    async def describe(self) -> RelayDescription:
        """Public facts about the relay."""
        return await self._object("GET", PATH_RELAY, RelayDescription)

    async def register_sign_in(
        self, request: SignInRegistrationRequest
    ) -> SignInRegistrationAnswer:
        """Take the relay's part in registering a passphrase."""
        return await self._object(
            "POST", PATH_SIGN_IN_REGISTRATION, SignInRegistrationAnswer, request
        )

    async def register(self, request: RegisterRequest) -> LogReceipt:
        """Create the account."""
        return await self._object("POST", PATH_ACCOUNTS, LogReceipt, request)

    async def start_sign_in(
        self, account: AccountId, *, ke1: bytes, code_challenge: str, is_pending: bool = False
    ) -> Challenge:
        """First step of a sign-in."""
        pending = {"credential": CREDENTIAL_PENDING} if is_pending else {}
        return read_challenge(
            *await self._oauth(
                PATH_CHALLENGE,
                response_type="code",
                client_id=CLIENT_ID,
                scope=SCOPE,
                code_challenge=code_challenge,
                code_challenge_method="S256",
                account=account.hex(),
                opaque_ke1=base64url(ke1),
                **pending,
            )
        )

    async def prove_passphrase(self, auth_session: str, *, ke3: bytes) -> SecondFactorNeeded:
        """Second step of a sign-in."""
        return read_factors(
            *await self._oauth(PATH_CHALLENGE, auth_session=auth_session, opaque_ke3=base64url(ke3))
        )

    async def prove_second_factor(
        self, auth_session: str, step: Step, value: str
    ) -> AuthorizationCode:
        """Third step of a sign-in."""
        members = {"auth_session": auth_session, step.value: value}
        return read_code(*await self._oauth(PATH_CHALLENGE, **members), issuer=self._origin)

    async def redeem_code(self, code: str, *, code_verifier: str, epoch: EpochStep) -> Grant:
        """Begin the session."""
        held = {} if epoch.held is None else {"epoch": base64url(epoch.held)}
        return read_grant(
            *await self._oauth(
                PATH_TOKEN,
                grant_type="authorization_code",
                code=code,
                code_verifier=code_verifier,
                client_id=CLIENT_ID,
                next_epoch=base64url(epoch.following),
                **held,
            )
        )

    async def refresh(self, refresh_token: str) -> Grant:
        """Renew the session."""
        return read_grant(
            *await self._oauth(
                PATH_TOKEN,
                grant_type="refresh_token",
                refresh_token=refresh_token,
                client_id=CLIENT_ID,
            )
        )

    async def revoke(self, refresh_token: str) -> None:
        """End the session of a refresh token."""
        status, body, retry_after = await self._oauth(
            PATH_REVOKE, token=refresh_token, client_id=CLIENT_ID
        )
        if status != httpx.codes.OK:
            raise read_refusal(status, body, retry_after)

    async def start_recovery(
        self,
        account: AccountId,
        *,
        ke1: bytes,
        code_challenge: str,
        root: SigningPublicKey,
        kit_proof: HybridSignature,
    ) -> Challenge:
        """First step of a sign-in with the recovery kit."""
        return read_challenge(
            *await self._oauth(
                PATH_CHALLENGE,
                response_type="code",
                client_id=CLIENT_ID,
                scope=SCOPE_RECOVERY,
                code_challenge=code_challenge,
                code_challenge_method="S256",
                account=account.hex(),
                opaque_ke1=base64url(ke1),
                recovery_root=base64url(encode(root)),
                recovery_kit=base64url(encode(kit_proof)),
            )
        )

    async def redeem_recovery(self, code: str, *, code_verifier: str) -> RecoveryGrant:
        """Exchange the code of a sign-in with the recovery kit."""
        return read_recovery_grant(
            *await self._oauth(
                PATH_TOKEN,
                grant_type="authorization_code",
                code=code,
                code_verifier=code_verifier,
                client_id=CLIENT_ID,
            )
        )

    async def recovery_package(self) -> SealedPackage:
        """The newest package of the account that is being recovered."""
        return await self._object("GET", PATH_RECOVERY_PACKAGE, SealedPackage)

    async def recover(self, request: RecoverRequest) -> LogReceipt:
        """Put new keys in force."""
        return await self._object("POST", PATH_RECOVERY, LogReceipt, request)

    async def put_recovery_package(self, package: SealedPackage) -> None:
        """Store the own account's next package."""
        await self._nothing("PUT", PATH_RECOVERY_PACKAGE, package)

    async def veto_root_change(self, request: VetoRootChangeRequest) -> LogReceipt:
        """Void the announced change of an account's root."""
        return await self._object("POST", PATH_RECOVERY_VETO, LogReceipt, request)

    async def sessions(self) -> Sessions:
        """Living sessions of the own account."""
        return await self._object("GET", PATH_SESSIONS, Sessions)

    async def end_sessions(self) -> None:
        """End all sessions of the own account."""
        await self._nothing("DELETE", PATH_SESSIONS)

    async def factors(self) -> Factors:
        """The second factors of the own account."""
        return await self._object("GET", PATH_FACTORS, Factors)

    async def add_totp(self, request: AddTotpRequest) -> FactorRow:
        """Take another authenticator."""
        return await self._object("POST", PATH_FACTORS_TOTP, FactorRow, request)

    async def security_key_options(self) -> SecurityKeyOptions:
        """Ask what a security key has to sign."""
        return await self._object("POST", PATH_SECURITY_KEY_OPTIONS, SecurityKeyOptions)

    async def add_security_key(self, request: AddSecurityKeyRequest) -> FactorRow:
        """Take another security key."""
        return await self._object("POST", PATH_SECURITY_KEY, FactorRow, request)

    async def remove_factor(self, factor: FactorId) -> None:
        """Take a factor away."""
        await self._nothing("DELETE", PATH_FACTOR.format(factor=factor.hex()))

    async def renew_recovery_codes(self, request: RenewRecoveryCodesRequest) -> None:
        """Put ten codes in the place of all there were."""
        await self._nothing("PUT", PATH_RECOVERY_CODES, request)

    async def register_passphrase(self, request: CredentialRequest) -> SignInRegistrationAnswer:
        """Take the relay's part in registering another passphrase."""
        return await self._object(
            "POST", PATH_SIGN_IN_CREDENTIAL, SignInRegistrationAnswer, request
        )

    async def store_passphrase(self, credential: LoginCredential) -> None:
        """Store another passphrase."""
        await self._nothing("PUT", PATH_SIGN_IN_CREDENTIAL, credential)

    async def publish_key_event(
        self, account: AccountId, request: PublishKeyEventRequest
    ) -> LogReceipt:
        """Publish the next key event."""
        path = PATH_KEYS.format(account=account.hex())
        return await self._object("POST", path, LogReceipt, request)

    async def key_events(self, account: AccountId, *, after: int) -> KeyEvents:
        """Events numbered above `after`, and what the newest map holds."""
        path = PATH_KEYS.format(account=account.hex())
        return await self._object("GET", path, KeyEvents, query={"after": after})

    async def assurances(self, account: AccountId, *, after: int) -> Assurances:
        """Leaves above an index that say who somebody is."""
        path = PATH_ASSURANCES.format(account=account.hex())
        query = {"after": after} if after >= 0 else None
        return await self._object("GET", path, Assurances, query=query)

    async def vouch(self, account: AccountId, request: VouchRequest) -> LogReceipt:
        """Vouch for somebody, or take it back."""
        path = PATH_ASSURANCES.format(account=account.hex())
        return await self._object("POST", path, LogReceipt, request)

    async def open_link(self, request: OpenLinkRequest) -> None:
        """Open a link to a second computer."""
        await self._nothing("POST", PATH_LINKS, request)

    async def end_link(self, link: LinkId) -> None:
        """End a link."""
        await self._nothing("DELETE", PATH_LINK.format(link=link.hex()))

    async def put_link_offer(self, link: LinkId, offer: SealedLinkOffer) -> None:
        """Leave this computer's offer."""
        await self._nothing("PUT", PATH_LINK_OFFER.format(link=link.hex()), offer)

    async def link_offer(self, link: LinkId) -> SealedLinkOffer:
        """The offer for a link."""
        return await self._object("GET", PATH_LINK_OFFER.format(link=link.hex()), SealedLinkOffer)

    async def put_link_answer(self, link: LinkId, answer: SealedLinkGrant) -> None:
        """Leave the answer to an offer."""
        await self._nothing("PUT", PATH_LINK_ANSWER.format(link=link.hex()), answer)

    async def link_answer(self, link: LinkId) -> SealedLinkGrant:
        """The answer to this key's offer."""
        path = PATH_LINK_ANSWER.format(link=link.hex())
        return await self._object("GET", path, SealedLinkGrant)

    async def publish_directory_entry(
        self, account: AccountId, entry: DirectoryEntry | None
    ) -> None:
        """Show or hide the own account."""
        path = PATH_DIRECTORY_ENTRY.format(account=account.hex())
        await self._nothing("DELETE" if entry is None else "PUT", path, entry)

    async def search_directory(self, query: str) -> DirectoryPage:
        """Entries in which every word of `query` occurs."""
        return await self._object("GET", PATH_DIRECTORY, DirectoryPage, query={"q": query})

    async def directory_entry(self, account: AccountId) -> DirectoryEntry | None:
        """The entry of one account, None if it is not listed."""
        path = PATH_DIRECTORY_ENTRY.format(account=account.hex())
        try:
            return await self._object("GET", path, DirectoryEntry)
        except RelayRefusedError as error:
            if error.code is ProblemCode.NOT_FOUND:
                return None
            raise

    async def upload_prekeys(self, upload: PrekeyUpload) -> PrekeyStatus:
        """Publish prekeys of the own device."""
        return await self._object("PUT", PATH_PREKEYS, PrekeyStatus, upload)

    async def prekey_status(self) -> PrekeyStatus:
        """What is left of the own device's prekeys."""
        return await self._object("GET", PATH_PREKEYS, PrekeyStatus)

    async def claim_prekeys(self, account: AccountId, request: PrekeyClaimRequest) -> PrekeyBundle:
        """Take prekeys of an account's devices."""
        path = PATH_PREKEY_CLAIM.format(account=account.hex())
        return await self._object("POST", path, PrekeyBundle, request)

    async def post_envelope(self, request: PostEnvelopeRequest) -> LogReceipt:
        """Hand over an envelope."""
        return await self._object("POST", PATH_ENVELOPES, LogReceipt, request)

    async def mailbox(self, *, after: int, limit: int) -> MailboxPage:
        """Items waiting for this device above the cursor."""
        query = {"after": after, "limit": limit}
        return await self._object("GET", PATH_MAILBOX, MailboxPage, query=query)

    async def append_journal(self, acts: Sequence[JournalAct]) -> JournalReceipts:
        """Log the next acts of this device's chain."""
        request = AppendJournalRequest(acts=tuple(acts))
        return await self._object("POST", PATH_JOURNAL, JournalReceipts, request)

    async def read_journal(self, *, after: int, limit: int) -> JournalPage:
        """What the log has about the own account."""
        query = {"limit": limit} if after < 0 else {"after": after, "limit": limit}
        return await self._object("GET", PATH_JOURNAL, JournalPage, query=query)

    async def acknowledge(self, request: AcknowledgeRequest) -> None:
        """Say that items are committed here."""
        await self._nothing("POST", PATH_ACKNOWLEDGE, request)

    async def events(self) -> AsyncIterator[int]:
        """Yield the highest cursor whenever there is something new, until the connection breaks."""
        patience = httpx.Timeout(_PATIENCE_SECONDS, read=self._heartbeat_seconds)
        with _edge():
            async with self._exchange(
                "GET", PATH_EVENTS, expect=EVENT_STREAM, patience=patience
            ) as response:
                response.stream = _BoundedEvents(response.stream)
                async for event in httpx_sse.EventSource(response).aiter_sse():
                    # Events of later versions, and comments that keep the connection alive, say nothing to us.
                    if event.event == "mailbox":
                        yield _cursor_of(event.data)
        raise RelayUnreachableError("the relay ended the event stream")

    async def create_blob(self, request: CreateBlobRequest) -> BlobStatus:
        """Announce an upload, or learn how far it is."""
        return await self._object("POST", PATH_BLOBS, BlobStatus, request)

    async def upload_part(self, blob: BlobId, *, offset: int, part: bytes) -> BlobStatus:
        """Add bytes at `offset`."""
        path, query = PATH_BLOB.format(blob=blob.hex()), {"offset": offset}
        body = await self._bytes("PUT", path, expect=CBOR, content=part, kind=OCTETS, query=query)
        return _decoded(BlobStatus, body)

    async def complete_blob(self, blob: BlobId) -> BlobStatus:
        """Let the relay check and keep the blob."""
        return await self._object("POST", PATH_BLOB_COMPLETE.format(blob=blob.hex()), BlobStatus)

    async def download_blob(self, blob: BlobId, *, offset: int) -> AsyncIterator[bytes]:
        """Yield the blob's bytes from `offset` on."""
        with _edge():
            async with self._exchange(
                "GET",
                PATH_BLOB.format(blob=blob.hex()),
                expect=OCTETS,
                headers={"Range": f"bytes={offset}-"} if offset else {},
            ) as response:
                if (response.status_code == httpx.codes.PARTIAL_CONTENT) != bool(offset):
                    raise RelayAnswerError("the relay sends another part than was asked for")
                async for part in response.aiter_raw(CHUNK_BYTES):
                    yield part

    async def envelope_receipt(self, envelope: EnvelopeId) -> InclusionAnswer:
        """The receipt of an envelope."""
        query = {"envelope": envelope.hex()}
        return await self._object("GET", PATH_LOG_PROOF, InclusionAnswer, query=query)

    async def checkpoint(self) -> str:
        """The newest checkpoint."""
        body = await self._bytes("GET", PATH_CHECKPOINT, expect=TEXT, most=MAX_NOTE_BYTES)
        try:
            return body.decode()
        except UnicodeDecodeError as error:
            raise RelayAnswerError("the checkpoint is not text") from error

    async def consistency(self, *, first: int, second: int) -> ConsistencyAnswer:
        """Proof that one tree begins another."""
        query = {"first": first, "second": second}
        return await self._object("GET", PATH_LOG_CONSISTENCY, ConsistencyAnswer, query=query)

    async def cose_roots(self, sizes: Sequence[int]) -> CoseRoots:
        """Signatures for COSE Receipts."""
        request = CoseRootsRequest(sizes=tuple(sizes))
        return await self._object("POST", PATH_COSE_ROOTS, CoseRoots, request)

    async def cosign(self, note: str) -> None:
        """Give what this device has cosigned."""
        await self._nothing("POST", PATH_COSIGNATURES, CosignedCheckpoint(note=note))

    async def cosignatures(self) -> CosignatureList:
        """What the account's devices have cosigned."""
        return await self._object("GET", PATH_COSIGNATURES, CosignatureList)

    async def timestamps(self, leaf: int) -> TimestampedCheckpoint:
        """What an outside authority says of a leaf."""
        query = {"leaf": leaf}
        return await self._object("GET", PATH_TIMESTAMPS, TimestampedCheckpoint, query=query)

    async def close(self) -> None:
        """Close connections."""
        await self._client.aclose()

    def _keep_facts(self, facts: ConnectionFacts) -> None:
        self._facts = facts

    async def _object(
        self,
        method: str,
        path: str,
        answer: type[T],
        request: object | None = None,
        *,
        query: Mapping[str, str | int] | None = None,
    ) -> T:
        content = None if request is None else encode(request)
        body = await self._bytes(method, path, expect=CBOR, content=content, kind=CBOR, query=query)
        return _decoded(answer, body)

    async def _nothing(self, method: str, path: str, request: object | None = None) -> None:
        content = None if request is None else encode(request)
        with _edge():
            async with self._exchange(method, path, expect="", content=content, kind=CBOR):
                return

    async def _bytes(
        self,
        method: str,
        path: str,
        *,
        expect: str,
        content: bytes | None = None,
        kind: str = "",
        query: Mapping[str, str | int] | None = None,
        most: int = MAX_RESPONSE_BYTES,
    ) -> bytes:
        with _edge():
            async with self._exchange(
                method, path, expect=expect, content=content, kind=kind, query=query
            ) as response:
                return await _bounded(response, most)

    async def _oauth(self, path: str, **members: str) -> tuple[int, bytes, float | None]:
        """Send a form, and return status, body and `Retry-After` of whatever OAuth answer comes."""
        url = self._origin + path
        with _edge():
            async with self._client.stream(
                "POST",
                url,
                content=form(members),
                headers={
                    HEADER: self._proofs.prove("POST", url),
                    "Accept": f"{JSON}, {PROBLEM}",
                    "Content-Type": FORM,
                },
            ) as response:
                _require_plain(response)
                kind = _media_type(response)
                body = await _bounded(response, OAUTH_ANSWER_BYTES)
                retry_after = _retry_after(response.headers.get("Retry-After"))
                if kind == PROBLEM and not response.is_success:
                    raise _problem(response.status_code, body, retry_after)
                # An answer without a body has no kind either (RFC 7009 §2.2).
                if kind != JSON and (body or not response.is_success):
                    raise RelayAnswerError("the relay's answer is of another kind")
                return response.status_code, body, retry_after

    @asynccontextmanager
    async def _exchange(
        self,
        method: str,
        path: str,
        *,
        expect: str,
        content: bytes | None = None,
        kind: str = "",
        query: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        patience: httpx.Timeout = _TIMEOUT,
    ) -> AsyncIterator[httpx.Response]:
        """Send a request with a proof of its own, and yield the answer unless it is a refusal.

        `expect` is the media type of the answer, empty when there is to be none. A session that has to be
        renewed is renewed, once, and the request repeated.
        """

        def asked(token: str | None) -> AbstractAsyncContextManager[httpx.Response]:
            proof = self._proofs.prove(method, self._origin + path, access_token=token)
            sent = {HEADER: proof, "Accept": f"{expect or CBOR}, {PROBLEM}", **(headers or {})}
            if token is not None:
                sent["Authorization"] = f"{HEADER} {token}"
            if content is not None:
                sent["Content-Type"] = kind
            return self._client.stream(
                method,
                self._origin + path,
                params=query,
                content=content,
                headers=sent,
                timeout=patience,
            )

        tokens = None if path in _OPEN_PATHS else self._proofs.caller.tokens
        async with AsyncExitStack() as stack:
            token = None if tokens is None else await self._token(tokens, refused=None)
            response = await stack.enter_async_context(asked(token))
            if not response.is_success:
                refusal = await _refusal(response)
                if tokens is None or not isinstance(refusal, SignInNeededError):
                    raise refusal
                # The connection is needed for the renewal.
                await stack.aclose()
                token = await self._token(tokens, refused=token)
                response = await stack.enter_async_context(asked(token))
                if not response.is_success:
                    raise await _refusal(response)
            _require_plain(response)
            if _media_type(response) != expect:
                raise RelayAnswerError("the relay's answer is of another kind")
            yield response

    async def _token(self, tokens: AccessTokens, *, refused: str | None) -> str:
        current = tokens.access_token()
        if current is None or current == refused:
            return await tokens.renew(self, refused=refused)
        return current


class _BoundedEvents(httpx.AsyncByteStream):
    """Passes an event stream on, unless one event goes on for ever: the reader of events keeps all of it."""

    def __init__(self, stream: httpx.AsyncByteStream | httpx.SyncByteStream) -> None:
        if not isinstance(stream, httpx.AsyncByteStream):
            raise TypeError("not the stream of an asynchronous client")
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        unfinished = 0
        async for part in self._stream:
            unfinished = len(part) if b"\n\n" in part else unfinished + len(part)
            if unfinished > _MAX_EVENT_BYTES:
                raise RelayAnswerError("the relay's event does not end")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


@contextmanager
def _edge() -> Iterator[None]:
    """Turn what libraries raise into what the port promises."""
    try:
        yield
    except RelayError:
        raise
    except Exception as error:
        cause = _tls_error_behind(error) or error
        for raised, meant in _EDGE:
            if isinstance(cause, raised):
                raise meant(_MEANINGS[meant]) from error
        raise


def _tls_error_behind(error: BaseException) -> ssl.SSLError | None:
    """Return the TLS error that the error of an HTTP library was made from."""
    link: BaseException | None = error
    while link is not None:
        # These two only say that a handshake is still waiting for bytes.
        is_waiting = isinstance(link, ssl.SSLWantReadError | ssl.SSLWantWriteError)
        if isinstance(link, ssl.SSLError) and not is_waiting:
            return link
        link = link.__cause__ or link.__context__
    return None


async def _bounded(response: httpx.Response, most: int) -> bytes:
    """Read a body as it comes, up to a limit. Raises RelayAnswerError."""
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) > most:
            raise RelayAnswerError("the relay's answer is too long")
    return bytes(body)


async def _refusal(response: httpx.Response) -> RelayError:
    """Return the error of an answer that is not a success."""
    if _media_type(response) != PROBLEM:
        return RelayAnswerError(f"the relay answered {response.status_code} without a code")
    body = await _bounded(response, _MAX_PROBLEM_BYTES)
    return _problem(response.status_code, body, _retry_after(response.headers.get("Retry-After")))


def _problem(status: int, body: bytes, retry_after: float | None) -> RelayError:
    """Return the error that a problem+json body says."""
    try:
        problem = json.loads(body)
        code = ProblemCode(problem["code"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return RelayAnswerError(f"the relay answered {status} without a known code")
    if code is ProblemCode.SIGN_IN_NEEDED:
        return SignInNeededError()
    return RelayRefusedError(
        code,
        fields={name: value for name, value in problem.items() if name not in _PROBLEM_MEMBERS},
        retry_after_seconds=retry_after,
    )


def _require_plain(response: httpx.Response) -> None:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise RelayAnswerError("the relay's answer is compressed")


def _retry_after(header: str | None) -> float | None:
    """Read the seconds of `Retry-After` (RFC 9110 §10.2.3); its other form, a date, needs clocks that agree."""
    if header is None or not (header.isascii() and header.isdigit()):
        return None
    return min(float(header[:9]), _MAX_RETRY_AFTER_SECONDS)


def _media_type(response: httpx.Response) -> str:
    kind: str = response.headers.get("Content-Type", "")
    return kind.partition(";")[0].strip().lower()


def _decoded(cls: type[T], body: bytes) -> T:
    with _edge():
        return decode(cls, body)


def _cursor_of(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise RelayAnswerError("the relay's event does not name a cursor")
    return int(text)
