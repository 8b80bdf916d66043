# SPDX-License-Identifier: AGPL-3.0-or-later
"""Checks the second half of every statement's signature, which acceptance leaves for later.

The Ed25519 half is checked before a statement is accepted, the ML-DSA-65 half here, within a minute. A
device of ours signs both with one call, so a half that fails is an incident: the log says so (SIGNATURE_INVALID),
with the place where everyone can look, and the entry stays as evidence.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

from crypto_core.errors import CryptoCoreError
from crypto_core.trust.audit import verify_relay_statement, verify_statement_later
from crypto_core.wire.audit import AuditLeaf, SignatureInvalid
from crypto_core.wire.codec import decode
from crypto_core.wire.signed import HybridSignature, SigningPublicKey
from relay_server.audit import store
from relay_server.errors import ProblemError
from relay_server.logs import LOGGER

if TYPE_CHECKING:
    from collections.abc import Callable

    from relay_server.audit.sequencer import Sequencer
    from relay_server.audit.store import UncheckedLeaf
    from relay_server.clock import Clock
    from relay_server.database.pool import Database

_ROUND_SECONDS: Final = 5.0
_ROUND_LEAVES: Final = 500
_LEAVES_AT_A_TIME: Final = 8  # about a millisecond, in which no request is served
_PATIENCE_MS: Final = 20_000


class Auditor:
    """Goes over the log behind the sequencer."""

    def __init__(
        self,
        *,
        database: Database,
        sequencer: Sequencer,
        log_key: bytes,
        announce: Callable[[], None],
        clock: Clock,
    ) -> None:
        """`announce` tells the relay that a leaf waits."""
        self._database = database
        self._sequencer = sequencer
        self._log_key = log_key
        self._announce = announce
        self._clock = clock

    async def run(self) -> None:
        """Check whatever has come, every few seconds, until cancelled."""
        while True:
            try:
                if await self.check_next() == _ROUND_LEAVES:
                    continue
            except ProblemError as problem:
                LOGGER.warning("the auditor waits", extra={"code": problem.code.value})
            await asyncio.sleep(_ROUND_SECONDS)

    async def check_next(self) -> int:
        """Check the next leaves and return how many there were. Raises ProblemError without a database."""
        async with self._database.session() as session:
            leaves = await store.unchecked_leaves(session, _ROUND_LEAVES)
        patience = decode(AuditLeaf, leaves[0].leaf).relay_time + _PATIENCE_MS if leaves else 0
        incidents = []
        for start in range(0, len(leaves), _LEAVES_AT_A_TIME):
            await self._give_way(patience)
            for unchecked in leaves[start : start + _LEAVES_AT_A_TIME]:
                if not self._is_sound(unchecked):
                    LOGGER.error(
                        "a log entry has an invalid signature",
                        extra={"leaf_index": unchecked.index},
                    )
                    incidents.append(
                        SignatureInvalid(leaf_index=unchecked.index, account=unchecked.account)
                    )
        if leaves:
            async with self._database.session() as session:
                await store.mark_checked(session, leaves[-1].index + 1, incidents)
        if incidents:
            self._announce()
        return len(leaves)

    async def _give_way(self, until: int) -> None:
        """Let requests go first, but not beyond a moment."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0, until - self._clock()) / 1000):
                await self._sequencer.idle()
        await asyncio.sleep(0)

    def _is_sound(self, unchecked: UncheckedLeaf) -> bool:
        try:
            leaf = decode(AuditLeaf, unchecked.leaf)
            if unchecked.signing_key is None:
                verify_relay_statement(self._log_key, leaf.statement, leaf.signature)
            else:
                key = decode(SigningPublicKey, unchecked.signing_key)
                signature = decode(HybridSignature, leaf.signature)
                verify_statement_later(key, leaf.statement, signature)
        except CryptoCoreError:
            return False
        return True
