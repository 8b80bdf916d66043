# SPDX-License-Identifier: AGPL-3.0-or-later
"""Cards, columns, empty pages, and a layout whose widgets flow like words."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLayout,
    QLayoutItem,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.window.theme.typography import Role
from app.window.views.components.texts import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QPushButton


class Card(QFrame):
    """A bordered box."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", "true")


class FlowLayout(QLayout):
    """Puts widgets side by side and begins a new line where there is no room."""

    def __init__(self, spacing: int) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802 - Qt calls it
        """Add at the end."""
        self._items.append(item)

    def count(self) -> int:
        """Return the number of items."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802 - Qt calls it
        """Return an item, or None past the end."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802 - Qt calls it
        """Remove and return an item, or None past the end."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802 - Qt calls it
        """Return that more room than needed is of no use."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt calls it
        """Return that the height follows from the width."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt calls it
        """Return the height at a width."""
        return self._arrange(QRect(0, 0, width, 0), is_trial=True)

    def setGeometry(self, rectangle: QRect) -> None:  # noqa: N802 - Qt calls it
        """Put every widget in its place."""
        super().setGeometry(rectangle)
        self._arrange(rectangle, is_trial=False)

    def sizeHint(self) -> QSize:
        """Return the size of everything in one line."""
        shown = [item.sizeHint() for item in self._items if not item.isEmpty()]
        gaps = self.spacing() * max(len(shown) - 1, 0)
        return QSize(
            sum(hint.width() for hint in shown) + gaps,
            max((hint.height() for hint in shown), default=0),
        )

    def minimumSize(self) -> QSize:  # noqa: N802 - Qt calls it
        """Return the smallest size that holds the widest widget."""
        size = QSize()
        for item in self._items:
            if not item.isEmpty():
                size = size.expandedTo(item.minimumSize())
        return size

    def _arrange(self, rectangle: QRect, *, is_trial: bool) -> int:
        x, y, line_height = rectangle.x(), rectangle.y(), 0
        line: list[tuple[QLayoutItem, QRect]] = []
        for item in self._items:
            if item.isEmpty():
                continue
            hint = item.sizeHint()
            width = min(hint.width(), rectangle.width())
            if x > rectangle.x() and x + width > rectangle.right() + 1:
                self._place(line, line_height, is_trial=is_trial)
                x, y, line_height, line = rectangle.x(), y + line_height + self.spacing(), 0, []
            if item.expandingDirections() & Qt.Orientation.Horizontal:
                # What can use more room takes the rest of its line.
                width = max(width, rectangle.right() + 1 - x)
            line.append((item, QRect(QPoint(x, y), QSize(width, hint.height()))))
            x += width + self.spacing()
            line_height = max(line_height, hint.height())
        self._place(line, line_height, is_trial=is_trial)
        return y + line_height - rectangle.y()

    @staticmethod
    def _place(line: list[tuple[QLayoutItem, QRect]], height: int, *, is_trial: bool) -> None:
        """Put a line's widgets beside each other, their middles at one height."""
        if not is_trial:
            for item, place in line:
                item.setGeometry(place.translated(0, (height - place.height()) // 2))


def clear(layout: QLayout) -> None:
    """Remove and delete every widget of a layout."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()


class _Ground(QWidget):
    """What scrolls: as wide as the page, whatever stands on it. What is wider is cut, and nothing else with it."""

    def __init__(self) -> None:
        super().__init__()
        # Without this only Qt's own class has the colour of its ground.
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt calls it
        """Return the height that is needed, and no width."""
        return QSize(0, super().minimumSizeHint().height())


def scrolling(content: QWidget) -> QScrollArea:
    """Return an area in which a widget fills the width, and scrolls where it is higher than the room for it."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    return area


class Column(QScrollArea):
    """A page that scrolls, with its content in one column of a greatest width."""

    def __init__(self, *, width: int, margin: int, is_centred: bool) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        ground = _Ground()
        ground.setProperty("ground", "panel")
        row = QHBoxLayout(ground)
        row.setContentsMargins(margin, 24, margin, 32)
        inner = QWidget()
        inner.setMaximumWidth(width)
        inner.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.content = QVBoxLayout(inner)
        self.content.setContentsMargins(0, 0, 0, 0)
        self.content.setSpacing(12)
        if is_centred:
            row.addStretch(1)
        row.addWidget(inner, 100)
        row.addStretch(1)
        self.setWidget(ground)
        self._reorder = QTimer(self, singleShot=True, interval=0)
        self._reorder.timeout.connect(self._order_keyboard)
        ground.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice that something was added to the page, or taken away."""
        if event.type() is QEvent.Type.LayoutRequest:
            self._reorder.start()
        return super().eventFilter(watched, event)

    def _order_keyboard(self) -> None:
        """Let Tab go down the page as it is now: what is made later would come last."""
        for one, other in itertools.pairwise(_stops(self.content)):
            QWidget.setTabOrder(one, other)


def _stops(layout: QLayout) -> Iterator[QWidget]:
    """Yield what Tab stops at, in the order in which it was laid out."""
    for position in range(layout.count()):
        item = layout.itemAt(position)
        inner = None if item is None else item.layout()
        widget = None if item is None else item.widget()
        if widget is not None:
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                yield widget
            inner = widget.layout()
        if inner is not None:
            yield from _stops(inner)


def bring_into_view(widget: QWidget) -> None:
    """Scroll the page so that a widget that was just shown can be seen, once it has its place."""

    def scroll() -> None:
        parent = widget.parentWidget()
        while parent is not None and not isinstance(parent, Column):
            parent = parent.parentWidget()
        if parent is not None and widget.isVisible():
            parent.ensureWidgetVisible(widget)

    QTimer.singleShot(0, widget, scroll)


class EmptyState(QWidget):
    """Says that there is nothing, why, and what one can do."""

    def __init__(self, title: str, body: str, *buttons: QPushButton) -> None:
        super().__init__()
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title = Text(title, Role.HEAD, wraps=True)
        self._body = Text(body, Role.SECONDARY, wraps=True)
        for text in (self._title, self._body):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(self._title)
        column.addWidget(self._body)
        for button in buttons:
            column.addSpacing(8)
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def say(self, title: str, body: str) -> None:
        """Say something else."""
        self._title.setText(title)
        self._body.setText(body)
