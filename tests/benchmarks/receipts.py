# SPDX-License-Identifier: AGPL-3.0-or-later
"""Verifying one receipt, to the act that a computer signed, against its signature checks alone, interleaved in one run."""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from crypto_core.keys.signing import SIGNING_SEED_BYTES, SigningPair
from crypto_core.trust.audit import verify_statement
from crypto_core.trust.checkpoints import cosigned_message, parse_note
from crypto_core.trust.tlog_proof import verify_tlog_proof
from crypto_core.wire.audit import AuditLeaf, AuditStatement, Verb
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.ids import DevicePseudonym, Hash, UnixMillis
from crypto_core.wire.labels import STATEMENT
from crypto_core.wire.signed import HybridSignature
from tests.benchmarks.result import Result, at_most
from tests.fakes.sample_log import SampleLog

if TYPE_CHECKING:
    from collections.abc import Callable

LEAVES = 20_000
ROUNDS = 60
AT_A_TIME = 20
"""Receipts in a row, as who checks a journal does; one alone would be measured with cold caches."""


def measure() -> list[Result]:
    """Time both in turn and compare the best of each."""
    pair = SigningPair.from_seed(bytes(SIGNING_SEED_BYTES))
    statement = encode(
        AuditStatement(
            version=1,
            actor=DevicePseudonym(bytes(16)),
            sequence=7,
            previous=Hash(bytes(32)),
            verb=Verb.SEALED,
            content=bytes(32),
        )
    )
    signature = pair.sign(STATEMENT, statement)
    leaf = encode(
        AuditLeaf(
            version=1,
            statement=statement,
            signature=encode(signature),
            relay_time=UnixMillis(0),
            nonce=bytes(16),
        )
    )
    log = SampleLog([leaf, *(number.to_bytes(4, "big") for number in range(1, LEAVES))])
    receipt = log.receipt(0)
    identity = log.signers.identity
    note = parse_note(log.note())
    classical, later = note.signatures
    checkpoint = log.checkpoint()
    message = cosigned_message(
        name=identity.origin,
        timestamp=int.from_bytes(later.signature[:8], "big"),
        origin=identity.origin,
        end=checkpoint.size,
        root=checkpoint.root,
    )

    def whole() -> None:
        proven = decode(AuditLeaf, verify_tlog_proof(receipt, log=identity).leaf)
        decode(AuditStatement, proven.statement)
        verify_statement(pair.public, proven.statement, decode(HybridSignature, proven.signature))

    def signatures() -> None:
        Ed25519PublicKey.from_public_bytes(identity.ed25519.public_key).verify(
            classical.signature, note.text.encode()
        )
        MLDSA44PublicKey.from_public_bytes(identity.ml_dsa_44.public_key).verify(
            later.signature[8:], message
        )
        verify_statement(pair.public, statement, signature)

    # The log itself is in this process for the benchmark only; who verifies does not have it to clean up after.
    gc.collect()
    gc.freeze()
    timings: dict[Callable[[], None], list[float]] = {whole: [], signatures: []}
    for _ in range(ROUNDS):
        for work, seconds in timings.items():
            start = time.perf_counter()
            for _ in range(AT_A_TIME):
                work()
            seconds.append((time.perf_counter() - start) / AT_A_TIME)
    gc.unfreeze()
    # Of the same work; whatever else the machine does only ever adds.
    whole_ms, alone_ms = (min(seconds) * 1000 for seconds in timings.values())
    return [
        at_most(
            f"one receipt of a log of {LEAVES} leaves",
            whole_ms / alone_ms,
            1.3,
            f"{whole_ms:.3f} ms, its four signatures alone {alone_ms:.3f} ms",
        )
    ]
