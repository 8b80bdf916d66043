# SPDX-License-Identifier: AGPL-3.0-or-later
"""HTTP paths of envelopes, mailboxes and their events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import StreamingResponse

from crypto_core.wire.ids import EnvelopeId
from crypto_core.wire.limits import MAX_PAGE_ITEMS
from crypto_core.wire.relay_api import (
    PATH_ACKNOWLEDGE,
    PATH_ENVELOPES,
    PATH_EVENTS,
    PATH_LOG_PROOF,
    PATH_MAILBOX,
    AcknowledgeRequest,
    InclusionAnswer,
    LogReceipt,
    MailboxPage,
    PostEnvelopeRequest,
    ProblemCode,
)
from relay_server.errors import ProblemError
from relay_server.web.endpoints import (
    Endpoint,
    Parameter,
    cbor,
    nothing,
    query_identifier,
    query_number,
    read_cbor,
)

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from relay_server.authentication.door import Door
    from relay_server.mailbox.events import MailboxEvents
    from relay_server.mailbox.service import MailboxService

_EVENTS: Final = "text/event-stream"


def mailbox_endpoints(
    service: MailboxService, events: MailboxEvents, door: Door
) -> tuple[Endpoint, ...]:
    """Return this domain's endpoints; the one that most requests go to comes first."""

    async def post(request: Request) -> Response:
        caller = await door.authenticate(request)
        return cbor(await service.accept(caller, await read_cbor(request, PostEnvelopeRequest)))

    async def read(request: Request) -> Response:
        caller = await door.authenticate(request)
        limit = query_number(request, "limit", default=MAX_PAGE_ITEMS, most=MAX_PAGE_ITEMS)
        if limit == 0:
            raise ProblemError(ProblemCode.MALFORMED, "limit must be at least 1")
        after = query_number(request, "after", default=0)
        return cbor(await service.page(caller, after=after, limit=limit))

    async def acknowledge(request: Request) -> Response:
        caller = await door.authenticate(request)
        await service.acknowledge(caller, await read_cbor(request, AcknowledgeRequest))
        return nothing()

    async def stream(request: Request) -> Response:
        admitted = await door.admit(request)
        seen = _last_event(request)
        # A proxy that gathers the answer before passing it on would hold the events back.
        return StreamingResponse(
            events.stream(
                admitted.caller.device, seen=seen, may_stay=lambda: door.still_admits(admitted)
            ),
            media_type=_EVENTS,
            headers={"x-accel-buffering": "no"},
        )

    async def proof(request: Request) -> Response:
        caller = await door.authenticate(request)
        envelope = EnvelopeId(query_identifier(request, "envelope", length=16))
        return cbor(await service.proof(caller, envelope))

    return (
        Endpoint(
            method="POST",
            path=PATH_ENVELOPES,
            summary="Hand over an envelope with the sender's statement; repeating it gives the same leaf.",
            handler=post,
            takes=PostEnvelopeRequest,
            gives=LogReceipt,
            problems=(
                ProblemCode.FORBIDDEN,
                ProblemCode.SIGNATURE_INVALID,
                ProblemCode.CHAIN_BROKEN,
                ProblemCode.UNKNOWN_RECIPIENT,
                ProblemCode.BLOB_MISSING,
                ProblemCode.CONFLICT,
                ProblemCode.EXPIRED,
                ProblemCode.STORAGE_FULL,
            ),
        ),
        Endpoint(
            method="GET",
            path=PATH_MAILBOX,
            summary="Read what waits for the calling device above a cursor, with proofs.",
            handler=read,
            gives=MailboxPage,
            query=(
                Parameter(name="after", is_required=False),
                Parameter(name="limit", least=1, most=MAX_PAGE_ITEMS, is_required=False),
            ),
        ),
        Endpoint(
            method="POST",
            path=PATH_ACKNOWLEDGE,
            summary="Say which items the calling device has committed.",
            handler=acknowledge,
            takes=AcknowledgeRequest,
        ),
        Endpoint(
            method="GET",
            path=PATH_EVENTS,
            summary="Wait for the mailbox: events `mailbox` whose data is the newest cursor.",
            handler=stream,
            gives=_EVENTS,
        ),
        Endpoint(
            method="GET",
            path=PATH_LOG_PROOF,
            summary="Read the receipt of an envelope that the caller sent or has waiting.",
            handler=proof,
            gives=InclusionAnswer,
            query=(Parameter(name="envelope", pattern="^[0-9a-f]{32}$"),),
        ),
    )


def _last_event(request: Request) -> int:
    given = request.headers.get("last-event-id", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0
