# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keeps what an account's computers have cosigned of the log, for its other ones (C2SP tlog-cosignature).

A desktop cannot be called, so the roles of C2SP tlog-witness are turned round: the witness comes for the checkpoint
and its consistency proof, and brings the cosignature (`crypto_core/spec/transparency-log.md` §12).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crypto_core.errors import CryptoCoreError, WireError
from crypto_core.trust.checkpoints import verify_checkpoint
from crypto_core.trust.cosignatures import verify_cosignature, witness_key
from crypto_core.wire.limits import MAX_DEVICES
from crypto_core.wire.relay_api import Cosignature, CosignatureList, ProblemCode
from relay_server.errors import ProblemError

if TYPE_CHECKING:
    from crypto_core.trust.checkpoints import LogIdentity
    from crypto_core.wire.ids import AccountId
    from relay_server.authentication.door import Caller
    from relay_server.database.pool import Database


class CosignatureService:
    """What it is given is checked, so that nothing but true cosignatures of this log takes room."""

    def __init__(self, *, database: Database, identity: LogIdentity) -> None:
        self._database = database
        self._identity = identity

    async def keep(self, caller: Caller, note: str) -> None:
        """Keep the caller's cosignature unless it has given a later one. Raises WireError, ProblemError."""
        key = witness_key(self._identity.origin, caller.device, caller.signing_key)
        try:
            verified = verify_checkpoint(note, log=self._identity)
            verify_cosignature(note, key=key)
        except WireError:
            raise
        except CryptoCoreError as error:
            raise ProblemError(
                ProblemCode.SIGNATURE_INVALID, "not a checkpoint of this log that the device signed"
            ) from error
        async with self._database.session() as session:
            await session.execute(
                """
                INSERT INTO audit_cosignature AS kept (device, account, size, note)
                VALUES ($1, $2, $3, $4)
                ON CONFLICT (device) DO UPDATE SET size = excluded.size, note = excluded.note
                WHERE kept.size <= excluded.size
                """,
                caller.device,
                caller.account,
                verified.checkpoint.size,
                note,
            )

    async def of_account(self, account: AccountId) -> CosignatureList:
        """Return the newest of each of the account's computers."""
        async with self._database.session() as session:
            rows = await session.fetch(
                """
                SELECT device, note FROM audit_cosignature WHERE account = $1
                ORDER BY size DESC LIMIT $2
                """,
                account,
                MAX_DEVICES,
            )
        return CosignatureList(cosignatures=tuple(Cosignature(**row) for row in rows))
