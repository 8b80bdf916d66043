# SPDX-License-Identifier: AGPL-3.0-or-later
"""DPoP proofs (RFC 9449) by which a device shows that a request is its own. Imports ports and wire only."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.engine.ports.machine import Clock, RandomBytes
from app.engine.ports.relay import Caller

if TYPE_CHECKING:
    from collections.abc import Mapping

HEADER: Final = "DPoP"
_JTI_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofMaker:
    """Makes one proof per attempt: a repeated request carries a new one, since a relay accepts each once."""

    caller: Caller
    clock: Clock
    random_bytes: RandomBytes

    def prove(self, method: str, url: str, *, access_token: str | None = None) -> str:
        """Return the value of the `DPoP` header; `url` is without query and fragment (RFC 9449 §4.2).

        The proof of a request that shows an access token says which one.
        """
        head = {
            "typ": "dpop+jwt",
            # The fully specified name of RFC 9864, not the older "EdDSA".
            "alg": "Ed25519",
            "jwk": {"kty": "OKP", "crv": "Ed25519", "x": base64url(self.caller.request_key)},
        }
        claims: dict[str, object] = {
            "jti": base64url(self.random_bytes(_JTI_BYTES)),
            "htm": method,
            "htu": url,
            "iat": self.clock.now() // 1000,
        }
        if access_token is not None:
            claims["ath"] = base64url(hashlib.sha256(access_token.encode("ascii")).digest())
        signed = f"{_encoded(head)}.{_encoded(claims)}"
        return f"{signed}.{base64url(self.caller.sign(signed.encode('ascii')))}"


def _encoded(members: Mapping[str, object]) -> str:
    return base64url(json.dumps(members, separators=(",", ":")).encode())


def base64url(raw: bytes) -> str:
    """Return bytes in the one spelling without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
