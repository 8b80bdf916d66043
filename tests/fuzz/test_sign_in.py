# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every parser of the sign-in, fed with arbitrary bytes and with almost valid ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto_core.errors import SignInError, WireError
from crypto_core.opaque.group import hash_to_element, parse_element, parse_scalar
from crypto_core.opaque.messages import (
    KE1,
    KE2,
    KE3,
    Envelope,
    RegistrationRecord,
    RegistrationRequest,
    RegistrationResponse,
)
from crypto_core.opaque.server import PendingLogin, ServerSetup, answer_login, answer_registration
from tests.fakes.sign_in import ACCOUNT, RelayDatabase

if TYPE_CHECKING:
    from collections.abc import Callable

PARSERS: dict[str, Callable[[bytes], Any]] = {
    kind.__name__: kind.parse
    for kind in (
        Envelope,
        KE1,
        KE2,
        KE3,
        PendingLogin,
        RegistrationRecord,
        RegistrationRequest,
        RegistrationResponse,
        ServerSetup,
    )
}
RELAY = RelayDatabase()
elements = st.binary(max_size=8).map(lambda seed: hash_to_element(seed, b"fuzz"))
# Pieces of 32 bytes, so that many inputs have the size of a message and elements where they belong.
pieces = st.lists(st.binary(min_size=32, max_size=32) | elements, max_size=10).map(b"".join)
inputs = st.binary(max_size=400) | pieces


@pytest.mark.parametrize("name", PARSERS)
@given(encoded=inputs)
def test_a_parser_returns_a_faithful_value_or_the_declared_error(name: str, encoded: bytes) -> None:
    try:
        value = PARSERS[name](encoded)
    except WireError:
        return
    assert value.to_bytes() == encoded


@pytest.mark.parametrize("parse", [parse_element, parse_scalar])
@given(encoded=st.binary(max_size=40) | st.binary(min_size=32, max_size=32))
def test_elements_and_scalars(parse: Callable[[bytes], bytes], encoded: bytes) -> None:
    try:
        parsed = parse(encoded)
    except WireError:
        return
    assert parsed == encoded


@given(request=inputs, ke3=inputs)
def test_the_relay_answers_anything_with_a_message_or_the_declared_error(
    request: bytes, ke3: bytes
) -> None:
    try:
        assert len(answer_registration(RELAY.setup, ACCOUNT, request)) == 64
    except WireError:
        assert len(request) != 32 or not is_element(request)
    try:
        _, pending = answer_login(
            RELAY.setup, ACCOUNT, None, request, random_bytes=RELAY.random_bytes
        )
    except WireError:
        return
    with pytest.raises((SignInError, WireError)):
        pending.finish(ke3)


def is_element(encoded: bytes) -> bool:
    try:
        parse_element(encoded)
    except WireError:
        return False
    return True
