# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a domain's routes are made of: descriptions of endpoints, bounded bodies, answers.

The description serves the router and OpenAPI; the handler is a plain function of Starlette's request.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from starlette.requests import ClientDisconnect
from starlette.responses import Response

from crypto_core.wire.codec import decode, encode
from crypto_core.wire.limits import MAX_REQUEST_BYTES
from crypto_core.wire.relay_api import CBOR, OCTETS, PROBLEM, ProblemCode
from relay_server.errors import ProblemError

if TYPE_CHECKING:
    from starlette.requests import Request

T = TypeVar("T")

Handler = Callable[["Request"], Awaitable[Response]]

TEXT: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter in the path or the query, described by a pattern or by bounds."""

    name: str
    pattern: str | None = None
    least: int = 0
    most: int = 2**63 - 1
    is_required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One method of one path. Types without `wire` in them are raw bytes or text, named by their media type."""

    method: str
    path: str
    summary: str
    handler: Handler
    takes: type | str | None = None
    """Wire type of the body, or its media type."""
    gives: type | str | None = None
    """Wire type of the answer, or its media type; None for an answer without content."""
    path_parameters: tuple[Parameter, ...] = ()
    query: tuple[Parameter, ...] = ()
    form: tuple[Parameter, ...] = ()
    """Fields of a body that is a form."""
    is_authenticated: bool = True
    """Whether the request must carry a proof by a device's request key."""
    is_session_needed: bool = True
    """Whether an authenticated request must carry an access token as well."""
    is_step_up_needed: bool = False
    """Whether both factors must have been shown lately (RFC 9470); `Door.admit_recent` sees to it."""
    refuses: str = PROBLEM
    """Media type of refusals."""
    problems: tuple[ProblemCode, ...] = ()
    """Codes that are this endpoint's own, besides those that any endpoint may answer with."""


async def read_body(request: Request, media_type: str, limit: int) -> bytes:
    """Return the body, which is of `media_type` and at most `limit` bytes long, or refuse it unread.

    Raises ProblemError.
    """
    stated_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if stated_type != media_type:
        raise ProblemError(ProblemCode.UNSUPPORTED_MEDIA_TYPE, f"the body must be {media_type}")
    stated_length = request.headers.get("content-length", "0")
    if not stated_length.isdecimal() or int(stated_length) > limit:
        raise ProblemError(ProblemCode.TOO_LARGE, f"the body may have {limit} bytes")
    parts: list[bytes] = []
    room = limit
    try:
        # How long it may take is the server's to bound.
        async for part in request.stream():
            room -= len(part)
            if room < 0:
                raise ProblemError(ProblemCode.TOO_LARGE, f"the body may have {limit} bytes")
            parts.append(part)
    except ClientDisconnect as error:
        raise ProblemError(ProblemCode.MALFORMED, "the body did not arrive") from error
    return b"".join(parts)


async def read_cbor(request: Request, cls: type[T], *, limit: int = MAX_REQUEST_BYTES) -> T:
    """Return the decoded body. Raises ProblemError, or WireError when it is not an encoded `cls`."""
    return decode(cls, await read_body(request, CBOR, limit))


def cbor(answer: object, *, status: int = 200) -> Response:
    """Return an answer through the codec."""
    return Response(encode(answer), status, media_type=CBOR)


def octets(content: bytes, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return bytes as they are."""
    return Response(content, status, media_type=OCTETS, headers=headers)


def text(content: str) -> Response:
    """Return a text of the log."""
    return Response(content.encode(), media_type=TEXT)


def nothing() -> Response:
    """Return an answer without content."""
    return Response(status_code=204)


def identifier(request: Request, name: str, *, length: int) -> bytes:
    """Return a path's identifier, given as lower-case hexadecimal digits. Raises ProblemError."""
    return _from_hex(str(request.path_params[name]), length, name)


def query_identifier(request: Request, name: str, *, length: int) -> bytes:
    """Return an identifier of the query. Raises ProblemError."""
    return _from_hex(_only(request, name) or "", length, name)


def query_number(
    request: Request, name: str, *, default: int | None = None, most: int = 2**63 - 1
) -> int:
    """Return a number of the query, `default` when it is missing. Raises ProblemError."""
    given = _only(request, name)
    if given is None and default is not None:
        return default
    if given is None or not (given.isascii() and given.isdigit()) or len(given) > 19:
        raise ProblemError(ProblemCode.MALFORMED, f"{name} must be a number")
    if int(given) > most:
        raise ProblemError(ProblemCode.MALFORMED, f"{name} may be at most {most}")
    return int(given)


def query_text(request: Request, name: str, *, most: int) -> str:
    """Return a text of the query, empty when it is missing. Raises ProblemError."""
    given = _only(request, name) or ""
    if len(given) > most:
        raise ProblemError(ProblemCode.MALFORMED, f"{name} may have {most} characters")
    return given


def _only(request: Request, name: str) -> str | None:
    found = request.query_params.getlist(name)
    if len(found) > 1:
        raise ProblemError(ProblemCode.MALFORMED, f"{name} is repeated")
    return found[0] if found else None


def _from_hex(given: str, length: int, name: str) -> bytes:
    try:
        raw = bytes.fromhex(given)
    except ValueError:
        raw = b""
    if len(raw) != length or raw.hex() != given:
        raise ProblemError(ProblemCode.MALFORMED, f"{name} must be {2 * length} hexadecimal digits")
    return raw
