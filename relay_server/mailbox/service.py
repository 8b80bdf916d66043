# SPDX-License-Identifier: AGPL-3.0-or-later
"""Accepts envelopes with their statements, hands out mailboxes with proofs, and ends what has expired."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from crypto_core.trust.signatures import sha256
from crypto_core.wire.audit import (
    EnvelopeAccepted,
    EnvelopeExpired,
    Verb,
)
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.envelope import Envelope, OuterHeader
from crypto_core.wire.limits import CLOCK_SKEW_SECONDS, ENVELOPE_LIFE_SECONDS, MIB
from crypto_core.wire.relay_api import (
    Delivery,
    InclusionAnswer,
    LeafProof,
    LogReceipt,
    MailboxPage,
    ProblemCode,
)
from relay_server.audit.sequencer import RelayAct
from relay_server.audit.service import receipt
from relay_server.audit.statements import check_statement
from relay_server.clock import to_datetime
from relay_server.errors import ProblemError
from relay_server.mailbox import store
from relay_server.mailbox.store import Accept, Close, Expire

if TYPE_CHECKING:
    from crypto_core.wire.ids import DeviceId, EnvelopeId
    from crypto_core.wire.relay_api import AcknowledgeRequest, PostEnvelopeRequest
    from relay_server.audit.sequencer import DeviceAct, Sequencer
    from relay_server.audit.service import LogService
    from relay_server.authentication.door import Caller
    from relay_server.clock import Clock
    from relay_server.database.pool import Database

_PAGE_BYTES: Final = 8 * MIB
_EXPIRED_AT_A_TIME: Final = 100
_CLOSING_ROUNDS: Final = 50  # a full mailbox, and no sweep without an end
_MEMORY_AFTER_EXPIRY_MS: Final = 7 * 86_400_000


class MailboxService:
    """The relay's post."""

    def __init__(
        self, *, database: Database, sequencer: Sequencer, log: LogService, clock: Clock
    ) -> None:
        self._database = database
        self._sequencer = sequencer
        self._log = log
        self._clock = clock

    async def accept(self, caller: Caller, request: PostEnvelopeRequest) -> LogReceipt:
        """Take an envelope in, once, and return the proof that the log says so. Raises ProblemError, WireError."""
        effect = self.read_envelope(caller, request.envelope)
        act = check_statement(
            request.statement,
            actor=caller.pseudonym,
            signing_key=caller.signing_key,
            verb=Verb.ENVELOPE_ACCEPTED,
        )
        return await self.accept_checked(act, effect)

    def read_envelope(self, caller: Caller, envelope_bytes: bytes) -> Accept:
        """Return what accepting these bytes from the caller means. Raises ProblemError, WireError."""
        envelope = decode(Envelope, envelope_bytes)
        header = decode(OuterHeader, envelope.header)
        if (header.sender, header.sender_device) != (caller.account, caller.device):
            raise ProblemError(ProblemCode.FORBIDDEN, "the envelope names another sender")
        mailboxes = tuple((each.account, each.device) for each in header.recipients)
        if len(envelope.slots) != len(mailboxes) or len(set(mailboxes)) != len(mailboxes):
            raise ProblemError(ProblemCode.MALFORMED, "an envelope has one slot for each recipient")
        if len(set(header.blobs)) != len(header.blobs) or (
            header.body_blob is not None and header.body_blob not in header.blobs
        ):
            raise ProblemError(ProblemCode.MALFORMED, "an envelope names each of its blobs once")
        now = self._clock()
        if header.expires_at <= now:
            raise ProblemError(ProblemCode.EXPIRED, "the envelope has expired")
        if header.expires_at > now + (ENVELOPE_LIFE_SECONDS + CLOCK_SKEW_SECONDS) * 1000:
            raise ProblemError(ProblemCode.MALFORMED, "an envelope does not live that long")
        return Accept(
            envelope=header.envelope,
            sender=caller.device,
            envelope_hash=sha256(envelope_bytes),
            body=envelope_bytes,
            expires_at=to_datetime(header.expires_at),
            mailboxes=mailboxes,
            blobs=header.blobs,
        )

    async def accept_checked(self, act: DeviceAct, effect: Accept) -> LogReceipt:
        """Take in an envelope whose caller and signature are already checked. Raises ProblemError, WireError."""
        said = decode(EnvelopeAccepted, act.statement.content)
        if (said.envelope, said.envelope_sha256) != (effect.envelope, effect.envelope_hash):
            raise ProblemError(ProblemCode.MALFORMED, "the statement is about another envelope")
        try:
            return receipt(await self._sequencer.append(act, effect))
        except ProblemError as problem:
            if problem.code not in {ProblemCode.CONFLICT, ProblemCode.CHAIN_BROKEN}:
                raise
            # Perhaps a repetition after a lost answer: then the same leaf answers it.
            return await self._repeated(effect, problem)

    async def page(self, caller: Caller, *, after: int, limit: int) -> MailboxPage:
        """Return what waits above a cursor, each item with its leaf's proof under one checkpoint."""
        async with self._database.mailbox(caller.device) as session:
            found = await store.page(
                session, caller.device, after=after, limit=limit + 1, most_bytes=_PAGE_BYTES
            )
            newest = await store.newest_cursor(session, caller.device)
        waiting = found[:limit]
        if not waiting:
            return MailboxPage(checkpoint="", items=(), more=False)
        inclusions = await self._log.inclusions({each.leaf_index for each in waiting})
        items = []
        for each in waiting:
            inclusion = inclusions[each.leaf_index]
            proof = LeafProof(leaf=inclusion.leaf, index=inclusion.index, path=inclusion.path)
            items.append(Delivery(cursor=each.cursor, envelope=each.body, proof=proof))
        return MailboxPage(
            checkpoint=inclusions[waiting[0].leaf_index].tree.note,
            items=tuple(items),
            more=newest > waiting[-1].cursor,
        )

    async def newest_cursor(self, device: DeviceId) -> int:
        """Return the highest cursor that waits for a device, 0 if nothing does."""
        async with self._database.mailbox(device) as session:
            return await store.newest_cursor(session, device)

    async def acknowledge(self, caller: Caller, request: AcknowledgeRequest) -> None:
        """Let go of items that the caller has committed; cursors of others do nothing."""
        async with self._database.session() as session:
            await store.acknowledge(session, caller.device, request.cursors)

    async def proof(self, caller: Caller, envelope: EnvelopeId) -> InclusionAnswer:
        """Return the receipt of an envelope that the caller sent or has waiting. Raises ProblemError."""
        async with self._database.mailbox(caller.device) as session:
            accepted = await store.find(session, envelope)
        if accepted is None:
            raise ProblemError(ProblemCode.NOT_FOUND, "no such envelope")
        inclusion = await self._log.inclusion(accepted.leaf_index)
        return InclusionAnswer(envelope=envelope, proof=receipt(inclusion).proof)

    async def expire(self) -> int:
        """End what is past its time, each with a signed notice to its sender; return how many there were."""
        now = to_datetime(self._clock())
        async with self._database.session() as session:
            await store.forget(session, to_datetime(self._clock() - _MEMORY_AFTER_EXPIRY_MS))
            found = await store.expired(session, now, _EXPIRED_AT_A_TIME)
        for envelope, undelivered in found:
            await self._give_up(Expire(now=now, envelope=envelope, undelivered=undelivered))
        return len(found)

    async def close_removed(self) -> int:
        """End what waits for devices that were removed, each with a signed notice to its sender.

        Its other recipients keep it. Returns how many envelopes there were.
        """
        ended = 0
        for _ in range(_CLOSING_ROUNDS):
            async with self._database.session() as session:
                found = await store.closed(session, _EXPIRED_AT_A_TIME)
            effects = [
                Close(envelope=envelope, undelivered=undelivered) for envelope, undelivered in found
            ]
            # Together, so that they come into the log in few batches.
            results = await asyncio.gather(*map(self._give_up, effects), return_exceptions=True)
            for result in results:
                if isinstance(result, BaseException):
                    raise result
            ended += len(found)
            if len(found) < _EXPIRED_AT_A_TIME:
                break
        return ended

    async def _give_up(self, effect: Expire | Close) -> None:
        content = encode(EnvelopeExpired(envelope=effect.envelope, undelivered=effect.undelivered))
        try:
            await self._sequencer.append(
                RelayAct(verb=Verb.ENVELOPE_EXPIRED, content=content), effect
            )
        except ProblemError as problem:
            if problem.code is not ProblemCode.CONFLICT:
                raise

    async def _repeated(self, effect: Accept, problem: ProblemError) -> LogReceipt:
        async with self._database.mailbox(effect.sender) as session:
            accepted = await store.find(session, effect.envelope)
        if accepted is None:
            raise problem
        if (accepted.sender_device, accepted.envelope_hash) != (
            effect.sender,
            effect.envelope_hash,
        ):
            raise ProblemError(ProblemCode.CONFLICT, "the envelope id was used before")
        return receipt(await self._log.inclusion(accepted.leaf_index))
