# SPDX-License-Identifier: AGPL-3.0-or-later
"""What of a letter is shown below its heading: the text, documents, receipts, and what is to be said about it.

A correspondent's text is shown with its marks and nothing else: no markup, nothing that can be clicked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QTextBlockFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QVBoxLayout, QWidget

from app.interface.snapshots import DeliveryState, Direction, Problem
from app.window.marked_text import MarkedText
from app.window.theme.tokens import Tone
from app.window.viewmodels.marks import problem_tone
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, InlineButton
from app.window.views.components.layouts import clear
from app.window.views.components.marked_documents import show_marked
from app.window.views.components.steps import Steps
from app.window.views.documents import ReceivedDocument
from app.window.views.receipts import Ladder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QResizeEvent, QWheelEvent

    from app.interface.snapshots import AttachmentRow, MessageView
    from app.window.surroundings import Surroundings
    from crypto_core.wire.content import RefusalReason
    from crypto_core.wire.ids import AccountId

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


class LetterBody(QWidget):
    """A letter without its heading.

    Signals:
        open_asked(int): the document of this number is to be shown.
        save_asked(int, str): document number and directory.
        receipts_asked(): the evidence is wanted.
        call_back_asked(): the letter waits, and is to be a draft again.
        send_now_asked(): it waits for its moment, and is to go at once.
    """

    open_asked = Signal(int)
    save_asked = Signal(int, str)
    receipts_asked = Signal()
    call_back_asked = Signal()
    send_now_asked = Signal()

    def __init__(
        self,
        letter: MessageView,
        own: AccountId | None,
        around: Surroundings,
        refused: RefusalReason | None,
    ) -> None:
        super().__init__()
        self._around = around
        self._own = own
        self.letter = letter
        self.documents: list[ReceivedDocument] = []
        """Cards in the letter's order; of very many, those out of sight follow."""
        self._steps = Steps(self)
        self._shown_attachments: tuple[AttachmentRow, ...] | None = None
        name = around.words.person(letter.sender_name, letter.sender_profession)
        self.call_back = Button(self.tr("Do not send"))
        self.call_back.clicked.connect(self.call_back_asked)
        self.send_now = Button(self.tr("Send now"))
        self.send_now.clicked.connect(self.send_now_asked)
        self.waiting = Banner(self.call_back, self.send_now)
        self.text = LetterText(self.tr("Letter from {name}").format(name=name))
        self.rest = InlineButton(self.tr("Show the rest of the text"))
        self.rest.clicked.connect(self._show_rest)
        self.problem = Banner()
        self.imported = Banner()
        self.ladder = Ladder(around)
        self.receipts = InlineButton(self.tr("Show receipts"))
        self.receipts.clicked.connect(self.receipts_asked)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(10)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 14, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.problem)
        column.addWidget(self.imported)
        column.addWidget(self.waiting)
        column.addWidget(self.text)
        column.addWidget(self.rest)
        column.addLayout(self._cards)
        column.addWidget(self.ladder)
        column.addWidget(self.receipts)
        self.show_letter(letter, refused)

    def show_letter(self, letter: MessageView, refused: RefusalReason | None) -> None:
        """Show the present state of the same letter, without touching a selection in its text.

        `refused` is the reason of a refusal just stored, which the letter may not carry yet.
        """
        self.letter = letter
        self._show_problem(refused)
        self._show_imported()
        self._show_waiting()
        self.text.setVisible(bool(letter.text))
        # What was unfolded stays so.
        length = max(FOLD, self.text.length)
        self.text.show_text(MarkedText(text=letter.text[:length], marks=letter.marks))
        self.rest.setVisible(len(letter.text) > length)
        if letter.attachments != self._shown_attachments:
            self._show_documents(letter.attachments)
        self.ladder.show_letter(letter)
        # Nothing about a letter of another mail program went through the relay.
        self.ladder.setVisible(not letter.is_imported)
        self.receipts.setVisible(letter.direction is Direction.SENT and not letter.is_imported)

    def forget(self) -> None:
        """Keep nothing of the letter."""
        self.text.show_text(MarkedText())

    def _show_problem(self, refused: RefusalReason | None) -> None:
        letter = self.letter
        refusal = self._own_refusal(refused)
        if any(row.problem is Problem.KEYS_CHANGED for row in letter.recipients):
            # Said once, above the letters, where it can be looked at.
            self.problem.silence()
        elif letter.problem is not Problem.NONE:
            self.problem.explain(
                self._around.errors.problem(letter.problem), problem_tone(letter.problem)
            )
        elif refusal:
            self.problem.say(Tone.NEUTRAL, refusal, self.tr("The sender has been told."))
        else:
            self.problem.silence()

    def _show_imported(self) -> None:
        """Say of a letter of another mail program what it says about itself, and that nobody verified it."""
        head = self.letter.imported
        if head is None:
            self.imported.silence()
            return
        lines = [
            self.tr("From: {text}").format(text=head.sender),
            self.tr("To: {text}").format(text=head.recipients),
        ]
        if not head.is_dated and head.date:
            lines.append(self.tr("Date: {text}").format(text=head.date))
        if head.is_encrypted:
            lines.append(
                self.tr("Its content is encrypted for the other program and cannot be read here.")
            )
        if head.is_cut:
            lines.append(self.tr("It was too large: something of it is missing."))
        lines.append(self.tr("It cannot be answered from here. You can forward it, or write anew."))
        self.imported.say(
            Tone.NEUTRAL,
            self.tr("From another mail program: nobody has verified who wrote this letter"),
            "\n".join(lines),
        )

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

    def _show_documents(self, attachments: tuple[AttachmentRow, ...]) -> None:
        self._shown_attachments = attachments
        clear(self._cards)
        self.documents = []
        self._steps.begin(self._cards_of(attachments))

    def _cards_of(self, attachments: tuple[AttachmentRow, ...]) -> Iterator[None]:
        for index, row in enumerate(attachments):
            card = ReceivedDocument(row, self._around)
            card.save_asked.connect(
                lambda directory, index=index: self.save_asked.emit(index, directory)
            )
            card.open_asked.connect(lambda index=index: self.open_asked.emit(index))
            self.documents.append(card)
            self._cards.addWidget(card)
            yield

    def _own_refusal(self, refused: RefusalReason | None) -> str:
        reasons = [
            row.reason
            for row in self.letter.recipients
            if row.account == self._own and row.state is DeliveryState.REFUSED
        ]
        if not reasons and refused is None:
            return ""
        reason = refused if not reasons else reasons[0]
        if reason is None:
            return self.tr("You refused this letter")
        return self.tr("You refused this letter: {reason}").format(
            reason=self._around.errors.refusal(reason)
        )

    def _show_rest(self) -> None:
        self.text.show_text(MarkedText(text=self.letter.text, marks=self.letter.marks))
        self.rest.hide()
