# SPDX-License-Identifier: AGPL-3.0-or-later
"""A new computer in the place of all others: what its owner has is the printed kit and a passphrase."""

from __future__ import annotations

import base64
import contextlib
import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.engine.ports.relay import SignInNeededError
from crypto_core.errors import SignInError
from crypto_core.keys.signing import SigningPair
from crypto_core.opaque import client_protocol
from crypto_core.opaque.client import login_input
from crypto_core.opaque.messages import KE2
from crypto_core.opaque.profile import binding_for
from crypto_core.trust.audit import CHAIN_START, ChainHead
from crypto_core.trust.recovery import kit_proof_body
from crypto_core.trust.signatures import sha256
from crypto_core.wire.codec import encode
from crypto_core.wire.ids import DeviceId
from crypto_core.wire.labels import KIT_PROOF, RECOVERY_CODE
from crypto_core.wire.oauth import EARLIER_PASSPHRASES, Step
from crypto_core.wire.relay_api import RecoverRequest
from tests.contract.enrolled import CODE_CHALLENGE_TEXT, VERIFIER, Enrolled
from tests.fakes.sign_in import cheap_stretch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from app.engine.ports.relay import Challenge, Relay
    from crypto_core.wire.signed import HybridSignature
    from tests.contract.practitioner import Practitioner
    from tests.contract.relay_callers import RelayCaller


@dataclass(frozen=True, slots=True)
class OneToken:
    """The token of a recovery, which nothing renews."""

    token: str = field(repr=False)

    def access_token(self) -> str | None:
        return self.token

    async def renew(self, relay: Relay, *, refused: str | None) -> str:
        del relay, refused
        raise SignInNeededError


class Returning:
    """The new computer. It takes what the account's last computer knows of key events from that one."""

    def __init__(self, lost: Practitioner, *, passphrase: str | None = None) -> None:
        under_test, before = lost.under_test, lost.caller
        identity = SigningPair.from_seed(under_test.random_bytes(64))
        self._under_test = under_test
        self.root = before.root
        self.caller: RelayCaller = replace(
            before,
            device=DeviceId(under_test.random_bytes(16)),
            identity=identity,
            signing=SigningPair.from_seed(under_test.random_bytes(64)),
            request_key=Ed25519PrivateKey.from_private_bytes(under_test.random_bytes(32)),
            certificate=before.next_certificate(identity),
            lists=list(before.lists),
            chain=ChainHead(next_sequence=0, previous=CHAIN_START),
        )
        self.enrolled = Enrolled(
            account=before.account, now=under_test.now, random_bytes=under_test.random_bytes
        )
        self.enrolled.passphrase = passphrase or lost.enrolled.passphrase
        self.enrolled.account_secret = lost.enrolled.account_secret

    @contextlib.asynccontextmanager
    async def unknown(self) -> AsyncIterator[Relay]:
        """Connect as somebody whose key is listed nowhere."""
        relay = self._under_test.connect(self.caller.caller)
        yield relay
        await relay.close()

    async def waiting(self, relay: Relay) -> str:
        """Show the passphrase, and return the step that waits for the kit. Raises SignInError."""
        enrolled = self.enrolled
        typed = login_input(enrolled.passphrase, enrolled.account_secret)
        started = client_protocol.start_login(typed, self._under_test.random_bytes)
        challenge = await relay.start_recovery(
            self.caller.account,
            ke1=started.ke1.to_bytes(),
            code_challenge=CODE_CHALLENGE_TEXT,
            root=self.root.public,
            kit_proof=self._signed(_base64url(started.ke1.to_bytes())),
        )
        assert len(challenge.earlier) == EARLIER_PASSPHRASES
        ke3 = self._finished(started, challenge)
        needed = await relay.prove_passphrase(challenge.auth_session, ke3=ke3)
        assert needed.steps == {Step.RECOVERY_KIT}
        return needed.auth_session

    def _finished(self, started: client_protocol.StartedLogin, challenge: Challenge) -> bytes:
        for answer in (challenge.answer, *challenge.earlier):
            with contextlib.suppress(SignInError):
                return client_protocol.finish_login(
                    started,
                    KE2.parse(answer.ke2),
                    binding=binding_for(self.caller.account, answer.stretch),
                    stretch=cheap_stretch,
                ).ke3.to_bytes()
        raise SignInError

    def proof(self, auth_session: str) -> str:
        """Return what shows the kit, for one step of this key's sign-in."""
        return _base64url(encode(self._signed(auth_session)))

    def _signed(self, text: str) -> HybridSignature:
        jwk = f'{{"crv":"Ed25519","kty":"OKP","x":"{_base64url(self.caller.caller.request_key)}"}}'
        body = kit_proof_body(text, hashlib.sha256(jwk.encode()).digest())
        return self.root.sign(KIT_PROOF, body)

    @contextlib.asynccontextmanager
    async def recovering(self) -> AsyncIterator[Relay]:
        """Show passphrase and kit, and connect with the token that comes of it."""
        async with self.unknown() as relay:
            auth_session = await self.waiting(relay)
            code = await relay.prove_second_factor(
                auth_session, Step.RECOVERY_KIT, self.proof(auth_session)
            )
            grant = await relay.redeem_recovery(code.code, code_verifier=VERIFIER)
        relay = self._under_test.connect(
            replace(self.caller.caller, tokens=OneToken(grant.access_token))
        )
        yield relay
        await relay.close()

    def request(self) -> RecoverRequest:
        """Return what makes this computer the account's only one."""
        listed = self.caller.next_list(self.caller.entry)
        codes = (base64.b32decode(code) for code in self.enrolled.recovery_codes)
        return RecoverRequest(
            certificate=self.caller.certificate,
            device_list=listed,
            statement=self.caller.publishing(listed).statement,
            totp_secret=self.enrolled.totp_secret,
            recovery_hashes=tuple(
                sha256(RECOVERY_CODE + self.caller.account + code) for code in codes
            ),
        )


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
