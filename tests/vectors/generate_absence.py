# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes the vectors of believing notices of absence, `absence/*.json`: one case a file.

`python tests/vectors/generate_absence.py` writes what is missing; `--check` only compares.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import cbor2

# The script also runs by its path, from anywhere.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from crypto_core.wire.codec import encode
from crypto_core.wire.content import CONTENT_TYPES, AbsenceNotice, Away, Letter, Replacement
from crypto_core.wire.ids import AccountId, UnixMillis
from crypto_core.wire.limits import MAX_ABSENCE_SECONDS, MAX_ABSENCE_TEXT_BYTES
from tests.vectors.cases import Case, run

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER: Final = Path(__file__).with_name("absence")
SOURCE: Final = "tests/vectors/generate_absence.py"

SENDER: Final = AccountId(b"s" * 20)
NOW: Final = 1_790_000_000_000
DAY: Final = 86_400_000
YEAR: Final = MAX_ABSENCE_SECONDS * 1000
COLLEAGUE: Final = Replacement(
    account=AccountId(b"r" * 20), name="Léa Fontaine", profession="Ostéopathe"
)
AWAY: Final = Away(
    since=UnixMillis(NOW - DAY),
    until=UnixMillis(NOW + DAY),
    replacement=COLLEAGUE,
    text="Je suis absente. Pour une urgence, appelez le 15.",
)
NOTICE: Final = AbsenceNotice(version=1, stated_at=UnixMillis(1_000), away=AWAY)


def spelled(away: Away | None) -> list[Any] | None:
    """Return an absence as the files have it."""
    if away is None:
        return None
    named = away.replacement
    who = None if named is None else [named.account.hex(), named.name, named.profession]
    return [away.since, away.until, who, away.text]


def case(
    name: str,
    comment: str,
    notice: AbsenceNotice = NOTICE,
    *,
    known: int | None = None,
    counts: bool = True,
    left: Away | None = AWAY,
) -> Case:
    """Make a case of a notice that is read; `left` is what holds afterwards if it counts."""
    return Case(
        name=name,
        comment=comment,
        operation="believe_absence",
        input=given([notice], known),
        output={"counts": counts, "away": spelled(left)},
    )


def refused(name: str, comment: str, *contents: object, raw: bytes | None = None) -> Case:
    """Make a case of sections that are no notice."""
    spelled_out = given(contents, None)
    if raw is not None:
        spelled_out["sections"][0][1] = raw.hex()
    return Case(
        name=name,
        comment=comment,
        operation="believe_absence",
        input=spelled_out,
        expect="wire",
    )


def given(contents: list[AbsenceNotice] | tuple[object, ...], known: int | None) -> dict[str, Any]:
    """Spell sections, and when the notice that is known was stated."""
    return {
        "sections": [[CONTENT_TYPES[type(each)], encode(each).hex()] for each in contents],
        "sender": SENDER.hex(),
        "known": known,
        "now": NOW,
    }


def lasting(since: int, until: int) -> AbsenceNotice:
    """Return a notice of other days, counted from now."""
    return replace(
        NOTICE,
        away=replace(AWAY, since=UnixMillis(NOW + since), until=UnixMillis(NOW + until)),
    )


def with_away(position: int, value: object) -> bytes:
    """Return a notice with one field that no object of the type has."""
    fields = cbor2.loads(encode(NOTICE))
    fields[2][position] = value
    return cbor2.dumps(fields, canonical=True)


def good_cases() -> Iterator[Case]:
    """Notices that are believed."""
    yield case("ok", "Somebody is away, and says who replaces them.")
    yield case("ok_newer", "What was said before is replaced.", known=999)
    alone = replace(AWAY, replacement=None, text="")
    yield case("ok_alone", "Nobody replaces them.", replace(NOTICE, away=alone), left=alone)
    yield case("ok_ended", "None any more.", replace(NOTICE, away=None), known=999, left=None)
    coming = lasting(DAY, 3 * DAY)
    yield case("ok_to_come", "Told in advance.", coming, left=coming.away)
    longest = lasting(-DAY, YEAR - DAY)
    yield case("ok_longest", "A year.", longest, left=longest.away)
    farthest = lasting(YEAR, YEAR + DAY)
    yield case("ok_farthest", "A year ahead.", farthest, left=farthest.away)


def order_cases() -> Iterator[Case]:
    """Check 2."""
    yield case("order_older", "Check 2.", known=1_001, counts=False, left=None)
    yield case("order_same", "Check 2.", known=1_000, counts=False, left=None)
    ended = replace(NOTICE, away=None)
    yield case("order_older_end", "Check 2.", ended, known=1_001, counts=False, left=None)


def day_cases() -> Iterator[Case]:
    """Check 3."""
    yield case("days_none", "Check 3.", lasting(DAY, DAY), left=None)
    yield case("days_backwards", "Check 3.", lasting(2 * DAY, DAY), left=None)
    yield case("days_over", "Check 3.", lasting(-2 * DAY, 0), left=None)
    yield case("days_too_many", "Check 3.", lasting(-DAY, YEAR - DAY + 1), left=None)
    yield case("days_too_far", "Check 3.", lasting(YEAR + 1, YEAR + DAY), left=None)


def replacement_cases() -> Iterator[Case]:
    """Check 4."""
    own = replace(AWAY, replacement=replace(COLLEAGUE, account=SENDER))
    yield case(
        "replacement_own",
        "Check 4.",
        replace(NOTICE, away=own),
        left=replace(AWAY, replacement=None),
    )


def structure_cases() -> Iterator[Case]:
    """Check 1."""
    letter = Letter(version=1, subject="", text="")
    yield refused("structure_other", "Check 1.", letter)
    yield refused("structure_two", "Check 1.", NOTICE, NOTICE)
    yield refused("structure_and_letter", "Check 1.", NOTICE, letter)
    yield refused("structure_cut", "Check 1.", NOTICE, raw=encode(NOTICE)[:-1])
    yield refused("structure_trailing_byte", "Check 1.", NOTICE, raw=encode(NOTICE) + b"\0")
    long_text = "a" * (MAX_ABSENCE_TEXT_BYTES + 1)
    yield refused("structure_text_too_long", "Check 1.", NOTICE, raw=with_away(3, long_text))
    nameless = [b"r" * 20, "", "Ostéopathe"]
    yield refused("structure_no_name", "Check 1.", NOTICE, raw=with_away(2, nameless))
    yield refused("structure_negative", "Check 1.", NOTICE, raw=with_away(0, -1))


def cases() -> tuple[Case, ...]:
    """Return all cases."""
    return (
        *good_cases(),
        *structure_cases(),
        *order_cases(),
        *day_cases(),
        *replacement_cases(),
    )


if __name__ == "__main__":
    sys.exit(run(FOLDER, SOURCE, cases(), sys.argv[1:]))
