# SPDX-License-Identifier: AGPL-3.0-or-later
"""HTTP paths of assurances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crypto_core.wire.ids import AccountId
from crypto_core.wire.relay_api import (
    PATH_ASSURANCES,
    Assurances,
    LogReceipt,
    ProblemCode,
    VouchRequest,
)
from relay_server.web.endpoints import (
    Endpoint,
    Parameter,
    cbor,
    identifier,
    query_number,
    read_cbor,
)

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from relay_server.assurances.service import AssuranceService
    from relay_server.authentication.door import Door

_ACCOUNT: Final = Parameter(name="account", pattern="^[0-9a-f]{40}$")


def assurance_endpoints(service: AssuranceService, door: Door) -> tuple[Endpoint, ...]:
    """Return this domain's endpoints."""

    async def vouch(request: Request) -> Response:
        caller = await door.authenticate(request)
        wanted = await read_cbor(request, VouchRequest)
        return cbor(await service.vouch(caller, _account(request), wanted))

    async def page(request: Request) -> Response:
        await door.authenticate(request)
        after = query_number(request, "after", default=-1)
        return cbor(await service.page(_account(request), after=after))

    return (
        Endpoint(
            method="POST",
            path=PATH_ASSURANCES,
            summary="Vouch for another account, or take that back.",
            handler=vouch,
            takes=VouchRequest,
            gives=LogReceipt,
            path_parameters=(_ACCOUNT,),
            problems=(
                ProblemCode.FORBIDDEN,
                ProblemCode.SIGNATURE_INVALID,
                ProblemCode.CHAIN_BROKEN,
                ProblemCode.CONFLICT,
                ProblemCode.STORAGE_FULL,
            ),
        ),
        Endpoint(
            method="GET",
            path=PATH_ASSURANCES,
            summary="Read who says what of the person behind an account: leaves of the log with proofs.",
            handler=page,
            gives=Assurances,
            path_parameters=(_ACCOUNT,),
            query=(Parameter(name="after", is_required=False),),
        ),
    )


def _account(request: Request) -> AccountId:
    return AccountId(identifier(request, "account", length=20))
