# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sees every file, socket and process that a piece of code reaches for, whatever library it does it through."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_REACHING = ("open", "socket.", "os.", "subprocess.", "urllib.", "ctypes.", "shutil.", "tempfile.")
_OWN_MEMORY = ("ctypes.string_at", "ctypes.create_string_buffer")
"""How libraries in C hand over what they made; nothing outside is reached by it."""


@contextmanager
def watched() -> Iterator[list[str]]:
    """Collect what is reached for inside. An audit hook stays for the process's life, so it is told to look away."""
    seen: list[str] = []
    is_watching = [True]

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if is_watching[0] and event.startswith(_REACHING) and event not in _OWN_MEMORY:
            seen.append(f"{event} {arguments[:1]}")

    sys.addaudithook(hook)
    try:
        yield seen
    finally:
        is_watching[0] = False
