# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the engine does by itself: it connects, receives, sends, waits, says how things stand, and tries again."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from app.engine import connection
from app.engine.ports.relay import RelayRefusedError, RelayUntrustedError
from app.interface.commands import Lock, SaveAttachment, ShowStatus, Unlock
from app.interface.events import ConversationsChanged, Progress
from app.interface.pipe import FrameKind, pack_frame, read_frame, request_frame
from app.interface.snapshots import ConnectionState, DeliveryState
from crypto_core.wire.ids import UnixMillis
from crypto_core.wire.relay_api import ProblemCode
from tests.fakes.fake_relay import FakeRelay
from tests.fakes.full_mailbox import befriend, session_of
from tests.fakes.machine import FakeClock
from tests.fakes.people import SeededBytes
from tests.fakes.practice import PASSPHRASE, Practice
from tests.integration.engine.test_receiving import inbox_of, letter, view_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

ROOT = Path(__file__).parents[3]


def run(folder: Path, story: Callable[[Practice, Practice], Coroutine[Any, Any, None]]) -> None:
    """Two correspondents whose engines connect by themselves."""

    async def main() -> None:
        clock = FakeClock()
        relay = FakeRelay(now=clock.now, random_bytes=SeededBytes("relay"))
        anne = Practice("Anne", folder / "anne", relay, clock=clock)
        boris = Practice("Boris", folder / "boris", relay, clock=clock)
        async with anne, boris:
            await anne.register()
            await boris.register()
            await befriend(anne, boris)
            for practice in (anne, boris):
                await practice.stop()
                await practice.start(connects=True)
                await practice.do(Unlock(passphrase=PASSPHRASE))
                await practice.until(lambda p=practice: p.connection() is ConnectionState.ONLINE)  # type: ignore[misc]
            await story(anne, boris)

    asyncio.run(main())


async def until_received(practice: Practice, text: str) -> None:
    while text not in {each.text for each in await inbox_of(practice)}:
        await practice.next_event()


def test_a_letter_arrives_without_being_asked_for(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        document = tmp_path / "a.bin"
        document.write_bytes(os.urandom(3_000_000))
        sent = await anne.do(letter(boris, "von selbst", str(document)))
        await until_received(boris, "von selbst")
        view = await view_of(boris, sent)
        while not view.attachments[0].available:
            await boris.next_event()
            view = await view_of(boris, sent)
        saved = await boris.do(
            SaveAttachment(message=sent.message, index=0, directory=str(tmp_path))
        )
        assert saved.size == 3_000_000
        while (await view_of(anne, sent)).recipients[0].state is not DeliveryState.DELIVERED:
            await anne.next_event()
        assert any(isinstance(event, Progress) for event in anne.events)
        assert any(
            isinstance(event, ConversationsChanged) and sent.conversation in event.conversations
            for event in boris.events
        )

    run(tmp_path, story)


def test_what_was_written_offline_goes_out_when_the_relay_is_back(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        anne.relay.go_offline()
        await anne.until(lambda: anne.connection() is ConnectionState.OFFLINE)
        await anne.do(letter(boris, "unterwegs geschrieben"))
        status = await anne.do(ShowStatus())
        assert status.outbox_count == 1
        anne.relay.come_back()
        await until_received(boris, "unterwegs geschrieben")

    run(tmp_path, story)


def test_what_was_to_go_while_the_computer_slept_goes_when_it_wakes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "LOOK_AGAIN_SECONDS", 0.01)

    async def story(anne: Practice, boris: Practice) -> None:
        at = UnixMillis(anne.clock.now() + 8 * 3_600_000)
        await anne.do(replace(letter(boris, "à huit heures"), send_at=at))
        # The wall's clock goes on, and with it the other computer's; timers stand still.
        anne.clock.advance(seconds=9 * 3600)
        await until_received(boris, "à huit heures")

    run(tmp_path, story)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (RelayRefusedError(ProblemCode.CLOCK_SKEW), ConnectionState.CLOCK_WRONG),
        (RelayRefusedError(ProblemCode.UNAUTHENTICATED), ConnectionState.REFUSED),
        (RelayUntrustedError("not the enrolled key"), ConnectionState.UNTRUSTED),
    ],
)
def test_why_there_is_no_connection_is_said(
    tmp_path: Path, error: Exception, state: ConnectionState
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        del boris
        anne.relay.interrupt("key_events", error, has_acted=False, times=1_000)
        anne.relay.go_offline()
        await anne.until(lambda: anne.connection() is ConnectionState.OFFLINE)
        anne.relay.come_back()
        session_of(anne).wakes.connection.set()
        await anne.until(lambda: anne.connection() is state)

    run(tmp_path, story)


def test_a_letter_that_fails_for_one_does_not_end_the_connection(tmp_path: Path) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        refusal = RelayRefusedError(ProblemCode.TOO_LARGE)
        anne.relay.interrupt("post_envelope", refusal, has_acted=False)
        await anne.do(letter(boris, "abgelehnt"))
        await anne.do(letter(boris, "angenommen"))
        await until_received(boris, "angenommen")
        assert anne.connection() is ConnectionState.ONLINE

    run(tmp_path, story)


# --- the process itself --------------------------------------------------------------------------


def start_engine(profile: Path) -> subprocess.Popen[bytes]:
    script = "import sys; from pathlib import Path; from app.engine.main import run;"
    return subprocess.Popen(
        [sys.executable, "-c", f"{script} sys.exit(run(Path(sys.argv[1])))", str(profile)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        bufsize=0,
    )


@pytest.mark.parametrize("way", ["closed", "locked"])
def test_the_process_ends_with_its_pipe_and_when_it_is_locked(tmp_path: Path, way: str) -> None:
    with start_engine(tmp_path) as engine:
        requests, answers = engine.stdin, engine.stdout
        assert requests is not None
        assert answers is not None
        requests.write(pack_frame(request_frame(1, ShowStatus())))
        kinds = set()
        while FrameKind.REPLY not in kinds:
            frame = read_frame(answers)
            assert frame is not None
            kinds.add(frame.kind)
        # What was found is told without being asked for.
        assert FrameKind.NOTICE in kinds
        if way == "closed":
            requests.close()
        else:
            requests.write(pack_frame(request_frame(2, Lock())))
            frame = read_frame(answers)
            assert frame is not None
            assert (frame.kind, frame.request) == (FrameKind.REPLY, 2)
        assert read_frame(answers) is None
        assert engine.wait() == 0
    assert list(tmp_path.iterdir()) == []
