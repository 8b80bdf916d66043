# SPDX-License-Identifier: AGPL-3.0-or-later
"""The last signed checkpoint, kept outside the database so that a rolled-back one is recognised."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crypto_core.errors import CryptoCoreError
from crypto_core.trust.checkpoints import Checkpoint, verify_checkpoint
from relay_server.errors import StartError
from relay_server.files import write_private

if TYPE_CHECKING:
    from crypto_core.trust.checkpoints import LogIdentity


@dataclass(frozen=True, slots=True)
class CheckpointFile:
    """A file that holds one signed note."""

    path: Path

    def save(self, note: str) -> None:
        """Put the note in the place of the one before; it is on the disk when this returns."""
        write_private(self.path, note.encode())

    def load(self, log: LogIdentity) -> Checkpoint | None:
        """Return the verified checkpoint, None before the first one. Raises StartError if it does not verify."""
        try:
            note = self.path.read_bytes().decode()
            return verify_checkpoint(note, log=log).checkpoint
        except FileNotFoundError:
            return None
        except (CryptoCoreError, UnicodeError) as error:
            raise StartError(
                f"{self.path.name} is not a checkpoint of this log; restore it"
            ) from error
