# SPDX-License-Identifier: AGPL-3.0-or-later
"""A relay's database for sign-in, and a client like ours but for a cheap key stretching function.

What must hold without Argon2id holds with it, and a thousand sign-ins take seconds instead of minutes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from crypto_core.opaque import client_protocol
from crypto_core.opaque.messages import KE2, RegistrationResponse
from crypto_core.opaque.profile import binding_for
from crypto_core.opaque.server import (
    ServerSetup,
    answer_login,
    answer_registration,
    check_credential,
)
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.ids import AccountId
from crypto_core.wire.sign_in import LOGIN_STRETCH, LoginAnswer, LoginCredential
from tests.fakes.people import SeededBytes

Tamper: TypeAlias = Callable[[str, bytes], bytes]
"""Is given the name of each message on its way and returns what arrives."""

ACCOUNT = AccountId(hashlib.sha256(b"Claire").digest()[:20])
ACCOUNT_SECRET = hashlib.sha256(b"account secret of Claire").digest()
PASSPHRASE = "seize pommes de terre à l’eau"

MESSAGES = ("request", "response", "record", "ke1", "ke2", "ke3")


def untouched(_: str, message: bytes) -> bytes:
    return message


def cheap_stretch(output: bytes) -> bytes:
    return hashlib.sha512(b"cheap" + output).digest()


@dataclass(slots=True)
class RelayDatabase:
    """What a relay keeps for sign-in."""

    seed: str = "relay"
    credentials: dict[AccountId, LoginCredential] = field(default_factory=dict)
    random_bytes: SeededBytes = field(init=False)
    setup: ServerSetup = field(init=False)

    def __post_init__(self) -> None:
        self.random_bytes = SeededBytes(self.seed)
        self.setup = ServerSetup.generate(self.random_bytes)

    def store(self, account: AccountId, credential: LoginCredential) -> None:
        stored = decode(LoginCredential, encode(credential))
        check_credential(stored)
        self.credentials[account] = stored


@dataclass(slots=True)
class CheapClient:
    """A client whose messages pass through somebody's hands."""

    password: bytes
    account: AccountId = ACCOUNT
    tamper: Tamper = untouched
    random_bytes: SeededBytes = field(default_factory=lambda: SeededBytes("client"))

    def register(self, relay: RelayDatabase) -> None:
        """Register; raises what the functions of both sides raise."""
        started = client_protocol.start_registration(self.password, self.random_bytes)
        request = self.tamper("request", started.request.to_bytes())
        response = self.tamper("response", answer_registration(relay.setup, self.account, request))
        registered = client_protocol.finish_registration(
            started,
            RegistrationResponse.parse(response),
            binding=binding_for(self.account, LOGIN_STRETCH),
            stretch=cheap_stretch,
            random_bytes=self.random_bytes,
        )
        record = self.tamper("record", registered.record.to_bytes())
        relay.store(self.account, LoginCredential(version=1, stretch=LOGIN_STRETCH, record=record))

    def log_in(self, relay: RelayDatabase) -> tuple[bytes, bytes]:
        """Sign in; return the session keys of client and relay. Raises what both sides raise."""
        started = client_protocol.start_login(self.password, self.random_bytes)
        ke1 = self.tamper("ke1", started.ke1.to_bytes())
        answer, pending = answer_login(
            relay.setup,
            self.account,
            relay.credentials.get(self.account),
            ke1,
            random_bytes=relay.random_bytes,
        )
        finished = self.finish(started, answer)
        ke3 = self.tamper("ke3", finished.ke3.to_bytes())
        return finished.session_key, pending.finish(ke3)

    def finish(
        self, started: client_protocol.StartedLogin, answer: LoginAnswer
    ) -> client_protocol.LoggedIn:
        return client_protocol.finish_login(
            started,
            KE2.parse(self.tamper("ke2", answer.ke2)),
            binding=binding_for(self.account, answer.stretch),
            stretch=cheap_stretch,
        )
