# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one place where Qt meets the engine: commands out, events in, as Qt signals.

All waiting happens in two threads per engine. What they hear is handed to the main thread in batches.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.interface.commands import Lock
from app.interface.connection import EngineGoneError, Notice, Refusal, Reply
from app.interface.events import (
    Alarm,
    ContactsChanged,
    ConversationsChanged,
    DevicesChanged,
    FoldersChanged,
    HistoryProgress,
    JournalChanged,
    LinkEnded,
    LinkOffered,
    Progress,
    RightsChanged,
    StatusChanged,
    TouchAwaited,
    UploadProgress,
)
from app.interface.failures import Failure
from app.interface.secret import Veiled
from crypto_core.errors import WireError
from crypto_core.wire.journal import LockCause

if TYPE_CHECKING:
    from app.interface.command import Command
    from app.interface.connection import EngineConnection, Incoming
    from app.interface.events import Event

Answer = TypeVar("Answer")
Connect: TypeAlias = Callable[[], "EngineConnection"]
OnFailure: TypeAlias = Callable[[Failure, str], None]
OnProgress: TypeAlias = Callable[[int, int], None]

BATCH: Final = 100
"""At most so many things are handled before the window may paint again."""

STOP_SECONDS: Final = 10.0
LOCK_MILLISECONDS: Final = 5_000
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A request that waits for its answer."""

    owner: QObject
    on_reply: Callable[[Any], None]
    on_failure: OnFailure
    on_progress: OnProgress | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Submitted:
    """The number that the engine gave to one of our requests."""

    ticket: int
    request: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unsendable:
    """A command of ours that breaks a bound of the interface."""

    ticket: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ended:
    """The engine is gone and nothing more will come."""


_Heard: TypeAlias = "Incoming | _Submitted | _Unsendable | _Ended"


class _Link:
    """One engine and the two threads that speak with it; knows nothing of Qt."""

    def __init__(self, connect: Connect, hear: Callable[[_Link, _Heard], None]) -> None:
        self._connect = connect
        self._hear = hear
        self._orders: queue.SimpleQueue[tuple[int, Command[Any] | Veiled[Any]] | None] = (
            queue.SimpleQueue()
        )
        self._writer = threading.Thread(target=self._write, name="engine-writer", daemon=True)
        self._writer.start()

    def order(self, ticket: int, command: Command[Any] | Veiled[Any]) -> None:
        """Send a command soon; returns at once."""
        self._orders.put((ticket, command))

    def close(self) -> None:
        """Begin to end the engine; returns at once."""
        self._orders.put(None)

    def join(self) -> None:
        """Wait until the engine and both threads are gone."""
        self._writer.join(STOP_SECONDS)

    def _write(self) -> None:
        try:
            connection = self._connect()
        except OSError:
            _LOG.exception("the engine does not start")
            self._hear(self, _Ended())
            return
        reader = threading.Thread(
            target=self._read, args=(connection,), name="engine-reader", daemon=True
        )
        reader.start()
        while (order := self._orders.get()) is not None:
            ticket, command = order
            # Nothing of a command stays here while this thread waits for the next one.
            order = None
            try:
                request = connection.submit(command)
            except EngineGoneError:
                # The reader hears the end too, and every open request fails with it.
                break
            except WireError:
                self._hear(self, _Unsendable(ticket=ticket))
                continue
            finally:
                del command
            self._hear(self, _Submitted(ticket=ticket, request=request))
        connection.close()
        reader.join(STOP_SECONDS)

    def _read(self, connection: EngineConnection) -> None:
        while (incoming := connection.receive()) is not None:
            self._hear(self, incoming)
        self._hear(self, _Ended())
        # Lets the writer finish when the engine ended by itself.
        self._orders.put(None)


class Bridge(QObject):
    """Speaks with one engine at a time.

    Signals:
        status_changed(Status): profile, connection or counts changed.
        conversations_changed(frozenset[ConversationId]): these need to be asked for again.
        contacts_changed(): correspondents or requests changed.
        touch_awaited(): a security key waits for a finger.
        devices_changed(): the owner's computers changed.
        folders_changed(): something went through the folders of practice software.
        journal_changed(): the journal has another act, or knows more of one.
        rights_changed(PatientId): something was recorded of what a patient has decided.
        link_offered(tuple[str, ...]): a new computer has answered; its three words.
        link_ended(LinkOutcome): linking is over, on either computer.
        history_progress(bool, int, int): letters of the past going out (True) or coming in: done, and in all.
        upload_progress(MessageId, object, object): of a letter's documents, bytes at the relay and in all.
        alarm(Alarm): something a person must be told.
        ended(bool): the engine is gone; True when we asked it to go.
        quiet(): no request is open any more.
    """

    status_changed = Signal(object)
    conversations_changed = Signal(object)
    contacts_changed = Signal()
    touch_awaited = Signal()
    devices_changed = Signal()
    folders_changed = Signal()
    journal_changed = Signal()
    rights_changed = Signal(object)
    link_offered = Signal(object)
    link_ended = Signal(object)
    history_progress = Signal(bool, int, int)
    # Objects, because Qt's whole numbers have 32 bits and documents may be larger.
    upload_progress = Signal(object, object, object)
    alarm = Signal(object)
    ended = Signal(bool)
    quiet = Signal()
    _woken = Signal()

    def __init__(self, connect: Connect, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._connect = connect
        self._link: _Link | None = None
        self._is_going = False
        self._next_ticket = 1
        self._asked: dict[int, _Asked] = {}
        self._tickets: dict[int, int] = {}
        self._early: dict[int, Reply | Refusal] = {}
        self._heard: deque[tuple[_Link, _Heard]] = deque()
        self._wake = threading.Lock()
        self._is_woken = False
        self._woken.connect(self._drain, Qt.ConnectionType.QueuedConnection)
        self._impatience = QTimer(self, singleShot=True, interval=LOCK_MILLISECONDS)
        self._impatience.timeout.connect(self.close_engine)

    @property
    def is_running(self) -> bool:
        """Whether an engine is there."""
        return self._link is not None

    @property
    def is_ending(self) -> bool:
        """Whether an engine was asked to go and is still there."""
        return self._is_going and self._link is not None

    @property
    def is_quiet(self) -> bool:
        """Whether no request is open."""
        return not self._asked

    def start(self) -> None:
        """Start an engine, unless one is there."""
        if self._link is None:
            self._is_going = False
            self._link = _Link(self._connect, self._hear)

    def request(
        self,
        owner: QObject,
        command: Command[Answer] | Veiled[Answer],
        on_reply: Callable[[Answer], None],
        on_failure: OnFailure,
        on_progress: OnProgress | None = None,
    ) -> None:
        """Send a command; exactly one of the two callbacks follows, in the main thread, later.

        Neither follows when `owner` is gone by then. Without an engine the failure is ENGINE_GONE.
        """
        ticket = self._next_ticket
        self._next_ticket += 1
        self._asked[ticket] = _Asked(
            owner=owner, on_reply=on_reply, on_failure=on_failure, on_progress=on_progress
        )
        if self._link is None:
            if isinstance(command, Veiled):
                command.wipe()
            QTimer.singleShot(0, self, lambda: self._fail(ticket, Failure.ENGINE_GONE, ""))
        else:
            self._link.order(ticket, command)

    def lock(
        self,
        after: Callable[[Callable[[], None]], None] | None = None,
        *,
        cause: LockCause = LockCause.PERSON,
    ) -> None:
        """Have the engine end itself and every key with it; `ended(True)` follows.

        With `after` it has something to do before: `after` is given what to call once that is done.
        """
        self._is_going = True
        self._impatience.start()

        def end() -> None:
            self.request(self, Lock(cause=cause), closed, closed)

        def closed(*_: object) -> None:
            self.close_engine()

        if after is None:
            end()
        else:
            after(end)

    def close_engine(self) -> None:
        """End the engine without asking it; `ended(True)` follows."""
        self._is_going = True
        if self._link is not None:
            self._link.close()

    def stop(self) -> None:
        """End the engine and both threads before returning; for the end of the program."""
        link, self._link = self._link, None
        self._asked.clear()
        if link is not None:
            link.close()
            link.join()

    def _hear(self, link: _Link, heard: _Heard) -> None:
        """Take something from a thread of a link; one wake-up serves for many."""
        self._heard.append((link, heard))
        with self._wake:
            if self._is_woken:
                return
            self._is_woken = True
        try:
            self._woken.emit()
        except RuntimeError:
            # The window is gone already; nobody is left to be told.
            _LOG.debug("the engine spoke after the window had gone")

    def _drain(self) -> None:
        with self._wake:
            self._is_woken = False
        events = _Gathered()
        for _ in range(min(BATCH, len(self._heard))):
            link, heard = self._heard.popleft()
            if link is not self._link:
                continue
            if isinstance(heard, Notice):
                for event in heard.events:
                    self._take(event, events)
                continue
            # An answer is handled after all that happened before it.
            events = self._tell(events)
            self._handle(heard)
        self._tell(events)
        if self._heard:
            with self._wake:
                self._is_woken = True
            self._woken.emit()

    def _handle(self, heard: Reply | Refusal | _Submitted | _Unsendable | _Ended) -> None:
        if isinstance(heard, _Ended):
            self._end()
        elif isinstance(heard, _Unsendable):
            self._fail(heard.ticket, Failure.INVALID, "")
        elif isinstance(heard, _Submitted):
            self._tickets[heard.request] = heard.ticket
            early = self._early.pop(heard.request, None)
            if early is not None:
                self._answer(early)
        elif heard.request in self._tickets:
            self._answer(heard)
        else:
            # The answer overtook the news of its own number.
            self._early[heard.request] = heard

    def _take(self, event: Event, events: _Gathered) -> None:
        if isinstance(event, StatusChanged):
            events.status = event
        elif isinstance(event, ConversationsChanged):
            events.conversations.update(event.conversations)
        elif isinstance(event, ContactsChanged):
            events.contacts = True
        elif isinstance(event, DevicesChanged):
            events.devices = True
        elif isinstance(event, Alarm):
            events.alarms.append(event)
        elif isinstance(event, Progress):
            asked = self._asked.get(self._tickets.get(event.request, 0))
            if asked and asked.on_progress and shiboken6.isValid(asked.owner):
                asked.on_progress(event.done, event.total)
        else:
            self._take_moment(event)

    def _take_moment(self, event: Event) -> None:
        """Pass on what somebody waits for at this moment."""
        if isinstance(event, TouchAwaited):
            self.touch_awaited.emit()
        elif isinstance(event, FoldersChanged):
            self.folders_changed.emit()
        elif isinstance(event, JournalChanged):
            self.journal_changed.emit()
        elif isinstance(event, RightsChanged):
            self.rights_changed.emit(event.patient)
        elif isinstance(event, LinkOffered):
            self.link_offered.emit(event.words)
        elif isinstance(event, LinkEnded):
            self.link_ended.emit(event.outcome)
        elif isinstance(event, HistoryProgress):
            self.history_progress.emit(event.is_sending, event.done, event.total)
        elif isinstance(event, UploadProgress):
            self.upload_progress.emit(event.message, event.uploaded, event.total)

    def _tell(self, events: _Gathered) -> _Gathered:
        """Emit what was gathered and return an empty gathering."""
        if events.status is not None:
            self.status_changed.emit(events.status.status)
        if events.contacts:
            self.contacts_changed.emit()
        if events.devices:
            self.devices_changed.emit()
        if events.conversations:
            self.conversations_changed.emit(frozenset(events.conversations))
        for alarm in events.alarms:
            self.alarm.emit(alarm)
        return _Gathered()

    def _answer(self, heard: Reply | Refusal) -> None:
        ticket = self._tickets.pop(heard.request)
        if isinstance(heard, Refusal):
            self._fail(ticket, heard.failure, heard.detail)
            return
        asked = self._asked.pop(ticket, None)
        if asked is not None and shiboken6.isValid(asked.owner):
            asked.on_reply(heard.answer)
        self._rest()

    def _fail(self, ticket: int, failure: Failure, detail: str) -> None:
        asked = self._asked.pop(ticket, None)
        if asked is not None and shiboken6.isValid(asked.owner):
            asked.on_failure(failure, detail)
        self._rest()

    def _rest(self) -> None:
        if not self._asked:
            self.quiet.emit()

    def _end(self) -> None:
        self._link = None
        self._impatience.stop()
        self._tickets.clear()
        self._early.clear()
        for ticket in list(self._asked):
            self._fail(ticket, Failure.ENGINE_GONE, "")
        self.ended.emit(self._is_going)


class _Gathered:
    """Events of one batch; of several that say the same, one is enough."""

    def __init__(self) -> None:
        self.status: StatusChanged | None = None
        self.conversations: set[bytes] = set()
        self.contacts = False
        self.devices = False
        self.alarms: list[Alarm] = []
