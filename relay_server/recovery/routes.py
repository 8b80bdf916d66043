# SPDX-License-Identifier: AGPL-3.0-or-later
"""HTTP paths of recovery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crypto_core.wire.recovery import SealedPackage
from crypto_core.wire.relay_api import (
    PATH_RECOVERY,
    PATH_RECOVERY_PACKAGE,
    PATH_RECOVERY_VETO,
    LogReceipt,
    ProblemCode,
    RecoverRequest,
    VetoRootChangeRequest,
)
from relay_server.accounts.routes import KEY_PROBLEMS
from relay_server.web.application import network_of
from relay_server.web.endpoints import Endpoint, cbor, nothing, read_cbor

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from relay_server.accounts.key_events import KeyEventService
    from relay_server.authentication.door import Door
    from relay_server.limits import RateLimiter
    from relay_server.recovery.service import RecoveryService


def recovery_endpoints(
    service: RecoveryService, keys: KeyEventService, door: Door, vetoes: RateLimiter
) -> tuple[Endpoint, ...]:
    """Return the endpoints; `vetoes` bounds how often an address may try one."""

    async def put_package(request: Request) -> Response:
        caller = await door.authenticate(request)
        await service.put_package(caller, await read_cbor(request, SealedPackage))
        return nothing()

    async def package(request: Request) -> Response:
        recovering = await door.admit_recovery(request)
        return cbor(await service.package(recovering.account))

    async def recover(request: Request) -> Response:
        recovering = await door.admit_recovery(request)
        return cbor(await service.recover(recovering, await read_cbor(request, RecoverRequest)))

    async def veto(request: Request) -> Response:
        vetoes.require(network_of(request.scope))
        door.prove(request)
        wanted = await read_cbor(request, VetoRootChangeRequest)
        return cbor(await keys.veto(wanted.veto))

    return (
        Endpoint(
            method="PUT",
            path=PATH_RECOVERY_PACKAGE,
            summary="Store the calling account's next recovery package.",
            handler=put_package,
            takes=SealedPackage,
            problems=(
                ProblemCode.SIGNATURE_INVALID,
                ProblemCode.CONFLICT,
                ProblemCode.STORAGE_FULL,
            ),
        ),
        Endpoint(
            method="GET",
            path=PATH_RECOVERY_PACKAGE,
            summary="Read the newest recovery package of the account that is being recovered.",
            handler=package,
            gives=SealedPackage,
        ),
        Endpoint(
            method="POST",
            path=PATH_RECOVERY,
            summary="Put new keys in force, replace all that was signed in with and end all sessions.",
            handler=recover,
            takes=RecoverRequest,
            gives=LogReceipt,
            problems=KEY_PROBLEMS,
        ),
        Endpoint(
            method="POST",
            path=PATH_RECOVERY_VETO,
            summary="Void the pending change of an account's root, by the root in force.",
            handler=veto,
            takes=VetoRootChangeRequest,
            gives=LogReceipt,
            is_session_needed=False,
            problems=KEY_PROBLEMS,
        ),
    )
