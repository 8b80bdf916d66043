# SPDX-License-Identifier: AGPL-3.0-or-later
"""Carries commands, answers and events between a front end and the engine process, over two pipes.

A frame is its length (four bytes, big-endian) and an encoded `Frame`. What a frame may name is looked up
in COMMANDS and EVENTS and nowhere else. Imports `app.interface` and `crypto_core.wire` only.
"""

from __future__ import annotations

import asyncio
import logging
import os
import queue
import secrets
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import IntEnum
from io import BufferedReader, FileIO, TextIOWrapper
from typing import TYPE_CHECKING, Annotated, Any, Final, Protocol, TypeAlias

from app.interface.command import Command
from app.interface.commands import COMMANDS
from app.interface.connection import EngineGoneError, Incoming, Notice, Refusal, Reply
from app.interface.events import EVENTS, Event
from app.interface.failures import CommandError, Failure
from app.interface.secret import Veiled, wipe
from crypto_core.errors import WireError
from crypto_core.wire.codec import Size, decode, encode
from crypto_core.wire.limits import MIB

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MAX_FRAME_BYTES: Final = 32 * MIB
MAX_EVENTS: Final = 100
EVENT_DELAY_SECONDS: Final = 0.05
"""How long an event may wait for others to travel with."""
GRACE_SECONDS: Final = 10.0
"""How long an engine may take to end by itself once its pipe is closed."""

_LENGTH_BYTES: Final = 4
_READ_BYTES: Final = MIB
_STAND_IN_SIGNS: Final = "#$%&*+=<>?!;"
_MAX_STAND_INS: Final = 1000
_COMMANDS: Final = {command.__name__: command for command in COMMANDS}
_EVENTS: Final = {event.__name__: event for event in EVENTS}

_log = logging.getLogger(__name__)


class FrameKind(IntEnum):
    """What a frame is; only the first kind travels towards the engine."""

    REQUEST = 1
    REPLY = 2
    REFUSAL = 3
    NOTICE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An encoded object and the name of its class; for a refusal the code and its detail."""

    name: Annotated[str, Size(1, 64)]
    body: Annotated[bytes, Size.up_to(MAX_FRAME_BYTES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One thing said. Notices have number 0 and up to 100 items, all others exactly one."""

    kind: FrameKind
    request: int
    items: Annotated[tuple[Item, ...], Size(1, MAX_EVENTS)]


class RawReader(Protocol):
    """An unbuffered stream, so that no lock is held while a thread waits in it."""

    def read(self, size: int, /) -> bytes | None:
        """Return up to `size` bytes, none at the end."""


class RawWriter(Protocol):
    """An unbuffered stream."""

    def write(self, content: memoryview, /) -> int | None:
        """Write the beginning of `content` and return how many bytes that was."""


def pack_frame(frame: Frame) -> bytes:
    """Return the bytes of a frame, its length first. Raises WireError if it is too large."""
    encoded = encode(frame)
    if len(encoded) > MAX_FRAME_BYTES:
        raise WireError("the frame is too large")
    return len(encoded).to_bytes(_LENGTH_BYTES, "big") + encoded


def read_frame(stream: RawReader) -> Frame | None:
    """Read one frame, None at the end of the stream. Raises WireError (also for a cut frame), OSError."""
    prefix = _read_exactly(stream, _LENGTH_BYTES)
    if not prefix:
        return None
    length = int.from_bytes(prefix, "big")
    if len(prefix) < _LENGTH_BYTES or not 0 < length <= MAX_FRAME_BYTES:
        raise WireError("not the beginning of a frame")
    encoded = _read_exactly(stream, length)
    if len(encoded) < length:
        raise WireError("the frame is cut")
    return decode(Frame, encoded)


def _read_exactly(stream: RawReader, count: int) -> bytes:
    """Return `count` bytes, fewer only at the end; memory grows with what arrives, not with what is announced."""
    received = bytearray()
    while len(received) < count:
        part = stream.read(min(_READ_BYTES, count - len(received)))
        if not part:
            break
        received += part
    return bytes(received)


def _write_all(stream: RawWriter, content: bytes | bytearray) -> None:
    view = memoryview(content)
    while view:
        view = view[stream.write(view) or 0 :]


def request_frame(request: int, command: Command[Any]) -> Frame:
    """Return the frame of a command. Raises WireError when a field is out of bounds."""
    item = Item(name=type(command).__name__, body=encode(command))
    return Frame(kind=FrameKind.REQUEST, request=request, items=(item,))


def pack_veiled(request: int, veiled: Veiled[Any]) -> tuple[bytearray, type]:
    """Return the bytes of a command's frame, and its class; its secrets are in no other object. Raises WireError.

    The command is packed with stand-ins of the same lengths, which the secrets then overwrite in their places.
    """
    for _ in range(_MAX_STAND_INS):
        stand_ins = [_stand_in(len(secret)) for secret in veiled.secrets]
        command = veiled.build(*stand_ins)
        packed = bytearray(pack_frame(request_frame(request, command)))
        # A short one may stand in the frame by chance too; then others are drawn.
        if all(packed.count(each.encode()) == 1 for each in stand_ins if each):
            places = [packed.index(each.encode()) for each in stand_ins]
            for secret, place in zip(veiled.secrets, places, strict=True):
                secret.put_into(packed, place)
            return packed, type(command)
    raise WireError("the command has no room for its secret")


def _stand_in(length: int) -> str:
    return "".join(secrets.choice(_STAND_IN_SIGNS) for _ in range(length))


def parse_request(frame: Frame) -> Command[Any]:
    """Return the command of a request. Raises WireError."""
    known = _COMMANDS.get(frame.items[0].name)
    if frame.kind is not FrameKind.REQUEST or len(frame.items) != 1 or known is None:
        raise WireError("not a request")
    command: object = decode(known, frame.items[0].body)
    if not isinstance(command, Command):
        raise WireError("not a request")
    return command


def incoming_frame(incoming: Incoming) -> Frame:
    """Return the frame of what an engine says. Raises WireError when a field is out of bounds."""
    match incoming:
        case Reply(request=request, answer=answer):
            item = Item(name=type(answer).__name__, body=encode(answer))
            return Frame(kind=FrameKind.REPLY, request=request, items=(item,))
        case Refusal(request=request, failure=failure, detail=detail):
            item = Item(name=failure.value, body=detail.encode("utf-8", "replace"))
            return Frame(kind=FrameKind.REFUSAL, request=request, items=(item,))
        case Notice(events=events):
            items = tuple(Item(name=type(event).__name__, body=encode(event)) for event in events)
            return Frame(kind=FrameKind.NOTICE, request=0, items=items)


def parse_incoming(frame: Frame, answer_types: dict[int, type]) -> Incoming:
    """Return what an engine says; an answer must be to one of the requests in `answer_types`, which it leaves.

    Raises WireError.
    """
    if frame.kind is FrameKind.NOTICE:
        return Notice(events=tuple(_parse_event(item) for item in frame.items))
    expected = answer_types.pop(frame.request, None)
    if len(frame.items) != 1 or expected is None:
        raise WireError("an answer to nothing")
    item = frame.items[0]
    if frame.kind is FrameKind.REPLY and item.name == expected.__name__:
        return Reply(request=frame.request, answer=decode(expected, item.body))
    if frame.kind is FrameKind.REFUSAL:
        try:
            return Refusal(
                request=frame.request, failure=Failure(item.name), detail=item.body.decode()
            )
        except ValueError as error:
            raise WireError("not a refusal") from error
    raise WireError("not the answer to its request")


def _parse_event(item: Item) -> Event:
    known = _EVENTS.get(item.name)
    if known is None:
        raise WireError("not an event")
    return decode(known, item.body)


# --- the front end's side ------------------------------------------------------------------------


class EngineProcess:
    """An engine in a process of its own: implements `app.interface.connection.EngineConnection`.

    Nothing secret is in its arguments or environment. What it writes on standard error goes to this
    process's log, line by line.
    """

    def __init__(
        self,
        profile: Path,
        *,
        command: Sequence[str] | None = None,
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        """Start the engine of a profile, by another command line if given. Raises OSError if that fails."""
        self._grace_seconds = grace_seconds
        # A process group of its own: Ctrl+C in a terminal reaches the front end, which then closes the pipe.
        self._process = subprocess.Popen(
            command or engine_command(profile.absolute()),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            **_detachment(),
        )
        self._requests, self._answers, errors = _streams_of(self._process)
        self._writing = threading.Lock()
        self._reading = threading.Lock()
        self._ending = threading.Lock()
        self._answer_types: dict[int, type] = {}
        self._last_request = 0
        self._is_closed = False
        self._errors = threading.Thread(
            target=_log_lines, args=(errors,), name="engine-stderr", daemon=True
        )
        self._errors.start()

    @property
    def pid(self) -> int:
        """The engine's process id."""
        return self._process.pid

    def submit(self, command: Command[Any] | Veiled[Any]) -> int:
        """Send a command and return its request number. Raises EngineGoneError, or WireError on a field out of bounds.

        The secrets of a veiled command are wiped, whatever happens.
        """
        try:
            with self._writing:
                return self._submit(command)
        finally:
            if isinstance(command, Veiled):
                command.wipe()

    def _submit(self, command: Command[Any] | Veiled[Any]) -> int:
        if self._is_closed:
            raise EngineGoneError
        request = self._last_request + 1
        if isinstance(command, Veiled):
            packed, kind = pack_veiled(request, command)
        else:
            packed, kind = bytearray(pack_frame(request_frame(request, command))), type(command)
        self._last_request = request
        self._answer_types[request] = COMMANDS[kind]
        try:
            _write_all(self._requests, packed)
        except (OSError, ValueError) as error:
            raise EngineGoneError from error
        finally:
            wipe(packed)
        return request

    def receive(self) -> Incoming | None:
        """Wait for the next thing the engine says; None when it has ended and nothing is left."""
        with self._reading:
            try:
                frame = read_frame(self._answers)
                if frame is not None:
                    return parse_incoming(frame, self._answer_types)
            except WireError as error:
                _log.error("the engine does not speak the protocol: %s", error)
                self._process.kill()
            except (OSError, ValueError):
                # Closed by another thread while this one was about to read.
                pass
        return None

    def close(self) -> None:
        """End the engine and wait until its process is gone. May be called twice, and from any thread."""
        with self._ending:
            # A writer that the engine no longer reads from would hold the lock for ever.
            has_lock = self._writing.acquire(timeout=self._grace_seconds)
            self._is_closed = True
            if not has_lock:
                self._process.kill()
            try:
                self._requests.close()
            finally:
                if has_lock:
                    self._writing.release()
            try:
                self._process.wait(self._grace_seconds)
            except subprocess.TimeoutExpired:
                _log.warning("the engine did not end by itself")
                self._process.kill()
                self._process.wait()
            # A process that the engine started may still hold the other end.
            self._errors.join(self._grace_seconds)
            with self._reading:
                self._answers.close()


def engine_command(profile: Path) -> list[str]:
    """Return the command line of an engine, for this installation."""
    # A frozen program is its own interpreter; otherwise -P keeps a folder named "app" where the user
    # happens to be from being run instead.
    start = (
        [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-P", "-m", "app"]
    )
    return [*start, "--engine", "--profile", str(profile)]


def _detachment() -> dict[str, Any]:
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        return {"creationflags": flags}
    return {"process_group": 0}


def _streams_of(process: subprocess.Popen[bytes]) -> tuple[FileIO, FileIO, FileIO]:
    streams = (process.stdin, process.stdout, process.stderr)
    requests, answers, errors = streams
    if not (
        isinstance(requests, FileIO) and isinstance(answers, FileIO) and isinstance(errors, FileIO)
    ):
        raise TypeError("the pipes of the engine are not unbuffered")
    return requests, answers, errors


def _log_lines(stream: FileIO) -> None:
    with TextIOWrapper(BufferedReader(stream), encoding="utf-8", errors="replace") as lines:
        for line in lines:
            _log.warning("engine: %s", line.rstrip()[:200])


# --- the engine's side ---------------------------------------------------------------------------

Handler: TypeAlias = Callable[[int, Command[Any]], Awaitable[object]]
"""Carries out a command, given with its request number, and returns its answer; raises CommandError."""


def reserve_standard_streams() -> tuple[FileIO, FileIO]:
    """Take standard input and output for frames: from now on, whatever prints ends up on standard error."""
    requests, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0, inheritable=True)
    os.close(nothing)
    os.dup2(2, 1, inheritable=True)
    sys.stdout = sys.stderr
    return FileIO(requests, "r"), FileIO(answers, "w")


class EngineServer:
    """Reads requests on a thread, has them carried out on the event loop, and writes what is to be said.

    One malformed frame ends it: the other side is either broken or not ours.
    """

    def __init__(self, requests: RawReader, answers: RawWriter) -> None:
        """Take the two streams; nothing is read before `serve`."""
        self._requests = requests
        self._answers = answers
        self._frames: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._events: list[Event] = []
        self._flush_timer: asyncio.TimerHandle | None = None
        self._arrivals: asyncio.Queue[Frame | None] = asyncio.Queue()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def serve(self, handle: Handler) -> None:
        """Carry out requests, each in a task of its own, until the other side ends or `stop` is called.

        What is still running then is cancelled; what was answered before is written.
        """
        self._loop = asyncio.get_running_loop()
        self._flush()
        reader = threading.Thread(target=self._read, name="requests", daemon=True)
        writer = threading.Thread(target=self._write, name="answers", daemon=True)
        reader.start()
        writer.start()
        tasks: set[asyncio.Task[None]] = set()
        try:
            while (frame := await self._arrivals.get()) is not None:
                try:
                    command = parse_request(frame)
                except WireError as error:
                    _log.error("the front end does not speak the protocol: %s", error)
                    break
                task = asyncio.create_task(self._answer(handle, frame.request, command))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._flush()
            self._frames.put(None)
            # The other side may have stopped reading without closing, so there is an end to waiting.
            await asyncio.to_thread(writer.join, GRACE_SECONDS)
            self._loop = None

    def stop(self) -> None:
        """Let `serve` return soon; to be called on the event loop."""
        self._arrivals.put_nowait(None)

    def publish(self, event: Event) -> None:
        """Tell the other side; to be called on the event loop. Events travel together, in order."""
        self._events.append(event)
        if len(self._events) >= MAX_EVENTS:
            self._flush()
        elif self._flush_timer is None and self._loop is not None:
            self._flush_timer = self._loop.call_later(EVENT_DELAY_SECONDS, self._flush)

    async def _answer(self, handle: Handler, request: int, command: Command[Any]) -> None:
        try:
            self._say(Reply(request=request, answer=await handle(request, command)))
        except CommandError as error:
            self._say(Refusal(request=request, failure=error.failure, detail=error.detail))
        except Exception:  # noqa: BLE001 - logged, and answered as a bug
            # The boundary of the process: a bug in one command must not end the others.
            _log.exception("%s failed", type(command).__name__)
            self._say(Refusal(request=request, failure=Failure.BUG, detail=""))

    def _say(self, incoming: Incoming) -> None:
        packed = pack_frame(incoming_frame(incoming))
        # What happened before an answer is told before it.
        self._flush()
        self._frames.put(packed)

    def _flush(self) -> None:
        if self._flush_timer is not None:
            self._flush_timer.cancel()
            self._flush_timer = None
        if self._events:
            events, self._events = tuple(self._events), []
            self._frames.put(pack_frame(incoming_frame(Notice(events=events))))

    def _read(self) -> None:
        frame: Frame | None = None
        try:
            while (frame := read_frame(self._requests)) is not None:
                self._arrive(frame)
        except WireError as error:
            _log.error("the front end does not speak the protocol: %s", error)
        except (OSError, ValueError):
            _log.warning("the pipe of the front end broke")
        self._arrive(None)

    def _write(self) -> None:
        try:
            while (packed := self._frames.get()) is not None:
                _write_all(self._answers, packed)
        except (OSError, ValueError):
            self._arrive(None)

    def _arrive(self, frame: Frame | None) -> None:
        loop = self._loop
        try:
            if loop is not None:
                loop.call_soon_threadsafe(self._arrivals.put_nowait, frame)
        except RuntimeError:
            # The loop was closed meanwhile: nobody waits any more.
            return
