# SPDX-License-Identifier: AGPL-3.0-or-later
"""The history of an account's keys: what is checked before the next event takes effect, and how it is shown.

A relay that let in what a client refuses would leave the account without a history that anyone can follow. So
the same code decides here and there, and what depends on time has to hold a little later as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crypto_core.errors import KeyStateError, SignatureError
from crypto_core.trust.audit import verify_statement
from crypto_core.trust.devices import find_device, require_current
from crypto_core.trust.key_history import KeyHistory, RecordedEvent
from crypto_core.trust.signatures import pseudonym_of, sha256
from crypto_core.wire.audit import (
    AuditLeaf,
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
from crypto_core.wire.ids import UnixMillis
from crypto_core.wire.key_map import KeyMapAnswer
from crypto_core.wire.limits import CLOCK_SKEW_SECONDS
from crypto_core.wire.relay_api import (
    KeyEvents,
    LoggedKeyEvent,
    LogReceipt,
    ProblemCode,
)
from crypto_core.wire.signed import HybridSignature, Signed
from relay_server.accounts import store
from relay_server.accounts.store import AddKeyEvent, DeviceRow, InForce
from relay_server.audit.sequencer import RelayAct
from relay_server.audit.service import receipt
from relay_server.audit.statements import read_statement
from relay_server.errors import ProblemError

if TYPE_CHECKING:
    from crypto_core.wire.devices import DeviceEntry
    from crypto_core.wire.ids import AccountId, Hash
    from crypto_core.wire.relay_api import PublishKeyEventRequest, SignedStatement
    from crypto_core.wire.signed import SigningPublicKey
    from relay_server.accounts.devices import Devices
    from relay_server.accounts.removed import RemovedDevices
    from relay_server.accounts.store import EventRow
    from relay_server.audit.effects import Effect
    from relay_server.audit.key_map import CommittedKeys
    from relay_server.audit.sequencer import DeviceAct, Sequencer
    from relay_server.audit.service import LogService
    from relay_server.authentication.door import Caller
    from relay_server.clock import Clock
    from relay_server.database.pool import Database

_EVENTS_A_PAGE: Final = 20  # a receipt is about 10 kB
_LEAF_DELAY_MS: Final = 60_000
"""Until when at the latest the leaf of an act that is checked now has got its time."""


def prepare_event(
    history: KeyHistory, event: KeyEvent, *, now: UnixMillis
) -> tuple[AddKeyEvent, KeyHistory]:
    """Check the next event of a history; return its effect, and the history with it. Raises ProblemError."""
    _require_next(history, event)
    try:
        after = history.extended(event, log_index=history.log_index + 1, relay_time=now)
        if history.pending is not None:
            # Which root counts must not depend on the moment at which the leaf is written.
            later = UnixMillis(now + _LEAF_DELAY_MS)
            history.extended(event, log_index=history.log_index + 1, relay_time=later)
    except SignatureError as error:
        raise ProblemError(ProblemCode.SIGNATURE_INVALID, "the key event is not valid") from error
    except KeyStateError as error:
        raise ProblemError(ProblemCode.SIGNATURE_INVALID, str(error)) from error
    if event.kind is KeyEventKind.DEVICE_LIST:
        _require_current(after, now=now)
    elif event.kind is KeyEventKind.ROOT_CHANGE:
        issued_at = decode(RootChange, event.signed.body).issued_at
        if abs(issued_at - now) > CLOCK_SKEW_SECONDS * 1000:
            raise ProblemError(ProblemCode.EXPIRED, "the change of the root is not of now")
    effect = AddKeyEvent(
        account=after.account,
        number=after.number,
        head=after.head,
        previous=history.head,
        event=encode(event),
        key_hashes=_key_hashes(after, event),
        listed=_in_force(after, event),
    )
    return effect, after


class KeyEventService:
    """Publishes key events, and answers with them and the map that the log commits to."""

    def __init__(
        self,
        *,
        database: Database,
        sequencer: Sequencer,
        log: LogService,
        devices: Devices,
        removed: RemovedDevices,
        clock: Clock,
    ) -> None:
        self._database = database
        self._sequencer = sequencer
        self._log = log
        self._devices = devices
        self._removed = removed
        self._clock = clock

    async def history(self, account: AccountId) -> KeyHistory | None:
        """Return what an account's events come to, None if there is no such account."""
        history = _replayed(account, await self._events(account))
        return history if history.number else None

    async def root_in_force(self, account: AccountId) -> SigningPublicKey | None:
        """Return the root that certifies an account's keys now, None if there is no such account."""
        history = await self.history(account)
        return None if history is None else history.root_at(self._clock())

    async def is_root_in_force(self, account: AccountId, root: SigningPublicKey) -> bool:
        """Return whether a key certifies an account's keys now.

        Keys that never were the account's take the same time as accounts that do not exist.
        """
        async with self._database.session() as session:
            if not await store.has_key(session, account, sha256(root.ed25519)):
                return False
        return await self.root_in_force(account) == root

    async def only_renews(self, caller: Caller, event: KeyEvent) -> bool:
        """Return whether an event is a list of the same devices under the same identity key. Raises WireError."""
        if event.kind is not KeyEventKind.DEVICE_LIST or event.certificate is not None:
            return False
        async with self._database.session() as session:
            in_force = await store.keys_in_force(session, caller.account)
        if in_force is None:
            return False
        _, newest = in_force
        before, given = _list_of(decode(Signed, newest)), _list_of(event.signed)
        return {each.device for each in before.devices} == {each.device for each in given.devices}

    async def publish(self, caller: Caller, request: PublishKeyEventRequest) -> LogReceipt:
        """Let the next event of the caller's account take effect; a repetition gives the same leaf.

        Raises ProblemError, WireError.
        """
        event = request.event
        if event.kind is KeyEventKind.ROOT_VETO:
            raise ProblemError(ProblemCode.FORBIDDEN, "a veto needs no device and goes elsewhere")
        rows = await self._events(caller.account)
        history = _replayed(caller.account, rows)
        by = None if history.newest is None else find_device(history.newest, caller.device)
        if by is None:
            raise ProblemError(ProblemCode.FORBIDDEN, "the device is not listed")
        act = statement_about(caller.account, event, request.statement, by=by)
        repeated = await self._repeated(rows, event, act)
        if repeated is not None:
            return repeated
        effect, _ = prepare_event(history, event, now=self._clock())
        return await self.append(act, effect)

    async def veto(self, signed: Signed) -> LogReceipt:
        """Void the pending change of an account's root; a repetition gives the same leaf.

        Whoever holds the root may do so, by whatever key the request is made. Raises ProblemError, WireError.
        """
        veto = decode(RootVeto, signed.body)
        event = KeyEvent(version=1, kind=KeyEventKind.ROOT_VETO, signed=signed, certificate=None)
        rows = await self._events(veto.account)
        for row in rows:
            if row.event == encode(event):
                return receipt(await self._log.inclusion(row.leaf_index))
        effect, _ = prepare_event(_replayed(veto.account, rows), event, now=self._clock())
        content = RootChangeVetoed(
            account=veto.account, sequence=veto.sequence, veto_hash=sha256(signed.body)
        )
        act = RelayAct(verb=Verb.ROOT_CHANGE_VETOED, content=encode(content))
        return receipt(await self._sequencer.append(act, effect))

    async def recorded(
        self, account: AccountId, event: KeyEvent, act: DeviceAct
    ) -> LogReceipt | None:
        """Return the receipt of exactly this act if it is in the log, None if it is still to come."""
        return await self._repeated(await self._events(account), event, act)

    async def append(self, act: DeviceAct, effect: AddKeyEvent) -> LogReceipt:
        """Bring a prepared event into the log, or find that it is there already. Raises ProblemError."""
        return await self.append_with(act, effect, effect)

    async def append_with(self, act: DeviceAct, effect: Effect, added: AddKeyEvent) -> LogReceipt:
        """Bring a prepared event into the log by an effect that does more than to add it. Raises ProblemError."""
        try:
            inclusion = await self._sequencer.append(act, effect)
        except ProblemError:
            rows = await self._events(added.account)
            repeated = await self._repeated(rows, decode(KeyEvent, added.event), act)
            if repeated is None:
                raise
            return repeated
        await self.take_effect(added)
        return receipt(inclusion)

    async def take_effect(self, effect: AddKeyEvent) -> None:
        """Let go of what was remembered of an account's devices, and of the sessions of removed ones."""
        # The announcement reaches other relays in a moment; here a removed device is out at once.
        self._devices.forget()
        if effect.listed is not None:
            self._removed.changed.set()
            await self._removed.end_sessions(effect.account)

    async def events(self, account: AccountId, *, after: int) -> KeyEvents:
        """Return the events numbered above `after` with their proofs, and what the newest map holds.

        Map and events are of one moment. Raises ProblemError.
        """
        committed = await self._committed()
        async with self._database.session() as session:
            rows = await store.key_events(
                session,
                account,
                after=after,
                limit=_EVENTS_A_PAGE + 1,
                before_leaf=committed.leaf_index,
            )
        newest = await self._map_answer(committed, account)
        page = rows[:_EVENTS_A_PAGE]
        inclusions = await self._log.inclusions([row.leaf_index for row in page])
        return KeyEvents(
            events=tuple(
                LoggedKeyEvent(
                    event=decode(KeyEvent, row.event),
                    proof=receipt(inclusions[row.leaf_index]).proof,
                )
                for row in page
            ),
            newest=newest,
            more=len(rows) > len(page),
        )

    async def map_proof(self, account: AccountId) -> KeyMapAnswer:
        """Return what the newest map holds of an account, absence included. Raises ProblemError."""
        return await self._map_answer(await self._committed(), account, is_absence_shown=True)

    async def _committed(self) -> CommittedKeys:
        async with self._database.session() as session:
            newest = await store.newest_map_leaf(session)
        committed = await self._sequencer.committed_keys(newest)
        if committed.leaf_index < 0:
            raise ProblemError(ProblemCode.UNAVAILABLE, "the map of keys is not in the log yet")
        return committed

    async def _map_answer(
        self, committed: CommittedKeys, account: AccountId, *, is_absence_shown: bool = False
    ) -> KeyMapAnswer:
        if not is_absence_shown and committed.keys.entry(account) is None:
            raise ProblemError(ProblemCode.NOT_FOUND, "no such account")
        return KeyMapAnswer(
            proof=committed.keys.prove(account),
            receipt=receipt(await self._log.inclusion(committed.leaf_index)).proof,
        )

    async def _events(self, account: AccountId) -> list[EventRow]:
        async with self._database.session() as session:
            return await store.key_events(session, account)

    async def _repeated(
        self, rows: list[EventRow], event: KeyEvent, act: DeviceAct
    ) -> LogReceipt | None:
        """Return the receipt of exactly this act if it was recorded before."""
        for row in reversed(rows):
            if row.event == encode(event) and decode(AuditLeaf, row.leaf).statement == act.encoded:
                return receipt(await self._log.inclusion(row.leaf_index))
        return None


def statement_about(
    account: AccountId, event: KeyEvent, given: SignedStatement, *, by: DeviceEntry
) -> DeviceAct:
    """Return a device's statement about an event of its account. Raises ProblemError, WireError.

    Both halves of the signature are checked at once: with one that fails nobody could follow the history.
    """
    is_list = event.kind is KeyEventKind.DEVICE_LIST
    verb = Verb.DEVICE_LIST_PUBLISHED if is_list else Verb.ROOT_CHANGE_ANNOUNCED
    act = read_statement(given, actor=pseudonym_of(by.device), verb=verb)
    try:
        verify_statement(by.signing, act.encoded, decode(HybridSignature, act.signature))
    except SignatureError as error:
        raise ProblemError(ProblemCode.SIGNATURE_INVALID, "the statement is not signed") from error
    content = act.statement.content
    if is_list:
        published = decode(DeviceListPublished, content)
        said = (published.account, published.sequence, published.list_hash)
        sequence = decode(DeviceList, event.signed.body).sequence
    else:
        announced = decode(RootChangeAnnounced, content)
        said = (announced.account, announced.sequence, announced.change_hash)
        sequence = decode(RootChange, event.signed.body).sequence
    if said != (account, sequence, sha256(event.signed.body)):
        raise ProblemError(ProblemCode.MALFORMED, "the statement is about another key event")
    return act


def device_row(account: AccountId, entry: DeviceEntry) -> DeviceRow:
    """Return a listed device as the tables have it."""
    return DeviceRow(
        device=entry.device,
        account=account,
        pseudonym=pseudonym_of(entry.device),
        request_key=entry.request_key,
        signing_key=encode(entry.signing),
    )


def _replayed(account: AccountId, rows: list[EventRow]) -> KeyHistory:
    return KeyHistory.replayed(
        account,
        [
            RecordedEvent(
                event=decode(KeyEvent, row.event),
                log_index=row.leaf_index,
                relay_time=decode(AuditLeaf, row.leaf).relay_time,
            )
            for row in rows
        ],
    )


def _require_next(history: KeyHistory, event: KeyEvent) -> None:
    """Tell those who are late by the number, so that they can read what they have missed. Raises ProblemError."""
    if event.kind is KeyEventKind.DEVICE_LIST:
        given = _list_of(event.signed)
        account, sequence = given.account, given.sequence
        due = 1 if history.newest is None else history.newest.sequence + 1
    elif event.kind is KeyEventKind.ROOT_CHANGE:
        change = decode(RootChange, event.signed.body)
        account, sequence, due = change.account, change.sequence, history.last_change + 1
    else:
        return
    if account != history.account:
        raise ProblemError(ProblemCode.FORBIDDEN, "the key event is another account's")
    if sequence != due:
        raise ProblemError(
            ProblemCode.CHAIN_BROKEN,
            "the key event does not follow the newest one",
            expected_sequence=due,
        )


def _require_current(after: KeyHistory, *, now: UnixMillis) -> None:
    newest = after.newest
    try:
        if newest is not None:
            require_current(newest, now=now)
    except KeyStateError as error:
        raise ProblemError(ProblemCode.EXPIRED, "the device list is not valid now") from error


def _in_force(after: KeyHistory, event: KeyEvent) -> InForce | None:
    if event.kind is not KeyEventKind.DEVICE_LIST:
        return None
    return InForce(
        certificate=None if event.certificate is None else encode(event.certificate),
        device_list=encode(event.signed),
        devices=tuple(device_row(after.account, entry) for entry in _list_of(event.signed).devices),
    )


def _key_hashes(after: KeyHistory, event: KeyEvent) -> tuple[Hash, ...]:
    """Return the hash of every public key that an event names, each half of a pair by itself."""
    pairs: list[SigningPublicKey] = []
    keys: list[bytes] = []
    if event.certificate is not None:
        certificate = decode(AccountCertificate, event.certificate.body)
        pairs += [certificate.root, certificate.identity]
    if event.kind is KeyEventKind.DEVICE_LIST:
        devices = _list_of(event.signed).devices
        pairs += [each.signing for each in devices]
        keys += [each.request_key for each in devices]
    elif after.pending is not None:
        pairs.append(after.pending.change.root)
    keys += [half for pair in pairs for half in (pair.ed25519, pair.ml_dsa_65)]
    return tuple({sha256(key) for key in keys})


def _list_of(signed: Signed) -> DeviceList:
    return decode(DeviceList, signed.body)
