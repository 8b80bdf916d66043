# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages of a document below each other; only those in sight are drawn and kept."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QAbstractScrollArea

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent, QWheelEvent

    from app.interface.documents import PageImage
    from app.window.theme.theme import Theme

GAP: Final = 16
KEPT: Final = 8
"""At most so many pages are in memory."""
ZOOMS: Final = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)
MOST_PIXELS: Final = 2400


class PageStack(QAbstractScrollArea):
    """Asks for pages as they come into sight.

    Signals:
        wanted(int, int): a page, and how wide it is to be, in pixels.
        moved(int): the page at the top is another one.
    """

    wanted = Signal(int, int)
    moved = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._images: dict[int, QImage] = {}
        self._ratios: list[float] = []
        self._ends: list[int] = []
        self._failed: set[int] = set()
        self._asked: dict[int, int] = {}
        """In which width a page was asked for last."""
        self._natural = 0
        self.zoom = 1.0
        self.current = 0
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.horizontalScrollBar().valueChanged.connect(lambda _: self.viewport().update())

    @property
    def count(self) -> int:
        """How many pages there are."""
        return len(self._ratios)

    def begin(self, count: int, size: QSize, *, is_measured: bool) -> None:
        """Show other pages, of which the first has a size. `is_measured`: in pixels, and is not blown up."""
        self.forget()
        ratio = size.height() / max(size.width(), 1) if size.height() else 1.0
        self._ratios = [min(max(ratio, 0.05), 20.0)] * count
        self._natural = size.width() if is_measured else 0
        self._measure()
        self.verticalScrollBar().setValue(0)
        self._tell_place()

    def forget(self) -> None:
        """Show nothing, and keep nothing."""
        self._images.clear()
        self._failed.clear()
        self._asked.clear()
        self._ratios, self._ends = [], []
        self.viewport().update()

    def show_page(self, image: PageImage) -> None:
        """Take a page that was asked for."""
        if not 0 <= image.page < self.count or len(image.pixels) != 3 * image.width * image.height:
            return
        # A copy: the bytes belong to the answer, which nobody keeps.
        self._images[image.page] = QImage(
            image.pixels, image.width, image.height, 3 * image.width, QImage.Format.Format_RGB888
        ).copy()
        ratio = image.height / image.width
        if abs(ratio - self._ratios[image.page]) > 0.001:
            self._ratios[image.page] = ratio
            self._measure()
        for page in sorted(self._images, key=lambda each: -abs(each - self.current)):
            if len(self._images) <= KEPT:
                break
            del self._images[page]
            self._asked.pop(page, None)
        self.viewport().update()

    def fail_page(self, page: int) -> None:
        """Say in its place that a page cannot be drawn."""
        self._failed.add(page)
        self.viewport().update()

    def set_zoom(self, zoom: float) -> None:
        """Show pages larger or smaller; 1 is as wide as there is room."""
        place = self.verticalScrollBar().value() / max(self._ends[-1], 1) if self._ends else 0.0
        self.zoom = zoom
        self._measure()
        if self._ends:
            self.verticalScrollBar().setValue(round(place * self._ends[-1]))

    def zoom_by(self, steps: int) -> None:
        """Go to the next larger or smaller size."""
        nearest = min(range(len(ZOOMS)), key=lambda at: abs(ZOOMS[at] - self.zoom))
        self.set_zoom(ZOOMS[min(max(nearest + steps, 0), len(ZOOMS) - 1)])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the pages to another width."""
        super().resizeEvent(event)
        self._measure()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint what is in sight, and ask for what is missing."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for page in self._in_sight():
            place = self._place(page)
            image = self._images.get(page)
            if page in self._failed:
                painter.fillRect(place, self._theme.colour("background"))
                painter.setPen(self._theme.colour("secondary"))
                text = self.tr("Page {n} cannot be shown").format(n=page + 1)
                painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), text)
                continue
            if image is None:
                painter.fillRect(place, self._theme.colour("background"))
            else:
                # Of another size until it has been drawn in this one.
                painter.drawImage(place, image)
                painter.setPen(self._theme.colour("line"))
                painter.drawRect(place.adjusted(0, 0, -1, -1))
            wanted = min(round(place.width() * self.devicePixelRatioF()), MOST_PIXELS)
            if self._asked.get(page) != wanted:
                self._asked[page] = wanted
                self.wanted.emit(page, wanted)
        painter.end()

    def _page_width(self) -> int:
        room = self.viewport().width() - 2 * GAP
        width = min(room, self._theme.space(self._natural)) if self._natural else room
        return max(round(width * self.zoom), 16)

    def _measure(self) -> None:
        width = self._page_width()
        self._ends = list(accumulate(round(width * ratio) + GAP for ratio in self._ratios))
        height = (self._ends[-1] if self._ends else 0) + GAP
        view = self.viewport().size()
        self.verticalScrollBar().setRange(0, max(0, height - view.height()))
        self.verticalScrollBar().setPageStep(view.height())
        self.verticalScrollBar().setSingleStep(self._theme.space(40))
        self.horizontalScrollBar().setRange(0, max(0, width + 2 * GAP - view.width()))
        self.horizontalScrollBar().setPageStep(view.width())
        self.viewport().update()

    def _in_sight(self) -> range:
        top = self.verticalScrollBar().value()
        first = bisect_right(self._ends, top)
        last = bisect_right(self._ends, top + self.viewport().height())
        return range(min(first, self.count), min(last + 1, self.count))

    def _place(self, page: int) -> QRect:
        width = self._page_width()
        above = (self._ends[page - 1] if page else 0) + GAP
        left = max((self.viewport().width() - width) // 2, GAP)
        return QRect(
            left - self.horizontalScrollBar().value(),
            above - self.verticalScrollBar().value(),
            width,
            round(width * self._ratios[page]),
        )

    def _scrolled(self) -> None:
        self.viewport().update()
        self._tell_place()

    def _tell_place(self) -> None:
        middle = self.verticalScrollBar().value() + self.viewport().height() // 3
        self.current = min(bisect_right(self._ends, middle), max(self.count - 1, 0))
        self.setAccessibleName(
            self.tr("Page {n} of {count}").format(n=self.current + 1, count=self.count)
        )
        self.moved.emit(self.current)
