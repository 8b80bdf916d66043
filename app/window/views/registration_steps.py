# SPDX-License-Identifier: AGPL-3.0-or-later
"""The questions of the first run: which relay, who you are, which passphrase."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCompleter,
    QFileDialog,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.interface.professions import PROFESSIONS, RPPS, is_plausible_rpps, profession_named
from app.window.codes import PICTURES
from app.window.theme.icons import Icon
from app.window.theme.tokens import Tone
from app.window.theme.typography import Role
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, IconButton
from app.window.views.components.fields import CheckBox, Field
from app.window.views.components.layouts import Card
from app.window.views.components.texts import Text
from app.window.views.new_passphrase import NewPassphrase
from crypto_core.errors import WireError
from crypto_core.wire.enrolment import parse_enrolment
from crypto_core.wire.linking import LINK_PREFIX

if TYPE_CHECKING:
    from PySide6.QtGui import QDragEnterEvent, QDropEvent

    from app.window.surroundings import Surroundings
    from app.window.viewmodels.first_run import Notes

# A bound of the interface in bytes of UTF-8, of which a letter takes up to four.
MAX_NAME_LETTERS: Final = 50
_MOST_FILE_BYTES: Final = 65_536


class Step(QWidget):
    """One page of questions.

    Signals:
        edited(): an answer has changed.
        finished(): Enter was pressed in the last field.
    """

    edited = Signal()
    finished = Signal()

    title: str
    why: str

    def __init__(self) -> None:
        super().__init__()
        self.card = Card()
        self.questions = QVBoxLayout(self.card)
        self.questions.setContentsMargins(20, 16, 20, 20)
        self.questions.setSpacing(14)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self.card)
        column.addStretch(1)

    @abstractmethod
    def first(self) -> QWidget:
        """Return where typing begins."""

    def complaints(self) -> list[tuple[Field, str]]:
        """Return every field with what is wrong with it, or an empty text; a step may have none."""
        return []

    def check(self) -> QWidget | None:
        """Say below each field what is wrong with it, and return the first that is wrong."""
        complaints = self.complaints()
        for field, text in complaints:
            field.set_wrong(text)
        return next((field.answer for field, text in complaints if text), None)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is wrong."""
        return not any(text for _, text in self.complaints())


class RelayStep(Step):
    """The relay's text, pasted, dropped, or read from a file or a picture; and the invitation.

    Signals:
        link_found(str): what was given is what another computer of the owner shows.
    """

    link_found = Signal(str)

    def __init__(
        self, around: Surroundings, notes: Notes, *, asks_for_invitation: bool = True
    ) -> None:
        super().__init__()
        self._asks_for_invitation = asks_for_invitation
        self.title = self.tr("Your relay")
        self.why = self.tr(
            "The relay passes your letters on without being able to read them. Whoever runs it gave you "
            "a text, a file or a picture, and a code."
        )
        if not asks_for_invitation:
            self.why = self.tr(
                "The relay passes your letters on without being able to read them. Whoever runs it "
                "gives you its text, file or picture again; the page of your kit says its name."
            )
        box = EnrolmentBox()
        box.setFixedHeight(around.theme.space(76))
        box.setPlainText(notes.get("enrolment"))
        self.enrolment = Field(
            self.tr("Enrolment text"),
            box,
            hint=self.tr("Paste it whole, or drop the file or the picture here."),
        )
        self.open = Button(self.tr("Open a file or a picture…"))
        self.invitation = Field(
            self.tr("Invitation code"), line_edit(128), hint=self.tr("It serves once.")
        )
        for widget in (self.enrolment, self.open, self.invitation):
            self.questions.addWidget(widget)
        self.invitation.setVisible(asks_for_invitation)
        self._around = around
        box.textChanged.connect(lambda: self._typed(notes))
        box.textChanged.connect(lambda: self.enrolment.set_wrong(""))
        box.textChanged.connect(self.edited)
        box.dropped.connect(self.take_file)
        self.open.clicked.connect(self._choose)
        line = self.invitation.answer
        if isinstance(line, QLineEdit):
            line.returnPressed.connect(self.finished)
            line.textChanged.connect(self.edited)

    def first(self) -> QWidget:
        """Return the first field that is empty."""
        if self.enrolment.text and self._asks_for_invitation:
            return self.invitation.answer
        return self.enrolment.answer

    def complaints(self) -> list[tuple[Field, str]]:
        """See the base class."""
        needed = self.tr("This is needed.")
        return [
            (self.enrolment, self._complaint(self.enrolment.text) or ""),
            (
                self.invitation,
                needed if self._asks_for_invitation and not self.invitation.text else "",
            ),
        ]

    def take_file(self, path: Path) -> None:
        """Have the enrolment text read from a file, or from the QR picture in an image."""
        wrong = self.tr("This file holds no enrolment text.")
        if path.suffix.lower() in PICTURES:
            wrong = self.tr("There is no readable QR picture in this image.")
        self._around.codes.read(path, self, lambda text: self._take(text, wrong))

    def _take(self, text: str, wrong: str) -> None:
        if is_link(text):
            self.link_found.emit(text.strip())
            return
        if self._complaint(text) is not None:
            self.enrolment.set_wrong(wrong)
            return
        if isinstance(self.enrolment.answer, QPlainTextEdit):
            self.enrolment.answer.setPlainText(text.strip())
        self.first().setFocus()

    def _typed(self, notes: Notes) -> None:
        text = self.enrolment.text
        if is_link(text):
            # It holds a secret, so it is neither kept in the notes nor left in this box.
            if isinstance(self.enrolment.answer, QPlainTextEdit):
                self.enrolment.answer.clear()
            self.link_found.emit(text)
            return
        notes.put("enrolment", text)

    def _complaint(self, text: str) -> str | None:
        if not text.strip():
            return self.tr("This is needed.")
        try:
            parse_enrolment(text)
        except WireError:
            return self.tr(
                "This is not a whole enrolment text. Copy it again, from its first to its last character."
            )
        return None

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Open the enrolment text"))
        pictures = " ".join(f"*{suffix}" for suffix in PICTURES)
        dialog.setNameFilters(
            [self.tr("Texts and pictures") + f" (*.txt {pictures})", self.tr("All files") + " (*)"]
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.take_file(Path(name)))
        dialog.open()


def is_link(text: str) -> bool:
    """Whether a text is what another computer of the owner shows."""
    return text.strip().lower().startswith(LINK_PREFIX)


class EnrolmentBox(QPlainTextEdit):
    """A box for the text; a file that is dropped into it is read instead of named.

    Signals:
        dropped(Path): a file of this computer.
    """

    dropped = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept a file, and what a text box accepts."""
        if _file_in(event) is not None:
            event.acceptProposedAction()
        else:
            super().dragEnterEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand a file on."""
        path = _file_in(event)
        if path is None:
            super().dropEvent(event)
        else:
            event.acceptProposedAction()
            self.dropped.emit(path)


def _file_in(event: QDropEvent) -> Path | None:
    urls = event.mimeData().urls()
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None


class PersonStep(Step):
    """Name, profession, town, number in the register, and whether to be listed."""

    def __init__(self, around: Surroundings, notes: Notes) -> None:
        super().__init__()
        self.title = self.tr("About you")
        self.why = self.tr(
            "Your correspondents see this. It is what you say of yourself: nobody has verified it yet."
        )
        self.name = Field(
            self.tr("Name"),
            line_edit(MAX_NAME_LETTERS),
            hint=self.tr("As your correspondents know you, with your title if you use one."),
        )
        self.profession = Field(
            self.tr("Profession"),
            line_edit(MAX_NAME_LETTERS),
            hint=self.tr("Choose from the list, or write your own."),
        )
        self.place = Field(self.tr("Town (optional)"), line_edit(MAX_NAME_LETTERS))
        self.rpps = Field(
            self.tr("RPPS number (optional)"),
            line_edit(14),
            hint=self.tr("11 digits, on your professional card."),
        )
        self.doubt = Text(
            self.tr(
                "△ The last digit does not fit the others. Check the number, or go on with it."
            ),
            Role.SECONDARY,
            wraps=True,
            tone=Tone.WARNING,
        )
        self.doubt.hide()
        self.is_listed = CheckBox(self.tr("List me in the relay's directory"), around.theme)
        listed_note = Text(
            self.tr(
                "Everybody at this relay finds you there by name, profession and town. Without it, only "
                "those can write to whom you give your address."
            ),
            Role.SECONDARY,
            wraps=True,
        )
        self._offer_professions(around)
        for widget in (
            self.name,
            self.profession,
            self.place,
            self.rpps,
            self.doubt,
            self.is_listed,
            listed_note,
        ):
            self.questions.addWidget(widget)
        for name, field in self._fields().items():
            answer = field.answer
            if isinstance(answer, QLineEdit):
                answer.setText(notes.get(name))
                answer.textChanged.connect(lambda text, name=name: notes.put(name, text.strip()))
                answer.textChanged.connect(lambda _, field=field: field.set_wrong(""))
                answer.textChanged.connect(self.edited)
                answer.returnPressed.connect(self.finished)
        self.is_listed.setChecked(bool(notes.get("listed")))
        self.is_listed.toggled.connect(lambda on: notes.put("listed", "yes" if on else ""))
        self.edited.connect(self._look_at_number)
        self._look_at_number()

    @property
    def number(self) -> str:
        """The number in the register without blanks; empty where there is none to give."""
        return "" if self.rpps.isHidden() else "".join(self.rpps.text.split())

    def first(self) -> QWidget:
        """Return the first field that is empty."""
        empty = (field for field in (self.name, self.profession, self.place) if not field.text)
        return next(empty, self.name).answer

    def complaints(self) -> list[tuple[Field, str]]:
        """See the base class."""
        needed = self.tr("This is needed.")
        is_number = not self.number or RPPS.fullmatch(self.number)
        return [
            (self.name, "" if self.name.text else needed),
            (self.profession, "" if self.profession.text else needed),
            (self.rpps, "" if is_number else self.tr("An RPPS number has 11 digits.")),
        ]

    def _fields(self) -> dict[str, Field]:
        return {
            "name": self.name,
            "profession": self.profession,
            "place": self.place,
            "rpps": self.rpps,
        }

    def _look_at_number(self) -> None:
        profession = profession_named(self.profession.text)
        # Who is in no national list has no number; who wrote an own word may have one.
        self.rpps.setVisible(profession is None or profession.has_rpps)
        number = self.number
        is_whole = RPPS.fullmatch(number) is not None
        self.doubt.setVisible(is_whole and not is_plausible_rpps(number))

    def _offer_professions(self, around: Surroundings) -> None:
        is_french = around.formats.is_french
        names = [each.french if is_french else each.english for each in PROFESSIONS]
        completer = QCompleter(names, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setMaxVisibleItems(10)
        line = self.profession.answer
        if not isinstance(line, QLineEdit):
            return
        line.setCompleter(completer)
        more = IconButton(Icon.MORE, self.tr("Show the list of professions"), around.theme)

        def show_all() -> None:
            line.setFocus()
            completer.setCompletionPrefix("")
            completer.complete()

        more.clicked.connect(show_all)
        self.profession.line.addWidget(more)


class PassphraseStep(Step):
    """The passphrase, twice, with its measure."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        self.title = self.tr("Your passphrase")
        self.why = self.tr(
            "It opens your mail on this computer, and signs you in. Neither the relay nor we ever learn it."
        )
        self.new = NewPassphrase(around, is_first=True)
        self.passphrase, self.again = self.new.passphrase, self.new.again
        warning = Banner()
        for widget in (self.new, warning):
            self.questions.addWidget(widget)
        warning.say(
            Tone.WARNING,
            self.tr("Nobody can recover this passphrase"),
            self.tr(
                "Who forgets it loses the mail on this computer. Write it down and keep it in a safe "
                "place."
            ),
        )
        self.new.edited.connect(self.edited)
        self.new.finished.connect(self.finished)

    def first(self) -> QWidget:
        """Return the first of the two."""
        return self.passphrase.edit

    def forget(self) -> None:
        """Keep nothing of what was typed."""
        self.new.forget()

    def complaints(self) -> list[tuple[Field, str]]:
        """See the base class."""
        return self.new.complaints()


def line_edit(length: int) -> QLineEdit:
    """Return a line of a greatest length."""
    line = QLineEdit()
    line.setMaxLength(length)
    return line
