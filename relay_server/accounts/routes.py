# SPDX-License-Identifier: AGPL-3.0-or-later
"""HTTP paths of accounts and the directory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crypto_core.wire.ids import AccountId
from crypto_core.wire.relay_api import (
    PATH_ACCOUNTS,
    PATH_DIRECTORY,
    PATH_DIRECTORY_ENTRY,
    DirectoryEntry,
    DirectoryPage,
    LogReceipt,
    ProblemCode,
    RegisterRequest,
)
from relay_server.web.application import network_of
from relay_server.web.endpoints import (
    Endpoint,
    Parameter,
    cbor,
    identifier,
    nothing,
    query_text,
    read_cbor,
)

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from relay_server.accounts.service import AccountService
    from relay_server.authentication.door import Door
    from relay_server.limits import RateLimiter

_MAX_QUERY_CHARACTERS: Final = 200
ACCOUNT: Final = Parameter(name="account", pattern="^[0-9a-f]{40}$")
KEY_PROBLEMS: Final = (
    ProblemCode.FORBIDDEN,
    ProblemCode.KEY_IN_USE,
    ProblemCode.SIGNATURE_INVALID,
    ProblemCode.CHAIN_BROKEN,
    ProblemCode.EXPIRED,
    ProblemCode.STORAGE_FULL,
)


def account_endpoints(
    service: AccountService, door: Door, registrations: RateLimiter
) -> tuple[Endpoint, ...]:
    """Return this domain's endpoints."""

    async def register(request: Request) -> Response:
        registrations.require(network_of(request.scope))
        proof = door.prove(request)
        wanted = await read_cbor(request, RegisterRequest)
        return cbor(await service.register(wanted, request_key=proof.key))

    async def search(request: Request) -> Response:
        await door.authenticate(request)
        return cbor(await service.search(query_text(request, "q", most=_MAX_QUERY_CHARACTERS)))

    async def entry(request: Request) -> Response:
        await door.authenticate(request)
        return cbor(await service.entry(account_of(request)))

    async def show(request: Request) -> Response:
        caller = await door.authenticate(request)
        await service.show(caller, account_of(request), await read_cbor(request, DirectoryEntry))
        return nothing()

    async def hide(request: Request) -> Response:
        caller = await door.authenticate(request)
        await service.hide(caller, account_of(request))
        return nothing()

    return (
        Endpoint(
            method="POST",
            path=PATH_ACCOUNTS,
            summary="Register an account with its first device, by a one-time invitation.",
            handler=register,
            takes=RegisterRequest,
            gives=LogReceipt,
            is_session_needed=False,
            problems=(
                ProblemCode.INVITATION_INVALID,
                ProblemCode.ALREADY_REGISTERED,
                *KEY_PROBLEMS,
            ),
        ),
        Endpoint(
            method="GET",
            path=PATH_DIRECTORY,
            summary="Search the directory; every word must occur.",
            handler=search,
            gives=DirectoryPage,
            query=(
                Parameter(name="q", pattern=f"^.{{0,{_MAX_QUERY_CHARACTERS}}}$", is_required=False),
            ),
        ),
        Endpoint(
            method="GET",
            path=PATH_DIRECTORY_ENTRY,
            summary="Read what an account shows.",
            handler=entry,
            gives=DirectoryEntry,
            path_parameters=(ACCOUNT,),
        ),
        Endpoint(
            method="PUT",
            path=PATH_DIRECTORY_ENTRY,
            summary="Show the calling account in the directory, or change what it shows.",
            handler=show,
            takes=DirectoryEntry,
            path_parameters=(ACCOUNT,),
            problems=(ProblemCode.FORBIDDEN, ProblemCode.STORAGE_FULL),
        ),
        Endpoint(
            method="DELETE",
            path=PATH_DIRECTORY_ENTRY,
            summary="Take the calling account out of the directory.",
            handler=hide,
            path_parameters=(ACCOUNT,),
            problems=(ProblemCode.FORBIDDEN,),
        ),
    )


def account_of(request: Request) -> AccountId:
    """Return the account in the path. Raises ProblemError."""
    return AccountId(identifier(request, "account", length=20))
