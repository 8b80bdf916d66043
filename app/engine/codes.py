# SPDX-License-Identifier: AGPL-3.0-or-later
"""Has read what somebody hands over as a picture or a small text file."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.interface.failures import CommandError, Failure
from crypto_core.wire.limits import MIB

if TYPE_CHECKING:
    from app.engine.ports.documents import DocumentReaders
    from app.interface.codes import CodeText, ReadCode

_MOST_BYTES: Final = 64 * MIB
"""More than any photograph has."""


async def read(documents: DocumentReaders, command: ReadCode) -> CodeText:
    """Return what a file says. Raises CommandError."""
    try:
        content = await asyncio.to_thread(_content, Path(command.path))
    except (OSError, ValueError):
        raise CommandError(Failure.FILE_UNREADABLE, Path(command.path).name) from None
    return await documents.code(content)


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise ValueError
    return content
