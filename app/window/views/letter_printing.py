# SPDX-License-Identifier: AGPL-3.0-or-later
"""A letter on paper: its head, its text as it is set, the names of its documents; no file lies in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QFont, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtPrintSupport import QPrintDialog
from PySide6.QtWidgets import QDialog

from app.interface.snapshots import Direction
from app.window.marked_text import MarkedText
from app.window.views.components.marked_documents import insert_marked
from app.window.views.printing import printer

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtPrintSupport import QPrinter
    from PySide6.QtWidgets import QWidget

    from app.interface.snapshots import MessageView
    from app.window.surroundings import Surroundings
    from crypto_core.wire.ids import AccountId

TEXT_POINTS = 10.5
TITLE_POINTS = 14


class LetterPaper(QObject):
    """Puts letters on paper."""

    def __init__(self, around: Surroundings, own: AccountId | None) -> None:
        super().__init__()
        self._around = around
        self._own = own

    def document(self, letter: MessageView) -> QTextDocument:
        """Return a letter as it is printed: texts of others are texts here too."""
        made = QTextDocument()
        made.setUndoRedoEnabled(False)
        font = QFont(self._around.theme.typography.family)
        font.setPointSizeF(TEXT_POINTS)
        made.setDefaultFont(font)
        cursor = QTextCursor(made)
        title = QTextCharFormat()
        title.setFontPointSize(TITLE_POINTS)
        title.setFontWeight(QFont.Weight.DemiBold)
        plain = QTextCharFormat()
        cursor.insertText(letter.subject or self._around.words.no_subject(), title)
        for line in self._head(letter):
            cursor.insertBlock()
            cursor.insertText(line, plain)
        cursor.insertBlock()
        cursor.insertBlock()
        insert_marked(cursor, MarkedText(text=letter.text, marks=letter.marks))
        if letter.attachments:
            # A new paragraph of its own, also behind a list.
            cursor.insertBlock(QTextBlockFormat(), plain)
            for row in letter.attachments:
                cursor.insertBlock()
                size = self._around.formats.size(row.size)
                cursor.insertText(
                    self.tr("Document: {name} ({size})").format(name=row.name, size=size), plain
                )
        return made

    def print_letter(self, letter: MessageView, device: QPrinter) -> None:
        """Print a letter."""
        self.document(letter).print_(device)

    def ask(self, letter: MessageView, parent: QWidget, on_printed: Callable[[], None]) -> None:
        """Let somebody choose a printer, and print."""
        device = printer()
        device.setFullPage(False)
        dialog = QPrintDialog(device, parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def accepted() -> None:
            self.print_letter(letter, device)
            on_printed()

        # The dialog does not keep its printer alive; what it calls does.
        dialog.accepted.connect(accepted)
        # Its own open() wants a slot by name.
        QDialog.open(dialog)

    def _head(self, letter: MessageView) -> list[str]:
        words, formats = self._around.words, self._around.formats
        others = [row.name for row in letter.recipients if row.account != self._own]
        lines = [
            self.tr("From: {name}").format(
                name=words.person(letter.sender_name, letter.sender_profession)
            )
        ]
        if others or letter.direction is Direction.SENT:
            lines.append(self.tr("To: {names}").format(names=words.names(others)))
        lines.append(
            self.tr("Date: {when}").format(
                when=f"{formats.day(letter.sent_at)}, {formats.time(letter.sent_at)}"
            )
        )
        if letter.patient is not None:
            lines.append(
                self.tr("Patient: {name}").format(name=words.born(letter.patient, formats))
            )
        return lines
