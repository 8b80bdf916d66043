# SPDX-License-Identifier: AGPL-3.0-or-later
"""The field in which a letter is written: paragraphs, lists and bold, and nothing that could be fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QImage,
    QKeySequence,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QTextEdit, QWidget

from app.window.marked_text import FIELD, MarkedText
from app.window.pasted import MAX_MARKUP, from_markup, from_plain
from app.window.shortcuts import Shortcut, keys
from app.window.theme.icons import Icon
from app.window.views.components.buttons import IconButton
from app.window.views.components.layouts import FlowLayout
from app.window.views.components.marked_documents import (
    begin_list,
    insert_marked,
    kind_of,
    read_marked,
    show_marked,
)
from crypto_core.wire.content import MarkKind

if TYPE_CHECKING:
    from PySide6.QtCore import QUrl
    from PySide6.QtGui import QKeyEvent, QTextBlock

    from app.window.theme.theme import Theme


def picture_in(source: QMimeData) -> QImage | None:
    """Return the picture that is dragged or on the clipboard; a browser sends its address along, and it is not fetched."""
    picture = source.imageData() if source.hasImage() else None
    return picture if isinstance(picture, QImage) and not picture.isNull() else None


class LetterEdit(QTextEdit):
    """Text and marks; Tab goes from field to field of a template and then on to the next control.

    Signals:
        files_pasted(list[str]): files were pasted.
        picture_pasted(QImage): a picture was pasted.
    """

    files_pasted = Signal(list)
    picture_pasted = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setProperty("bare", "true")
        self.setAcceptRichText(False)
        self.setAcceptDrops(False)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(0)
        self.document().setIndentWidth(24)
        self.setAccessibleName(name)

    @property
    def marked(self) -> MarkedText:
        """What is written."""
        return read_marked(self.document())

    def show_text(self, text: MarkedText) -> None:
        """Show a text in place of what is there."""
        show_marked(self.document(), text)

    def write(self, text: MarkedText) -> None:
        """Write a text where the cursor stands, as if it had been typed."""
        insert_marked(self.textCursor(), text)
        self.ensureCursorVisible()

    def loadResource(self, _kind: int, _name: QUrl | str) -> object:  # noqa: N802 - Qt calls it
        """Load nothing, from nowhere."""
        return None

    def canInsertFromMimeData(self, source: QMimeData) -> bool:  # noqa: N802 - Qt calls it
        """Return whether there is something to take over."""
        return source.hasText() or source.hasHtml() or source.hasImage() or source.hasUrls()

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802 - Qt calls it
        """Take over text with its lists and bold, files as documents, a picture as a document."""
        paths = [url.toLocalFile() for url in source.urls() if url.isLocalFile()]
        if paths:
            self.files_pasted.emit(paths)
            return
        text = MarkedText()
        if source.hasHtml() and len(source.html()) <= MAX_MARKUP:
            text = from_markup(source.html())
        if not text.text.strip() and source.hasText():
            text = from_plain(source.text())
        if text.text.strip() or not source.hasImage():
            self.write(text)
            return
        picture = picture_in(source)
        if picture is not None:
            self.picture_pasted.emit(picture)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """End a list with Enter on an empty entry; every Enter begins a paragraph."""
        if event.matches(QKeySequence.StandardKey.InsertParagraphSeparator) or event.matches(
            QKeySequence.StandardKey.InsertLineSeparator
        ):
            cursor = self.textCursor()
            if kind_of(cursor.block()) is not None and not cursor.block().text():
                _leave_list(cursor.block())
            else:
                cursor.insertBlock()
                self.ensureCursorVisible()
            event.accept()
            return
        super().keyPressEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002, FBT001, N802 - Qt calls it
        """Go to the next field of a template, if there is one."""
        return self.go_to_field(is_next=next) or super().focusNextPrevChild(next)

    def go_to_field(self, *, is_next: bool) -> bool:
        """Select the next field, or the one before; return False when there is none that way."""
        cursor = self.textCursor()
        block = cursor.block()
        while block.isValid():
            places = [_place(block, found.span()) for found in FIELD.finditer(block.text())]
            if is_next:
                ahead = [place for place in places if place[0] >= cursor.selectionEnd()]
            else:
                ahead = [place for place in reversed(places) if place[1] <= cursor.selectionStart()]
            if ahead:
                cursor.setPosition(ahead[0][0])
                cursor.setPosition(ahead[0][1], QTextCursor.MoveMode.KeepAnchor)
                self.setTextCursor(cursor)
                self.ensureCursorVisible()
                return True
            block = block.next() if is_next else block.previous()
        return False

    @property
    def is_bold(self) -> bool:
        """Whether what is typed next is bold."""
        return self.currentCharFormat().fontWeight() > QFont.Weight.Medium

    @property
    def list_kind(self) -> MarkKind | None:
        """In which kind of list the cursor stands."""
        return kind_of(self.textCursor().block())

    def toggle_bold(self) -> None:
        """Make what is selected, or typed next, bold, or no longer."""
        form = QTextCharFormat()
        form.setFontWeight(QFont.Weight.Normal if self.is_bold else QFont.Weight.Bold)
        self.mergeCurrentCharFormat(form)

    def toggle_list(self, kind: MarkKind) -> None:
        """Make the paragraphs at the cursor a list, or no longer."""
        cursor = self.textCursor()
        blocks = self._blocks(cursor)
        cursor.beginEditBlock()
        if all(kind_of(block) is kind for block in blocks):
            for block in blocks:
                _leave_list(block)
        else:
            before = blocks[0].previous()
            if before.isValid() and kind_of(before) is kind:
                for block in blocks:
                    before.textList().add(block)
            else:
                begin_list(cursor, kind)
        cursor.endEditBlock()

    def _blocks(self, cursor: QTextCursor) -> list[QTextBlock]:
        first = self.document().findBlock(cursor.selectionStart())
        last = self.document().findBlock(cursor.selectionEnd())
        blocks = [first]
        while blocks[-1].blockNumber() < last.blockNumber():
            blocks.append(blocks[-1].next())
        return blocks


def _leave_list(block: QTextBlock) -> None:
    entries = block.textList()
    if entries is not None:
        entries.remove(block)
        QTextCursor(block).setBlockFormat(QTextBlockFormat())


def _place(block: QTextBlock, span: tuple[int, int]) -> tuple[int, int]:
    """Return where a piece of a paragraph is in the document, which counts in UTF-16."""
    text = block.text()
    first, last = (len(text[:end].encode("utf-16-le")) // 2 for end in span)
    return block.position() + first, block.position() + last


class FormatBar(QWidget):
    """The few buttons above a letter; the keys do the same, and nothing needs them."""

    def __init__(self, edit: LetterEdit, theme: Theme) -> None:
        super().__init__()
        self._edit = edit
        self.bold = IconButton(Icon.BOLD, self.tr("Bold"), theme, shortcut=keys(Shortcut.BOLD))
        self.bullets = IconButton(
            Icon.BULLETS, self.tr("List"), theme, shortcut=keys(Shortcut.BULLETS)
        )
        self.numbers = IconButton(
            Icon.NUMBERS, self.tr("Numbered list"), theme, shortcut=keys(Shortcut.NUMBERS)
        )
        self.row = FlowLayout(4)
        self.setLayout(self.row)
        for button, act in (
            (self.bold, edit.toggle_bold),
            (self.bullets, lambda: edit.toggle_list(MarkKind.BULLET)),
            (self.numbers, lambda: edit.toggle_list(MarkKind.NUMBERED)),
        ):
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, act=act: self._do(act))
            # The letter keeps its selection, and the keyboard its place.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self.row.addWidget(button)
        edit.cursorPositionChanged.connect(self.refresh)
        edit.currentCharFormatChanged.connect(lambda _: self.refresh())

    def refresh(self) -> None:
        """Show how the text at the cursor is set."""
        self.bold.setChecked(self._edit.is_bold)
        self.bullets.setChecked(self._edit.list_kind is MarkKind.BULLET)
        self.numbers.setChecked(self._edit.list_kind is MarkKind.NUMBERED)

    def _do(self, act: object) -> None:
        if callable(act):
            act()
        self.refresh()
        self._edit.setFocus()
