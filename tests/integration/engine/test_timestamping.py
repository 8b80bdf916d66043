# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the owner is told of an outside authority's timestamps: by whose certificate they hold, and nothing that does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from app.engine.ports.relay import RelayAnswerError, RelayUnreachableError
from app.interface.journal import Deed, JournalTimestamp, ShowTimestamp, TimestampStanding
from app.interface.searching import Search
from app.interface.snapshots import AlarmKind
from crypto_core.trust.evidence_records import ArchivedToken, make_record
from crypto_core.trust.timestamps import ImprintHash
from crypto_core.wire.relay_api import TimestampedCheckpoint
from tests.fakes.practice import Practice, failure_of
from tests.fakes.timestamp_authority import LyingAuthority
from tests.integration.engine.test_journal import acquainted, rows
from tests.integration.engine.test_journal_posting import session_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AUTHORITY: Final = LyingAuthority()


def at(practice: Practice, **later: float) -> datetime:
    return datetime.fromtimestamp(practice.clock.now() / 1000, UTC) + timedelta(**later)


async def an_act(practice: Practice) -> int:
    """Have something in the log; return its entry."""
    await practice.do(Search(query="bilan"))
    await practice.synchronise()
    return await newest(practice)


async def newest(practice: Practice) -> int:
    return max(row.entry for row in await rows(practice, Deed.SEARCHED))


async def shown(practice: Practice, entry: int, known: bytes = b"") -> JournalTimestamp:
    return await practice.do(ShowTimestamp(entry=entry, certificates=known))


async def alarms(practice: Practice) -> list[AlarmKind]:
    found = await session_of(practice).vault.run(lambda store: store.identity.alarms())
    return [alarm.kind for alarm in found]


def test_whose_certificate_it_is_makes_the_difference(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        del boris
        entry = await an_act(anne)
        assert await shown(anne, entry) == JournalTimestamp(standing=TimestampStanding.NONE)
        anne.relay.stamp(AUTHORITY, at=at(anne))
        told = await shown(anne, entry)
        assert told.standing is TimestampStanding.RELAYS_AUTHORITY
        assert told.authority == "Authority 1, Horodatage"
        assert told.at is not None
        assert abs(told.at - anne.clock.now()) <= 2000
        # A file of another authority does not make this one known; its own does.
        other = await shown(anne, entry, LyingAuthority().file)
        assert other.standing is TimestampStanding.RELAYS_AUTHORITY
        known = await shown(anne, entry, AUTHORITY.file)
        assert known == replace(told, standing=TimestampStanding.KNOWN_AUTHORITY)
        wrong = ShowTimestamp(entry=entry, certificates=b"no certificate")
        assert await failure_of(anne, wrong) == "certificate-unreadable"
        assert await failure_of(anne, ShowTimestamp(entry=99_999)) == "unknown-entry"
        # What was done afterwards is not under it, and what waits for the relay is under none.
        assert (await shown(anne, await an_act(anne))).standing is TimestampStanding.NONE
        await anne.do(Search(query="en attente"))
        assert (await shown(anne, await newest(anne))).standing is TimestampStanding.NONE
        assert await alarms(anne) == []

    acquainted(tmp_path, story)


def test_a_relay_that_does_not_answer_is_not_one_without_timestamps(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        del boris
        entry = await an_act(anne)
        anne.relay.stamp(AUTHORITY, at=at(anne))
        for trouble in (RelayUnreachableError(), RelayAnswerError("rubbish")):

            def fail(_: object, trouble: Exception = trouble) -> object:
                raise trouble

            anne.relay.alter("timestamps", fail)
            assert (await shown(anne, entry)).standing is TimestampStanding.UNKNOWN

    acquainted(tmp_path, story)


def _renamed(found: TimestampedCheckpoint) -> TimestampedCheckpoint:
    """The size and the root stay; the note is not the one that was signed."""
    return replace(found, note=found.note.replace("\n\n", "\nmore\n\n", 1))


def _altered(found: TimestampedCheckpoint) -> TimestampedCheckpoint:
    record = bytearray(found.record)
    record[-1] ^= 1
    return replace(found, record=bytes(record))


def _nameless(found: TimestampedCheckpoint) -> TimestampedCheckpoint:
    return replace(found, authorities=())


def _of_another(found: TimestampedCheckpoint) -> TimestampedCheckpoint:
    return replace(found, authorities=LyingAuthority().authorities)


@pytest.mark.parametrize(
    ("lie", "reason"),
    [
        (_renamed, "checkpoint"),
        (_altered, "signature"),
        (_nameless, "authority"),
        (_of_another, "authority"),
    ],
)
def test_what_does_not_hold_counts_for_nothing(
    tmp_path: Path, lie: Callable[[TimestampedCheckpoint], TimestampedCheckpoint], reason: str
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        del boris
        entry = await an_act(anne)
        anne.relay.stamp(AUTHORITY, at=at(anne))
        anne.relay.alter("timestamps", lie)
        assert await shown(anne, entry) == JournalTimestamp(
            standing=TimestampStanding.REFUSED, reason=reason
        )

    acquainted(tmp_path, story)


@pytest.mark.parametrize(
    ("lies", "reason"),
    [
        ({"at": {"minutes": -6}}, "time"),
        ({"at": {"minutes": 6}}, "time"),
        ({"hashed": bytes(64)}, "imprint"),
        ({"algorithm": "2.16.840.1.101.3.4.2.1"}, "algorithm"),
    ],
)
def test_a_timestamp_of_another_time_or_of_something_else_is_refused(
    tmp_path: Path, lies: dict[str, Any], reason: str
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        del boris
        entry = await an_act(anne)
        given = {**lies, "at": at(anne, **lies.get("at", {}))}
        anne.relay.stamp(AUTHORITY, **given)
        told = await shown(anne, entry, AUTHORITY.file)
        assert (told.standing, told.reason) == (TimestampStanding.REFUSED, reason)

    acquainted(tmp_path, story)


@pytest.mark.parametrize(
    ("surplus", "alarm"),
    [
        pytest.param(0, AlarmKind.SPLIT_VIEW, id="as long"),
        pytest.param(9, AlarmKind.LOG_SHORTENED, id="longer"),
    ],
)
def test_a_timestamp_over_another_log_is_an_alarm(
    tmp_path: Path, surplus: int, alarm: AlarmKind
) -> None:
    """The relay signs two logs, and has the one that others see timestamped."""

    async def story(anne: Practice, boris: Practice) -> None:
        del boris
        entry = await an_act(anne)
        other = anne.relay.fork()
        await an_act(anne)
        anne.relay.stamp(AUTHORITY, at=at(anne))
        while len(other._state.leaves) < len(anne.relay._state.leaves) + surplus:
            other.append_foreign_leaf()
        other.stamp(AUTHORITY, at=at(anne))
        anne.relay.alter("timestamps", lambda _: other.timestamps(0))
        told = await shown(anne, entry)
        assert (told.standing, told.reason) == (TimestampStanding.REFUSED, "checkpoint")
        assert await alarms(anne) == [alarm]

    acquainted(tmp_path, story)


def test_a_timestamp_over_a_tree_without_the_act_says_nothing_of_it(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        del boris
        await an_act(anne)
        anne.relay.stamp(AUTHORITY, at=at(anne))
        early = anne.relay.timestamps(0)
        entry = await an_act(anne)
        anne.relay.stamp(AUTHORITY, at=at(anne))
        anne.relay.alter("timestamps", lambda _: early)
        told = await shown(anne, entry)
        assert (told.standing, told.reason) == (TimestampStanding.REFUSED, "checkpoint")
        assert await alarms(anne) == []

    acquainted(tmp_path, story)


def test_a_renewed_timestamp_says_since_when_and_until_when(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        del boris
        entry = await an_act(anne)
        made = at(anne)
        first = LyingAuthority(since=made - timedelta(days=30), until=made + timedelta(days=2))
        second = LyingAuthority(since=made)
        note = anne.relay.stamp(first, at=made)
        hashing = ImprintHash.SHA_512
        token = first.token(hashing.of(note.encode()), at=made)
        renewal = second.token(hashing.of(token), at=made + timedelta(days=1))
        record = make_record(
            [(hashing, [ArchivedToken(token=token), ArchivedToken(token=renewal)])]
        )
        both = first.authorities + second.authorities
        anne.relay.alter(
            "timestamps",
            lambda _: TimestampedCheckpoint(note=note, record=record, authorities=both),
        )
        # Not before its time: the renewal lies in the future.
        early = await shown(anne, entry)
        assert (early.standing, early.reason) == (TimestampStanding.REFUSED, "time")
        anne.clock.advance(seconds=2 * 86_400)
        await anne.sign_in()
        told = await shown(anne, entry)
        assert told.renewals == 1
        assert told.at is not None
        assert told.at < made.timestamp() * 1000 + 2000
        assert told.valid_until == second.until.timestamp() * 1000
        # Who knows the first authority alone does not know who renewed it.
        assert (await shown(anne, entry, first.file)).standing is TimestampStanding.RELAYS_AUTHORITY
        known = await shown(anne, entry, first.file + second.file)
        assert known.standing is TimestampStanding.KNOWN_AUTHORITY

    acquainted(tmp_path, story)
