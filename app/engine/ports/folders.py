# SPDX-License-Identifier: AGPL-3.0-or-later
"""The folders of practice software as the use cases see them: what lies there, and what was done about it.

What is being worked on lies on a *desk*, a hidden folder of this computer beside the others, so that moving
something is one step of the file system. The methods of `WatchedFolders` block, so they are called on a thread;
they raise FileError, FolderMissingError above all. Those of `FolderStore` only make sense inside `Vault.run`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from app.engine.ports.files import FileError
from app.engine.ports.vault import StoredAttachment
from app.interface.folders import FolderSettings, FolderTrouble
from crypto_core.wire.ids import AccountId, MessageId, UnixMillis

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.interface.folders import FolderRow

TO_SEND: Final = "to-send"
SENT: Final = "sent"
REFUSED: Final = "refused"
RECEIVED: Final = "received"
NOTE_ENDING: Final = ".uhs.txt"
RESULT_ENDING: Final = ".uhs.json"
MAX_NOTE_BYTES: Final = 256 * 1024


class FolderMissingError(FileError):
    """The folder is not there, or is not the one that was chosen."""


class FolderInvalidError(FileError):
    """Nothing can be watched there: not a folder, or the profile is in it or around it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A chosen folder, and the name of this computer's desk in it."""

    folder: str
    desk: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """Something in `to-send`, or on the desk. `place` is the folder within `to-send`, empty for itself."""

    place: str = field(repr=False)
    name: str = field(repr=False)
    is_file: bool
    """A plain file that has this one name; nothing else is ever opened."""
    size: int
    """In bytes."""
    version: tuple[int, ...]
    """Other numbers mean that somebody has written to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What was taken out of `to-send` together, to become one letter."""

    unit: str
    place: str = field(repr=False)
    files: tuple[Dropped, ...]


class WatchedFolders(Protocol):
    """The folders on the disk."""

    def prepare(self, at: Watched) -> None:
        """Make the folders that are missing, for this person alone. Raises FolderInvalidError."""

    def require(self, at: Watched) -> None:
        """Raise FolderMissingError unless `prepare` was once done there, on this computer."""

    def look(self, at: Watched) -> tuple[tuple[Dropped, ...], tuple[str, ...]]:
        """What lies in `to-send` and in the folders in it, and which of these folders cannot be looked into.

        What is hidden or has a name of an unfinished file is left out.
        """

    def read_note(self, at: Watched, note: Dropped) -> bytes:
        """A note in `to-send`, at most MAX_NOTE_BYTES and one more. Raises FileUnreadableError."""

    def begin(self, at: Watched, unit: str, place: str) -> None:
        """Make room on the desk for what is to be taken from a place."""

    def take(self, at: Watched, unit: str, thing: Dropped) -> bool:
        """Move something from `to-send` to the desk for good; False if it is not there any more."""

    def claims(self, at: Watched) -> tuple[Claim, ...]:
        """What lies on the desk to be sent."""

    def read_claimed(self, at: Watched, unit: str, name: str) -> bytes:
        """As `read_note`, of what was taken."""

    def path_of(self, at: Watched, unit: str, name: str) -> str:
        """Where something lies that was taken."""

    def give_back(self, at: Watched, unit: str) -> None:
        """Move what was taken to where it came from; what has been put there meanwhile is not replaced."""

    def write(
        self, at: Watched, into: str, name: str, content: bytes, *, only_again: bool = False
    ) -> None:
        """Put a file of ours in its place from one moment to the next; with `only_again` if one is there already."""

    def put_away(self, at: Watched, unit: str, into: str, label: str) -> None:
        """Move all that was taken together into one folder; harmless if that was done."""

    def arrival_folder(self, at: Watched, unit: str) -> str:
        """Make an empty folder on the desk for what is to be received."""

    def free_name(self, at: Watched, path: str) -> str:
        """A name for an opened document that nothing in `received` has, nor its result; never that of a note or result."""

    def deliver(self, at: Watched, unit: str, name: str) -> bool:
        """Move the one file of an arrival into `received`; harmless if that was done, False if the name is taken."""

    def forget_arrivals(self, at: Watched, keeping: frozenset[str]) -> None:
        """Remove what is left on the desk of arrivals, but for some."""

    def safe_name(self, name: str) -> str:
        """Somebody's name for a file, made harmless."""

    def read_beside(self, path: str, name: str) -> tuple[int, bytes] | None:
        """Size and SHA-256 of a document named in a result file; None if it is not there."""

    def read_result(self, path: str) -> bytes:
        """A result file, or the one beside a document. Raises FileUnreadableError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFolders:
    """What the owner chose, and since when."""

    settings: FolderSettings
    since: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredUnit:
    """What was taken together: sent as a letter, or refused."""

    unit: str
    message: MessageId | None
    """None for what was refused."""
    label: str = field(repr=False)
    """What it is called where it is put away."""
    name: str = field(repr=False)
    files: tuple[str, ...] = field(repr=False)
    trouble: FolderTrouble | None
    detail: str = field(repr=False)
    at: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A letter's text or one of its documents, which is to be written to `received`."""

    message: MessageId
    position: int
    sender: AccountId
    sender_name: str = field(repr=False)
    received_at: UnixMillis
    document: StoredAttachment | None
    """None for the letter's text."""
    unit: str
    """Its place on the desk; empty before it has one."""
    name: str
    """What it is called in `received`; empty until it lies complete on the desk."""
    sha256: bytes
    """Of what lies there, which is the document's own unless this program has made the file."""
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderCounts:
    """How much went through the folders."""

    sent: int
    received: int
    refused: int


class FolderStore(Protocol):
    """What was taken, refused and written, so that nothing is twice."""

    def watched(self) -> StoredFolders | None:
        """What the owner chose, None while nothing is watched."""

    def watch(self, settings: FolderSettings, since: UnixMillis) -> None:
        """Watch another folder."""

    def stop(self) -> None:
        """Watch nothing; what was to be written is forgotten."""

    def add_unit(self, unit: StoredUnit) -> None:
        """What was taken together is a letter, or refused; it is to be put away."""

    def units(self, units: tuple[str, ...]) -> frozenset[str]:
        """Those of them that are letters already, or refused."""

    def to_put_away(self, limit: int) -> tuple[StoredUnit, ...]:
        """What is not put away yet, oldest first."""

    def put_away(self, unit: str, told: int) -> None:
        """It lies where it belongs, with a result that says so much."""

    def told(self, since: UnixMillis, limit: int) -> Mapping[str, tuple[StoredUnit, int]]:
        """Letters since a moment of which more is known than their results say, with the number of that."""

    def rung(self, message: MessageId) -> int:
        """A number that changes with every receipt of a letter."""

    def arrivals(self, limit: int) -> tuple[Arrival, ...]:
        """Texts and documents that are to be written, oldest first."""

    def begin_arrival(self, message: MessageId, position: int, unit: str) -> None:
        """Something gets a place on the desk, and begins anew."""

    def arrival_ready(
        self, message: MessageId, position: int, *, name: str, sha256: bytes, size: int
    ) -> None:
        """It lies there complete; from now on it is only moved."""

    def arrived(self, message: MessageId, position: int) -> None:
        """It is in `received`, and never written again."""

    def refused(self, limit: int) -> tuple[FolderRow, ...]:
        """What was refused, newest first."""

    def counts(self) -> FolderCounts:
        """How much went through."""
