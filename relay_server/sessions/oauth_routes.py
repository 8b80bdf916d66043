# SPDX-License-Identifier: AGPL-3.0-or-later
"""HTTP paths of the authorization server; `crypto_core.wire.oauth` says what each takes and gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crypto_core.errors import WireError
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.ids import AccountId, Hash
from crypto_core.wire.oauth import (
    CREDENTIAL_PENDING,
    EPOCH_BYTES,
    FORM,
    JSON,
    PATH_CHALLENGE,
    PATH_METADATA,
    PATH_REVOKE,
    PATH_TOKEN,
    SCOPE,
    OAuthError,
)
from crypto_core.wire.signed import SigningPublicKey
from relay_server.authentication.proof import base64url, from_base64url
from relay_server.errors import ProblemError
from relay_server.sessions.callers import Applicant
from relay_server.sessions.challenge import Purpose
from relay_server.sessions.effects import Epochs
from relay_server.sessions.oauth import (
    SCOPES,
    OAuthRefusalError,
    answer,
    as_refusal,
    need,
    read_form,
    refusal_answer,
    require_client,
)
from relay_server.sessions.roots import KitShown
from relay_server.web.application import network_of
from relay_server.web.endpoints import Endpoint, Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from relay_server.authentication.door import Door
    from relay_server.limits import RateLimiter
    from relay_server.sessions.assembly import SignIn
    from relay_server.sessions.challenge import CodeGiven, FurtherStep
    from relay_server.sessions.tokens import Granted
    from relay_server.web.endpoints import Handler

_HASH_BYTES: Final = 32
_VERIFIER_CHARACTERS: Final = (43, 128)  # RFC 7636 section 4.1
_CHALLENGE_FIELDS: Final = (
    "response_type",
    "client_id",
    "scope",
    "code_challenge",
    "code_challenge_method",
    "account",
    "opaque_ke1",
    "auth_session",
    "opaque_ke3",
    "totp",
    "recovery_code",
    "webauthn",
    "recovery_kit",
    "recovery_root",
    "credential",
)
_FACTORS: Final = {"opaque_ke3", "totp", "recovery_code", "webauthn", "recovery_kit"}
_TOKEN_FIELDS: Final = (
    "grant_type",
    "client_id",
    "code",
    "code_verifier",
    "refresh_token",
    "scope",
    "epoch",
    "next_epoch",
)
_REVOKE_FIELDS: Final = ("token", "client_id", "token_type_hint")


class AuthorizationServer:
    """The endpoints' handlers."""

    def __init__(
        self,
        services: SignIn,
        door: Door,
        *,
        issuer: str,
        attempts: RateLimiter,
    ) -> None:
        self._services = services
        self._door = door
        self._issuer = issuer
        self._attempts = attempts

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Return the endpoints."""
        return (
            Endpoint(
                method="GET",
                path=PATH_METADATA,
                summary="Describe the authorization server (RFC 8414).",
                handler=self._metadata,
                gives=JSON,
                is_authenticated=False,
            ),
            _endpoint(
                PATH_CHALLENGE,
                "Sign in, one factor after the other (authorization challenge endpoint).",
                self._challenge,
                _CHALLENGE_FIELDS,
            ),
            _endpoint(
                PATH_TOKEN,
                "Exchange a code or a refresh token for tokens.",
                self._token,
                _TOKEN_FIELDS,
            ),
            _endpoint(
                PATH_REVOKE,
                "End the session of a refresh token (RFC 7009).",
                self._revoke,
                _REVOKE_FIELDS,
            ),
        )

    async def _metadata(self, _: Request) -> Response:
        issuer = self._issuer
        return answer(
            {
                "issuer": issuer,
                "authorization_challenge_endpoint": issuer + PATH_CHALLENGE,
                "token_endpoint": issuer + PATH_TOKEN,
                "revocation_endpoint": issuer + PATH_REVOKE,
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code", "refresh_token"],
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": ["none"],
                "revocation_endpoint_auth_methods_supported": ["none"],
                "dpop_signing_alg_values_supported": ["Ed25519"],
                "authorization_response_iss_parameter_supported": True,
                "scopes_supported": list(SCOPES),
            }
        )

    async def _challenge(self, request: Request) -> Response:
        applicant = await self._applicant(request)
        form = await read_form(request)
        if "auth_session" not in form:
            return _further(await self._begin(applicant, form))
        require_client(form, is_needed=False)
        auth_session = need(form, "auth_session")
        challenges = self._services.challenges
        match sorted(_FACTORS & form.keys()):
            case ["opaque_ke3"]:
                ke3 = _raw(form, "opaque_ke3")
                return _further(
                    await challenges.prove_passphrase(applicant, auth_session=auth_session, ke3=ke3)
                )
            case ["totp"]:
                given = await challenges.prove_totp(
                    applicant, auth_session=auth_session, code=need(form, "totp")
                )
            case ["recovery_code"]:
                given = await challenges.prove_recovery_code(
                    applicant, auth_session=auth_session, code=need(form, "recovery_code")
                )
            case ["webauthn"]:
                given = await challenges.prove_security_key(
                    applicant, auth_session=auth_session, response=need(form, "webauthn")
                )
            case ["recovery_kit"]:
                given = await challenges.prove_kit(
                    applicant, auth_session=auth_session, signature=_raw(form, "recovery_kit")
                )
            case _:
                raise OAuthRefusalError(OAuthError.INVALID_REQUEST, "a step shows one factor")
        return _code(given, self._issuer)

    async def _begin(self, applicant: Applicant, form: Mapping[str, str]) -> FurtherStep:
        require_client(form)
        if need(form, "response_type") != "code":
            raise OAuthRefusalError(OAuthError.UNSUPPORTED_RESPONSE_TYPE, "the one type is code")
        purpose = Purpose.MAIL if need(form, "scope") == SCOPE else Purpose.RECOVERY
        is_pending = "credential" in form
        if is_pending and form["credential"] != CREDENTIAL_PENDING:
            raise OAuthRefusalError(OAuthError.INVALID_REQUEST, "not a credential")
        if is_pending and purpose is Purpose.RECOVERY:
            # What recovery needs is the passphrase of the account, not one that somebody would like to have.
            raise OAuthRefusalError(OAuthError.INVALID_REQUEST, "recovery takes the passphrase")
        # RFC 7636 takes a missing method for "plain", which shows the verifier to who sees the request.
        if need(form, "code_challenge_method") != "S256":
            raise OAuthRefusalError(OAuthError.INVALID_REQUEST, "the one method is S256")
        code_challenge = _raw(form, "code_challenge")
        if len(code_challenge) != _HASH_BYTES:
            raise OAuthRefusalError(OAuthError.INVALID_REQUEST, "not a code_challenge")
        return await self._services.challenges.begin(
            applicant,
            account=_account(need(form, "account")),
            purpose=purpose,
            is_pending=is_pending,
            code_challenge=Hash(code_challenge),
            ke1=_raw(form, "opaque_ke1"),
            kit=_kit(form) if purpose is Purpose.RECOVERY else None,
        )

    async def _token(self, request: Request) -> Response:
        applicant = await self._applicant(request)
        form = await read_form(request)
        kind = need(form, "grant_type")
        require_client(form)
        tokens = self._services.tokens
        if kind == "refresh_token":
            refresh_token = need(form, "refresh_token")
            return _granted(await tokens.refresh(applicant, refresh_token=refresh_token))
        if kind != "authorization_code":
            raise OAuthRefusalError(OAuthError.UNSUPPORTED_GRANT_TYPE, "not a grant of this relay")
        verifier = need(form, "code_verifier")
        if not _VERIFIER_CHARACTERS[0] <= len(verifier) <= _VERIFIER_CHARACTERS[1]:
            raise OAuthRefusalError(OAuthError.INVALID_REQUEST, "not a code_verifier")
        epochs = Epochs(last=_epoch(form, "epoch"), next=_epoch(form, "next_epoch"))
        return _granted(
            await tokens.redeem(
                applicant, code=need(form, "code"), verifier=verifier, epochs=epochs
            )
        )

    async def _revoke(self, request: Request) -> Response:
        applicant = await self._applicant(request)
        form = await read_form(request)
        require_client(form)
        await self._services.tokens.revoke(applicant, refresh_token=need(form, "token"))
        return answer({})

    async def _applicant(self, request: Request) -> Applicant:
        proof, caller = await self._door.prove_as(request)
        network = network_of(request.scope)
        # A listed device is not held up by whoever else is behind its address.
        self._attempts.require(network if caller is None else caller.device)
        return Applicant.of(proof, caller, network)


def _endpoint(path: str, summary: str, handler: Handler, fields: tuple[str, ...]) -> Endpoint:
    async def answering(request: Request) -> Response:
        try:
            return await handler(request)
        except OAuthRefusalError as refusal:
            return refusal_answer(refusal)
        except WireError:
            return refusal_answer(
                OAuthRefusalError(OAuthError.INVALID_REQUEST, "a parameter is malformed")
            )
        except ProblemError as problem:
            named = as_refusal(problem)
            if named is None:
                raise
            return refusal_answer(named)

    return Endpoint(
        method="POST",
        path=path,
        summary=summary,
        handler=answering,
        takes=FORM,
        form=tuple(Parameter(name=each, is_required=False) for each in fields),
        gives=JSON,
        is_session_needed=False,
        refuses=JSON,
    )


def _account(text: str) -> AccountId:
    try:
        account = AccountId(bytes.fromhex(text))
    except ValueError:
        account = AccountId(b"")
    if len(account) != 20 or account.hex() != text:
        raise OAuthRefusalError(OAuthError.INVALID_REQUEST, "not an account")
    return account


def _kit(form: Mapping[str, str]) -> KitShown | None:
    """Return what shows the kit with the first step, None without it. Raises WireError, OAuthRefusalError."""
    if "recovery_root" not in form:
        return None
    root = decode(SigningPublicKey, _raw(form, "recovery_root"))
    return KitShown(root=root, signature=_raw(form, "recovery_kit"))


def _raw(form: Mapping[str, str], name: str) -> bytes:
    try:
        return from_base64url(need(form, name))
    except ValueError as error:
        raise OAuthRefusalError(OAuthError.INVALID_REQUEST, f"{name} is malformed") from error


def _epoch(form: Mapping[str, str], name: str) -> bytes | None:
    if not form.get(name):
        return None
    raw = _raw(form, name)
    if len(raw) != EPOCH_BYTES:
        raise OAuthRefusalError(OAuthError.INVALID_REQUEST, f"{name} is malformed")
    return raw


def _further(step: FurtherStep) -> Response:
    members: dict[str, object] = {
        "error": OAuthError.INSUFFICIENT_AUTHORIZATION.value,
        "error_description": "a further step is needed",
        "auth_session": step.auth_session,
        "next": [each.value for each in step.steps],
    }
    if step.answer is not None:
        members["opaque_answer"] = base64url(encode(step.answer))
    if step.earlier:
        members["opaque_earlier"] = [base64url(encode(each)) for each in step.earlier]
    if step.webauthn is not None:
        members["webauthn"] = step.webauthn
    return answer(members, status=400)


def _code(given: CodeGiven, issuer: str) -> Response:
    members: dict[str, object] = {"authorization_code": given.code, "iss": issuer}
    if given.recovery_codes_left is not None:
        members["recovery_codes_left"] = given.recovery_codes_left
    return answer(members)


def _granted(granted: Granted) -> Response:
    members: dict[str, object] = {
        "access_token": granted.access_token,
        "token_type": "DPoP",
        "expires_in": granted.expires_in,
        "scope": granted.scope,
        "session_expires_in": granted.session_expires_in,
    }
    if granted.refresh_token is not None:
        members["refresh_token"] = granted.refresh_token
    return answer(members)
