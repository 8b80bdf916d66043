# SPDX-License-Identifier: AGPL-3.0-or-later
"""One letter in the reading pane: who, when, the text, documents, receipts.

A correspondent's text is shown with its marks and nothing else: no markup, nothing that can be clicked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QTextBlockFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.interface.snapshots import DeliveryState, Direction, Problem
from app.window.marked_text import MarkedText
from app.window.theme.tokens import Tone
from app.window.theme.typography import Role
from app.window.viewmodels.marks import Mark, mark, problem_tone, trust_mark
from app.window.views.components.avatars import Avatar
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, InlineButton, LinkButton
from app.window.views.components.chips import Chip
from app.window.views.components.layouts import FlowLayout, clear
from app.window.views.components.marked_documents import show_marked
from app.window.views.components.texts import ElidedText, Rule
from app.window.views.documents import ReceivedDocument
from app.window.views.receipts import Ladder
from crypto_core.wire.envelope import Urgency

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent, QWheelEvent

    from app.interface.snapshots import AttachmentRow, MessageView
    from app.window.surroundings import Surroundings
    from crypto_core.wire.content import RefusalReason
    from crypto_core.wire.ids import AccountId

MARKS_BELOW: Final = 560
LINE_HEIGHT_PERCENT: Final = 118
FOLD: Final = 20_000
"""Characters shown at first: laying out a text of a million takes a second."""


class LetterText(QTextEdit):
    """A text with its marks that can be selected and copied, as high as it needs to be."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._shown = MarkedText()
        self.setReadOnly(True)
        self.setAcceptRichText(False)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setProperty("letter", "true")
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)

    @property
    def length(self) -> int:
        """How many characters of the letter are shown."""
        return len(self._shown.text)

    def show_text(self, marked: MarkedText) -> None:
        """Show another text, with air between its lines; the same text keeps what is selected in it."""
        if marked == self._shown:
            return
        self._shown = marked
        show_marked(self.document(), marked)
        cursor = self.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        spacing = QTextBlockFormat()
        spacing.setLineHeight(
            LINE_HEIGHT_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value
        )
        cursor.mergeBlockFormat(spacing)

    def sizeHint(self) -> QSize:
        """Return the height of the text at the present width."""
        return QSize(200, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the height that another width gives."""
        super().resizeEvent(event)
        self._fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave scrolling to the page."""
        event.ignore()

    def _fit(self) -> None:
        height = round(self.document().size().height()) + 4
        if height != self.height():
            self.setFixedHeight(height)


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
        self.documents: list[ReceivedDocument] = []
        self._shown_attachments: tuple[AttachmentRow, ...] | None = None
        name = around.words.person(letter.sender_name, letter.sender_profession)
        self._sender = ElidedText(letter.sender_name, Role.STRONG)
        self._profession = ElidedText(letter.sender_profession, Role.TEXT)
        self._when = ElidedText("", Role.SECONDARY)
        self._urgent = Chip(mark(around.words.urgent(), Tone.WARNING))
        self._trust = Chip(trust_mark(letter.trust, around.words))
        self._origin = Chip(mark("", Tone.NEUTRAL))
        self.call_back = Button(self.tr("Do not send"))
        self.call_back.clicked.connect(self.call_back_asked)
        self.send_now = Button(self.tr("Send now"))
        self.send_now.clicked.connect(self.send_now_asked)
        self.waiting = Banner(self.call_back, self.send_now)
        self._above = QWidget()
        above = QVBoxLayout(self._above)
        above.setContentsMargins(0, 0, 0, 16)
        above.addWidget(Rule())
        self._fold = LinkButton("")
        self._fold.clicked.connect(self._toggle)
        self.text = LetterText(self.tr("Letter from {name}").format(name=name))
        self._rest = InlineButton(self.tr("Show the rest of the text"))
        self._rest.clicked.connect(self._show_rest)
        self._problem = Banner()
        self._ladder = Ladder(around)
        self._receipts = InlineButton(self.tr("Show receipts"))
        self._receipts.clicked.connect(self.receipts_asked)
        self._lay_out()
        self._fill()
        self.set_folded(is_folded=is_folded)

    @property
    def is_folded(self) -> bool:
        """Whether only the heading is shown."""
        return self._body.isHidden()

    def set_foldable(self, *, is_foldable: bool) -> None:
        """Offer to fold, which the only or newest letter does not."""
        self._fold.setVisible(is_foldable)
        self._above.setVisible(is_foldable)

    def set_folded(self, *, is_folded: bool) -> None:
        """Fold or unfold."""
        self._body.setHidden(is_folded)
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
        """Show the present state of the same letter, without touching a selection in its text.

        `refused` is the reason of a refusal just stored, which the letter may not carry yet.
        """
        if (letter, refused) != (self.letter, self._refused):
            self.letter = letter
            self._refused = refused
            self._fill()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the chips below the name where beside it they would leave no room for it."""
        super().resizeEvent(event)
        is_narrow = self.width() < self._around.theme.space(MARKS_BELOW)
        wanted: QBoxLayout = self._below if is_narrow else self._beside
        if wanted.indexOf(self._marks) < 0:
            wanted.addWidget(self._marks)

    def forget(self) -> None:
        """Keep nothing of the letter."""
        self.text.show_text(MarkedText())

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
        marks = FlowLayout(spacing=8)
        self._marks.setLayout(marks)
        marks.addWidget(self._urgent)
        marks.addWidget(self._origin)
        marks.addWidget(self._trust)
        self._beside = QHBoxLayout()
        head.addLayout(self._beside)
        head.addWidget(self._fold)
        self._body = QWidget()
        self._cards = QVBoxLayout()
        self._cards.setSpacing(10)
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 14, 0, 0)
        body.setSpacing(12)
        body.addWidget(self._problem)
        body.addWidget(self.waiting)
        body.addWidget(self.text)
        body.addWidget(self._rest)
        body.addLayout(self._cards)
        body.addWidget(self._ladder)
        body.addWidget(self._receipts)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._above)
        column.addLayout(head)
        self._below = QVBoxLayout()
        column.addLayout(self._below)
        column.addWidget(self._body)
        self._beside.addWidget(self._marks)

    def _fill(self) -> None:
        letter = self.letter
        self._when.setText(self._when_text())
        self._urgent.setVisible(letter.urgency is Urgency.URGENT)
        self._trust.setVisible(letter.direction is Direction.RECEIVED and not letter.is_imported)
        origin = self._origin_text()
        self._origin.show_mark(Mark(text=origin))
        self._origin.setVisible(bool(origin))
        refused = self._own_refusal()
        if any(row.problem is Problem.KEYS_CHANGED for row in letter.recipients):
            # Said once, above the letters, where it can be looked at.
            self._problem.silence()
        elif letter.problem is not Problem.NONE:
            self._problem.explain(
                self._around.errors.problem(letter.problem), problem_tone(letter.problem)
            )
        elif refused:
            self._problem.say(Tone.NEUTRAL, refused, self.tr("The sender has been told."))
        else:
            self._problem.silence()
        self._show_waiting()
        self.text.setVisible(bool(letter.text))
        # What was unfolded stays so.
        length = max(FOLD, self.text.length)
        self.text.show_text(MarkedText(text=letter.text[:length], marks=letter.marks))
        self._rest.setVisible(len(letter.text) > length)
        if letter.attachments != self._shown_attachments:
            self._show_documents(letter.attachments)
        self._ladder.show_letter(letter)
        self._receipts.setVisible(letter.direction is Direction.SENT)

    def _show_waiting(self) -> None:
        """Say that the letter has not gone yet, and offer to keep it here."""
        letter = self.letter
        self.send_now.setVisible(letter.send_at is not None)
        self.call_back.setVisible(letter.can_cancel)
        if letter.send_at is not None:
            when = self._around.formats.in_sentence(letter.send_at)
            self.waiting.say(
                Tone.ACCENT,
                self.tr("Leaves {when}").format(when=when),
                self.tr(
                    "It leaves by itself if this mailbox is open then, or at the next unlocking."
                ),
            )
        elif letter.can_cancel:
            self.waiting.say(
                Tone.NEUTRAL,
                self.tr("Still on this computer"),
                self.tr("It leaves by itself. Until then it can become a draft again."),
            )
        else:
            self.waiting.silence()

    def _origin_text(self) -> str:
        if self.letter.is_imported:
            return self.tr("From another mail program, not proven")
        return self.tr("Automatic answer") if self.letter.is_automatic else ""

    def _show_documents(self, attachments: tuple[AttachmentRow, ...]) -> None:
        self._shown_attachments = attachments
        clear(self._cards)
        self.documents = []
        for index, row in enumerate(attachments):
            card = ReceivedDocument(row, self._around)
            card.save_asked.connect(
                lambda directory, index=index: self.save_asked.emit(index, directory)
            )
            card.open_asked.connect(lambda index=index: self.open_asked.emit(index))
            self.documents.append(card)
            self._cards.addWidget(card)

    def _when_text(self) -> str:
        letter = self.letter
        when = self._around.formats.in_sentence(letter.sent_at)
        others = [row.name for row in letter.recipients if row.account != self._own]
        if letter.direction is Direction.SENT:
            return self.tr("to {names}, {when}").format(
                names=self._around.words.names(others), when=when
            )
        if others:
            return self.tr("to you and {names}, {when}").format(
                names=self._around.words.names(others), when=when
            )
        return self.tr("to you, {when}").format(when=when)

    def _own_refusal(self) -> str:
        reasons = [
            row.reason
            for row in self.letter.recipients
            if row.account == self._own and row.state is DeliveryState.REFUSED
        ]
        if not reasons and self._refused is None:
            return ""
        reason = self._refused if not reasons else reasons[0]
        if reason is None:
            return self.tr("You refused this letter")
        return self.tr("You refused this letter: {reason}").format(
            reason=self._around.errors.refusal(reason)
        )

    def _show_rest(self) -> None:
        self.text.show_text(MarkedText(text=self.letter.text, marks=self.letter.marks))
        self._rest.hide()

    def _toggle(self) -> None:
        self.set_folded(is_folded=not self.is_folded)
