# SPDX-License-Identifier: AGPL-3.0-or-later
"""Takes in what a device has sealed about its acts, and gives an account's computers what the log has about it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from crypto_core.trust.merkle import HASH_BYTES
from crypto_core.trust.signatures import sha256
from crypto_core.wire.audit import Verb
from crypto_core.wire.relay_api import (
    JournalItem,
    JournalPage,
    JournalReceipts,
    LeafProof,
    ProblemCode,
)
from relay_server.audit.statements import check_statement
from relay_server.errors import ProblemError
from relay_server.journal import store

if TYPE_CHECKING:
    from crypto_core.wire.relay_api import AppendJournalRequest, JournalAct
    from relay_server.audit.sequencer import DeviceAct, Inclusion, Sequencer
    from relay_server.audit.service import LogService
    from relay_server.authentication.door import Caller
    from relay_server.database.pool import Database


class JournalService:
    """What accounts do without the relay's help, and may want to prove."""

    def __init__(self, *, database: Database, sequencer: Sequencer, log: LogService) -> None:
        self._database = database
        self._sequencer = sequencer
        self._log = log

    async def append(self, caller: Caller, request: AppendJournalRequest) -> JournalReceipts:
        """Bring a device's next acts into the log, each once. Raises ProblemError, WireError.

        Should one of them not be possible, those before it are in the log; the same request again finds them there.
        """
        acts = [self._checked(caller, each) for each in request.acts]
        results = await asyncio.gather(
            *(self._sequencer.append(each) for each in acts), return_exceptions=True
        )
        indexes: list[int] = []
        for result in results:
            if isinstance(result, BaseException):
                indexes = await self._repeated(acts, result)
                break
            indexes.append(result.index)
        inclusions = await self._log.inclusions(indexes)
        return JournalReceipts(
            checkpoint=inclusions[indexes[0]].tree.note,
            proofs=tuple(_proof(inclusions[index]) for index in indexes),
        )

    async def page(self, caller: Caller, *, after: int, limit: int) -> JournalPage:
        """Return what the log has about the caller's account after a leaf, under one checkpoint."""
        async with self._database.session() as session:
            found = await store.page(session, caller.account, after=after, limit=limit + 1)
            erased = await store.newest_erasure(session)
        rows = found[:limit]
        indexes = [each.leaf_index for each in rows]
        inclusions = await self._log.inclusions(indexes if erased is None else [*indexes, erased])
        items = tuple(
            JournalItem(proof=_proof(inclusions[each.leaf_index]), sealed=each.sealed)
            for each in rows
            if each.leaf_index in inclusions
        )
        # All under one tree, and one that holds them.
        note = next((each.tree.note for each in inclusions.values()), self._log.checkpoint())
        return JournalPage(
            checkpoint=note,
            items=items,
            more=len(found) > limit,
            erased=None if erased is None else _proof(inclusions[erased]),
        )

    def _checked(self, caller: Caller, given: JournalAct) -> DeviceAct:
        act = check_statement(
            given.statement,
            actor=caller.pseudonym,
            signing_key=caller.signing_key,
            verb=Verb.SEALED,
        )
        if len(act.statement.content) != HASH_BYTES:
            raise ProblemError(ProblemCode.MALFORMED, "a sealed statement holds a commitment")
        return replace(act, sealed=given.sealed)

    async def _repeated(self, acts: list[DeviceAct], failure: BaseException) -> list[int]:
        """Return where all of these acts stand already; raises what went wrong if one does not."""
        if not isinstance(failure, ProblemError) or failure.code is not ProblemCode.CHAIN_BROKEN:
            raise failure
        statements = [(each.statement.sequence, sha256(each.encoded)) for each in acts]
        async with self._database.session() as session:
            places = await store.places(session, acts[0].statement.actor, statements)
        if len(places) < len(acts):
            raise failure
        return [places[sequence] for sequence, _ in statements]


def _proof(inclusion: Inclusion) -> LeafProof:
    return LeafProof(leaf=inclusion.leaf, index=inclusion.index, path=inclusion.path)
