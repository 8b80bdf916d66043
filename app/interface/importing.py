# SPDX-License-Identifier: AGPL-3.0-or-later
"""Letters of another mail program, taken over from .eml and mbox files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Final

from app.interface.command import Command
from app.interface.snapshots import Done, PathText
from crypto_core.wire.codec import Size
from crypto_core.wire.limits import MAX_FILE_NAME_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportTrouble:
    """A letter, or a document of one, that could not be taken over: the number of the letter in its file, from 1."""

    file: Annotated[str, Size.up_to(MAX_FILE_NAME_BYTES)] = field(repr=False)
    number: int
    document: Annotated[str, Size.up_to(MAX_FILE_NAME_BYTES)] = field(repr=False)
    """Empty when it is the whole letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What was taken over. Nothing is left out without being counted here."""

    letters: int
    known: int
    """They were here already, from an earlier import."""
    documents: int
    failed: int
    troubles: Annotated[tuple[ImportTrouble, ...], Size.up_to(200)]
    """The first of what failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportMail(Command[ImportReport]):
    """Take over all letters of .eml and mbox files. Progress events carry this request's number.

    Each letter is one transaction: broken off, what is here stays, and the same import goes on where it was.
    Fails with FILE_UNREADABLE, NOT_MAIL, IMPORT_CANCELLED, DISK_FULL.
    """

    paths: Annotated[tuple[PathText, ...], Size(1, 1000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelImport(Command[Done]):
    """Stop the import that is going on; what is here stays."""


COMMANDS: Final[dict[type, type]] = {ImportMail: ImportReport, CancelImport: Done}
