# SPDX-License-Identifier: AGPL-3.0-or-later
"""Devices that speak to a relay with real keys, for tests that hold fake and real relay to one contract."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.engine.ports.relay import Caller
from crypto_core.keys.prekeys import DeviceKeys, KemPair, sign_batch, sign_prekey
from crypto_core.keys.signing import SigningPair, certify_identity, recovery_secrets
from crypto_core.opaque.group import UNIFORM_BYTES, element_from_uniform
from crypto_core.opaque.messages import ENVELOPE_BYTES, MASKING_KEY_BYTES, RegistrationRecord
from crypto_core.opaque.messages import Envelope as LoginEnvelope
from crypto_core.trust.audit import CHAIN_START, ChainHead
from crypto_core.trust.devices import NO_PREVIOUS_LIST
from crypto_core.trust.signatures import pseudonym_of, sha256
from crypto_core.wire.audit import (
    AuditStatement,
    DeviceListPublished,
    EnvelopeAccepted,
    RootChangeAnnounced,
    Verb,
)
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.devices import (
    AccountCertificate,
    DeviceEntry,
    DeviceList,
    KeyEvent,
    KeyEventKind,
    RootChange,
    RootVeto,
)
from crypto_core.wire.envelope import Envelope, OuterHeader, Recipient
from crypto_core.wire.ids import (
    AccountId,
    BlobId,
    DeviceId,
    EnvelopeId,
    Hash,
    MessageId,
    PrekeyId,
    UnixMillis,
    UtcOffsetMinutes,
)
from crypto_core.wire.labels import CERTIFICATE, DEVICE_LIST, ROOT_CHANGE, ROOT_VETO, STATEMENT
from crypto_core.wire.limits import (
    DEVICE_LIST_LIFE_SECONDS,
    ENVELOPE_LIFE_SECONDS,
    ROOT_CHANGE_SECONDS,
)
from crypto_core.wire.relay_api import (
    CreateBlobRequest,
    DirectoryEntry,
    PostEnvelopeRequest,
    PrekeyUpload,
    PublishKeyEventRequest,
    RegisterRequest,
    SignedStatement,
)
from crypto_core.wire.sign_in import (
    LOGIN_STRETCH,
    RECOVERY_CODES,
    TOTP_SECRET_BYTES,
    LoginCredential,
    SignInSetup,
)
from crypto_core.wire.signed import Signed
from crypto_core.wire.suites import SLOT_BYTES, Suite


@dataclass(slots=True, kw_only=True)
class RelayCaller:
    """An account with one device: its keys, its chain of statements, and the requests it can make.

    Envelopes are sealed to nobody: a relay sees no more of them than the header and the sizes.
    """

    now: Callable[[], UnixMillis]
    random_bytes: Callable[[int], bytes]
    account: AccountId
    device: DeviceId
    root: SigningPair
    identity: SigningPair
    signing: SigningPair
    request_key: Ed25519PrivateKey
    certificate: Signed
    lists: list[Signed]
    chain: ChainHead = field(
        default_factory=lambda: ChainHead(next_sequence=0, previous=CHAIN_START)
    )

    @classmethod
    def invent(
        cls, *, now: Callable[[], UnixMillis], random_bytes: Callable[[int], bytes]
    ) -> RelayCaller:
        """Return an account that no relay knows yet."""
        recovery = recovery_secrets(random_bytes(32))
        identity = SigningPair.from_seed(random_bytes(64))
        caller = cls(
            now=now,
            random_bytes=random_bytes,
            account=recovery.account,
            root=recovery.root,
            device=DeviceId(random_bytes(16)),
            identity=identity,
            signing=SigningPair.from_seed(random_bytes(64)),
            request_key=Ed25519PrivateKey.from_private_bytes(random_bytes(32)),
            certificate=certify_identity(
                recovery.root, identity.public, sequence=1, issued_at=now()
            ),
            lists=[],
        )
        caller.lists.append(caller.next_list())
        return caller

    @property
    def caller(self) -> Caller:
        """Who makes the requests."""
        return Caller(
            request_key=self.request_key.public_key().public_bytes_raw(),
            sign=self.request_key.sign,
        )

    @property
    def entry(self) -> DeviceEntry:
        """The device as its list names it."""
        return DeviceEntry(
            device=self.device,
            signing=self.signing.public,
            request_key=self.caller.request_key,
            added_at=self.now(),
        )

    def next_list(
        self, *devices: DeviceEntry, by: SigningPair | None = None, step: int = 1
    ) -> Signed:
        """Return the list after the newest one, naming the same devices or these; `by` signs in the identity's place."""
        before = decode(DeviceList, self.lists[-1].body) if self.lists else None
        now = self.now()
        return (by or self.identity).sign_object(
            DEVICE_LIST,
            DeviceList(
                version=1,
                account=self.account,
                sequence=1 if before is None else before.sequence + step,
                previous=sha256(self.lists[-1].body) if self.lists else NO_PREVIOUS_LIST,
                issued_at=now,
                expires_at=UnixMillis(now + DEVICE_LIST_LIFE_SECONDS * 1000),
                devices=devices or ((self.entry,) if before is None else before.devices),
            ),
        )

    def next_certificate(self, identity: SigningPair, *, by: SigningPair | None = None) -> Signed:
        """Return the certificate after the newest one, for another identity key; `by` signs in the root's place."""
        newest = decode(AccountCertificate, self.certificate.body)
        root = by or self.root
        return root.sign_object(
            CERTIFICATE,
            AccountCertificate(
                version=1,
                account=self.account,
                root=root.public,
                identity=identity.public,
                sequence=newest.sequence + 1,
                issued_at=self.now(),
            ),
        )

    def root_change(self, root: SigningPair, *, sequence: int = 2) -> Signed:
        """Return the announcement of a new root."""
        now = self.now()
        return self.identity.sign_object(
            ROOT_CHANGE,
            RootChange(
                version=1,
                account=self.account,
                sequence=sequence,
                root=root.public,
                issued_at=now,
                effective_at=UnixMillis(now + ROOT_CHANGE_SECONDS * 1000),
            ),
        )

    def root_veto(self, *, sequence: int = 2, by: SigningPair | None = None) -> Signed:
        """Return the veto against a new root."""
        veto = RootVeto(version=1, account=self.account, sequence=sequence, issued_at=self.now())
        return (by or self.root).sign_object(ROOT_VETO, veto)

    def second_device(self) -> RelayCaller:
        """Return another device of this account, which no list names yet."""
        return replace(
            self,
            device=DeviceId(self.random_bytes(16)),
            signing=SigningPair.from_seed(self.random_bytes(64)),
            request_key=Ed25519PrivateKey.from_private_bytes(self.random_bytes(32)),
            lists=list(self.lists),
            chain=ChainHead(next_sequence=0, previous=CHAIN_START),
        )

    def key_event(
        self, kind: KeyEventKind, signed: Signed, certificate: Signed | None = None
    ) -> PublishKeyEventRequest:
        """Return the request that publishes a key event, with this device's next statement."""
        event = KeyEvent(version=1, kind=kind, signed=signed, certificate=certificate)
        if kind is KeyEventKind.DEVICE_LIST:
            return PublishKeyEventRequest(event=event, statement=self._state_list(signed))
        change = decode(RootChange, signed.body)
        content = RootChangeAnnounced(
            account=change.account,
            sequence=change.sequence,
            change_hash=sha256(signed.body),
            at=self.now(),
            utc_offset=UtcOffsetMinutes(120),
        )
        return PublishKeyEventRequest(
            event=event, statement=self.state(Verb.ROOT_CHANGE_ANNOUNCED, content)
        )

    def publishing(
        self, signed: Signed, certificate: Signed | None = None
    ) -> PublishKeyEventRequest:
        """Return the request that publishes a device list as a key event."""
        return self.key_event(KeyEventKind.DEVICE_LIST, signed, certificate)

    def state(self, verb: Verb, content: object) -> SignedStatement:
        """Sign the next statement of the device's chain, and count it as made."""
        return self._state(verb, encode(content))

    def state_sealed(self, commitment: Hash, *, verb: Verb = Verb.SEALED) -> SignedStatement:
        """Sign the next statement that holds nothing but a commitment, and count it as made."""
        return self._state(verb, commitment)

    def _state(self, verb: Verb, content: bytes) -> SignedStatement:
        statement = encode(
            AuditStatement(
                version=1,
                actor=pseudonym_of(self.device),
                sequence=self.chain.next_sequence,
                previous=self.chain.previous,
                verb=verb,
                content=content,
            )
        )
        self.chain = ChainHead(
            next_sequence=self.chain.next_sequence + 1, previous=sha256(statement)
        )
        return SignedStatement(
            statement=statement, signature=self.signing.sign(STATEMENT, statement)
        )

    def registration(
        self,
        invitation: str,
        directory: DirectoryEntry | None = None,
        *,
        sign_in: SignInSetup | None = None,
    ) -> RegisterRequest:
        """Return the request that creates the account; without `sign_in` nobody can ever sign in to it."""
        return RegisterRequest(
            invitation=invitation,
            certificate=self.certificate,
            device_list=self.lists[0],
            statement=self._state_list(self.lists[0]),
            directory=directory,
            sign_in=sign_in or self.some_sign_in(),
        )

    def some_sign_in(self) -> SignInSetup:
        """Return factors that nobody knows, in the form in which a relay takes them."""
        record = RegistrationRecord(
            client_public_key=element_from_uniform(self.random_bytes(UNIFORM_BYTES)),
            masking_key=self.random_bytes(MASKING_KEY_BYTES),
            envelope=LoginEnvelope.parse(self.random_bytes(ENVELOPE_BYTES)),
        )
        return SignInSetup(
            credential=LoginCredential(version=1, stretch=LOGIN_STRETCH, record=record.to_bytes()),
            totp_secret=self.random_bytes(TOTP_SECRET_BYTES),
            recovery_hashes=tuple(Hash(self.random_bytes(32)) for _ in range(RECOVERY_CODES)),
        )

    def directory_entry(self, name: str, profession: str, place: str = "") -> DirectoryEntry:
        """Return an entry about the own account."""
        return DirectoryEntry(
            account=self.account, name=name, profession=profession, place=place, rpps=""
        )

    def prekeys(self, number: int, *, one_time: int = 0) -> PrekeyUpload:
        """Return freshly made prekeys; the private halves are forgotten."""
        keys = DeviceKeys(account=self.account, device=self.device, signing=self.signing)
        signed = sign_prekey(keys, self._kem_pair(), number=number, now=self.now())
        if not one_time:
            return PrekeyUpload(signed_prekey=signed, batch=None, keys=())
        pairs = tuple(self._kem_pair() for _ in range(one_time))
        batch, public = sign_batch(keys, pairs, number=number, now=self.now())
        return PrekeyUpload(signed_prekey=signed, batch=batch, keys=public)

    def envelope(
        self,
        *recipients: RelayCaller,
        blobs: tuple[BlobId, ...] = (),
        body: bytes = b"sealed for nobody",
        life_seconds: int = ENVELOPE_LIFE_SECONDS,
        sender: RelayCaller | None = None,
    ) -> tuple[EnvelopeId, bytes]:
        """Return an envelope with a well-formed header; `sender` lies about who sends it."""
        envelope = EnvelopeId(self.random_bytes(16))
        named = sender or self
        header = OuterHeader(
            version=1,
            suite=Suite.V1,
            message=MessageId(self.random_bytes(16)),
            envelope=envelope,
            sender=named.account,
            sender_device=named.device,
            expires_at=UnixMillis(self.now() + life_seconds * 1000),
            recipients=tuple(
                Recipient(
                    account=each.account,
                    device=each.device,
                    prekey=PrekeyId(self.random_bytes(16)),
                )
                for each in recipients
            ),
            commitment=Hash(self.random_bytes(32)),
            blobs=blobs,
            body_blob=None,
        )
        slots = tuple(self.random_bytes(SLOT_BYTES) for _ in recipients)
        return envelope, encode(Envelope(header=encode(header), slots=slots, body=body))

    def posting(self, envelope: EnvelopeId, envelope_bytes: bytes) -> PostEnvelopeRequest:
        """Return the request that hands over an envelope, with the next statement."""
        statement = self.state(
            Verb.ENVELOPE_ACCEPTED,
            EnvelopeAccepted(
                envelope=envelope,
                envelope_sha256=sha256(envelope_bytes),
                at=self.now(),
                utc_offset=UtcOffsetMinutes(120),
            ),
        )
        return PostEnvelopeRequest(envelope=envelope_bytes, statement=statement)

    def letter_to(
        self, *recipients: RelayCaller, blobs: tuple[BlobId, ...] = ()
    ) -> PostEnvelopeRequest:
        """Return a request with a new envelope."""
        return self.posting(*self.envelope(*recipients, blobs=blobs))

    def blob(self, content: bytes) -> CreateBlobRequest:
        """Return the announcement of an upload under a new id."""
        return CreateBlobRequest(
            blob=BlobId(self.random_bytes(16)),
            size=len(content),
            sha256=Hash(hashlib.sha256(content).digest()),
        )

    def _state_list(self, signed: Signed) -> SignedStatement:
        return self.state(
            Verb.DEVICE_LIST_PUBLISHED,
            DeviceListPublished(
                account=self.account,
                sequence=decode(DeviceList, signed.body).sequence,
                list_hash=sha256(signed.body),
                at=self.now(),
                utc_offset=UtcOffsetMinutes(120),
            ),
        )

    def _kem_pair(self) -> KemPair:
        return KemPair.from_seed(self.random_bytes(96))
