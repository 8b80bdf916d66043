# SPDX-License-Identifier: AGPL-3.0-or-later
"""An access token says what it says to this relay, for one key, for minutes; nothing else is a token."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto_core.wire.ids import AccountId, DeviceId
from crypto_core.wire.oauth import ACCESS_TOKEN_SECONDS
from relay_server.sessions.access_tokens import (
    MAX_TOKEN_CHARACTERS,
    AccessClaims,
    AccessKey,
    AccessTokens,
    TokenError,
    UnknownKeyError,
)
from tests.fakes.machine import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable

CLAIMS: Final = AccessClaims(
    account=AccountId(bytes(range(20))),
    device=DeviceId(bytes(range(16))),
    scope="mail",
    session=bytes(16),
    authenticated_at=1_790_000_000,
)
KEY: Final = AccessKey.of(bytes(range(32)))
OTHER_KEY: Final = AccessKey.of(bytes(32))
THUMBPRINT: Final = "a" * 43
FIND: Final[Callable[[str], AccessKey | None]] = {KEY.kid: KEY}.get


def tokens(clock: FakeClock, issuer: str = "https://relay.example") -> AccessTokens:
    return AccessTokens(issuer=issuer, clock=clock.now)


def issue(clock: FakeClock, *, key: AccessKey = KEY, life: int = ACCESS_TOKEN_SECONDS) -> str:
    return tokens(clock).issue(CLAIMS, key=key, thumbprint=THUMBPRINT, life=life)


def read(clock: FakeClock, token: str) -> AccessClaims:
    return tokens(clock).read(token, find_key=FIND, thumbprint=THUMBPRINT)


def test_a_token_says_whose_session_it_belongs_to() -> None:
    clock = FakeClock()
    token = issue(clock)
    assert read(clock, token) == CLAIMS
    assert token.startswith("v4.local.")
    assert len(token) < MAX_TOKEN_CHARACTERS
    assert issue(clock) != token


def test_a_token_of_recovery_names_no_device() -> None:
    clock = FakeClock()
    claims = replace(CLAIMS, device=None, scope="recovery")
    token = tokens(clock).issue(claims, key=KEY, thumbprint=THUMBPRINT, life=60)
    assert read(clock, token) == claims


def test_it_is_encrypted() -> None:
    _, _, payload, footer = issue(FakeClock()).split(".")
    opened = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    assert CLAIMS.account.hex().encode() not in opened
    assert b"account" not in opened
    named = json.loads(base64.urlsafe_b64decode(footer + "=" * (-len(footer) % 4)))
    assert named == {"kid": KEY.kid}


def test_an_expired_token_is_refused_by_the_relays_own_clock() -> None:
    clock = FakeClock()
    token = issue(clock)
    clock.advance(seconds=ACCESS_TOKEN_SECONDS - 1)
    assert read(clock, token) == CLAIMS
    clock.advance(seconds=1)
    with pytest.raises(TokenError):
        read(clock, token)


def test_no_token_outlives_ten_minutes() -> None:
    clock = FakeClock()
    token = issue(clock, life=86_400)
    clock.advance(seconds=ACCESS_TOKEN_SECONDS)
    with pytest.raises(TokenError):
        read(clock, token)


def test_with_another_key_it_does_not_even_decrypt() -> None:
    clock = FakeClock()
    with pytest.raises(TokenError):
        tokens(clock).read(issue(clock), find_key=FIND, thumbprint="b" * 43)


def test_a_token_of_another_relay_is_refused() -> None:
    clock = FakeClock()
    # Whoever could move the boundary between issuer and thumbprint would pass for another relay.
    for issuer, thumbprint in (
        ("https://relay.example.org", THUMBPRINT),
        ("https://relay.exampl", "e\0" + THUMBPRINT),
    ):
        with pytest.raises(TokenError):
            tokens(clock, issuer).read(issue(clock), find_key=FIND, thumbprint=thumbprint)


def test_a_key_that_is_not_in_the_ring_is_named() -> None:
    clock = FakeClock()
    with pytest.raises(UnknownKeyError) as caught:
        read(clock, issue(clock, key=OTHER_KEY))
    assert caught.value.kid == OTHER_KEY.kid


def test_a_token_of_another_key_under_this_keys_name_is_refused() -> None:
    clock = FakeClock()
    forged = AccessKey(kid=KEY.kid, key=OTHER_KEY.key)
    with pytest.raises(TokenError):
        read(clock, issue(clock, key=forged))


@given(place=st.integers(0, 400), mask=st.integers(1, 127))
def test_a_changed_character_is_noticed(place: int, mask: int) -> None:
    clock = FakeClock()
    token = issue(clock)
    place %= len(token)
    changed = token[:place] + chr(ord(token[place]) ^ mask) + token[place + 1 :]
    with pytest.raises(TokenError):
        read(clock, changed)


def test_a_token_has_one_spelling() -> None:
    clock = FakeClock()
    token = issue(clock)
    head, payload, footer = token[:9], *token[9:].split(".")
    for other in (
        f"{head}!!!!{payload}.{footer}",
        f"{head}{payload}.{footer}=",
        f"{token}.",
        f"{token}\n",
    ):
        with pytest.raises(TokenError):
            read(clock, other)


@given(
    payload=st.binary(max_size=200),
    footer=st.one_of(
        st.binary(max_size=200),
        st.just(json.dumps({"kid": KEY.kid}, separators=(",", ":")).encode()),
        st.builds(lambda text: json.dumps({"kid": text}).encode(), st.text(max_size=50)),
    ),
)
def test_anything_else_is_refused(payload: bytes, footer: bytes) -> None:
    parts = [base64.urlsafe_b64encode(each).rstrip(b"=").decode() for each in (payload, footer)]
    with pytest.raises(TokenError):
        read(FakeClock(), f"v4.local.{parts[0]}.{parts[1]}")


@given(st.text(max_size=100))
def test_no_text_is_a_token(text: str) -> None:
    for token in (text, f"v4.local.{text}", f"v4.local.AAAA.{text}"):
        with pytest.raises(TokenError):
            read(FakeClock(), token)


def test_what_is_too_long_is_not_even_read() -> None:
    clock = FakeClock()
    with pytest.raises(TokenError):
        read(clock, issue(clock) + "A" * MAX_TOKEN_CHARACTERS)


def test_no_key_shows_in_a_representation() -> None:
    raw = os.urandom(32)
    key = AccessKey.of(raw)
    assert raw.hex() not in repr(key)
    assert repr(raw)[2:-1] not in repr(key)
