# SPDX-License-Identifier: AGPL-3.0-or-later
"""The ways to paper for a page that is a secret: the printer first, a file only after a warning."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QVBoxLayout, QWidget

from app.interface.failures import Failure
from app.window.files import write_private
from app.window.theme.tokens import Tone
from app.window.views.components.banners import Banner
from app.window.views.components.buttons import Button, LinkButton
from app.window.views.components.layouts import FlowLayout

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtPrintSupport import QPrinter

    from app.window.surroundings import Surroundings

    Ask: TypeAlias = Callable[[Callable[[bytes], None]], None]
    """Has the pages made, and hands them over as a PDF; now or later, or never."""


class PaperButtons(QWidget):
    """Print and save; what came of it is said below. The pages exist only while one or the other is done."""

    def __init__(self, around: Surroundings, *, title: str, file_name: str, ask: Ask) -> None:
        super().__init__()
        self._around = around
        self._title = title
        self._file_name = file_name
        self._ask = ask
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
        file = Path(path)
        self._ask(
            lambda pdf: write_private(
                file, pdf, self, lambda is_done: self._tell(file.name, is_done=is_done)
            )
        )

    def _tell(self, name: str, *, is_done: bool) -> None:
        if is_done:
            self.banner.say(Tone.GOOD, self.tr("Saved as {name}").format(name=name))
        else:
            self.banner.explain(self._around.errors.failure(Failure.DIRECTORY_UNWRITABLE))

    def _choose_printer(self) -> None:
        # Printing is for such pages only, and the start of the program does not wait for it.
        from PySide6.QtPrintSupport import QPrintDialog  # noqa: PLC0415

        from app.window.views import printing  # noqa: PLC0415 - as above

        self.banner.silence()
        printer = printing.printer()
        dialog = QPrintDialog(printer, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # The dialog does not keep its printer alive; what it calls does.
        dialog.accepted.connect(lambda: self._ask(lambda pdf: self._print(printer, pdf)))
        # Its own open() wants a slot by name.
        QDialog.open(dialog)

    def _print(self, printer: QPrinter, pdf: bytes) -> None:
        from app.window.views import printing  # noqa: PLC0415 - as above

        if printing.print_pages(pdf, printer):
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
