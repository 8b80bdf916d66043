# SPDX-License-Identifier: AGPL-3.0-or-later
"""Being away: correspondents are told in advance who replaces one, and letters are answered meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Final

from app.interface.command import Command
from app.interface.snapshots import DraftRecipient
from crypto_core.wire.codec import Size
from crypto_core.wire.ids import UnixMillis


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """One absence. All contacts are told when it is saved; who writes meanwhile is answered once, if so wished.

    The replacement gets no letter by this: correspondents choose whom they write to.
    """

    since: UnixMillis
    until: UnixMillis
    replacement: DraftRecipient | None
    """A contact of the owner's."""
    text: Annotated[str, Size.up_to(4096)] = field(repr=False)
    """The automatic answer; empty for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceState:
    """The absence that is going on or to come, None without."""

    absence: Absence | None
    is_now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowAbsence(Command[AbsenceState]):
    """The absence that is going on or to come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveAbsence(Command[AbsenceState]):
    """Be away, or not (any more); contacts are told either way. Fails with INVALID, NOT_A_CONTACT."""

    absence: Absence | None


COMMANDS: Final[dict[type, type]] = {ShowAbsence: AbsenceState, SaveAbsence: AbsenceState}
