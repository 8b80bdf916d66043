# SPDX-License-Identifier: AGPL-3.0-or-later
"""HTTP paths of prekeys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crypto_core.wire.ids import AccountId
from crypto_core.wire.prekeys import PrekeyBundle
from crypto_core.wire.relay_api import (
    PATH_PREKEY_CLAIM,
    PATH_PREKEYS,
    PrekeyClaimRequest,
    PrekeyStatus,
    PrekeyUpload,
    ProblemCode,
)
from relay_server.web.endpoints import Endpoint, Parameter, cbor, identifier, read_cbor

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from relay_server.authentication.door import Door
    from relay_server.prekeys.service import PrekeyService


def prekey_endpoints(service: PrekeyService, door: Door) -> tuple[Endpoint, ...]:
    """Return this domain's endpoints."""

    async def upload(request: Request) -> Response:
        caller = await door.authenticate(request)
        return cbor(await service.upload(caller, await read_cbor(request, PrekeyUpload)))

    async def status(request: Request) -> Response:
        return cbor(await service.status(await door.authenticate(request)))

    async def claim(request: Request) -> Response:
        caller = await door.authenticate(request)
        account = AccountId(identifier(request, "account", length=20))
        wanted = await read_cbor(request, PrekeyClaimRequest)
        return cbor(await service.claim(caller, account, wanted))

    return (
        Endpoint(
            method="PUT",
            path=PATH_PREKEYS,
            summary="Publish newer prekeys of the calling device.",
            handler=upload,
            takes=PrekeyUpload,
            gives=PrekeyStatus,
            problems=(
                ProblemCode.FORBIDDEN,
                ProblemCode.SIGNATURE_INVALID,
                ProblemCode.CONFLICT,
                ProblemCode.EXPIRED,
                ProblemCode.STORAGE_FULL,
            ),
        ),
        Endpoint(
            method="GET",
            path=PATH_PREKEYS,
            summary="Read how many prekeys of the calling device are left.",
            handler=status,
            gives=PrekeyStatus,
        ),
        Endpoint(
            method="POST",
            path=PATH_PREKEY_CLAIM,
            summary="Take prekeys of an account's devices, to seal to them.",
            handler=claim,
            takes=PrekeyClaimRequest,
            gives=PrekeyBundle,
            path_parameters=(Parameter(name="account", pattern="^[0-9a-f]{40}$"),),
        ),
    )
