# SPDX-License-Identifier: AGPL-3.0-or-later
"""Folders for practice software: what is put into `to-send` goes out, what arrives is put into `received`."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Annotated, Final

from app.interface.command import Command
from app.interface.snapshots import PAGE_LIMIT, NameText
from crypto_core.wire.codec import Size
from crypto_core.wire.ids import UnixMillis
from crypto_core.wire.limits import MAX_FILE_NAME_BYTES

FolderPath = Annotated[str, Size.up_to(4096)]


class FolderTrouble(IntEnum):
    """Why the folders are not watched, or a file was put aside."""

    FOLDER_MISSING = 1
    FOLDER_UNWRITABLE = 2
    NO_RECIPIENT = 3
    """Neither a note beside it nor its folder says to whom it goes."""
    UNKNOWN_RECIPIENT = 4
    """No accepted contact is called so; or more than one is."""
    UNVERIFIED_RECIPIENT = 5
    """Nobody has said who they are: a person has to choose to write to them first."""
    NOTE_INVALID = 6
    """The note beside it cannot be read, or names files that are not there."""
    FILE_TOO_LARGE = 7
    FILE_UNREADABLE = 8
    DISK_FULL = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSettings:
    """The folder that holds `to-send`, `received` and the rest; empty while none is watched."""

    folder: FolderPath
    writes_received: bool = True
    """Documents of arriving letters are written to `received`, in the form in which they came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderRow:
    """A file that was refused, and why. It is in `refused`, with the reason in words beside it."""

    name: Annotated[str, Size.up_to(MAX_FILE_NAME_BYTES)] = field(repr=False)
    trouble: FolderTrouble
    detail: NameText = field(repr=False)
    at: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderState:
    """What goes on in the folders."""

    settings: FolderSettings
    trouble: FolderTrouble | None
    """Of the folders themselves."""
    sent: int
    received: int
    refused: Annotated[tuple[FolderRow, ...], Size.up_to(PAGE_LIMIT)]
    """The newest, newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowFolders(Command[FolderState]):
    """What goes on in the folders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchFolders(Command[FolderState]):
    """Watch another folder, or none. What is in `to-send` already is sent.

    Fails with FOLDER_INVALID (not a folder, or inside the profile), DIRECTORY_UNWRITABLE.
    """

    settings: FolderSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFolders(Command[FolderState]):
    """Do once, now, what is done by itself while the profile is unlocked; for the command line."""


COMMANDS: Final[dict[type, type]] = {
    ShowFolders: FolderState,
    WatchFolders: FolderState,
    RunFolders: FolderState,
}
