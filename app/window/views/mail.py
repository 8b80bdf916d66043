# SPDX-License-Identifier: AGPL-3.0-or-later
"""The mail page: navigation, list and content side by side, or folded in a narrow window."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.interface.snapshots import Direction, Place
from app.window.theme.tokens import LIST_WIDTH, NARROW_BELOW
from app.window.viewmodels.composer import Addressee, Draft
from app.window.views.alarms import AlarmStrip
from app.window.views.components.buttons import PrimaryButton
from app.window.views.components.layouts import EmptyState
from app.window.views.components.texts import Rule
from app.window.views.composer import ComposerPane
from app.window.views.computers import ComputersSection
from app.window.views.connection import ConnectionDialog
from app.window.views.contacts import ContactListPane, ContactsPane
from app.window.views.conversation_list import ConversationPane
from app.window.views.navigation import Destination, Navigation
from app.window.views.reading import ReadingPane
from app.window.views.recovery import RecoverySection
from app.window.views.reminders import ReminderStrip
from app.window.views.sessions import SessionsDialog
from app.window.views.settings import Section
from app.window.views.sign_in import SignInDialog, SignInStrip
from app.window.views.ways_in import WaysIn

if TYPE_CHECKING:
    from PySide6.QtCore import QByteArray, QEvent
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QMenu

    from app.interface.snapshots import ContactRow, ConversationRow, MessageView
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.mailbox import Mailbox
    from crypto_core.wire.ids import AccountId

_PLACES: Final = {
    Destination.INBOX: Place.INBOX,
    Destination.SENT: Place.SENT,
    Destination.OUTBOX: Place.OUTBOX,
}


class Focus(Enum):
    """What a narrow window shows: it has room for one of the two."""

    LIST = auto()
    CONTENT = auto()


class MailPage(QWidget):
    """Puts the panes together and leads from one to the other.

    Signals:
        recovery_asked(): the settings about kit and backups are wanted.
        computers_asked(): the settings about the owner's computers are wanted.
    """

    recovery_asked = Signal()
    computers_asked = Signal()

    def __init__(self, mailbox: Mailbox, around: Surroundings, menu: QMenu) -> None:
        super().__init__()
        self._mailbox = mailbox
        self._around = around
        self._focus = Focus.LIST
        self._is_narrow = False
        self._waiting_draft: Draft | None = None
        self.destination = Destination.INBOX
        self.navigation = Navigation(mailbox.standing, mailbox.contacts, around, menu)
        self.alarms = AlarmStrip(mailbox.standing, mailbox.contacts, around)
        self.sign_in_strip = SignInStrip(mailbox.access, mailbox.second_factor)
        self.reminders = ReminderStrip(mailbox.standing, around)
        self.conversations = ConversationPane(mailbox.conversations, around)
        self.contact_list = ContactListPane(mailbox.contacts, around)
        self.lists = QStackedWidget()
        self.lists.addWidget(self.conversations)
        self.lists.addWidget(self.contact_list)
        self.begin = PrimaryButton(self.tr("Find a correspondent"))
        self.nothing = EmptyState("", "", self.begin)
        self.reading = ReadingPane(mailbox.reading, mailbox.standing, around)
        self.composer = ComposerPane(mailbox.composer, mailbox.contacts, around)
        self.people = ContactsPane(mailbox.contacts, mailbox.acquaintance, mailbox.standing, around)
        self.content = QStackedWidget()
        for pane in (self.nothing, self.reading, self.composer, self.people):
            self.content.addWidget(pane)
        self._lay_out()
        self._connect()
        self.navigation.point_at(Destination.INBOX)
        self._apply_width()

    # What the window and its keys ask

    def appear(self) -> None:
        """Begin with the inbox, or with the letter that an interruption left unsent."""
        self.go(Destination.INBOX)
        if self._mailbox.composer.draft.is_worth_keeping:
            self.write()
        else:
            self.conversations.list.setFocus()

    def resume(self, destination: Destination, *, is_writing: bool) -> None:
        """Show what another window showed that had the same view models."""
        self.destination = destination
        self.navigation.point_at(destination)
        if destination is Destination.CONTACTS:
            self.lists.setCurrentWidget(self.contact_list)
            self.content.setCurrentWidget(self.people)
        else:
            self.conversations.show_place(_PLACES[destination])
        self.conversations.list.setFocus()
        if is_writing:
            self._show_composer()
        elif self._mailbox.reading.row is not None:
            self.content.setCurrentWidget(self.reading)
            position = self._mailbox.conversations.row_of(self._mailbox.reading.row.conversation)
            if position is not None:
                self.conversations.point_at(position)
            self._fold(Focus.CONTENT)

    def go(self, destination: Destination) -> None:
        """Show a place."""
        self.destination = destination
        self.navigation.point_at(destination)
        if destination is Destination.CONTACTS:
            self.lists.setCurrentWidget(self.contact_list)
            self.content.setCurrentWidget(self.people)
            self.contact_list.list.setFocus()
        else:
            self.lists.setCurrentWidget(self.conversations)
            self.conversations.show_place(_PLACES[destination])
            self._mailbox.reading.close()
            self.content.setCurrentWidget(self.nothing)
        self._fold(Focus.LIST)

    def write(self) -> None:
        """Begin a letter, or go on with the one that was begun."""
        if not self._mailbox.composer.is_open:
            self._mailbox.composer.begin()
        self._show_composer()

    def write_to(self, draft: Draft) -> None:
        """Begin a letter, and ask first when another one would be lost."""
        composer = self._mailbox.composer
        if composer.is_open and composer.draft.is_worth_keeping:
            self._waiting_draft = draft
            self._show_composer()
            self.composer.ask_to_replace()
            return
        composer.begin(draft)
        self._show_composer()

    def reply(self) -> None:
        """Answer the letter that is open, if one is."""
        if self.content.currentWidget() is self.reading and self.reading.can_reply:
            self._reply(self._mailbox.reading.letters[0])

    def step_back(self) -> None:
        """Go one step out: from the refusal, the content, the composer."""
        current = self.content.currentWidget()
        if current is self.reading and not self.reading.refusal.isHidden():
            self.reading.refusal.hide()
        elif current is self.composer:
            if not self._mailbox.composer.draft.is_worth_keeping:
                self._mailbox.composer.discard()
            self._leave_composer()
        else:
            self._to_list()

    def forget(self) -> None:
        """Show nothing of the mailbox any more; the models are empty already."""
        self._waiting_draft = None
        self.reminders.forget()
        self.conversations.list.forget()
        self.people.forget()
        self.content.setCurrentWidget(self.nothing)
        for dialog in self.findChildren(QDialog):
            dialog.close()

    def show_connection(self) -> None:
        """Show the facts about the connection."""
        ConnectionDialog(self._mailbox.standing, self._around, self).open()

    def sections(self) -> tuple[Section, ...]:
        """Return what the settings show of an open mailbox."""
        mailbox, around = self._mailbox, self._around
        ways_in = WaysIn(
            mailbox.factors,
            mailbox.passphrase_change,
            around,
            show_sessions=self.show_sessions,
        )
        computers = ComputersSection(mailbox.computers, around)
        recovery = RecoverySection(mailbox.paper_kit, mailbox.backups, around)
        return (
            Section(name=self.tr("Signing in"), page=ways_in, forget=ways_in.forget),
            Section(name=self.tr("My computers"), page=computers, forget=computers.forget),
            Section(name=self.tr("Backups"), page=recovery, forget=recovery.forget),
        )

    def show_sessions(self) -> None:
        """Show where the account is signed in."""
        SessionsDialog(self._mailbox.access, self._around, self).open()

    def sign_in(self) -> None:
        """Ask for passphrase and code, beside the mail: one can go on reading and writing."""
        dialog = self.findChild(SignInDialog) or SignInDialog(
            self._mailbox.access, self._around, self
        )
        dialog.show()
        dialog.activateWindow()

    def splitter_state(self) -> QByteArray:
        """Return how wide the list is."""
        return self._splitter.saveState()

    def restore_splitter(self, state: QByteArray) -> None:
        """Make the list as wide as it was; an empty state says nothing."""
        self._splitter.restoreState(state)

    @property
    def is_narrow(self) -> bool:
        """Whether list and content take turns."""
        return self._is_narrow

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold or unfold the list."""
        super().resizeEvent(event)
        self._apply_width()

    def changeEvent(self, event: QEvent) -> None:
        """A letter is read only while the window is the active one."""
        super().changeEvent(event)
        if event.type() == event.Type.ActivationChange:
            self._watch_attention()

    # The way between the panes

    def _lay_out(self) -> None:
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self.lists)
        self._splitter.addWidget(self.content)
        self._splitter.setStretchFactor(0, 0)
        self._splitter.setStretchFactor(1, 1)
        width = self._around.theme.space(LIST_WIDTH)
        self._splitter.setSizes([width, 3 * width])
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.alarms)
        right.addWidget(self.sign_in_strip)
        right.addWidget(self.reminders)
        right.addWidget(self._splitter, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.navigation)
        row.addWidget(Rule(is_vertical=True))
        row.addLayout(right, 1)

    def _connect(self) -> None:
        self.navigation.chosen.connect(self.go)
        self.navigation.connection_asked.connect(self.show_connection)
        self.sign_in_strip.sign_in_asked.connect(self.sign_in)
        self.conversations.write_asked.connect(self.write)
        self.conversations.list.chosen.connect(self._open_beside)
        self.conversations.list.entered_line.connect(self._open)
        self.reading.reply_asked.connect(self._reply)
        self.reading.back_asked.connect(self._to_list)
        self.reading.person_asked.connect(self.show_account)
        self.composer.person_asked.connect(self.show_account)
        self.composer.comparison_asked.connect(
            lambda account: self.show_account(account, is_comparing=True)
        )
        self.reminders.kit_asked.connect(lambda _=None: self._mailbox.paper_kit.show())
        self.reminders.recovery_asked.connect(self.recovery_asked)
        self.alarms.computers_asked.connect(self.computers_asked)
        self.alarms.person_asked.connect(self.show_account)
        # What they are about can change with any of these.
        for news in (self._mailbox.access.changed, self._mailbox.second_factor.changed):
            news.connect(self._make_way)
        self._make_way()
        self.composer.back_asked.connect(self._leave_composer)
        self.composer.closed.connect(self._leave_composer)
        self.composer.replaced.connect(self._begin_waiting)
        self.begin.clicked.connect(self._find_someone)
        self._mailbox.contacts.changed.connect(self._show_nothing)
        self.contact_list.add_asked.connect(self._show_directory)
        self.contact_list.list.chosen.connect(self._show_person)
        self.people.back_asked.connect(self._to_list)
        self.people.person.write_asked.connect(self._write_to_person)
        self._mailbox.composer.begun.connect(self._show_draft)
        self._mailbox.composer.restored.connect(self._show_restored)
        self._show_draft()
        self._show_nothing()

    def _open_beside(self, row: ConversationRow) -> None:
        """Open without taking the keyboard from the list; a narrow window waits for Enter."""
        if not self._is_narrow:
            self._mailbox.reading.open(row)
            self.content.setCurrentWidget(self.reading)
            self._watch_attention()

    def _open(self, row: ConversationRow) -> None:
        self._mailbox.reading.open(row)
        self.content.setCurrentWidget(self.reading)
        self._fold(Focus.CONTENT)
        self._watch_attention()
        if self._is_narrow:
            self.reading.back.setFocus()

    def _reply(self, letter: MessageView) -> None:
        if letter.direction is Direction.RECEIVED:
            to: tuple[Addressee, ...] = (
                Addressee(
                    account=letter.sender,
                    name=letter.sender_name,
                    profession=letter.sender_profession,
                ),
            )
        else:
            to = tuple(
                Addressee(account=row.account, name=row.name, profession=row.profession)
                for row in letter.recipients
            )
        subject = self._around.words.reply_subject(letter.subject)
        self.write_to(
            Draft(
                to=to,
                subject=subject,
                in_reply_to=letter.message,
                given_subject=subject,
                given_to=to,
            )
        )

    def _write_to_person(self, row: ContactRow) -> None:
        to = (Addressee(account=row.account, name=row.name, profession=row.profession),)
        self.write_to(Draft(to=to, given_to=to))

    def _begin_waiting(self) -> None:
        draft, self._waiting_draft = self._waiting_draft, None
        self._mailbox.composer.begin(draft)
        self._show_composer()

    def _show_composer(self) -> None:
        if self.destination is Destination.CONTACTS:
            self.go(Destination.INBOX)
        self._mailbox.reading.look_away()
        self.content.setCurrentWidget(self.composer)
        self._fold(Focus.CONTENT)
        self.composer.appear()

    def _leave_composer(self) -> None:
        is_reading = self._mailbox.reading.row is not None
        self.content.setCurrentWidget(self.reading if is_reading else self.nothing)
        if not is_reading or self._is_narrow:
            self._to_list()
        self._watch_attention()

    def _show_person(self, row: ContactRow) -> None:
        self.people.show_person(row)
        self._fold(Focus.CONTENT)
        if self._is_narrow:
            self.people.back.setFocus()

    def show_account(self, account: AccountId, *, is_comparing: bool = False) -> None:
        """Show a correspondent's page, with the words to compare if they are wanted."""
        everyone = self._mailbox.contacts.everyone
        place = everyone.row_of(account)
        if place is None:
            return
        self.go(Destination.CONTACTS)
        self.contact_list.list.setCurrentIndex(everyone.index(place))
        self._show_person(everyone.contact_at(place))
        if is_comparing:
            self.people.person.trust.ask_to_compare()

    def _make_way(self) -> None:
        self.reminders.yield_to(is_other_shown=not self.sign_in_strip.banner.isHidden())

    def _show_directory(self) -> None:
        self.people.show_directory()
        self._fold(Focus.CONTENT)
        self.people.directory.appear()

    def _to_list(self) -> None:
        self._fold(Focus.LIST)
        if self.destination is Destination.CONTACTS:
            self.contact_list.list.setFocus()
        else:
            self.conversations.list.setFocus()

    def _show_draft(self) -> None:
        self.conversations.show_draft(has_draft=self._mailbox.composer.draft.is_worth_keeping)

    def _show_restored(self) -> None:
        """Go on with the letter that a lock interrupted, unless the person is at something else already."""
        if self.content.currentWidget() is self.nothing and self.destination is Destination.INBOX:
            self._show_composer()

    def _watch_attention(self) -> None:
        is_seen = self.isActiveWindow() and self.content.currentWidget() is self.reading
        if is_seen:
            self._mailbox.reading.look_again()
        else:
            self._mailbox.reading.look_away()

    def _find_someone(self) -> None:
        self.go(Destination.CONTACTS)
        self._show_directory()

    def _show_nothing(self) -> None:
        """Say what one can do: nobody can be written to without a correspondent."""
        contacts = self._mailbox.contacts
        is_alone = contacts.is_loaded and not contacts.everyone.rowCount()
        self.begin.setVisible(is_alone)
        if is_alone:
            self.nothing.say(
                self.tr("Begin with a correspondent"),
                self.tr("You can write to each other as soon as they accept."),
            )
        else:
            self.nothing.say(
                self.tr("No letter open"),
                self.tr("Choose one in the list, or write a new one with Ctrl+N."),
            )

    # Width

    def _apply_width(self) -> None:
        self._is_narrow = self.width() < self._around.theme.space(NARROW_BELOW)
        for back in (self.reading.back, self.composer.back):
            back.setVisible(self._is_narrow)
        self.people.set_narrow(is_narrow=self._is_narrow)
        self._fold(self._focus)

    def _fold(self, focus: Focus) -> None:
        self._focus = focus
        self.lists.setVisible(not self._is_narrow or focus is Focus.LIST)
        self.content.setVisible(not self._is_narrow or focus is Focus.CONTENT)
        self._show_draft()
