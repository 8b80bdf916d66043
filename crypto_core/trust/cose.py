# SPDX-License-Identifier: AGPL-3.0-or-later
"""Receipts of the log as COSE Receipts (RFC 9942), for tools that know those and not C2SP's.

A receipt is a COSE_Sign1 (RFC 9052 §4.2) with the tree's root as its detached payload and the inclusion proof in its
unprotected header. The log signs roots of trees that it has signed as checkpoints, once with each of its keys, so
one signature serves all leaves of a tree (`crypto_core/spec/evidence.md` §4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from crypto_core.errors import SignatureError, WireError
from crypto_core.trust.checkpoints import SignatureType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crypto_core.trust.checkpoints import VerifierKey

ALGORITHMS: Final = {
    SignatureType.ED25519: -19,
    SignatureType.ML_DSA_44: -48,
}
"""COSE algorithm of each kind of log key: Ed25519 (RFC 9864), ML-DSA-44 (RFC 9964)."""

_COSE_SIGN1: Final = 18
_ALGORITHM, _KEY_ID, _VDS, _VDP = 1, 4, 395, 396
_RFC9162_SHA256: Final = 1
_INCLUSION: Final = -1


def signed_root(key: VerifierKey, root: bytes) -> bytes:
    """Return what a log's key signs for the root of a tree: the Sig_structure of RFC 9052 §4.4.

    It begins with the bytes 84 6A, which neither a note nor one of our labels does.
    """
    return _encoded(["Signature1", _protected(key), b"", root])


def verify_root(key: VerifierKey, root: bytes, signature: bytes) -> None:
    """Check a log's COSE signature over a root. Raises SignatureError."""
    public = (
        Ed25519PublicKey if key.type is SignatureType.ED25519 else MLDSA44PublicKey
    ).from_public_bytes(key.public_key)
    try:
        public.verify(signature, signed_root(key, root))
    except (InvalidSignature, ValueError) as error:
        raise SignatureError("the log's COSE signature does not verify") from error


def cose_receipt(
    key: VerifierKey, *, index: int, size: int, path: Sequence[bytes], signature: bytes
) -> bytes:
    """Return a Receipt of Inclusion (RFC 9942 §4.3): tagged COSE_Sign1 with a detached payload.

    The leaf's hash is what RFC 9162 says, over the leaf's bytes as they are in the log. Raises WireError for the only
    leaf of a tree, for whose empty path the format has no room.
    """
    if not path:
        raise WireError("COSE receipts have no form for a tree of one leaf")
    proof = _encoded([size, index, list(path)])
    unprotected = {_VDP: {_INCLUSION: [proof]}}
    return _encoded(cbor2.CBORTag(_COSE_SIGN1, [_protected(key), unprotected, None, signature]))


def _protected(key: VerifierKey) -> bytes:
    return _encoded(
        {
            _ALGORITHM: ALGORITHMS[key.type],
            _KEY_ID: f"{key.name}+{key.key_id.hex()}".encode(),
            _VDS: _RFC9162_SHA256,
        }
    )


def _encoded(value: Any) -> bytes:  # noqa: ANN401 - what CBOR can hold
    return cbor2.dumps(value, canonical=True)
