# SPDX-License-Identifier: AGPL-3.0-or-later
"""A device that registers and signs in at a relay over plain HTTP messages, one step at a time.

It knows nothing of the application's adapter, so a test can send what no honest client sends. OPAQUE is
the real one but for the key stretching, of which a relay sees nothing.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
from dataclasses import dataclass, field
from typing import Any

import httpx
import pyotp

from app.engine.network.dpop import ProofMaker, base64url
from app.engine.ports.machine import Clock
from crypto_core.errors import SignInError
from crypto_core.opaque import client_protocol
from crypto_core.opaque.messages import KE2, RegistrationResponse
from crypto_core.opaque.profile import binding_for
from crypto_core.trust.signatures import sha256
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.labels import RECOVERY_CODE
from crypto_core.wire.oauth import CLIENT_ID, FORM, PATH_CHALLENGE, PATH_REVOKE, PATH_TOKEN, SCOPE
from crypto_core.wire.relay_api import (
    CBOR,
    PATH_ACCOUNTS,
    PATH_SESSIONS,
    PATH_SIGN_IN_CREDENTIAL,
    PATH_SIGN_IN_REGISTRATION,
    Sessions,
)
from crypto_core.wire.sign_in import (
    LOGIN_STRETCH,
    RECOVERY_CODE_BYTES,
    RECOVERY_CODES,
    TOTP_SECRET_BYTES,
    CredentialRequest,
    LoginAnswer,
    LoginCredential,
    SignInRegistrationAnswer,
    SignInRegistrationRequest,
    SignInSetup,
)
from tests.contract.relay_callers import RelayCaller
from tests.fakes.sign_in import cheap_stretch

PASSWORD = hashlib.sha256(b"passphrase and account secret").digest()


@dataclass(slots=True, kw_only=True)
class SignedInDevice:
    """An account with one device, its factors, and the tokens of its session."""

    http: httpx.AsyncClient
    public_url: str
    clock: Clock
    caller: RelayCaller
    password: bytes = PASSWORD
    totp_secret: bytes = field(default_factory=lambda: os.urandom(TOTP_SECRET_BYTES))
    recovery_codes: list[bytes] = field(
        default_factory=lambda: [os.urandom(RECOVERY_CODE_BYTES) for _ in range(RECOVERY_CODES)]
    )
    access_token: str | None = None
    refresh_token: str | None = None

    @classmethod
    def invent(cls, http: httpx.AsyncClient, public_url: str, clock: Clock) -> SignedInDevice:
        """Return a device that no relay knows yet."""
        caller = RelayCaller.invent(now=clock.now, random_bytes=os.urandom)
        return cls(http=http, public_url=public_url, clock=clock, caller=caller)

    # --- messages -----------------------------------------------------------------------------

    def prove(self, method: str, path: str, *, token: str | None = None) -> str:
        """Return a proof for a request."""
        maker = ProofMaker(caller=self.caller.caller, clock=self.clock, random_bytes=os.urandom)
        return maker.prove(method, self.public_url + path, access_token=token)

    async def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str | None = None,
        proof: str | None = None,
    ) -> httpx.Response:
        """Send a request in the session, or with another token or proof."""
        token = token or self.access_token
        headers = {"DPoP": proof or self.prove(method, path, token=token)}
        if token is not None:
            headers["Authorization"] = f"DPoP {token}"
        if body is not None:
            headers["Content-Type"] = CBOR
        content = None if body is None else encode(body)
        return await self.http.request(
            method, self.public_url + path, content=content, headers=headers
        )

    async def post_form(self, path: str, **fields: str) -> httpx.Response:
        """Send a form with a proof."""
        return await self.http.post(
            self.public_url + path,
            data=fields,
            headers={"DPoP": self.prove("POST", path), "Content-Type": FORM},
        )

    async def post_without_session(self, path: str, body: object) -> httpx.Response:
        """Send an object with a proof and no token."""
        return await self.http.post(
            self.public_url + path,
            content=encode(body),
            headers={"DPoP": self.prove("POST", path), "Content-Type": CBOR},
        )

    # --- registration -------------------------------------------------------------------------

    async def register(self, invitation: str) -> httpx.Response:
        """Register both factors and the account; returns the last answer."""
        setup = await self.set_up(invitation)
        request = self.caller.registration(invitation, sign_in=setup)
        return await self.post_without_session(PATH_ACCOUNTS, request)

    async def set_up(self, invitation: str) -> SignInSetup:
        """Take both parts in registering the passphrase, and return what the relay shall store."""
        started = client_protocol.start_registration(self.password, os.urandom)
        response = await self.post_without_session(
            PATH_SIGN_IN_REGISTRATION,
            SignInRegistrationRequest(
                invitation=invitation,
                account=self.caller.account,
                request=started.request.to_bytes(),
            ),
        )
        assert response.status_code == 200, response.text
        return SignInSetup(
            credential=self._credential(started, response),
            totp_secret=self.totp_secret,
            recovery_hashes=tuple(
                sha256(RECOVERY_CODE, self.caller.account + code) for code in self.recovery_codes
            ),
        )

    def _credential(
        self, started: client_protocol.StartedRegistration, response: httpx.Response
    ) -> LoginCredential:
        registered = client_protocol.finish_registration(
            started,
            RegistrationResponse.parse(decode(SignInRegistrationAnswer, response.content).response),
            binding=binding_for(self.caller.account, LOGIN_STRETCH),
            stretch=cheap_stretch,
            random_bytes=os.urandom,
        )
        return LoginCredential(
            version=1, stretch=LOGIN_STRETCH, record=registered.record.to_bytes()
        )

    async def put_new_passphrase(self) -> httpx.Response:
        """Register the passphrase that this device has now as one that waits; returns the last answer."""
        started = client_protocol.start_registration(self.password, os.urandom)
        response = await self.begin_passphrase(started)
        if not response.is_success:
            return response
        return await self.send("PUT", PATH_SIGN_IN_CREDENTIAL, self._credential(started, response))

    async def begin_passphrase(
        self, started: client_protocol.StartedRegistration | None = None
    ) -> httpx.Response:
        """Have the relay take its part in registering the passphrase that this device has now."""
        started = started or client_protocol.start_registration(self.password, os.urandom)
        request = CredentialRequest(request=started.request.to_bytes())
        return await self.send("POST", PATH_SIGN_IN_CREDENTIAL, request)

    # --- the three steps ----------------------------------------------------------------------

    async def begin(self, verifier: str, **other: str) -> tuple[Begun, httpx.Response]:
        """Say who wants in."""
        started = client_protocol.start_login(self.password, os.urandom)
        fields = {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "scope": SCOPE,
            "code_challenge": base64url(hashlib.sha256(verifier.encode()).digest()),
            "code_challenge_method": "S256",
            "account": self.caller.account.hex(),
            "opaque_ke1": base64url(started.ke1.to_bytes()),
        }
        response = await self.post_form(PATH_CHALLENGE, **fields | other)
        return Begun(self, started), response

    async def prove_passphrase(self, verifier: str, **other: str) -> httpx.Response:
        """Take the first two steps; returns the answer to the second."""
        begun, response = await self.begin(verifier, **other)
        found = response.json()
        return await self.post_form(
            PATH_CHALLENGE,
            auth_session=found["auth_session"],
            opaque_ke3=base64url(begun.finish(found)),
        )

    async def code(self, verifier: str) -> str:
        """Take all three steps; returns the authorization code."""
        found = (await self.prove_passphrase(verifier)).json()
        response = await self.post_form(
            PATH_CHALLENGE, auth_session=found["auth_session"], totp=self.one_time_code()
        )
        code: str = response.json()["authorization_code"]
        return code

    def one_time_code(self, *, steps: int = 0) -> str:
        """Return the code of this period, or of one so many later."""
        totp = pyotp.TOTP(base64.b32encode(self.totp_secret).decode())
        return totp.at(self.clock.now() // 1000 + 30 * steps)

    def recovery_code(self, number: int) -> str:
        """Return a recovery code as it is printed."""
        letters = base64.b32encode(self.recovery_codes[number]).decode()
        return "-".join(letters[start : start + 4] for start in range(0, 16, 4)).lower()

    # --- sessions -----------------------------------------------------------------------------

    async def redeem(self, code: str, verifier: str, **other: str) -> httpx.Response:
        """Exchange a code for tokens."""
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": verifier,
            "client_id": CLIENT_ID,
        }
        return self._keep(await self.post_form(PATH_TOKEN, **fields | other))

    async def sign_in(self) -> None:
        """Begin a session, or fail."""
        verifier = base64url(os.urandom(32))
        response = await self.redeem(await self.code(verifier), verifier)
        assert response.status_code == 200, response.text

    async def show(self, verifier: str, **second: str) -> httpx.Response:
        """Take all three steps, the third with this factor; returns the answer to the third."""
        found = (await self.prove_passphrase(verifier)).json()
        return await self.post_form(PATH_CHALLENGE, auth_session=found["auth_session"], **second)

    async def sign_in_again(self, verifier: str, **second: str) -> None:
        """Begin a session with this second factor, or fail."""
        shown = await self.show(verifier, **second)
        assert shown.is_success, shown.text
        response = await self.redeem(shown.json()["authorization_code"], verifier)
        assert response.is_success, response.text

    async def refresh(self, refresh_token: str | None = None, **other: str) -> httpx.Response:
        """Renew the session."""
        fields = {
            "grant_type": "refresh_token",
            "refresh_token": refresh_token or str(self.refresh_token),
            "client_id": CLIENT_ID,
        }
        return self._keep(await self.post_form(PATH_TOKEN, **fields | other))

    async def revoke(self, refresh_token: str) -> httpx.Response:
        """End the session of a refresh token."""
        return await self.post_form(PATH_REVOKE, token=refresh_token, client_id=CLIENT_ID)

    async def sessions(self) -> Sessions:
        """Return the account's living sessions."""
        return decode(Sessions, (await self.send("GET", PATH_SESSIONS)).content)

    async def is_admitted(self) -> bool:
        """Return whether the session serves; fails on anything but a plain yes or no."""
        response = await self.send("GET", PATH_SESSIONS)
        if response.status_code == 401:
            assert response.json()["code"] == "sign-in-needed", response.text
            assert 'error="invalid_token"' in response.headers["www-authenticate"]
        else:
            assert response.status_code == 200, response.text
        return response.is_success

    def _keep(self, response: httpx.Response) -> httpx.Response:
        if response.is_success:
            found: dict[str, Any] = response.json()
            self.access_token = found["access_token"]
            self.refresh_token = found.get("refresh_token")
        return response


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in whose first message is sent."""

    device: SignedInDevice
    started: client_protocol.StartedLogin

    def finish(self, found: dict[str, Any]) -> bytes:
        """Return KE3, for whichever answer the passphrase fits. Raises SignInError when it fits none."""
        for encoded in (found["opaque_answer"], *found.get("opaque_earlier", [])):
            with contextlib.suppress(SignInError):
                return self._finish(encoded)
        raise SignInError

    def _finish(self, encoded: str) -> bytes:
        answer = decode(LoginAnswer, base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
        return client_protocol.finish_login(
            self.started,
            KE2.parse(answer.ke2),
            binding=binding_for(self.device.caller.account, answer.stretch),
            stretch=cheap_stretch,
        ).ke3.to_bytes()
