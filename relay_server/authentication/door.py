# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one place that decides who calls; sign-in with tokens will be one more check here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crypto_core.wire.ids import AccountId, DeviceId, DevicePseudonym
from crypto_core.wire.limits import CLOCK_SKEW_SECONDS
from crypto_core.wire.relay_api import ProblemCode
from crypto_core.wire.signed import SigningPublicKey
from relay_server.authentication.proof import Proof, read_proof, replay_name, unauthenticated
from relay_server.authentication.replay import SeenProofs
from relay_server.errors import ProblemError

if TYPE_CHECKING:
    from starlette.requests import Request

    from relay_server.clock import Clock
    from relay_server.limits import RateLimiter


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The device that a request comes from, and its keys' owner."""

    account: AccountId
    device: DeviceId
    pseudonym: DevicePseudonym
    signing_key: SigningPublicKey


FindDevice = Callable[[bytes], Awaitable[Caller | None]]
"""Returns the listed device with a request key, None if there is none."""


class Door:
    """Checks the proof of each request (RFC 9449 §4.3) and finds the device it belongs to."""

    def __init__(
        self, *, public_url: str, find_device: FindDevice, devices: RateLimiter, clock: Clock
    ) -> None:
        self._public_url = public_url
        self._find_device = find_device
        self._devices = devices
        self._clock = clock
        # A proof counts from so long before its time to so long after it.
        self._seen = SeenProofs(window_seconds=2 * CLOCK_SKEW_SECONDS, clock=clock)
        self._opened_at_seconds = clock() // 1000

    async def authenticate(self, request: Request) -> Caller:
        """Return the listed device that makes the request. Raises ProblemError."""
        proof = self.prove(request)
        caller = await self._find_device(proof.key)
        if caller is None:
            raise unauthenticated("no listed device has this key")
        self._devices.require(caller.device)
        return caller

    def prove(self, request: Request) -> Proof:
        """Return the request's proof, by whatever key: for registration, when no device is known yet.

        Raises ProblemError.
        """
        headers = request.headers.getlist("dpop")
        if len(headers) != 1:
            raise unauthenticated("a request has one DPoP header")
        proof = read_proof(headers[0])
        if proof.method != request.method:
            raise unauthenticated("the DPoP proof is for another method")
        # Query and fragment are no part of htu.
        if proof.url != self._public_url + request.url.path:
            raise unauthenticated("the DPoP proof is for another address")
        now_seconds = self._clock() // 1000
        if abs(now_seconds - proof.issued_at_seconds) > CLOCK_SKEW_SECONDS:
            raise ProblemError(ProblemCode.CLOCK_SKEW, "the DPoP proof is from another time")
        if proof.issued_at_seconds < self._opened_at_seconds:
            # What was used before the start is not remembered, so it could be a repetition.
            raise ProblemError(
                ProblemCode.UNAVAILABLE,
                "the relay has just started",
                retry_after=self._opened_at_seconds - proof.issued_at_seconds,
            )
        self._seen.require_new(replay_name(proof))
        return proof
