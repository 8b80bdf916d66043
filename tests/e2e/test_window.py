# SPDX-License-Identifier: AGPL-3.0-or-later
"""One practitioner at a real window on a virtual screen, used by keyboard and mouse; the other one far away."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from app.interface.commands import (
    Command,
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
from tests.e2e.test_two_clients import family_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeVar

    from tests.e2e.client import Client

    T = TypeVar("T")

TOOLS = ("Xvfb", "xdotool")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]
SCREEN = "1280x800x24"
FIRST_ROW = (370, 110)
ANSWER = "Well received, thank you. I see her on Monday."


@pytest.fixture
def display() -> Iterator[str]:
    """A virtual screen. Without the tools for it the test is skipped, except where CI promises them."""
    if MISSING and not os.environ.get("UHS_CI"):
        pytest.skip(f"not installed: {', '.join(MISSING)}")
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    screen = subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as number:
        yield f":{number.readline().strip()}"
    screen.terminate()
    screen.wait()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """Keyboard and mouse of a virtual screen."""

    display: str

    def use(self, *arguments: str) -> str:
        """Run xdotool and return what it prints."""
        done = subprocess.run(
            ["xdotool", *arguments],
            env=os.environ | {"DISPLAY": self.display},
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def take(self, pid: int) -> None:
        """Wait for a process's window, and turn to it."""
        window = self.use("search", "--sync", "--onlyvisible", "--pid", str(pid), "--name", ".+")
        self.use("windowfocus", "--sync", window.splitlines()[-1])


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
    anne: Client, bruno: Client, display: str
) -> None:
    with ExitStack() as stack:
        engine = stack.enter_context(closing(EngineProcess(bruno.profile)))
        correspondent = Correspondent(engine)
        correspondent.ask(Unlock(passphrase=bruno.passphrase))
        letter = correspondent.ask(
            SendLetter(
                to=(parse_address(anne.account),),
                subject="Mme Durand, for Monday",
                text="Could you see her on Monday?",
                attachments=(),
                urgency=Urgency.NORMAL,
                in_reply_to=None,
            )
        )
        hands = Hands(display=display)
        window = stack.enter_context(window_of(anne, display))
        hands.take(window.pid)
        hands.use("type", "--", anne.passphrase)
        hands.use("key", "Return")
        # It arrives by itself once the mailbox is open.
        correspondent.wait_for(letter.message, DeliveryState.DELIVERED)
        hands.use("mousemove", *map(str, FIRST_ROW), "click", "1")
        correspondent.wait_for(letter.message, DeliveryState.READ)
        hands.use("key", "ctrl+r")
        hands.use("type", "--", ANSWER)
        hands.use("key", "ctrl+Return")
        answer = correspondent.wait_until(lambda: correspondent.answer_to(letter.message))
        assert (answer.text.strip(), answer.sender_name) == (ANSWER, anne.name)
        family = family_of(window.pid)
        assert len(family) > 1
        for pid in family:
            for part in ("cmdline", "environ"):
                assert anne.passphrase.encode() not in Path(f"/proc/{pid}/{part}").read_bytes()
