# SPDX-License-Identifier: AGPL-3.0-or-later
"""One practitioner at a real window on a virtual screen, used by keyboard and mouse; the other one far away."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from app.interface.commands import (
    ListConversations,
    ReadConversation,
    SendLetter,
    ShowMessage,
    Unlock,
)
from app.interface.connection import Notice, Refusal, Reply
from app.interface.pipe import EngineProcess
from app.interface.snapshots import DeliveryState, Direction, MessageView, Place
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import MessageId, parse_address
from tests.e2e.client import Client
from tests.e2e.test_two_clients import family_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeVar

    from app.interface.command import Command
    from tests.e2e.conftest import Practice

    T = TypeVar("T")

TOOLS = ("Xvfb", "xdotool")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]
SCREEN = "1280x800x24"
ANSWER = "Well received, thank you. I see her on Monday."


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A part of the screen, in pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def middle(self) -> tuple[str, str]:
        """Where one would click on it."""
        return str(self.left + self.width // 2), str(self.top + self.height // 2)


ACCENT = bytes.fromhex("0f766e")[::-1]
UNLOCK_FORM = Area(left=440, top=300, width=400, height=200)
FIRST_ROW = Area(left=215, top=70, width=200, height=60)
QUESTION = Area(left=595, top=537, width=190, height=45)
SEND_ALL_THE_SAME = Area(left=800, top=547, width=130, height=30)
PANE_HEADER = Area(left=560, top=5, width=300, height=50)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A virtual screen with keyboard and mouse, of which the picture can be looked at."""

    display: str
    picture: Path

    def use(self, *arguments: str) -> str:
        """Run xdotool and return what it prints."""
        done = self.attempt(*arguments)
        done.check_returncode()
        return done.stdout.strip()

    def attempt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run xdotool, whatever comes of it."""
        return subprocess.run(
            ["xdotool", *arguments],
            env=os.environ | {"DISPLAY": self.display},
            check=False,
            capture_output=True,
            text=True,
        )

    def turn_to(self, pid: int, *, until_accent_in: Area) -> None:
        """Give a process's window the keyboard until an area shows that it has it.

        Helper windows of Qt's come and go at the start: one that goes while it is looked at is an error,
        and one that had the keyboard takes it along.
        """
        search = ("search", "--onlyvisible", "--pid", str(pid), "--name", "U-HealthSec")
        while not self.shows_accent(until_accent_in):
            self.attempt(*search, "windowfocus")

    def look(self, area: Area) -> bytes:
        """Return the pixels of an area (X Window Dump, 32 bits a pixel)."""
        dump = self.picture.read_bytes()
        header = struct.unpack(">20I", dump[:80])
        line, start = header[12], header[0] + header[19] * 12
        rows = range(area.top, area.top + area.height)
        offsets = (start + row * line + area.left * 4 for row in rows)
        return b"".join(dump[offset : offset + area.width * 4] for offset in offsets)

    def shows_accent(self, area: Area) -> bool:
        """Tell whether the accent colour is in an area: a field with the keyboard, or a primary button."""
        pixels = self.look(area)
        return any(pixels[at : at + 3] == ACCENT for at in range(0, len(pixels), 4))

    def wait_for_accent(self, area: Area) -> None:
        """Wait until an area asks for attention; each look lets the screen finish what it is at."""
        while not self.shows_accent(area):
            self.use("getdisplaygeometry")

    def click(self, area: Area, *, until_accent_in: Area) -> None:
        """Click on an area, where something is about to appear, until another one asks for attention."""
        while not self.shows_accent(until_accent_in):
            self.use("mousemove", *area.middle, "click", "1")

    def press(self, key: str, *, until_changed: Area) -> None:
        """Press a key and wait until something is seen of it."""
        before = self.look(until_changed)
        self.use("key", key)
        while self.look(until_changed) == before:
            self.use("getdisplaygeometry")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A virtual screen. Without the tools for it the test is skipped, except where CI promises them."""
    if MISSING and not os.environ.get("UHS_CI"):
        pytest.skip(f"not installed: {', '.join(MISSING)}")
    reading, writing = os.pipe()
    options = ["-displayfd", str(writing), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    screen = subprocess.Popen(
        ["Xvfb", *options, "-fbdir", str(tmp_path)],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as number:
        display = f":{number.readline().strip()}"
    yield Desk(display=display, picture=tmp_path / "Xvfb_screen0")
    screen.terminate()
    screen.wait()


@pytest.fixture
def pair(practice: Practice, tmp_path: Path) -> tuple[Client, Client]:
    """Two correspondents who have never written to each other."""
    dora = Client(
        name="Dr Dora Roux",
        profile=tmp_path / "dora",
        passphrase="dora has a long one with ten words in all",
    )
    emil = Client(
        name="Emil Blanc",
        profile=tmp_path / "emil",
        passphrase="emil has one as well that nobody will guess",
    )
    for client in (dora, emil):
        client.register(practice.network.relay)
        client.put_on_paper()
    emil.befriend(dora)
    return dora, emil


@contextmanager
def window_of(client: Client, display: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the real program without a command: its window."""
    environment = os.environ | {
        "DISPLAY": display,
        "QT_QPA_PLATFORM": "xcb",
        "LC_ALL": "en_GB.UTF-8",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "--profile", str(client.profile)], env=environment
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


class Correspondent:
    """The other one, whose engine tells what arrives."""

    def __init__(self, engine: EngineProcess) -> None:
        self._engine = engine

    def ask(self, command: Command[T]) -> T:
        """Return the engine's answer."""
        request = self._engine.submit(command)
        while (incoming := self._engine.receive()) is not None:
            assert not isinstance(incoming, Refusal), incoming
            if isinstance(incoming, Reply) and incoming.request == request:
                return cast("T", incoming.answer)
        pytest.fail("the engine has ended")

    def wait_until(self, look: Callable[[], T | None]) -> T:
        """Look again after everything that the engine tells, until there is something to see."""
        while (seen := look()) is None:
            while not isinstance(incoming := self._engine.receive(), Notice):
                assert incoming is not None
        return seen

    def state(self, message: MessageId) -> DeliveryState:
        """Return the rung that a sent message is on."""
        return self.ask(ShowMessage(message=message)).recipients[0].state

    def wait_for(self, message: MessageId, wanted: DeliveryState) -> None:
        """Wait until a sent message has reached a rung."""
        self.wait_until(lambda: True if self.state(message) >= wanted else None)

    def answer_to(self, message: MessageId) -> MessageView | None:
        """Return what was received in a sent message's conversation."""
        conversation = self.ask(ShowMessage(message=message)).conversation
        listed = self.ask(ListConversations(place=Place.INBOX, before=None, limit=50)).rows
        if conversation not in {row.conversation for row in listed}:
            return None
        page = self.ask(ReadConversation(conversation=conversation, before=None, limit=50))
        received = [each for each in page.messages if each.direction is Direction.RECEIVED]
        return received[-1] if received else None


def test_a_letter_is_read_and_answered_in_the_window(
    pair: tuple[Client, Client], desk: Desk
) -> None:
    dora, emil = pair
    with ExitStack() as stack:
        correspondent = Correspondent(stack.enter_context(closing(EngineProcess(emil.profile))))
        correspondent.ask(Unlock(passphrase=emil.passphrase))
        letter = correspondent.ask(
            SendLetter(
                to=(parse_address(dora.account),),
                subject="Mme Durand, for Monday",
                text="Could you see her on Monday?",
                attachments=(),
                urgency=Urgency.NORMAL,
                in_reply_to=None,
                accepts_unverified=True,
            )
        ).message
        window = stack.enter_context(window_of(dora, desk.display))
        desk.turn_to(window.pid, until_accent_in=UNLOCK_FORM)
        desk.use("type", "--", dora.passphrase)
        desk.use("key", "Return")
        # It arrives by itself once the mailbox is open.
        correspondent.wait_for(letter, DeliveryState.DELIVERED)
        desk.click(FIRST_ROW, until_accent_in=PANE_HEADER)
        correspondent.wait_for(letter, DeliveryState.READ)
        desk.press("ctrl+r", until_changed=PANE_HEADER)
        desk.use("type", "--", ANSWER)
        desk.use("key", "ctrl+Return")
        # Nobody has confirmed who he is; her choice to write to him all the same is her own.
        desk.wait_for_accent(QUESTION)
        desk.click(SEND_ALL_THE_SAME, until_accent_in=PANE_HEADER)
        answer = correspondent.wait_until(lambda: correspondent.answer_to(letter))
        assert (answer.text.strip(), answer.sender_name) == (ANSWER, dora.name)
        family = family_of(window.pid)
        assert len(family) > 1
        # The window overwrites what it frees; its engine, which ends at a lock, has no need to.
        overwriting = [
            b"PYTHONMALLOC=malloc" in Path(f"/proc/{pid}/environ").read_bytes() for pid in family
        ]
        assert overwriting.count(True) == 1
        for pid in family:
            for part in ("cmdline", "environ"):
                assert dora.passphrase.encode() not in Path(f"/proc/{pid}/{part}").read_bytes()
