# SPDX-License-Identifier: AGPL-3.0-or-later
"""HTTP paths of links. The new computer has no session: a proof by its request key says who it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crypto_core.wire.linking import MAX_SEALED_GRANT_BYTES, MAX_SEALED_OFFER_BYTES, LinkId
from crypto_core.wire.relay_api import (
    PATH_LINK,
    PATH_LINK_ANSWER,
    PATH_LINK_OFFER,
    PATH_LINKS,
    OpenLinkRequest,
    ProblemCode,
    SealedLinkGrant,
    SealedLinkOffer,
)
from relay_server.web.application import network_of
from relay_server.web.endpoints import Endpoint, Parameter, cbor, identifier, nothing, read_cbor

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from relay_server.authentication.door import Door
    from relay_server.limits import RateLimiter
    from relay_server.links.service import LinkService

_LINK: Final = Parameter(name="link", pattern="^[0-9a-f]{32}$")
_CBOR_HEADS: Final = 16
"""What the codec adds around the sealed bytes, at most."""


class LinkEndpoints:
    """The paths, over the service."""

    def __init__(
        self, service: LinkService, door: Door, *, openings: RateLimiter, strangers: RateLimiter
    ) -> None:
        self._service = service
        self._door = door
        self._openings = openings
        self._strangers = strangers

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Return this domain's endpoints."""
        return (
            Endpoint(
                method="POST",
                path=PATH_LINKS,
                summary="Open a link to a second computer, which ends the one that was open.",
                handler=self._open,
                takes=OpenLinkRequest,
                is_step_up_needed=True,
                problems=(ProblemCode.CONFLICT, ProblemCode.STORAGE_FULL),
            ),
            Endpoint(
                method="DELETE",
                path=PATH_LINK,
                summary="End a link: by the account that opened it, or by the key that made the offer.",
                handler=self._end,
                path_parameters=(_LINK,),
                is_session_needed=False,
            ),
            Endpoint(
                method="PUT",
                path=PATH_LINK_OFFER,
                summary="Leave the new computer's sealed offer; the first one counts.",
                handler=self._put_offer,
                takes=SealedLinkOffer,
                path_parameters=(_LINK,),
                is_session_needed=False,
                problems=(ProblemCode.CONFLICT, ProblemCode.STORAGE_FULL),
            ),
            Endpoint(
                method="GET",
                path=PATH_LINK_OFFER,
                summary="Read the offer, by the account that opened the link.",
                handler=self._offer,
                gives=SealedLinkOffer,
                path_parameters=(_LINK,),
            ),
            Endpoint(
                method="PUT",
                path=PATH_LINK_ANSWER,
                summary="Leave the sealed answer, by the account that opened the link.",
                handler=self._put_answer,
                takes=SealedLinkGrant,
                path_parameters=(_LINK,),
                is_step_up_needed=True,
                problems=(ProblemCode.CONFLICT, ProblemCode.STORAGE_FULL),
            ),
            Endpoint(
                method="GET",
                path=PATH_LINK_ANSWER,
                summary="Read the answer, by the key that made the offer; it is gone a minute later.",
                handler=self._answer,
                gives=SealedLinkGrant,
                path_parameters=(_LINK,),
                is_session_needed=False,
            ),
        )

    async def _open(self, request: Request) -> Response:
        caller = (await self._door.admit_recent(request)).caller
        self._openings.require(caller.account)
        wanted = await read_cbor(request, OpenLinkRequest)
        await self._service.open(caller.account, wanted.link)
        return nothing()

    async def _end(self, request: Request) -> Response:
        link = _link(request)
        if "authorization" in request.headers:
            caller = await self._door.authenticate(request)
            await self._service.end(caller.account, link)
        else:
            await self._service.end_by_key(self._stranger(request), link)
        return nothing()

    async def _put_offer(self, request: Request) -> Response:
        key = self._stranger(request)
        limit = MAX_SEALED_OFFER_BYTES + _CBOR_HEADS
        offer = await read_cbor(request, SealedLinkOffer, limit=limit)
        await self._service.put_offer(_link(request), key, offer)
        return nothing()

    async def _offer(self, request: Request) -> Response:
        caller = await self._door.authenticate(request)
        return cbor(await self._service.offer(caller.account, _link(request)))

    async def _put_answer(self, request: Request) -> Response:
        caller = (await self._door.admit_recent(request)).caller
        limit = MAX_SEALED_GRANT_BYTES + _CBOR_HEADS
        answer = await read_cbor(request, SealedLinkGrant, limit=limit)
        await self._service.put_answer(caller.account, _link(request), answer)
        return nothing()

    async def _answer(self, request: Request) -> Response:
        return cbor(await self._service.answer(self._stranger(request), _link(request)))

    def _stranger(self, request: Request) -> bytes:
        """Return the key that a request without a session is made with. Raises ProblemError."""
        self._strangers.require(network_of(request.scope))
        return self._door.prove(request).key


def _link(request: Request) -> LinkId:
    return LinkId(identifier(request, "link", length=16))
