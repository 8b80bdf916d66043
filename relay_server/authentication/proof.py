# SPDX-License-Identifier: AGPL-3.0-or-later
"""DPoP proofs (RFC 9449 §4.2-§4.3): reading and checking one, apart from its replay and the time.

Only what our devices make is read: `alg` Ed25519 (RFC 9864) with an OKP key (RFC 8037) and no other header.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from crypto_core.wire.relay_api import ProblemCode
from relay_server.errors import ProblemError

_MAX_PROOF_CHARACTERS: Final = 2048
_MAX_JTI_CHARACTERS: Final = 128
_MAX_SECONDS: Final = 2**53


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A proof whose signature verifies: by which key, for which request, when, and its own name."""

    key: bytes
    """The raw Ed25519 key, 32 bytes."""
    method: str
    url: str
    issued_at_seconds: int
    identifier: str
    token_hash: str | None
    """`ath`: base64url of SHA-256 of the access token that the request carries, None without one."""

    @property
    def thumbprint(self) -> bytes:
        """SHA-256 of the key as a JWK (RFC 7638), by which sessions are bound to it."""
        jwk = f'{{"crv":"Ed25519","kty":"OKP","x":"{base64url(self.key)}"}}'
        return hashlib.sha256(jwk.encode("ascii")).digest()


def read_proof(header: str) -> Proof:
    """Return what the value of a `DPoP` header proves. Raises ProblemError (unauthenticated) otherwise."""
    try:
        return _read(header)
    except (ValueError, KeyError, TypeError, RecursionError, InvalidSignature) as error:
        raise unauthenticated("the DPoP proof is not valid") from error


def unauthenticated(detail: str) -> ProblemError:
    """Return the problem of a request that does not show who makes it."""
    return ProblemError(ProblemCode.UNAUTHENTICATED, detail)


def _read(header: str) -> Proof:
    if len(header) > _MAX_PROOF_CHARACTERS:
        raise ValueError("longer than any proof")
    protected, payload, signature = header.split(".")
    head = _object(protected, {"typ", "alg", "jwk"})
    if head["typ"] != "dpop+jwt" or head["alg"] != "Ed25519":
        raise ValueError("another kind of token")
    jwk = head["jwk"]
    # A private key in the header would show as a further member.
    if type(jwk) is not dict or jwk.keys() != {"kty", "crv", "x"}:
        raise ValueError("not a public OKP key")
    if jwk["kty"] != "OKP" or jwk["crv"] != "Ed25519":
        raise ValueError("another kind of key")
    key = from_base64url(_text(jwk["x"]))
    signed = f"{protected}.{payload}".encode("ascii")
    Ed25519PublicKey.from_public_bytes(key).verify(from_base64url(signature), signed)
    claims = _object(payload, {"htm", "htu", "iat", "jti"}, {"ath"})
    issued_at, identifier = claims["iat"], _text(claims["jti"])
    if type(issued_at) is not int or not 0 <= issued_at <= _MAX_SECONDS:
        raise ValueError("not a time")
    if not 1 <= len(identifier) <= _MAX_JTI_CHARACTERS:
        raise ValueError("not an identifier")
    return Proof(
        key=key,
        method=_text(claims["htm"]),
        url=_text(claims["htu"]),
        issued_at_seconds=issued_at,
        identifier=identifier,
        token_hash=_text(claims["ath"]) if "ath" in claims else None,
    )


def replay_name(proof: Proof) -> bytes:
    """Return what identifies a proof among all that are remembered: 16 bytes."""
    digest = hashlib.sha256(proof.key + proof.identifier.encode("utf-8", "surrogatepass"))
    return digest.digest()[:16]


def base64url(raw: bytes) -> str:
    """Return base64url without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """Read base64url without padding in its one spelling. Raises ValueError."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    if base64url(raw) != text:
        raise ValueError("not the one spelling")
    return raw


def _object(part: str, members: set[str], optional: set[str] | None = None) -> dict[str, object]:
    found = json.loads(from_base64url(part), object_pairs_hook=_without_repetition)
    if type(found) is not dict or found.keys() - (optional or set()) != members:
        raise ValueError("not the expected members")
    return found


def _without_repetition(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member is repeated")
    return found


def _text(value: object) -> str:
    if type(value) is not str:
        raise ValueError("not a text")
    return value
