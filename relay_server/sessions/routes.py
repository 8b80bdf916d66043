# SPDX-License-Identifier: AGPL-3.0-or-later
"""HTTP paths of sessions, and of the registration of a passphrase."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crypto_core.wire.relay_api import (
    PATH_SESSIONS,
    PATH_SIGN_IN_REGISTRATION,
    ProblemCode,
    Sessions,
)
from crypto_core.wire.sign_in import SignInRegistrationAnswer, SignInRegistrationRequest
from relay_server.accounts.invitations import hash_of_code
from relay_server.web.application import network_of
from relay_server.web.endpoints import Endpoint, cbor, nothing, read_cbor

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from relay_server.authentication.door import Door
    from relay_server.limits import RateLimiter
    from relay_server.sessions.assembly import SignIn


def session_endpoints(
    services: SignIn, door: Door, registrations: RateLimiter
) -> tuple[Endpoint, ...]:
    """Return these endpoints."""

    async def register(request: Request) -> Response:
        registrations.require(network_of(request.scope))
        door.prove(request)
        wanted = await read_cbor(request, SignInRegistrationRequest)
        return cbor(
            await services.enrolment.answer(wanted, code_hash=hash_of_code(wanted.invitation))
        )

    async def sessions(request: Request) -> Response:
        return cbor(await services.sessions.list(await door.admit(request)))

    async def end_sessions(request: Request) -> Response:
        await services.sessions.end_all(await door.admit(request))
        return nothing()

    return (
        Endpoint(
            method="POST",
            path=PATH_SIGN_IN_REGISTRATION,
            summary="Take the relay's part in registering a passphrase.",
            handler=register,
            takes=SignInRegistrationRequest,
            gives=SignInRegistrationAnswer,
            is_session_needed=False,
            problems=(ProblemCode.INVITATION_INVALID, ProblemCode.ALREADY_REGISTERED),
        ),
        Endpoint(
            method="GET",
            path=PATH_SESSIONS,
            summary="List the living sessions of the calling account.",
            handler=sessions,
            gives=Sessions,
        ),
        Endpoint(
            method="DELETE",
            path=PATH_SESSIONS,
            summary="End all sessions of the calling account, this one too.",
            handler=end_sessions,
        ),
    )
