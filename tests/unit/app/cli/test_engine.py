# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from app.cli.engine import Asking
from app.interface.commands import SearchDirectory, Synchronise, Unlock
from app.interface.connection import EngineGoneError, Incoming, Notice, Refusal, Reply
from app.interface.events import Alarm, ContactsChanged, LinkEnded, LinkOffered, TouchAwaited
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import AlarmKind, LinkOutcome, SyncReport
from crypto_core.wire.codec import encode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.interface.command import Command
    from app.interface.secret import Veiled

REPORT = SyncReport(received=1, sent=2, still_waiting=3, unreadable=4)
ALARM = Alarm(kind=AlarmKind.SPLIT_VIEW, detail="two notes")


class Scripted:
    """A connection that says prepared things, whatever is asked."""

    def __init__(self, *script: Incoming) -> None:
        self._script = list(script)

    def submit(self, command: Command[Any] | Veiled[Any]) -> int:
        encode(command)
        if not self._script:
            raise EngineGoneError
        return 7

    def receive(self) -> Incoming | None:
        return self._script.pop(0) if self._script else None

    def close(self) -> None:
        self._script.clear()


def asking(*script: Incoming) -> tuple[Asking, list[Alarm | TouchAwaited]]:
    told: list[Alarm | TouchAwaited] = []
    return Asking(lambda: Scripted(*script), told.append), told


def test_the_answer_to_the_question_is_found_among_other_things() -> None:
    engine, told = asking(
        Reply(request=6, answer=None),
        Notice(events=(ContactsChanged(), ALARM)),
        Reply(request=7, answer=REPORT),
    )
    assert engine.ask(Synchronise()) == REPORT
    assert told == [ALARM]


@pytest.mark.parametrize("script", [[], [Notice(events=(ALARM,))]])
def test_an_engine_that_ends_is_a_failure(script: Sequence[Incoming]) -> None:
    engine, _ = asking(*script)
    with pytest.raises(CommandError) as caught:
        engine.ask(Synchronise())
    assert caught.value.failure is Failure.ENGINE_GONE


def test_only_a_relay_that_lets_nobody_in_now_can_be_tolerated() -> None:
    for failure in (Failure.RELAY_UNREACHABLE, Failure.RELAY_BUSY, Failure.SIGN_IN_NEEDED):
        engine, _ = asking(Refusal(request=7, failure=failure, detail=""))
        assert engine.missed is None
        assert engine.try_to(Synchronise()) is None
        assert engine.missed is failure
    engine, _ = asking(Refusal(request=7, failure=Failure.RELAY_UNTRUSTED, detail="pin"))
    with pytest.raises(CommandError) as caught:
        engine.try_to(Synchronise())
    assert (caught.value.failure, caught.value.detail) == (Failure.RELAY_UNTRUSTED, "pin")


def test_a_value_out_of_bounds_is_told_without_its_content() -> None:
    engine, _ = asking(Reply(request=7, answer=REPORT))
    with pytest.raises(CommandError) as caught:
        engine.ask(SearchDirectory(query="Durand" * 100))
    assert caught.value.failure is Failure.INVALID
    assert "Durand" not in caught.value.detail
    with pytest.raises(CommandError) as caught:
        engine.ask(Unlock(passphrase=""))
    assert caught.value.failure is Failure.INVALID


def test_an_event_that_is_waited_for_may_have_been_told_before() -> None:
    offered, ended = LinkOffered(words=("a", "b", "c")), LinkEnded(outcome=LinkOutcome.EXPIRED)
    engine, told = asking(
        Notice(events=(offered,)),
        Reply(request=7, answer=REPORT),
        Notice(events=(ALARM, ended)),
    )
    engine.ask(Synchronise())
    assert engine.wait_for(LinkOffered) == offered
    assert engine.wait_for(LinkOffered, LinkEnded) == ended
    assert told == [ALARM]
    with pytest.raises(CommandError) as failed:
        engine.wait_for(LinkEnded)
    assert failed.value.failure is Failure.ENGINE_GONE
