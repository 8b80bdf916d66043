# SPDX-License-Identifier: AGPL-3.0-or-later
"""An invented account whose keys change: its events, honest or not, and the leaves that record them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crypto_core.keys.kit import Kit
from crypto_core.keys.signing import SigningPair
from crypto_core.trust.key_history import KeyHistory
from crypto_core.trust.signatures import pseudonym_of, sha256
from crypto_core.wire.audit import (
    AuditLeaf,
    AuditStatement,
    DeviceListPublished,
    RootChangeAnnounced,
    RootChangeVetoed,
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
from crypto_core.wire.ids import (
    RELAY_PSEUDONYM,
    DeviceId,
    Hash,
    UnixMillis,
    UtcOffsetMinutes,
)
from crypto_core.wire.labels import (
    CERTIFICATE,
    DEVICE_LIST,
    RELAY_STATEMENT,
    ROOT_CHANGE,
    ROOT_VETO,
    STATEMENT,
)
from tests.fakes.people import DAY, NOW

if TYPE_CHECKING:
    from crypto_core.wire.signed import Signed

LOG_KEY = Ed25519PrivateKey.from_private_bytes(b"log" + bytes(29))
LOG_PUBLIC_KEY = LOG_KEY.public_key().public_bytes_raw()


def pair(seed: str) -> SigningPair:
    """A signing pair that a test can make again."""
    return SigningPair.from_seed(sha256(seed.encode(), b"1") + sha256(seed.encode(), b"2"))


KIT_CODE, NEXT_KIT_CODE, THIEFS_KIT_CODE = (
    sha256(b"kit", name) for name in (b"first", b"second", b"voleur")
)


@dataclass(frozen=True, slots=True)
class Computer:
    """A device and its keys."""

    signing: SigningPair
    entry: DeviceEntry

    @classmethod
    def invent(cls, name: str, *, device: DeviceId | None = None) -> Computer:
        signing = pair(name)
        entry = DeviceEntry(
            device=device or DeviceId(sha256(b"device", name.encode())[:16]),
            signing=signing.public,
            request_key=sha256(b"request", name.encode()),
            added_at=NOW,
        )
        return cls(signing, entry)


KIT, NEXT_KIT, THIEFS_KIT = (
    Kit.from_code(code) for code in (KIT_CODE, NEXT_KIT_CODE, THIEFS_KIT_CODE)
)
IDENTITY, NEXT_IDENTITY, THIEFS_IDENTITY = (
    pair(name) for name in ("identity", "next identity", "thief's identity")
)
LAPTOP, DESKTOP, THIEFS_LAPTOP = (
    Computer.invent(name) for name in ("laptop", "desktop", "thief's laptop")
)


@dataclass(slots=True)
class KeyStory:
    """Makes the next event of an account's history; what is asked for otherwise than is right is a forgery."""

    history: KeyHistory = field(default_factory=lambda: KeyHistory(account=KIT.account))
    moment: UnixMillis = NOW

    def certificate(
        self,
        identity: SigningPair = NEXT_IDENTITY,
        *,
        root: SigningPair = KIT.root,
        **changes: Any,  # noqa: ANN401 - the fields of a certificate
    ) -> Signed:
        """The next certificate, by this root."""
        before = self.history.certificate
        right = AccountCertificate(
            version=1,
            account=KIT.account,
            root=root.public,
            identity=identity.public,
            sequence=1 if before is None else before.sequence + 1,
            issued_at=self.moment,
        )
        return root.sign_object(CERTIFICATE, replace(right, **changes))

    def device_list(
        self,
        *computers: Computer,
        identity: SigningPair = IDENTITY,
        certificate: Signed | None = None,
        **changes: Any,  # noqa: ANN401 - the fields of a list
    ) -> KeyEvent:
        """The next list, naming these computers."""
        last = self.history.lists[-1] if self.history.lists else None
        right = DeviceList(
            version=1,
            account=KIT.account,
            sequence=1 if last is None else last.devices.sequence + 1,
            previous=Hash(bytes(32)) if last is None else last.digest,
            issued_at=self.moment,
            expires_at=UnixMillis(self.moment + 30 * DAY),
            devices=tuple(each.entry for each in computers),
        )
        signed = identity.sign_object(DEVICE_LIST, replace(right, **changes))
        return KeyEvent(
            version=1, kind=KeyEventKind.DEVICE_LIST, signed=signed, certificate=certificate
        )

    def first(self) -> KeyEvent:
        """The event that an account begins with."""
        return self.device_list(LAPTOP, certificate=self.certificate(IDENTITY))

    def root_change(
        self,
        new: Kit = NEXT_KIT,
        *,
        identity: SigningPair = IDENTITY,
        **changes: Any,  # noqa: ANN401 - the fields of a change
    ) -> KeyEvent:
        """The announcement of a new root."""
        right = RootChange(
            version=1,
            account=KIT.account,
            sequence=self.history.last_change + 1,
            root=new.root.public,
            issued_at=self.moment,
            effective_at=UnixMillis(self.moment + 7 * DAY),
        )
        signed = identity.sign_object(ROOT_CHANGE, replace(right, **changes))
        return KeyEvent(version=1, kind=KeyEventKind.ROOT_CHANGE, signed=signed, certificate=None)

    def veto(
        self,
        *,
        root: SigningPair = KIT.root,
        **changes: Any,  # noqa: ANN401 - the fields of a veto
    ) -> KeyEvent:
        """The veto against the last change that was announced."""
        right = RootVeto(
            version=1,
            account=KIT.account,
            sequence=max(2, self.history.last_change),
            issued_at=self.moment,
        )
        signed = root.sign_object(ROOT_VETO, replace(right, **changes))
        return KeyEvent(version=1, kind=KeyEventKind.ROOT_VETO, signed=signed, certificate=None)

    def leaf(self, event: KeyEvent, by: Computer = LAPTOP) -> bytes:
        """The leaf that records an event, by this computer, or by the relay for a veto."""
        if event.kind is KeyEventKind.ROOT_VETO:
            veto = decode(RootVeto, event.signed.body)
            content: object = RootChangeVetoed(
                account=veto.account, sequence=veto.sequence, veto_hash=sha256(event.signed.body)
            )
            return self.relay_leaf(Verb.ROOT_CHANGE_VETOED, content)
        stated = {
            "at": self.moment,
            "utc_offset": UtcOffsetMinutes(60),
        }
        if event.kind is KeyEventKind.DEVICE_LIST:
            listed = decode(DeviceList, event.signed.body)
            return self.device_leaf(
                by,
                Verb.DEVICE_LIST_PUBLISHED,
                DeviceListPublished(
                    account=listed.account,
                    sequence=listed.sequence,
                    list_hash=sha256(event.signed.body),
                    **stated,  # type: ignore[arg-type]  # time and offset
                ),
            )
        change = decode(RootChange, event.signed.body)
        return self.device_leaf(
            by,
            Verb.ROOT_CHANGE_ANNOUNCED,
            RootChangeAnnounced(
                account=change.account,
                sequence=change.sequence,
                change_hash=sha256(event.signed.body),
                **stated,  # type: ignore[arg-type]  # time and offset
            ),
        )

    def device_leaf(self, by: Computer, verb: Verb, content: object) -> bytes:
        """A leaf that a device signs."""
        statement = self._statement(pseudonym_of(by.entry.device), verb, content)
        return self._wrapped(statement, encode(by.signing.sign(STATEMENT, statement)))

    def relay_leaf(self, verb: Verb, content: object) -> bytes:
        """A leaf that the relay signs."""
        statement = self._statement(RELAY_PSEUDONYM, verb, content)
        return self._wrapped(statement, LOG_KEY.sign(RELAY_STATEMENT + statement))

    def take(self, event: KeyEvent, *, by: Computer = LAPTOP) -> KeyHistory:
        """Let a client follow the event; the story goes on from there."""
        self.history = self.history.continued(
            event,
            leaf=self.leaf(event, by),
            log_index=self.history.log_index + 5,
            log_key=LOG_PUBLIC_KEY,
        )
        return self.history

    def wait(self, days: float) -> None:
        """Let time pass."""
        self.moment = UnixMillis(self.moment + int(days * DAY))

    @staticmethod
    def _statement(actor: bytes, verb: Verb, content: object) -> bytes:
        return encode(
            AuditStatement(
                version=1,
                actor=actor,  # type: ignore[arg-type]  # a pseudonym
                sequence=0,
                previous=Hash(bytes(32)),
                verb=verb,
                content=encode(content),
            )
        )

    def _wrapped(self, statement: bytes, signature: bytes) -> bytes:
        return encode(
            AuditLeaf(
                version=1,
                statement=statement,
                signature=signature,
                relay_time=self.moment,
                nonce=bytes(16),
            )
        )


def begun() -> KeyStory:
    """An account with one computer."""
    story = KeyStory()
    story.take(story.first())
    return story
