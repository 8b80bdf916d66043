# SPDX-License-Identifier: AGPL-3.0-or-later
"""The application: routes requests, and answers every refusal as problem+json with a stable code."""

from __future__ import annotations

import ipaddress
import json
from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Match, Route, Router

from crypto_core.errors import WireError
from crypto_core.wire.oauth import STEP_UP_SECONDS
from crypto_core.wire.relay_api import PROBLEM, ProblemCode
from relay_server.errors import ProblemError
from relay_server.logs import LOGGER
from relay_server.web.openapi import describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import Message, Receive, Scope, Send

    from relay_server.limits import RateLimiter
    from relay_server.web.endpoints import Endpoint

PATH_OPENAPI: Final = "/openapi.json"

_PROBLEM_OF_STATUS: Final = {
    404: ProblemError(ProblemCode.NOT_FOUND, "there is nothing at this path"),
    405: ProblemError(ProblemCode.METHOD_NOT_ALLOWED, "this path does not know the method"),
}


class Application:
    """All endpoints as one ASGI application."""

    def __init__(self, endpoints: Sequence[Endpoint], *, addresses: RateLimiter) -> None:
        document = json.dumps(describe(endpoints)).encode()

        async def openapi(_: Request) -> Response:
            return Response(document, media_type="application/json")

        # Fixed paths, among them the one that most requests go to, need no search.
        self._fixed = {
            (each.method, each.path): each.handler for each in endpoints if "{" not in each.path
        }
        routes = [Route(each.path, each.handler, methods=[each.method]) for each in endpoints]
        routes.append(Route(PATH_OPENAPI, openapi))
        self._router = Router(routes, redirect_slashes=False, default=_not_found)
        self._addresses = addresses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; nothing but the end of the task leaves this function."""
        if scope["type"] != "http":
            return
        # Starlette then raises HTTPException for a wrong method instead of answering in plain text.
        scope["app"] = self
        is_answered = False

        async def sending(message: Message) -> None:
            nonlocal is_answered
            if message["type"] == "http.response.start":
                is_answered = True
                headers = message["headers"]
                headers.append((b"x-content-type-options", b"nosniff"))
                if not any(name == b"cache-control" for name, _ in headers):
                    headers.append((b"cache-control", b"no-store"))
            await send(message)

        try:
            self._addresses.require(network_of(scope))
            handler = self._fixed.get((scope["method"], scope["path"]))
            if handler is None:
                await self._router(scope, receive, sending)
            else:
                answer = await handler(Request(scope, receive))
                await answer(scope, receive, sending)
        except ClientDisconnect:
            return
        except Exception as error:
            answer = self._refusal(error, scope)
            if is_answered:
                # The answer has begun and cannot become another one; uvicorn closes the connection.
                raise
            await answer(scope, receive, sending)

    def _refusal(self, error: Exception, scope: Scope) -> Response:
        """Return the problem that an error is to the one who asked; log what is one to the operator."""
        problem = _problem_of(error)
        if problem.code in {ProblemCode.INTERNAL, ProblemCode.STORAGE_FULL}:
            route = scope.get("route")
            path = route.path if isinstance(route, Route) else scope["path"]
            LOGGER.error("a request failed", exc_info=error, extra={"route": path})
        answer = problem_answer(problem)
        if problem.code is ProblemCode.METHOD_NOT_ALLOWED:
            answer.headers["allow"] = self._methods_at(scope)
        return answer

    def _methods_at(self, scope: Scope) -> str:
        """Return what the path of a request does know (RFC 9110 section 10.2.1)."""
        found = [
            method
            for route in self._router.routes
            if isinstance(route, Route) and route.matches(scope)[0] is not Match.NONE
            for method in route.methods or ()
        ]
        return ", ".join(sorted(found))


def problem_answer(problem: ProblemError) -> Response:
    """Return a problem as RFC 9457 has it; `retry_after` also becomes the header."""
    members = {
        "type": "about:blank",
        "title": problem.code.value,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code.value,
    }
    answer = Response(json.dumps(members | problem.members), problem.status, media_type=PROBLEM)
    if "retry_after" in problem.members:
        answer.headers["retry-after"] = str(problem.members["retry_after"])
    if problem.status == 401:
        answer.headers["www-authenticate"] = _challenge(problem.code)
    return answer


def _challenge(code: ProblemCode) -> str:
    """Return what RFC 9449 §7.1 and RFC 9470 §3 have a client told besides the status."""
    if code is ProblemCode.STEP_UP_NEEDED:
        return f'DPoP error="insufficient_user_authentication", max_age={STEP_UP_SECONDS}'
    error = "invalid_token" if code is ProblemCode.SIGN_IN_NEEDED else "invalid_dpop_proof"
    return f'DPoP error="{error}", algs="Ed25519"'


def network_of(scope: Scope) -> str:
    """Return who counts as one address: an IPv4 address, or the /64 that an IPv6 subscriber has."""
    host: str = scope["client"][0] if scope.get("client") else ""
    if ":" not in host:
        return host
    try:
        address = ipaddress.IPv6Address(host)
    except ValueError:
        return ""
    return str(ipaddress.ip_network((address, 64), strict=False))


def _problem_of(error: Exception) -> ProblemError:
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, WireError):
        return ProblemError(ProblemCode.MALFORMED, "the body is not what this path takes")
    if isinstance(error, HTTPException) and error.status_code in _PROBLEM_OF_STATUS:
        return _PROBLEM_OF_STATUS[error.status_code]
    return ProblemError(ProblemCode.INTERNAL, "the relay could not do this")


async def _not_found(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise HTTPException(404)
