# SPDX-License-Identifier: AGPL-3.0-or-later
"""Erasing a patient or a letter for good: what goes, what stays and why, how far it has come, the certificate."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Annotated, Final

from app.interface.command import Command
from app.interface.snapshots import PAGE_LIMIT, PathText
from crypto_core.wire.codec import Size
from crypto_core.wire.ids import MessageId, PatientId, UnixMillis
from crypto_core.wire.words import WordLanguage

ErasureNumber = Annotated[bytes, Size.exactly(16)]
HOST_BACKUP_DAYS: Final = 30
"""The longest that a relay's host may keep a backup of its own."""


class Obstacle(IntEnum):
    """Why something cannot be erased now."""

    TO_BE_KEPT = 1
    """The law wants it kept until `ErasurePlan.kept_until` (GDPR Art. 17(3)(b), (c))."""
    SENDING = 2
    """Something of it is just leaving; a moment later it can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasurePlan:
    """What would go and what would stay."""

    letters: int
    documents: int
    drafts: int
    people: int
    """So many correspondents have letters of it; what they have stays with them."""
    computers: int
    """So many other computers of the owner erase it when they are unlocked next."""
    backups: int
    """So many backups hold it and are destroyed."""
    absent_backups: int
    """So many of them lie on disks that are not here; they are destroyed when they are seen."""
    kept_until: Annotated[str, Size.up_to(10)]
    """The day until which it has to be kept, as YYYY-MM-DD; empty if no rule says so."""
    host_until: UnixMillis
    """Until when a backup of the relay's host can hold something encrypted of it."""
    obstacle: Obstacle | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanErasure(Command[ErasurePlan]):
    """Say what erasing a patient, or one letter, would do. Fails with UNKNOWN_PATIENT or UNKNOWN_MESSAGE."""

    patient: PatientId | None = None
    letter: MessageId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """An erasure, and what is left to do of it."""

    erasure: ErasureNumber
    is_patient: bool
    begun_at: UnixMillis
    finished_at: UnixMillis | None
    """None while something is left to do on this computer: it goes on at the next unlocking."""
    letters: int
    documents: int
    drafts: int
    absent_backups: int
    host_until: UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseForGood(Command[Erased]):
    """Erase a patient, or one letter, with everything that hangs on it. Nothing takes it back.

    The passphrase wraps the profile's fresh key. Fails with WRONG_PASSPHRASE, TOO_MANY_ATTEMPTS, UNKNOWN_PATIENT,
    UNKNOWN_MESSAGE, TO_BE_KEPT and STILL_SENDING, having changed nothing; with DISK_FULL when there is no room to write
    the store anew: then it is gone from every list, and the rest is done at the next unlocking.
    """

    passphrase: Annotated[str, Size(1, 1024)] = field(repr=False)
    patient: PatientId | None = None
    letter: MessageId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasurePage:
    """Erasures of this computer, the newest first."""

    rows: Annotated[tuple[Erased, ...], Size.up_to(PAGE_LIMIT)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListErasures(Command[ErasurePage]):
    """What was erased for good on this computer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedCertificate:
    """A certificate as files."""

    path: PathText
    """The page for people."""
    proof: Annotated[str, Size.up_to(4096)]
    """What verify-receipts checks; empty as long as the log does not have the act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveCertificate(Command[SavedCertificate]):
    """Write the certificate of an erasure into a directory. Fails with NOT_CERTIFIED, DIRECTORY_UNWRITABLE."""

    erasure: ErasureNumber
    directory: PathText
    language: WordLanguage


COMMANDS: Final[dict[type, type]] = {
    PlanErasure: ErasurePlan,
    EraseForGood: Erased,
    ListErasures: ErasurePage,
    SaveCertificate: SavedCertificate,
}
