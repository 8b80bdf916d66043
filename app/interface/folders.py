# SPDX-License-Identifier: AGPL-3.0-or-later
"""Folders for practice software: what is put into `to-send` goes out, what arrives is put into `received`."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Annotated, Final

from app.interface.command import Command
from app.interface.snapshots import PAGE_LIMIT, DeliveryState, NameText, PathText
from crypto_core.wire.codec import Size
from crypto_core.wire.ids import DeviceId, MessageId, UnixMillis
from crypto_core.wire.limits import MAX_ATTACHMENTS, MAX_FILE_NAME_BYTES, MAX_SLOTS
from crypto_core.wire.words import WordLanguage

FolderPath = Annotated[str, Size.up_to(4096)]
FileNameText = Annotated[str, Size.up_to(MAX_FILE_NAME_BYTES)]


class FolderTrouble(IntEnum):
    """Why the folders are not watched, or a file was put aside."""

    FOLDER_MISSING = 1
    """It is not there, or is not the one that was chosen: a disk that is not plugged in, for example."""
    FOLDER_UNWRITABLE = 2
    NO_RECIPIENT = 3
    """Neither a note beside it nor its folder says to whom it goes."""
    UNKNOWN_RECIPIENT = 4
    """No accepted contact is called so; `detail` is the name."""
    UNVERIFIED_RECIPIENT = 5
    """Nobody has said who they are: a person has to choose to write to them first."""
    NOTE_INVALID = 6
    """The note beside it cannot be read; `detail` is the line at fault."""
    FILE_TOO_LARGE = 7
    FILE_UNREADABLE = 8
    DISK_FULL = 9
    NAMESAKE = 10
    """Another contact is called so, or nearly: the note has to give the address."""
    NOT_A_FILE = 11
    """A link, a folder, a device: nothing but a plain file is sent."""
    FILE_MISSING = 12
    """The note names a file that is not there; `detail` is its name."""
    CANNOT_SEND = 13
    """This profile sends nothing any more; what is in `to-send` stays there."""
    TOO_MANY = 14
    """More recipients or documents than one letter takes."""
    FILE_EMPTY = 15
    """Nothing was ever written into it, or into its note."""
    PLACE_UNREADABLE = 16
    """A folder in `to-send` cannot be looked into, `detail` is its name; the others are."""
    FILE_STUCK = 17
    """Something in `to-send` cannot be moved, `detail` is its name: another program has it open, above all."""
    NAME_RESERVED = 18
    """It is called like a note or a result and is none, `detail` is its name: nobody means to send that."""
    PATIENT_OBJECTS = 19
    """`detail` names the recipients; the same holds for the next two."""
    CONSENT_NEEDED = 20
    CARE_NOT_SAID = 21
    """Whether they take part in the care, or whether the patient knows: the note can say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSettings:
    """The folder that holds `to-send`, `received` and the rest; empty while none is watched."""

    folder: FolderPath
    writes_received: bool = True
    """Arriving letters are written to `received`: documents in the form in which they came, texts as .txt."""
    packs_cda: bool = False
    """A CDA document is written as IHE_XDM.zip, for software that takes nothing else."""
    language: WordLanguage = WordLanguage.FRENCH
    """In which reasons are written first; the other language follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderRow:
    """A file that was refused, and why. It is in `refused`, with the reason in words beside it."""

    name: FileNameText = field(repr=False)
    trouble: FolderTrouble
    detail: NameText = field(repr=False)
    at: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderState:
    """What goes on in the folders."""

    settings: FolderSettings
    trouble: FolderTrouble | None
    """Of the folders themselves."""
    detail: NameText = field(repr=False, default="")
    """What the trouble is about, where it says so."""
    waiting: int
    """How many files the last look has left in `to-send`, or taken and not decided about."""
    sent: int
    """Letters."""
    received: int
    """Documents and texts."""
    refused_count: int
    refused: Annotated[tuple[FolderRow, ...], Size.up_to(PAGE_LIMIT)]
    """The newest, newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowFolders(Command[FolderState]):
    """What goes on in the folders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchFolders(Command[FolderState]):
    """Watch another folder, or none. What is in `to-send` already is sent; letters of before are not written.

    Fails with FOLDER_INVALID (not a folder, or the profile is in it or around it), DIRECTORY_UNWRITABLE.
    """

    settings: FolderSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFolders(Command[FolderState]):
    """Look once, now. A file is taken at the second look that finds it unchanged, five seconds after the first."""


class FolderWay(IntEnum):
    """What a result file is about."""

    SENT = 1
    RECEIVED = 2
    REFUSED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultFile:
    """A document that a result file names."""

    name: FileNameText = field(repr=False)
    size: int | None
    """In bytes; None for what was refused, which nobody has read."""
    sha256: Annotated[bytes, Size.up_to(32)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPerson:
    """The sender of what was received, or a recipient of what was sent and how far it came."""

    address: Annotated[str, Size.up_to(64)]
    name: NameText = field(repr=False)
    state: DeliveryState | None
    at: UnixMillis | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderResult:
    """What a result file says, and that a computer of the owner's has signed it."""

    way: FolderWay
    account: Annotated[str, Size.up_to(64)]
    device: DeviceId
    at: UnixMillis
    message: MessageId | None
    files: Annotated[tuple[ResultFile, ...], Size.up_to(2 * MAX_ATTACHMENTS)]
    people: Annotated[tuple[ResultPerson, ...], Size.up_to(MAX_SLOTS)]
    state: DeliveryState | None
    """The lowest of its recipients', while it is queued or on its way."""
    trouble: FolderTrouble | None
    detail: NameText = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderVerdict:
    """A result file that a computer of the owner's has signed, and what became of the documents it names."""

    result: FolderResult
    changed: Annotated[tuple[FileNameText, ...], Size.up_to(2 * MAX_ATTACHMENTS)]
    """Those that are not what they were."""
    missing: Annotated[tuple[FileNameText, ...], Size.up_to(2 * MAX_ATTACHMENTS)]
    """Those that are not beside it any more, as when practice software has taken them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyFolderResult(Command[FolderVerdict]):
    """Check a result file, or the one beside a document: who signed it, and the documents.

    Fails with FILE_UNREADABLE, RESULT_INVALID.
    """

    path: PathText


COMMANDS: Final[dict[type, type]] = {
    ShowFolders: FolderState,
    WatchFolders: FolderState,
    RunFolders: FolderState,
    VerifyFolderResult: FolderVerdict,
}
