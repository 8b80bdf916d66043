# SPDX-License-Identifier: AGPL-3.0-or-later
"""The reading pane: the letters of one conversation, newest first, and what can be done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.interface.snapshots import DeliveryState, Direction, Problem
from app.window.theme.icons import Icon
from app.window.theme.tokens import HEADER_HEIGHT, READING_MARGIN, READING_WIDTH, Tone
from app.window.theme.typography import Role
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, IconButton, LinkButton, PrimaryButton
from app.window.views.components.layouts import Column, FlowLayout, clear
from app.window.views.components.texts import Rule, Text, set_property
from app.window.views.letter import LetterView
from app.window.views.receipts import ReceiptDialog
from crypto_core.wire.content import RefusalReason

if TYPE_CHECKING:
    from app.interface.failures import Failure
    from app.interface.snapshots import MessageView, RecipientRow, SavedFile
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.reading import Reading
    from app.window.viewmodels.standing import Standing
    from crypto_core.wire.ids import MessageId

MAX_COMMENT_LETTERS = 250


class RefusalPanel(QFrame):
    """Refusing a letter: a reason is the second click.

    Signals:
        decided(RefusalReason, str): the reason and an optional comment.
    """

    decided = Signal(object, str)

    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        set_property(self, "banner", Tone.NEUTRAL.value)
        self.comment = QLineEdit()
        self.comment.setMaxLength(MAX_COMMENT_LETTERS)
        self.comment.setPlaceholderText(self.tr("A word to the sender (optional)"))
        self.comment.setAccessibleName(self.tr("A word to the sender (optional)"))
        self.reasons: dict[RefusalReason, Button] = {}
        flow = FlowLayout(spacing=8)
        for reason in RefusalReason:
            text = around.errors.refusal(reason)
            button = Button(text[:1].upper() + text[1:])
            button.clicked.connect(
                lambda _=False, reason=reason: self.decided.emit(reason, self.comment.text())
            )
            self.reasons[reason] = button
            flow.addWidget(button)
        cancel = LinkButton(self.tr("Do not refuse"))
        cancel.clicked.connect(self.hide)
        flow.addWidget(cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addWidget(Text(self.tr("Why do you refuse this letter?"), Role.HEAD))
        column.addWidget(
            Text(
                self.tr(
                    "The sender receives a signed refusal with the reason. It stays on record."
                ),
                Role.SECONDARY,
                wraps=True,
            )
        )
        column.addWidget(self.comment)
        column.addLayout(flow)
        self.hide()

    def ask(self) -> None:
        """Show the question."""
        self.comment.clear()
        self.show()
        self.reasons[RefusalReason.NOT_MY_PATIENT].setFocus()


class ReadingPane(QWidget):
    """Shows what the reading view model has.

    Signals:
        reply_asked(MessageView): the newest letter is to be answered.
        back_asked(): a narrow window is to show its list again.
        person_asked(AccountId): the page of somebody whose letters wait is wanted.
    """

    reply_asked = Signal(object)
    person_asked = Signal(object)
    back_asked = Signal()

    def __init__(self, reading: Reading, standing: Standing, around: Surroundings) -> None:
        super().__init__()
        self._reading = reading
        self._standing = standing
        self._around = around
        self.views: dict[MessageId, LetterView] = {}
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.back = IconButton(Icon.BACK, self.tr("Back to the list"), around.theme)
        self.back.setToolTip(self.tr("Back to the list (Esc)"))
        self.back.clicked.connect(self.back_asked)
        self.reply = PrimaryButton(self.tr("Reply"), shortcut=QKeySequence("Ctrl+R"))
        self.reply.clicked.connect(self._reply)
        self.refuse = LinkButton(self.tr("Refuse…"))
        self.refusal = RefusalPanel(around)
        self.refuse.clicked.connect(self._ask_refusal)
        self.refusal.decided.connect(self._refuse)
        self._subject = Text("", Role.TITLE, wraps=True, is_selectable=True)
        self.banner = Banner()
        self.look = PrimaryButton(self.tr("Look at it…"))
        self.look.clicked.connect(self._look)
        self.changed = Banner(self.look)
        self._letters = QVBoxLayout()
        self._letters.setSpacing(24)
        self.older = Button(self.tr("Show earlier letters"))
        self.older.clicked.connect(reading.show_older)
        self._lay_out()
        reading.opened.connect(self._opened)
        reading.letters_changed.connect(self._show)
        reading.failed.connect(self._failed)
        reading.saving.connect(self._saving)
        reading.saved.connect(self._saved)
        reading.save_failed.connect(self._save_failed)
        reading.refuse_failed.connect(self._refuse_failed)
        self._opened()
        self._show()

    @property
    def can_reply(self) -> bool:
        """Whether there is a letter to answer."""
        return self.reply.isEnabled()

    def _lay_out(self) -> None:
        bar = QWidget()
        bar.setMinimumHeight(self._around.theme.space(HEADER_HEIGHT) - 1)
        row = QHBoxLayout(bar)
        row.setContentsMargins(24, 8, 24, 8)
        row.setSpacing(8)
        row.addWidget(self.back)
        row.addWidget(self.reply)
        row.addStretch(1)
        row.addWidget(self.refuse)
        theme = self._around.theme
        self.column = Column(
            width=theme.space(READING_WIDTH), margin=READING_MARGIN, is_centred=False
        )
        content = self.column.content
        content.setSpacing(16)
        content.addWidget(self.refusal)
        content.addWidget(self.banner)
        content.addWidget(self.changed)
        content.addWidget(self._subject)
        content.addLayout(self._letters)
        content.addWidget(self.older)
        content.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(Rule())
        column.addWidget(self.column, 1)

    def _opened(self) -> None:
        for view in self.views.values():
            view.forget()
        self.views.clear()
        clear(self._letters)
        row = self._reading.row
        self._subject.setText("" if row is None else row.subject or self._around.words.no_subject())
        self.refusal.hide()
        self.refusal.comment.clear()
        self.banner.silence()
        self.changed.silence()
        self.reply.setEnabled(False)
        self.refuse.hide()
        self.older.hide()
        self.column.verticalScrollBar().setValue(0)

    def _show(self) -> None:
        letters = self._reading.letters
        present = {letter.message for letter in letters}
        for message in [message for message in self.views if message not in present]:
            view = self.views.pop(message)
            view.forget()
            self._letters.removeWidget(view)
            view.deleteLater()
        for position, letter in enumerate(letters):
            view_or_none = self.views.get(letter.message)
            if view_or_none is None:
                view = self._add(letter, position)
            else:
                view = view_or_none
                view.update_letter(letter, self._reading.refused.get(letter.message))
            view.set_foldable(is_foldable=position > 0)
        if letters:
            newest = letters[0]
            self.views[newest.message].set_folded(is_folded=False)
            self.reply.setText(
                self.tr("Reply")
                if newest.direction is Direction.RECEIVED
                else self.tr("Write again")
            )
            self.reply.setAccessibleName(self.reply.text())
        self.reply.setEnabled(bool(letters) and letters[0].problem is not Problem.CANNOT_OPEN)
        self.refuse.setVisible(self._refusable() is not None)
        self.older.setVisible(self._reading.has_older)
        self._show_waiting()

    def _waits_for(self) -> RecipientRow | None:
        """Return whom a letter waits for that came back in a way nobody announced."""
        rows = (row for letter in self._reading.letters for row in letter.recipients)
        return next((row for row in rows if row.problem is Problem.KEYS_CHANGED), None)

    def _show_waiting(self) -> None:
        row = self._waits_for()
        if row is None:
            self.changed.silence()
        else:
            self.changed.say(
                Tone.DANGER,
                self.tr("Is this still {name}?").format(name=row.name),
                self.tr(
                    "They have started again on other computers, and nothing announced it. Your letter "
                    "waits until you have asked them."
                ),
            )

    def _look(self) -> None:
        row = self._waits_for()
        if row is not None:
            self.person_asked.emit(row.account)

    def _add(self, letter: MessageView, position: int) -> LetterView:
        status = self._standing.status
        is_unread = letter.direction is Direction.RECEIVED and not letter.is_read
        view = LetterView(
            letter,
            None if status is None else status.account,
            self._around,
            is_folded=position > 0 and not is_unread,
        )
        message = letter.message
        view.unfolded.connect(lambda: self._reading.look_at(message))
        view.save_asked.connect(
            lambda index, directory: self._reading.save(message, index, directory)
        )
        view.receipts_asked.connect(lambda: self._show_receipts(message))
        self.views[message] = view
        self._letters.insertWidget(position, view)
        if not view.is_folded:
            self._reading.look_at(message)
        return view

    def _reply(self) -> None:
        if self._reading.letters:
            self.reply_asked.emit(self._reading.letters[0])

    def _refusable(self) -> MessageView | None:
        """Return the newest received letter, unless it was refused already or does not open."""
        status = self._standing.status
        own = None if status is None else status.account
        for letter in self._reading.letters:
            if letter.direction is Direction.RECEIVED:
                is_refused = any(
                    row.account == own and row.state is DeliveryState.REFUSED
                    for row in letter.recipients
                )
                is_refused = is_refused or letter.message in self._reading.refused
                cannot = is_refused or letter.problem is Problem.CANNOT_OPEN
                return None if cannot else letter
        return None

    def _ask_refusal(self) -> None:
        self.refusal.ask()
        self.column.ensureWidgetVisible(self.refusal)

    def _refuse(self, reason: RefusalReason, comment: str) -> None:
        letter = self._refusable()
        self.refusal.hide()
        if letter is not None:
            self._reading.refuse(letter.message, reason, comment)

    def _refuse_failed(self, _message: MessageId, failure: Failure, detail: str) -> None:
        self._failed(failure, detail)

    def _failed(self, failure: Failure, detail: str) -> None:
        self.banner.explain(self._around.errors.failure(failure, detail))

    def _show_receipts(self, message: MessageId) -> None:
        ReceiptDialog(self._reading, self._around, self).open()
        self._reading.ask_receipts(message)

    def _saving(self, message: MessageId, index: int, done: int, total: int) -> None:
        if message in self.views:
            self.views[message].documents[index].tell_progress(done, total)

    def _saved(self, message: MessageId, index: int, saved: SavedFile) -> None:
        if message in self.views:
            self.views[message].documents[index].tell_saved(saved)

    def _save_failed(self, message: MessageId, index: int, failure: Failure, detail: str) -> None:
        if message in self.views:
            self.views[message].documents[index].tell_failed(failure, detail)
