# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page on which a letter is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCompleter,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.interface.failures import Failure
from app.interface.snapshots import Comparison, Trust
from app.window.i18n.formats import fold
from app.window.theme.icons import Icon
from app.window.theme.tokens import HEADER_HEIGHT, READING_MARGIN, READING_WIDTH, Tone
from app.window.theme.typography import Role
from app.window.viewmodels.composer import Addressee, Missing
from app.window.viewmodels.contacts import CONTACT_ROLE, FOLDED_ROLE
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, IconButton, LinkButton, PrimaryButton, tint
from app.window.views.components.fields import CheckBox
from app.window.views.components.layouts import Column, FlowLayout, clear
from app.window.views.components.texts import Rule, Text
from app.window.views.documents import DraftDocument

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent

    from app.interface.snapshots import ContactRow
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.composer import Composer
    from app.window.viewmodels.contacts import ContactBook

MAX_SUBJECT_LETTERS: Final = 250
"""The bound is in bytes of UTF-8, of which a letter takes up to four."""


class NameDelegate(QStyledItemDelegate):
    """Shows name and profession of a correspondent in the list of suggestions."""

    def __init__(self, around: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = around

    def initStyleOption(  # noqa: N802 - Qt calls it
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Put the text in."""
        super().initStyleOption(option, index)
        row: ContactRow = index.data(CONTACT_ROLE)
        option.text = self._around.words.person(row.name, row.profession)


class NameCompleter(QCompleter):
    """Finds correspondents by any part of name, profession or place, without case and accents."""

    def __init__(self, model: QAbstractItemModel, around: Surroundings, parent: QWidget) -> None:
        super().__init__(model, parent)
        self.setCompletionRole(FOLDED_ROLE)
        self.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.setMaxVisibleItems(8)
        suggestions = QListView()
        suggestions.setAccessibleName(self.tr("Suggested correspondents"))
        self.setPopup(suggestions)
        suggestions.setItemDelegate(NameDelegate(around, suggestions))

    def splitPath(self, path: str) -> list[str]:  # noqa: N802 - Qt calls it
        """Compare in the folded form."""
        return [fold(path.strip())]

    def pathFromIndex(self, _index: QModelIndex | QPersistentModelIndex) -> str:  # noqa: N802 - Qt calls it
        """Leave the line empty: the choice becomes a chip."""
        return ""


class NameEdit(QLineEdit):
    """The line in which recipients are typed.

    Signals:
        erased_back(): Backspace in an empty line.
    """

    erased_back = Signal()

    def sizeHint(self) -> QSize:
        """Return no more than what is needed beside the chips."""
        return QSize(self.minimumWidth(), super().sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tell Backspace at the beginning."""
        if event.key() == Qt.Key.Key_Backspace and not self.text():
            self.erased_back.emit()
        super().keyPressEvent(event)


class RecipientField(QWidget):
    """Recipients as chips, and a line to add one.

    Signals:
        chosen(Addressee): someone was found.
        removed(AccountId): a chip was pressed or erased.
        not_found(str): nobody is called so.
    """

    chosen = Signal(object)
    removed = Signal(object)
    not_found = Signal(str)

    def __init__(self, contacts: ContactBook, around: Surroundings) -> None:
        super().__init__()
        self._around = around
        self._shown: tuple[Addressee, ...] = ()
        self._flow = FlowLayout(spacing=6)
        self.setLayout(self._flow)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.edit = NameEdit()
        self.edit.setProperty("bare", "true")
        self.edit.setAcceptDrops(False)
        self.edit.setTextMargins(-2, 0, 0, 0)
        self.edit.setAccessibleName(self.tr("Recipients"))
        self.edit.setPlaceholderText(self.tr("Name of a correspondent"))
        self.completer = NameCompleter(contacts.accepted, around, self)
        self.edit.setCompleter(self.completer)
        # The stubs do not know that a signal can be chosen by the type of its argument.
        self.completer.activated[QModelIndex].connect(self._activated)  # type: ignore[index]
        self.edit.returnPressed.connect(self._finish)
        self.edit.erased_back.connect(self._erase)
        self._flow.addWidget(self.edit)

    def show_recipients(self, recipients: tuple[Addressee, ...]) -> None:
        """Show chips."""
        had_focus = self.edit.hasFocus()
        self._shown = recipients
        self._flow.removeWidget(self.edit)
        clear(self._flow)
        for each in recipients:
            text = self._around.words.person(each.name, each.profession)
            chip = QPushButton(f"{text}  ×".replace("&", "&&"))
            chip.setProperty("kind", "chip")
            chip.setAutoDefault(False)
            chip.setAccessibleName(self.tr("Remove {name}").format(name=text))
            chip.setToolTip(self.tr("Remove {name}").format(name=text))
            chip.clicked.connect(lambda _=False, account=each.account: self.removed.emit(account))
            self._flow.addWidget(chip)
        self._flow.addWidget(self.edit)
        self.edit.setPlaceholderText("" if recipients else self.tr("Name of a correspondent"))
        self.edit.setMinimumWidth(self._around.theme.space(90 if recipients else 240))
        self.updateGeometry()
        if had_focus:
            self.edit.setFocus()

    def finish(self) -> bool:
        """Take what is typed as a recipient; return False when it names nobody."""
        return self._finish()

    def _activated(self, index: QModelIndex) -> None:
        self._choose(index)

    def _finish(self) -> bool:
        typed = self.edit.text().strip()
        if not typed:
            return True
        self.completer.setCompletionPrefix(typed)
        if not self.completer.setCurrentRow(0):
            self.not_found.emit(typed)
            return False
        self._choose(self.completer.currentIndex())
        return True

    def _choose(self, index: QModelIndex) -> None:
        row: ContactRow = index.data(CONTACT_ROLE)
        self.edit.clear()
        self.chosen.emit(Addressee(account=row.account, name=row.name, profession=row.profession))

    def _erase(self) -> None:
        if self._shown:
            self.removed.emit(self._shown[-1].account)


class ComposerPane(QWidget):
    """Writes into the composer view model as one types.

    Signals:
        closed(): the letter was sent or thrown away.
        back_asked(): a narrow window is to show its list again; the letter stays.
        replaced(): the letter was thrown away for another one that waits.
        person_asked(AccountId): a recipient's page is wanted.
        comparison_asked(AccountId): the words to compare with a recipient are wanted.
    """

    closed = Signal()
    back_asked = Signal()
    replaced = Signal()
    person_asked = Signal(object)
    comparison_asked = Signal(object)

    def __init__(self, composer: Composer, contacts: ContactBook, around: Surroundings) -> None:
        super().__init__()
        self._composer = composer
        self._around = around
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self.back = IconButton(Icon.BACK, self.tr("Back to the list"), around.theme)
        self.back.clicked.connect(self.back_asked)
        self.recipients = RecipientField(contacts, around)
        self.subject = QLineEdit()
        self.subject.setProperty("bare", "true")
        self.subject.setAcceptDrops(False)
        self.subject.setTextMargins(-2, 0, 0, 0)
        self.subject.setMaxLength(MAX_SUBJECT_LETTERS)
        self.subject.setAccessibleName(self.tr("Subject"))
        self.text = QPlainTextEdit()
        self.text.setProperty("bare", "true")
        self.text.setAcceptDrops(False)
        self.text.setTabChangesFocus(True)
        self.text.document().setDocumentMargin(0)
        self.text.setAccessibleName(self.tr("Text of the letter"))
        self.text.setPlaceholderText(self.tr("Write here"))
        self.text.setMinimumHeight(around.theme.space(160))
        self.urgent = CheckBox(self.tr("Urgent"), around.theme)
        self.attach = Button(self.tr("Add a document…"), shortcut=QKeySequence("Ctrl+J"))
        tint(self.attach, Icon.ATTACH, around.theme, "text")
        self.send = PrimaryButton(self.tr("Send"), shortcut=QKeySequence("Ctrl+Return"))
        self.discard = LinkButton(self.tr("Discard"))
        self.banner = Banner()
        self.keep = PrimaryButton(self.tr("Keep writing"))
        self.throw = Button(self.tr("Throw away"))
        self.guard = Banner(self.keep, self.throw)
        self.compare = PrimaryButton(self.tr("Compare words first…"))
        self.send_anyway = Button(self.tr("Send all the same"))
        self.wait = LinkButton(self.tr("Go on writing"))
        self.unverified = Banner(self.compare, self.send_anyway, self.wait)
        self.look = Button(self.tr("Look at it…"))
        self.changed = Banner(self.look)
        self._contacts = contacts
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName(self.tr("Storing the letter"))
        self._progress_text = Text("", Role.SECONDARY)
        self._documents = QVBoxLayout()
        self._documents.setSpacing(10)
        self._is_showing = False
        self._is_replacing = False
        self._lay_out()
        self._connect()
        self._show()

    def appear(self) -> None:
        """Put the keyboard where one goes on."""
        if not self._composer.draft.to:
            self.recipients.edit.setFocus()
        elif not self._composer.draft.subject:
            self.subject.setFocus()
        else:
            self.text.setFocus()
            self.text.moveCursor(self.text.textCursor().MoveOperation.Start)

    def ask_to_replace(self) -> None:
        """Ask what becomes of this letter, since another one is to be begun."""
        self._is_replacing = True
        self.guard.say(
            Tone.WARNING,
            self.tr("You were already writing this letter"),
            self.tr("Throw it away to begin the other one, or finish it first."),
        )
        self.keep.setFocus()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files of this computer."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add the files."""
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        self._composer.add_files(paths)

    def _lay_out(self) -> None:
        theme = self._around.theme
        bar = QWidget()
        bar.setMinimumHeight(theme.space(HEADER_HEIGHT) - 1)
        row = QHBoxLayout(bar)
        row.setContentsMargins(24, 8, 24, 8)
        row.setSpacing(8)
        row.addWidget(self.back)
        row.addWidget(Text(self.tr("New letter"), Role.HEAD))
        row.addStretch(1)
        row.addWidget(self.discard)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        grid.setColumnMinimumWidth(0, theme.space(78))
        grid.setColumnStretch(1, 1)
        to = Text(self.tr("To"), Role.SECONDARY)
        to.setContentsMargins(0, 3, 0, 0)
        grid.addWidget(to, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.recipients, 0, 1)
        grid.addWidget(Rule(), 1, 0, 1, 2)
        grid.addWidget(Text(self.tr("Subject"), Role.SECONDARY), 2, 0)
        subject_font = theme.font(Role.STRONG)
        self.subject.setFont(subject_font)
        grid.addWidget(self.subject, 2, 1)
        grid.addWidget(Rule(), 3, 0, 1, 2)
        column = Column(width=theme.space(READING_WIDTH), margin=READING_MARGIN, is_centred=False)
        content = column.content
        content.setSpacing(14)
        content.addWidget(self.guard)
        content.addLayout(grid)
        content.addWidget(self.text, 1)
        content.addLayout(self._documents)
        for widget in (self.banner, self.changed, self.unverified, self._progress):
            content.addWidget(widget)
        content.addWidget(self._progress_text)
        actions = QHBoxLayout()
        actions.setSpacing(10)
        actions.addWidget(self.send)
        actions.addWidget(self.attach)
        actions.addWidget(self.urgent)
        actions.addStretch(1)
        content.addLayout(actions)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(bar)
        layout.addWidget(Rule())
        layout.addWidget(column, 1)
        for first, second in (
            (self.recipients.edit, self.subject),
            (self.subject, self.text),
            (self.text, self.send),
            (self.send, self.attach),
            (self.attach, self.urgent),
            (self.urgent, self.discard),
        ):
            QWidget.setTabOrder(first, second)

    def _connect(self) -> None:
        composer = self._composer
        composer.begun.connect(self._show)
        composer.recipients_changed.connect(self._show_recipients)
        composer.files_changed.connect(self._show_files)
        composer.file_failed.connect(self._file_failed)
        composer.is_sending_changed.connect(self._show_sending)
        composer.progress.connect(self._show_progress)
        composer.failed.connect(self._failed)
        composer.sent.connect(self.closed)
        self.recipients.chosen.connect(composer.add_recipient)
        self.recipients.removed.connect(composer.remove_recipient)
        self.recipients.not_found.connect(self._not_found)
        self.subject.textChanged.connect(self._typed)
        self.text.textChanged.connect(self._typed)
        self.urgent.toggled.connect(self._typed)
        self.send.clicked.connect(self._send)
        self.attach.clicked.connect(self._choose_files)
        self.discard.clicked.connect(self.ask_to_discard)
        self.keep.clicked.connect(self._keep)
        self.compare.clicked.connect(self._compare)
        self.send_anyway.clicked.connect(self._send_anyway)
        self.wait.clicked.connect(self._go_on_writing)
        self.look.clicked.connect(self._look_at_change)
        self._contacts.changed.connect(self._show_changed)
        self.throw.clicked.connect(self._throw)
        for keys, slot in (
            ("Ctrl+Return", self._send),
            ("Ctrl+Enter", self._send),
            ("Ctrl+J", self._choose_files),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    def ask_to_discard(self) -> None:
        """Throw an empty letter away, and ask about any other."""
        if not self._composer.draft.is_worth_keeping:
            self._is_replacing = False
            self._throw()
            return
        self._is_replacing = False
        self.guard.say(
            Tone.WARNING,
            self.tr("Throw this letter away?"),
            self.tr("It is not kept anywhere."),
        )
        self.keep.setFocus()

    def _keep(self) -> None:
        self.guard.silence()
        self.appear()

    def _throw(self) -> None:
        self.guard.silence()
        self._composer.discard()
        if self._is_replacing:
            self.replaced.emit()
        else:
            self.closed.emit()

    def _show(self) -> None:
        draft = self._composer.draft
        self._is_showing = True
        self.recipients.edit.clear()
        self.subject.setText(draft.subject)
        self.text.setPlainText(draft.text)
        self.urgent.setChecked(draft.is_urgent)
        self._is_showing = False
        self.guard.silence()
        self.banner.silence()
        if self._composer.is_doubtful:
            self._warn_of_doubt()
        self._show_recipients()
        self._show_files()
        self._show_sending()

    def _warn_of_doubt(self) -> None:
        self.banner.say(
            Tone.WARNING,
            self.tr("The program stopped while this letter was being stored"),
            self.tr("Look under “Sent” and “To send” before you send it again."),
        )

    def _show_recipients(self) -> None:
        self.recipients.show_recipients(self._composer.draft.to)
        self.banner.silence()
        self.unverified.silence()
        self._show_changed()

    def _show_files(self) -> None:
        clear(self._documents)
        for row in self._composer.draft.files:
            card = DraftDocument(row, self._around)
            card.removed.connect(lambda path=row.path: self._composer.remove_file(path))
            self._documents.addWidget(card)

    def _typed(self) -> None:
        if not self._is_showing:
            self._composer.write(
                subject=self.subject.text(),
                text=self.text.toPlainText(),
                is_urgent=self.urgent.isChecked(),
            )
            self.banner.silence()

    def _send(self) -> None:
        if self._composer.is_sending or not self.recipients.finish():
            return
        missing = self._composer.missing()
        if missing is Missing.NOTHING:
            self.banner.silence()
            self._composer.send()
            return
        self.banner.say(Tone.WARNING, *self._missing_texts(missing))
        if missing is Missing.RECIPIENT:
            self.recipients.edit.setFocus()

    def _missing_texts(self, missing: Missing) -> tuple[str, str]:
        return {
            Missing.RECIPIENT: (
                self.tr("To whom does this letter go?"),
                self.tr("Add at least one correspondent."),
            ),
            Missing.CONTENT: (
                self.tr("This letter is empty"),
                self.tr("Write a few words or add a document."),
            ),
            Missing.TOO_LONG: (
                self.tr("The text is too long for one letter"),
                self.tr("Shorten it, or add the long part as a document."),
            ),
            Missing.SUBJECT_TOO_LONG: (
                self.tr("The subject is too long"),
                self.tr("Shorten it."),
            ),
            Missing.TOO_MANY_FILES: (
                self.tr("There are too many documents for one letter"),
                self.tr("Send them with two letters."),
            ),
            Missing.TOO_MANY_RECIPIENTS: (
                self.tr("There are too many recipients for one letter"),
                self.tr("Send it as two letters."),
            ),
        }[missing]

    def _not_found(self, typed: str) -> None:
        self.banner.say(
            Tone.WARNING,
            self.tr("No correspondent is called “{name}”").format(name=typed),
            self.tr("Ask for contact under “Correspondents” first."),
        )

    def _choose_files(self) -> None:
        dialog = QFileDialog(self, self.tr("Add documents"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self._composer.add_files)
        dialog.open()

    def _file_failed(self, path: str, failure: Failure, detail: str) -> None:
        name = detail or path.replace("\\", "/").rsplit("/", 1)[-1]
        self.banner.explain(self._around.errors.failure(failure, name))

    def _first_recipient(self, wanted: Callable[[ContactRow], bool]) -> ContactRow | None:
        everyone = self._contacts.everyone
        places = (everyone.row_of(each.account) for each in self._composer.draft.to)
        rows = (everyone.contact_at(place) for place in places if place is not None)
        return next((row for row in rows if wanted(row)), None)

    def _show_changed(self) -> None:
        """Say before the letter is written that it will wait."""
        row = self._first_recipient(lambda each: each.is_blocked)
        if row is None:
            self.changed.silence()
        else:
            self.changed.say(
                Tone.WARNING,
                self.tr("Is this still {name}?").format(name=row.name),
                self.tr(
                    "They have started again on other computers. Your letter will wait here until you have "
                    "asked them."
                ),
            )

    def _look_at_change(self) -> None:
        row = self._first_recipient(lambda each: each.is_blocked)
        if row is not None:
            self.person_asked.emit(row.account)

    def _ask_about_unverified(self, names: str) -> None:
        self.unverified.say(
            Tone.WARNING,
            self.tr("Nobody has confirmed who this is: {names}").format(names=names),
            self.tr(
                "Name and profession are what they say of themselves. Comparing twelve words by telephone "
                "takes two minutes. If you send all the same, this is not asked again for them."
            ),
        )
        self.compare.setFocus()

    def _compare(self) -> None:
        row = self._first_recipient(
            lambda each: (
                each.trust is Trust.SELF_DECLARED
                and each.compared is Comparison.NEVER
                and not each.is_accepted_unverified
            )
        )
        if row is not None:
            self.unverified.silence()
            self.comparison_asked.emit(row.account)

    def _send_anyway(self) -> None:
        self.unverified.silence()
        self._composer.send(accepts_unverified=True)

    def _go_on_writing(self) -> None:
        self.unverified.silence()
        self.text.setFocus()

    def _failed(self, failure: Failure, detail: str) -> None:
        if failure is Failure.UNVERIFIED_RECIPIENT:
            self._ask_about_unverified(detail)
            return
        self.banner.explain(self._around.errors.failure(failure, detail))

    def _show_sending(self) -> None:
        is_sending = self._composer.is_sending
        for widget in (
            self.recipients,
            self.subject,
            self.text,
            self.urgent,
            self.attach,
            self.send,
            self.discard,
        ):
            widget.setEnabled(not is_sending)
        self._progress.setRange(0, 0)
        self._progress.setVisible(is_sending)
        self._progress_text.setVisible(is_sending)
        self._progress_text.setText(self.tr("Encrypting on this computer"))

    def _show_progress(self, done: int, total: int) -> None:
        self._progress.setRange(0, 1000)
        self._progress.setValue(1000 * done // max(total, 1))
        self._progress_text.setText(
            self.tr("Encrypting on this computer: {done} of {total}").format(
                done=self._around.formats.size(done), total=self._around.formats.size(total)
            )
        )
