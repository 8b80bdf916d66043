# SPDX-License-Identifier: AGPL-3.0-or-later
"""HTTP paths of blobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import FileResponse

from crypto_core.wire.ids import BlobId
from crypto_core.wire.limits import CHUNK_BYTES, MAX_BLOB_BYTES, MAX_UPLOAD_PART_BYTES
from crypto_core.wire.relay_api import (
    OCTETS,
    PATH_BLOB,
    PATH_BLOB_COMPLETE,
    PATH_BLOBS,
    BlobStatus,
    CreateBlobRequest,
    ProblemCode,
)
from relay_server.errors import ProblemError
from relay_server.web.endpoints import (
    Endpoint,
    Parameter,
    cbor,
    identifier,
    nothing,
    query_number,
    read_body,
    read_cbor,
)

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Message, Receive, Scope, Send

    from relay_server.authentication.door import Door
    from relay_server.blobs.service import BlobService

_BLOB: Final = Parameter(name="blob", pattern="^[0-9a-f]{32}$")


class _BlobResponse(FileResponse):
    chunk_size = CHUNK_BYTES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file or the parts asked for. Raises ProblemError for a range that it does not have.

        A range in units that we do not know is ignored, as RFC 9110 §14.2 demands; Starlette refuses it.
        """

        async def sending(message: Message) -> None:
            # Starlette refuses in plain text.
            if message["type"] == "http.response.start" and message["status"] >= 400:
                raise ProblemError(ProblemCode.MALFORMED, "the blob has no such range")
            await send(message)

        known = [each for each in scope["headers"] if not _is_range_in_other_units(*each)]
        await super().__call__({**scope, "headers": known}, receive, sending)


def _is_range_in_other_units(name: bytes, value: bytes) -> bool:
    return name == b"range" and value.partition(b"=")[0].strip().lower() != b"bytes"


def blob_endpoints(service: BlobService, door: Door) -> tuple[Endpoint, ...]:
    """Return this domain's endpoints."""

    async def announce(request: Request) -> Response:
        caller = await door.authenticate(request)
        return cbor(await service.announce(caller, await read_cbor(request, CreateBlobRequest)))

    async def append(request: Request) -> Response:
        caller = await door.authenticate(request)
        offset = query_number(request, "offset", most=MAX_BLOB_BYTES)
        part = await read_body(request, OCTETS, MAX_UPLOAD_PART_BYTES)
        return cbor(await service.append(caller, _blob(request), part, offset=offset))

    async def complete(request: Request) -> Response:
        caller = await door.authenticate(request)
        return cbor(await service.complete(caller, _blob(request)))

    async def read(request: Request) -> Response:
        caller = await door.authenticate(request)
        if query_number(request, "status", default=0, most=1):
            return cbor(await service.status(caller, _blob(request)))
        return _BlobResponse(await service.readable(caller, _blob(request)), media_type=OCTETS)

    async def delete(request: Request) -> Response:
        caller = await door.authenticate(request)
        await service.delete(caller, _blob(request))
        return nothing()

    return (
        Endpoint(
            method="POST",
            path=PATH_BLOBS,
            summary="Announce an upload, or learn how far it is.",
            handler=announce,
            takes=CreateBlobRequest,
            gives=BlobStatus,
            problems=(
                ProblemCode.CONFLICT,
                ProblemCode.QUOTA_EXCEEDED,
                ProblemCode.STORAGE_FULL,
            ),
        ),
        Endpoint(
            method="PUT",
            path=PATH_BLOB,
            summary="Add the next part of an upload.",
            handler=append,
            takes=OCTETS,
            gives=BlobStatus,
            path_parameters=(_BLOB,),
            query=(Parameter(name="offset", most=MAX_BLOB_BYTES),),
            problems=(
                ProblemCode.BLOB_OFFSET,
                ProblemCode.BLOB_MISMATCH,
                ProblemCode.STORAGE_FULL,
            ),
        ),
        Endpoint(
            method="POST",
            path=PATH_BLOB_COMPLETE,
            summary="Let the relay check size and hash of an upload and keep it.",
            handler=complete,
            gives=BlobStatus,
            path_parameters=(_BLOB,),
            problems=(ProblemCode.BLOB_MISMATCH, ProblemCode.STORAGE_FULL),
        ),
        Endpoint(
            method="GET",
            path=PATH_BLOB,
            summary="Download a blob that the caller owns or was sent; Range is honoured. "
            "With status=1: how far the caller's upload is.",
            handler=read,
            gives=OCTETS,
            path_parameters=(_BLOB,),
            query=(Parameter(name="status", most=1, is_required=False),),
        ),
        Endpoint(
            method="DELETE",
            path=PATH_BLOB,
            summary="Remove a blob of the caller that no envelope names.",
            handler=delete,
            path_parameters=(_BLOB,),
            problems=(ProblemCode.CONFLICT,),
        ),
    )


def _blob(request: Request) -> BlobId:
    return BlobId(identifier(request, "blob", length=16))
