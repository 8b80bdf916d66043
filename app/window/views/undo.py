# SPDX-License-Identifier: AGPL-3.0-or-later
"""The lines that offer to take back what was just done; they float over whatever page is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.window.shortcuts import Shortcut, hint
from app.window.theme.icons import Icon
from app.window.theme.typography import Role
from app.window.viewmodels.acts import Deed
from app.window.views.components.buttons import IconButton, LinkButton
from app.window.views.components.layouts import clear
from app.window.views.components.texts import Text

if TYPE_CHECKING:
    from app.window.surroundings import Surroundings
    from app.window.viewmodels.acts import Acts, Undoable

WIDTH: Final = 420
MARGIN: Final = 16
MOST_SHOWN: Final = 3
"""Lines; what was done before is taken back by the key, one after the other."""
PADDING: Final = 48
"""Margins and gaps of a line."""
_MOVING: Final = frozenset(
    (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide)
)


class UndoLine(QFrame):
    """What was done, “Undo”, and a way to put the line away."""

    def __init__(self, undoable: Undoable, text: str, acts: Acts, around: Surroundings) -> None:
        super().__init__()
        self.number = undoable.number
        self.setProperty("float", "true")
        self.setAccessibleName(text)
        self.text = Text(text, Role.TEXT, wraps=True)
        self.undo = LinkButton(self.tr("Undo"))
        self.undo.setToolTip(hint(self.tr("Undo"), Shortcut.UNDO))
        self.undo.setAccessibleName(self.tr("Undo: {text}").format(text=text))
        self.undo.clicked.connect(lambda _=False: acts.undo(self.number))
        self.close_line = IconButton(Icon.CLOSE, self.tr("Hide this line"), around.theme)
        self.close_line.clicked.connect(lambda _=False: acts.let_go(self.number))
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 6, 4)
        row.setSpacing(8)
        row.addWidget(self.text, 1)
        row.addWidget(self.undo)
        row.addWidget(self.close_line)

    def height_at(self, width: int) -> int:
        """Return how high it is at a width."""
        return self._row.totalHeightForWidth(width)

    def width_of_one_line(self) -> int:
        """Return how wide it is when its text needs no second line."""
        text = self.text.fontMetrics().horizontalAdvance(self.text.text())
        buttons = self.undo.sizeHint().width() + self.close_line.sizeHint().width()
        return text + buttons + PADDING


class UndoBar(QWidget):
    """The lines, the newest at the bottom; as wide as they need to be and no wider than the page.

    They stay beside one part of the page, and above another when that one is shown.
    """

    def __init__(
        self, acts: Acts, around: Surroundings, page: QWidget, *, beside: QWidget, above: QWidget
    ) -> None:
        super().__init__(page)
        self._acts = acts
        self._around = around
        self._page = page
        self._beside = beside
        self._above = above
        self.lines: list[UndoLine] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self.hide()
        acts.changed.connect(self._show)
        acts.offered.connect(self._announce)
        acts.undone.connect(self._announce_undone)
        page.installEventFilter(self)
        above.installEventFilter(self)
        self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in place when the page gets another size or shows something else."""
        if event.type() in _MOVING:
            self._place()
        return super().eventFilter(watched, event)

    def text(self, undoable: Undoable) -> str:
        """Return what was done, in words."""
        count = undoable.count
        if undoable.deed is Deed.FILED_UNDER and undoable.patient is not None:
            text = self.tr("%n conversation(s) filed under {name}", "", count)
            return text.format(name=self._around.words.patient(undoable.patient))
        return {
            Deed.ARCHIVED: self.tr("%n conversation(s) archived", "", count),
            Deed.BROUGHT_BACK: self.tr("%n conversation(s) back in the mail", "", count),
            Deed.REMOVED: self.tr("%n conversation(s) removed", "", count),
            Deed.FILED_IN_RECORDS: self.tr(
                "%n conversation(s) filed in your records, removed here", "", count
            ),
            Deed.FILED_UNDER_NOBODY: self.tr("%n conversation(s) filed under nobody", "", count),
            Deed.DECLINED: self.tr("%n request(s) declined", "", count),
            Deed.DETACHED: self.tr("%n document(s) taken out of the letter", "", count),
            Deed.DRAFTS_REMOVED: self.tr("%n draft(s) removed", "", count),
        }[undoable.deed]

    def sizeHint(self) -> QSize:
        """Return the size of the lines at the width there is."""
        width = max((line.width_of_one_line() for line in self.lines), default=0)
        width = max(width, self._around.theme.space(WIDTH))
        width = min(width, self._area().width() - 2 * MARGIN)
        height = sum(line.height_at(width) for line in self.lines)
        return QSize(width, height + self._column.spacing() * max(len(self.lines) - 1, 0))

    def _show(self) -> None:
        newest = self._acts.undoables[-MOST_SHOWN:]
        wanted = {each.number for each in newest}
        shown = {line.number for line in self.lines}
        had_keyboard = self.focusWidget() is not None and self.focusWidget().hasFocus()
        if wanted != shown:
            clear(self._column)
            self.lines = [
                UndoLine(each, self.text(each), self._acts, self._around) for each in newest
            ]
            for line in self.lines:
                self._column.addWidget(line)
        self.setVisible(bool(self.lines))
        self._place()
        if had_keyboard and self.lines:
            self.lines[-1].undo.setFocus(Qt.FocusReason.OtherFocusReason)

    def _area(self) -> QRect:
        area = self._page.rect().adjusted(self._beside.width(), 0, 0, 0)
        # A button scrolled out of sight needs no room.
        if not self._above.visibleRegion().isEmpty():
            area.setBottom(self._above.mapTo(self._page, QPoint(0, 0)).y())
        return area

    def _place(self) -> None:
        size = self.sizeHint()
        self.resize(size)
        area = self._area()
        self.move(area.center().x() - size.width() // 2, area.bottom() + 1 - size.height() - MARGIN)
        self.raise_()

    def _announce(self, undoable: Undoable) -> None:
        self._say(hint(self.text(undoable), Shortcut.UNDO))

    def _announce_undone(self, undoable: Undoable) -> None:
        self._say(self.tr("Undone: {text}").format(text=self.text(undoable)))

    def _say(self, text: str) -> None:
        """Have a screen reader say it without moving the keyboard."""
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))
