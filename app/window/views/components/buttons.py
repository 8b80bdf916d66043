# SPDX-License-Identifier: AGPL-3.0-or-later
"""Buttons: primary, plain, link, icon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QPushButton, QSizePolicy

from app.window.theme.icons import icon

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from app.window.theme.icons import Icon
    from app.window.theme.theme import Theme

ICON_SIZE: Final = 18


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
        self.setToolTip(text + keys)
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
