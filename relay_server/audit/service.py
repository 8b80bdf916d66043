# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the log answers: proofs under its newest checkpoint, consistency of two sizes, and tiles."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from crypto_core.errors import ProofError
from crypto_core.trust.checkpoints import format_verifier_key
from crypto_core.trust.merkle import (
    consistency_nodes,
    consistency_path,
    inclusion_nodes,
    inclusion_path,
)
from crypto_core.trust.tiles import encode_tile, tile_at
from crypto_core.trust.tlog_proof import TlogProof, format_proof
from crypto_core.wire.relay_api import (
    ConsistencyAnswer,
    CoseRoot,
    CoseRoots,
    LogReceipt,
    ProblemCode,
)
from relay_server.audit import store
from relay_server.audit.sequencer import Inclusion
from relay_server.errors import ProblemError

if TYPE_CHECKING:
    from collections.abc import Collection

    from crypto_core.trust.tiles import TileId
    from relay_server.audit.sequencer import Sequencer
    from relay_server.audit.signing import LogSigners
    from relay_server.database.pool import Database


def receipt(inclusion: Inclusion) -> LogReceipt:
    """Return an inclusion as a C2SP tlog-proof with the leaf as its extra data."""
    return LogReceipt(
        proof=format_proof(
            TlogProof(
                extra=inclusion.leaf,
                index=inclusion.index,
                path=inclusion.path,
                checkpoint=inclusion.tree.note,
            )
        )
    )


class LogService:
    """Reads the log for those who check it."""

    def __init__(self, *, database: Database, sequencer: Sequencer, signers: LogSigners) -> None:
        self._database = database
        self._sequencer = sequencer
        self._signers = signers
        self._identity = signers.identity

    @property
    def origin(self) -> str:
        """The log's name."""
        return self._identity.origin

    @property
    def log_keys(self) -> tuple[str, str]:
        """The log's verifier keys: Ed25519, then ML-DSA-44."""
        return (
            format_verifier_key(self._identity.ed25519),
            format_verifier_key(self._identity.ml_dsa_44),
        )

    def checkpoint(self) -> str:
        """Return the newest signed checkpoint."""
        return self._sequencer.latest.note

    async def inclusions(self, indexes: Collection[int]) -> dict[int, Inclusion]:
        """Return the stored leaves at these indexes with their proofs, all under one signed tree."""
        if not indexes:
            return {}
        tree = await self._sequencer.covering(max(indexes) + 1)
        nodes = [node for index in indexes for node in inclusion_nodes(index, tree.size)]
        async with self._database.session() as session:
            leaves = await store.leaves(session, indexes)
            reader = await store.read_tiles(session, nodes, size=tree.size)
        return {
            index: Inclusion(
                leaf=leaf,
                index=index,
                path=inclusion_path(index, tree.size, reader.read),
                tree=tree,
            )
            for index, leaf in leaves.items()
        }

    async def inclusion(self, index: int) -> Inclusion:
        """Return one stored leaf with its proof. Raises ProblemError when it has been erased."""
        found = await self.inclusions([index])
        if index not in found:
            raise ProblemError(ProblemCode.NOT_FOUND, "the log entry has been erased")
        return found[index]

    async def consistency(self, first: int, second: int) -> ConsistencyAnswer:
        """Return the proof that the tree of `first` leaves begins that of `second`. Raises ProblemError."""
        if second > self._sequencer.latest.size:
            raise ProblemError(ProblemCode.NOT_FOUND, "the log is not that large")
        try:
            nodes = consistency_nodes(first, second)
        except ProofError as error:
            raise ProblemError(ProblemCode.MALFORMED, "first exceeds second") from error
        async with self._database.session() as session:
            reader = await store.read_tiles(session, nodes, size=second)
        path = consistency_path(first, second, reader.read)
        return ConsistencyAnswer(first=first, second=second, path=path)

    async def cose_roots(self, sizes: Collection[int]) -> CoseRoots:
        """Sign the roots of trees once more, for COSE: those of the sizes that were signed as checkpoints."""
        async with self._database.session() as session:
            roots = await store.roots(session, sizes, most=self._sequencer.latest.size)
        signed = await asyncio.to_thread(
            lambda: [(size, *self._signers.sign_root(root)) for size, root in roots]
        )
        return CoseRoots(
            roots=tuple(
                CoseRoot(size=size, ed25519=ed25519, ml_dsa_44=ml_dsa_44)
                for size, ed25519, ml_dsa_44 in signed
            )
        )

    async def tile(self, tile: TileId) -> bytes:
        """Return the content of a tile of the signed tree. Raises ProblemError where it has none."""
        try:
            widest = tile_at(level=tile.level, index=tile.index, size=self._sequencer.latest.size)
        except ProofError as error:
            raise ProblemError(ProblemCode.NOT_FOUND, "the log has no such tile yet") from error
        if tile.width > widest.width:
            raise ProblemError(ProblemCode.NOT_FOUND, "the log has no such tile yet")
        async with self._database.session() as session:
            rows = await store.read_rows(session, [tile.rows])
        return encode_tile(rows[tile.rows])
