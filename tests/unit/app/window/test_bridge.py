# SPDX-License-Identifier: AGPL-3.0-or-later
"""The bridge: every request gets exactly one answer, in the main thread, whatever the engine does."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Any

import pytest
import shiboken6
from PySide6.QtCore import QObject, Qt

from app.interface.commands import (
    ListContacts,
    ListConversations,
    SendLetter,
    ShowStatus,
    Unlock,
)
from app.interface.connection import Incoming, Notice, Refusal, Reply
from app.interface.events import (
    Alarm,
    ContactsChanged,
    ConversationsChanged,
    Progress,
    StatusChanged,
)
from app.interface.failures import Failure
from app.interface.secret import Veiled
from app.interface.snapshots import AlarmKind, Done, Place, Status
from app.interface.writing import AttachFile, DraftId
from app.window.bridge import BATCH, Bridge
from crypto_core.errors import WireError
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import AccountId, ConversationId
from tests.fakes.scripted_engine import PASSPHRASE, Practice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from app.interface.command import Command


class Puppet:
    """A connection that says what the test tells it to, when the test tells it to."""

    def __init__(self) -> None:
        self.spoken: queue.SimpleQueue[Incoming | None] = queue.SimpleQueue()
        self.submitted: list[Command[Any]] = []
        self.threads: set[int] = set()
        self.answer_first = False
        self.may_return = threading.Event()
        self.may_return.set()
        self.is_closed = False

    def submit(self, command: Command[Any] | Veiled[Any]) -> int:
        """Number a command; say the answer before the number when told so."""
        self.threads.add(threading.get_ident())
        if isinstance(command, AttachFile) and not command.path:
            raise WireError("too short")
        assert not isinstance(command, Veiled)
        self.submitted.append(command)
        if self.answer_first:
            self.spoken.put(Reply(request=len(self.submitted), answer=Done()))
        self.may_return.wait()
        return len(self.submitted)

    def receive(self) -> Incoming | None:
        """Wait for what the test says."""
        self.threads.add(threading.get_ident())
        return self.spoken.get()

    def close(self) -> None:
        """End, once."""
        if not self.is_closed:
            self.is_closed = True
            self.spoken.put(None)


class Answers(QObject):
    """Keeps what came back."""

    def __init__(self) -> None:
        super().__init__()
        self.replies: list[object] = []
        self.failures: list[tuple[Failure, str]] = []
        self.progress: list[tuple[int, int]] = []
        self.threads: set[int] = set()

    def reply(self, answer: object) -> None:
        self.threads.add(threading.get_ident())
        self.replies.append(answer)

    def fail(self, failure: Failure, detail: str) -> None:
        self.failures.append((failure, detail))

    def advance(self, done: int, total: int) -> None:
        self.progress.append((done, total))


@pytest.fixture
def puppet() -> Puppet:
    return Puppet()


@pytest.fixture
def bridge(puppet: Puppet, qtbot: QtBot) -> Iterator[Bridge]:  # noqa: ARG001 - Qt must be there
    made = Bridge(lambda: puppet)
    yield made
    made.stop()


def test_an_answer_comes_in_the_main_thread(bridge: Bridge, puppet: Puppet, qtbot: QtBot) -> None:
    answers = Answers()
    bridge.start()
    bridge.request(answers, ListContacts(), answers.reply, answers.fail)
    puppet.spoken.put(Reply(request=1, answer=Done()))
    qtbot.waitUntil(lambda: answers.replies == [Done()])
    main = threading.get_ident()
    assert answers.threads == {main}
    assert main not in puppet.threads
    assert bridge.is_quiet


def test_an_answer_that_overtakes_its_number_is_kept(
    bridge: Bridge, puppet: Puppet, qtbot: QtBot
) -> None:
    answers = Answers()
    puppet.answer_first = True
    puppet.may_return.clear()
    bridge.start()
    bridge.request(answers, ListContacts(), answers.reply, answers.fail)
    qtbot.waitUntil(puppet.spoken.empty)
    assert not answers.replies
    puppet.may_return.set()
    qtbot.waitUntil(lambda: len(answers.replies) == 1)


def test_a_refusal_reaches_the_failure_callback(
    bridge: Bridge, puppet: Puppet, qtbot: QtBot
) -> None:
    answers = Answers()
    bridge.start()
    bridge.request(answers, ListContacts(), answers.reply, answers.fail)
    puppet.spoken.put(Refusal(request=1, failure=Failure.DISK_FULL, detail="3"))
    qtbot.waitUntil(lambda: answers.failures == [(Failure.DISK_FULL, "3")])
    assert not answers.replies


def test_a_command_out_of_bounds_fails_alone(bridge: Bridge, puppet: Puppet, qtbot: QtBot) -> None:
    answers = Answers()
    bridge.start()
    bridge.request(
        answers, AttachFile(draft=DraftId(bytes(16)), path=""), answers.reply, answers.fail
    )
    bridge.request(answers, ListContacts(), answers.reply, answers.fail)
    puppet.spoken.put(Reply(request=1, answer=Done()))
    qtbot.waitUntil(lambda: len(answers.replies) == 1)
    assert answers.failures == [(Failure.INVALID, "")]


def test_the_end_of_the_engine_fails_every_open_request(
    bridge: Bridge, puppet: Puppet, qtbot: QtBot
) -> None:
    answers = Answers()
    bridge.start()
    for _ in range(3):
        bridge.request(answers, ListContacts(), answers.reply, answers.fail)
    with qtbot.waitSignal(bridge.ended) as ended:
        puppet.spoken.put(None)
    assert ended.args == [False]
    assert answers.failures == [(Failure.ENGINE_GONE, "")] * 3
    assert not bridge.is_running


def test_what_an_ended_engine_did_not_answer_is_never_given_to_the_next_one(qtbot: QtBot) -> None:
    """A letter may be stored although the answer was lost; given again, it would be sent twice."""
    puppets = [Puppet(), Puppet()]
    waiting = iter(puppets)
    bridge = Bridge(lambda: next(waiting))
    answers = Answers()
    letter = SendLetter(
        to=(AccountId(bytes(20)),),
        subject="once",
        text="",
        attachments=(),
        urgency=Urgency.NORMAL,
        in_reply_to=None,
    )
    bridge.start()
    bridge.request(answers, letter, answers.reply, answers.fail)
    qtbot.waitUntil(lambda: puppets[0].submitted == [letter])
    with qtbot.waitSignal(bridge.ended):
        puppets[0].spoken.put(None)
    assert answers.failures == [(Failure.ENGINE_GONE, "")]
    bridge.start()
    bridge.request(answers, ListContacts(), answers.reply, answers.fail)
    puppets[1].spoken.put(Reply(request=1, answer=Done()))
    qtbot.waitUntil(lambda: len(answers.replies) == 1)
    assert puppets[1].submitted == [ListContacts()]
    bridge.stop()


def test_a_request_without_an_engine_fails_later(bridge: Bridge, qtbot: QtBot) -> None:
    answers = Answers()
    bridge.request(answers, ListContacts(), answers.reply, answers.fail)
    assert not answers.failures
    qtbot.waitUntil(lambda: answers.failures == [(Failure.ENGINE_GONE, "")])


def test_an_engine_that_cannot_be_started_ends_at_once(qtbot: QtBot) -> None:
    def fail() -> Puppet:
        raise FileNotFoundError

    bridge = Bridge(fail)
    with qtbot.waitSignal(bridge.ended) as ended:
        bridge.start()
    assert ended.args == [False]


def test_nobody_is_called_after_its_owner_has_gone(
    bridge: Bridge, puppet: Puppet, qtbot: QtBot
) -> None:
    gone, there = Answers(), Answers()
    bridge.start()
    bridge.request(gone, ListContacts(), gone.reply, gone.fail)
    bridge.request(there, ListContacts(), there.reply, there.fail)
    shiboken6.delete(gone)
    puppet.spoken.put(Reply(request=1, answer=Done()))
    puppet.spoken.put(Reply(request=2, answer=Done()))
    qtbot.waitUntil(lambda: len(there.replies) == 1)
    assert not gone.replies


def test_events_of_a_batch_are_told_once(bridge: Bridge, puppet: Puppet, qtbot: QtBot) -> None:
    status = Practice().status()
    told: dict[str, list[Any]] = {"status": [], "conversations": [], "contacts": [], "alarm": []}
    bridge.status_changed.connect(told["status"].append)
    bridge.conversations_changed.connect(told["conversations"].append)
    bridge.contacts_changed.connect(lambda: told["contacts"].append(None))
    bridge.alarm.connect(told["alarm"].append)
    alarm = Alarm(kind=AlarmKind.SPLIT_VIEW, detail="")
    one, two = ConversationId(bytes(16)), ConversationId(bytes([1] * 16))
    bridge.start()
    puppet.spoken.put(
        Notice(
            events=(
                ContactsChanged(),
                ConversationsChanged(conversations=(one,)),
                StatusChanged(status=status),
                ConversationsChanged(conversations=(one, two)),
                ContactsChanged(),
                alarm,
                alarm,
            )
        )
    )
    qtbot.waitUntil(lambda: len(told["alarm"]) == 2)
    assert told["status"] == [status]
    assert told["conversations"] == [frozenset({one, two})]
    assert told["contacts"] == [None]


def test_progress_reaches_its_request_only(bridge: Bridge, puppet: Puppet, qtbot: QtBot) -> None:
    one, two = Answers(), Answers()
    bridge.start()
    bridge.request(one, ListContacts(), one.reply, one.fail, one.advance)
    bridge.request(two, ListContacts(), two.reply, two.fail, two.advance)
    qtbot.waitUntil(lambda: len(puppet.submitted) == 2)
    puppet.spoken.put(Reply(request=1, answer=Done()))
    qtbot.waitUntil(lambda: len(one.replies) == 1)
    puppet.spoken.put(Notice(events=(Progress(request=2, done=1, total=2),)))
    puppet.spoken.put(Notice(events=(Progress(request=9, done=1, total=2),)))
    puppet.spoken.put(Reply(request=2, answer=Done()))
    qtbot.waitUntil(lambda: len(two.replies) == 1)
    assert two.progress == [(1, 2)]
    assert not one.progress


def test_a_flood_of_answers_leaves_the_window_time_to_paint(
    bridge: Bridge, puppet: Puppet, qtbot: QtBot
) -> None:
    answers = Answers()
    sizes: list[int] = []
    drain = bridge._drain

    def counted() -> None:
        before = len(answers.replies)
        drain()
        sizes.append(len(answers.replies) - before)

    bridge._woken.disconnect()
    bridge._woken.connect(counted, Qt.ConnectionType.QueuedConnection)
    bridge.start()
    for _ in range(1000):
        bridge.request(answers, ListContacts(), answers.reply, answers.fail)
    qtbot.waitUntil(lambda: len(puppet.submitted) == 1000)
    for number in range(1000):
        puppet.spoken.put(Reply(request=number + 1, answer=Done()))
    qtbot.waitUntil(lambda: len(answers.replies) == 1000)
    assert max(sizes) <= BATCH


def test_locking_ends_the_engine_and_another_can_be_started(qtbot: QtBot) -> None:
    practice = Practice()
    bridge = Bridge(practice.connect)
    statuses: list[Status] = []
    answers = Answers()
    bridge.start()
    bridge.request(answers, Unlock(passphrase=PASSPHRASE), statuses.append, answers.fail)
    qtbot.waitUntil(lambda: len(statuses) == 1)
    with qtbot.waitSignal(bridge.ended) as ended:
        bridge.lock()
    assert ended.args == [True]
    assert practice.engines[0].is_closed
    bridge.start()
    bridge.request(
        answers,
        ListConversations(place=Place.INBOX, before=None, limit=1),
        answers.reply,
        answers.fail,
    )
    qtbot.waitUntil(lambda: answers.failures == [(Failure.LOCKED, "")])
    bridge.stop()


def test_an_engine_that_does_not_answer_a_lock_is_ended_all_the_same(
    bridge: Bridge, puppet: Puppet, qtbot: QtBot
) -> None:
    bridge._impatience.setInterval(1)
    bridge.start()
    with qtbot.waitSignal(bridge.ended) as ended:
        bridge.lock()
    assert ended.args == [True]
    assert puppet.is_closed


def test_stop_leaves_no_thread(puppet: Puppet, qtbot: QtBot) -> None:
    bridge = Bridge(lambda: puppet)
    answers = Answers()
    bridge.start()
    bridge.request(answers, ShowStatus(), answers.reply, answers.fail)
    qtbot.waitUntil(lambda: len(puppet.submitted) == 1)
    bridge.stop()
    assert puppet.is_closed
    assert not [each for each in threading.enumerate() if each.name.startswith("engine-")]
    assert not answers.replies
    assert not answers.failures
