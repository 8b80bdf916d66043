# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads from the log what the owner's other computers did, and what the relay recorded about the account.

Every leaf has to be in the log, signed by one of the account's computers or by the relay, and the next of its
computer's chain. What is not is a contradiction: an alarm, with the checkpoint that proves the log to be so. Only
what the relay says to have erased at the end of its time may be missing.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from app.engine import audit
from app.engine.correspondents import CorrespondentUntrustedError, refresh_history
from app.engine.journal.keys import journal_keys
from app.engine.journal.reading import act_of_entry, act_of_later_program, act_of_leaf
from app.engine.ports.journal import ActProof, ChainPoint, NewAct
from app.engine.ports.relay import RelayRefusedError, RelayUntrustedError
from app.engine.ports.vault import Setting
from app.engine.session import CONNECTION_REFUSALS, raise_alarm
from app.interface.snapshots import AlarmKind
from crypto_core.errors import CryptoCoreError, LaterEntryError, SignatureError
from crypto_core.keys.journal import open_entry
from crypto_core.trust.audit import (
    CHAIN_START,
    read_relay_leaf,
    read_statement,
    verify_relay_statement,
    verify_statement,
)
from crypto_core.trust.merkle import leaf_hash, verify_inclusion
from crypto_core.trust.signatures import pseudonym_of, sha256
from crypto_core.wire.audit import AuditLeaf, AuditStatement, EntriesErased, LaterStatement, Verb
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.ids import RELAY_PSEUDONYM, DeviceId, Hash, UnixMillis
from crypto_core.wire.limits import MAX_PAGE_ITEMS
from crypto_core.wire.signed import HybridSignature

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.engine.ports.vault import Store, StoredCheckpoint
    from app.engine.session import Session
    from crypto_core.trust.key_history import KeyHistory
    from crypto_core.wire.ids import DevicePseudonym
    from crypto_core.wire.journal import OpenedEntry
    from crypto_core.wire.relay_api import JournalItem, JournalPage, LeafProof


class Contradiction(StrEnum):
    """What is wrong with what the relay shows; the words of the alarm's detail."""

    MISSING = "missing"
    """A computer's statements have a gap that no erasure explains."""
    INVENTED = "invented"
    """Nobody of the account has signed it, or this computer has never made it."""
    ORDER = "order"
    """It does not follow the one before it."""
    UNREADABLE = "unreadable"
    """The entry beside the leaf is not the one that the leaf commits to, or no key of the account opens it."""


class _ContradictionError(Exception):
    def __init__(self, what: Contradiction, index: int) -> None:
        super().__init__(what.value)
        self.what = what
        self.index = index


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A leaf that is in the log and was signed by whom it says."""

    index: int
    leaf: bytes
    path: tuple[Hash, ...]
    wrapped: AuditLeaf
    statement: AuditStatement | LaterStatement
    sealed: bytes
    device: DeviceId | None
    """Which of the account's computers; None for the relay."""


_OF_KEYS: Final = frozenset({Verb.DEVICE_LIST_PUBLISHED, Verb.ROOT_CHANGE_ANNOUNCED})
"""What nobody here has made is told when the own keys are looked at (`app.engine.correspondents`)."""
_MOST_PAGES: Final = 10_000


async def fetch(session: Session) -> None:
    """Read on from the last leaf known. Raises RelayError, CryptoCoreError, VaultError; a contradiction is an alarm."""
    if session.now() < session.journal_waits.until:
        return
    async with session.locks.journal:
        for _ in range(_MOST_PAGES):
            if not await _fetch_page(session):
                return


async def _fetch_page(session: Session) -> bool:
    """Read one page; False if it was the last, or contradicts what is known."""
    after = await session.vault.run(_read_to)
    for is_last in (False, True):
        try:
            page = await session.relay.read_journal(after=after, limit=MAX_PAGE_ITEMS)
        except RelayRefusedError as error:
            if error.code in CONNECTION_REFUSALS:
                raise
            # A relay that knows no journal yet.
            return False
        if not page.items:
            return False
        checkpoint = await audit.see_checkpoint(session, page.checkpoint)
        computers = await _computers(session, page)
        try:
            read = await asyncio.to_thread(_verified, session, page, checkpoint, computers, after)
            erased_before = _erased_before(session, page.erased, checkpoint)
            alarms = await session.vault.run(_keeping(session, read, checkpoint, erased_before))
        except _ContradictionError as error:
            # A page may be damaged on its way, so it is only believed the second time.
            if is_last:
                await _alarm(session, error.what, error.index, page.checkpoint)
                return False
            continue
        for what, index in alarms:
            await _alarm(session, what, index, page.checkpoint)
        session.noted.tell()
        return page.more
    return False


def _read_to(store: Store) -> int:
    kept = store.identity.setting(Setting.JOURNAL_READ_TO)
    return -1 if kept is None else int(kept)


async def _alarm(session: Session, what: Contradiction, index: int, note: str) -> None:
    await raise_alarm(
        session, AlarmKind.JOURNAL_CONTRADICTED, f"{what.value} {index}", first_note=note
    )


async def _computers(
    session: Session, page: JournalPage
) -> tuple[Mapping[DevicePseudonym, DeviceId], KeyHistory | None]:
    """The account's computers of all times; asked for again if a leaf is of one that is not known."""
    account = session.owner.account

    def known(store: Store) -> KeyHistory | None:
        return store.trust.histories([account]).get(account)

    history = await session.vault.run(known)
    actors = set()
    for item in page.items:
        try:
            leaf = decode(AuditLeaf, item.proof.leaf)
            actors.add(read_statement(leaf.statement).actor)
        except CryptoCoreError:
            continue
    if not actors - {RELAY_PSEUDONYM} <= set(_by_pseudonym(history)):
        try:
            history = await refresh_history(session, account)
        except CorrespondentUntrustedError as error:
            raise RelayUntrustedError("the own keys do not verify") from error
    return _by_pseudonym(history), history


def _by_pseudonym(history: KeyHistory | None) -> dict[DevicePseudonym, DeviceId]:
    if history is None:
        return {}
    return {
        pseudonym_of(entry.device): entry.device
        for each in history.lists
        for entry in each.devices.devices
    }


# --- is it in the log, and whose is it -----------------------------------------------------------


def _verified(
    session: Session,
    page: JournalPage,
    checkpoint: StoredCheckpoint,
    computers: tuple[Mapping[DevicePseudonym, DeviceId], KeyHistory | None],
    after: int,
) -> list[_Read]:
    """Check place and signature of each leaf. Raises _ContradictionError."""
    read = []
    for item in page.items:
        if item.proof.index <= after:
            raise _ContradictionError(Contradiction.ORDER, item.proof.index)
        after = item.proof.index
        try:
            read.append(_verified_leaf(session, item, checkpoint, *computers))
        except CryptoCoreError:
            raise _ContradictionError(Contradiction.INVENTED, item.proof.index) from None
    return read


def _verified_leaf(
    session: Session,
    item: JournalItem,
    checkpoint: StoredCheckpoint,
    computers: Mapping[DevicePseudonym, DeviceId],
    history: KeyHistory | None,
) -> _Read:
    verify_inclusion(
        leaf_hash=leaf_hash(item.proof.leaf),
        index=item.proof.index,
        size=checkpoint.size,
        path=item.proof.path,
        root=checkpoint.root,
    )
    wrapped = decode(AuditLeaf, item.proof.leaf)
    statement = read_statement(wrapped.statement)
    device = computers.get(statement.actor)
    if statement.actor == RELAY_PSEUDONYM:
        verify_relay_statement(session.log.ed25519.public_key, wrapped.statement, wrapped.signature)
    else:
        entry = None
        if history is not None and device is not None:
            # One that was removed has signed nothing since; the leaf with which a list begins is its device's own.
            entry = history.entry_at(device, log_index=item.proof.index + 1)
        if entry is None:
            raise SignatureError("a computer that is none of the account's")
        verify_statement(
            entry.signing, wrapped.statement, decode(HybridSignature, wrapped.signature)
        )
    return _Read(
        index=item.proof.index,
        leaf=item.proof.leaf,
        path=item.proof.path,
        wrapped=wrapped,
        statement=statement,
        sealed=item.sealed,
        device=device,
    )


def _erased_before(
    session: Session, said: LeafProof | None, checkpoint: StoredCheckpoint
) -> UnixMillis:
    """Return what the newest erasure is about, 0 if there was none. Raises _ContradictionError.

    Its leaf comes beside every page: the gaps that it explains are on earlier ones than its own.
    """
    if said is None:
        return UnixMillis(0)
    try:
        verify_inclusion(
            leaf_hash=leaf_hash(said.leaf),
            index=said.index,
            size=checkpoint.size,
            path=said.path,
            root=checkpoint.root,
        )
        erased, _ = read_relay_leaf(
            EntriesErased,
            said.leaf,
            verb=Verb.ENTRIES_ERASED,
            log_key=session.log.ed25519.public_key,
        )
    except CryptoCoreError:
        raise _ContradictionError(Contradiction.INVENTED, said.index) from None
    return erased.before


# --- does it follow, and what does it say --------------------------------------------------------


class _Keeper:
    """Keeps one page, inside a transaction."""

    def __init__(
        self,
        store: Store,
        session: Session,
        checkpoint: StoredCheckpoint,
        erased_before: UnixMillis,
    ) -> None:
        self.store = store
        self.session = session
        self.checkpoint = checkpoint
        self.alarms: list[tuple[Contradiction, int]] = []
        self.erased_before = int(erased_before)

    def keep(self, read: list[_Read]) -> None:
        store = self.store
        kept = store.identity.setting(Setting.JOURNAL_ERASED_BEFORE)
        self.erased_before = max(self.erased_before, 0 if kept is None else int(kept))
        # Its note may have given way to a later one's meanwhile.
        store.trust.add_checkpoint(self.checkpoint)
        for each in read:
            if each.device is None:
                self._add(each, self._said(each))
            elif self._follows(each):
                self._take(each, each.device)
        store.identity.put_setting(Setting.JOURNAL_ERASED_BEFORE, str(self.erased_before).encode())
        store.identity.put_setting(Setting.JOURNAL_READ_TO, str(read[-1].index).encode())

    def _follows(self, each: _Read) -> bool:
        """Follow a computer's chain; what is not its next statement is an alarm, and the chain goes on behind it."""
        store, statement = self.store, each.statement
        point = store.journal.chain(statement.actor)
        expected = 0 if point is None else point.next_sequence
        previous = CHAIN_START if point is None else point.previous
        since = 0 if point is None else point.relay_time
        if statement.sequence < expected:
            self.alarms.append((Contradiction.ORDER, each.index))
            return False
        is_next = statement.sequence == expected
        if is_next and statement.previous != previous:
            self.alarms.append((Contradiction.ORDER, each.index))
        elif not is_next and since >= self.erased_before:
            self.alarms.append((Contradiction.MISSING, each.index))
        store.journal.put_chain(
            statement.actor,
            ChainPoint(
                next_sequence=statement.sequence + 1,
                previous=sha256(each.wrapped.statement),
                # A time that is still to come was a wrong clock's: no erasure would ever reach it.
                relay_time=min(each.wrapped.relay_time, self.session.now()),
            ),
        )
        return True

    def _take(self, each: _Read, device: DeviceId) -> None:
        store, session, statement = self.store, self.session, each.statement
        if device == session.owner.device:
            own = store.outbox.statement(statement.sequence)
            if own is None or own.encoded_statement != each.wrapped.statement:
                if statement.verb not in _OF_KEYS:
                    self.alarms.append((Contradiction.INVENTED, each.index))
                return
            if statement.verb is Verb.SEALED:
                # Its own receipt says the same, or will.
                return
        if statement.verb is not Verb.SEALED:
            self._add(each, self._said(each))
            return
        try:
            opened = self._opened(each)
        except LaterEntryError as error:
            act = act_of_later_program(device, each.wrapped)
            self._add(each, act, encoded_opened=error.encoded_opened)
            return
        if opened is None:
            if each.wrapped.relay_time >= self.erased_before or each.sealed:
                self.alarms.append((Contradiction.UNREADABLE, each.index))
            return
        self._add(each, act_of_entry(opened.entry, device), encoded_opened=encode(opened))

    def _said(self, each: _Read) -> NewAct | None:
        if isinstance(each.statement, LaterStatement):
            return act_of_later_program(each.device, each.wrapped)
        try:
            return act_of_leaf(
                self.store, self.session, each.statement, each.wrapped, device=each.device
            )
        except CryptoCoreError:
            self.alarms.append((Contradiction.UNREADABLE, each.index))
            return None

    def _opened(self, each: _Read) -> OpenedEntry | None:
        session = self.session
        for key in journal_keys(self.store, session.owner.identity_seed):
            try:
                return open_entry(
                    each.sealed,
                    account=session.owner.account,
                    journal_key=key.key,
                    committed=Hash(each.statement.content),
                )
            except LaterEntryError:
                raise
            except CryptoCoreError:
                continue
        return None

    def _add(self, each: _Read, act: NewAct | None, *, encoded_opened: bytes | None = None) -> None:
        journal = self.store.journal
        if act is None or journal.has_leaf(each.index):
            return
        journal.logged(
            journal.add(act, encoded_opened=encoded_opened),
            ActProof(
                log_index=each.index,
                logged_at=UnixMillis(each.wrapped.relay_time),
                path=each.path,
                checkpoint_size=self.checkpoint.size,
                leaf=each.leaf,
            ),
            sequence=each.statement.sequence if each.device is not None else None,
        )


def _keeping(
    session: Session, read: list[_Read], checkpoint: StoredCheckpoint, erased_before: UnixMillis
) -> Callable[[Store], list[tuple[Contradiction, int]]]:
    def keep(store: Store) -> list[tuple[Contradiction, int]]:
        keeper = _Keeper(store, session, checkpoint, erased_before)
        keeper.keep(read)
        return keeper.alarms

    return keep
