# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the engine carries out already: what it does not, no page shows. Imports nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """A test holds each of them to the engine's own commands."""

    has_backups: bool = True
    """ChooseBackupFolder, BackUp, CancelBackup, and a backup in BeginRestore."""
    has_stolen_computers: bool = True
    """RevokeWithKit."""


EVERYTHING = Offers(has_backups=True, has_stolen_computers=True)
