# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a relay and correspondents can check of recovery: that the kit is at hand, and whose package this is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crypto_core.errors import KeyStateError, SignatureError
from crypto_core.trust.signatures import open_signed, sha256, verify
from crypto_core.wire.kit import KitId
from crypto_core.wire.labels import KIT_ID, KIT_PROOF, RECOVERY_PACKAGE
from crypto_core.wire.recovery import PackageHeader

if TYPE_CHECKING:
    from crypto_core.wire.ids import AccountId
    from crypto_core.wire.recovery import SealedPackage
    from crypto_core.wire.signed import HybridSignature, SigningPublicKey

THUMBPRINT_BYTES = 32


def kit_id_of(public_key: bytes) -> KitId:
    """The name of a kit."""
    return KitId(sha256(KIT_ID, public_key)[:8])


def kit_proof_body(auth_session: str, thumbprint: bytes) -> bytes:
    """What the root signs to show the kit: SHA-256 of the session's text ‖ SHA-256 JWK thumbprint (RFC 7638).

    Raises KeyStateError when the thumbprint has not 32 bytes.
    """
    if len(thumbprint) != THUMBPRINT_BYTES:
        raise KeyStateError("a thumbprint has 32 bytes")
    return sha256(auth_session.encode("utf-8", "surrogatepass")) + thumbprint


def verify_kit_proof(
    root: SigningPublicKey, proof: HybridSignature, *, auth_session: str, thumbprint: bytes
) -> None:
    """Check that the holder of the kit signs in here and now, with this request key.

    `root` is the account's root in force (`KeyHistory.root_at`). Raises SignatureError, KeyStateError.
    """
    verify(root, KIT_PROOF, kit_proof_body(auth_session, thumbprint), proof)


def verify_package(
    account: AccountId, identity: SigningPublicKey, package: SealedPackage
) -> PackageHeader:
    """Check a package's signature by the account's identity key, its account and its bytes; return its header.

    Raises SignatureError or WireError.
    """
    header = open_signed(PackageHeader, identity, RECOVERY_PACKAGE, package.header)
    if header.account != account:
        raise SignatureError("the recovery package belongs to another account")
    if header.sealed_sha256 != sha256(package.sealed):
        raise SignatureError("the header is not that of this recovery package")
    return header
