# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a lock leaves behind in this process's memory, made as little as the system allows.

With glibc, every block is overwritten as it is given back, so that texts which Qt drew do not survive their
widgets. Other systems have no such switch. Small objects of Python lie in blocks of its own and are
overwritten when the place is needed; that is why nothing secret is ever one of them.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from typing import Final

from PySide6.QtGui import QPixmapCache

_M_PERTURB: Final = -6
_PATTERN: Final = 0x5A


def overwrite_what_is_freed() -> bool:
    """Switch the overwriting on, for the rest of the process; False where there is no such switch."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        return bool(ctypes.CDLL(None).mallopt(_M_PERTURB, _PATTERN))
    except (AttributeError, OSError):
        return False


def give_back() -> None:
    """Free what nobody needs any more, drawn pictures included."""
    QPixmapCache.clear()
    gc.collect()
