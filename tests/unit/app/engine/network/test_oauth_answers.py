# SPDX-License-Identifier: AGPL-3.0-or-later
"""A relay that skips a factor, speaks for another one, or says nonsense is not believed."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.network.oauth_answers import (
    form,
    read_challenge,
    read_code,
    read_factors,
    read_grant,
    read_refusal,
)
from app.engine.ports.relay import (
    RelayAnswerError,
    RelayError,
    RelayRefusedError,
    SignInRefusedError,
)
from crypto_core.wire.codec import encode
from crypto_core.wire.oauth import EARLIER_PASSPHRASES, OAuthError, Step
from crypto_core.wire.relay_api import ProblemCode
from crypto_core.wire.sign_in import KE2_BYTES, LOGIN_STRETCH, LoginAnswer

if TYPE_CHECKING:
    from collections.abc import Callable

ISSUER = "https://relay.example"
ANSWER = LoginAnswer(
    version=1, stretch=LOGIN_STRETCH, ke2=bytes(range(256)) + bytes(KE2_BYTES - 256)
)
ENCODED = base64.urlsafe_b64encode(encode(ANSWER)).rstrip(b"=").decode()
FURTHER = {"error": "insufficient_authorization", "auth_session": "s"}
CHALLENGE = FURTHER | {"next": ["opaque"], "opaque_answer": ENCODED}
FACTORS = FURTHER | {"next": ["totp", "recovery_code"]}
CODE = {"authorization_code": "c", "iss": ISSUER}
GRANT = {
    "access_token": "a",
    "token_type": "DPoP",
    "expires_in": 600,
    "refresh_token": "r",
    "scope": "mail",
    "session_expires_in": 43_200,
}


def code_of_ours(status: int, body: bytes, retry_after: float | None) -> object:
    return read_code(status, body, retry_after, issuer=ISSUER)


READERS: list[tuple[Callable[[int, bytes, float | None], object], int, dict[str, Any]]] = [
    (read_challenge, 400, CHALLENGE),
    (read_factors, 400, FACTORS),
    (code_of_ours, 200, CODE),
    (read_grant, 200, GRANT),
]


def test_each_step_has_its_answer() -> None:
    challenge = read_challenge(400, json.dumps(CHALLENGE).encode(), None)
    assert (challenge.auth_session, challenge.answer) == ("s", ANSWER)
    assert challenge.earlier == ()
    recovery = CHALLENGE | {"opaque_earlier": [ENCODED] * EARLIER_PASSPHRASES}
    challenge = read_challenge(400, json.dumps(recovery).encode(), None)
    assert challenge.earlier == (ANSWER,) * EARLIER_PASSPHRASES
    factors = read_factors(400, json.dumps(FACTORS).encode(), None)
    assert factors.steps == {Step.TOTP, Step.RECOVERY_CODE}
    code = read_code(
        200, json.dumps(CODE | {"recovery_codes_left": 9}).encode(), None, issuer=ISSUER
    )
    assert (code.code, code.recovery_codes_left) == ("c", 9)
    grant = read_grant(200, json.dumps(GRANT).encode(), None)
    assert (grant.expires_in, grant.session_expires_in) == (600, 43_200)
    for each in (challenge, factors, code, grant):
        assert "'s'" not in repr(each)
        assert "'c'" not in repr(each)
        assert "'a'" not in repr(each)


@pytest.mark.parametrize("reader", [read_challenge, read_factors])
def test_a_code_before_the_second_factor_is_a_downgrade(
    reader: Callable[[int, bytes, float | None], object],
) -> None:
    with pytest.raises(RelayAnswerError, match="without all factors"):
        reader(200, json.dumps(CODE).encode(), None)


def test_asking_for_less_than_a_second_factor_is_a_downgrade() -> None:
    for asked in (["opaque"], [], ["totp", "opaque"], ["webauthn"], "totp", None, [["totp"]]):
        with pytest.raises(RelayAnswerError):
            read_factors(400, json.dumps(FACTORS | {"next": asked}).encode(), None)
    with pytest.raises(RelayAnswerError):
        read_challenge(400, json.dumps(CHALLENGE | {"next": ["totp"]}).encode(), None)


def test_a_factor_of_a_later_version_does_not_hide_the_known_ones() -> None:
    asked = FACTORS | {"next": ["professional_card", "totp"]}
    assert read_factors(400, json.dumps(asked).encode(), None).steps == {Step.TOTP}
    # What is shown is the person's choice among these, so that naming the kit as well gains nothing.
    asked = FACTORS | {"next": ["recovery_kit", "totp"]}
    assert Step.TOTP in read_factors(400, json.dumps(asked).encode(), None).steps


def test_what_a_security_key_is_asked_comes_with_its_step() -> None:
    options = {"challenge": "AAAA", "rpId": "relay.example"}
    asked = FACTORS | {"next": ["webauthn", "totp"], "webauthn": options}
    found = read_factors(400, json.dumps(asked).encode(), None)
    assert found.steps == {Step.TOTP, Step.WEBAUTHN}
    assert json.loads(found.security_key_options) == options
    for wrong in (None, "text", ["list"]):
        with pytest.raises(RelayAnswerError):
            read_factors(400, json.dumps(asked | {"webauthn": wrong}).encode(), None)
    without = FACTORS | {"next": ["totp"], "webauthn": options}
    assert read_factors(400, json.dumps(without).encode(), None).security_key_options == ""


@pytest.mark.parametrize("issuer", ["https://other.example", "", None, ISSUER + "/"])
def test_a_code_of_another_issuer_is_not_carried_to_this_one(issuer: str | None) -> None:
    with pytest.raises(RelayAnswerError, match="issuer"):
        read_code(200, json.dumps(CODE | {"iss": issuer}).encode(), None, issuer=ISSUER)
    with pytest.raises(RelayAnswerError, match="issuer"):
        read_code(200, b'{"authorization_code":"c"}', None, issuer=ISSUER)


@pytest.mark.parametrize(
    "changes",
    [
        {"token_type": "Bearer"},
        {"expires_in": 601},
        {"expires_in": 0},
        {"expires_in": "600"},
        {"expires_in": True},
        {"session_expires_in": 43_201},
        {"session_expires_in": -1},
        {"access_token": ""},
        {"access_token": "a\r\nX: y"},
        {"access_token": "a b"},
        {"access_token": "é"},
        {"refresh_token": 7},
        {"refresh_token": "r" * 5_000},
    ],
)
def test_tokens_that_no_honest_relay_gives_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(RelayAnswerError):
        read_grant(200, json.dumps(GRANT | changes).encode(), None)


@pytest.mark.parametrize(
    "changes",
    [
        {"opaque_answer": ENCODED[:-2]},
        {"opaque_answer": "!!"},
        {"opaque_answer": None},
        {"opaque_earlier": None},
        {"opaque_earlier": ENCODED},
        {"opaque_earlier": [ENCODED, 7]},
        {"opaque_earlier": [ENCODED[:-2]]},
        {"opaque_earlier": [ENCODED] * (EARLIER_PASSPHRASES + 1)},
        {"auth_session": ""},
    ],
)
def test_a_challenge_that_is_malformed_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(RelayAnswerError):
        read_challenge(400, json.dumps(CHALLENGE | changes).encode(), None)


@pytest.mark.parametrize(("reader", "status", "answer"), READERS)
def test_a_refusal_is_told_with_its_code(
    reader: Callable[[int, bytes, float | None], object], status: int, answer: dict[str, Any]
) -> None:
    del status, answer
    with pytest.raises(SignInRefusedError) as caught:
        reader(429, b'{"error":"temporarily_unavailable","retry_after":17}', None)
    assert caught.value.error is OAuthError.TEMPORARILY_UNAVAILABLE
    assert caught.value.retry_after_seconds == 17
    with pytest.raises(RelayRefusedError) as busy:
        reader(503, b'{"error":"temporarily_unavailable","reason":"unavailable"}', 3.0)
    assert (busy.value.code, busy.value.retry_after_seconds) == (ProblemCode.UNAVAILABLE, 3)
    with pytest.raises(RelayAnswerError):
        reader(400, b'{"error":"of_a_later_version"}', None)


def test_a_refused_token_says_why() -> None:
    error = read_refusal(400, b'{"error":"invalid_grant","reason":"reused"}', None)
    assert isinstance(error, SignInRefusedError)
    assert (error.error, error.reason) == (OAuthError.INVALID_GRANT, "reused")
    for odd in (
        b'{"error":"invalid_grant","reason":7,"retry_after":"x"}',
        b'{"error":"invalid_grant","retry_after":NaN}',
    ):
        error = read_refusal(400, odd, None)
        assert isinstance(error, SignInRefusedError)
        assert (error.reason, error.retry_after_seconds) == ("", None)


@given(
    reader=st.sampled_from([each[0] for each in READERS]),
    status=st.sampled_from([200, 400, 401, 429, 500]),
    body=st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from([*CHALLENGE, *GRANT, *CODE, "reason", "retry_after"]),
                inner,
                max_size=9,
            )
        ),
        max_leaves=12,
    ).map(lambda value: json.dumps(value).encode()),
)
def test_whatever_comes_is_an_answer_or_an_error_of_the_port(
    reader: Callable[[int, bytes, float | None], object], status: int, body: bytes
) -> None:
    try:
        reader(status, body, None)
    except RelayError:
        return


def test_a_form_hides_nothing_from_its_reader() -> None:
    assert form({"a": "b&c=d", "e": "é +"}) == b"a=b%26c%3Dd&e=%C3%A9+%2B"
