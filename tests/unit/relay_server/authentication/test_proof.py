# SPDX-License-Identifier: AGPL-3.0-or-later
"""What counts as a DPoP proof (RFC 9449 §4.2-§4.3), and what a key is called."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crypto_core.wire.relay_api import ProblemCode
from relay_server.authentication.proof import base64url, from_base64url, read_proof
from relay_server.errors import ProblemError

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()


def proof(*, head: dict[str, Any] | None = None, claims: dict[str, Any] | None = None) -> str:
    """Return a proof whose members are changed; None removes one."""
    members = {
        "typ": "dpop+jwt",
        "alg": "Ed25519",
        "jwk": {"kty": "OKP", "crv": "Ed25519", "x": base64url(PUBLIC)},
    } | (head or {})
    said = {"jti": "one", "htm": "GET", "htu": "https://relay.example/", "iat": 1} | (claims or {})
    parts = [
        base64url(
            json.dumps({name: value for name, value in part.items() if value is not None}).encode()
        )
        for part in (members, said)
    ]
    signed = ".".join(parts)
    return f"{signed}.{base64url(KEY.sign(signed.encode()))}"


def test_a_proof_says_which_key_for_which_request_and_token() -> None:
    read = read_proof(proof())
    assert (read.key, read.method, read.url) == (PUBLIC, "GET", "https://relay.example/")
    assert (read.issued_at_seconds, read.identifier, read.token_hash) == (1, "one", None)
    assert read_proof(proof(claims={"ath": "hash"})).token_hash == "hash"


def test_the_thumbprint_is_that_of_rfc_8037() -> None:
    """The example of its appendix A.3."""
    key = from_base64url("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
    wanted = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    read = read_proof(proof())
    object.__setattr__(read, "key", key)
    assert base64url(read.thumbprint) == wanted
    assert from_base64url(wanted) == read.thumbprint


@pytest.mark.parametrize(
    "changes",
    [
        {"head": {"typ": "jwt"}},
        {"head": {"typ": None}},
        {"head": {"alg": "none"}},
        {"head": {"alg": "HS256"}},
        {"head": {"alg": "EdDSA"}},
        {"head": {"jwk": None}},
        {"head": {"jwk": {"kty": "oct", "k": "AAAA"}}},
        {"head": {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": base64url(PUBLIC), "d": "AAAA"}}},
        {"head": {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": base64url(bytes(32))}}},
        {"head": {"kid": "one"}},
        {"claims": {"jti": None}},
        {"claims": {"jti": ""}},
        {"claims": {"jti": "a" * 129}},
        {"claims": {"htm": 1}},
        {"claims": {"htu": None}},
        {"claims": {"iat": "1"}},
        {"claims": {"iat": True}},
        {"claims": {"iat": -1}},
        {"claims": {"ath": 1}},
        {"claims": {"exp": 1}},
    ],
)
def test_anything_else_is_no_proof(changes: dict[str, Any]) -> None:
    with pytest.raises(ProblemError) as caught:
        read_proof(proof(**changes))
    assert caught.value.code is ProblemCode.UNAUTHENTICATED


def test_a_member_given_twice_is_no_proof() -> None:
    head, _, _ = proof().split(".")
    claims = base64url(b'{"jti":"a","htm":"GET","htu":"u","iat":1,"htm":"POST"}')
    signed = f"{head}.{claims}"
    with pytest.raises(ProblemError):
        read_proof(f"{signed}.{base64url(KEY.sign(signed.encode()))}")


@pytest.mark.parametrize("spelling", ["AA==", "AB", "A", "A+", "é", "AA\n"])
def test_there_is_one_spelling_of_bytes(spelling: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_base64url(spelling)


def test_base64url_is_that_of_rfc_7515() -> None:
    raw = hashlib.sha256(b"any").digest()
    assert base64url(raw) == base64.urlsafe_b64encode(raw).decode().rstrip("=")
