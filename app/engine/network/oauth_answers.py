# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads the relay's OAuth answers: only what the step asked for counts, everything else is refused.

Imports ports and wire only. A relay that skips a factor, or answers for another issuer, is not believed.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from app.engine.ports.relay import (
    AuthorizationCode,
    Challenge,
    Grant,
    RecoveryGrant,
    RelayAnswerError,
    RelayError,
    RelayRefusedError,
    SecondFactorNeeded,
    SignInRefusedError,
)
from crypto_core.errors import WireError
from crypto_core.wire.codec import decode
from crypto_core.wire.limits import KIB
from crypto_core.wire.oauth import (
    ACCESS_TOKEN_SECONDS,
    EARLIER_PASSPHRASES,
    SCOPE_RECOVERY,
    SESSION_ABSOLUTE_SECONDS,
    OAuthError,
    Step,
)
from crypto_core.wire.relay_api import ProblemCode
from crypto_core.wire.sign_in import RECOVERY_CODES, LoginAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping

OAUTH_ANSWER_BYTES: Final = 16 * KIB
_OK: Final = 200
_BAD_REQUEST: Final = 400
_MAX_TOKEN_CHARACTERS: Final = 4096
_MAX_RETRY_AFTER_SECONDS: Final = 86_400.0
_PROBLEMS: Final = frozenset(each.value for each in ProblemCode)
_SECOND_FACTORS: Final = frozenset(
    {Step.TOTP, Step.RECOVERY_CODE, Step.WEBAUTHN, Step.RECOVERY_KIT}
)


def form(members: Mapping[str, str]) -> bytes:
    """Return the body of a request."""
    return urlencode(members).encode("ascii")


def read_challenge(status: int, body: bytes, retry_after: float | None) -> Challenge:
    """Read the answer to the first step. Raises RelayError."""
    found = _further(status, body, retry_after)
    if _steps(found) != {Step.OPAQUE}:
        raise RelayAnswerError("the relay does not ask for the passphrase")
    earlier = found.get("opaque_earlier", [])
    if not isinstance(earlier, list) or len(earlier) > EARLIER_PASSPHRASES:
        raise RelayAnswerError("the relay's answer is not well-formed")
    return Challenge(
        auth_session=_token(found, "auth_session"),
        answer=_login_answer(found.get("opaque_answer")),
        earlier=tuple(_login_answer(each) for each in earlier),
    )


def read_factors(status: int, body: bytes, retry_after: float | None) -> SecondFactorNeeded:
    """Read the answer to the second step. Raises RelayError."""
    found = _further(status, body, retry_after)
    steps = _steps(found)
    # An account may have other kinds of factors, which this version cannot show.
    usable = steps & _SECOND_FACTORS
    if Step.OPAQUE in steps or not usable:
        raise RelayAnswerError("the relay does not ask for a second factor")
    options = ""
    if Step.WEBAUTHN in usable:
        if not isinstance(found.get("webauthn"), dict):
            raise RelayAnswerError("the relay's answer is not well-formed")
        options = json.dumps(found["webauthn"])
    return SecondFactorNeeded(
        auth_session=_token(found, "auth_session"), steps=usable, security_key_options=options
    )


def read_code(
    status: int, body: bytes, retry_after: float | None, *, issuer: str
) -> AuthorizationCode:
    """Read the answer to the third step. Raises RelayError."""
    if status != _OK:
        raise read_refusal(status, body, retry_after)
    found = _members(body)
    if found.get("iss") != issuer:
        # RFC 9207: the code of another server must not be carried to this one.
        raise RelayAnswerError("the code is of another issuer")
    left = found.get("recovery_codes_left")
    if left is not None and (type(left) is not int or not 0 <= left <= RECOVERY_CODES):
        raise RelayAnswerError("the relay's answer is not well-formed")
    return AuthorizationCode(code=_token(found, "authorization_code"), recovery_codes_left=left)


def read_grant(status: int, body: bytes, retry_after: float | None) -> Grant:
    """Read the answer of the token endpoint. Raises RelayError."""
    if status != _OK:
        raise read_refusal(status, body, retry_after)
    found = _members(body)
    if _text(found, "token_type").lower() != "dpop":
        # A bearer token would serve whoever steals it.
        raise RelayAnswerError("the token is not bound to this computer")
    return Grant(
        access_token=_token(found, "access_token"),
        expires_in=_seconds(found, "expires_in", most=ACCESS_TOKEN_SECONDS),
        refresh_token=_token(found, "refresh_token"),
        session_expires_in=_seconds(found, "session_expires_in", most=SESSION_ABSOLUTE_SECONDS),
    )


def read_recovery_grant(status: int, body: bytes, retry_after: float | None) -> RecoveryGrant:
    """Read the token endpoint's answer to the code of a recovery. Raises RelayError."""
    if status != _OK:
        raise read_refusal(status, body, retry_after)
    found = _members(body)
    if _text(found, "token_type").lower() != "dpop" or _text(found, "scope") != SCOPE_RECOVERY:
        raise RelayAnswerError("the token is not one of recovery, or not bound to this computer")
    return RecoveryGrant(
        access_token=_token(found, "access_token"),
        expires_in=_seconds(found, "expires_in", most=ACCESS_TOKEN_SECONDS),
    )


def read_refusal(status: int, body: bytes, retry_after: float | None) -> RelayError:
    """Return the error that a refused request answers."""
    found = _members(body)
    try:
        error = OAuthError(_text(found, "error"))
    except ValueError:
        return RelayAnswerError(f"the relay answered {status} without a known code")
    reason, wait = found.get("reason"), found.get("retry_after")
    if isinstance(wait, int | float) and wait >= 0:
        retry_after = min(float(wait), _MAX_RETRY_AFTER_SECONDS)
    if isinstance(reason, str) and reason in _PROBLEMS:
        # What is not about the sign-in itself, such as a clock that is off, has its code from elsewhere.
        return RelayRefusedError(ProblemCode(reason), retry_after_seconds=retry_after)
    return SignInRefusedError(
        error,
        reason=reason if isinstance(reason, str) else "",
        retry_after_seconds=retry_after,
    )


def _further(status: int, body: bytes, retry_after: float | None) -> dict[str, Any]:
    """Return the members of an answer that asks for a further step; anything else is a refusal."""
    if status == _OK:
        raise RelayAnswerError("the relay wants to let in without all factors")
    found = _members(body)
    if status != _BAD_REQUEST or found.get("error") != OAuthError.INSUFFICIENT_AUTHORIZATION:
        raise read_refusal(status, body, retry_after)
    return found


def _login_answer(encoded: object) -> LoginAnswer:
    if not isinstance(encoded, str):
        raise RelayAnswerError("the relay's answer is not well-formed")
    try:
        raw = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
        return decode(LoginAnswer, raw)
    except (binascii.Error, ValueError, WireError) as error:
        raise RelayAnswerError("the relay's answer is not well-formed") from error


def _steps(found: dict[str, Any]) -> frozenset[Step]:
    """Return the known steps of `next`; later versions may name more, which this one cannot take."""
    steps = found.get("next")
    if not isinstance(steps, list):
        raise RelayAnswerError("the relay's answer is not well-formed")
    known = frozenset(each for each in Step if each.value in steps)
    if not known:
        raise RelayAnswerError("the relay asks for nothing that this program can show")
    return known


def _members(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RelayAnswerError("the relay's answer is not well-formed") from error
    if not isinstance(found, dict):
        raise RelayAnswerError("the relay's answer is not well-formed")
    return found


def _text(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value.isascii():
        raise RelayAnswerError("the relay's answer is not well-formed")
    return value


def _token(found: dict[str, Any], name: str) -> str:
    value = _text(found, name)
    # It travels in a header and in a form later.
    if not 1 <= len(value) <= _MAX_TOKEN_CHARACTERS or not value.isprintable() or " " in value:
        raise RelayAnswerError("the relay's answer is not well-formed")
    return value


def _seconds(found: dict[str, Any], name: str, *, most: int) -> int:
    value = found.get(name)
    if type(value) is not int or not 0 < value <= most:
        raise RelayAnswerError("the relay's answer is not well-formed")
    return value
