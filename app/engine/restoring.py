# SPDX-License-Identifier: AGPL-3.0-or-later
"""What of a profile outlives it, in the form of a recovery package: gathered here, written into a fresh profile there.

Linking a second computer and recovery with the kit share it. Imports ports and `crypto_core`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.engine import known_kits
from app.engine.journal.keys import adopt, journal_keys
from app.engine.ports.erasing import ErasedNumber
from app.engine.ports.vault import Owner, Setting, StoredCheckpoint
from app.interface.shown import said_name
from app.interface.snapshots import (
    PAGE_LIMIT,
    Comparison,
    ContactRow,
    ContactState,
    KeyNewsKind,
    Trust,
)
from crypto_core.keys.signing import SIGNING_SEED_BYTES, SigningPair
from crypto_core.trust.checkpoints import verify_checkpoint
from crypto_core.trust.signatures import sha256
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.devices import DeviceEntry
from crypto_core.wire.ids import DeviceId, Hash
from crypto_core.wire.key_map import MapEntry
from crypto_core.wire.limits import MAX_CONTACT_PINS, MAX_ERASED_NUMBERS
from crypto_core.wire.recovery import (
    ComparedPin,
    ContactPin,
    ErasedBefore,
    PinChange,
    PinComparison,
    PinState,
    RecoveryPackage,
    UnexaminedPin,
)
from crypto_core.wire.signed import Signed

if TYPE_CHECKING:
    from app.engine.ports.machine import RandomBytes
    from app.engine.ports.vault import Store
    from app.engine.session import Session
    from crypto_core.trust.checkpoints import LogIdentity
    from crypto_core.wire.ids import UnixMillis
    from crypto_core.wire.kit import KitKeys

_PIN_STATES: Final = {
    ContactState.REQUESTED: PinState.REQUESTED,
    ContactState.WAITING: PinState.WAITING,
    ContactState.ACCEPTED: PinState.ACCEPTED,
    ContactState.DECLINED: PinState.DECLINED,
}
"""Nobody is pinned under an address that the relay did not know."""
_STATES: Final = {pin: state for state, pin in _PIN_STATES.items()}
_BLOCKED_PIN: Final = PinState.DECLINED
"""Packages know no blocking: whoever is blocked here is declined there, and gets nothing in either."""
_PIN_COMPARISONS: Final = {
    Comparison.IN_PERSON: PinComparison.IN_PERSON,
    Comparison.BY_PHONE: PinComparison.BY_PHONE,
    Comparison.BY_CARD: PinComparison.BY_CARD,
}
_COMPARISONS: Final = {pin: how for how, pin in _PIN_COMPARISONS.items()}
_PIN_CHANGES: Final = {
    KeyNewsKind.COMPUTER_ADDED: PinChange.COMPUTER_ADDED,
    KeyNewsKind.RESTORED: PinChange.RESTORED,
    KeyNewsKind.ALL_COMPUTERS_NEW: PinChange.ALL_COMPUTERS_NEW,
    KeyNewsKind.CONTRADICTED: PinChange.CONTRADICTED,
}
"""Whatever holds letters back."""
_CHANGES: Final = {pin: kind for kind, pin in _PIN_CHANGES.items()}
_NO_NAME: Final = "?"
"""Stands for the name of somebody who was asked by address only."""
_NO_HEAD: Final = Hash(bytes(32))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDevice:
    """The keys of a computer that becomes one of the account's: drawn on it, never sent anywhere."""

    device: DeviceId
    device_seed: bytes = field(repr=False)
    request_seed: bytes = field(repr=False)

    @classmethod
    def invent(cls, random_bytes: RandomBytes) -> NewDevice:
        """Draw them."""
        return cls(
            device=DeviceId(random_bytes(16)),
            device_seed=random_bytes(SIGNING_SEED_BYTES),
            request_seed=random_bytes(32),
        )

    @property
    def request_key(self) -> Ed25519PrivateKey:
        """What signs requests to the relay."""
        return Ed25519PrivateKey.from_private_bytes(self.request_seed)

    def entry(self, added_at: UnixMillis) -> DeviceEntry:
        """How a device list names it."""
        return DeviceEntry(
            device=self.device,
            signing=SigningPair.from_seed(self.device_seed).public,
            request_key=self.request_key.public_key().public_bytes_raw(),
            added_at=added_at,
        )


def gather(store: Store, session: Session, *, number: int) -> RecoveryPackage:
    """Return what a new computer, or a recovery, needs: who one is, contacts with their keys, the log.

    Contacts who were accepted come first, should there be more than fit.
    """
    owner = session.owner
    rows = sorted(
        (
            row
            for row in store.contacts.all()
            if row.state in _PIN_STATES or row.state is ContactState.BLOCKED
        ),
        key=lambda row: row.state is not ContactState.ACCEPTED,
    )[:MAX_CONTACT_PINS]
    histories = store.trust.histories([row.account for row in rows])
    pins = []
    for row in rows:
        history = histories.get(row.account)
        pin = store.trust.pin(row.account)
        if pin is None and history is not None:
            # A pin that is still here has not come true yet, and what the relay showed does not replace it.
            pin = MapEntry(number=history.number, head=history.head)
        pins.append(
            ContactPin(
                account=row.account,
                name=said_name(row.account, row.name) or _NO_NAME,
                profession=row.profession,
                state=_PIN_STATES.get(row.state, _BLOCKED_PIN),
                number=0 if pin is None else pin.number,
                head=_NO_HEAD if pin is None else pin.head,
                compared=_compared(store, row),
                unexamined=_unexamined(store, row),
                is_accepted_unverified=row.is_accepted_unverified,
            )
        )
    latest = store.trust.latest_checkpoint()
    return RecoveryPackage(
        version=1,
        account=owner.account,
        number=number,
        created_at=session.now(),
        name=owner.name,
        profession=owner.profession,
        place=owner.place,
        identity_seed=owner.identity_seed,
        certificate=decode(Signed, owner.encoded_certificate),
        contacts=tuple(pins),
        checkpoint="" if latest is None or latest.note is None else latest.note,
        enrolment=owner.enrolment,
        archive_keys=(),
        journal_keys=journal_keys(store, owner.identity_seed),
        erased=tuple(
            ErasedBefore(number=each.number, at=each.at)
            for each in store.erasures.erased(MAX_ERASED_NUMBERS)
        ),
    )


def _compared(store: Store, row: ContactRow) -> ComparedPin | None:
    how, at = _PIN_COMPARISONS.get(row.compared), store.contacts.compared_at(row.account)
    return None if how is None or at is None else ComparedPin(how=how, at=at)


def _unexamined(store: Store, row: ContactRow) -> UnexaminedPin | None:
    if not row.is_blocked:
        return None
    for each in store.trust.news(row.account, PAGE_LIMIT):
        if each.is_blocking:
            return UnexaminedPin(change=_PIN_CHANGES[each.kind], at=each.at)
    # So much has happened since that the change itself is no longer among the newest.
    return UnexaminedPin(change=PinChange.CONTRADICTED, at=row.since)


def owner_of(
    package: RecoveryPackage, device: NewDevice, *, account_secret: bytes, is_listed: bool = False
) -> Owner:
    """Return the owner of a profile that is about to be written from a package, on a new computer."""
    return Owner(
        account=package.account,
        device=device.device,
        name=package.name,
        profession=package.profession,
        place=package.place,
        is_listed=is_listed,
        identity_seed=package.identity_seed,
        device_seed=device.device_seed,
        request_seed=device.request_seed,
        pending_recovery_code=None,
        account_secret=account_secret,
        second_factors=None,
        encoded_certificate=encode(package.certificate),
        enrolment=package.enrolment,
        encoded_registration=None,
    )


def write(
    store: Store,
    owner: Owner,
    package: RecoveryPackage,
    *,
    kit: KitKeys,
    next_kit: KitKeys | None,
    log: LogIdentity,
    now: UnixMillis,
) -> None:
    """Write a package into a store just made, inside one transaction.

    What it says of contacts' keys is kept as pins, which the relay's answers have to agree with. Raises
    SignatureError or ProofError when its checkpoint is not of this log.
    """
    store.identity.create(owner)
    known_kits.put_in_force(store, root=kit.root, public_key=kit.public_key)
    if next_kit is not None:
        # When exactly it counts is in the account's key history, which is not here yet.
        following = known_kits.NextKit(kit=next_kit, counts_at=now)
        store.identity.put_setting(Setting.NEXT_KIT, encode(following))
        store.identity.put_setting(Setting.NEXT_SECRET_STORED, sha256(next_kit.account_secret))
    adopt(store, package.identity_seed, package.journal_keys)
    write_contacts(store, package, now=now)
    if package.checkpoint:
        verified = verify_checkpoint(package.checkpoint, log=log)
        store.trust.add_checkpoint(
            StoredCheckpoint(
                size=verified.checkpoint.size,
                root=verified.checkpoint.root,
                signed_at_seconds=verified.signed_at_seconds,
                note=package.checkpoint,
            )
        )


def write_contacts(store: Store, package: RecoveryPackage, *, now: UnixMillis) -> None:
    """Write the contacts of a package, and what their key histories had come to: it has to come true again."""
    for pin in package.contacts:
        known = store.contacts.states([pin.account]).get(pin.account)
        # A backup says what packages do not know.
        is_blocked = known is ContactState.BLOCKED
        store.contacts.put(
            ContactRow(
                account=pin.account,
                name="" if pin.name == _NO_NAME else pin.name,
                profession=pin.profession,
                place="",
                note="",
                state=ContactState.BLOCKED if is_blocked else _STATES[pin.state],
                trust=Trust.SELF_DECLARED,
                since=now,
            )
        )
        if pin.compared is not None:
            store.contacts.compare(pin.account, _COMPARISONS[pin.compared.how], pin.compared.at)
        if pin.is_accepted_unverified:
            store.contacts.accept_unverified([pin.account])
        if pin.unexamined is not None and not store.trust.is_blocked(pin.account):
            # Its owner has not looked at it yet on any computer: another computer does not lift it.
            kind, at = _CHANGES[pin.unexamined.change], pin.unexamined.at
            store.trust.add_news(pin.account, kind, at, is_blocking=True)
        if pin.number:
            store.trust.put_pin(pin.account, MapEntry(number=pin.number, head=pin.head))
    if package.erased:
        store.erasures.adopt(
            [ErasedNumber(number=each.number, at=each.at) for each in package.erased],
            sha256(*(each.number for each in package.erased))[:16],
            now,
        )
    # The other computers know it.
    store.marks.keep_to_oneself()
