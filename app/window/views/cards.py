# SPDX-License-Identifier: AGPL-3.0-or-later
"""Contact cards: the owner's as picture, text and file; somebody else's pasted, dropped or opened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.interface.failures import Failure
from app.window.codes import PICTURES
from app.window.files import write_private
from app.window.theme.tokens import Tone
from app.window.theme.typography import Role
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, LinkButton, PrimaryButton
from app.window.views.components.fields import CheckBox
from app.window.views.components.layouts import Card, FlowLayout
from app.window.views.components.pictures import QrPicture
from app.window.views.components.texts import Text

if TYPE_CHECKING:
    from PySide6.QtGui import QDragEnterEvent, QDropEvent

    from app.interface.snapshots import AddedContact
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.acquaintance import Acquaintance

CARD_PREFIX: Final = "uhs:contact/"
CARD_SUFFIX: Final = ".uhscontact"
MAX_NOTE_LETTERS: Final = 250
_MOST_BYTES: Final = 65_536


def is_card(text: str) -> bool:
    """Whether a text is a contact card."""
    return text.strip().lower().startswith(CARD_PREFIX)


class OwnCard(QWidget):
    """The owner's card, once it is asked for."""

    def __init__(self, acquaintance: Acquaintance, around: Surroundings) -> None:
        super().__init__()
        self._acquaintance = acquaintance
        self._around = around
        self._text = ""
        self.show_it = Button(self.tr("Show my contact card"))
        self.picture = QrPicture(
            self.tr("Picture of your contact card, for another computer's camera."), around.theme
        )
        self.copy = Button(self.tr("Copy as text"))
        self.save = Button(self.tr("Save as a file…"))
        self.banner = Banner()
        self._card = QWidget()
        buttons = FlowLayout(8)
        buttons.addWidget(self.copy)
        buttons.addWidget(self.save)
        card = QVBoxLayout(self._card)
        card.setContentsMargins(0, 0, 0, 0)
        card.setSpacing(10)
        card.addWidget(self.picture)
        card.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(
            Text(
                self.tr(
                    "Your card says your address and your name. Who takes it from your own screen or paper "
                    "knows that it is you. It holds no secret."
                ),
                Role.SECONDARY,
                wraps=True,
            )
        )
        line = QHBoxLayout()
        line.addWidget(self.show_it)
        line.addStretch(1)
        column.addLayout(line)
        column.addWidget(self._card)
        column.addWidget(self.banner)
        self._card.hide()
        self.show_it.clicked.connect(acquaintance.ask_card)
        self.copy.clicked.connect(self._copy)
        self.save.clicked.connect(self._choose)
        acquaintance.card.connect(self._show)

    def forget(self) -> None:
        """Show nothing."""
        self._text = ""
        self.picture.show_text("")
        self._card.hide()
        self.show_it.show()
        self.banner.silence()

    def write(self, path: str) -> None:
        """Write the card into a file."""
        file, content = Path(path), f"{self._text}\n".encode()
        write_private(file, content, self, lambda is_done: self._tell(file.name, is_done=is_done))

    def _tell(self, name: str, *, is_done: bool) -> None:
        if is_done:
            self.banner.say(Tone.GOOD, self.tr("Saved as {name}").format(name=name))
        else:
            self.banner.explain(self._around.errors.failure(Failure.DIRECTORY_UNWRITABLE))

    def _show(self, text: str) -> None:
        self._text = text
        self.picture.show_text(text)
        self.show_it.hide()
        self._card.show()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
        self.banner.say(Tone.GOOD, self.tr("Copied"))

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Save my contact card"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(self.tr("contact card") + CARD_SUFFIX)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.write)
        dialog.open()


class TheirCard(QWidget):
    """Takes somebody's card, and asks where it is from before it says anything about them.

    Signals:
        taken(): a card is there to be asked about.
        done(): the request is on its way.
    """

    taken = Signal()
    done = Signal()

    def __init__(self, acquaintance: Acquaintance, around: Surroundings) -> None:
        super().__init__()
        self._acquaintance = acquaintance
        self._around = around
        self._text = ""
        self.setAcceptDrops(True)
        self.open = LinkButton(self.tr("Open a contact card or its photograph…"))
        self.is_from_person = CheckBox(
            self.tr("I have it from their own screen or paper"), around.theme
        )
        self.note = QLineEdit()
        self.note.setMaxLength(MAX_NOTE_LETTERS)
        self.note.setPlaceholderText(self.tr("Who you are and why you write (optional)"))
        self.note.setAccessibleName(self.tr("Note to the person of the card"))
        self.ask = PrimaryButton(self.tr("Ask for contact"))
        self.cancel = LinkButton(self.tr("Cancel"))
        self.banner = Banner()
        self._form = Card()
        form = QVBoxLayout(self._form)
        form.setContentsMargins(20, 16, 20, 16)
        form.setSpacing(10)
        form.addWidget(Text(self.tr("A contact card"), Role.HEAD))
        form.addWidget(self.is_from_person)
        form.addWidget(
            Text(
                self.tr("Tick this only then: they count as known to you in person from now on."),
                Role.SECONDARY,
                wraps=True,
            )
        )
        form.addWidget(self.note)
        buttons = FlowLayout(8)
        buttons.addWidget(self.ask)
        buttons.addWidget(self.cancel)
        form.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        line = QHBoxLayout()
        line.addWidget(self.open)
        line.addStretch(1)
        column.addLayout(line)
        column.addWidget(self._form)
        column.addWidget(self.banner)
        self._form.hide()
        self.open.clicked.connect(self._choose)
        self.ask.clicked.connect(self._ask)
        self.note.returnPressed.connect(self._ask)
        self.cancel.clicked.connect(self.forget)
        acquaintance.added.connect(self._tell)
        acquaintance.card_failed.connect(self._fail)

    def take(self, text: str) -> None:
        """Ask about a card."""
        self.forget()
        self._text = text.strip()
        self._form.show()
        self.is_from_person.setFocus()
        self.taken.emit()

    def take_file(self, path: Path) -> None:
        """Have a card read from a file or a photograph."""
        self._around.codes.read(path, self, self._take)

    def _take(self, text: str) -> None:
        if is_card(text):
            self.take(text)
        else:
            self.forget()
            self.banner.explain(self._around.errors.failure(Failure.CARD_INVALID), Tone.WARNING)

    def forget(self) -> None:
        """Keep nothing."""
        self._text = ""
        self._form.hide()
        self.is_from_person.setChecked(False)
        self.note.clear()
        self.banner.silence()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept a file."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Read a file."""
        event.acceptProposedAction()
        self.take_file(Path(event.mimeData().urls()[0].toLocalFile()))

    def _ask(self) -> None:
        if self._text:
            self._acquaintance.add_by_card(
                self._text, self.note.text(), is_from_person=self.is_from_person.isChecked()
            )

    def _tell(self, added: AddedContact) -> None:
        self.forget()
        self.banner.say(
            Tone.GOOD,
            self.tr("The request to {name} is on its way").format(name=added.name),
            self.tr("You can write once it is accepted."),
        )
        self.done.emit()

    def _fail(self, failure: Failure, detail: str) -> None:
        self.banner.explain(self._around.errors.failure(failure, detail), Tone.WARNING)

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Open a contact card"))
        pictures = " ".join(f"*{suffix}" for suffix in PICTURES)
        dialog.setNameFilters(
            [
                self.tr("Contact cards and pictures") + f" (*{CARD_SUFFIX} *.txt {pictures})",
                self.tr("All files") + " (*)",
            ]
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.take_file(Path(name)))
        dialog.open()
