# SPDX-License-Identifier: AGPL-3.0-or-later
"""The conversation that is open: its letters, reading them, refusing them, saving their documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from app.interface.commands import (
    MarkRead,
    ReadConversation,
    RefuseMessage,
    SaveAttachment,
    ShowReceipts,
)
from app.interface.journal import NotePrinted
from app.interface.snapshots import Direction, Problem
from app.interface.writing import CancelSending, SendNow

if TYPE_CHECKING:
    from app.interface.failures import Failure
    from app.interface.snapshots import (
        ConversationRow,
        Done,
        MessagePage,
        MessageView,
        Receipts,
        SavedFile,
    )
    from app.window.bridge import Bridge
    from app.window.viewmodels.session import Session
    from crypto_core.wire.content import RefusalReason
    from crypto_core.wire.ids import ConversationId, MessageId

PAGE: Final = 20
MAX_PAGE: Final = 200
DWELL_MILLISECONDS: Final = 2_000
"""A letter counts as read when it was open this long."""


class Reading(QObject):
    """Letters of one conversation, newest first.

    Signals:
        opened(): another conversation is shown, or none; its letters follow.
        letters_changed(): `letters` or `has_older` is another one.
        row_changed(): what the list knows of the conversation is something else.
        called_back(DraftView): a letter that waited is a draft again.
        not_called_back(Failure, str): it is not, or it does not go at once.
        failed(Failure, str): the letters could not be had.
        saving(MessageId, int, int, int): document number, bytes done, bytes in all.
        saved(MessageId, int, SavedFile): a document was written.
        save_failed(MessageId, int, Failure, str): it was not.
        refuse_failed(MessageId, Failure, str): a refusal could not be stored.
        receipts(Receipts): the answer to `ask_receipts`.
        receipts_failed(Failure, str): there is none.
    """

    opened = Signal()
    letters_changed = Signal()
    row_changed = Signal()
    called_back = Signal(object)
    not_called_back = Signal(object, str)
    failed = Signal(object, str)
    saving = Signal(object, int, object, object)
    saved = Signal(object, int, object)
    save_failed = Signal(object, int, object, str)
    refuse_failed = Signal(object, object, str)
    receipts = Signal(object)
    receipts_failed = Signal(object, str)

    def __init__(
        self,
        bridge: Bridge,
        session: Session,
        *,
        dwell_milliseconds: int = DWELL_MILLISECONDS,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.row: ConversationRow | None = None
        self.letters: tuple[MessageView, ...] = ()
        self.has_older = False
        self._wanted = PAGE
        self._generation = 0
        self._is_attended = True
        """Somebody may be looking at the letters."""
        self._is_unasked = False
        self.is_coming = False
        """One that nobody asked for is open, and its letters are not here yet: nobody can have seen it."""
        self._awaits_presence = False
        self._seen: set[MessageId] = set()
        self._marked: set[MessageId] = set()
        self.refused: dict[MessageId, RefusalReason] = {}
        """Refusals stored while the conversation is open, whatever its letters say yet."""
        self._dwell = QTimer(self, singleShot=True, interval=dwell_milliseconds)
        self._dwell.timeout.connect(self._dwelt)
        bridge.conversations_changed.connect(self._changed)
        session.closed.connect(self.close)

    @property
    def conversation(self) -> ConversationId | None:
        """The conversation that is open."""
        return None if self.row is None else self.row.conversation

    def open(self, row: ConversationRow, *, is_asked: bool = True) -> None:
        """Open a conversation; opening it again changes nothing.

        One that nobody asked for, because it follows on one that was put away, is read only once somebody
        touches a key or the pointer while it has been open for the dwell time: a receipt is signed.
        """
        if row.conversation == self.conversation:
            self._is_unasked = self._is_unasked and not is_asked
            if is_asked and self.is_coming:
                self.is_coming = False
                self.row_changed.emit()
            return
        self._begin(row)
        self._is_unasked = self.is_coming = not is_asked
        self._ask(row.conversation)

    def take_row(self, row: ConversationRow) -> None:
        """Know of the open conversation what a list has just learnt of it."""
        if row.conversation == self.conversation and row != self.row:
            self.row = row
            self.row_changed.emit()

    def close(self) -> None:
        """Show nothing and keep nothing."""
        self._begin(None)

    def show_older(self) -> None:
        """Ask for letters before those shown."""
        if self.row is not None and self.has_older:
            self._wanted = min(self._wanted + PAGE, MAX_PAGE)
            self._ask(self.row.conversation)

    def look_at(self, message: MessageId) -> None:
        """The text of a letter is unfolded in an active window; after the dwell time it is read."""
        self._seen.add(message)
        if self._is_attended:
            self._dwell.start()

    def look_away(self) -> None:
        """The window is no longer active, or something covers the letters."""
        self._is_attended = False
        self._dwell.stop()

    def look_again(self) -> None:
        """The window is active again and shows what it showed."""
        self._is_attended = True
        if self._unmarked():
            self._dwell.start()

    def count_as_read(self, message: MessageId) -> None:
        """A letter was printed: that is as good as two seconds of looking at it, and stands in the journal."""
        self._seen.add(message)
        self._mark_read()
        self._bridge.request(self, NotePrinted(message=message), _ignore, _ignore)

    def call_back(self, message: MessageId) -> None:
        """Make a letter that waits a draft again; `called_back` or `not_called_back` follows."""
        self._bridge.request(
            self,
            CancelSending(message=message),
            self.called_back.emit,
            self.not_called_back.emit,
        )

    def send_now(self, message: MessageId) -> None:
        """Send a letter at once that waits for its moment."""
        self._bridge.request(
            self, SendNow(message=message), lambda _: None, self.not_called_back.emit
        )

    def notice_presence(self) -> None:
        """Somebody touched a key or the pointer."""
        if self._awaits_presence:
            self._awaits_presence = self._is_unasked = False
            if self._is_attended:
                self._mark_read()

    def refuse(self, message: MessageId, reason: RefusalReason, comment: str) -> None:
        """Send the sender a signed refusal; `letters_changed` follows when it is stored."""
        generation = self._generation

        def on_reply(_done: Done) -> None:
            if generation == self._generation:
                self.refused[message] = reason
                self.letters_changed.emit()
                self._changed(frozenset({self.conversation}))

        self._bridge.request(
            self,
            RefuseMessage(message=message, reason=reason, comment=comment),
            on_reply,
            lambda failure, detail: self.refuse_failed.emit(message, failure, detail),
        )

    def save(self, message: MessageId, index: int, directory: str) -> None:
        """Write a document into a directory; `saving` and then `saved` or `save_failed` follow."""

        def on_reply(saved: SavedFile) -> None:
            self.saved.emit(message, index, saved)

        self._bridge.request(
            self,
            SaveAttachment(message=message, index=index, directory=directory),
            on_reply,
            lambda failure, detail: self.save_failed.emit(message, index, failure, detail),
            lambda done, total: self.saving.emit(message, index, done, total),
        )

    def ask_receipts(self, message: MessageId) -> None:
        """Ask for the evidence about a letter."""

        def on_reply(receipts: Receipts) -> None:
            self.receipts.emit(receipts)

        self._bridge.request(
            self,
            ShowReceipts(message=message),
            on_reply,
            self.receipts_failed.emit,
        )

    def _begin(self, row: ConversationRow | None) -> None:
        self._generation += 1
        self._dwell.stop()
        self._is_unasked = self.is_coming = self._awaits_presence = False
        self._seen.clear()
        self._marked.clear()
        self.refused.clear()
        self._wanted = PAGE
        self.row = row
        self.letters = ()
        self.has_older = False
        self.opened.emit()

    def _changed(self, conversations: frozenset[ConversationId | None]) -> None:
        if self.conversation is not None and self.conversation in conversations:
            self._ask(self.conversation)

    def _ask(self, conversation: ConversationId) -> None:
        generation = self._generation

        def on_reply(page: MessagePage) -> None:
            if generation == self._generation:
                letters = tuple(reversed(page.messages))
                was_coming, self.is_coming = self.is_coming, False
                if was_coming or (letters, page.more) != (self.letters, self.has_older):
                    self.letters = letters
                    # The newest MAX_PAGE letters are as far as this view goes back.
                    self.has_older = page.more and self._wanted < MAX_PAGE
                    self.letters_changed.emit()

        def on_failure(failure: Failure, detail: str) -> None:
            if generation == self._generation:
                self.is_coming = False
                self.failed.emit(failure, detail)

        command = ReadConversation(conversation=conversation, before=None, limit=self._wanted)
        self._bridge.request(self, command, on_reply, on_failure)

    def _unmarked(self) -> list[MessageId]:
        return [
            letter.message
            for letter in self.letters
            if letter.message in self._seen
            and letter.message not in self._marked
            and letter.direction is Direction.RECEIVED
            and (not letter.is_read or letter.is_unopened)
            and letter.problem is not Problem.CANNOT_OPEN
        ]

    def _dwelt(self) -> None:
        if self._is_unasked:
            self._awaits_presence = True
        else:
            self._mark_read()

    def _mark_read(self) -> None:
        for message in self._unmarked():
            self._marked.add(message)
            # A failure needs no word: the letter stays unread and is marked when it is opened again.
            self._bridge.request(self, MarkRead(message=message), lambda _: None, lambda *_: None)


def _ignore(*_: object) -> None:
    """Whether the journal took it changes nothing here."""
