# SPDX-License-Identifier: AGPL-3.0-or-later
"""The log's private keys on disk: made at the first start under a new origin, and the same ever after."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from crypto_core.errors import WireError
from crypto_core.wire.codec import Size, decode, encode
from crypto_core.wire.devices import Version1
from relay_server.audit.signing import Ed25519CheckpointSigner, LogSigners, MLDSA44CheckpointSigner
from relay_server.errors import StartError
from relay_server.files import read_or_create

if TYPE_CHECKING:
    from pathlib import Path

    from relay_server.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class LogKeyFile:
    """Content of the file: the log's name and the seeds of its two keys."""

    version: Version1
    origin: Annotated[str, Size(1, 255)]
    ed25519_seed: Annotated[bytes, Size.exactly(32)] = field(repr=False)
    ml_dsa_44_seed: Annotated[bytes, Size.exactly(32)] = field(repr=False)


def load_signers(path: Path, *, clock: Clock) -> LogSigners:
    """Return the log's signers, made first if there are none. Raises StartError if the file is damaged."""
    try:
        keys = decode(LogKeyFile, read_or_create(path, _new_keys))
    except WireError as error:
        raise StartError(
            f"{path.name} is damaged; restore it from a backup, do not delete it"
        ) from error
    return LogSigners(
        ed25519=Ed25519CheckpointSigner(
            name=keys.origin, private_key=Ed25519PrivateKey.from_private_bytes(keys.ed25519_seed)
        ),
        ml_dsa_44=MLDSA44CheckpointSigner(
            name=keys.origin,
            private_key=MLDSA44PrivateKey.from_seed_bytes(keys.ml_dsa_44_seed),
            now_seconds=lambda: clock() // 1000,
        ),
    )


def _new_keys() -> bytes:
    return encode(
        LogKeyFile(
            version=1,
            # Its own name and not the host's: the log outlives a move to another address.
            origin=f"uhealthsec-relay-{secrets.token_hex(8)}/log",
            ed25519_seed=secrets.token_bytes(32),
            ml_dsa_44_seed=secrets.token_bytes(32),
        )
    )
