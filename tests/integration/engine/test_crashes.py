# SPDX-License-Identifier: AGPL-3.0-or-later
"""Three practices whose engines end between any two steps, while answers are lost: nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from app.interface.commands import (
    AcceptContact,
    ListConversations,
    MarkRead,
    ReadConversation,
    RequestContact,
    SaveAttachment,
    SendLetter,
    Synchronise,
    Unlock,
    VerifyAudit,
)
from app.interface.failures import CommandError, Failure
from app.interface.journal import Deed, DeedKind, JournalState, ListJournal
from app.interface.snapshots import DeliveryState, MessageView, Place, Problem
from crypto_core.wire.envelope import Urgency
from tests.fakes.crashes import Countdown, CrashError
from tests.fakes.fake_relay import FakeRelay
from tests.fakes.machine import FakeClock
from tests.fakes.people import SeededBytes
from tests.fakes.practice import PASSPHRASE, Practice

if TYPE_CHECKING:
    from app.interface.command import Command
    from crypto_core.wire.ids import AccountId

NAMES = ("Anne", "Boris", "Chloé")
OPERATIONS = (
    "post_envelope",
    "append_journal",
    "read_journal",
    "acknowledge",
    "mailbox",
    "claim_prekeys",
    "upload_prekeys",
    "key_events",
    "consistency",
    "create_blob",
    "upload_part",
    "complete_blob",
    "download_blob",
    "publish_key_event",
    "refresh",
)
MOST_DAYS = 45
"""Within the life of an envelope, so that everything sent must arrive."""

people = st.sampled_from(NAMES)
crash_points = st.one_of(st.none(), st.integers(0, 60))


class Correspondence(RuleBasedStateMachine):
    """Each step opens an engine on what is on the disk, lets it do something, and perhaps ends it in the middle."""

    @initialize()
    def registered_and_acquainted(self) -> None:
        self.directory = Path(tempfile.mkdtemp())
        self.runner = asyncio.Runner()
        self.clock = FakeClock()
        self.relay = FakeRelay(now=self.clock.now, random_bytes=SeededBytes("relay"))
        self.practices = {
            name: Practice(name, self.directory / name, self.relay, clock=self.clock)
            for name in NAMES
        }
        self.accounts: dict[str, AccountId] = {}
        self.written: dict[str, tuple[str, tuple[str, ...]]] = {}
        """Text of each letter → who wrote it and to whom."""
        self.documents: dict[str, bytes] = {}
        self.days = 0
        for name in NAMES:
            self.runner.run(self._register(name))
        for first in NAMES:
            for second in NAMES:
                if first < second:
                    self.run_commands(first, RequestContact(account=self.accounts[second], note=""))
                    self.run_commands(first, Synchronise())
                    self.run_commands(second, Synchronise())
                    self.run_commands(second, AcceptContact(account=self.accounts[first]))
                    self.run_commands(second, Synchronise())
                    self.run_commands(first, Synchronise())

    # --- steps -------------------------------------------------------------------------------

    @rule(
        sender=people,
        recipients=st.sets(people, min_size=1, max_size=2),
        has_document=st.booleans(),
        crash_at=crash_points,
    )
    def write(
        self, sender: str, recipients: set[str], has_document: bool, crash_at: int | None
    ) -> None:
        to = tuple(sorted(recipients - {sender}))
        if not to:
            return
        text = f"lettre {len(self.written)}"
        paths: tuple[str, ...] = ()
        if has_document:
            path = self.directory / f"{len(self.written)}.bin"
            content = SeededBytes(text)(1 + 70_000 * (len(self.written) % 5))
            path.write_bytes(content)
            self.documents[text] = content
            paths = (str(path),)
        self.written[text] = (sender, to)
        self.run_commands(
            sender,
            SendLetter(
                to=tuple(self.accounts[name] for name in to),
                subject=text,
                text=text,
                attachments=paths,
                urgency=Urgency.NORMAL,
                in_reply_to=None,
                accepts_unverified=True,
            ),
            Synchronise(),
            crash_at=crash_at,
        )

    @rule(name=people, crash_at=crash_points)
    def synchronise(self, name: str, crash_at: int | None) -> None:
        self.run_commands(name, Synchronise(), crash_at=crash_at)

    @rule(operation=st.sampled_from(OPERATIONS), has_acted=st.booleans(), times=st.integers(1, 2))
    def lose_answers(self, operation: str, has_acted: bool, times: int) -> None:
        self.relay.interrupt(operation, has_acted=has_acted, times=times)

    @rule(name=people, crash_at=crash_points)
    def read_everything(self, name: str, crash_at: int | None) -> None:
        letters = self.runner.run(self._letters(name, Place.INBOX))
        commands = [MarkRead(message=letter.message) for letter in letters[:3]]
        self.run_commands(name, *commands, Synchronise(), crash_at=crash_at)

    @precondition(lambda self: self.days < MOST_DAYS)
    @rule(days=st.integers(1, 12))
    def let_time_pass(self, days: int) -> None:
        self.days += days
        self.clock.advance(days=days)

    # --- what must hold in the end -----------------------------------------------------------

    def teardown(self) -> None:
        if not hasattr(self, "runner"):
            return
        try:
            self.relay._interruptions.clear()
            self.runner.run(self._settle())
            self.runner.run(self._check())
        finally:
            self.runner.close()
            shutil.rmtree(self.directory)

    async def _settle(self) -> None:
        quiet = 0
        for _ in range(12):
            done = 0
            for name in NAMES:
                async with self._unlocked(name) as practice:
                    report = await practice.do_signed_in(Synchronise())
                    done += report.received + report.sent
            # In a quiet round somebody may still have renewed the keys that the others wait for.
            quiet = 0 if done else quiet + 1
            if quiet == 2:
                return
        raise AssertionError("the practices do not come to rest")

    async def _check(self) -> None:
        sent: dict[str, MessageView] = {}
        for name in NAMES:
            outgoing = await self._letters(name, Place.SENT)
            counted = Counter(letter.text for letter in outgoing)
            assert set(counted.values()) <= {1}
            for letter in outgoing:
                assert self.written[letter.text][0] == name
                sent[letter.text] = letter
        for name in NAMES:
            received = Counter(letter.text for letter in await self._letters(name, Place.INBOX))
            # Whatever its writer's vault holds has arrived, exactly once, everywhere it was meant for.
            assert received == Counter(text for text in sent if name in self.written[text][1]), name
        for letter in sent.values():
            assert letter.problem is Problem.NONE
            assert {each.state for each in letter.recipients} <= {
                DeliveryState.DELIVERED,
                DeliveryState.READ,
            }
        for name in NAMES:
            await self._check_documents(name)
            async with self._unlocked(name) as practice:
                report = await practice.do_signed_in(VerifyAudit())
                assert report.problems == ()
                assert report.own_statements == report.own_statements_logged
                page = await practice.do(ListJournal(kind=DeedKind.LETTERS, limit=200))
                # Whatever was done is noted, exactly once, however often the engine has ended.
                composed = [row.letter for row in page.rows if row.deed is Deed.COMPOSED]
                sent_here = [
                    letter.message
                    for letter in sent.values()
                    if self.written[letter.text][0] == name
                ]
                assert page.more or sorted(filter(None, composed)) == sorted(sent_here)
                assert page.summary.state in {JournalState.INTACT, JournalState.WAITING}

    async def _check_documents(self, name: str) -> None:
        for letter in await self._letters(name, Place.INBOX):
            assert all(each.available for each in letter.attachments), letter.text
            if not letter.attachments:
                continue
            async with self._unlocked(name) as practice:
                saved = await practice.do(
                    SaveAttachment(
                        message=letter.message, index=0, directory=str(self.directory / name)
                    )
                )
            assert Path(saved.path).read_bytes() == self.documents[letter.text]  # noqa: ASYNC240 - nothing else runs

    # --- inside ------------------------------------------------------------------------------

    def run_commands(self, name: str, *commands: Command[Any], crash_at: int | None = None) -> None:
        self.runner.run(self._run(name, commands, crash_at))

    async def _run(
        self, name: str, commands: tuple[Command[Any], ...], crash_at: int | None
    ) -> None:
        practice = self.practices[name]
        practice.countdown = Countdown(crash_at)
        await practice.start()
        try:
            await practice.do(Unlock(passphrase=PASSPHRASE))
            for command in commands:
                try:
                    await practice.do_signed_in(command)
                except CommandError as error:
                    # A lost answer is an expected failure; a bug is not.
                    if error.failure is not Failure.RELAY_UNREACHABLE:
                        raise
        except CrashError:
            assert practice.countdown.has_crashed
        finally:
            await practice.stop()

    def _unlocked(self, name: str) -> _Unlocked:
        return _Unlocked(self.practices[name])

    async def _register(self, name: str) -> None:
        async with self.practices[name] as practice:
            self.accounts[name] = await practice.register()

    async def _letters(self, name: str, place: Place) -> list[MessageView]:
        found: list[MessageView] = []
        async with self._unlocked(name) as practice:
            page = await practice.do(ListConversations(place=place, before=None, limit=200))
            for row in page.rows:
                letters = await practice.do(
                    ReadConversation(conversation=row.conversation, before=None, limit=200)
                )
                found += letters.messages
        return found


class _Unlocked:
    """A practice that runs, unlocked and without crashes, for as long as the block lasts."""

    def __init__(self, practice: Practice) -> None:
        self._practice = practice

    async def __aenter__(self) -> Practice:
        self._practice.countdown = Countdown()
        await self._practice.start()
        await self._practice.do(Unlock(passphrase=PASSPHRASE))
        return self._practice

    async def __aexit__(self, *_: object) -> None:
        await self._practice.stop()


TestCorrespondence = Correspondence.TestCase
TestCorrespondence.settings = settings(
    max_examples=8,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
