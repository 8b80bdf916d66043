# SPDX-License-Identifier: AGPL-3.0-or-later
"""The mail page: navigation, list and content side by side, or folded in a narrow window."""

from __future__ import annotations

from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QMenu,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.interface.commands import ShowConversation
from app.interface.documents import DocumentSource
from app.interface.organising import Act
from app.interface.snapshots import Direction, DraftRecipient, Place
from app.window.files import whether_all
from app.window.shortcuts import Shortcut, ShortcutNames, keys
from app.window.theme.tokens import LIST_WIDTH, NARROW_BELOW
from app.window.viewmodels.acts import TAKES_AWAY, filed_under
from app.window.viewmodels.beginning import Beginning, answer, passed_on, people_of
from app.window.viewmodels.conversations import ROW_ROLE
from app.window.viewmodels.erasing import Erasing
from app.window.viewmodels.session import Screen
from app.window.viewmodels.viewer import Viewer
from app.window.views.absence import AbsenceSection, AwayStrip
from app.window.views.alarms import AlarmStrip
from app.window.views.chosen import ChosenPane, ChosenStrip
from app.window.views.components.buttons import PrimaryButton
from app.window.views.components.layouts import EmptyState
from app.window.views.components.texts import Rule
from app.window.views.composer import ComposerPane
from app.window.views.computers import ComputersSection
from app.window.views.connection import ConnectionDialog
from app.window.views.contacts import ContactListPane, ContactsPane
from app.window.views.conversation_list import ConversationPane
from app.window.views.document_window import DocumentWindow
from app.window.views.erasing import ErasureDialog
from app.window.views.filing import Filing
from app.window.views.importing import ImportSection, holds_mail, is_mail_export
from app.window.views.journal import JournalPane, ProofPane
from app.window.views.letter_actions import LetterActions
from app.window.views.navigation import SHORTCUTS, Destination, Navigation
from app.window.views.patients import PatientListPane, PatientPane, full_name
from app.window.views.practice_software import PracticeSoftwareSection
from app.window.views.reading import ReadingPane
from app.window.views.recovery import RecoverySection
from app.window.views.reminders import ReminderStrip
from app.window.views.search import SearchPane
from app.window.views.sessions import SessionsDialog
from app.window.views.settings import Section
from app.window.views.sign_in import SignInDialog, SignInStrip
from app.window.views.undo import UndoBar
from app.window.views.unsent import DraftsPane, QueuePane
from app.window.views.ways_in import WaysIn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QByteArray, QPoint
    from PySide6.QtGui import (
        QDragEnterEvent,
        QDropEvent,
        QHideEvent,
        QResizeEvent,
        QShowEvent,
    )

    from app.interface.failures import Failure
    from app.interface.journal import JournalRow
    from app.interface.patients import PatientRow
    from app.interface.searching import Hit
    from app.interface.snapshots import ContactRow, ConversationRow, MessageView, PatientTag
    from app.interface.writing import DraftDocument, DraftId, DraftView
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.mailbox import Mailbox
    from app.window.views.components.banners import Banner
    from app.window.views.conversation_list import MailList
    from crypto_core.wire.ids import AccountId, ConversationId

PLACES: Final = {
    Destination.INBOX: Place.INBOX,
    Destination.TO_DO: Place.TO_DO,
    Destination.SENT: Place.SENT,
    Destination.ARCHIVE: Place.ARCHIVE,
}

_DROPPED: Final = {
    Destination.INBOX: Act.UNARCHIVE,
    Destination.TO_DO: Act.FLAG,
    Destination.ARCHIVE: Act.ARCHIVE,
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
        absence_asked(): the settings about absences are wanted.
        import_asked(): letters of another mail program were dropped; the settings about these are wanted.
    """

    recovery_asked = Signal()
    computers_asked = Signal()
    absence_asked = Signal()
    import_asked = Signal()

    def __init__(self, mailbox: Mailbox, around: Surroundings, menu: QMenu) -> None:
        super().__init__()
        self._mailbox = mailbox
        self._around = around
        self._focus = Focus.LIST
        self.setAcceptDrops(True)
        self._is_narrow = False
        self.destination = Destination.INBOX
        self.actions_of_letters = LetterActions(self, self._act)
        self.letter_menu = QMenu(self)
        self.letter_menu.setAccessibleName(self.tr("Letter"))
        self.alarms = AlarmStrip(mailbox.standing, mailbox.contacts, around)
        self.sign_in_strip = SignInStrip(mailbox.access, mailbox.second_factor)
        self.away = AwayStrip(mailbox.standing, mailbox.absence, around)
        self.reminders = ReminderStrip(mailbox.standing, around)
        self.conversations = ConversationPane(mailbox.conversations, around)
        self.contact_list = ContactListPane(mailbox.contacts, around)
        self.patient_list = PatientListPane(mailbox.patients, around)
        self.drafts = DraftsPane(mailbox.drafts, around)
        self.queue = QueuePane(mailbox.queue, mailbox.conversations, mailbox.standing, around)
        self.search = SearchPane(
            mailbox.finder, mailbox.contacts, mailbox.patients.list, mailbox.own, around
        )
        self.journal = JournalPane(mailbox.journal, mailbox.contacts, mailbox.patients.list, around)
        self.panes: dict[Destination, QWidget] = {
            **dict.fromkeys(PLACES, self.conversations),
            Destination.DRAFTS: self.drafts,
            Destination.OUTBOX: self.queue,
            Destination.PATIENTS: self.patient_list,
            Destination.CONTACTS: self.contact_list,
            Destination.SEARCH: self.search,
            Destination.JOURNAL: self.journal,
        }
        """The list of each place; a place without one is not in the navigation."""
        self.navigation = Navigation(
            mailbox.standing,
            mailbox.contacts,
            mailbox.places,
            around,
            menu,
            mailbox.own,
            destinations=self.panes,
        )
        self.lists = QStackedWidget()
        for pane in dict.fromkeys(self.panes.values()):
            self.lists.addWidget(pane)
        self.begin = PrimaryButton(self.tr("Find a correspondent"))
        self.nothing = EmptyState("", "", self.begin)
        self.reading = ReadingPane(
            mailbox.reading, mailbox.hint, mailbox.standing, self.actions_of_letters, around
        )
        self.several = ChosenPane(self.actions_of_letters, around)
        self.chosen_strip = ChosenStrip(self.actions_of_letters, around)
        self.conversations.add_strip(self.chosen_strip)
        self.composer = ComposerPane(
            mailbox.composer,
            mailbox.previews,
            mailbox.contacts,
            mailbox.patients,
            mailbox.stationery,
            mailbox.standing,
            mailbox.own,
            around,
        )
        self.people = ContactsPane(mailbox.contacts, mailbox.acquaintance, mailbox.standing, around)
        self.patient = PatientPane(
            mailbox.patients, mailbox.filed, mailbox.rights, mailbox.contacts, around
        )
        self.proof = ProofPane(mailbox.journal, around)
        self.content = QStackedWidget()
        for pane in (
            self.nothing,
            self.reading,
            self.several,
            self.composer,
            self.people,
            self.patient,
            self.proof,
        ):
            self.content.addWidget(pane)
        self.filing = Filing(mailbox.acts, mailbox.patients, around, self)
        self._lay_out()
        self.undo_bar = UndoBar(
            mailbox.acts, around, self, beside=self.navigation, above=self.composer.send
        )
        self._make_actions()
        self._connect()
        self._connect_letters()
        self._connect_patients()
        self.navigation.point_at(Destination.INBOX)
        self._apply_width()

    # What the window and its keys ask

    def appear(self) -> None:
        """Begin with the inbox, or with the letter that an interruption left unsent."""
        self.go(Destination.INBOX)
        if self._mailbox.composer.is_worth_keeping:
            self.write()
        else:
            self.conversations.list.setFocus()

    def resume(self, destination: Destination, *, is_writing: bool) -> None:
        """Show what another window showed that had the same view models."""
        self.destination = destination
        self.navigation.point_at(destination)
        self.lists.setCurrentWidget(self.panes[destination])
        if destination is Destination.CONTACTS:
            self.content.setCurrentWidget(self.people)
        elif destination in PLACES:
            self.conversations.show_place(PLACES[destination])
        self.conversations.list.setFocus()
        if is_writing:
            self._show_composer()
        elif self._mailbox.reading.row is not None:
            self.content.setCurrentWidget(self.reading)
            position = self._mailbox.conversations.row_of(self._mailbox.reading.row.conversation)
            if position is not None:
                self.conversations.point_at(position)
            self._fold(Focus.CONTENT)
        self._mean()

    def take_over(self, before: MailPage) -> None:
        """Have what was only half typed on a page in whose place this one stands."""
        self.composer.take_over(before.composer)
        self.reading.take_over(before.reading)
        self.people.directory.query.setText(before.people.directory.query.text())

    def go(self, destination: Destination) -> None:
        """Show a place."""
        if destination not in self.panes:
            return
        self.destination = destination
        self.navigation.point_at(destination)
        self.lists.setCurrentWidget(self.panes[destination])
        self._mailbox.reading.close()
        if destination is Destination.CONTACTS:
            self.content.setCurrentWidget(self.people)
            self.contact_list.list.setFocus()
        elif destination is Destination.PATIENTS:
            self.content.setCurrentWidget(self.patient if self.patient.row else self.nothing)
            self.patient_list.search.query.setFocus()
        else:
            if destination is Destination.SEARCH:
                self.search.appear()
            if destination is Destination.JOURNAL:
                self.journal.appear()
            if destination in PLACES:
                self.conversations.list.clearSelection()
                self.conversations.show_place(PLACES[destination])
            elif destination is Destination.DRAFTS:
                self._mailbox.drafts.refresh()
                self.drafts.list.setFocus()
            else:
                # What keeps a letter here is known to the list of its conversations.
                self._mailbox.conversations.show_place(Place.OUTBOX)
            self.content.setCurrentWidget(self.nothing)
        self._mailbox.queue.watch(is_watched=destination is Destination.OUTBOX)
        self._mailbox.journal.watch(is_watched=destination is Destination.JOURNAL)
        self._show_nothing()
        self._fold(Focus.LIST)
        self._mean()

    def reply(self) -> None:
        """Answer the letter that is open, if one is."""
        self.actions_of_letters.reply.trigger()

    def step_back(self) -> None:
        """Go one step out: from the refusal, the content, the composer."""
        current = self.content.currentWidget()
        if current is self.reading and not self.reading.refusal.isHidden():
            self.reading.refusal.hide()
        elif current is self.several:
            self._choose_one()
        elif current is self.composer:
            self._mailbox.composer.leave()
            self._leave_composer()
        elif current is self.reading and self.destination is Destination.PATIENTS:
            self._back_to_patient()
        elif current is self.reading and self.destination is Destination.JOURNAL:
            self._back_to_proof()
        elif self.destination is Destination.SEARCH and self._shows_list():
            self.search.step_back()
        else:
            self._to_list()

    def _shows_list(self) -> bool:
        """Whether the list is what somebody looks at: the letter is closed, or the keyboard is not in it."""
        if self._is_narrow:
            return self._focus is Focus.LIST
        in_use = QApplication.focusWidget()
        return in_use is None or not self.content.isAncestorOf(in_use)

    def forget(self) -> None:
        """Show nothing of the mailbox any more; the models are empty already."""
        self.reminders.forget()
        self.conversations.list.forget()
        self.patient.forget()
        self.patient_list.search.forget()
        self.people.forget()
        self.proof.forget()
        self.content.setCurrentWidget(self.nothing)
        for dialog in self.findChildren(QDialog):
            # Closing may ask first; nobody is asked here.
            dialog.done(QDialog.DialogCode.Rejected)
        self._mean()

    def show_document(self, letter: MessageView, index: int) -> None:
        """Show a document of a letter in a window beside this one."""
        source = DocumentSource(message=letter.message, index=index)
        self._show_in_window(source, letter.attachments[index].name)

    def show_draft_document(self, draft: DraftId, document: DraftDocument) -> None:
        """Show a document before it is sent, in a window beside this one."""
        self._show_in_window(DocumentSource(draft=draft, document=document.document), document.name)

    def _show_in_window(self, source: DocumentSource, name: str) -> None:
        """Show a document; one that is open comes to the front, also after a double click."""
        for window in self.findChildren(DocumentWindow):
            if window.source == source and window.isVisible():
                window.raise_()
                window.activateWindow()
                return
        viewer = Viewer(self._mailbox.bridge, source)
        DocumentWindow(viewer, name, self._around, self).show()

    def _open_hit(self, hit: Hit) -> None:
        """Open the conversation of a letter that was found."""
        self._open_conversation(
            hit.conversation,
            Destination.SEARCH,
            self.search.banner,
            if_gone=self._mailbox.finder.refresh,
        )

    def _open_conversation(
        self,
        conversation: ConversationId,
        destination: Destination,
        banner: Banner,
        *,
        if_gone: Callable[[], None] = lambda: None,
    ) -> None:
        """Open a conversation that another place than the lists of letters names."""

        def show(row: ConversationRow) -> None:
            if self.destination is destination:
                self._mailbox.reading.open(row)
                self.content.setCurrentWidget(self.reading)
                self._fold(Focus.CONTENT)
                self._mean()
                if self._is_narrow:
                    self.reading.back.setFocus()

        def fail(failure: Failure, detail: str) -> None:
            banner.explain(self._around.errors.failure(failure, detail))
            if_gone()

        command = ShowConversation(conversation=conversation)
        self._mailbox.bridge.request(self, command, show, fail)

    def _trace(self, letter: MessageView) -> None:
        """Show what was done with a letter and its documents, by whom and where."""
        self.go(Destination.JOURNAL)
        self.journal.trace(letter.message, letter.subject)

    def _show_proof_beside(self, row: JournalRow) -> None:
        """Show the proof without taking the keyboard from the list; a narrow window waits for Enter."""
        if not self._is_narrow:
            self.proof.show_act(row)
            self.content.setCurrentWidget(self.proof)

    def _show_proof(self, row: JournalRow) -> None:
        self.proof.show_act(row)
        self.content.setCurrentWidget(self.proof)
        self._fold(Focus.CONTENT)
        if self._is_narrow:
            self.proof.back.setFocus()

    def _back_to_proof(self) -> None:
        self._mailbox.reading.close()
        self.content.setCurrentWidget(self.proof)
        self._fold(Focus.CONTENT)
        (self.proof.back if self._is_narrow else self.journal.list).setFocus()

    def _open_proven(self, conversation: ConversationId) -> None:
        self._open_conversation(conversation, Destination.JOURNAL, self.proof.banner)

    def show_connection(self) -> None:
        """Show the facts about the connection."""
        ConnectionDialog(self._mailbox.standing, self._around, self).open()

    def sections(self) -> tuple[Section, ...]:
        """Return what the settings show of an open mailbox."""
        mailbox, around = self._mailbox, self._around
        return (
            Section(
                name=self.tr("Signing in"),
                kind=WaysIn,
                make=lambda: WaysIn(
                    mailbox.factors,
                    mailbox.passphrase_change,
                    around,
                    show_sessions=self.show_sessions,
                ),
            ),
            Section(
                name=self.tr("My computers"),
                kind=ComputersSection,
                make=lambda: ComputersSection(mailbox.computers, around),
            ),
            Section(
                name=self.tr("Backups"),
                kind=RecoverySection,
                make=lambda: RecoverySection(mailbox.paper_kit, mailbox.backups, around),
            ),
            Section(
                name=self.tr("Practice software"),
                kind=PracticeSoftwareSection,
                make=lambda: PracticeSoftwareSection(mailbox.practice_software, around),
            ),
            Section(
                name=self.tr("Absence"),
                kind=AbsenceSection,
                make=lambda: AbsenceSection(mailbox.absence, mailbox.contacts, around),
            ),
            Section(
                name=self.tr("Other mail program"),
                kind=ImportSection,
                make=lambda: ImportSection(mailbox.importing, around),
            ),
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

    def hideEvent(self, event: QHideEvent) -> None:
        """What another account's page covers is not looked at."""
        super().hideEvent(event)
        self._mailbox.reading.look_away()

    def showEvent(self, event: QShowEvent) -> None:
        """Look again at what was open."""
        super().showEvent(event)
        self._watch_attention()

    # The parts

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
        right.addWidget(self.away)
        right.addWidget(self.reminders)
        right.addWidget(self._splitter, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.navigation)
        row.addWidget(Rule(is_vertical=True))
        row.addLayout(right, 1)

    def _make_actions(self) -> None:
        """Give places and undoing their keys."""
        names = ShortcutNames()
        self.place_actions: list[QAction] = []
        for destination, shortcut in SHORTCUTS.items():
            if destination in self.panes:
                action = self._action(names.name(shortcut), shortcut)
                action.triggered.connect(lambda _=False, to=destination: self.go(to))
                self.place_actions.append(action)
        self.undo = self._action(names.name(Shortcut.UNDO), Shortcut.UNDO)
        self.undo.triggered.connect(lambda _=False: self._mailbox.acts.undo())
        self._mailbox.acts.changed.connect(self._show_undoable)
        self._show_undoable()

    def _action(self, name: str, shortcut: Shortcut) -> QAction:
        action = QAction(name, self)
        action.setShortcut(keys(shortcut))
        action.setShortcutVisibleInContextMenu(True)
        self.addAction(action)
        return action

    def _connect(self) -> None:
        self.conversations.search_asked.connect(lambda: self.go(Destination.SEARCH))
        self.search.opened.connect(self._open_hit)
        self.search.left.connect(lambda: self.go(Destination.INBOX))
        self.journal.chosen.connect(self._show_proof_beside)
        self.journal.entered_line.connect(self._show_proof)
        self.proof.left.connect(self._to_list)
        self.proof.letter_asked.connect(self._open_proven)
        self.navigation.chosen.connect(self.go)
        self.navigation.dropped.connect(self._take_dropped)
        self.navigation.connection_asked.connect(self.show_connection)
        self.sign_in_strip.sign_in_asked.connect(self.sign_in)
        self.composer.person_asked.connect(self.show_account)
        self.composer.document_asked.connect(self.show_draft_document)
        self.composer.comparison_asked.connect(
            lambda account: self.show_account(account, is_comparing=True)
        )
        self.reminders.kit_asked.connect(lambda _=None: self._mailbox.paper_kit.show())
        self.reminders.recovery_asked.connect(self.recovery_asked)
        self.away.change_asked.connect(self.absence_asked)
        self.alarms.computers_asked.connect(self.computers_asked)
        self.alarms.person_asked.connect(self.show_account)
        # What they are about can change with any of these.
        for news in (
            self._mailbox.access.changed,
            self._mailbox.second_factor.changed,
            self._mailbox.standing.changed,
        ):
            news.connect(self._make_way)
        self._make_way()
        self.composer.back_asked.connect(self._leave_composer)
        self.composer.closed.connect(self._leave_composer)
        self.begin.clicked.connect(self._find_someone)
        self._mailbox.contacts.changed.connect(self._show_nothing)
        self.contact_list.add_asked.connect(self._show_directory)
        self.contact_list.list.chosen.connect(self._show_person)
        self.people.back_asked.connect(self._to_list)
        self.people.person.write_asked.connect(self._write_to_person)
        self._mailbox.composer.begun.connect(self._show_draft)
        self.drafts.write_asked.connect(self._write_another)
        self.drafts.opened.connect(self._go_on_with)
        self.queue.opened.connect(self._show_queued)
        self._mailbox.drafts.changed.connect(self._count_drafts)
        self._count_drafts()
        self._mailbox.queue.cancelled.connect(self._take_back)
        self._mailbox.composer.restored.connect(self._show_restored)
        self._show_draft()
        self._show_nothing()

    def _connect_letters(self) -> None:
        """Connect the lists of conversations, the reading pane, and what can be done there."""
        self.conversations.write_asked.connect(self.write)
        self.conversations.list.chosen.connect(self._open_beside)
        self.conversations.list.entered_line.connect(self._open)
        self.patient.list.entered_line.connect(self._open)
        for rows in (self.conversations.list, self.patient.list):
            rows.chosen_changed.connect(self._chosen_changed)
            rows.menu_asked.connect(self._show_menu)
            rows.act_asked.connect(self._act_on)
        self.reading.back_asked.connect(self.step_back)
        self.reading.person_asked.connect(self.show_account)
        self.reading.document_asked.connect(self.show_document)
        self.reading.trace_asked.connect(self._trace)
        actions = self.actions_of_letters
        actions.reply.triggered.connect(lambda _=False: self._answer(to_all=False))
        actions.reply_all.triggered.connect(lambda _=False: self._answer(to_all=True))
        actions.forward.triggered.connect(lambda _=False: self._forward())
        actions.file_under.triggered.connect(lambda _=False: self._choose_patient())
        actions.print.triggered.connect(lambda _=False: self._print())
        actions.erase.triggered.connect(lambda _=False: self._erase_letter())
        reading = self._mailbox.reading
        reading.called_back.connect(self._called_back)
        for news in (
            *(reading.opened, reading.letters_changed, reading.row_changed),
            reading.failed,
        ):
            news.connect(self._mean)
        self.content.currentChanged.connect(lambda _: self._mean())
        self._mailbox.acts.failed.connect(self._tell_failure)
        self._mean()

    def _connect_patients(self) -> None:
        line, patients = self.reading.patient, self._mailbox.patients
        line.file_asked.connect(lambda tag: self.filing.file(self.actions_of_letters.rows, tag))
        line.add_asked.connect(
            lambda tag: self.filing.add_and_file(self.actions_of_letters.rows, tag)
        )
        line.choose_asked.connect(lambda _=None: self._choose_patient())
        line.patient_asked.connect(self.show_patient)
        self.patient_list.add_asked.connect(self._add_patient)
        self.patient_list.list.chosen.connect(self._show_patient_beside)
        self.patient_list.list.entered_line.connect(self._show_patient)
        self.patient_list.list.dropped.connect(lambda tag, rows: self.filing.file(rows, tag))
        self.patient.back_asked.connect(self._to_list)
        self.patient.correct_asked.connect(self.filing.correct)
        self.patient.erase_asked.connect(self._erase_patient)
        self.patient.write_asked.connect(lambda tag: self.write_to(Beginning(patient=tag)))
        patients.removed.connect(self._patient_removed)
        patients.failed.connect(self._tell_failure)

    # Erasing for good

    def _erase_patient(self, row: PatientRow) -> None:
        erasing = Erasing(self._mailbox.bridge, patient=row.patient)
        erasing.erased.connect(lambda _: self._mailbox.patients.note_erased(row.patient))
        ErasureDialog(erasing, self._around, self, name=full_name(row)).open()

    def _erase_letter(self) -> None:
        letters = self._mailbox.reading.letters
        if letters:
            letter = letters[0]
            erasing = Erasing(self._mailbox.bridge, letter=letter.message)
            ErasureDialog(erasing, self._around, self, name=letter.subject).open()

    # Opening letters

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

    def _chosen_changed(self) -> None:
        rows = self._list.chosen_rows
        self._show_strip()
        if len(rows) > 1:
            self._mailbox.reading.look_away()
            self.several.show_count(len(rows))
            self.content.setCurrentWidget(self.several)
        elif self.content.currentWidget() is self.several:
            if rows and self.destination in PLACES and not self._is_narrow:
                self._open_beside(rows[0])
            else:
                self._leave_several()
        self._mean()

    def _show_strip(self) -> None:
        """Say above the list how many are chosen, where there is no room beside it."""
        self.chosen_strip.show_count(len(self._list.chosen_rows) if self._is_narrow else 0)

    def _leave_several(self) -> None:
        is_patient = self.destination is Destination.PATIENTS
        self.content.setCurrentWidget(self.patient if is_patient else self.nothing)

    def _choose_one(self) -> None:
        """Choose only the line in use, of several."""
        chosen = self._list.currentIndex()
        if chosen.isValid():
            one = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self._list.selectionModel().select(chosen, one)
        else:
            self._list.clearSelection()

    # What is done with letters

    @property
    def _list(self) -> MailList:
        """The list of conversations that is shown."""
        is_patient = self.destination is Destination.PATIENTS
        return self.patient.list if is_patient else self.conversations.list

    def _mean(self) -> None:
        """Let the actions mean what is shown now."""
        current = self.content.currentWidget()
        letters = self._mailbox.reading.letters
        rows: tuple[ConversationRow, ...] = ()
        letter: MessageView | None = None
        if current is self.reading:
            row = self._mailbox.reading.row
            # The same key twice puts away what one has seen, not what was only about to be shown.
            rows = () if row is None or self._mailbox.reading.is_coming else (row,)
            letter = letters[0] if letters else None
        elif current in {self.nothing, self.several, self.patient}:
            is_listed = self.destination in PLACES or current in {self.several, self.patient}
            rows = self._list.chosen_rows if is_listed else ()
        is_received = letter is not None and letter.direction is Direction.RECEIVED
        others = () if letter is None else people_of(letter, self._own)
        self.actions_of_letters.mean(
            rows,
            letter,
            can_answer_all=is_received and len(others) > 1,
            can_forward=self._can_forward,
        )

    @property
    def _own(self) -> AccountId | None:
        status = self._mailbox.standing.status
        return None if status is None else status.account

    def _act(self, act: Act) -> None:
        """Do something with what is meant, and go on with the next letter where it went away."""
        self._organise(self.actions_of_letters.rows, act)

    def _organise(self, rows: tuple[ConversationRow, ...], act: Act) -> None:
        position = self._position_of(rows)
        was_reading = self.content.currentWidget() in {self.reading, self.several}
        self._mailbox.acts.organise(rows, act)
        # Beside what was found or done there is no next conversation.
        puts_away = act is Act.MARK_UNREAD or (position is None and act in TAKES_AWAY)
        if puts_away and was_reading:
            self._close_letter()
        elif position is not None and self._position_of(rows) is None:
            self._move_on(position, was_reading=was_reading)
        self._mean()

    def _act_on(self, row: ConversationRow, act: Act) -> None:
        """Do something with one line, whichever is open."""
        if [each.conversation for each in self.actions_of_letters.rows] == [row.conversation]:
            self._organise((row,), act)
        else:
            self._mailbox.acts.organise((row,), act)

    def _position_of(self, rows: tuple[ConversationRow, ...]) -> int | None:
        """Return where the first of some conversations stands in the list, None when none is in it."""
        if self.destination in {Destination.SEARCH, Destination.JOURNAL}:
            return None
        model = self._list.conversations
        places = (model.row_of(row.conversation) for row in rows)
        return min((place for place in places if place is not None), default=None)

    def _move_on(self, position: int, *, was_reading: bool) -> None:
        """Point at the next conversation, and open it beside the list.

        Where it does not open, it is chosen only by who put lines of the list away: after a letter, the same key
        would put away one that nobody has looked at.
        """
        opens = self.destination in PLACES and not self._is_narrow
        following = self._list.move_on(position, chooses=opens or not was_reading)
        if self.destination is Destination.PATIENTS:
            self._back_to_patient()
        elif following is None or not opens:
            self._close_letter()
        else:
            self._mailbox.reading.open(following, is_asked=False)
            self.content.setCurrentWidget(self.reading)
            self._watch_attention()

    def _close_letter(self) -> None:
        self._mailbox.reading.close()
        if self.destination is Destination.PATIENTS:
            self._back_to_patient()
        elif self.destination is Destination.JOURNAL:
            self._back_to_proof()
        else:
            self.content.setCurrentWidget(self.nothing)
            self._to_list()

    def _show_menu(self, where: QPoint) -> None:
        self._mean()
        self.actions_of_letters.fill(self.letter_menu)
        if self.letter_menu.actions():
            self.letter_menu.popup(where)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files of this computer."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take letters over, or begin a letter with what was dropped."""
        event.acceptProposedAction()
        self.take_files([url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()])

    def take_files(self, paths: Sequence[str]) -> None:
        """Offer to take letters of another mail program over; what else it is goes into a new letter."""
        if paths:
            whether_all(
                lambda path: is_mail_export(path) or holds_mail(path),
                [Path(path) for path in paths],
                self,
                lambda is_mail: self._take(paths, is_mail=is_mail),
            )

    def _take(self, paths: Sequence[str], *, is_mail: bool) -> None:
        if self._mailbox.session.screen is not Screen.MAIL:
            # It was locked meanwhile.
            return
        if is_mail:
            self._mailbox.importing.choose(paths)
            self.import_asked.emit()
        else:
            self._write_another()
            self._mailbox.composer.add_files(paths)

    def _take_dropped(self, destination: Destination, rows: tuple[ConversationRow, ...]) -> None:
        if destination is Destination.PATIENTS:
            self.filing.choose(rows)
            return
        open_row = self._mailbox.reading.row
        position = self._position_of(rows)
        self._mailbox.acts.organise(rows, _DROPPED[destination])
        is_open = open_row is not None and self._position_of((open_row,)) is None
        if position is not None and is_open and self.destination in PLACES:
            self._close_letter()
        self._mean()

    def _show_undoable(self) -> None:
        self.undo.setEnabled(bool(self._mailbox.acts.undoables))

    def _print(self) -> None:
        """Print the newest letter of the open conversation."""
        # Printing is rare, and the start of the program does not wait for it.
        from app.window.views.letter_printing import LetterPaper  # noqa: PLC0415

        letter = self._mailbox.reading.letters[0]
        LetterPaper(self._around, self._own).ask(
            letter, self, lambda: self._mailbox.reading.count_as_read(letter.message)
        )

    def _tell_failure(self, failure: Failure, detail: str) -> None:
        """Say what was not done where one looks now."""
        is_reading = self.content.currentWidget() is self.reading
        banner = self.reading.banner if is_reading else self.conversations.banner
        banner.explain(self._around.errors.failure(failure, detail))

    # Patients

    def show_patient(self, tag: PatientTag) -> None:
        """Show the page of a patient."""
        self.go(Destination.PATIENTS)
        model = self._mailbox.patients.list
        position = None if tag.patient is None else model.row_of(tag.patient)
        if position is not None:
            self.patient_list.list.setCurrentIndex(model.index(position))
            self._show_patient(model.patient_at(position))
        else:
            # Not among those in memory: their name leads to them.
            self.patient_list.search.query.setText(self._around.words.patient(tag))

    def _show_patient_beside(self, row: PatientRow) -> None:
        if not self._is_narrow:
            self.patient.show_patient(row)
            self.content.setCurrentWidget(self.patient)

    def _show_patient(self, row: PatientRow) -> None:
        self._mailbox.reading.close()
        self.patient.show_patient(row)
        self.content.setCurrentWidget(self.patient)
        self._fold(Focus.CONTENT)
        if self._is_narrow:
            self.patient.back.setFocus()

    def _back_to_patient(self) -> None:
        self._mailbox.reading.close()
        self.content.setCurrentWidget(self.patient if self.patient.row else self.nothing)
        self.patient.list.setFocus()

    def _choose_patient(self) -> None:
        rows = self.actions_of_letters.rows
        hint = self._mailbox.hint.tag if self.content.currentWidget() is self.reading else None
        if rows:
            self.filing.choose(rows, given=hint)

    def _add_patient(self) -> None:
        self.filing.add(self._show_patient)

    def _patient_removed(self) -> None:
        self.patient.forget()
        if self.destination is Destination.PATIENTS:
            self.go(Destination.PATIENTS)

    # People

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

    def _show_person(self, row: ContactRow) -> None:
        self.people.show_person(row)
        self._fold(Focus.CONTENT)
        if self._is_narrow:
            self.people.back.setFocus()

    def _make_way(self) -> None:
        others = (self.sign_in_strip.banner, self.away.banner)
        self.reminders.yield_to(is_other_shown=not all(each.isHidden() for each in others))

    def _show_directory(self) -> None:
        self.people.show_directory()
        self._fold(Focus.CONTENT)
        self.people.directory.appear()

    def _find_someone(self) -> None:
        self.go(Destination.CONTACTS)
        self._show_directory()

    # The way between list and content

    def _to_list(self) -> None:
        self._fold(Focus.LIST)
        if self.destination is Destination.CONTACTS:
            self.contact_list.list.setFocus()
        elif self.destination is Destination.PATIENTS:
            self.patient_list.list.setFocus()
        elif self.destination is Destination.JOURNAL:
            self.journal.list.setFocus()
        elif self.destination is Destination.SEARCH:
            (self.search.list if self._mailbox.finder.rowCount() else self.search.box).setFocus()
        else:
            self.conversations.list.setFocus()

    def _watch_attention(self) -> None:
        is_seen = (
            self.isVisible()
            and self.isActiveWindow()
            and self.content.currentWidget() is self.reading
        )
        if is_seen:
            self._mailbox.reading.look_again()
        else:
            self._mailbox.reading.look_away()

    def _show_nothing(self) -> None:
        """Say what one can do: nobody can be written to without a correspondent."""
        contacts = self._mailbox.contacts
        is_alone = contacts.is_loaded and not contacts.everyone.rowCount()
        self.begin.setVisible(is_alone)
        if self.destination in {Destination.DRAFTS, Destination.OUTBOX}:
            self.begin.hide()
            is_draft = self.destination is Destination.DRAFTS
            self.nothing.say(
                self.tr("No draft open") if is_draft else self.tr("What is to be sent"),
                self.tr("Choose one in the list to go on writing.")
                if is_draft
                else self.tr("A letter that has not left can be taken back and changed."),
            )
        elif self.destination is Destination.PATIENTS:
            self.begin.hide()
            self.nothing.say(
                self.tr("No patient shown"),
                self.tr("Choose one in the list to see the letters filed under them."),
            )
        elif self.destination is Destination.JOURNAL:
            self.begin.hide()
            self.nothing.say(
                self.tr("What was done, and its proof"),
                self.tr(
                    "Choose an act in the list. What the relay has recorded cannot be changed unnoticed."
                ),
            )
        elif is_alone:
            self.nothing.say(
                self.tr("Begin with a correspondent"),
                self.tr("You can write to each other as soon as they accept."),
            )
        else:
            self.nothing.say(
                self.tr("No letter open"),
                self.tr("Choose one in the list, or write a new one with Ctrl+N."),
            )

    def _apply_width(self) -> None:
        self._is_narrow = self.width() < self._around.theme.space(NARROW_BELOW)
        self._show_strip()
        self._show_ways_back()
        self._fold(self._focus)

    def _show_ways_back(self) -> None:
        leads_back = self.destination in {Destination.PATIENTS, Destination.JOURNAL}
        self.reading.set_back(is_shown=self._is_narrow or leads_back)
        for back in (self.composer.back, self.patient.back, self.proof.back):
            back.setVisible(self._is_narrow)
        self.people.set_narrow(is_narrow=self._is_narrow)
        self.navigation.set_narrow(is_narrow=self._is_narrow)

    def _fold(self, focus: Focus) -> None:
        self._focus = focus
        self._show_ways_back()
        self.lists.setVisible(not self._is_narrow or focus is Focus.LIST)
        self.content.setVisible(not self._is_narrow or focus is Focus.CONTENT)
        self._show_draft()

    # Letters being written (the composer's)

    @property
    def _can_forward(self) -> bool:
        """Whether a new letter can begin with the documents of another one."""
        return True

    def write(self) -> None:
        """Begin a letter, or go on with the one that was begun and is out of sight."""
        composer = self._mailbox.composer
        is_shown = self.content.currentWidget() is self.composer
        if not composer.is_open or is_shown:
            composer.begin()
        self._show_composer()

    def write_to(self, beginning: Beginning) -> None:
        """Begin a letter; the one that was being written is in the drafts."""
        self._mailbox.composer.begin(beginning)
        self._show_composer()

    def _write_another(self) -> None:
        self._mailbox.composer.begin()
        self._show_composer()

    def _show_queued(self, conversation: ConversationId) -> None:
        position = self._mailbox.conversations.row_of(conversation)
        if position is not None:
            row: ConversationRow = self._mailbox.conversations.index(position).data(ROW_ROLE)
            self._open(row)

    def _take_back(self, view: DraftView) -> None:
        self._go_on_with(view.draft)

    def go_on_writing(self) -> None:
        """Show the letter that is open."""
        self._show_composer()

    def _count_drafts(self) -> None:
        count = self._mailbox.drafts.total
        self.navigation.show_count(Destination.DRAFTS, count, self._around.words.drafts(count))

    def _go_on_with(self, draft: DraftId) -> None:
        """Open a draft; it is shown as soon as it is here."""
        self._mailbox.drafts.refresh()
        self._mailbox.composer.open(draft)
        self._show_composer()

    def _answer(self, *, to_all: bool) -> None:
        letter = self._mailbox.reading.letters[0]
        subject = self._around.words.reply_subject
        self.write_to(
            answer(letter, self._own, to_all=to_all, subject=subject, patient=self._patient)
        )

    def _forward(self) -> None:
        letter = self._mailbox.reading.letters[0]
        formats = self._around.formats
        head = self.tr("From {name}, {when}:").format(
            name=letter.sender_name, when=formats.day(letter.sent_at)
        )
        subject = self._around.words.forward_subject
        self.write_to(passed_on(letter, subject=subject, head=head, patient=self._patient))

    @property
    def _patient(self) -> PatientTag | None:
        """The patient under whom the open conversation is filed."""
        row = self._mailbox.reading.row
        return None if row is None or filed_under(row) is None else row.patient

    def _called_back(self, _draft: DraftView) -> None:
        """A letter that waited is a draft again: it is no letter any more."""
        self._close_letter()

    def _write_to_person(self, row: ContactRow) -> None:
        to = DraftRecipient(account=row.account, name=row.name, profession=row.profession)
        self.write_to(Beginning(to=(to,)))

    def _show_composer(self) -> None:
        if self.destination in {Destination.CONTACTS, Destination.PATIENTS}:
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

    def _show_draft(self) -> None:
        self.conversations.show_draft(has_draft=self._mailbox.composer.is_worth_keeping)

    def _show_restored(self) -> None:
        """Go on with the letter that a lock interrupted, unless the person is at something else already."""
        if self.content.currentWidget() is self.nothing and self.destination is Destination.INBOX:
            self._show_composer()
