# SPDX-License-Identifier: AGPL-3.0-or-later
"""HTTP path of an account's journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crypto_core.wire.limits import MAX_PAGE_ITEMS
from crypto_core.wire.relay_api import (
    PATH_JOURNAL,
    AppendJournalRequest,
    JournalPage,
    JournalReceipts,
    ProblemCode,
)
from relay_server.errors import ProblemError
from relay_server.web.endpoints import Endpoint, Parameter, cbor, query_number, read_cbor

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from relay_server.authentication.door import Door
    from relay_server.journal.service import JournalService


def journal_endpoints(service: JournalService, door: Door) -> tuple[Endpoint, ...]:
    """Return this domain's endpoints."""

    async def append(request: Request) -> Response:
        caller = await door.authenticate(request)
        return cbor(await service.append(caller, await read_cbor(request, AppendJournalRequest)))

    async def read(request: Request) -> Response:
        caller = await door.authenticate(request)
        limit = query_number(request, "limit", default=MAX_PAGE_ITEMS, most=MAX_PAGE_ITEMS)
        if limit == 0:
            raise ProblemError(ProblemCode.MALFORMED, "limit must be at least 1")
        after = query_number(request, "after", default=-1)
        return cbor(await service.page(caller, after=after, limit=limit))

    return (
        Endpoint(
            method="POST",
            path=PATH_JOURNAL,
            summary="Bring the calling device's next sealed acts into the log; repeating gives the same leaves.",
            handler=append,
            takes=AppendJournalRequest,
            gives=JournalReceipts,
            problems=(
                ProblemCode.FORBIDDEN,
                ProblemCode.SIGNATURE_INVALID,
                ProblemCode.CHAIN_BROKEN,
                ProblemCode.STORAGE_FULL,
            ),
        ),
        Endpoint(
            method="GET",
            path=PATH_JOURNAL,
            summary="Read what the log has about the caller's account after a leaf, with proofs.",
            handler=read,
            gives=JournalPage,
            query=(
                Parameter(name="after", is_required=False),
                Parameter(name="limit", least=1, most=MAX_PAGE_ITEMS, is_required=False),
            ),
        ),
    )
