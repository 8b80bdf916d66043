# SPDX-License-Identifier: AGPL-3.0-or-later
"""The reading pane: the letters of one conversation, newest first, and what can be done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QDeadlineTimer, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.interface.snapshots import DeliveryState, Direction, Problem
from app.window.shortcuts import Shortcut, hint
from app.window.theme.icons import Icon
from app.window.theme.tokens import HEADER_HEIGHT, READING_MARGIN, READING_WIDTH, Tone
from app.window.theme.typography import Role
from app.window.views.components.action_bar import ActionBar
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, IconButton, LinkButton, PrimaryButton
from app.window.views.components.layouts import Column, FlowLayout
from app.window.views.components.texts import Rule, Text, set_property
from app.window.views.letter import LetterView
from app.window.views.patient_line import PatientLine
from app.window.views.receipts import ReceiptDialog
from crypto_core.wire.content import RefusalReason

if TYPE_CHECKING:
    from app.interface.failures import Failure
    from app.interface.snapshots import MessageView, RecipientRow, SavedFile
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.patients import FilingHint
    from app.window.viewmodels.reading import Reading
    from app.window.viewmodels.standing import Standing
    from app.window.views.letter_actions import LetterActions
    from crypto_core.wire.ids import MessageId

MAX_COMMENT_LETTERS = 250
STEP_MILLISECONDS = 5
"""How long letters are made for before the window may paint again."""


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
        column.addWidget(Text(self.tr("Why do you refuse this letter?"), Role.HEAD, wraps=True))
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
        back_asked(): a narrow window is to show its list again.
        person_asked(AccountId): the page of somebody whose letters wait is wanted.
        document_asked(MessageView, int): the document of a letter is to be shown.
        trace_asked(MessageView): what was done with a letter and its documents is wanted.
    """

    person_asked = Signal(object)
    document_asked = Signal(object, int)
    trace_asked = Signal(object)
    back_asked = Signal()

    def __init__(
        self,
        reading: Reading,
        hint_: FilingHint,
        standing: Standing,
        actions: LetterActions,
        around: Surroundings,
    ) -> None:
        super().__init__()
        self._reading = reading
        self._standing = standing
        self._actions = actions
        self._around = around
        self.views: dict[MessageId, LetterView] = {}
        """The letters as shown. The newest is there at once, the others follow."""
        self._others = QTimer(self, interval=0)
        self._others.timeout.connect(self._add_others)
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.back = IconButton(Icon.BACK, self.tr("Back to the list"), around.theme)
        self.back.setToolTip(hint(self.tr("Back to the list"), Shortcut.BACK))
        self.back.clicked.connect(self.back_asked)
        self.refuse_action = QAction(self.tr("Refuse…"), self)
        self.refuse_action.setToolTip(self.tr("Tell the sender why this letter is not for you"))
        self.refuse_action.triggered.connect(lambda _=False: self._ask_refusal())
        self.trace_action = QAction(self.tr("Who has read it, and its documents"), self)
        self.trace_action.triggered.connect(lambda _=False: self._ask_trace())
        self.bar = self._make_bar(actions)
        self.refusal = RefusalPanel(around)
        self.refusal.decided.connect(self._refuse)
        self._subject = Text("", Role.TITLE, wraps=True, is_selectable=True)
        self.patient = PatientLine(reading, hint_, around)
        self.banner = Banner()
        self.look = PrimaryButton(self.tr("Look at it…"))
        self.look.clicked.connect(self._look)
        self.changed = Banner(self.look)
        self._pile = QWidget()
        self._letters = self._begin_pile()
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
        reading.not_called_back.connect(self._failed)
        self._opened()
        self._show()
        self.patient.refresh()

    @property
    def can_reply(self) -> bool:
        """Whether there is a letter to answer."""
        return self.reply.isEnabled()

    def set_back(self, *, is_shown: bool) -> None:
        """Offer the way back, or not."""
        self.back.setVisible(is_shown)
        self.bar.arrange()

    def _make_bar(self, actions: LetterActions) -> ActionBar:
        bar = ActionBar(self._around, self.back)
        self.reply = bar.add_primary(actions.reply)
        bar.add(actions.reply_all, rank=3)
        bar.add(actions.forward, rank=7)
        bar.add(actions.filed, rank=2)
        bar.add_stretch()
        bar.add_icon(actions.flag, Icon.FLAG, rank=4)
        bar.add_icon(actions.archive, Icon.ARCHIVE, rank=5)
        bar.add_icon(actions.remove, Icon.REMOVE, rank=6)
        self.refuse = bar.add_link(self.refuse_action, rank=1)
        for action in (actions.unread, actions.file_under, actions.print, self.trace_action):
            bar.add_to_menu(action)
        bar.finish()
        return bar

    def _lay_out(self) -> None:
        bar = QWidget()
        bar.setMinimumHeight(self._around.theme.space(HEADER_HEIGHT) - 1)
        row = QHBoxLayout(bar)
        row.setContentsMargins(24, 8, 8, 8)
        row.addWidget(self.bar)
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
        content.addWidget(self.patient)
        content.addWidget(self._pile)
        content.addWidget(self.older)
        content.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(Rule())
        column.addWidget(self.column, 1)

    def _begin_pile(self) -> QVBoxLayout:
        letters = QVBoxLayout(self._pile)
        letters.setContentsMargins(0, 0, 0, 0)
        letters.setSpacing(24)
        return letters

    def _opened(self) -> None:
        self._others.stop()
        for view in self.views.values():
            view.forget()
        self.views.clear()
        # The whole pile at once: taking its letters out one by one would have each of them styled anew.
        old, self._pile = self._pile, QWidget()
        self._letters = self._begin_pile()
        self.column.content.replaceWidget(old, self._pile)
        old.hide()
        old.deleteLater()
        row = self._reading.row
        self._subject.setText("" if row is None else row.subject or self._around.words.no_subject())
        self.refusal.hide()
        self.refusal.comment.clear()
        self.banner.silence()
        self.changed.silence()
        self.refuse_action.setVisible(False)
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
            shown = self.views.get(letter.message)
            if shown is not None:
                shown.update_letter(letter, self._reading.refused.get(letter.message))
                shown.set_foldable(is_foldable=position > 0)
        if letters:
            newest = letters[0]
            if newest.message not in self.views:
                self._add(newest, 0)
            self.views[newest.message].set_folded(is_folded=False)
            is_received = newest.direction is Direction.RECEIVED
            text = self.tr("Reply") if is_received else self.tr("Write again")
            self._actions.reply.setText(text)
            self._actions.reply.setToolTip(hint(text, Shortcut.REPLY))
        self.refuse_action.setVisible(self._refusable() is not None)
        self._show_waiting()
        self.older.setVisible(False)
        self._others.start()

    def _add_others(self) -> None:
        """Add the letters below the newest, for a moment; the window answers before the next ones."""
        until = QDeadlineTimer(STEP_MILLISECONDS)
        for position, letter in enumerate(self._reading.letters):
            if letter.message not in self.views:
                if until.hasExpired():
                    return
                self._add(letter, position)
        self._others.stop()
        self.older.setVisible(self._reading.has_older)

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
        view.open_asked.connect(lambda index: self.document_asked.emit(letter, index))
        view.receipts_asked.connect(lambda: self._show_receipts(message))
        view.call_back_asked.connect(lambda: self._reading.call_back(message))
        view.send_now_asked.connect(lambda: self._reading.send_now(message))
        view.set_foldable(is_foldable=position > 0)
        self.views[message] = view
        self._letters.insertWidget(position, view)
        if not view.is_folded:
            self._reading.look_at(message)
        return view

    def _refusable(self) -> MessageView | None:
        """Return the newest received letter, unless it was refused already, does not open, or is a program's."""
        status = self._standing.status
        own = None if status is None else status.account
        for letter in self._reading.letters:
            if letter.direction is Direction.RECEIVED and not letter.is_imported:
                is_refused = any(
                    row.account == own and row.state is DeliveryState.REFUSED
                    for row in letter.recipients
                )
                is_refused = is_refused or letter.message in self._reading.refused
                cannot = is_refused or letter.problem is Problem.CANNOT_OPEN or letter.is_automatic
                return None if cannot else letter
        return None

    def _ask_trace(self) -> None:
        if self._reading.letters:
            self.trace_asked.emit(self._reading.letters[0])

    def take_over(self, before: ReadingPane) -> None:
        """Have what was half typed where another pane stood."""
        self.refusal.comment.setText(before.refusal.comment.text())
        self.refusal.setHidden(before.refusal.isHidden())

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
            self.views[message].body.documents[index].tell_progress(done, total)

    def _saved(self, message: MessageId, index: int, saved: SavedFile) -> None:
        if message in self.views:
            self.views[message].body.documents[index].tell_saved(saved)

    def _save_failed(self, message: MessageId, index: int, failure: Failure, detail: str) -> None:
        if message in self.views:
            self.views[message].body.documents[index].tell_failed(failure, detail)
