# SPDX-License-Identifier: AGPL-3.0-or-later
"""One letter in the reading pane: who, when, and below it the letter itself, once it is wanted.

Most letters of a conversation stay folded, so a letter's body is made when it is unfolded for the first time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.interface.snapshots import Direction
from app.window.theme.tokens import Tone
from app.window.theme.typography import Role
from app.window.viewmodels.marks import Mark, mark, trust_mark
from app.window.views.components.avatars import Avatar
from app.window.views.components.buttons import LinkButton
from app.window.views.components.chips import Chip
from app.window.views.components.layouts import FlowLayout, clear
from app.window.views.components.texts import ElidedText, Rule
from app.window.views.letter_body import LetterBody
from crypto_core.wire.envelope import Urgency

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QResizeEvent

    from app.interface.snapshots import MessageView
    from app.window.surroundings import Surroundings
    from crypto_core.wire.content import RefusalReason
    from crypto_core.wire.ids import AccountId

NAME_ROOM: Final = 360
"""What chips beside the name leave at least, for the name and the line below it."""


class LetterView(QWidget):
    """A letter that can be folded to its heading.

    Signals:
        unfolded(): its text is shown now.
        open_asked(int): the document of this number is to be shown.
        save_asked(int, str): document number and directory.
        receipts_asked(): the evidence is wanted.
        call_back_asked(): the letter waits, and is to be a draft again.
        send_now_asked(): it waits for its moment, and is to go at once.
    """

    unfolded = Signal()
    open_asked = Signal(int)
    save_asked = Signal(int, str)
    receipts_asked = Signal()
    call_back_asked = Signal()
    send_now_asked = Signal()

    def __init__(
        self, letter: MessageView, own: AccountId | None, around: Surroundings, *, is_folded: bool
    ) -> None:
        super().__init__()
        self._around = around
        self._own = own
        self.letter = letter
        self._refused: RefusalReason | None = None
        self._body: LetterBody | None = None
        self._shown_marks: tuple[Mark, ...] = ()
        self._sender = ElidedText(letter.sender_name, Role.STRONG)
        self._profession = ElidedText(letter.sender_profession, Role.TEXT)
        self._when = ElidedText("", Role.SECONDARY)
        self._above = QWidget()
        above = QVBoxLayout(self._above)
        above.setContentsMargins(0, 0, 0, 16)
        above.addWidget(Rule())
        self._fold = LinkButton("")
        self._fold.clicked.connect(self._toggle)
        self._lay_out()
        self._fill()
        self.set_folded(is_folded=is_folded)

    @property
    def body(self) -> LetterBody:
        """The letter below its heading; made here if it was never unfolded."""
        if self._body is None:
            self._body = body = LetterBody(self.letter, self._own, self._around, self._refused)
            body.hide()
            body.open_asked.connect(self.open_asked)
            body.save_asked.connect(self.save_asked)
            body.receipts_asked.connect(self.receipts_asked)
            body.call_back_asked.connect(self.call_back_asked)
            body.send_now_asked.connect(self.send_now_asked)
            self._column.addWidget(body)
        return self._body

    @property
    def is_folded(self) -> bool:
        """Whether only the heading is shown."""
        return self._body is None or self._body.isHidden()

    def set_foldable(self, *, is_foldable: bool) -> None:
        """Offer to fold, which the only or newest letter does not."""
        self._fold.setVisible(is_foldable)
        self._above.setVisible(is_foldable)

    def set_folded(self, *, is_folded: bool) -> None:
        """Fold or unfold."""
        if not is_folded:
            self.body.show()
        elif self._body is not None:
            self._body.hide()
        self._fold.setText(self.tr("Show") if is_folded else self.tr("Fold"))
        spoken = (
            self.tr("Show the letter from {name}")
            if is_folded
            else self.tr("Fold the letter from {name}")
        )
        self._fold.setAccessibleName(spoken.format(name=self.letter.sender_name))
        if not is_folded:
            self.unfolded.emit()

    def update_letter(self, letter: MessageView, refused: RefusalReason | None) -> None:
        """Show the present state of the same letter.

        `refused` is the reason of a refusal just stored, which the letter may not carry yet.
        """
        if (letter, refused) != (self.letter, self._refused):
            self.letter = letter
            self._refused = refused
            self._fill()
            if self._body is not None:
                self._body.show_letter(letter, refused)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the chips below the name where beside it they would leave no room for it."""
        super().resizeEvent(event)
        self._place_marks()

    def _place_marks(self) -> None:
        room = self.width() - self._flow.sizeHint().width()
        is_narrow = room < self._around.theme.space(NAME_ROOM)
        wanted: QBoxLayout = self._below if is_narrow else self._beside
        if wanted.indexOf(self._marks) < 0:
            wanted.addWidget(self._marks)

    def forget(self) -> None:
        """Keep nothing of the letter."""
        if self._body is not None:
            self._body.forget()

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(self._sender)
        first.addWidget(self._profession, 1)
        who = QVBoxLayout()
        who.setSpacing(1)
        who.addLayout(first)
        who.addWidget(self._when)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Avatar(self.letter.sender_name, self._around.theme))
        head.addLayout(who, 1)
        self._marks = QWidget()
        self._flow = FlowLayout(spacing=8)
        self._marks.setLayout(self._flow)
        self._beside = QHBoxLayout()
        head.addLayout(self._beside)
        head.addWidget(self._fold)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._above)
        column.addLayout(head)
        self._below = QVBoxLayout()
        column.addLayout(self._below)
        self._column = column
        self._beside.addWidget(self._marks)

    def _fill(self) -> None:
        # Whatever people call themselves, when it was written can be read.
        self._when.say(*self._when_text())
        marks = tuple(self._wanted_marks())
        if marks != self._shown_marks:
            self._shown_marks = marks
            clear(self._flow)
            for each in marks:
                self._flow.addWidget(Chip(each))
            self._place_marks()

    def _wanted_marks(self) -> Iterator[Mark]:
        letter, words = self.letter, self._around.words
        if letter.urgency is Urgency.URGENT:
            yield mark(words.urgent(), Tone.WARNING)
        if letter.is_imported:
            yield Mark(text=self.tr("From another mail program, not proven"))
        elif letter.is_automatic:
            yield Mark(text=self.tr("Automatic answer"))
        if letter.answered_at is not None:
            yield Mark(text=self.tr("Answered automatically"))
        if letter.direction is Direction.RECEIVED and not letter.is_imported:
            yield trust_mark(letter.trust, words)

    def _when_text(self) -> tuple[str, str]:
        """Return to whom and when as a text with a place for names, and the names."""
        letter = self.letter
        when = self._around.formats.in_sentence(letter.sent_at)
        others = [row.name for row in letter.recipients if row.account != self._own]
        names = self._around.words.names_in_row(others)
        if letter.imported is not None:
            # To whom, stands below as it was written.
            return when if letter.imported.is_dated else self.tr("without a date"), ""
        if letter.direction is Direction.SENT:
            return self.tr("to {names}, {when}").format(names="{name}", when=when), names
        if others:
            return self.tr("to you and {names}, {when}").format(names="{name}", when=when), names
        return self.tr("to you, {when}").format(when=when), ""

    def _toggle(self) -> None:
        self.set_folded(is_folded=not self.is_folded)
