# SPDX-License-Identifier: AGPL-3.0-or-later
"""The computers of an account watch the log for each other: what the relay shows one of them, it must show all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from app.engine.witnessing import COUNTS_FOR_SECONDS
from app.interface.commands import RevokeDevice
from app.interface.events import Alarm
from app.interface.failures import CommandError
from app.interface.snapshots import AlarmKind
from crypto_core.trust.checkpoints import parse_note
from crypto_core.trust.cosignatures import verify_cosignature, witness_key
from crypto_core.wire.relay_api import CosignatureList
from tests.fakes.practice import Practice, settle
from tests.integration.engine.test_journal import summary
from tests.integration.engine.test_journal_fetching import with_laptop
from tests.integration.engine.test_journal_posting import session_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def alarms(practice: Practice) -> set[AlarmKind]:
    return {event.kind for event in practice.events if isinstance(event, Alarm)}


def altered(change: Callable[[str], str]) -> Callable[[CosignatureList], CosignatureList]:
    """A relay that changes what the computers have cosigned."""

    def alter(answer: CosignatureList) -> CosignatureList:
        return CosignatureList(
            cosignatures=tuple(
                replace(each, note=change(each.note)) for each in answer.cosignatures
            )
        )

    return alter


def test_two_computers_say_that_they_see_the_same_log(tmp_path: Path) -> None:
    async def story(anne: Practice, laptop: Practice, boris: Practice) -> None:
        for practice, others in ((anne, 1), (laptop, 1), (boris, 0)):
            await practice.synchronise()
            assert (await summary(practice)).witnesses == others
        # Boris has one computer, so nobody asks what it saw.
        assert boris.relay._state.cosigned.keys() == {session_of(anne).owner.account}
        # It cannot have been switched off for ever and still be a witness.
        session_of(anne).witnesses.update(
            {
                device: seconds - COUNTS_FOR_SECONDS - 60
                for device, seconds in session_of(anne).witnesses.items()
            }
        )
        assert (await summary(anne)).witnesses == 0
        await anne.synchronise()
        assert (await summary(anne)).witnesses == 1
        await anne.do(RevokeDevice(device=session_of(laptop).owner.device))
        await settle([anne, boris])
        assert (await summary(anne)).witnesses == 0

    with_laptop(tmp_path, story)


@pytest.mark.parametrize(
    ("surplus", "alarm"),
    [
        pytest.param(0, AlarmKind.SPLIT_VIEW, id="as long as the other"),
        # The relay has no proof for a log that it does not show here.
        pytest.param(9, AlarmKind.LOG_SHORTENED, id="longer"),
    ],
)
def test_a_log_forked_to_two_computers_is_found_with_both_notes(
    tmp_path: Path, surplus: int, alarm: AlarmKind
) -> None:
    """Neither gets a letter from the other: what the fork's relay lets through is the cosignature alone."""

    async def story(anne: Practice, laptop: Practice, _boris: Practice) -> None:
        await anne.synchronise()
        await laptop.synchronise()
        fork = anne.relay.fork()
        await anne.synchronise()
        anne.relay.append_foreign_leaf(b"what only this computer sees")
        while len(fork._state.leaves) < len(anne.relay._state.leaves) + surplus:
            fork.append_foreign_leaf(b"what only the laptop sees")
        await anne.synchronise()
        connection: Any = session_of(laptop).relay
        connection._relay.relay = fork
        await laptop.synchronise()
        assert not alarms(anne) | alarms(laptop)
        account, device = session_of(anne).owner.account, session_of(laptop).owner.device
        anne.relay._state.cosigned[account][device] = fork._state.cosigned[account][device]
        with pytest.raises(CommandError, match="relay-untrusted"):
            await anne.synchronise()
        assert alarms(anne) == {alarm}
        kept = await session_of(anne).vault.run(lambda store: store.identity.alarms())
        (found,) = (each for each in kept if each.kind is alarm)
        notes = [note for note in (found.first_note, found.second_note) if note is not None]
        assert len({parse_note(note).text for note in notes}) == 2
        # The laptop's own hand is under one of them.
        key = witness_key(
            session_of(anne).log.origin, device, session_of(laptop).keys.signing.public
        )
        (cosigned,) = [note for note in notes if key.name in note]
        assert verify_cosignature(cosigned, key=key)

    with_laptop(tmp_path, story)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda note: note[:-8] + ("AAAA" if note[-8:-4] != "AAAA" else "BBBB") + note[-4:],
            id="changed",
        ),
        pytest.param(lambda note: "\n".join(note.split("\n")[:-2]) + "\n", id="left out"),
    ],
)
def test_a_cosignature_that_does_not_verify_is_an_alarm(
    tmp_path: Path, change: Callable[[str], str]
) -> None:
    async def story(anne: Practice, laptop: Practice, _boris: Practice) -> None:
        await laptop.synchronise()
        session_of(anne).witnesses.clear()
        anne.relay.alter("cosignatures", altered(change))
        with pytest.raises(CommandError, match="relay-untrusted"):
            await anne.synchronise()
        assert alarms(anne) == {AlarmKind.PROOF_INVALID}
        assert (await summary(anne)).witnesses == 0

    with_laptop(tmp_path, story)


def test_a_relay_that_keeps_cosignatures_back_gives_nobody_a_witness(tmp_path: Path) -> None:
    async def story(anne: Practice, _laptop: Practice, _boris: Practice) -> None:
        session_of(anne).witnesses.clear()
        anne.relay.alter("cosignatures", lambda _: CosignatureList(cosignatures=()))
        await anne.synchronise()
        assert (await summary(anne)).witnesses == 0
        assert not alarms(anne)

    with_laptop(tmp_path, story)
