# SPDX-License-Identifier: AGPL-3.0-or-later
"""A document on paper. Pages of others come as pictures from the process that reads them; this one only paints.

Painting for a printer takes a moment for each page, so it happens in a thread of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QRect, QRectF, QSizeF, Qt, QThreadPool, Signal
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QImage,
    QPageLayout,
    QPainter,
    QPalette,
    QTextDocument,
)
from PySide6.QtPrintSupport import QAbstractPrintDialog, QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog

from app.interface.documents import DocumentKind
from app.window.theme.tokens import LIGHT
from app.window.theme.typography import Typography
from app.window.views.components.blocks import BlockWriter
from app.window.views.printing import printer

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from app.interface.documents import Block, DocumentView, PageImage
    from app.window.i18n.documents import DocumentWords
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.viewer import Viewer

PAGE_PIXELS: Final = 2400
"""Of a page's width: about 290 dots per inch on A4, and what fits an answer."""
_SCREEN_DOTS: Final = 96
_MARGIN: Final = 60
"""Around a text on paper, in the 96th part of an inch."""


def can_print(view: DocumentView | None) -> bool:
    """Whether there is anything that paper can show."""
    return view is not None and bool(view.pages or view.blocks)


class DocumentPrinter(QObject):
    """Prints the document that is shown, one at a time.

    Signals:
        progressed(int, int): so many of all pages are painted.
        ended(bool): it is with the printer; False if it did not take it, or a page could not be drawn.
    """

    progressed = Signal(int, int)
    ended = Signal(bool)
    _painted = Signal(int, bool)
    _finished = Signal(bool)

    def __init__(
        self,
        viewer: Viewer,
        around: Surroundings,
        words: DocumentWords,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self._around = around
        self._words = words
        self._job: _Job | None = None
        self._pages = range(0)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        # One painter paints one paper: always in the same thread.
        self._pool.setExpiryTimeout(-1)
        self._painted.connect(self._go_on)
        self._finished.connect(self.ended)

    @property
    def is_busy(self) -> bool:
        """Whether something is being printed."""
        return self._job is not None

    def ask(self, parent: QWidget) -> None:
        """Let somebody choose a printer and pages, and print."""
        view = self._viewer.view
        if view is None or self.is_busy or not can_print(view):
            return
        device = printer()
        if view.pages and view.first_page_width > view.first_page_height:
            device.setPageOrientation(QPageLayout.Orientation.Landscape)
        dialog = QPrintDialog(device, parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setOption(QAbstractPrintDialog.PrintDialogOption.PrintPageRange, bool(view.pages))
        if view.pages:
            dialog.setMinMax(1, view.pages)
            dialog.setFromTo(1, view.pages)
        # The dialog does not keep its printer alive; what it calls does.
        dialog.accepted.connect(lambda: self.print_to(device))
        # Its own open() wants a slot by name.
        QDialog.open(dialog)

    def print_to(self, device: QPrinter) -> None:
        """Print what is shown; `ended` follows."""
        view = self._viewer.view
        if view is None or self.is_busy:
            return
        is_chosen = device.printRange() is QPrinter.PrintRange.PageRange and device.fromPage()
        first, last = (device.fromPage(), device.toPage()) if is_chosen else (1, view.pages)
        self._pages = range(max(first, 1) - 1, min(last or view.pages, view.pages))
        is_picture = view.kind in {DocumentKind.PICTURE, DocumentKind.DICOM}
        self._job = job = _Job(device, is_picture=is_picture)
        blocks, family = view.blocks, self._around.theme.typography.family
        self._start(lambda: job.begin() and job.paint_text(blocks, family, self._words), -1)

    def stop(self) -> None:
        """Print nothing more: what was not painted is not printed."""
        job, self._job = self._job, None
        if job is not None:
            self._pool.start(job.abort)
        self._pool.waitForDone()

    def _start(self, act: Callable[[], bool], page: int) -> None:
        self._pool.start(lambda: self._painted.emit(page, act()))

    def _go_on(self, page: int, is_done: bool) -> None:  # noqa: FBT001 - Qt's signals take no names
        """Ask for the next page when one is painted."""
        job = self._job
        if job is None:
            return
        done = 0 if page < 0 else self._pages.index(page) + 1
        if not is_done:
            self._end(is_taken=False)
            return
        self.progressed.emit(done, len(self._pages))
        if done == len(self._pages):
            self._end(is_taken=True)
            return

        def take(image: PageImage) -> None:
            if self._job is job:
                self._start(lambda: job.paint_page(image), image.page)

        def fail() -> None:
            if self._job is job:
                self._end(is_taken=False)

        self._viewer.draw_for_paper(self._pages[done], PAGE_PIXELS, take, fail)

    def _end(self, *, is_taken: bool) -> None:
        job, self._job = self._job, None
        if job is None:
            return
        act = job.end if is_taken else job.abort
        self._pool.start(lambda: self._finished.emit(act()))


class _Job:
    """Paints onto one printer; all of it in the printing thread."""

    def __init__(self, device: QPrinter, *, is_picture: bool) -> None:
        self._device = device
        self._is_picture = is_picture
        self._painter = QPainter()
        self._is_blank = True

    def begin(self) -> bool:
        """Begin to print; False if the printer does not take it."""
        return self._painter.begin(self._device)

    def paint_text(self, blocks: tuple[Block, ...], family: str, words: DocumentWords) -> bool:
        """Paint the text of a document over as many pages as it takes."""
        if not blocks:
            return True
        scale = self._device.logicalDpiX() / _SCREEN_DOTS
        paper = QSizeF(self._device.width() / scale, self._device.height() / scale)
        document = QTextDocument()
        document.setUndoRedoEnabled(False)
        BlockWriter(document, LIGHT, Typography(family=family, scale=1.0), words).write(blocks)
        document.setDocumentMargin(_MARGIN)
        document.setPageSize(paper)
        look = QAbstractTextDocumentLayout.PaintContext()
        ink = QPalette()
        ink.setColor(QPalette.ColorRole.Text, QColor(LIGHT.text))
        look.palette = ink
        for number in range(document.pageCount()):
            if not self._next_page():
                return False
            self._painter.save()
            self._painter.scale(scale, scale)
            self._painter.translate(0, -number * paper.height())
            area = QRectF(0, number * paper.height(), paper.width(), paper.height())
            self._painter.setClipRect(area)
            look.clip = area
            document.documentLayout().draw(self._painter, look)
            self._painter.restore()
        return True

    def paint_page(self, page: PageImage) -> bool:
        """Paint a page as large as the paper allows, in its middle; a picture of no paper gets a margin."""
        if len(page.pixels) != 3 * page.width * page.height or not self._next_page():
            return False
        picture = QImage(
            page.pixels, page.width, page.height, 3 * page.width, QImage.Format.Format_RGB888
        )
        paper = QRect(0, 0, self._device.width(), self._device.height())
        if self._is_picture:
            margin = self._device.logicalDpiX() // 2
            paper = paper.adjusted(margin, margin, -margin, -margin)
        area = QRect(paper)
        area.setSize(picture.size().scaled(paper.size(), Qt.AspectRatioMode.KeepAspectRatio))
        area.moveCenter(paper.center())
        self._painter.drawImage(area, picture)
        return True

    def end(self) -> bool:
        """Give it to the printer; False if it does not take it."""
        return self._painter.end()

    def abort(self) -> bool:
        """Give nothing to the printer that it does not have; False, because it is not printed."""
        if self._painter.isActive():
            self._device.abort()
            self._painter.end()
        return False

    def _next_page(self) -> bool:
        is_first, self._is_blank = self._is_blank, False
        return is_first or self._device.newPage()
