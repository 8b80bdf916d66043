# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keys and assurances at a relay process: after kill -9, and by the operator's commands beside it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest

from app.engine.ports.relay import RelayError
from crypto_core.trust.audit import read_relay_leaf
from crypto_core.trust.checkpoints import parse_log_identity
from crypto_core.trust.key_history import KeyHistory
from crypto_core.trust.key_map import check_key_answer
from crypto_core.trust.tlog_proof import verify_tlog_proof
from crypto_core.wire.assurance import AssuranceGiven, DocumentKind
from crypto_core.wire.audit import Verb
from crypto_core.wire.ids import AccountId, format_address
from crypto_core.wire.key_map import MapEntry
from relay_server.clock import system_clock
from tests.integration.relay.from_outside.visitor import until, visitors
from tests.integration.relay_process import ROOT

if TYPE_CHECKING:
    from crypto_core.wire.relay_api import PublishKeyEventRequest
    from tests.integration.relay.from_outside.premises import Premises
    from tests.integration.relay.from_outside.visitor import Visitor

pytestmark = pytest.mark.anyio

PUBLISHERS: Final = 4
PUBLICATIONS_BEFORE: Final = 12
PUBLICATIONS_EACH: Final = 5


async def followed(reader: Visitor, account: AccountId) -> KeyHistory:
    """Follow an account's keys to what the log commits to."""
    log = parse_log_identity(reader.enrolment.log_keys)
    answer = await reader.relay.key_events(account, after=0)
    assert not answer.more
    history = KeyHistory(account=account)
    for each in answer.events:
        proven = verify_tlog_proof(each.proof, log=log)
        history = history.continued(
            each.event, leaf=proven.leaf, log_index=proven.index, log_key=log.ed25519.public_key
        )
    shown = MapEntry(number=history.number, head=history.head)
    check_key_answer(answer.newest, account=account, shown=shown, log=log, now=system_clock())
    return history


class Publisher:
    """A device that renews its list without pause, and what became of each renewal."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.accepted = 1
        self.uncertain: PublishKeyEventRequest | None = None

    async def publish(self) -> None:
        """Publish the next list. Raises RelayError without an answer."""
        caller = self.visitor.caller
        following = caller.next_list()
        self.uncertain = caller.publishing(following)
        caller.lists.append(following)
        await self.insist()

    async def insist(self) -> None:
        """Publish again what was not answered. Raises RelayError without an answer."""
        if self.uncertain is not None:
            account = self.visitor.caller.account
            self.visitor.checked(
                await self.visitor.relay.publish_key_event(account, self.uncertain)
            )
            self.accepted += 1
            self.uncertain = None


async def test_a_killed_relay_has_lost_no_key_and_commits_to_all(premises: Premises) -> None:
    """Kill -9 amid batches that change keys: the next start finds tables and log in agreement."""
    async with visitors(premises, PUBLISHERS) as crowd:
        publishers = [Publisher(each) for each in crowd]

        async def until_the_end(publisher: Publisher) -> None:
            while True:
                try:
                    await publisher.publish()
                except RelayError:
                    return
                if sum(each.accepted for each in publishers) == PUBLICATIONS_BEFORE:
                    premises.relay.kill()

        async with asyncio.TaskGroup() as tasks:
            for each in publishers:
                tasks.create_task(until_the_end(each))
        premises.start()
        for each in publishers:
            await each.insist()
        for each in publishers:
            history = await followed(crowd[0], each.visitor.caller.account)
            assert history.number == each.accepted


async def test_a_killed_postgresql_leaves_a_relay_that_commits_to_all_keys(
    embedded_premises: Premises,
) -> None:
    """Whether a batch was committed is not known when the connection breaks; the relay asks, and goes on."""
    premises = embedded_premises
    struck = asyncio.Event()
    async with visitors(premises, PUBLISHERS) as crowd:
        publishers = [Publisher(each) for each in crowd]

        async def is_published(publisher: Publisher) -> bool:
            try:
                await (publisher.insist() if publisher.uncertain else publisher.publish())
            except RelayError:
                return False
            return True

        async def through_it(publisher: Publisher) -> None:
            for _ in range(PUBLICATIONS_EACH):
                await until(lambda: is_published(publisher))
                accepted = sum(each.accepted for each in publishers)
                if accepted >= PUBLICATIONS_BEFORE and not struck.is_set():
                    struck.set()
                    os.kill(premises.postmaster(), signal.SIGKILL)

        async with asyncio.TaskGroup() as tasks:
            for each in publishers:
                tasks.create_task(through_it(each))
        for each in publishers:
            history = await followed(crowd[0], each.visitor.caller.account)
            assert history.number == each.accepted == PUBLICATIONS_EACH + 1
        assert premises.relay.process.poll() is None


def admin(premises: Premises, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of the operator's commands."""
    command, *others = arguments
    return subprocess.run(
        [
            *(sys.executable, "-m", "relay_server", "admin", command),
            *("--data", str(premises.data), *others),
        ],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )


async def test_the_operator_verifies_and_revokes_beside_the_running_relay(
    embedded_premises: Premises,
) -> None:
    premises = embedded_premises
    document = ("--document", "employer-statement", "--on", "2026-03-31")
    async with visitors(premises, 1) as (anne,):
        address = format_address(anne.caller.account)
        done = admin(premises, "verify", address, *document, "--until", "2090-01-31")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == "the account is verified, and the log says so\n"
        (leaf,) = (await anne.relay.assurances(anne.caller.account, after=-1)).leaves
        key = parse_log_identity(anne.enrolment.log_keys).ed25519.public_key
        given, _ = read_relay_leaf(
            AssuranceGiven, leaf.leaf, verb=Verb.ASSURANCE_GIVEN, log_key=key
        )
        assert given.document is DocumentKind.EMPLOYER_STATEMENT
        assert (given.checked_at, given.expires_at) == (1774915200000, 3789590400000)

        revoke = ("revoke", address, "--reason", "given-in-error")
        assert (
            admin(premises, *revoke).stdout
            == "the account is no longer verified, and the log says so\n"
        )
        again = admin(premises, *revoke)
        assert (again.returncode, again.stdout) == (1, "")
        assert "there is nothing to revoke" in again.stderr

        stranger = format_address(AccountId(bytes(20)))
        unknown = admin(premises, "verify", stranger, *document)
        assert (unknown.returncode, unknown.stdout) == (1, "")
        assert "no account with this address" in unknown.stderr
        future = admin(premises, "verify", address, *document[:3], "2090-01-01")
        assert (future.returncode, "in the future" in future.stderr) == (1, True)

        premises.relay.stop()
        noted = admin(premises, "verify", address, *document)
        assert noted.stdout.startswith("noted: the account is verified as soon as the relay runs")
        premises.start()
        leaves = (await anne.relay.assurances(anne.caller.account, after=-1)).leaves
        while len(leaves) < 3:
            leaves = (await anne.relay.assurances(anne.caller.account, after=-1)).leaves
