# SPDX-License-Identifier: AGPL-3.0-or-later
"""The history of an account's keys as anyone can check it: who speaks for the account, since when, until when.

Order and meaning of the checks: `crypto_core/spec/keys.md` §3.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from crypto_core.errors import KeyStateError, SignatureError
from crypto_core.trust.audit import read_relay_leaf, verify_statement
from crypto_core.trust.devices import ListedDevices, LoggedList, require_next_list
from crypto_core.trust.signatures import account_of, pseudonym_of, sha256, verify
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
    DeviceList,
    KeyEvent,
    KeyEventKind,
    RootChange,
    RootVeto,
)
from crypto_core.wire.ids import AccountId, DevicePseudonym, Hash, UnixMillis
from crypto_core.wire.labels import CERTIFICATE, DEVICE_LIST, KEY_EVENT, ROOT_CHANGE, ROOT_VETO
from crypto_core.wire.limits import ROOT_CHANGE_MOST_SECONDS, ROOT_CHANGE_SECONDS
from crypto_core.wire.signed import HybridSignature, Signed, SigningPublicKey

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")

NO_EVENTS = Hash(bytes(32))
"""Head of a history without events."""
_BEGINNING = UnixMillis(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEvent:
    """A key event that was verified, and what its leaf adds: its place in the log and the relay's time."""

    event: KeyEvent
    log_index: int
    relay_time: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingRoot:
    """A new root that does not count yet, and when it will unless it is vetoed or outranked."""

    change: RootChange
    effective_at: UnixMillis


class _SignatureCheck(Protocol):
    def __call__(
        self, key: SigningPublicKey, label: bytes, body: bytes, signature: HybridSignature, /
    ) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyHistory(ListedDevices):
    """What an account's key events come to; `KeyHistory(account=…)` is the history before the first.

    `number` and `head` are those of the last event; `relay_time` is the latest time that any leaf has stated,
    for time never runs back in here. `root` and `pending` are as of then: ask `root_at` and `pending_at`.
    """

    account: AccountId
    number: int = 0
    head: Hash = NO_EVENTS
    certificate: AccountCertificate | None = None
    root: SigningPublicKey | None = None
    pending: PendingRoot | None = None
    last_change: int = 1
    """Number of the last change of the root that was announced; the first root is number 1."""
    identities: frozenset[SigningPublicKey] = frozenset()
    roots: frozenset[SigningPublicKey] = frozenset()
    """Every identity key and root that was ever named: none comes back."""
    log_index: int = -1
    relay_time: UnixMillis = _BEGINNING

    @classmethod
    def replayed(cls, account: AccountId, events: Iterable[RecordedEvent]) -> KeyHistory:
        """Rebuild a history from events that were verified before they were stored, without their signatures.

        Raises as `extended` does when they do not follow each other.
        """
        history = cls(account=account)
        for each in events:
            history = history._advanced(
                each.event, each.log_index, each.relay_time, check=_checked_before
            )
        return history

    def extended(self, event: KeyEvent, *, log_index: int, relay_time: UnixMillis) -> KeyHistory:
        """Return the history with its next event, verified; that the leaf records it is the caller's to check.

        A relay, which is about to write the leaf, gives its own time. Raises SignatureError, KeyStateError,
        WireError.
        """
        return self._advanced(event, log_index, relay_time, check=verify)

    def continued(
        self, event: KeyEvent, *, leaf: bytes, log_index: int, log_key: bytes
    ) -> KeyHistory:
        """Return the history with its next event, after checking that `leaf` records it, by whom it may be.

        The leaf's inclusion in the log is the caller's to check; `log_key` is the log's raw Ed25519 key. Raises
        SignatureError, KeyStateError, WireError.
        """
        after = self.extended(
            event, log_index=log_index, relay_time=decode(AuditLeaf, leaf).relay_time
        )
        _require_recorded(event, leaf, devices=(after.newest, self.newest), log_key=log_key)
        return after

    def root_at(self, moment: UnixMillis) -> SigningPublicKey | None:
        """The root in force at a moment not before the last event, None before the first event."""
        return self._at(moment).root

    def pending_at(self, moment: UnixMillis) -> PendingRoot | None:
        """The new root that is still to come into force at a moment not before the last event."""
        return self._at(moment).pending

    def _at(self, moment: UnixMillis) -> KeyHistory:
        if self.pending is None or max(moment, self.relay_time) < self.pending.effective_at:
            return self
        return replace(self, root=self.pending.change.root, pending=None)

    def _advanced(
        self, event: KeyEvent, log_index: int, relay_time: UnixMillis, *, check: _SignatureCheck
    ) -> KeyHistory:
        if log_index <= self.log_index:
            raise SignatureError("a later key event stands earlier in the log")
        moment = max(self.relay_time, relay_time)
        before = replace(self._at(moment), relay_time=moment)
        if event.kind is KeyEventKind.DEVICE_LIST:
            after = _with_list(before, event, log_index, check)
        elif event.certificate is not None:
            raise KeyStateError("only a device list comes with a certificate")
        elif event.kind is KeyEventKind.ROOT_CHANGE:
            after = _with_change(before, event.signed, check)
        else:
            after = _with_veto(before, event.signed, check)
        return replace(
            after,
            number=self.number + 1,
            head=sha256(KEY_EVENT, self.head, encode(event)),
            log_index=log_index,
        )


def _with_list(
    before: KeyHistory, event: KeyEvent, log_index: int, check: _SignatureCheck
) -> KeyHistory:
    certified = before
    if event.certificate is not None:
        certified = _with_certificate(before, event.certificate, check)
    if certified.certificate is None:
        raise KeyStateError("the first device list comes without a certificate")
    signed = event.signed
    check(certified.certificate.identity, DEVICE_LIST, signed.body, signed.signature)
    listed = decode(DeviceList, signed.body)
    last = before.lists[-1] if before.lists else None
    require_next_list(
        before.account,
        listed,
        follows=None if last is None else last.devices,
        follows_digest=None if last is None else last.digest,
        new_identity=event.certificate is not None,
    )
    entry = LoggedList(devices=listed, digest=sha256(signed.body), log_index=log_index)
    return replace(certified, lists=(*before.lists, entry))


def _with_certificate(before: KeyHistory, signed: Signed, check: _SignatureCheck) -> KeyHistory:
    """Let the root name another identity key; from here on nothing that the one before signs counts."""
    certificate = decode(AccountCertificate, signed.body)
    if certificate.account != before.account:
        raise SignatureError("the certificate belongs to another account")
    if before.root is None and account_of(certificate.root) != before.account:
        raise SignatureError("the account is not the hash of this root")
    if before.root is not None and certificate.root != before.root:
        raise SignatureError("the certificate is not by the root in force")
    check(certificate.root, CERTIFICATE, signed.body, signed.signature)
    due = 1 if before.certificate is None else before.certificate.sequence + 1
    if certificate.sequence != due:
        raise KeyStateError(f"certificate {certificate.sequence} where {due} is due")
    if certificate.identity in before.identities:
        raise KeyStateError("the certificate names an identity key that was there before")
    return replace(
        before,
        certificate=certificate,
        root=certificate.root,
        pending=None,
        identities=before.identities | {certificate.identity},
        roots=before.roots | {certificate.root},
    )


def _with_change(before: KeyHistory, signed: Signed, check: _SignatureCheck) -> KeyHistory:
    if before.certificate is None:
        raise KeyStateError("a root cannot change before there is one")
    check(before.certificate.identity, ROOT_CHANGE, signed.body, signed.signature)
    change = decode(RootChange, signed.body)
    if change.account != before.account:
        raise SignatureError("the change of the root belongs to another account")
    if change.sequence != before.last_change + 1:
        raise KeyStateError(f"root {change.sequence} where {before.last_change + 1} is due")
    wait = change.effective_at - change.issued_at
    if not ROOT_CHANGE_SECONDS * 1000 <= wait <= ROOT_CHANGE_MOST_SECONDS * 1000:
        raise KeyStateError("the change of the root states an inadmissible time")
    if change.root in before.roots:
        raise KeyStateError("the new root was there before")
    effective_at = max(change.effective_at, before.relay_time + ROOT_CHANGE_SECONDS * 1000)
    return replace(
        before,
        pending=PendingRoot(change=change, effective_at=UnixMillis(effective_at)),
        last_change=change.sequence,
        roots=before.roots | {change.root},
    )


def _with_veto(before: KeyHistory, signed: Signed, check: _SignatureCheck) -> KeyHistory:
    if before.root is None or before.pending is None:
        raise KeyStateError("no change of the root is pending")
    check(before.root, ROOT_VETO, signed.body, signed.signature)
    veto = decode(RootVeto, signed.body)
    if veto.account != before.account:
        raise SignatureError("the veto belongs to another account")
    if veto.sequence != before.pending.change.sequence:
        raise KeyStateError("the veto is against another change of the root")
    return replace(before, pending=None)


def _checked_before(
    _key: SigningPublicKey, _label: bytes, _body: bytes, _signature: HybridSignature, /
) -> None:
    """Stand in for `verify` where the event was verified before it was stored."""


def _require_recorded(
    event: KeyEvent, leaf: bytes, *, devices: tuple[DeviceList | None, ...], log_key: bytes
) -> None:
    digest = sha256(event.signed.body)
    if event.kind is KeyEventKind.ROOT_VETO:
        vetoed, _ = read_relay_leaf(
            RootChangeVetoed, leaf, verb=Verb.ROOT_CHANGE_VETOED, log_key=log_key
        )
        veto = decode(RootVeto, event.signed.body)
        said = (vetoed.account, vetoed.sequence, vetoed.veto_hash)
        _require_same(said, (veto.account, veto.sequence, digest))
        return
    wrapped = decode(AuditLeaf, leaf)
    statement = decode(AuditStatement, wrapped.statement)
    if event.kind is KeyEventKind.DEVICE_LIST:
        published = _content(DeviceListPublished, statement, Verb.DEVICE_LIST_PUBLISHED)
        listed = decode(DeviceList, event.signed.body)
        said = (published.account, published.sequence, published.list_hash)
        _require_same(said, (listed.account, listed.sequence, digest))
    else:
        announced = _content(RootChangeAnnounced, statement, Verb.ROOT_CHANGE_ANNOUNCED)
        change = decode(RootChange, event.signed.body)
        said = (announced.account, announced.sequence, announced.change_hash)
        _require_same(said, (change.account, change.sequence, digest))
    verify_statement(
        _signing_key(devices, statement.actor),
        wrapped.statement,
        decode(HybridSignature, wrapped.signature),
    )


def _content(cls: type[T], statement: AuditStatement, verb: Verb) -> T:
    if statement.verb is not verb:
        raise SignatureError("the leaf records another act")
    return decode(cls, statement.content)


def _require_same(said: tuple[AccountId, int, Hash], given: tuple[AccountId, int, Hash]) -> None:
    if said != given:
        raise SignatureError("the leaf records another key event")


def _signing_key(lists: tuple[DeviceList | None, ...], actor: DevicePseudonym) -> SigningPublicKey:
    """The key of the device that wrote the leaf: one of the account's own, of the new list or the one before."""
    for listed in lists:
        for entry in () if listed is None else listed.devices:
            if pseudonym_of(entry.device) == actor:
                return entry.signing
    raise SignatureError("the key event was published by a device that is not listed")
