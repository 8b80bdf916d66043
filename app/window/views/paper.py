# SPDX-License-Identifier: AGPL-3.0-or-later
"""The ways to paper for a page that is a secret: the printer first, a file only after a warning."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QVBoxLayout, QWidget

from app.interface.failures import Failure
from app.window.theme.tokens import Tone
from app.window.views import code_sheet, kit_sheet
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, LinkButton
from app.window.views.components.layouts import FlowLayout

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPagedPaintDevice
    from PySide6.QtPrintSupport import QPrinter

    from app.window.surroundings import Surroundings


class PaperButtons(QWidget):
    """Print and save; what came of it is said below."""

    def __init__(
        self,
        around: Surroundings,
        *,
        title: str,
        file_name: str,
        paint: Callable[[QPagedPaintDevice], bool],
    ) -> None:
        super().__init__()
        self._around = around
        self._title = title
        self._file_name = file_name
        self._paint = paint
        self.print = Button(self.tr("Print…"))
        self.save = LinkButton(self.tr("Save as a file…"))
        self.save_anyway = Button(self.tr("Choose where…"))
        self.do_not_save = LinkButton(self.tr("Do not save"))
        self.warning = Banner(self.save_anyway, self.do_not_save)
        self.banner = Banner()
        buttons = FlowLayout(8)
        buttons.addWidget(self.print)
        buttons.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(buttons)
        column.addWidget(self.warning)
        column.addWidget(self.banner)
        self.print.clicked.connect(self._choose_printer)
        self.save.clicked.connect(self._warn)
        self.save_anyway.clicked.connect(self._choose_file)
        self.do_not_save.clicked.connect(self._do_not_save)

    def forget(self) -> None:
        """Say nothing any more."""
        self.warning.silence()
        self.banner.silence()

    def write(self, path: str) -> None:
        """Write the file, for its owner alone."""
        self.warning.silence()
        try:
            kit_sheet.write(Path(path), self._title, self._paint)
        except OSError:
            self.banner.explain(self._around.errors.failure(Failure.DIRECTORY_UNWRITABLE))
            return
        self.banner.say(Tone.GOOD, self.tr("Saved as {name}").format(name=Path(path).name))

    def _choose_printer(self) -> None:
        # Printing is for such pages only, and the start of the program does not wait for it.
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter  # noqa: PLC0415

        self.banner.silence()
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        code_sheet.prepare(printer)
        dialog = QPrintDialog(printer, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # The dialog does not keep its printer alive; what it calls does.
        dialog.accepted.connect(lambda: self._print(printer))
        # Its own open() wants a slot by name.
        QDialog.open(dialog)

    def _print(self, printer: QPrinter) -> None:
        if self._paint(printer):
            self.banner.say(Tone.GOOD, self.tr("Handed to the printer"))
        else:
            self.banner.say(
                Tone.WARNING,
                self.tr("The printer did not take the page"),
                self.tr("Check that it is on and connected, or write it down by hand."),
            )

    def _warn(self) -> None:
        self.warning.say(
            Tone.WARNING,
            self.tr("A file is less safe than paper"),
            self.tr(
                "Whoever opens this computer or its backups can read it. Save it on a USB stick that "
                "you keep elsewhere, or print it and delete it."
            ),
        )
        self.do_not_save.setFocus()

    def _do_not_save(self) -> None:
        self.warning.silence()
        self.print.setFocus()

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, self._title)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("PDF (*.pdf)")
        dialog.setDefaultSuffix("pdf")
        dialog.selectFile(self._file_name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.write)
        dialog.open()
