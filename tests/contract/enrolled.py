# SPDX-License-Identifier: AGPL-3.0-or-later
"""Both factors of an account, shown to a relay through its port, with a key stretching function that is cheap.

To a relay they are like any others: it never learns what the passphrase was stretched with.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

import pyotp

from app.engine.ports.relay import EpochStep
from crypto_core.opaque import client_protocol
from crypto_core.opaque.client import login_input
from crypto_core.opaque.messages import KE2, RegistrationResponse
from crypto_core.opaque.profile import binding_for
from crypto_core.trust.signatures import sha256
from crypto_core.wire.labels import RECOVERY_CODE
from crypto_core.wire.oauth import EPOCH_BYTES, Step
from crypto_core.wire.sign_in import (
    LOGIN_STRETCH,
    RECOVERY_CODE_BYTES,
    RECOVERY_CODES,
    TOTP_SECRET_BYTES,
    CredentialRequest,
    LoginCredential,
    SignInRegistrationRequest,
    SignInSetup,
)
from tests.fakes.authenticator import Authenticator
from tests.fakes.sign_in import cheap_stretch

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.engine.ports.relay import (
        AuthorizationCode,
        Challenge,
        Grant,
        Relay,
        SecondFactorNeeded,
    )
    from crypto_core.wire.ids import AccountId, UnixMillis

PASSPHRASE = "seize pommes de terre à l’eau"
VERIFIER = "v" * 43
CODE_CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest())
CODE_CHALLENGE_TEXT = CODE_CHALLENGE.rstrip(b"=").decode()


class Enrolled:
    """What somebody knows and has, to get in."""

    def __init__(
        self,
        *,
        account: AccountId,
        now: Callable[[], UnixMillis],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self.account = account
        self.now = now
        self.random_bytes = random_bytes
        self.passphrase = PASSPHRASE
        self.account_secret = self.random_bytes(32)
        self.totp_secret = self.random_bytes(TOTP_SECRET_BYTES)
        self._codes = [self.random_bytes(RECOVERY_CODE_BYTES) for _ in range(RECOVERY_CODES)]
        self.epoch: bytes | None = None
        self.recovery_codes = [base64.b32encode(code).decode() for code in self._codes]
        totp = pyotp.TOTP(base64.b32encode(self.totp_secret).decode(), name="x", issuer="x")
        self.authenticator = Authenticator(totp.provisioning_uri())

    async def set_up(self, relay: Relay, invitation: str) -> SignInSetup:
        """Register the passphrase and return what a relay stores."""
        started = client_protocol.start_registration(self._input, self.random_bytes)
        answer = await relay.register_sign_in(
            SignInRegistrationRequest(
                invitation=invitation,
                account=self.account,
                request=started.request.to_bytes(),
            )
        )
        return SignInSetup(
            credential=self._credential(started, answer.response),
            totp_secret=self.totp_secret,
            recovery_hashes=tuple(
                sha256(RECOVERY_CODE + self.account + code) for code in self._codes
            ),
        )

    async def store_passphrase(self, relay: Relay, passphrase: str) -> None:
        """Have the relay store another passphrase beside the one that it has."""
        typed = login_input(passphrase, self.account_secret)
        started = client_protocol.start_registration(typed, self.random_bytes)
        answer = await relay.register_passphrase(
            CredentialRequest(request=started.request.to_bytes())
        )
        await relay.store_passphrase(self._credential(started, answer.response))

    def _credential(
        self, started: client_protocol.StartedRegistration, response: bytes
    ) -> LoginCredential:
        done = client_protocol.finish_registration(
            started,
            RegistrationResponse.parse(response),
            binding=binding_for(self.account, LOGIN_STRETCH),
            stretch=cheap_stretch,
            random_bytes=self.random_bytes,
        )
        return LoginCredential(version=1, stretch=LOGIN_STRETCH, record=done.record.to_bytes())

    async def start(
        self, relay: Relay, *, is_pending: bool = False
    ) -> tuple[Challenge, client_protocol.StartedLogin]:
        """Take the first step."""
        started = client_protocol.start_login(self._input, self.random_bytes)
        challenge = await relay.start_sign_in(
            self.account,
            ke1=started.ke1.to_bytes(),
            code_challenge=CODE_CHALLENGE_TEXT,
            is_pending=is_pending,
        )
        return challenge, started

    async def prove_passphrase(self, relay: Relay) -> str:
        """Take the first two steps, and return the session that waits for the third."""
        needed = await self.needed(relay)
        assert needed.steps >= {Step.TOTP, Step.RECOVERY_CODE}
        return needed.auth_session

    async def needed(self, relay: Relay, *, is_pending: bool = False) -> SecondFactorNeeded:
        """Take the first two steps, and return what the third one may be."""
        challenge, started = await self.start(relay, is_pending=is_pending)
        finished = client_protocol.finish_login(
            started,
            KE2.parse(challenge.answer.ke2),
            binding=binding_for(self.account, challenge.answer.stretch),
            stretch=cheap_stretch,
        )
        return await relay.prove_passphrase(challenge.auth_session, ke3=finished.ke3.to_bytes())

    async def authorize(self, relay: Relay, step: Step, value: str) -> AuthorizationCode:
        """Take all three steps."""
        return await relay.prove_second_factor(await self.prove_passphrase(relay), step, value)

    async def sign_in(self, relay: Relay) -> Grant:
        """Sign in with a one-time code; twice at most, or one has to wait for the next code."""
        code = await self.authorize(relay, Step.TOTP, self.one_time_code())
        return await self.redeem(relay, code.code)

    async def recover(self, relay: Relay, number: int) -> Grant:
        """Sign in with a recovery code."""
        code = await self.authorize(relay, Step.RECOVERY_CODE, self.recovery_codes[number])
        return await self.redeem(relay, code.code)

    async def redeem(self, relay: Relay, code: str, *, verifier: str = VERIFIER) -> Grant:
        """Begin a session, and keep the epoch that it leaves."""
        step = EpochStep(held=self.epoch, following=self.random_bytes(EPOCH_BYTES))
        grant = await relay.redeem_code(code, code_verifier=verifier, epoch=step)
        self.epoch = step.following
        return grant

    def one_time_code(self) -> str:
        """Return a code that was not given before."""
        code = self.authenticator.code(self.now() / 1000)
        assert code is not None
        return code

    @property
    def _input(self) -> bytes:
        return login_input(self.passphrase, self.account_secret)
