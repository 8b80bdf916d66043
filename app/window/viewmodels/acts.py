# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is done with conversations, and what of it can still be taken back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QDateTime, QObject, QTimer, Signal

from app.interface.organising import REMOVED_JUST_NOW_SECONDS, UNDOES, Act, Organise
from app.interface.patients import FileConversations
from app.interface.snapshots import PAGE_LIMIT, PatientTag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.interface.command import Command
    from app.interface.snapshots import ConversationRow, Done
    from app.window.bridge import Bridge
    from app.window.viewmodels.session import Session
    from crypto_core.wire.ids import ConversationId, PatientId

UNDO_MILLISECONDS: Final = 10_000
"""Less than REMOVAL_GRACE_SECONDS: what is offered is always possible."""


class Deed(Enum):
    """What was done, for the line that offers to take it back."""

    ARCHIVED = auto()
    BROUGHT_BACK = auto()
    REMOVED = auto()
    FILED_IN_RECORDS = auto()
    FILED_UNDER = auto()
    FILED_UNDER_NOBODY = auto()
    DRAFTS_REMOVED = auto()
    DECLINED = auto()
    DETACHED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoable:
    """Something that was done and can be taken back for a moment. `count` is of what the deed is about."""

    number: int
    deed: Deed
    count: int
    take_back: Callable[[], None] = field(repr=False)
    patient: PatientTag | None = None


_OFFERED_AFTER_A_LOCK: Final = frozenset(
    {Deed.REMOVED, Deed.FILED_IN_RECORDS, Deed.DRAFTS_REMOVED, Deed.DECLINED}
)
"""What somebody would miss; the line says nothing of whom or what it was about."""
_RESUMED_WITHIN_MILLISECONDS: Final = (REMOVED_JUST_NOW_SECONDS - 60) * 1000
"""Less than the engine keeps it: what is offered is always possible."""

_DEEDS: Final[dict[Act, Deed]] = {
    Act.ARCHIVE: Deed.ARCHIVED,
    Act.UNARCHIVE: Deed.BROUGHT_BACK,
    Act.REMOVE: Deed.REMOVED,
    Act.REMOVE_FILED: Deed.FILED_IN_RECORDS,
}


TAKES_AWAY: Final = frozenset(_DEEDS)
"""After these a conversation is no longer where it was."""


def _changes(row: ConversationRow, act: Act) -> bool:
    """Whether an act makes a difference to a conversation."""
    return {
        Act.ARCHIVE: not row.is_archived,
        Act.UNARCHIVE: row.is_archived,
        Act.FLAG: not row.is_flagged,
        Act.UNFLAG: row.is_flagged or row.is_answer_wanted,
        Act.MARK_READ: row.unread_count > 0,
        Act.MARK_UNREAD: row.unread_count == 0,
    }.get(act, True)


class Acts(QObject):
    """Does things with conversations; what takes them away can be taken back for ten seconds.

    Signals:
        begun(tuple[ConversationRow, ...], Act): lists may show it already; `failed` says if it did not happen.
        changed(): `undoables` are others.
        offered(Undoable): something can be taken back now.
        undone(Undoable): it was taken back.
        failed(Failure, str): something was not done, or not taken back.
    """

    begun = Signal(object, object)
    changed = Signal()
    offered = Signal(object)
    undone = Signal(object)
    failed = Signal(object, str)

    def __init__(
        self,
        bridge: Bridge,
        session: Session,
        *,
        undo_milliseconds: int = UNDO_MILLISECONDS,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._undo_milliseconds = undo_milliseconds
        self._next = 1
        self._timers: dict[int, QTimer] = {}
        self.undoables: tuple[Undoable, ...] = ()
        """Oldest first; each for ten seconds, however many follow it."""
        self._interrupted: tuple[Undoable, ...] = ()
        """What a lock kept from being taken back; it holds numbers, no names."""
        self._locked_at = 0
        session.closed.connect(self._interrupt)
        session.opened.connect(self._resume)

    def organise(self, rows: Sequence[ConversationRow], act: Act) -> None:
        """Do something with conversations; those for which it changes nothing are left alone."""
        meant = tuple(row for row in rows if _changes(row, act))
        if not meant:
            return
        ids = [row.conversation for row in meant]
        self.begun.emit(meant, act)

        def done() -> None:
            if act in _DEEDS:
                self.offer(_DEEDS[act], len(ids), lambda: self._give(_organise(ids, UNDOES[act])))

        self._give(_organise(ids, act), done)

    def file(self, rows: Sequence[ConversationRow], patient: PatientTag | None) -> None:
        """File conversations under a patient, or under none."""
        target = None if patient is None else patient.patient
        meant = [row for row in rows if filed_under(row) != target]
        if not meant:
            return
        before: dict[PatientId | None, list[ConversationId]] = defaultdict(list)
        for row in meant:
            before[filed_under(row)].append(row.conversation)
        back = [command for was, ids in before.items() for command in _file(ids, was)]
        deed = Deed.FILED_UNDER_NOBODY if patient is None else Deed.FILED_UNDER

        def done() -> None:
            self.offer(deed, len(meant), lambda: self._give(back), patient=patient)

        self._give(_file([row.conversation for row in meant], target), done)

    def offer(
        self,
        deed: Deed,
        count: int,
        take_back: Callable[[], None],
        *,
        patient: PatientTag | None = None,
    ) -> None:
        """Let something that was just done be taken back for ten seconds."""
        undoable = Undoable(
            number=self._next, deed=deed, count=count, take_back=take_back, patient=patient
        )
        self._next += 1
        timer = QTimer(self, singleShot=True, interval=self._undo_milliseconds)
        timer.timeout.connect(lambda: self.let_go(undoable.number))
        self._timers[undoable.number] = timer
        timer.start()
        self.undoables = (*self.undoables, undoable)
        self.changed.emit()
        self.offered.emit(undoable)

    def undo(self, number: int | None = None) -> None:
        """Take something back, without a number what was done last."""
        wanted = next(
            (each for each in reversed(self.undoables) if number in {None, each.number}), None
        )
        if wanted is not None:
            self._drop(wanted.number)
            self.changed.emit()
            wanted.take_back()
            self.undone.emit(wanted)

    def let_go(self, number: int) -> None:
        """Offer to take something back no longer."""
        self._drop(number)
        self.changed.emit()

    def withdraw(self, deed: Deed) -> None:
        """Offer no longer to take back what a later deed has made final."""
        for each in self.undoables:
            if each.deed is deed:
                self._drop(each.number)
        self.changed.emit()

    def _drop(self, number: int) -> None:
        self.undoables = tuple(each for each in self.undoables if each.number != number)
        timer = self._timers.pop(number, None)
        if timer is not None:
            timer.stop()
            timer.deleteLater()

    def _interrupt(self) -> None:
        kept = tuple(each for each in self.undoables if each.deed in _OFFERED_AFTER_A_LOCK)
        if kept:
            self._interrupted = kept
            self._locked_at = QDateTime.currentMSecsSinceEpoch()
        for each in self.undoables:
            self._drop(each.number)
        self.changed.emit()

    def _resume(self) -> None:
        interrupted, self._interrupted = self._interrupted, ()
        away = QDateTime.currentMSecsSinceEpoch() - self._locked_at
        if 0 <= away <= _RESUMED_WITHIN_MILLISECONDS:
            for each in interrupted:
                self.offer(each.deed, each.count, each.take_back)

    def _give(
        self, commands: Sequence[Command[Done]], done: Callable[[], None] = lambda: None
    ) -> None:
        """Give commands one after the other; stop at the first that fails."""
        first, *rest = commands

        def on_reply(_done: Done) -> None:
            if rest:
                self._give(rest, done)
            else:
                done()

        self._bridge.request(self, first, on_reply, self.failed.emit)


def filed_under(row: ConversationRow) -> PatientId | None:
    """Return the patient a conversation is filed under; what only its sender says does not count."""
    return None if row.patient is None else row.patient.patient


def _pages(ids: Sequence[ConversationId]) -> list[tuple[ConversationId, ...]]:
    return [tuple(ids[start : start + PAGE_LIMIT]) for start in range(0, len(ids), PAGE_LIMIT)]


def _organise(ids: Sequence[ConversationId], act: Act) -> list[Command[Done]]:
    return [Organise(conversations=page, act=act) for page in _pages(ids)]


def _file(ids: Sequence[ConversationId], patient: PatientId | None) -> list[Command[Done]]:
    return [FileConversations(conversations=page, patient=patient) for page in _pages(ids)]
