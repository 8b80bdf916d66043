# SPDX-License-Identifier: AGPL-3.0-or-later
"""A device that speaks to a relay process through the product's own adapter, and checks what it is told."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from app.engine.main import SystemClock
from app.engine.network.http_relay import HttpRelay, HttpRelays
from app.engine.ports.relay import RelayError, RelayRefusedError
from crypto_core.trust.checkpoints import VerifiedCheckpoint, parse_log_identity, verify_checkpoint
from crypto_core.trust.merkle import leaf_hash, verify_inclusion
from crypto_core.trust.tlog_proof import VerifiedProof, parse_proof, verify_tlog_proof
from crypto_core.wire.enrolment import Enrolment
from crypto_core.wire.relay_api import (
    AcknowledgeRequest,
    LogReceipt,
    MailboxPage,
    PostEnvelopeRequest,
    ProblemCode,
)
from relay_server.clock import system_clock
from tests.contract.enrolled import Enrolled
from tests.contract.relay_callers import RelayCaller
from tests.integration.relay.from_outside.premises import Premises

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from app.engine.ports.relay import Relay


PAUSE_SECONDS: Final = 0.02
CANNOT_SERVE: Final = {ProblemCode.UNAVAILABLE, ProblemCode.STORAGE_FULL}


def invent_caller() -> RelayCaller:
    """Return an account that no relay knows."""
    return RelayCaller.invent(now=system_clock, random_bytes=secrets.token_bytes)


@dataclass(slots=True)
class OneSession:
    """The access token of a session that lasts as long as the test. Implements `AccessTokens`."""

    token: str | None = None

    def access_token(self) -> str | None:
        """Return the token."""
        return self.token

    async def renew(self, relay: Relay, *, refused: str | None) -> str:
        """Fail: no test takes ten minutes, and no relay ends a session by itself."""
        del relay, refused
        raise AssertionError("the session is over")


@dataclass(slots=True, kw_only=True)
class Visitor:
    """A device, its connection, and every checkpoint it was shown."""

    premises: Premises
    enrolment: Enrolment
    caller: RelayCaller
    relay: HttpRelay
    session: OneSession
    enrolled: Enrolled
    notes: list[str] = field(default_factory=list)

    @classmethod
    def invent(cls, premises: Premises) -> Visitor:
        """Return a device that is not registered."""
        caller = invent_caller()
        session = OneSession()
        factory = HttpRelays(clock=SystemClock(), random_bytes=secrets.token_bytes)
        enrolment = premises.relay.enrolment
        return cls(
            premises=premises,
            enrolment=enrolment,
            caller=caller,
            relay=factory(enrolment, replace(caller.caller, tokens=session)),
            session=session,
            enrolled=Enrolled(
                account=caller.account, now=system_clock, random_bytes=secrets.token_bytes
            ),
        )

    async def register(self) -> None:
        """Create the account and sign in."""
        code = await self.premises.invitation()
        setup = await self.enrolled.set_up(self.relay, code)
        self.checked(await self.relay.register(self.caller.registration(code, sign_in=setup)))
        self.session.token = (await self.enrolled.sign_in(self.relay)).access_token

    def checked(self, receipt: LogReceipt) -> VerifiedProof:
        """Verify a receipt with nothing but the enrolment's keys, and keep its checkpoint."""
        log = parse_log_identity(self.enrolment.log_keys)
        verified = verify_tlog_proof(receipt.proof, log=log)
        self.notes.append(parse_proof(receipt.proof).checkpoint)
        return verified

    def checked_note(self, note: str) -> VerifiedCheckpoint:
        """Verify a checkpoint with nothing but the enrolment's keys, and keep it."""
        self.notes.append(note)
        return verify_checkpoint(note, log=parse_log_identity(self.enrolment.log_keys))

    async def post(self, request: PostEnvelopeRequest) -> VerifiedProof:
        """Hand over an envelope."""
        return self.checked(await self.relay.post_envelope(request))

    async def insist(self, request: PostEnvelopeRequest) -> VerifiedProof:
        """Hand over an envelope, again and again while the relay cannot serve, as every client does."""
        answers: list[VerifiedProof] = []

        async def succeeds() -> bool:
            assert self.premises.relay.process.poll() is None, "the relay has ended"
            try:
                answers.append(await self.post(request))
            except RelayRefusedError as refused:
                if refused.code not in CANNOT_SERVE:
                    raise
                return False
            except RelayError:
                return False
            return True

        await until(succeeds)
        return answers[0]

    async def everything(self) -> list[tuple[int, bytes | None]]:
        """Read the mailbox from beginning to end, with every proof checked."""
        found: list[tuple[int, bytes | None]] = []
        after, more = 0, True
        while more:
            page = await self.relay.mailbox(after=after, limit=100)
            self._check_page(page)
            found += [(item.cursor, item.envelope) for item in page.items]
            after, more = found[-1][0] if found else 0, page.more
        return found

    async def acknowledge(self, *cursors: int) -> None:
        """Say what is committed."""
        await self.relay.acknowledge(AcknowledgeRequest(cursors=cursors))

    def _check_page(self, page: MailboxPage) -> None:
        if not page.items:
            return
        tree = self.checked_note(page.checkpoint).checkpoint
        for item in page.items:
            verify_inclusion(
                leaf_hash=leaf_hash(item.proof.leaf),
                index=item.proof.index,
                size=tree.size,
                path=item.proof.path,
                root=tree.root,
            )


@contextlib.asynccontextmanager
async def visitors(premises: Premises, count: int) -> AsyncIterator[list[Visitor]]:
    """Yield registered devices, each with an account of its own."""
    made = [Visitor.invent(premises) for _ in range(count)]
    try:
        for each in made:
            await each.register()
        yield made
    finally:
        for each in made:
            await each.relay.close()


async def until(look: Callable[[], Awaitable[bool]]) -> None:
    """Look until it is so; the time limit of the test is the end of patience."""
    never = asyncio.Event()
    while not await look():
        # Between two looks the processor is left to those whose work is awaited.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(never.wait(), PAUSE_SECONDS)
