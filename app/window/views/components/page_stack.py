# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pages of a document below each other; only those in sight are drawn and kept."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QImage, QKeySequence, QPainter
from PySide6.QtWidgets import QAbstractScrollArea, QMenu

from app.window.shortcuts import Shortcut, hint
from app.window.theme.tokens import LIGHT

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import (
        QContextMenuEvent,
        QKeyEvent,
        QMouseEvent,
        QPaintEvent,
        QResizeEvent,
        QWheelEvent,
    )

    from app.interface.documents import PageImage
    from app.window.theme.theme import Theme
    from app.window.viewmodels.page_letters import Area, PageLetters

GAP: Final = 16
KEPT: Final = 8
"""At most so many pages are in memory."""
ZOOMS: Final = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)
MOST_PIXELS: Final = 2400
# Laid over a page like a felt pen, whatever the window's own colours are: pages are of paper.
_FOUND: Final = QColor(0xFF, 0xD8, 0x4D, 110)
_FOUND_NOW: Final = QColor(0xFF, 0x9E, 0x1F, 150)
_SELECTED: Final = QColor(0x0F, 0x76, 0x6E, 70)


class PageStack(QAbstractScrollArea):
    """Asks for pages as they come into sight.

    Signals:
        wanted(int, int): a page, and how wide it is to be, in pixels.
        letters_wanted(int): the letters of a page under a hand.
        selection_changed(): other letters are selected, or none.
        moved(int): the page at the top is another one.
    """

    wanted = Signal(int, int)
    letters_wanted = Signal(int)
    selection_changed = Signal()
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
        self._letters_of: Callable[[int], PageLetters | None] = lambda _: None
        self._finds_on: Callable[[int], tuple[tuple[Area, bool], ...]] = lambda _: ()
        self._anchor: tuple[int, int] | None = None
        self._end: tuple[int, int] | None = None
        self._is_dragging = False
        self.zoom = 1.0
        self.current = 0
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.horizontalScrollBar().valueChanged.connect(lambda _: self.viewport().update())

    @property
    def count(self) -> int:
        """How many pages there are."""
        return len(self._ratios)

    def consult(
        self,
        letters_of: Callable[[int], PageLetters | None],
        finds_on: Callable[[int], tuple[tuple[Area, bool], ...]],
    ) -> None:
        """Say who knows the letters of a page, and what was found on it (with which find is looked at)."""
        self._letters_of = letters_of
        self._finds_on = finds_on

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
        self._anchor = self._end = None
        self._is_dragging = False
        self._ratios, self._ends = [], []
        self.setAccessibleDescription("")
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

    @property
    def selected_text(self) -> str:
        """What is selected, over all pages of which the letters are known."""
        pieces = []
        for page, start, end in self._selected():
            letters = self._letters_of(page)
            if letters is not None:
                pieces.append(letters.copied(start, end))
        return "\n".join(pieces)

    def copy(self) -> None:
        """Put what is selected on the clipboard; the lock takes it away again, as it does everything copied here."""
        if self.selected_text:
            QGuiApplication.clipboard().setText(self.selected_text)

    def bring(self, page: int, areas: tuple[Area, ...]) -> None:
        """Scroll a place of a page into sight."""
        if not 0 <= page < self.count:
            return
        place = self._place(page)
        area = self._on_screen(areas[0], place) if areas else QRectF(place.topLeft(), place.size())
        sideways, downwards = self.horizontalScrollBar(), self.verticalScrollBar()
        view = self.viewport().rect()
        if area.top() < GAP or area.bottom() > view.height() - GAP:
            downwards.setValue(round(downwards.value() + area.top() - view.height() / 3))
        if area.left() < 0 or area.right() > view.width():
            sideways.setValue(round(sideways.value() + area.left() - view.width() / 3))
        self.viewport().update()

    def turn_to(self, page: int) -> None:
        """Show the beginning of a page."""
        if self.count:
            page = min(max(page, 0), self.count - 1)
            self.verticalScrollBar().setValue(self._ends[page - 1] if page else 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn pages, copy."""
        bar = self.verticalScrollBar()
        is_whole = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        step = bar.pageStep() - self._theme.space(40)
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() == Qt.Key.Key_PageDown:
            self.turn_to(self.current + 1) if is_whole else bar.setValue(bar.value() + step)
        elif event.key() == Qt.Key.Key_PageUp:
            self.turn_to(self.current - 1) if is_whole else bar.setValue(bar.value() - step)
        elif event.key() == Qt.Key.Key_Space:
            is_back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            bar.setValue(bar.value() + (-step if is_back else step))
        elif event.key() == Qt.Key.Key_Home:
            bar.setValue(0)
        elif event.key() == Qt.Key.Key_End:
            bar.setValue(bar.maximum())
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to select."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._anchor = self._end = self._letter_at(event.position())
            self._is_dragging = True
            self._tell_selection()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Select as far as the hand goes; say that there is text under it."""
        if self._is_dragging:
            at = self._letter_at(event.position())
            self._anchor = self._anchor or at
            self._end = at or self._end
            self._tell_selection()
            return
        found = self._page_at(event.position())
        letters = None if found is None else self._letters_of(found[0])
        if found is not None and letters is None:
            self.letters_wanted.emit(found[0])
        is_text = letters is not None and found is not None and letters.is_on_letter(*found[1])
        shape = Qt.CursorShape.IBeamCursor if is_text else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End selecting."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._is_dragging = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Select a word."""
        at = self._letter_at(event.position())
        letters = None if at is None else self._letters_of(at[0])
        if at is not None and letters is not None:
            start, end = letters.word_at(at[1])
            self._anchor, self._end = (at[0], start), (at[0], end)
            self._tell_selection()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to copy."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction(hint(self.tr("Copy"), Shortcut.COPY))
        copy.setEnabled(bool(self.selected_text))
        copy.triggered.connect(lambda _=False: self.copy())
        menu.popup(event.globalPos())

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
        # Paper lies on a desk, not on paper.
        painter.fillRect(self.viewport().rect(), self._theme.colour("background"))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for page in self._in_sight():
            place = self._place(page)
            image = self._images.get(page)
            if page in self._failed:
                painter.fillRect(place, self._theme.colour("panel"))
                painter.setPen(self._theme.colour("secondary"))
                text = self.tr("Page {n} cannot be shown").format(n=page + 1)
                painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), text)
                continue
            if image is None:
                painter.fillRect(place, self._theme.colour("panel"))
            else:
                # Of another size until it has been drawn in this one.
                painter.drawImage(place, image)
                painter.setPen(self._theme.colour("line"))
                painter.drawRect(place.adjusted(0, 0, -1, -1))
                self._paint_marks(painter, page, place)
            wanted = min(round(place.width() * self.devicePixelRatioF()), MOST_PIXELS)
            if self._asked.get(page) != wanted:
                self._asked[page] = wanted
                self.wanted.emit(page, wanted)
        painter.end()

    def _paint_marks(self, painter: QPainter, page: int, place: QRect) -> None:
        """Lay what was found and what is selected over a page."""
        for area, is_now in self._finds_on(page):
            shown = self._on_screen(area, place).adjusted(-1, -1, 1, 1)
            painter.fillRect(shown, _FOUND_NOW if is_now else _FOUND)
            if is_now:
                painter.setPen(QColor(LIGHT.warning))
                painter.drawRect(shown)
        for at, start, end in self._selected():
            letters = self._letters_of(page) if at == page else None
            for area in () if letters is None else letters.areas(start, end):
                painter.fillRect(self._on_screen(area, place), _SELECTED)

    def _on_screen(self, area: Area, place: QRect) -> QRectF:
        return QRectF(
            place.left() + area.left * place.width(),
            place.top() + area.top * place.height(),
            (area.right - area.left) * place.width(),
            (area.bottom - area.top) * place.height(),
        )

    def _selected(self) -> list[tuple[int, int, int]]:
        """Return what is selected: page, first letter, and the one behind the last."""
        if self._anchor is None or self._end is None or self._anchor == self._end:
            return []
        (first, start), (last, end) = sorted((self._anchor, self._end))
        found = []
        for page in range(first, last + 1):
            letters = self._letters_of(page)
            if letters is not None:
                begin = start if page == first else 0
                found.append((page, begin, end if page == last else letters.count))
        return found

    def _tell_selection(self) -> None:
        self.viewport().update()
        self.selection_changed.emit()

    def _page_at(self, point: QPointF) -> tuple[int, tuple[float, float]] | None:
        """Return the page under a point, or beside it, and where on it, from 0 to 1."""
        for page in self._in_sight():
            place = self._place(page)
            if point.y() <= place.bottom() + GAP:
                across = (point.x() - place.left()) / max(place.width(), 1)
                return page, (across, (point.y() - place.top()) / max(place.height(), 1))
        return None

    def _letter_at(self, point: QPointF) -> tuple[int, int] | None:
        found = self._page_at(point)
        if found is None:
            return None
        letters = self._letters_of(found[0])
        if letters is None:
            self.letters_wanted.emit(found[0])
            return None
        return found[0], letters.place_at(*found[1])

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
