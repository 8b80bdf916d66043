# SPDX-License-Identifier: AGPL-3.0-or-later
"""OAuth 2.0 as HTTP: forms in, JSON out, and refusals as RFC 6749 §5.2 has them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from starlette.responses import Response

from crypto_core.wire.limits import KIB
from crypto_core.wire.oauth import CLIENT_ID, FORM, JSON, SCOPE, SCOPE_RECOVERY, OAuthError
from crypto_core.wire.relay_api import ProblemCode
from relay_server.errors import ProblemError, RelayError
from relay_server.web.endpoints import read_body

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

_MAX_FORM_BYTES: Final = 8 * KIB
_MAX_FIELDS: Final = 16
SCOPES: Final = (SCOPE, SCOPE_RECOVERY)

_BAD_PROOF: Final = {
    ProblemCode.UNAUTHENTICATED,
    ProblemCode.PROOF_REPLAYED,
    ProblemCode.CLOCK_SKEW,
}
_NOT_NOW: Final = {ProblemCode.UNAVAILABLE, ProblemCode.STORAGE_FULL}
_BAD_REQUEST: Final = {
    ProblemCode.MALFORMED,
    ProblemCode.TOO_LARGE,
    ProblemCode.UNSUPPORTED_MEDIA_TYPE,
}


class OAuthRefusalError(RelayError):
    """A refusal that OAuth has a word for. `members` are further members of the answer."""

    def __init__(
        self, error: OAuthError, detail: str, *, status: int = 400, **members: str | int
    ) -> None:
        super().__init__(detail)
        self.error = error
        self.detail = detail
        self.status = status
        self.members: dict[str, str | int] = members


def throttled(seconds: int) -> OAuthRefusalError:
    """Return the refusal of an attempt that comes too soon."""
    return OAuthRefusalError(
        OAuthError.TEMPORARILY_UNAVAILABLE, "too many attempts", status=429, retry_after=seconds
    )


def invalid_grant(detail: str, **members: str) -> OAuthRefusalError:
    """Return the refusal of a code or of a refresh token."""
    refusal = OAuthRefusalError(OAuthError.INVALID_GRANT, detail)
    refusal.members |= members
    return refusal


def answer(members: Mapping[str, object], *, status: int = 200) -> Response:
    """Return a JSON object."""
    return Response(json.dumps(members), status, media_type=JSON)


def refusal_answer(refusal: OAuthRefusalError) -> Response:
    """Return a refusal; `retry_after` also becomes the header."""
    members = {"error": refusal.error.value, "error_description": refusal.detail}
    response = answer({**members, **refusal.members}, status=refusal.status)
    if "retry_after" in refusal.members:
        response.headers["retry-after"] = str(refusal.members["retry_after"])
    return response


def as_refusal(problem: ProblemError) -> OAuthRefusalError | None:
    """Return what a problem is called in OAuth; its own code is the `reason`. None if it has no name there."""
    reason, detail, members = problem.code.value, problem.detail, problem.members
    if problem.code in _BAD_PROOF:
        return OAuthRefusalError(OAuthError.INVALID_DPOP_PROOF, detail, reason=reason, **members)
    if problem.code in _BAD_REQUEST:
        return OAuthRefusalError(OAuthError.INVALID_REQUEST, detail, reason=reason)
    if problem.code in _NOT_NOW or problem.code is ProblemCode.TOO_MANY_REQUESTS:
        status = 429 if problem.code is ProblemCode.TOO_MANY_REQUESTS else 503
        return OAuthRefusalError(
            OAuthError.TEMPORARILY_UNAVAILABLE, detail, status=status, reason=reason, **members
        )
    return None


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form; unknown ones are ignored by whoever asks for the others (RFC 6749 §3.2).

    Raises OAuthRefusalError, ProblemError.
    """
    body = await read_body(request, FORM, _MAX_FORM_BYTES)
    try:
        fields = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MAX_FIELDS,
        )
    except ValueError as error:
        raise _invalid("the body is not a form") from error
    found = dict(fields)
    if len(found) != len(fields):
        raise _invalid("a parameter is repeated")
    return found


def need(form: Mapping[str, str], name: str) -> str:
    """Return a parameter that must be there. Raises OAuthRefusalError."""
    if not form.get(name):
        raise _invalid(f"{name} is missing")
    return form[name]


def require_client(form: Mapping[str, str], *, is_needed: bool = True) -> None:
    """Refuse another client than ours, and another scope than ours where one is named."""
    if form.get("client_id", None if is_needed else CLIENT_ID) != CLIENT_ID:
        raise OAuthRefusalError(OAuthError.INVALID_CLIENT, "not a client of this relay")
    if form.get("scope", SCOPE) not in SCOPES:
        raise OAuthRefusalError(OAuthError.INVALID_SCOPE, "not a scope of this relay")


def _invalid(detail: str) -> OAuthRefusalError:
    return OAuthRefusalError(OAuthError.INVALID_REQUEST, detail)
