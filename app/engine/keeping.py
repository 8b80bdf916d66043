# SPDX-License-Identifier: AGPL-3.0-or-later
"""How long letters about a patient have to be kept, and whether they may be erased.

Article R1112-7 of the code de la santé publique, which practices take as their default (R-31): twenty years from the
last contact, to the twenty-eighth birthday at the least, and ten years after a death in any case. Nothing erases past
`obstacle_of`: whoever knows of other rules, of a death or of litigation, says so there.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from app.interface.erasing import Obstacle
from crypto_core.wire.ids import UnixMillis

if TYPE_CHECKING:
    from app.engine.ports.erasing import Found
    from app.engine.ports.vault import Store

YEARS_AFTER_CONTACT: Final = 20
AGE: Final = 28
YEARS_AFTER_DEATH: Final = 10


def kept_until(last_contact: date, birth: date | None, death: date | None = None) -> date:
    """Return the day on which the time to keep is over. Who was born on 29 February has birthdays on 1 March."""
    end = _years_after(last_contact, YEARS_AFTER_CONTACT)
    if birth is not None:
        end = max(end, _years_after(birth, AGE))
    if death is not None and death < _years_after(last_contact, YEARS_AFTER_DEATH):
        end = _years_after(death, YEARS_AFTER_DEATH)
    return end


def end_of_keeping(found: Found) -> date | None:
    """Return the day from which something may be erased; None if nothing says that it has to be kept.

    Letters that are filed under nobody, and a patient of whom there is no letter, are under no such rule.
    """
    if found.patient is None or found.last_contact is None:
        return None
    birth = date.fromisoformat(found.birth_date) if found.birth_date else None
    return kept_until(_day(found.last_contact), birth)


def trusted_now(store: Store, now: UnixMillis) -> UnixMillis:
    """Return the earlier of the computer's clock and the log's newest signed time: setting a clock ahead ends nothing."""
    latest = store.trust.latest_checkpoint()
    return now if latest is None else UnixMillis(min(now, latest.signed_at_seconds * 1000))


def must_stay(found: Found | None, now: UnixMillis) -> bool:
    """Whether letters of a patient must not be removed, unless the practitioner's own records have them (R-32)."""
    end = None if found is None else end_of_keeping(found)
    return end is not None and _day(now) < end


def obstacle_of(found: Found, now: UnixMillis) -> Obstacle | None:
    """Why something may not be erased now, None if it may. Asked in the transaction that chooses what goes."""
    if must_stay(found, now):
        return Obstacle.TO_BE_KEPT
    return Obstacle.SENDING if found.is_sending else None


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _day(moment: UnixMillis) -> date:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=moment)).date()
