# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a security key answers is checked for site, challenge and key, and nothing else is an answer."""

from __future__ import annotations

import json
from typing import Final

import pytest
from fido2.webauthn import (
    PublicKeyCredentialCreationOptions,
    PublicKeyCredentialRequestOptions,
)
from hypothesis import given
from hypothesis import strategies as st

from crypto_core.wire.ids import AccountId
from relay_server.sessions.security_keys import (
    NewKey,
    SecurityKeyError,
    SecurityKeys,
    relying_party_of,
)
from tests.fakes.virtual_security_key import VirtualSecurityKey

SITE: Final = "relay.example"
ACCOUNT: Final = AccountId(bytes(range(20)))
CHALLENGE: Final = bytes(range(32))
KEYS: Final = SecurityKeys(SITE)


def registered(key: VirtualSecurityKey) -> NewKey:
    return KEYS.read_registration(made(key), CHALLENGE)


def made(key: VirtualSecurityKey) -> str:
    options = PublicKeyCredentialCreationOptions.from_dict(
        KEYS.creation_options(ACCOUNT, (), CHALLENGE)
    )
    return json.dumps(dict(key.client(SITE).make_credential(options)))


def signed(key: VirtualSecurityKey, *known: bytes) -> str:
    options = PublicKeyCredentialRequestOptions.from_dict(KEYS.request_options(known, CHALLENGE))
    return json.dumps(dict(key.client(SITE).get_assertion(options).get_response(0)))


def test_a_key_that_was_registered_is_recognised() -> None:
    first, second = VirtualSecurityKey(), VirtualSecurityKey()
    new, other = registered(first), registered(second)
    shown = KEYS.read_assertion(signed(first, new.content), (other.content, new.content), CHALLENGE)
    assert (shown.content, shown.counter) == (new.content, new.counter + 1)
    for known, challenge in (
        ((other.content,), CHALLENGE),
        ((), CHALLENGE),
        ((new.content,), bytes(32)),
    ):
        with pytest.raises(SecurityKeyError):
            KEYS.read_assertion(signed(first, new.content), known, challenge)
    assert new.content.hex() not in repr(new)


def test_a_registration_is_for_its_challenge_and_no_assertion() -> None:
    key = VirtualSecurityKey()
    answer = made(key)
    with pytest.raises(SecurityKeyError):
        KEYS.read_registration(answer, bytes(32))
    new = registered(key)
    with pytest.raises(SecurityKeyError):
        KEYS.read_assertion(answer, (new.content,), CHALLENGE)
    with pytest.raises(SecurityKeyError):
        KEYS.read_registration(signed(key, new.content), CHALLENGE)


JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "rawId", "response", "type", "clientDataJSON", "signature"])
            | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)
BASE64: Final = st.binary(max_size=60).map(lambda raw: raw.hex())
SHAPED: Final = st.fixed_dictionaries(
    {
        "id": BASE64 | JSON,
        "rawId": BASE64 | JSON,
        "type": st.just("public-key") | JSON,
        "response": st.fixed_dictionaries(
            {
                "clientDataJSON": BASE64 | JSON,
                "attestationObject": BASE64 | JSON,
                "authenticatorData": BASE64 | JSON,
                "signature": BASE64 | JSON,
            }
        )
        | JSON,
    }
)


@given(st.one_of(st.text(max_size=200), JSON.map(json.dumps), SHAPED.map(json.dumps)))
def test_anything_else_is_no_answer(text: str) -> None:
    content = SOMEBODY.content
    with pytest.raises(SecurityKeyError):
        KEYS.read_registration(text, CHALLENGE)
    with pytest.raises(SecurityKeyError):
        KEYS.read_assertion(text, (content,), CHALLENGE)


@given(place=st.integers(0, 10_000), mask=st.integers(1, 255))
def test_a_changed_byte_of_an_assertion_is_noticed_or_changes_nothing(
    place: int, mask: int
) -> None:
    raw = bytearray(SHOWN.encode())
    raw[place % len(raw)] ^= mask
    try:
        shown = KEYS.read_assertion(raw.decode("utf-8", "replace"), (SOMEBODY.content,), CHALLENGE)
    except SecurityKeyError:
        return
    assert (shown.content, shown.counter) == (SOMEBODY.content, SOMEBODY.counter + 1)


def test_a_relay_is_known_by_the_name_in_its_address() -> None:
    for url, name in (
        ("https://relay.example", "relay.example"),
        ("https://relay.example:8443", "relay.example"),
        ("https://127.0.0.1:8443", "localhost"),
        ("https://[::1]:8443", "localhost"),
        ("https://localhost:8443", "localhost"),
        ("https://192.0.2.7", None),
        ("https://[2001:db8::7]:8443", None),
    ):
        assert relying_party_of(url) == name


KEY: Final = VirtualSecurityKey()
SOMEBODY: Final = registered(KEY)
SHOWN: Final = signed(KEY, SOMEBODY.content)
