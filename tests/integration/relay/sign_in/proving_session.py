# SPDX-License-Identifier: AGPL-3.0-or-later
"""Authlib's OAuth client with DPoP proofs by joserfc: an HTTP client in which nothing is ours."""

from __future__ import annotations

import hashlib
import time
import uuid
from typing import TYPE_CHECKING, Any

from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import OKPKey
from joserfc.jws import JWSRegistry

from app.engine.network.dpop import base64url

if TYPE_CHECKING:
    from tests.contract.relay_callers import RelayCaller


class ProvingSession(OAuth2Session):
    """Authlib's client, with a fresh proof for every request (RFC 9449 §4)."""

    def __init__(self, key: OKPKey, **options: Any) -> None:  # noqa: ANN401 - as the library takes them
        super().__init__(**options)
        self._key = key

    def send(self, request: Any, **options: Any) -> Any:  # noqa: ANN401 - a request of requests
        claims = {
            "jti": str(uuid.uuid4()),
            "htm": request.method,
            "htu": request.url.partition("?")[0],
            "iat": int(time.time()),
        }
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme == "Bearer":
            request.headers["Authorization"] = f"DPoP {token}"
            claims["ath"] = base64url(hashlib.sha256(token.encode()).digest())
        public = {name: self._key.as_dict(private=False)[name] for name in ("kty", "crv", "x")}
        head = {"typ": "dpop+jwt", "alg": "Ed25519", "jwk": public}
        request.headers["DPoP"] = jwt.encode(
            head, claims, self._key, registry=JWSRegistry(algorithms=["Ed25519"])
        )
        # Whoever calls may name other certificates than this session's.
        return super().send(request, **options | {"verify": self.verify})


def key_of(caller: RelayCaller) -> OKPKey:
    """Return a device's request key as the JOSE library has it."""
    return OKPKey.import_key(
        {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": base64url(caller.caller.request_key),
            "d": base64url(caller.request_key.private_bytes_raw()),
        }
    )
