# SPDX-License-Identifier: AGPL-3.0-or-later
"""HTTP paths of the log: what everyone may read (checkpoint, tiles) and what clients ask for.

The tiles hold hashes only, so they need no authentication; leaves are given to those they concern.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crypto_core.errors import WireError
from crypto_core.trust.tiles import parse_tile_path
from crypto_core.wire.relay_api import (
    OCTETS,
    PATH_CHECKPOINT,
    PATH_COSE_ROOTS,
    PATH_COSIGNATURES,
    PATH_LOG_CONSISTENCY,
    PATH_RELAY,
    PATH_TILE,
    PATH_TIMESTAMPS,
    ConsistencyAnswer,
    CoseRoots,
    CoseRootsRequest,
    CosignatureList,
    CosignedCheckpoint,
    ProblemCode,
    RelayDescription,
    TimestampedCheckpoint,
)
from relay_server.errors import ProblemError
from relay_server.web.endpoints import (
    TEXT,
    Endpoint,
    Parameter,
    cbor,
    nothing,
    octets,
    query_number,
    read_cbor,
    text,
)

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from relay_server.audit.cosignatures import CosignatureService
    from relay_server.audit.service import LogService
    from relay_server.audit.timestamping import TimestampService
    from relay_server.authentication.door import Door

_FOR_EVER: Final = "public, max-age=31536000, immutable"
_FOR_AN_HOUR: Final = "public, max-age=3600"


def log_endpoints(
    service: LogService,
    cosignatures: CosignatureService,
    timestamps: TimestampService,
    door: Door,
    *,
    software: str,
) -> tuple[Endpoint, ...]:
    """Return this domain's endpoints."""

    async def describe(_: Request) -> Response:
        return cbor(
            RelayDescription(
                version=1, software=software, origin=service.origin, log_keys=service.log_keys
            )
        )

    async def checkpoint(_: Request) -> Response:
        return text(service.checkpoint())

    async def tile(request: Request) -> Response:
        try:
            wanted = parse_tile_path(f"tile/{request.path_params['tile']}")
        except WireError as error:
            raise ProblemError(ProblemCode.NOT_FOUND, "not the path of a tile") from error
        return octets(await service.tile(wanted), headers={"cache-control": _FOR_EVER})

    async def consistency(request: Request) -> Response:
        await door.authenticate(request)
        first = query_number(request, "first")
        return cbor(await service.consistency(first, query_number(request, "second")))

    async def cose_roots(request: Request) -> Response:
        await door.authenticate(request)
        wanted = await read_cbor(request, CoseRootsRequest)
        return cbor(await service.cose_roots(wanted.sizes))

    async def cosign(request: Request) -> Response:
        caller = await door.authenticate(request)
        given = await read_cbor(request, CosignedCheckpoint)
        await cosignatures.keep(caller, given.note)
        return nothing()

    async def cosigned(request: Request) -> Response:
        caller = await door.authenticate(request)
        return cbor(await cosignatures.of_account(caller.account))

    async def timestamped(request: Request) -> Response:
        found = cbor(await timestamps.of_leaf(query_number(request, "leaf")))
        found.headers["cache-control"] = _FOR_AN_HOUR
        return found

    return (
        Endpoint(
            method="GET",
            path=PATH_RELAY,
            summary="Describe the relay and its log's verifier keys.",
            handler=describe,
            gives=RelayDescription,
            is_authenticated=False,
        ),
        Endpoint(
            method="GET",
            path=PATH_CHECKPOINT,
            summary="Read the newest checkpoint, a C2SP signed note.",
            handler=checkpoint,
            gives=TEXT,
            is_authenticated=False,
        ),
        Endpoint(
            method="GET",
            path=PATH_TILE + "/{tile:path}",
            summary="Read a tile of the log (C2SP tlog-tiles).",
            handler=tile,
            gives=OCTETS,
            path_parameters=(Parameter(name="tile", pattern="^[0-9x/.p]+$"),),
            is_authenticated=False,
        ),
        Endpoint(
            method="GET",
            path=PATH_LOG_CONSISTENCY,
            summary="Prove that the log of one size is the beginning of the log of another.",
            handler=consistency,
            gives=ConsistencyAnswer,
            query=(Parameter(name="first"), Parameter(name="second")),
        ),
        Endpoint(
            method="POST",
            path=PATH_COSE_ROOTS,
            summary="Sign the roots of checkpoints as COSE Receipts have it (RFC 9942).",
            handler=cose_roots,
            takes=CoseRootsRequest,
            gives=CoseRoots,
        ),
        Endpoint(
            method="POST",
            path=PATH_COSIGNATURES,
            summary="Keep a checkpoint that the calling device has cosigned, unless it has given a later one.",
            handler=cosign,
            takes=CosignedCheckpoint,
            problems=(ProblemCode.SIGNATURE_INVALID,),
        ),
        Endpoint(
            method="GET",
            path=PATH_COSIGNATURES,
            summary="Read the newest checkpoint that each device of the caller's account has cosigned.",
            handler=cosigned,
            gives=CosignatureList,
        ),
        Endpoint(
            method="GET",
            path=PATH_TIMESTAMPS,
            summary="Read the first checkpoint with a leaf that an outside authority has timestamped, with its record.",
            handler=timestamped,
            gives=TimestampedCheckpoint,
            query=(Parameter(name="leaf"),),
            is_authenticated=False,
        ),
    )
