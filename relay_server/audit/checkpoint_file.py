# SPDX-License-Identifier: AGPL-3.0-or-later
"""The last signed checkpoint, kept outside the database so that a rolled-back one is recognised.

The file has two places of fixed size, written in turn: a write that is cut short spoils the older of the
two. Nothing but their content ever changes, so bringing it to the disk does not wait for the file system's
journal, which every commit of PostgreSQL on the same disk would wait for as well.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from crypto_core.errors import CryptoCoreError
from crypto_core.trust.checkpoints import Checkpoint, verify_checkpoint
from relay_server.errors import StartError
from relay_server.files import read_or_create

if TYPE_CHECKING:
    from pathlib import Path

    from crypto_core.trust.checkpoints import LogIdentity

_PLACE_BYTES: Final = 8192
_PLACES: Final = 2
_PADDING: Final = b"\n"


class CheckpointFile:
    """A file that holds the last two signed notes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._next_place = 0

    def save(self, note: str) -> None:
        """Put the note in place of the older one; it is on the disk when this returns. Raises OSError."""
        content = note.encode()
        if len(content) > _PLACE_BYTES:
            raise OSError("the note is longer than its place")
        with self._path.open("r+b", buffering=0) as file:
            file.seek(self._next_place * _PLACE_BYTES)
            file.write(content.ljust(_PLACE_BYTES, _PADDING))
            getattr(os, "fdatasync", os.fsync)(file.fileno())
        self._next_place = (self._next_place + 1) % _PLACES

    def load(self, log: LogIdentity) -> Checkpoint | None:
        """Return the newest checkpoint, verified; None before the first one.

        Makes the file if there is none. Raises StartError when it holds something, but no checkpoint of
        this log.
        """
        content = read_or_create(self._path, lambda: _PADDING * (_PLACES * _PLACE_BYTES))
        newest: Checkpoint | None = None
        for place in range(_PLACES):
            note = content[place * _PLACE_BYTES : (place + 1) * _PLACE_BYTES].rstrip(_PADDING)
            checkpoint = _verified(note + _PADDING, log)
            if checkpoint is not None and (newest is None or checkpoint.size >= newest.size):
                newest = checkpoint
                self._next_place = (place + 1) % _PLACES
        if newest is None and (len(content) != _PLACES * _PLACE_BYTES or content.strip(_PADDING)):
            raise StartError(f"{self._path.name} holds no checkpoint of this log; restore it")
        return newest


def _verified(note: bytes, log: LogIdentity) -> Checkpoint | None:
    try:
        return verify_checkpoint(note.decode(), log=log).checkpoint
    except (CryptoCoreError, UnicodeError):
        return None
