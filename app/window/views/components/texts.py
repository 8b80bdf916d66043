# SPDX-License-Identifier: AGPL-3.0-or-later
"""Labels that show plain text only, whatever a correspondent wrote."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from app.window.theme.tokens import Tone

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from app.window.theme.typography import Role


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet selects by, and have it selected anew."""
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def show_if(widget: QWidget, *, is_wanted: bool) -> None:
    """Show a widget or hide it; without a parent yet it waits for one instead of being a window of its own."""
    if not is_wanted:
        widget.hide()
    elif widget.parentWidget() is not None:
        widget.show()


class Text(QLabel):
    """A line or a paragraph in a role of the type scale."""

    def __init__(
        self,
        text: str,
        role: Role,
        *,
        wraps: bool = False,
        is_selectable: bool = False,
        tone: Tone = Tone.NEUTRAL,
    ) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role.name.lower())
        self.setProperty("tone", tone.value)
        self.setWordWrap(wraps)
        if wraps:
            self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
            policy = self.sizePolicy()
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
        if is_selectable:
            self.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Show another text, with the height that it needs."""
        super().setText(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for the height that a paragraph needs at another width."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Ask for the height that another font needs."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._fit()

    def _fit(self) -> None:
        # A scroll area does not ask how high a paragraph is at its width, so it is told.
        if self.wordWrap():
            # What a label says it needs is never less than its minimum, so that goes first.
            self.setMinimumHeight(0)
            self.setMinimumHeight(max(0, self.heightForWidth(self.width())))

    def set_tone(self, tone: Tone) -> None:
        """Change the colour; the word must say the same."""
        set_property(self, "tone", tone.value)


def plain_tip(text: str) -> str:
    """Return a tool tip that shows a text as it is.

    Qt guesses what is markup, and would open the files and show the pictures that a sender names in a name.
    """
    if "<" not in text:
        return text
    return f"<p style='white-space:pre-wrap'>{escape(text)}</p>"


class ElidedText(Text):
    """One line that is cut where there is no room; the tool tip has the whole.

    The name of a file is cut in its middle: its ending says what it is.
    """

    def __init__(
        self, text: str, role: Role, *, tone: Tone = Tone.NEUTRAL, is_file: bool = False
    ) -> None:
        super().__init__(text, role, tone=tone)
        self._mode = Qt.TextElideMode.ElideMiddle if is_file else Qt.TextElideMode.ElideRight
        self._parts = ("", text, "")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Show another text, and nothing of the old one in the tool tip."""
        self._parts = ("", text, "")
        super().setText(text)
        self._offer_whole()

    def say(self, template: str, name: str) -> None:
        """Show a text in which `{name}` stands for a name, which alone is cut where there is no room."""
        before, _, after = template.partition("{name}")
        self.setText(f"{before}{name}{after}")
        self._parts = (before, name, after)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt calls it
        """Return a width that can shrink to almost nothing."""
        return QSize(self.fontMetrics().averageCharWidth() * 4, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Offer the whole text as a tool tip when it does not fit."""
        super().resizeEvent(event)
        self._offer_whole()

    def _offer_whole(self) -> None:
        fits = self.fontMetrics().horizontalAdvance(self.text()) <= self.contentsRect().width()
        self.setToolTip("" if fits else plain_tip(self.text()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint as much as fits."""
        painter = QPainter(self)
        rectangle = self.contentsRect()
        before, name, after = self._parts
        metrics = self.fontMetrics()
        room = rectangle.width() - metrics.horizontalAdvance(f"{before}{after}")
        text = f"{before}{metrics.elidedText(name, self._mode, max(0, room))}{after}"
        text = metrics.elidedText(text, self._mode, rectangle.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(rectangle, int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), text)
        painter.end()


class Rule(QFrame):
    """A hairline."""

    def __init__(self, *, is_vertical: bool = False) -> None:
        super().__init__()
        self.setProperty("rule", "true")
        if is_vertical:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)
