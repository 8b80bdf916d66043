# SPDX-License-Identifier: AGPL-3.0-or-later
"""Receipts of the log: C2SP `tlog-proof@v1`, which anyone can check offline against the log's keys.

Imports `crypto_core.errors`, `crypto_core.wire` (ids, limits) and `crypto_core.trust` (merkle, checkpoints).
The ordered checks are in `crypto_core/spec/transparency-log.md` §8.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Final

from crypto_core.errors import ProofError, WireError
from crypto_core.trust.checkpoints import (
    LogIdentity,
    VerifiedCheckpoint,
    decode_base64,
    parse_decimal,
    verify_checkpoint,
)
from crypto_core.trust.merkle import HASH_BYTES, MAX_TREE_SIZE, leaf_hash, verify_inclusion
from crypto_core.wire.ids import Hash
from crypto_core.wire.limits import MAX_LEAF_BYTES, MAX_PROOF_BYTES, MAX_PROOF_HASHES

_HEADER: Final = "c2sp.org/tlog-proof@v1"
_EXTRA: Final = "extra "
_INDEX: Final = "index "


@dataclass(frozen=True, slots=True, kw_only=True)
class TlogProof:
    """A receipt as it is written: nothing in it is checked yet, `extra` least of all."""

    extra: bytes | None
    """What the log's application adds; with us the leaf itself. None if the line is missing."""
    index: int
    path: tuple[Hash, ...]
    checkpoint: str
    """The signed note, verbatim."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedProof:
    """The log has `leaf` at `index` of the tree of `checkpoint`."""

    leaf: bytes
    index: int
    checkpoint: VerifiedCheckpoint


def parse_proof(proof: str) -> TlogProof:
    """Read a receipt without checking what it proves. Raises WireError.

    Only the one canonical form is accepted, so that `format_proof` returns the same characters.
    """
    # A character has at least one byte, so this bounds the work before the exact limits of the parts.
    if len(proof) > MAX_PROOF_BYTES:
        raise WireError("the receipt is too long")
    head, blank_line, checkpoint = proof.partition("\n\n")
    lines = iter(head.split("\n"))
    if not blank_line or next(lines) != _HEADER:
        raise WireError("not a receipt of a log")
    line = next(lines, "")
    extra = None
    if line.startswith(_EXTRA):
        extra = decode_base64(line.removeprefix(_EXTRA))
        line = next(lines, "")
    if not line.startswith(_INDEX):
        raise WireError("the receipt names no index")
    index = parse_decimal(line.removeprefix(_INDEX))
    path = tuple(Hash(decode_base64(line)) for line in lines)
    parsed = TlogProof(extra=extra, index=index, path=path, checkpoint=checkpoint)
    _require_bounds(parsed)
    return parsed


def format_proof(proof: TlogProof) -> str:
    """Return the characters of a receipt. Raises WireError if they would not be read as the same receipt."""
    # Within these bounds, what is written below is read back as it was.
    _require_bounds(proof)
    lines = [_HEADER]
    if proof.extra is not None:
        lines.append(_EXTRA + base64.b64encode(proof.extra).decode("ascii"))
    lines.append(f"{_INDEX}{proof.index}")
    lines += [base64.b64encode(digest).decode("ascii") for digest in proof.path]
    formatted = "\n".join([*lines, "", proof.checkpoint])
    if len(formatted) > MAX_PROOF_BYTES:
        raise WireError("the receipt is too long")
    return formatted


def verify_tlog_proof(proof: str, *, log: LogIdentity, leaf: bytes | None = None) -> VerifiedProof:
    """Do all checks of a receipt (specification §8): what the leaf says is the caller's to read.

    With `leaf`, the receipt must prove exactly these bytes; without, its extra data are the leaf.
    Raises WireError (check 1), ProofError (2 and 4), and what `verify_checkpoint` raises (3).
    """
    # (1) The receipt is well-formed and within limits.
    parsed = parse_proof(proof)
    # (2) There is one leaf to prove.
    if leaf is None:
        leaf = parsed.extra
    if leaf is None or parsed.extra not in {None, leaf}:
        raise ProofError("the receipt is of another leaf, or carries none")
    # (3) The checkpoint is signed by both keys of this log.
    verified = verify_checkpoint(parsed.checkpoint, log=log)
    # (4) The leaf is in the tree of that checkpoint, at the index.
    verify_inclusion(
        leaf_hash=leaf_hash(leaf),
        index=parsed.index,
        size=verified.checkpoint.size,
        path=parsed.path,
        root=verified.checkpoint.root,
    )
    return VerifiedProof(leaf=leaf, index=parsed.index, checkpoint=verified)


def _require_bounds(proof: TlogProof) -> None:
    if proof.extra is not None and not 0 < len(proof.extra) <= MAX_LEAF_BYTES:
        raise WireError("the extra data of the receipt is empty or too long")
    if not 0 <= proof.index <= MAX_TREE_SIZE:
        raise WireError("no tree has this index")
    if len(proof.path) > MAX_PROOF_HASHES or set(map(len, proof.path)) - {HASH_BYTES}:
        raise WireError("the inclusion proof of the receipt is not a list of hashes")
