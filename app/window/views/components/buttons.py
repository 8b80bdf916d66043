# SPDX-License-Identifier: AGPL-3.0-or-later
"""Buttons: primary, plain, link, icon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
)

from app.window.theme.icons import icon
from app.window.views.components.texts import plain_tip

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent

    from app.window.theme.icons import Icon
    from app.window.theme.theme import Theme

ICON_SIZE: Final = 18
_LEAST_NAME: Final = 4
"""Letters of a name that stay in the narrowest button, beside what stands around it."""


class Button(QPushButton):
    """A button with a text, which is also its accessible name."""

    KIND = "plain"

    def __init__(self, text: str, *, shortcut: QKeySequence | None = None) -> None:
        # An ampersand in a text of ours would be read as a mnemonic.
        super().__init__(text.replace("&", "&&"))
        self.setProperty("kind", self.KIND)
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAutoDefault(False)
        if shortcut is not None:
            self.setToolTip(f"{text} ({shortcut.toString(QKeySequence.SequenceFormat.NativeText)})")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press it with Enter too: Qt knows the space bar only, unless a button is the default of its dialog."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.isAutoRepeat():
            self.click()
            event.accept()
        else:
            super().keyPressEvent(event)


class PrimaryButton(Button):
    """The one thing to do on a page."""

    KIND = "primary"


class LinkButton(Button):
    """Something one may do, without a frame."""

    KIND = "link"


class InlineButton(Button):
    """A link that stands in line with the text above it."""

    KIND = "inline"


class NamedButton(Button):
    """A button with a name in its text: where there is no room the name is cut, and never what stands around it.

    People choose their names themselves; who is not verified may not push the mark out of sight that says so.
    """

    def __init__(
        self, nameless: str = "", *, kind: str = Button.KIND, keeps_end: bool = False
    ) -> None:
        super().__init__("")
        self._nameless = nameless
        """What a screen reader says while there is no name."""
        self.setAccessibleName(nameless)
        self.setProperty("kind", kind)
        self._mode = Qt.TextElideMode.ElideMiddle if keeps_end else Qt.TextElideMode.ElideRight
        self._parts = ("", "", "")
        self._tip = ""
        policy = QSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)

    def say(self, template: str, name: str, *, tip: str = "") -> None:
        """Show a text in which `{name}` stands for a name; without a tip of its own the whole is one when it is cut."""
        before, _, after = template.partition("{name}")
        self._parts = (before, name, after)
        text = f"{before}{name}{after}"
        self._tip = tip
        self.setText(text.replace("&", "&&"))
        self.setAccessibleName(text or self._nameless)
        self._offer_whole()

    def name_room(self) -> int:
        """Return how many pixels the name has, if the button is as wide as it is."""
        before, _, after = self._parts
        around = self.fontMetrics().horizontalAdvance(f"{before}{after}")
        return self._contents() - around

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt calls it
        """Return room for what stands around the name, and some of it."""
        hint, metrics = self.sizeHint(), self.fontMetrics()
        before, name, after = self._parts
        spare = metrics.horizontalAdvance(f"{before}{name}{after}")
        least = metrics.horizontalAdvance(f"{before}{name[:_LEAST_NAME]}…{after}")
        return QSize(hint.width() - max(0, spare - least), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Offer the whole text as a tool tip when it does not fit."""
        super().resizeEvent(event)
        self._offer_whole()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint as much of the name as fits."""
        before, name, after = self._parts
        shown = self.fontMetrics().elidedText(name, self._mode, max(0, self.name_room()))
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = f"{before}{shown}{after}".replace("&", "&&")
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        painter.end()

    def _contents(self) -> int:
        """Return the width of the text's place: what the whole would have, less what the button lacks."""
        text = "".join(self._parts)
        lacking = max(0, self.sizeHint().width() - self.width())
        return self.fontMetrics().horizontalAdvance(text) + 1 - lacking

    def _offer_whole(self) -> None:
        is_cut = self.width() < self.sizeHint().width()
        self.setToolTip(plain_tip(self._tip or ("".join(self._parts) if is_cut else "")))


class IconButton(Button):
    """An icon that needs no word beside it; the word is its accessible name and its tool tip."""

    KIND = "icon"

    def __init__(
        self, name: Icon, text: str, theme: Theme, *, shortcut: QKeySequence | None = None
    ) -> None:
        super().__init__("", shortcut=shortcut)
        self.setAccessibleName(text)
        keys = (
            ""
            if shortcut is None
            else f" ({shortcut.toString(QKeySequence.SequenceFormat.NativeText)})"
        )
        self.setToolTip(plain_tip(text + keys))
        tint(self, name, theme, "secondary")


def tint(button: QPushButton, name: Icon, theme: Theme, colour: str) -> None:
    """Give a button an icon in the colour of a token, now and after each change of the theme."""

    def paint() -> None:
        button.setIcon(icon(name, getattr(theme.tokens, colour)))
        side = theme.space(ICON_SIZE)
        button.setIconSize(QSize(side, side))

    # Reading the icons of the family takes longer than building the first page: the page comes first.
    QTimer.singleShot(0, button, paint)
    connection = theme.changed.connect(paint)
    button.destroyed.connect(lambda: theme.changed.disconnect(connection))
