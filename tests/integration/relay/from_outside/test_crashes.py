# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is left after kill -9 of the relay or of PostgreSQL, in the middle of many letters."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
from collections import Counter
from typing import TYPE_CHECKING, Final

import pytest

from app.engine.ports.relay import RelayError
from crypto_core.trust.checkpoints import parse_log_identity, parse_note, verify_checkpoint
from crypto_core.trust.merkle import verify_consistency
from tests.integration.independent_log.verifier import Consistency
from tests.integration.relay.from_outside.premises import ProcessEnd
from tests.integration.relay.from_outside.visitor import visitors

if TYPE_CHECKING:
    from collections.abc import Callable

    from crypto_core.trust.tlog_proof import VerifiedProof
    from crypto_core.wire.relay_api import PostEnvelopeRequest
    from tests.integration.independent_log.verifier import IndependentVerifier
    from tests.integration.relay.from_outside.premises import Premises
    from tests.integration.relay.from_outside.visitor import Visitor

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="watches processes as Linux does"),
]

SENDERS: Final = 6
LETTERS_BEFORE: Final = 60
LETTERS_AFTER: Final = 4


class Load:
    """Senders that write without pause, and what they know of each letter."""

    def __init__(self, senders: list[Visitor], recipient: Visitor) -> None:
        self._senders = senders
        self._recipient = recipient
        self.accepted: dict[bytes, VerifiedProof] = {}
        self.uncertain: list[tuple[Visitor, PostEnvelopeRequest]] = []
        self._left = 0
        self._act: Callable[[], None] | None = None

    async def until_disaster(self, strike: Callable[[], None]) -> None:
        """Send until `strike` has been called, amid the letters, and nobody is answered any more."""
        self._left, self._act = LETTERS_BEFORE, strike
        async with asyncio.TaskGroup() as tasks:
            for sender in self._senders:
                tasks.create_task(self._send_until_error(sender))

    async def through_disaster(self, strike: Callable[[], None]) -> None:
        """Send on and on, repeating what is not answered, while `strike` happens amid the letters."""
        self._left, self._act = LETTERS_BEFORE, strike
        async with asyncio.TaskGroup() as tasks:
            for sender in self._senders:
                tasks.create_task(self._send_insisting(sender))

    async def settle(self) -> None:
        """Repeat what was not answered, and go on a little."""
        for sender, request in self.uncertain:
            self.accepted[request.envelope] = await sender.insist(request)
        self.uncertain.clear()
        for sender in self._senders:
            request = sender.caller.letter_to(self._recipient.caller)
            self.accepted[request.envelope] = await sender.post(request)

    async def _send_until_error(self, sender: Visitor) -> None:
        while True:
            request = sender.caller.letter_to(self._recipient.caller)
            try:
                self.accepted[request.envelope] = await sender.post(request)
            except RelayError:
                self.uncertain.append((sender, request))
                return
            self._count()

    async def _send_insisting(self, sender: Visitor) -> None:
        after = LETTERS_AFTER
        while after:
            request = sender.caller.letter_to(self._recipient.caller)
            self.accepted[request.envelope] = await sender.insist(request)
            self._count()
            after -= self._act is None

    def _count(self) -> None:
        self._left -= 1
        if self._left <= 0 and self._act is not None:
            act, self._act = self._act, None
            act()

    async def require_nothing_lost_and_nothing_twice(self) -> None:
        """Every accepted letter is in the mailbox, once, and in the log where its receipt says."""
        found = await self._recipient.everything()
        assert Counter(envelope for _, envelope in found) == Counter(self.accepted.keys())
        assert len({proof.index for proof in self.accepted.values()}) == len(self.accepted)

    async def require_one_history(self, go: IndependentVerifier) -> None:
        """Every checkpoint that anybody was shown is the beginning of the next one."""
        notes = {
            parse_note(note).text: note
            for visitor in (*self._senders, self._recipient)
            for note in visitor.notes
        }
        ordered = sorted(notes.values(), key=size_of)
        assert len({size_of(note) for note in ordered}) == len(ordered), "two trees of one size"
        log_keys = self._recipient.enrolment.log_keys
        log = parse_log_identity(log_keys)
        proofs = []
        for first, second in itertools.pairwise(ordered):
            answer = await self._recipient.relay.consistency(
                first=size_of(first), second=size_of(second)
            )
            verify_consistency(
                first_size=size_of(first),
                second_size=size_of(second),
                first_root=verify_checkpoint(first, log=log).checkpoint.root,
                second_root=verify_checkpoint(second, log=log).checkpoint.root,
                path=answer.path,
            )
            proofs.append(Consistency(first=first, second=second, path=answer.path))
        assert set(go.check_consistency(log_keys[0], proofs)) == {""}


def size_of(note: str) -> int:
    """Return the size of the tree that a checkpoint signs."""
    return int(note.split("\n")[1])


async def test_a_killed_relay_has_lost_and_doubled_nothing(
    premises: Premises, independent_verifier: IndependentVerifier
) -> None:
    async with visitors(premises, SENDERS + 1) as (recipient, *senders):
        load = Load(senders, recipient)
        for _ in range(2):
            await load.until_disaster(premises.relay.kill)
            premises.start()
            await load.settle()
        await load.require_nothing_lost_and_nothing_twice()
        await load.require_one_history(independent_verifier)


async def test_a_killed_postgresql_has_lost_and_doubled_nothing(
    premises: Premises, independent_verifier: IndependentVerifier
) -> None:
    """The relay starts its own again; somebody else's is started again by its operator."""

    def strike() -> None:
        postmaster = premises.postmaster()
        end = ProcessEnd(postmaster)
        os.kill(postmaster, signal.SIGKILL)
        end.wait()
        if premises.own_server is not None:
            premises.start_server()

    async with visitors(premises, SENDERS + 1) as (recipient, *senders):
        load = Load(senders, recipient)
        await load.through_disaster(strike)
        await load.require_nothing_lost_and_nothing_twice()
        await load.require_one_history(independent_verifier)
        assert premises.relay.process.poll() is None
