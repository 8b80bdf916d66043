# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one place that decides who calls: a proof by a listed device's key, and a session of that device."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crypto_core.trust.signatures import sha256
from crypto_core.wire.ids import AccountId, DeviceId, DevicePseudonym
from crypto_core.wire.labels import DEVICE_PSEUDONYM
from crypto_core.wire.limits import CLOCK_SKEW_SECONDS
from crypto_core.wire.oauth import SCOPE, SCOPE_RECOVERY, STEP_UP_SECONDS
from crypto_core.wire.relay_api import ProblemCode
from crypto_core.wire.signed import SigningPublicKey
from relay_server.authentication.proof import (
    Proof,
    base64url,
    read_proof,
    replay_name,
    unauthenticated,
)
from relay_server.authentication.replay import SeenProofs
from relay_server.errors import ProblemError
from relay_server.web.application import network_of

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a valid access token says: whose it is, what for, its session, and when that was begun."""

    account: AccountId
    device: DeviceId | None
    scope: str
    session: bytes
    authenticated_at: int
    """In seconds since 1970."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A caller, the key that it shows, the session in which the request is made, and when that was begun."""

    caller: Caller
    key: bytes
    session: bytes
    authenticated_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovering:
    """Who recovers an account with the printed kit: by a key that is no listed device's yet."""

    account: AccountId
    key: bytes
    pseudonym: DevicePseudonym
    session: bytes


FindDevice = Callable[[bytes], Awaitable[Caller | None]]
"""Returns the listed device with a request key, None if there is none."""

ReadToken = Callable[[str, bytes], Awaitable[Ticket | None]]
"""Reads an access token that is shown with a key of this thumbprint; None if it is not, or no longer, valid."""

HasSession = Callable[[bytes], Awaitable[bool]]
"""Returns whether a session has not been ended."""

_SCHEME: Final = "dpop "


class Door:
    """Checks proof (RFC 9449 §4.3) and access token of each request, and finds the device they belong to."""

    def __init__(
        self,
        *,
        public_url: str,
        find_device: FindDevice,
        read_token: ReadToken,
        has_session: HasSession,
        devices: RateLimiter,
        clock: Clock,
    ) -> None:
        self._public_url = public_url
        self._find_device = find_device
        self._read_token = read_token
        self._has_session = has_session
        self._devices = devices
        self._clock = clock
        # A proof counts from so long before its time to so long after it.
        self._seen = SeenProofs(window_seconds=2 * CLOCK_SKEW_SECONDS, clock=clock)
        self._opened_at_seconds = clock() // 1000

    async def authenticate(self, request: Request) -> Caller:
        """Return the listed device that makes the request. Raises ProblemError."""
        return (await self.admit(request)).caller

    async def admit(self, request: Request) -> Admitted:
        """Return who makes the request in which session. Raises ProblemError."""
        token = _shown_token(request)
        proof = self._check(request, token)
        return await self._admitted(proof, await self._read(token, proof, SCOPE))

    async def admit_recent(self, request: Request) -> Admitted:
        """Return who makes a request that needs factors shown lately. Raises ProblemError."""
        admitted = await self.admit(request)
        self.require_recent(admitted)
        return admitted

    def require_recent(self, admitted: Admitted) -> None:
        """Raise ProblemError (step-up-needed) unless both factors were shown lately (RFC 9470)."""
        if self._clock() // 1000 - admitted.authenticated_at > STEP_UP_SECONDS:
            raise ProblemError(ProblemCode.STEP_UP_NEEDED, "both factors have to be shown again")

    async def admit_recovery(self, request: Request) -> Recovering:
        """Return who recovers which account. Raises ProblemError, with a token of any other kind too."""
        token = _shown_token(request)
        proof = self._check(request, token)
        return self._recovering(proof, await self._read(token, proof, SCOPE_RECOVERY))

    async def require_reader(self, request: Request, account: AccountId) -> None:
        """Let in any device, and whoever recovers just this account. Raises ProblemError."""
        token = _shown_token(request)
        proof = self._check(request, token)
        ticket = await self._read(token, proof, SCOPE, SCOPE_RECOVERY)
        if ticket.scope == SCOPE:
            await self._admitted(proof, ticket)
        elif self._recovering(proof, ticket).account != account:
            raise ProblemError(ProblemCode.FORBIDDEN, "recovery concerns one's own account only")

    async def still_admits(self, admitted: Admitted) -> bool:
        """Return whether who was let in may stay, for answers that take long. Raises ProblemError."""
        caller = await self._find_device(admitted.key)
        is_listed = caller is not None and caller.device == admitted.caller.device
        return is_listed and await self._has_session(admitted.session)

    def prove(self, request: Request) -> Proof:
        """Return the proof of a request that needs no access token, by whatever key.

        For registration, which comes before there is a device. A token that is shown all the same is not looked
        at, but the proof has to name it. Raises ProblemError.
        """
        proof = self._check(request, _shown_token(request))
        self._seen.require_new_of_stranger(replay_name(proof), network=network_of(request.scope))
        return proof

    async def prove_as(self, request: Request) -> tuple[Proof, Caller | None]:
        """Return what `prove` returns, and the listed device whose key it is, if there is one.

        For sign-in, which comes before there is a session: strangers leave a device its room. Raises ProblemError.
        """
        proof = self._check(request, _shown_token(request))
        caller = await self._find_device(proof.key)
        if caller is None:
            self._seen.require_new_of_stranger(
                replay_name(proof), network=network_of(request.scope)
            )
        else:
            self._seen.require_new(replay_name(proof), device=caller.device)
        return proof, caller

    async def _read(self, token: str | None, proof: Proof, *scopes: str) -> Ticket:
        """Return what the token says. Raises ProblemError unless it holds, for one of these scopes."""
        if token is None:
            raise _sign_in_needed("the request carries no access token")
        ticket = await self._read_token(token, proof.thumbprint)
        if ticket is None:
            raise _sign_in_needed("the access token is not valid")
        if ticket.scope not in scopes:
            raise ProblemError(ProblemCode.FORBIDDEN, "the access token is for something else")
        return ticket

    async def _admitted(self, proof: Proof, ticket: Ticket) -> Admitted:
        caller = await self._find_device(proof.key)
        if caller is None or caller.device != ticket.device:
            raise unauthenticated("no listed device has this key")
        self._devices.require(caller.device)
        self._seen.require_new(replay_name(proof), device=caller.device)
        return Admitted(
            caller=caller,
            key=proof.key,
            session=ticket.session,
            authenticated_at=ticket.authenticated_at,
        )

    def _recovering(self, proof: Proof, ticket: Ticket) -> Recovering:
        self._devices.require(proof.key)
        self._seen.require_new(replay_name(proof), device=proof.key)
        return Recovering(
            account=ticket.account,
            key=proof.key,
            pseudonym=pseudonym_of_key(proof.key),
            session=ticket.session,
        )

    def _check(self, request: Request, token: str | None) -> Proof:
        """Return the proof if it is for this request, here and now; whether it is new, who remembers it says."""
        headers = request.headers.getlist("dpop")
        if len(headers) != 1:
            raise unauthenticated("a request has one DPoP header")
        proof = read_proof(headers[0])
        if proof.method != request.method:
            raise unauthenticated("the DPoP proof is for another method")
        # Query and fragment are no part of htu.
        if proof.url != self._public_url + request.url.path:
            raise unauthenticated("the DPoP proof is for another address")
        if proof.token_hash != (None if token is None else _hash(token)):
            raise unauthenticated("the DPoP proof is for another access token")
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
        return proof


def pseudonym_of_key(key: bytes) -> DevicePseudonym:
    """Return how the log names a key that is no listed device's, so that its acts can be told to be one's."""
    return DevicePseudonym(sha256(DEVICE_PSEUDONYM, key)[:16])


def _shown_token(request: Request) -> str | None:
    """Return the token of `Authorization: DPoP TOKEN` (RFC 9449 §7.1); another scheme shows none."""
    headers = request.headers.getlist("authorization")
    if len(headers) != 1 or not headers[0].lower().startswith(_SCHEME):
        return None
    return headers[0][len(_SCHEME) :].strip(" ")


def _hash(token: str) -> str:
    return base64url(hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest())


def _sign_in_needed(detail: str) -> ProblemError:
    return ProblemError(ProblemCode.SIGN_IN_NEEDED, detail)
