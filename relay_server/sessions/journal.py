# SPDX-License-Identifier: AGPL-3.0-or-later
"""Brings into the log what waits for it: refusals, and what a change has to say besides its own leaf.

A refusal is written in the transaction that refuses, and becomes a leaf a moment later: so a power cut loses
none, and how long an answer takes does not tell whether there is an account whose owner is to be told.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from crypto_core.wire.audit import SignInAttempt, Verb
from crypto_core.wire.codec import encode
from relay_server.audit.sequencer import RelayAct
from relay_server.errors import ProblemError
from relay_server.logs import LOGGER
from relay_server.sessions import store
from relay_server.sessions.effects import AlreadyDoneError, Appended, Reported

if TYPE_CHECKING:
    from relay_server.audit.sequencer import Sequencer
    from relay_server.database.pool import Database
    from relay_server.sessions.store import Report, WaitingLeaf

_AT_A_TIME: Final = 64
_ROUND_SECONDS: Final = 30.0
_PAUSE_SECONDS: Final = 1.0


class Journal:
    """Reports what is waiting; `run` for as long as the relay runs."""

    def __init__(self, *, database: Database, sequencer: Sequencer) -> None:
        self._database = database
        self._sequencer = sequencer
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Something may be waiting."""
        self._woken.set()

    async def run(self) -> None:
        """Report until cancelled."""
        while True:
            try:
                await self.report_waiting()
            except ProblemError as problem:
                LOGGER.warning("refusals wait for the log", extra={"code": problem.code.value})
                await asyncio.sleep(_PAUSE_SECONDS)
                continue
            try:
                async with asyncio.timeout(_ROUND_SECONDS):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def report_waiting(self) -> None:
        """Bring everything that waits into the log. Raises ProblemError."""
        while True:
            self._woken.clear()
            async with self._database.session() as session:
                refusals = await store.reports(session, _AT_A_TIME)
                leaves = await store.waiting_leaves(session, _AT_A_TIME)
            if not refusals and not leaves:
                return
            results = await asyncio.gather(
                *(self._report(each) for each in refusals),
                *(self._append(each) for each in leaves),
                return_exceptions=True,
            )
            for result in results:
                # Another relay may have been there first.
                if isinstance(result, BaseException) and not isinstance(result, AlreadyDoneError):
                    raise result

    async def _report(self, report: Report) -> None:
        attempt = report.attempt
        content = SignInAttempt(
            account=attempt.account,
            device=attempt.actor,
            result=attempt.result,
            factors=attempt.factors,
        )
        await self._sequencer.append(
            RelayAct(verb=Verb.SIGN_IN, content=encode(content)), Reported(report=report.report)
        )

    async def _append(self, leaf: WaitingLeaf) -> None:
        await self._sequencer.append(
            RelayAct(verb=leaf.verb, content=leaf.content), Appended(waiting=leaf.waiting)
        )
