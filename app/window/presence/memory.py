# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a lock leaves behind in this process's memory: freed, and so overwritten (`app/allocation.py`)."""

from __future__ import annotations

import gc

from PySide6.QtGui import QPixmapCache

from app.allocation import fill_gaps


def give_back() -> None:
    """Free what nobody needs any more, drawn pictures included."""
    QPixmapCache.clear()
    gc.collect()
    fill_gaps()
