# SPDX-License-Identifier: AGPL-3.0-or-later
"""HTTP paths of the history of an account's keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crypto_core.wire.key_map import KeyMapAnswer
from crypto_core.wire.relay_api import (
    PATH_KEYS,
    PATH_MAP_PROOF,
    KeyEvents,
    LogReceipt,
    ProblemCode,
    PublishKeyEventRequest,
)
from relay_server.accounts.routes import ACCOUNT, KEY_PROBLEMS, account_of
from relay_server.errors import ProblemError
from relay_server.web.endpoints import Endpoint, Parameter, cbor, query_number, read_cbor

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from relay_server.accounts.key_events import KeyEventService
    from relay_server.authentication.door import Door
    from relay_server.limits import RateLimiter

_MAX_NUMBER: Final = 2**31 - 1


def key_endpoints(
    service: KeyEventService, door: Door, changes: RateLimiter
) -> tuple[Endpoint, ...]:
    """Return the endpoints; `changes` bounds how often an account publishes."""

    async def publish(request: Request) -> Response:
        admitted = await door.admit(request)
        caller = admitted.caller
        if caller.account != account_of(request):
            raise ProblemError(ProblemCode.FORBIDDEN, "only the account itself may change this")
        wanted = await read_cbor(request, PublishKeyEventRequest)
        changes.require(caller.account)
        if not await service.only_renews(caller, wanted.event):
            door.require_recent(admitted)
        return cbor(await service.publish(caller, wanted))

    async def key_events(request: Request) -> Response:
        account = account_of(request)
        await door.require_reader(request, account)
        after = query_number(request, "after", default=0, most=_MAX_NUMBER)
        return cbor(await service.events(account, after=after))

    async def map_proof(request: Request) -> Response:
        await door.authenticate(request)
        return cbor(await service.map_proof(account_of(request)))

    return (
        Endpoint(
            method="POST",
            path=PATH_KEYS,
            summary="Let the account's next key event take effect: a device list, or a change of the root.",
            handler=publish,
            takes=PublishKeyEventRequest,
            gives=LogReceipt,
            path_parameters=(ACCOUNT,),
            is_step_up_needed=True,
            problems=KEY_PROBLEMS,
        ),
        Endpoint(
            method="GET",
            path=PATH_KEYS,
            summary="Read an account's key events, each with its receipt, and what the map of keys holds.",
            handler=key_events,
            gives=KeyEvents,
            path_parameters=(ACCOUNT,),
            query=(Parameter(name="after", most=_MAX_NUMBER, is_required=False),),
        ),
        Endpoint(
            method="GET",
            path=PATH_MAP_PROOF,
            summary="Read what the newest map of keys holds of an account, or that it holds nothing.",
            handler=map_proof,
            gives=KeyMapAnswer,
            path_parameters=(ACCOUNT,),
        ),
    )
