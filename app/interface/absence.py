# SPDX-License-Identifier: AGPL-3.0-or-later
"""Being away: correspondents are told in advance who replaces one, and letters are answered meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Final

from app.interface.command import Command
from app.interface.snapshots import DraftRecipient
from crypto_core.wire.codec import Size
from crypto_core.wire.ids import UnixMillis
from crypto_core.wire.limits import MAX_ABSENCE_TEXT_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """One absence. All contacts are told when it is saved; who writes meanwhile is answered once, if so wished.

    The replacement gets no letter by this: correspondents choose whom they write to.
    """

    since: UnixMillis
    until: UnixMillis
    """Later than `since` and than now, and at most MAX_ABSENCE_SECONDS after it."""
    replacement: DraftRecipient | None
    """A contact of the owner's; told under the name that the owner knows."""
    text: Annotated[str, Size.up_to(MAX_ABSENCE_TEXT_BYTES)] = field(repr=False)
    """What correspondents are told, and the automatic answer; empty for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceState:
    """The absence that is going on or to come, None without."""

    absence: Absence | None
    is_now: bool = False
    is_here: bool = True
    """It was said on this computer, which therefore is the one that answers."""
    contacts: int = 0
    """How many contacts are to know of it."""
    told: int = 0
    """For how many of them the notice is made and on its way, or gone."""
    answered: int = 0
    """How many people got an automatic answer so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowAbsence(Command[AbsenceState]):
    """The absence that is going on or to come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveAbsence(Command[AbsenceState]):
    """Be away, or not (any more); contacts are told either way, once the relay can be reached.

    A change of an absence goes on with it: who was answered is not answered again. Fails with
    ABSENCE_PERIOD_INVALID, NOT_A_CONTACT.
    """

    absence: Absence | None


COMMANDS: Final[dict[type, type]] = {ShowAbsence: AbsenceState, SaveAbsence: AbsenceState}
