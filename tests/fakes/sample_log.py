# SPDX-License-Identifier: AGPL-3.0-or-later
"""A transparency log in memory with fixed keys and a fixed clock, signed and proven by the real code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from crypto_core.trust.checkpoints import Checkpoint, format_verifier_key
from crypto_core.trust.merkle import (
    NodeId,
    consistency_path,
    inclusion_path,
    leaf_hash,
    node_hash,
    root_hash,
)
from crypto_core.trust.tlog_proof import TlogProof, format_proof
from relay_server.audit.signing import (
    Ed25519CheckpointSigner,
    LogSigners,
    MLDSA44CheckpointSigner,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crypto_core.wire.ids import Hash

ORIGIN: Final = "relay.example/log"
SIGNED_AT: Final = 1_790_000_000
"""What the fixed clock shows, in seconds since 1970."""


def sample_signers(*, origin: str = ORIGIN, seed: int = 1) -> LogSigners:
    """Return signers with the keys of a seed, so that vectors can be made again."""
    return LogSigners(
        ed25519=Ed25519CheckpointSigner(
            name=origin, private_key=Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        ),
        ml_dsa_44=MLDSA44CheckpointSigner(
            name=origin,
            private_key=MLDSA44PrivateKey.from_seed_bytes(bytes([seed]) * 32),
            now_seconds=lambda: SIGNED_AT,
        ),
    )


class SampleLog:
    """Keeps every leaf, and computes any subtree from them."""

    def __init__(self, leaves: Iterable[bytes] = (), *, signers: LogSigners | None = None) -> None:
        self.signers = signers or sample_signers()
        self.leaves: list[bytes] = list(leaves)
        self._subtrees: dict[NodeId, Hash] = {}

    @property
    def log_keys(self) -> tuple[str, str]:
        """The verifier keys as an enrolment string carries them."""
        identity = self.signers.identity
        return format_verifier_key(identity.ed25519), format_verifier_key(identity.ml_dsa_44)

    def read(self, node: NodeId) -> Hash:
        """Return the hash of a complete subtree, as a `NodeReader`."""
        if node not in self._subtrees:
            level, position = node
            self._subtrees[node] = (
                leaf_hash(self.leaves[position])
                if level == 0
                else node_hash(
                    self.read(NodeId(level - 1, 2 * position)),
                    self.read(NodeId(level - 1, 2 * position + 1)),
                )
            )
        return self._subtrees[node]

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        """Return the checkpoint of the first `size` leaves, of all by default."""
        size = len(self.leaves) if size is None else size
        return Checkpoint(
            origin=self.signers.identity.origin, size=size, root=root_hash(size, self.read)
        )

    def note(self, size: int | None = None) -> str:
        """Return the signed checkpoint of the first `size` leaves."""
        return self.signers.sign(self.checkpoint(size))

    def inclusion(self, index: int, size: int | None = None) -> tuple[Hash, ...]:
        """Return an inclusion path."""
        return inclusion_path(index, len(self.leaves) if size is None else size, self.read)

    def consistency(self, first: int, second: int) -> tuple[Hash, ...]:
        """Return a consistency path."""
        return consistency_path(first, second, self.read)

    def receipt(self, index: int, *, size: int | None = None, with_leaf: bool = True) -> str:
        """Return a `tlog-proof@v1` of one leaf, with the leaf as extra data unless told otherwise."""
        return format_proof(
            TlogProof(
                extra=self.leaves[index] if with_leaf else None,
                index=index,
                path=self.inclusion(index, size),
                checkpoint=self.note(size),
            )
        )
