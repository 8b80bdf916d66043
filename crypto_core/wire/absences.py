# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which notices of absence are believed (`spec/envelope.md` §8). Imports wire types only."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from crypto_core.errors import WireError
from crypto_core.wire.codec import decode
from crypto_core.wire.content import CONTENT_TYPES, AbsenceNotice
from crypto_core.wire.limits import MAX_ABSENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crypto_core.wire.content import Away
    from crypto_core.wire.envelope import Section
    from crypto_core.wire.ids import AccountId, UnixMillis

_LONGEST_MILLIS: Final = MAX_ABSENCE_SECONDS * 1000


def read_absence(sections: Sequence[Section]) -> AbsenceNotice:
    """Read the sections of an ABSENCE message. Raises WireError if they are not one notice."""
    if [section.content_type for section in sections] != [CONTENT_TYPES[AbsenceNotice]]:
        raise WireError("an absence is one notice")
    return decode(AbsenceNotice, sections[0].content)


def is_possible(since: UnixMillis, until: UnixMillis, now: UnixMillis) -> bool:
    """Whether somebody can be away for a time: it has an end, which lies ahead, and nothing is a year away."""
    return (
        since < until
        and now < until
        and until - since <= _LONGEST_MILLIS
        and since <= now + _LONGEST_MILLIS
    )


def believed(
    notice: AbsenceNotice, *, sender: AccountId, known: UnixMillis | None, now: UnixMillis
) -> tuple[bool, Away | None]:
    """Say whether a notice takes the place of what was `known` (when that was stated), and what holds then."""
    if known is not None and notice.stated_at <= known:
        return False, None
    away = notice.away
    if away is None or not is_possible(away.since, away.until, now):
        # It is over by now, or cannot be: what was said before does not hold either way.
        return True, None
    if away.replacement is not None and away.replacement.account == sender:
        # Nobody replaces themselves; that they are away is believed.
        return True, replace(away, replacement=None)
    return True, away
