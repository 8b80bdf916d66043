# SPDX-License-Identifier: AGPL-3.0-or-later
"""Brings what operator and colleagues say of an account into the log, and shows it with proofs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from crypto_core.trust.signatures import sha256
from crypto_core.wire.assurance import Vouched, VouchWithdrawn
from crypto_core.wire.audit import AuditStatement, Verb
from crypto_core.wire.codec import decode
from crypto_core.wire.ids import Hash
from crypto_core.wire.limits import MAX_PAGE_ITEMS
from crypto_core.wire.relay_api import Assurances, LeafProof, LogReceipt, ProblemCode
from relay_server.assurances import store
from relay_server.assurances.store import DoneAlreadyError, Ordered, State
from relay_server.audit.sequencer import RelayAct
from relay_server.audit.service import receipt
from relay_server.audit.statements import check_statement
from relay_server.errors import ProblemError
from relay_server.logs import LOGGER

if TYPE_CHECKING:
    from crypto_core.wire.ids import AccountId
    from crypto_core.wire.relay_api import VouchRequest
    from relay_server.assurances.store import Order
    from relay_server.audit.sequencer import Sequencer
    from relay_server.audit.service import LogService
    from relay_server.authentication.door import Caller
    from relay_server.database.pool import Database

_AT_A_TIME: Final = 64
_ROUND_SECONDS: Final = 30.0
_PAUSE_SECONDS: Final = 1.0
_NO_HEAD: Final = Hash(bytes(32))


class AssuranceService:
    """Assurances of all accounts: a `Listener` of the channel on which the operator's commands announce theirs."""

    def __init__(self, *, database: Database, sequencer: Sequencer, log: LogService) -> None:
        self._database = database
        self._sequencer = sequencer
        self._log = log
        self._woken = asyncio.Event()

    async def vouch(self, caller: Caller, account: AccountId, request: VouchRequest) -> LogReceipt:
        """Log what the caller states of another account; a repetition gives the same leaf.

        Raises ProblemError, WireError.
        """
        if caller.account == account:
            raise ProblemError(ProblemCode.FORBIDDEN, "nobody vouches for themselves")
        verb = decode(AuditStatement, request.statement.statement).verb
        if verb not in {Verb.VOUCHED, Verb.VOUCH_WITHDRAWN}:
            raise ProblemError(ProblemCode.FORBIDDEN, "the statement is of another act")
        act = check_statement(
            request.statement, actor=caller.pseudonym, signing_key=caller.signing_key, verb=verb
        )
        content = act.statement.content
        number, head = 0, _NO_HEAD
        said: Vouched | VouchWithdrawn
        if verb is Verb.VOUCHED:
            said = vouched = decode(Vouched, content)
            number, head = vouched.number, vouched.head
        else:
            said = decode(VouchWithdrawn, content)
        if (said.voucher, said.voucher_device, said.account) != (
            caller.account,
            caller.device,
            account,
        ):
            raise ProblemError(ProblemCode.MALFORMED, "the statement is about somebody else")
        await self._require_account(account)
        effect = State(
            account=account,
            verb=verb,
            voucher=caller.account,
            statement_hash=sha256(act.encoded),
            number=number,
            head=head,
        )
        try:
            return receipt(await self._sequencer.append(act, effect))
        except ProblemError as problem:
            if problem.code not in {ProblemCode.CONFLICT, ProblemCode.CHAIN_BROKEN}:
                raise
            async with self._database.session() as session:
                index = await store.stated_at(session, account, effect.statement_hash)
            if index is None:
                raise
            return receipt(await self._log.inclusion(index))

    async def page(self, account: AccountId, *, after: int) -> Assurances:
        """Return the leaves about an account above an index, with proofs under one checkpoint.

        Raises ProblemError.
        """
        await self._require_account(account)
        async with self._database.session() as session:
            found = await store.leaf_indexes(
                session, account, after=after, limit=MAX_PAGE_ITEMS + 1
            )
        indexes = found[:MAX_PAGE_ITEMS]
        inclusions = await self._log.inclusions(indexes)
        return Assurances(
            checkpoint=inclusions[indexes[0]].tree.note if indexes else "",
            leaves=tuple(
                LeafProof(leaf=inclusions[index].leaf, index=index, path=inclusions[index].path)
                for index in indexes
            ),
            more=len(found) > len(indexes),
        )

    async def run(self) -> None:
        """Log what the operator has ordered, until cancelled."""
        while True:
            try:
                await self.log_orders()
            except ProblemError as problem:
                LOGGER.warning("assurances wait for the log", extra={"code": problem.code.value})
                await asyncio.sleep(_PAUSE_SECONDS)
                continue
            try:
                async with asyncio.timeout(_ROUND_SECONDS):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def log_orders(self) -> None:
        """Bring everything that waits into the log, in order. Raises ProblemError."""
        while True:
            self._woken.clear()
            async with self._database.session() as session:
                orders = await store.orders(session, _AT_A_TIME)
            if not orders:
                return
            for order in orders:
                await self._log_order(order)

    async def _log_order(self, order: Order) -> None:
        try:
            await self._sequencer.append(
                RelayAct(verb=order.verb, content=order.content), Ordered(order=order.number)
            )
        except DoneAlreadyError:
            return

    async def _require_account(self, account: AccountId) -> None:
        async with self._database.session() as session:
            if not await store.account_exists(session, account):
                raise ProblemError(ProblemCode.NOT_FOUND, "no such account")

    def announced(self, payload: str) -> None:
        """Something was ordered."""
        del payload
        self._woken.set()

    def connected(self) -> None:
        """Something may have been ordered meanwhile."""
        self._woken.set()

    def disconnected(self) -> None:
        """Go on in rounds."""
