# SPDX-License-Identifier: AGPL-3.0-or-later
"""Icons of the one family we use (Phosphor), tinted from the tokens."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtGui import QIcon


class Icon(StrEnum):
    """Names in the family."""

    ATTACH = "ph.paperclip"
    BACK = "ph.arrow-left"
    CLOSE = "ph.x"
    MENU = "ph.dots-three-bold"
    MORE = "ph.caret-down"
    SHOW = "ph.eye"
    WRITE = "ph.pencil-simple"


def icon(name: Icon, colour: str) -> QIcon:
    """Return an icon in a colour."""
    # The library reads its fonts when it is imported; the first window does not wait for that.
    import qtawesome  # noqa: PLC0415

    made: QIcon = qtawesome.icon(name.value, color=colour)
    return made
