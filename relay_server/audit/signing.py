# SPDX-License-Identifier: AGPL-3.0-or-later
"""The private keys of the relay's log, as signers of its checkpoints. Imports `crypto_core.trust` and `wire`."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from crypto_core.trust.checkpoints import (
    Checkpoint,
    LogIdentity,
    SignatureType,
    VerifierKey,
    cosigned_message,
    format_checkpoint,
    sign_checkpoint,
)
from crypto_core.trust.cose import signed_root


@dataclass(frozen=True, slots=True, kw_only=True)
class Ed25519CheckpointSigner:
    """Signs the text of a checkpoint (C2SP signed-note, type 0x01), for tools of every age.

    Raises WireError if `name` cannot be the name of a key.
    """

    name: str
    private_key: Ed25519PrivateKey = field(repr=False)
    verifier_key: VerifierKey = field(init=False)

    def __post_init__(self) -> None:
        key = VerifierKey(
            name=self.name,
            type=SignatureType.ED25519,
            public_key=self.private_key.public_key().public_bytes_raw(),
        )
        object.__setattr__(self, "verifier_key", key)

    def sign(self, checkpoint: Checkpoint) -> bytes:
        """Return 64 bytes over the checkpoint's text."""
        return self.private_key.sign(format_checkpoint(checkpoint).encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class MLDSA44CheckpointSigner:
    """Signs a checkpoint as the log's latest at the time of signing (C2SP tlog-cosignature, type 0x06).

    `now_seconds` is the relay's clock, in whole seconds since 1970. Raises WireError if `name` cannot be
    the name of a key.
    """

    name: str
    private_key: MLDSA44PrivateKey = field(repr=False)
    now_seconds: Callable[[], int] = field(repr=False)
    verifier_key: VerifierKey = field(init=False)

    def __post_init__(self) -> None:
        key = VerifierKey(
            name=self.name,
            type=SignatureType.ML_DSA_44,
            public_key=self.private_key.public_key().public_bytes_raw(),
        )
        object.__setattr__(self, "verifier_key", key)

    def sign(self, checkpoint: Checkpoint) -> bytes:
        """Return eight bytes of time and 2420 bytes of signature. Raises WireError if the clock is before 1970."""
        timestamp = self.now_seconds()
        message = cosigned_message(
            name=self.name,
            timestamp=timestamp,
            origin=checkpoint.origin,
            end=checkpoint.size,
            root=checkpoint.root,
        )
        return struct.pack(">Q", timestamp) + self.private_key.sign(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSigners:
    """Both signers of one log, in the order of their lines. Raises WireError if their names differ."""

    ed25519: Ed25519CheckpointSigner
    ml_dsa_44: MLDSA44CheckpointSigner
    identity: LogIdentity = field(init=False)
    """What clients pin of this log."""

    def __post_init__(self) -> None:
        identity = LogIdentity(
            ed25519=self.ed25519.verifier_key, ml_dsa_44=self.ml_dsa_44.verifier_key
        )
        object.__setattr__(self, "identity", identity)

    def sign(self, checkpoint: Checkpoint) -> str:
        """Return the signed note of a checkpoint: sign only what is committed, since a signed tree is final."""
        return sign_checkpoint(checkpoint, signers=(self.ed25519, self.ml_dsa_44))

    def sign_root(self, root: bytes) -> tuple[bytes, bytes]:
        """Return the COSE signatures of both keys over the root of a tree that is signed as a checkpoint (RFC 9942)."""
        return (
            self.ed25519.private_key.sign(signed_root(self.identity.ed25519, root)),
            self.ml_dsa_44.private_key.sign(signed_root(self.identity.ml_dsa_44, root)),
        )
