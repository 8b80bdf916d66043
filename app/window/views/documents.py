# SPDX-License-Identifier: AGPL-3.0-or-later
"""Cards for documents: of a letter, to be saved; of a draft, to be removed."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QImage, QPixmap
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout

from app.interface.documents import DocumentKind, DocumentProblem
from app.window.i18n.documents import DocumentWords
from app.window.theme.icons import Icon
from app.window.theme.tokens import CARD_WIDTH, Tone
from app.window.theme.typography import Role
from app.window.views.components.buttons import IconButton, LinkButton
from app.window.views.components.layouts import Card
from app.window.views.components.texts import ElidedText, Text

if TYPE_CHECKING:
    from app.interface.documents import DocumentPreview, PageImage
    from app.interface.failures import Failure
    from app.interface.snapshots import AttachmentRow, SavedFile
    from app.interface.writing import DraftDocument as KeptDocument
    from app.window.surroundings import Surroundings

_KINDS: Final = {
    "application/pdf": "PDF",
    "application/dicom": "DICOM",
    "application/msword": "DOC",
    "text/plain": "TXT",
    "text/xml": "XML",
    "application/xml": "XML",
    "application/hl7-cda+xml": "CDA",
}
PREVIEW_WIDTH: Final = 56
_PREVIEW_HEIGHT: Final = 72
_FAMILIES: Final = {"image": "IMG", "audio": "AUDIO", "video": "VID", "text": "TXT"}


def kind_mark(name: str, media_type: str) -> str:
    """Return up to five letters that say what a file is, from its type or its name's ending."""
    known = _KINDS.get(media_type) or _FAMILIES.get(media_type.split("/", maxsplit=1)[0])
    ending = PurePath(name).suffix.removeprefix(".").upper()
    return known or (ending if 0 < len(ending) <= 5 and ending.isalnum() else "DOC")


class DocumentCard(Card):
    """What a document is called, what it is and how large."""

    def __init__(
        self, name: str, media_type: str, detail: str, around: Surroundings, *, mark: str = ""
    ) -> None:
        super().__init__()
        self.around = around
        self.setMaximumWidth(around.theme.space(CARD_WIDTH))
        self.setAccessibleName(f"{name}, {detail}")
        self.sign = QLabel(mark or kind_mark(name, media_type))
        self.sign.setProperty("kindmark", "true")
        self.sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sign.setFixedSize(around.theme.space(44), around.theme.space(40))
        self.name = ElidedText(name, Role.TEXT, is_file=True)
        self.detail = Text(detail, Role.SMALL, wraps=True)
        texts = QVBoxLayout()
        texts.setSpacing(1)
        texts.addStretch(1)
        texts.addWidget(self.name)
        texts.addWidget(self.detail)
        texts.addStretch(1)
        self.row = QHBoxLayout()
        self.row.setSpacing(12)
        self.row.addWidget(self.sign)
        self.row.addLayout(texts, 1)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(14, 10, 14, 10)
        self.column.setSpacing(8)
        self.column.addLayout(self.row)

    def complain(self, text: str) -> None:
        """Say in the second line what went wrong."""
        self.detail.setText(f"✕ {text}")
        self.detail.set_tone(Tone.DANGER)


class ReceivedDocument(DocumentCard):
    """A document of a letter.

    Signals:
        open_asked(): it is to be shown.
        save_asked(str): into which directory.
    """

    open_asked = Signal()
    save_asked = Signal(str)

    def __init__(self, row: AttachmentRow, around: Surroundings) -> None:
        size = around.formats.size(row.size)
        detail = (
            size
            if row.available
            else self.tr("{size}, still to be fetched from the relay").format(size=size)
        )
        super().__init__(row.name, row.media_type, detail, around)
        self._size = size
        if not row.size:
            self.complain(self.tr("This file is empty"))
        self._folder = ""
        self.open = LinkButton(self.tr("Open"))
        self.open.setAccessibleName(self.tr("Open {name}").format(name=row.name))
        self.open.clicked.connect(self.open_asked)
        self.save = LinkButton(self.tr("Save…"))
        self.save.setAccessibleName(self.tr("Save {name}").format(name=row.name))
        self.save.clicked.connect(self._choose_folder)
        self.show_folder = LinkButton(self.tr("Show folder"))
        self.show_folder.clicked.connect(self._open_folder)
        self.show_folder.hide()
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName(self.tr("Saving {name}").format(name=row.name))
        self._progress.hide()
        self.row.addWidget(self.show_folder)
        self.row.addWidget(self.save)
        self.row.addWidget(self.open)
        self.column.addWidget(self._progress)

    def begin(self, directory: str) -> None:
        """Ask for the document to be written into a directory."""
        self.save.setEnabled(False)
        self.show_folder.hide()
        self.detail.set_tone(Tone.NEUTRAL)
        self._progress.setRange(0, 0)
        self._progress.show()
        self.save_asked.emit(directory)

    def tell_progress(self, done: int, total: int) -> None:
        """Show how much is written."""
        # A bar counts in 32-bit numbers; documents may be larger.
        self._progress.setRange(0, 1000)
        self._progress.setValue(1000 * done // max(total, 1))
        self.detail.setText(
            self.tr("{done} of {total}").format(
                done=self.around.formats.size(done), total=self.around.formats.size(total)
            )
        )

    def tell_saved(self, saved: SavedFile) -> None:
        """Say where the document is now, and that it lies there unprotected."""
        self._folder = str(PurePath(saved.path).parent)
        self._progress.hide()
        self.save.setEnabled(True)
        self.show_folder.show()
        self.detail.set_tone(Tone.NEUTRAL)
        self.detail.setText(
            self.tr("✓ Saved as “{name}”. This copy is not encrypted.").format(
                name=PurePath(saved.path).name
            )
        )

    def tell_failed(self, failure: Failure, detail: str) -> None:
        """Say why it was not written."""
        self._progress.hide()
        self.save.setEnabled(True)
        explanation = self.around.errors.failure(failure, detail)
        self.complain(f"{explanation.what} {explanation.do}")

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, self.tr("Save the document in"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.begin)
        dialog.open()

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._folder))


class DraftDocument(DocumentCard):
    """A document of a draft: encrypted here already, whatever becomes of the file it was made from.

    Signals:
        open_asked(): the person wants to look at it before it goes.
        removed(): the person leaves it out.
    """

    open_asked = Signal()
    removed = Signal()

    def __init__(self, row: KeptDocument, around: Surroundings) -> None:
        super().__init__(row.name, row.media_type, "", around)
        self._name = row.name
        self._has_content = row.size > 0
        self._words = DocumentWords()
        self._size = around.formats.size(row.size)
        self._say(self.tr("{size}, encrypted on this computer").format(size=self._size))
        if not row.size:
            self.complain(self.tr("This file is empty"))
        self.open = LinkButton(self.tr("Open"))
        self.open.setAccessibleName(self.tr("Open {name}").format(name=row.name))
        self.open.clicked.connect(lambda _=False: self.open_asked.emit())
        self.row.addWidget(self.open)
        self.remove = IconButton(
            Icon.CLOSE, self.tr("Remove {name}").format(name=row.name), around.theme
        )
        self.remove.clicked.connect(lambda _=False: self.removed.emit())
        self.row.addWidget(self.remove)

    def show_preview(self, seen: DocumentPreview | None) -> None:
        """Show what a glance told: its first page, what it is by its content, whom it is about."""
        if seen is None or not self._has_content or DocumentProblem.TOO_LARGE in seen.problems:
            return
        if seen.kind is DocumentKind.UNKNOWN and not seen.problems:
            # Its name and type say more about it than its content does.
            return
        self.sign.setText(self._words.mark(seen.kind))
        what = self._words.kind(seen.kind)
        if seen.pages > 1:
            what = self.tr("{what}, {n} pages").format(what=what, n=seen.pages)
        lines = [
            self.tr("{what}, {size}, encrypted on this computer").format(what=what, size=self._size)
        ]
        patient = seen.patient
        if patient is not None and patient.family_name:
            name = f"{patient.given_name} {patient.family_name}".strip()
            born = self.around.formats.birth_date(patient.birth_date)
            about = f"{name}, {born}" if born else name
            lines.append(self.tr("About: {patient}").format(patient=about))
        is_shown = seen.pages > 0 or bool(seen.title) or seen.patient is not None
        lines += [f"△ {self._words.problem(each, is_shown=is_shown)}" for each in seen.problems[:2]]
        self._say("\n".join(lines))
        self.detail.set_tone(Tone.WARNING if seen.problems else Tone.NEUTRAL)
        if seen.image is not None:
            self._show_page(seen.image)

    def _say(self, detail: str) -> None:
        self.detail.setText(detail)
        self.setAccessibleName(f"{self._name}, {detail}")

    def _show_page(self, page: PageImage) -> None:
        if len(page.pixels) != 3 * page.width * page.height:
            return
        image = QImage(
            page.pixels, page.width, page.height, 3 * page.width, QImage.Format.Format_RGB888
        )
        ratio = self.devicePixelRatioF()
        room = QSize(
            round(self.around.theme.space(PREVIEW_WIDTH) * ratio),
            round(self.around.theme.space(_PREVIEW_HEIGHT) * ratio),
        )
        shown = image.scaled(
            room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        pixmap = QPixmap.fromImage(shown)
        pixmap.setDevicePixelRatio(ratio)
        self.sign.setProperty("kindmark", "page")
        self.sign.style().unpolish(self.sign)
        self.sign.style().polish(self.sign)
        self.sign.setFixedSize(round(shown.width() / ratio) + 2, round(shown.height() / ratio) + 2)
        self.sign.setPixmap(pixmap)
