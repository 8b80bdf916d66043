# SPDX-License-Identifier: AGPL-3.0-or-later
"""Letters of another mail program, taken over from .eml and mbox files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Final

from app.interface.command import Command
from app.interface.documents import DocumentProblem
from app.interface.snapshots import Done, PathText
from crypto_core.wire.codec import Size
from crypto_core.wire.limits import MAX_FILE_NAME_BYTES

MAX_TROUBLES: Final = 200
EmailText = Annotated[str, Size(3, 320)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportTrouble:
    """A letter, a document of one, or a whole file or folder, that could not be taken over, or not whole."""

    file: Annotated[str, Size.up_to(MAX_FILE_NAME_BYTES)] = field(repr=False)
    number: int
    """Of the letter in its file, from 1; 0 when it is the whole file."""
    subject: Annotated[str, Size.up_to(1000)] = field(repr=False)
    document: Annotated[str, Size.up_to(MAX_FILE_NAME_BYTES)] = field(repr=False)
    """Empty when it is the whole letter."""
    problem: DocumentProblem
    """CUT: it is here, and something of it was left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What was taken over. Nothing is left out without being counted here."""

    letters: int
    known: int
    """They were here already, from an earlier import."""
    documents: int
    failed: int
    """How many troubles there were."""
    other_files: int
    """Files, of chosen folders too, that hold no letters."""
    troubles: Annotated[tuple[ImportTrouble, ...], Size.up_to(MAX_TROUBLES)]
    """The first of what failed."""
    is_cancelled: bool
    """It was stopped before its end: the same import again goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportMail(Command[ImportReport]):
    """Take over all letters of .eml and mbox files, and of such in folders (Maildir, too). Progress events carry this request's number.

    Each letter is one transaction: broken off, what is here stays, and the same import goes on where it was.
    Fails with FILE_UNREADABLE, NOT_MAIL when there is not a single letter, IMPORT_RUNNING, DISK_FULL.
    """

    paths: Annotated[tuple[PathText, ...], Size(1, 1000)]
    own_addresses: Annotated[tuple[EmailText, ...], Size.up_to(20)] = field(default=(), repr=False)
    """The owner's in the other program: what comes from them is shown as sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelImport(Command[Done]):
    """Stop the import that is going on; what is here stays, and ImportMail answers with what that is."""


COMMANDS: Final[dict[type, type]] = {ImportMail: ImportReport, CancelImport: Done}
