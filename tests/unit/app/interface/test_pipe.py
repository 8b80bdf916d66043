# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import io
import logging
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.interface.commands import (
    Lock,
    Register,
    SearchDirectory,
    SendLetter,
    ShowMessage,
    ShowStatus,
)
from app.interface.connection import EngineGoneError, Incoming, Notice, Refusal, Reply
from app.interface.events import ContactsChanged, ConversationsChanged, Progress
from app.interface.failures import Failure
from app.interface.pipe import (
    MAX_EVENTS,
    MAX_FRAME_BYTES,
    EngineProcess,
    Frame,
    FrameKind,
    Item,
    engine_command,
    incoming_frame,
    pack_frame,
    parse_incoming,
    parse_request,
    read_frame,
    request_frame,
)
from app.interface.snapshots import Done
from crypto_core.errors import WireError
from crypto_core.wire.codec import encode
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import AccountId, ConversationId, MessageId
from tests.unit.app.interface import scripted_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

needs_signals = pytest.mark.skipif(os.name != "posix", reason="the script uses POSIX signals")

numbers = st.integers(0, 2**63 - 1)
commands = st.one_of(
    st.just(ShowStatus()),
    st.builds(SearchDirectory, query=st.text(max_size=40)),
    st.builds(ShowMessage, message=st.binary(min_size=16, max_size=16).map(MessageId)),
    st.builds(
        SendLetter,
        to=st.lists(st.binary(min_size=20, max_size=20).map(AccountId), min_size=1, max_size=3).map(
            tuple
        ),
        subject=st.text(max_size=50),
        text=st.text(),
        attachments=st.lists(st.text(min_size=1, max_size=50), max_size=3).map(tuple),
        urgency=st.sampled_from(Urgency),
        in_reply_to=st.none(),
    ),
)
events = st.one_of(
    st.just(ContactsChanged()),
    st.builds(Progress, request=numbers, done=numbers, total=numbers),
    st.builds(
        ConversationsChanged,
        conversations=st.lists(
            st.binary(min_size=16, max_size=16).map(ConversationId), min_size=1, max_size=5
        ).map(tuple),
    ),
)
incomings = st.one_of(
    st.builds(Reply, request=numbers, answer=st.just(scripted_engine.STATUS)),
    st.builds(Refusal, request=numbers, failure=st.sampled_from(Failure), detail=st.text()),
    st.builds(Notice, events=st.lists(events, min_size=1, max_size=MAX_EVENTS).map(tuple)),
)


def sent(frame: Frame) -> Frame:
    """Return what arrives of a frame."""
    arrived = read_frame(io.BytesIO(pack_frame(frame)))
    assert arrived is not None
    return arrived


@given(number=numbers, command=commands)
def test_requests_arrive_as_they_were(number: int, command: ShowStatus) -> None:
    frame = sent(request_frame(number, command))
    assert (frame.request, parse_request(frame)) == (number, command)


@given(incoming=incomings)
def test_answers_and_events_arrive_as_they_were(incoming: Incoming) -> None:
    awaited = (
        {} if isinstance(incoming, Notice) else {incoming.request: type(scripted_engine.STATUS)}
    )
    assert parse_incoming(sent(incoming_frame(incoming)), awaited) == incoming
    assert awaited == {}


@given(garbage=st.binary(max_size=200))
def test_arbitrary_bytes_raise_nothing_but_the_declared_error(garbage: bytes) -> None:
    stream = io.BytesIO(garbage)
    with suppress(WireError):
        while (frame := read_frame(stream)) is not None:
            parse_request(frame)
            parse_incoming(frame, {1: Done})


@given(kind=st.sampled_from(FrameKind), name=st.text(min_size=1, max_size=16), body=st.binary())
def test_arbitrary_frames_raise_nothing_but_the_declared_error(
    kind: FrameKind, name: str, body: bytes
) -> None:
    frame = Frame(kind=kind, request=1, items=(Item(name=name, body=body),))
    for parse in (parse_request, lambda each: parse_incoming(each, {1: Done})):
        with suppress(WireError):
            parse(frame)


@pytest.mark.parametrize(
    "name", ["Command", "Frame", "Status", "SigningPair", "__class__", "Lock2"]
)
def test_names_outside_the_registry_are_refused(name: str) -> None:
    item = Item(name=name, body=encode(Lock()))
    with pytest.raises(WireError):
        parse_request(Frame(kind=FrameKind.REQUEST, request=1, items=(item,)))
    with pytest.raises(WireError):
        parse_incoming(Frame(kind=FrameKind.NOTICE, request=0, items=(item,)), {})


def test_an_announced_length_reserves_no_memory() -> None:
    class Announcement(io.BytesIO):
        largest = 0

        def read(self, size: int | None = -1, /) -> bytes:
            self.largest = max(self.largest, size or 0)
            return super().read(size)

    within = Announcement(MAX_FRAME_BYTES.to_bytes(4, "big") + b"short")
    with pytest.raises(WireError):
        read_frame(within)
    assert within.largest <= 2**20
    for length in (0, MAX_FRAME_BYTES + 1, 2**32 - 1):
        with pytest.raises(WireError):
            read_frame(io.BytesIO(length.to_bytes(4, "big") + bytes(100)))


def test_a_cut_frame_is_no_end() -> None:
    packed = pack_frame(request_frame(1, ShowStatus()))
    assert read_frame(io.BytesIO(b"")) is None
    for length in range(1, len(packed)):
        with pytest.raises(WireError):
            read_frame(io.BytesIO(packed[:length]))


def test_an_answer_must_be_to_its_request() -> None:
    reply = sent(incoming_frame(Reply(request=7, answer=Done())))
    with pytest.raises(WireError):
        parse_incoming(reply, {})
    with pytest.raises(WireError):
        parse_incoming(reply, {8: Done})
    with pytest.raises(WireError):
        parse_incoming(reply, {7: type(scripted_engine.STATUS)})
    awaited: dict[int, type] = {7: Done}
    assert parse_incoming(reply, awaited) == Reply(request=7, answer=Done())
    with pytest.raises(WireError):
        parse_incoming(reply, awaited)


def test_secrets_are_not_in_arguments_or_repr(tmp_path: Path) -> None:
    assert "passphrase" not in " ".join(engine_command(tmp_path)).lower()
    command = Register(
        enrolment="e",
        invitation="CODE",
        name="n",
        profession="p",
        place="",
        is_listed=False,
        passphrase="hunter2",
    )
    assert "hunter2" not in repr(command)
    assert "CODE" not in repr(command)


# --- a real child process ------------------------------------------------------------------------


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], EngineProcess]]:
    """Start scripted engines, and see that none is left."""
    started: list[EngineProcess] = []

    def start_one() -> EngineProcess:
        script = str(Path(scripted_engine.__file__))
        engine = EngineProcess(tmp_path, command=[sys.executable, script], grace_seconds=5)
        started.append(engine)
        return engine

    yield start_one
    for engine in started:
        engine.close()


def test_commands_are_answered_whatever_the_engine_prints(
    start: Callable[[], EngineProcess], caplog: pytest.LogCaptureFixture
) -> None:
    engine = start()
    first, second = engine.submit(ShowStatus()), engine.submit(ShowStatus())
    answers = {engine.receive(), engine.receive()}
    assert answers == {
        Reply(request=number, answer=scripted_engine.STATUS) for number in (first, second)
    }
    engine.close()
    logged = [record.getMessage() for record in caplog.records]
    assert logged.count("engine: printed by mistake") == 2
    assert logged.count("engine: written by mistake") == 2
    assert "engine: ended by itself" in logged


def test_refusals_and_bugs_arrive_as_such(start: Callable[[], EngineProcess]) -> None:
    engine = start()
    refused = engine.submit(SearchDirectory(query="refuse"))
    assert engine.receive() == Refusal(
        request=refused, failure=Failure.WRONG_PASSPHRASE, detail="detail é"
    )
    broken = engine.submit(SearchDirectory(query="break"))
    assert engine.receive() == Refusal(request=broken, failure=Failure.BUG, detail="")
    status = engine.submit(ShowStatus())
    assert engine.receive() == Reply(request=status, answer=scripted_engine.STATUS)


def test_events_come_in_order_in_batches_and_before_the_answer(
    start: Callable[[], EngineProcess],
) -> None:
    engine = start()
    request = engine.submit(SearchDirectory(query="events"))
    batches = []
    while not isinstance(incoming := engine.receive(), Reply):
        assert isinstance(incoming, Notice)
        batches.append(incoming.events)
    assert [len(batch) for batch in batches] == [100, 100, 51]
    told = [event for batch in batches for event in batch]
    assert told[-1] == ContactsChanged()
    assert [event.done for event in told[:-1] if isinstance(event, Progress)] == list(range(250))
    assert all(event.request == request for event in told[:-1] if isinstance(event, Progress))


@needs_signals
@pytest.mark.parametrize("end", ["die", "garbage", "wrong type"])
def test_a_dead_or_mad_engine_is_an_end(
    start: Callable[[], EngineProcess], end: str, caplog: pytest.LogCaptureFixture
) -> None:
    engine = start()
    engine.submit(SearchDirectory(query=end))
    assert engine.receive() is None
    assert engine.receive() is None
    engine.close()
    assert engine.receive() is None
    with pytest.raises(EngineGoneError):
        engine.submit(ShowStatus())
    said = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert bool(said) == (end != "die")


def test_locking_ends_the_process_after_its_answer(start: Callable[[], EngineProcess]) -> None:
    engine = start()
    request = engine.submit(Lock())
    assert engine.receive() == Reply(request=request, answer=Done())
    assert engine.receive() is None


def test_closing_wakes_a_waiting_reader_and_ends_running_commands(
    start: Callable[[], EngineProcess],
) -> None:
    engine = start()
    received: list[Incoming | None] = []
    engine.submit(SearchDirectory(query="wait"))
    reader = threading.Thread(target=lambda: received.append(engine.receive()))
    reader.start()
    engine.close()
    reader.join()
    assert received == [None]
    engine.close()


@needs_signals
def test_an_engine_that_does_not_end_is_killed(tmp_path: Path) -> None:
    script = str(Path(scripted_engine.__file__))
    engine = EngineProcess(tmp_path, command=[sys.executable, script], grace_seconds=0.2)
    engine.submit(ShowStatus())
    engine.receive()
    engine.submit(SearchDirectory(query="hang"))
    os.waitid(os.P_PID, engine.pid, os.WSTOPPED | os.WNOWAIT)
    engine.close()
    with pytest.raises(ProcessLookupError):
        os.kill(engine.pid, 0)


KILLED_FRONT_END = """
import os, signal, sys
from pathlib import Path
from app.interface.commands import ShowStatus
from app.interface.pipe import EngineProcess
engine = EngineProcess(Path.cwd(), command=[sys.executable, *sys.argv[1:]])
engine.submit(ShowStatus())
engine.receive()
os.kill(os.getpid(), signal.SIGKILL)
"""


@needs_signals
def test_an_engine_ends_when_its_front_end_is_killed(tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    os.mkfifo(alive)
    front_end = subprocess.Popen(
        [sys.executable, "-c", KILLED_FRONT_END, scripted_engine.__file__, str(alive)]
    )
    # The FIFO is open for writing in the engine alone: its end is the end of the engine.
    assert alive.read_bytes() == b""
    assert front_end.wait() == -signal.SIGKILL
