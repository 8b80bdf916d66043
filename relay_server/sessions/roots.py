# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who holds the recovery kit of an account: the root in force, and whether a proof is by it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crypto_core.errors import SignatureError, WireError
from crypto_core.trust.recovery import verify_kit_proof
from crypto_core.wire.codec import decode
from crypto_core.wire.ids import AccountId
from crypto_core.wire.signed import HybridSignature, SigningPublicKey

if TYPE_CHECKING:
    from crypto_core.wire.ids import Hash

RootInForce = Callable[[AccountId], Awaitable[SigningPublicKey | None]]
"""Returns the key that speaks for an account before all others, None if there is no such account."""

IsRootInForce = Callable[[AccountId, SigningPublicKey], Awaitable[bool]]
"""Returns whether a key is that one, and takes the same time for all keys that were never the account's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KitShown:
    """What comes with the first step of a recovery: a root, which may be anybody's, and a signature by it, encoded."""

    root: SigningPublicKey
    signature: bytes = field(repr=False)


def proves_kit(root: SigningPublicKey, signature: bytes, *, text: str, thumbprint: Hash) -> bool:
    """Return whether an encoded signature shows the kit, for a step with this text of this key's sign-in."""
    try:
        proof = decode(HybridSignature, signature)
        verify_kit_proof(root, proof, auth_session=text, thumbprint=thumbprint)
    except (SignatureError, WireError):
        return False
    return True
