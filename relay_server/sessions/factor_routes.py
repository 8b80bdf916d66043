# SPDX-License-Identifier: AGPL-3.0-or-later
"""HTTP paths of what an account signs in with; each change asks that both factors were shown lately."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crypto_core.wire.ids import FactorId
from crypto_core.wire.relay_api import (
    PATH_FACTOR,
    PATH_FACTORS,
    PATH_FACTORS_TOTP,
    PATH_RECOVERY_CODES,
    PATH_SECURITY_KEY,
    PATH_SECURITY_KEY_OPTIONS,
    PATH_SIGN_IN_CREDENTIAL,
    ProblemCode,
)
from crypto_core.wire.sign_in import (
    AddSecurityKeyRequest,
    AddTotpRequest,
    CredentialRequest,
    FactorRow,
    Factors,
    LoginCredential,
    RenewRecoveryCodesRequest,
    SecurityKeyOptions,
    SignInRegistrationAnswer,
)
from relay_server.web.endpoints import (
    Endpoint,
    Parameter,
    cbor,
    identifier,
    nothing,
    read_cbor,
)

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from relay_server.authentication.door import Door
    from relay_server.limits import RateLimiter
    from relay_server.sessions.factor_changes import FactorChanges

_FACTOR: Final = Parameter(name="factor", pattern="^[0-9a-f]{32}$")


class FactorEndpoints:
    """The handlers."""

    def __init__(self, changes: FactorChanges, door: Door, registrations: RateLimiter) -> None:
        self._changes = changes
        self._door = door
        self._registrations = registrations

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Return the endpoints."""
        return (
            Endpoint(
                method="GET",
                path=PATH_FACTORS,
                summary="List the second factors of the calling account.",
                handler=self._list,
                gives=Factors,
            ),
            Endpoint(
                method="POST",
                path=PATH_FACTORS_TOTP,
                summary="Add a device that makes one-time codes.",
                handler=self._add_totp,
                takes=AddTotpRequest,
                gives=FactorRow,
                is_step_up_needed=True,
                problems=(
                    ProblemCode.SIGNATURE_INVALID,
                    ProblemCode.KEY_IN_USE,
                    ProblemCode.QUOTA_EXCEEDED,
                ),
            ),
            Endpoint(
                method="POST",
                path=PATH_SECURITY_KEY_OPTIONS,
                summary="Ask a new security key.",
                handler=self._offer_security_key,
                gives=SecurityKeyOptions,
                is_step_up_needed=True,
            ),
            Endpoint(
                method="POST",
                path=PATH_SECURITY_KEY,
                summary="Add the security key that was asked.",
                handler=self._add_security_key,
                takes=AddSecurityKeyRequest,
                gives=FactorRow,
                is_step_up_needed=True,
                problems=(
                    ProblemCode.SIGNATURE_INVALID,
                    ProblemCode.EXPIRED,
                    ProblemCode.KEY_IN_USE,
                    ProblemCode.QUOTA_EXCEEDED,
                ),
            ),
            Endpoint(
                method="DELETE",
                path=PATH_FACTOR,
                summary="Remove a second factor, unless it is the last one, and end its sessions.",
                handler=self._remove,
                path_parameters=(_FACTOR,),
                is_step_up_needed=True,
                problems=(ProblemCode.CONFLICT,),
            ),
            Endpoint(
                method="PUT",
                path=PATH_RECOVERY_CODES,
                summary="Replace all recovery codes.",
                handler=self._renew_recovery_codes,
                takes=RenewRecoveryCodesRequest,
                is_step_up_needed=True,
            ),
            Endpoint(
                method="POST",
                path=PATH_SIGN_IN_CREDENTIAL,
                summary="Take the relay's part in registering a new passphrase.",
                handler=self._answer_credential,
                takes=CredentialRequest,
                gives=SignInRegistrationAnswer,
                is_step_up_needed=True,
            ),
            Endpoint(
                method="PUT",
                path=PATH_SIGN_IN_CREDENTIAL,
                summary="Store a passphrase that waits for the first sign-in with it.",
                handler=self._put_credential,
                takes=LoginCredential,
                is_step_up_needed=True,
                problems=(ProblemCode.QUOTA_EXCEEDED,),
            ),
        )

    async def _list(self, request: Request) -> Response:
        return cbor(await self._changes.list(await self._door.authenticate(request)))

    async def _add_totp(self, request: Request) -> Response:
        caller = (await self._door.admit_recent(request)).caller
        wanted = await read_cbor(request, AddTotpRequest)
        return cbor(await self._changes.add_totp(caller, wanted))

    async def _offer_security_key(self, request: Request) -> Response:
        caller = (await self._door.admit_recent(request)).caller
        return cbor(await self._changes.offer_security_key(caller))

    async def _add_security_key(self, request: Request) -> Response:
        caller = (await self._door.admit_recent(request)).caller
        wanted = await read_cbor(request, AddSecurityKeyRequest)
        return cbor(await self._changes.add_security_key(caller, wanted))

    async def _remove(self, request: Request) -> Response:
        caller = (await self._door.admit_recent(request)).caller
        await self._changes.remove(caller, FactorId(identifier(request, "factor", length=16)))
        return nothing()

    async def _renew_recovery_codes(self, request: Request) -> Response:
        caller = (await self._door.admit_recent(request)).caller
        wanted = await read_cbor(request, RenewRecoveryCodesRequest)
        await self._changes.renew_recovery_codes(caller, wanted)
        return nothing()

    async def _answer_credential(self, request: Request) -> Response:
        caller = (await self._door.admit_recent(request)).caller
        # Each answer is worth a guess to who holds the account's secret, so they are as rare as registrations.
        self._registrations.require(caller.device)
        wanted = await read_cbor(request, CredentialRequest)
        return cbor(self._changes.answer_credential(caller, wanted))

    async def _put_credential(self, request: Request) -> Response:
        caller = (await self._door.admit_recent(request)).caller
        await self._changes.put_credential(caller, await read_cbor(request, LoginCredential))
        return nothing()
