# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page on which a letter is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QBuffer, QIODevice, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QImageWriter, QKeySequence, QShortcut, QTextCursor
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from app.interface.failures import Failure
from app.interface.snapshots import Comparison, ContactState, Trust
from app.interface.writing import Doubt
from app.window.i18n.letters import Fields, speaks_of_document, speaks_of_patient, templates
from app.window.marked_text import MarkedText, filled
from app.window.shortcuts import Shortcut, hint, keys
from app.window.theme.icons import Icon
from app.window.theme.tokens import HEADER_HEIGHT, READING_MARGIN, READING_WIDTH, Tone
from app.window.theme.typography import Role
from app.window.viewmodels.composer import Forgotten, Missing
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import (
    Button,
    IconButton,
    LinkButton,
    NamedButton,
    PrimaryButton,
    tint,
)
from app.window.views.components.fields import CheckBox
from app.window.views.components.layouts import Column, FlowLayout, clear
from app.window.views.components.letter_edit import FormatBar, LetterEdit, picture_in
from app.window.views.components.texts import ElidedText, Rule, Text, set_property
from app.window.views.consent import ConsentDialog, EmergencyDialog
from app.window.views.documents import PREVIEW_WIDTH, DraftDocument
from app.window.views.patient_field import PatientField
from app.window.views.recipients import RecipientField
from app.window.views.rights_question import RightsQuestion
from app.window.views.send_check import AddingLine, NamesakeQuestion, SendCheck
from app.window.views.send_later import SendLaterDialog, moments
from app.window.views.stationery import SaveTemplateDialog, SignatureDialog, TemplatesDialog
from app.window.views.strangers import StrangersQuestion
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.limits import MAX_ATTACHMENTS, MAX_BLOB_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PySide6.QtGui import QDragEnterEvent, QDropEvent

    from app.interface.rights import RecipientRights
    from app.interface.snapshots import ContactRow
    from app.interface.writing import DocumentId
    from app.interface.writing import DraftDocument as KeptDocument
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.accounts import OwnAccount
    from app.window.viewmodels.composer import Composer
    from app.window.viewmodels.contacts import ContactBook
    from app.window.viewmodels.patients import Patients
    from app.window.viewmodels.previews import Previews
    from app.window.viewmodels.standing import Standing
    from app.window.viewmodels.stationery import Stationery
    from crypto_core.wire.ids import AccountId, UnixMillis

MAX_SUBJECT_LETTERS: Final = 250
"""The bound is in bytes of UTF-8, of which a letter takes up to four."""


class ComposerPane(QWidget):
    """Writes into the composer view model as one types.

    Signals:
        closed(): the letter was sent or thrown away.
        back_asked(): a narrow window is to show its list again; the letter stays.
        person_asked(AccountId): a recipient's page is wanted.
        comparison_asked(AccountId): the words to compare with a recipient are wanted.
        document_asked(DraftId, DraftDocument): a document is to be looked at before it goes.
    """

    closed = Signal()
    back_asked = Signal()
    person_asked = Signal(object)
    comparison_asked = Signal(object)
    document_asked = Signal(object, object)

    def __init__(
        self,
        composer: Composer,
        previews: Previews,
        contacts: ContactBook,
        patients: Patients,
        stationery: Stationery,
        standing: Standing,
        own: OwnAccount,
        around: Surroundings,
    ) -> None:
        super().__init__()
        self._own = own
        self._composer = composer
        self._previews = previews
        self._cards: dict[DocumentId, DraftDocument] = {}
        self._contacts = contacts
        self._stationery = stationery
        self._standing = standing
        self._around = around
        self._is_showing = False
        self._pending_at: UnixMillis | None = None
        self._is_sure = False
        """What was perhaps forgotten has been asked about."""
        self._may_be_unverified = False
        self._first_forgotten = Forgotten.SUBJECT
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self._make_fields(composer, contacts, patients)
        self._make_actions()
        self._make_questions()
        self._documents = QVBoxLayout()
        self._documents.setSpacing(10)
        self._lay_out()
        self._connect()
        self._show()

    def _make_fields(self, composer: Composer, contacts: ContactBook, patients: Patients) -> None:
        around = self._around
        self.back = IconButton(Icon.BACK, self.tr("Back to the list"), around.theme)
        self.kept = ElidedText("", Role.SECONDARY)
        self.discard = LinkButton(self.tr("Discard"))
        self.from_whom = Text("", Role.STRONG, wraps=True)
        self.recipients = RecipientField(contacts, around)
        self.patient = PatientField(patients, around)
        self.subject = self._line(self.tr("Subject"))
        self.subject.setMaxLength(MAX_SUBJECT_LETTERS)
        self.subject.setFont(around.theme.font(Role.STRONG))
        self.text = LetterEdit(self.tr("Text of the letter"))
        self.text.setPlaceholderText(self.tr("Write here"))
        self.text.setMinimumHeight(around.theme.space(160))
        self.bar = FormatBar(self.text, around.theme)
        self.template = Button(self.tr("Template"))
        self.template.setProperty("kind", "link")
        tint(self.template, Icon.TEMPLATE, around.theme, "accent")
        self.template_menu = QMenu(self)
        self.template_menu.setAccessibleName(self.tr("Templates"))
        self.template.setMenu(self.template_menu)
        self.bar.row.addWidget(self.template)
        self.fields_hint = Text("", Role.SMALL)
        self.bar.row.addWidget(self.fields_hint)
        self.namesakes = NamesakeQuestion(composer, around)
        self.strangers = StrangersQuestion(composer, contacts, around)
        self.rights = RightsQuestion(composer, around)
        self.adding = AddingLine(composer, around)
        self.check = SendCheck(composer, around)
        self.total = Text("", Role.SMALL, wraps=True)

    def _make_actions(self) -> None:
        around = self._around
        self.urgent = CheckBox(self.tr("Urgent"), around.theme)
        self.answer_wanted = CheckBox(self.tr("Answer wanted"), around.theme)
        self.attach = Button(self.tr("Add a document…"), shortcut=keys(Shortcut.ATTACH))
        tint(self.attach, Icon.ATTACH, around.theme, "text")
        self.send = PrimaryButton(self.tr("Send"), shortcut=keys(Shortcut.SEND))
        self.later = Button(self.tr("Send later"))
        tint(self.later, Icon.LATER, around.theme, "text")
        self.later_menu = QMenu(self)
        self.later_menu.setAccessibleName(self.tr("Send later"))
        self.later.setMenu(self.later_menu)
        self.waiting = Text("", Role.SECONDARY, wraps=True)

    def _make_questions(self) -> None:
        self.banner = Banner()
        self.complete = PrimaryButton(self.tr("Fill them in"))
        self.send_as_is = Button(self.tr("Send as it is"))
        self.question = Banner(self.complete, self.send_as_is)
        self.compare = PrimaryButton(self.tr("Compare words first…"))
        self.send_anyway = Button(self.tr("Send all the same"))
        self.send_others = NamedButton(self.tr("Send to {names} only").format(names="…"))
        self.wait = LinkButton(self.tr("Go on writing"))
        self.unverified = Banner(self.compare, self.send_anyway, self.send_others, self.wait)
        self.look = Button(self.tr("Look at it…"))
        self.changed = Banner(self.look)

    def appear(self) -> None:
        """Put the keyboard where one goes on."""
        content = self._composer.content
        if not content.to:
            self.recipients.edit.setFocus()
        elif not content.subject:
            self.subject.setFocus()
        else:
            self.text.setFocus()
            self.text.moveCursor(QTextCursor.MoveOperation.Start)

    def take_over(self, before: ComposerPane) -> None:
        """Have what was half typed where another pane stood: nobody was chosen yet, so the letter does not know it."""
        self.recipients.edit.setText(before.recipients.edit.text())
        self.patient.edit.setText(before.patient.edit.text())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files of this computer, or a picture that is in no file."""
        data = event.mimeData()
        if any(url.isLocalFile() for url in data.urls()) or data.hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add the files, or the picture."""
        data = event.mimeData()
        event.acceptProposedAction()
        paths = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
        picture = None if paths else picture_in(data)
        if paths:
            self._add_files(paths)
        elif picture is not None:
            self.banner.silence()
            self._add_picture(picture)

    def _line(self, name: str) -> QLineEdit:
        line = QLineEdit()
        line.setProperty("bare", "true")
        line.setAcceptDrops(False)
        line.setTextMargins(-2, 0, 0, 0)
        line.setAccessibleName(name)
        return line

    def _lay_out(self) -> None:
        theme = self._around.theme
        head = QWidget()
        head.setMinimumHeight(theme.space(HEADER_HEIGHT) - 1)
        row = QHBoxLayout(head)
        row.setContentsMargins(24, 8, 24, 8)
        row.setSpacing(8)
        row.addWidget(self.back)
        row.addWidget(Text(self.tr("New letter"), Role.HEAD))
        row.addStretch(1)
        row.addWidget(self.kept)
        row.addWidget(self.discard)
        self._column = column = Column(
            width=theme.space(READING_WIDTH), margin=READING_MARGIN, is_centred=False
        )
        content = column.content
        content.setSpacing(12)
        content.addLayout(self._lines())
        # Beside the names it is about, and not below a long letter.
        content.addWidget(self.strangers)
        content.addWidget(self.bar)
        content.addWidget(self.text, 1)
        content.addLayout(self._documents)
        parts: tuple[QWidget, ...] = (
            *(self.total, self.adding, self.banner, self.changed),
            *(self.namesakes, self.rights, self.question, self.unverified, self.check),
        )
        for part in parts:
            content.addWidget(part)
        actions = FlowLayout(10)
        for action in (self.send, self.later, self.attach, self.urgent, self.answer_wanted):
            actions.addWidget(action)
        content.addLayout(actions)
        content.addWidget(self.waiting)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(head)
        layout.addWidget(Rule())
        layout.addWidget(column, 1)

    def _lines(self) -> QGridLayout:
        theme = self._around.theme
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(9)
        grid.setColumnMinimumWidth(0, theme.space(78))
        grid.setColumnStretch(1, 1)
        self._from = (Text(self.tr("From"), Role.SECONDARY), self.from_whom, Rule())
        grid.addWidget(self._from[0], 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._from[1], 0, 1)
        grid.addWidget(self._from[2], 1, 0, 1, 2)
        lines = (
            (self.tr("To"), self.recipients),
            (self.tr("Patient"), self.patient),
            (self.tr("Subject"), self.subject),
        )
        for number, (name, widget) in enumerate(lines, start=1):
            label = Text(name, Role.SECONDARY)
            label.setContentsMargins(0, 3, 0, 0)
            grid.addWidget(label, 2 * number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(widget, 2 * number, 1)
            grid.addWidget(Rule(), 2 * number + 1, 0, 1, 2)
        return grid

    def _connect_questions(self) -> None:
        self.rights.consent_asked.connect(self._ask_consent)
        self.rights.emergency_asked.connect(self._ask_emergency)
        for banner in (self.banner, self.question, self.unverified):
            banner.said.connect(lambda banner=banner: self._bring(banner))
        for banner in self._questions():
            banner.said.connect(self._rank_send)
            banner.fallen_silent.connect(self._rank_send)

    def _connect(self) -> None:
        composer = self._composer
        composer.begun.connect(self._show)
        composer.restored.connect(self._tell_lost)
        composer.collecting.connect(self._collect)
        composer.recipients_changed.connect(self._show_recipients)
        composer.patient_changed.connect(self._show_patient)
        composer.documents_changed.connect(self._show_documents)
        self._previews.seen.connect(self._show_preview)
        composer.file_failed.connect(self._file_failed)
        composer.kept_changed.connect(self._show_kept)
        composer.check_changed.connect(self._show_readiness)
        composer.is_sending_changed.connect(self._show_readiness)
        composer.failed.connect(self._failed)
        composer.sent.connect(self.closed)
        self.recipients.chosen.connect(composer.add_recipient)
        self.recipients.removed.connect(composer.remove_recipient)
        self.recipients.not_found.connect(self._not_found)
        self.patient.chosen.connect(composer.be_about)
        self.subject.textChanged.connect(self._typed)
        self.text.textChanged.connect(self._typed)
        self.urgent.toggled.connect(self._ticked)
        self.answer_wanted.toggled.connect(self._ticked)
        self.text.files_pasted.connect(self._add_files)
        self.text.picture_pasted.connect(self._add_picture)
        self.send.clicked.connect(lambda _=False: self._send())
        self.attach.clicked.connect(lambda _=False: self._choose_files())
        self.discard.clicked.connect(lambda _=False: self._throw())
        self.back.clicked.connect(self.back_asked)
        self.complete.clicked.connect(lambda _=False: self._complete())
        self.send_as_is.clicked.connect(lambda _=False: self._send_as_is())
        self.compare.clicked.connect(lambda _=False: self._compare())
        self.send_anyway.clicked.connect(lambda _=False: self._send_anyway())
        self.send_others.clicked.connect(lambda _=False: self._send_others())
        self.wait.clicked.connect(lambda _=False: self._go_on_writing())
        self.look.clicked.connect(lambda _=False: self._look_at_change())
        self._connect_questions()
        self.template_menu.aboutToShow.connect(self._fill_templates)
        self.later_menu.aboutToShow.connect(self._fill_moments)
        self._contacts.changed.connect(self._show_changed)
        self._contacts.failed.connect(self._asking_failed)
        self._standing.changed.connect(self._show_sender)
        self._own.changed.connect(self._show_sender)
        self._show_sender()
        shortcuts: tuple[tuple[QKeySequence, Callable[[], None]], ...] = (
            (keys(Shortcut.SEND), self._send),
            (QKeySequence("Ctrl+Enter"), self._send),
            (keys(Shortcut.ATTACH), self._choose_files),
            (keys(Shortcut.BOLD), self.bar.bold.click),
            (keys(Shortcut.BULLETS), self.bar.bullets.click),
            (keys(Shortcut.NUMBERS), self.bar.numbers.click),
        )
        for sequence, slot in shortcuts:
            shortcut = QShortcut(sequence, self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    # What is shown

    def _show(self) -> None:
        content = self._composer.content
        self._is_showing = True
        self.recipients.edit.clear()
        self.patient.forget()
        self.subject.setText(content.subject)
        self.text.show_text(MarkedText(text=content.text, marks=content.marks))
        self.text.moveCursor(QTextCursor.MoveOperation.Start)
        self.urgent.setChecked(content.urgency is Urgency.URGENT)
        self.answer_wanted.setChecked(content.is_answer_wanted)
        self._is_showing = False
        self._is_sure = self._may_be_unverified = False
        self.banner.silence()
        self._show_recipients()
        self._show_patient()
        self._show_documents()
        self._show_kept()
        self._show_fields()

    def _show_sender(self) -> None:
        """Say from which account this goes, where there are several."""
        status, account = self._standing.status, self._own.name
        name = "" if status is None else status.name
        self.from_whom.setText(", ".join(filter(None, (account, name))) if account else "")
        for part in self._from:
            part.setVisible(bool(account))

    def _show_recipients(self) -> None:
        self.recipients.show_recipients(self._composer.content.to)
        self._withdraw_questions()
        self.banner.silence()
        self._show_changed()
        self._show_readiness()

    def _show_patient(self) -> None:
        self.patient.show_patient(self._composer.patient)

    def _show_documents(self) -> None:
        documents = self._composer.documents
        if [row.document for row in documents] != list(self._cards):
            # How far the next one is changes often; the cards of the others stay, and keep the keyboard.
            self._make_cards(documents)
        formats = self._around.formats
        self.total.setVisible(len(documents) > 1)
        self.total.setText(
            self.tr("{documents}, {size} in all").format(
                documents=self._around.words.documents(len(documents)),
                size=formats.size(sum(each.size for each in documents)),
            )
        )
        limits = self.tr("Up to {count} documents, {size} each").format(
            count=MAX_ATTACHMENTS, size=formats.size(MAX_BLOB_BYTES)
        )
        self.attach.setToolTip(f"{hint(self.tr('Add a document…'), Shortcut.ATTACH)}\n{limits}")
        self.attach.setAccessibleDescription(limits)
        if documents:
            self.question.silence()
        self._show_readiness()

    def _make_cards(self, documents: tuple[KeptDocument, ...]) -> None:
        clear(self._documents)
        self._cards = {}
        for row in documents:
            self._cards[row.document] = card = DraftDocument(row, self._around)
            card.removed.connect(
                lambda document=row.document: self._composer.remove_document(document)
            )
            card.open_asked.connect(
                lambda row=row: self.document_asked.emit(self._composer.draft, row)
            )
            card.show_preview(self._previews.of(row.document))
            self._documents.addWidget(card)
        width = round(self._around.theme.space(PREVIEW_WIDTH) * self.devicePixelRatioF())
        self._previews.want(self._composer.draft, list(self._cards), width)

    def _show_preview(self, document: DocumentId) -> None:
        card = self._cards.get(document)
        if card is not None:
            card.show_preview(self._previews.of(document))

    def _bring(self, banner: Banner) -> None:
        """Bring into sight what has just been said, which may be below a long letter."""
        # Where it is, is known only once the page is laid out with it.
        QTimer.singleShot(0, banner, lambda: self._column.ensureWidgetVisible(banner))

    def _show_kept(self) -> None:
        composer = self._composer
        if composer.is_unsaved:
            self.kept.set_tone(Tone.DANGER)
            self.kept.setText(self.tr("✕ Not kept"))
        else:
            self.kept.set_tone(Tone.NEUTRAL)
            at = composer.saved_at
            when = "" if at is None else self._around.formats.reached(at)
            self.kept.setText(self.tr("Draft kept {when}").format(when=when) if when else "")

    def _show_readiness(self) -> None:
        composer = self._composer
        is_asked = self.namesakes.is_open or self.strangers.is_open or self.rights.is_open
        is_sending = composer.is_sending
        written: tuple[QWidget, ...] = (
            *(self.recipients, self.patient, self.subject, self.text, self.discard),
            *(self.urgent, self.answer_wanted, self.attach, self.bar),
        )
        for widget in written:
            widget.setEnabled(not is_sending)
        for button in (self.send, self.later):
            button.setEnabled(not is_sending and not is_asked)
        text = self.tr("Waiting for your choice above") if is_asked else ""
        if is_sending:
            text = self.tr("Putting the letter with those to be sent")
        self.waiting.setText(text)
        self.waiting.setVisible(bool(text))

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

    def _show_fields(self) -> None:
        has_fields = "{" in self.text.toPlainText()
        self.fields_hint.setText(self.tr("Tab goes to the next field") if has_fields else "")
        self.fields_hint.setVisible(has_fields)

    def _questions(self) -> tuple[Banner, ...]:
        return (
            *(self.question, self.unverified),
            *(self.namesakes.banner, self.strangers.banner, self.rights.banner),
        )

    def _rank_send(self) -> None:
        """Leave the first place to the answer to a question that is open: one primary button at a time."""
        is_asked = any(not banner.isHidden() for banner in self._questions())
        kind = Button.KIND if is_asked else PrimaryButton.KIND
        if self.send.property("kind") != kind:
            set_property(self.send, "kind", kind)

    # What is written

    def _typed(self) -> None:
        if not self._is_showing:
            self._composer.touch()
            self._withdraw_questions()
            self.banner.silence()

    def _ticked(self) -> None:
        if not self._is_showing:
            self._composer.touch()
            self._composer.save()
            self.check.refresh()

    def _collect(self) -> None:
        text = self.text.marked
        self._composer.write(
            subject=self.subject.text(),
            text=text.text,
            marks=text.marks,
            urgency=Urgency.URGENT if self.urgent.isChecked() else Urgency.NORMAL,
            is_answer_wanted=self.answer_wanted.isChecked(),
        )

    def _withdraw_questions(self) -> None:
        self._is_sure = False
        self.question.silence()
        self.unverified.silence()

    def _not_found(self, typed: str) -> None:
        self.banner.say(
            Tone.WARNING,
            self.tr("No correspondent is called “{name}”").format(name=typed),
            self.tr("Ask for contact under “Correspondents” first."),
        )

    # Templates

    def _fill_templates(self) -> None:
        menu = self.template_menu
        menu.clear()
        for own in self._stationery.templates:
            text = MarkedText(text=own.text, marks=own.marks)
            action = menu.addAction(own.name.replace("&", "&&"))
            action.triggered.connect(
                lambda _=False, own=own, text=text: self._take_template(
                    own.subject, text, is_answer_wanted=own.is_answer_wanted
                )
            )
        if self._stationery.templates:
            menu.addSeparator()
        for each in templates(is_french=self._around.formats.is_french):
            action = menu.addAction(each.name.replace("&", "&&"))
            action.triggered.connect(
                lambda _=False, each=each: self._take_template(
                    each.subject, each.text, is_answer_wanted=each.is_answer_wanted
                )
            )
        menu.addSeparator()
        for name, act in (
            (self.tr("Keep this letter as a template…"), self._keep_template),
            (self.tr("My templates…"), self.show_templates),
            (self.tr("My signature…"), self.show_signature),
        ):
            menu.addAction(name).triggered.connect(lambda _=False, act=act: act())

    def _take_template(self, subject: str, text: MarkedText, *, is_answer_wanted: bool) -> None:
        value_of = self._known_fields().value_of
        signature = self._stationery.signature.text.strip()
        if self.text.toPlainText().strip() in {"", signature.replace("\u00a0", " ")}:
            # Nothing but the signature is there: the letter goes above it.
            self.text.moveCursor(QTextCursor.MoveOperation.Start)
        place = self.text.textCursor().selectionStart()
        self.text.write(filled(text, value_of))
        if not self.subject.text().strip():
            self.subject.setText(filled(MarkedText(text=subject), value_of).text)
        if is_answer_wanted:
            self.answer_wanted.setChecked(True)
        cursor = self.text.textCursor()
        cursor.setPosition(place)
        self.text.setTextCursor(cursor)
        self.text.setFocus()
        self.text.go_to_field(is_next=True)
        self._show_fields()

    def _known_fields(self) -> Fields:
        composer, formats, words = self._composer, self._around.formats, self._around.words
        patient, status = composer.patient, self._standing.status
        return Fields(
            patient=""
            if patient is None
            else f"{patient.given_name} {patient.family_name}".strip(),
            birth_date="" if patient is None else formats.birth_date(patient.birth_date),
            recipient=words.names([each.name for each in composer.content.to])
            if composer.content.to
            else "",
            today=formats.dated(""),
            own_name="" if status is None else status.name,
            own_profession="" if status is None else status.profession,
        )

    def _keep_template(self) -> None:
        SaveTemplateDialog(self._stationery, self._composer.content, self._around, self).open()

    def show_templates(self) -> None:
        """Show the owner's templates."""
        TemplatesDialog(self._stationery, self._around, self).open()

    def show_signature(self) -> None:
        """Let the signature be changed."""
        SignatureDialog(self._stationery, self._around, self).open()

    # Documents

    def _choose_files(self) -> None:
        if self._composer.is_sending:
            return
        dialog = QFileDialog(self, self.tr("Add documents"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        add = self._composer.adding()
        dialog.filesSelected.connect(lambda paths: self._add_files(paths, add))
        dialog.open()

    def _add_files(
        self, paths: list[str], add: Callable[[Iterable[str]], None] | None = None
    ) -> None:
        self.banner.silence()
        (add or self._composer.add_files)(paths)

    def _add_picture(self, picture: QImage) -> None:
        # Making a file of a large picture takes longer than a key may wait.
        self._composer.add_picture(self.tr("Picture") + ".png", lambda: _png(picture))

    def _file_failed(self, name: str, failure: Failure, _detail: str) -> None:
        is_mistake = failure is Failure.FILE_IS_FOLDER
        self.banner.explain(
            self._around.errors.failure(failure, name), Tone.WARNING if is_mistake else Tone.DANGER
        )

    # Sending

    def _send(self, at: UnixMillis | None = None) -> None:
        if self._composer.is_sending or not self.recipients.finish():
            return
        for question in (self.strangers, self.namesakes, self.rights):
            if question.is_open:
                self._bring(question.banner)
                return
        self._pending_at = at
        missing = self._composer.missing()
        if missing is not Missing.NOTHING:
            self.banner.say(Tone.WARNING, *self._missing_texts(missing))
            if missing is Missing.RECIPIENT:
                self.recipients.edit.setFocus()
            return
        forgotten = (
            () if self._is_sure else self._composer.forgotten(speaks_of_document, speaks_of_patient)
        )
        if forgotten:
            self._ask_about_forgotten(forgotten)
            return
        unknown = self._composer.doubtful(Doubt.UNVERIFIED)
        if unknown and not self._may_be_unverified:
            self._ask_about_unverified(", ".join(row.name for row in unknown))
            return
        self._go()

    def _go(self) -> None:
        self.banner.silence()
        self.question.silence()
        self.unverified.silence()
        self._composer.send(at=self._pending_at, accepts_unverified=self._may_be_unverified)

    def _ask_consent(self, asked: tuple[RecipientRights, ...]) -> None:
        tag = None if self._composer.check is None else self._composer.check.patient
        if tag is not None and tag.patient is not None:
            name = self._around.words.patient(tag)
            dialog = ConsentDialog(tag.patient, name, asked, self._contacts, self._around, self)
            dialog.decided.connect(self._composer.decide)
            dialog.open()

    def _ask_emergency(self) -> None:
        dialog = EmergencyDialog(self._around, self)
        dialog.decided.connect(self._go_in_emergency)
        dialog.open()

    def _go_in_emergency(self, reason: str) -> None:
        self._composer.send(accepts_unverified=self._may_be_unverified, emergency=reason)

    def _ask_about_forgotten(self, forgotten: tuple[Forgotten, ...]) -> None:
        """Ask once, whatever it is that may be missing."""
        texts = {
            Forgotten.LOST: (self._lost_text(), self.tr("Add a document…")),
            Forgotten.FIELDS: (
                self.tr("Some fields are not filled in"),
                self.tr("Fill them in"),
            ),
            Forgotten.DOCUMENT: (
                self.tr("The text speaks of a document, and there is none"),
                self.tr("Add a document…"),
            ),
            Forgotten.SUBJECT: (self.tr("The letter has no subject"), self.tr("Write a subject")),
            Forgotten.PATIENT: (
                self.tr("The letter may be about a patient, and names none"),
                self.tr("Choose the patient…"),
            ),
            Forgotten.EMPTY: (
                self.tr("A document is empty: nothing is in the file"),
                self.tr("Add a document…"),
            ),
        }
        self._first_forgotten = forgotten[0]
        what, action = texts[forgotten[0]]
        self.complete.setText(action)
        self.complete.setAccessibleName(action)
        others = " ".join(f"{texts[each][0]}." for each in forgotten[1:])
        self.question.say(Tone.WARNING, what, others)
        self.complete.setFocus()

    def _lost_text(self) -> str:
        return self.tr("Not added, because the mailbox was locked: {names}").format(
            names=", ".join(self._composer.lost)
        )

    def _tell_lost(self) -> None:
        if self._composer.lost:
            self.banner.say(
                Tone.WARNING, self._lost_text(), self.tr("Add it again before the letter goes.")
            )

    def _complete(self) -> None:
        self.question.silence()
        if self._first_forgotten is Forgotten.FIELDS:
            self.text.setFocus()
            self.text.moveCursor(QTextCursor.MoveOperation.Start)
            if not self.text.go_to_field(is_next=True):
                self.subject.setFocus()
        elif self._first_forgotten in {Forgotten.DOCUMENT, Forgotten.LOST, Forgotten.EMPTY}:
            self._choose_files()
        elif self._first_forgotten is Forgotten.PATIENT:
            self.patient.setFocus()
        else:
            self.subject.setFocus()

    def _send_as_is(self) -> None:
        self._is_sure = True
        self._send(self._pending_at)

    def _fill_moments(self) -> None:
        menu, formats = self.later_menu, self._around.formats
        menu.clear()
        names = (
            self.tr("This evening, {time}"),
            self.tr("Tomorrow morning, {time}"),
            self.tr("Monday morning, {time}"),
        )
        for name, moment in zip(names, moments(formats.now()), strict=True):
            if moment is not None:
                at = formats.instant(moment)
                action = menu.addAction(name.format(time=formats.time(at)))
                action.triggered.connect(lambda _=False, at=at: self._send(at))
        menu.addSeparator()
        choose = menu.addAction(self.tr("Choose a day and time…"))
        choose.triggered.connect(lambda _=False: self.choose_moment())

    def choose_moment(self) -> None:
        """Ask when the letter is to leave."""
        dialog = SendLaterDialog(self._around, self)
        dialog.chosen.connect(self._send)
        dialog.open()

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
            Missing.ATTACHING: (
                self.tr("A document is still being encrypted"),
                self.tr("The letter can go as soon as it is done."),
            ),
        }[missing]

    # Of whom little is known

    def _first_recipient(self, wanted: Callable[[ContactRow], bool]) -> ContactRow | None:
        everyone = self._contacts.everyone
        places = (everyone.row_of(each.account) for each in self._composer.content.to)
        rows = (everyone.contact_at(place) for place in places if place is not None)
        return next((row for row in rows if wanted(row)), None)

    def _look_at_change(self) -> None:
        row = self._first_recipient(lambda each: each.is_blocked)
        if row is not None:
            self.person_asked.emit(row.account)

    def _ask_about_unverified(self, names: str) -> None:
        known = self._known_recipients()
        self.send_others.setVisible(bool(known))
        self.send_others.say(
            self.tr("Send to {names} only").replace("{names}", "{name}"),
            self._around.words.names([each.name for each in known]) if known else "",
        )
        self.unverified.say(
            Tone.WARNING,
            self.tr("Nobody has confirmed who this is: {names}").format(names=names),
            self.tr(
                "Name and profession are what they say of themselves. Comparing twelve words by telephone "
                "takes two minutes. If you send all the same, this is not asked again for them."
            ),
        )
        self.compare.setFocus()

    def _known_recipients(self) -> list[ContactRow]:
        """Return those who would be left if everybody were left out of whom little is known."""
        unknown = {row.account for row in self._composer.doubtful(Doubt.UNVERIFIED)}
        everyone = self._contacts.everyone
        places = [everyone.row_of(each.account) for each in self._composer.content.to]
        rows = [everyone.contact_at(place) for place in places if place is not None]
        rows = [row for row in rows if row.state is ContactState.ACCEPTED]
        return [row for row in rows if row.account not in unknown] if unknown else []

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
        self._may_be_unverified = True
        self._go()

    def _send_others(self) -> None:
        was_sure = self._is_sure
        for row in self._composer.doubtful(Doubt.UNVERIFIED):
            self._composer.remove_recipient(row.account)
        self._is_sure = was_sure
        self._send(self._pending_at)

    def _go_on_writing(self) -> None:
        self.unverified.silence()
        self.text.setFocus()

    def _failed(self, failure: Failure, detail: str) -> None:
        if failure is Failure.UNVERIFIED_RECIPIENT:
            self._ask_about_unverified(detail)
            return
        if failure is Failure.NOT_A_CONTACT and self.strangers.is_open:
            self._bring(self.strangers.banner)
            return
        self.banner.explain(self._around.errors.failure(failure, detail))

    def _asking_failed(self, account: AccountId, failure: Failure, detail: str) -> None:
        if account in {each.account for each in self._composer.content.to}:
            self.banner.explain(self._around.errors.failure(failure, detail))

    def _throw(self) -> None:
        self._composer.discard()
        self.closed.emit()


def _png(picture: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"png").write(picture)
    return bytes(buffer.data().data())
