# SPDX-License-Identifier: AGPL-3.0-or-later
"""Answering who registers and who signs in, for the relay; it learns no passphrase and no equivalent of one.

The caller counts a sign-in as failed unless its KE3 arrives and passes (RFC 9807 §9.2), stores a pending
login encrypted and for minutes only, and takes it out of its store before finishing it.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from crypto_core.errors import KeyStateError, SignInError, WireError
from crypto_core.opaque import server_protocol
from crypto_core.opaque.group import (
    SCALAR_BYTES,
    UNIFORM_BYTES,
    Scalar,
    element_from_uniform,
    multiply_generator,
    parse_scalar,
    random_scalar,
)
from crypto_core.opaque.key_schedule import HASH_BYTES, expand
from crypto_core.opaque.messages import (
    ENVELOPE_BYTES,
    KE1,
    KE3,
    MAC_BYTES,
    MASKING_KEY_BYTES,
    Envelope,
    RegistrationRecord,
    RegistrationRequest,
)
from crypto_core.opaque.oprf import KeyPair
from crypto_core.opaque.profile import binding_for
from crypto_core.wire.labels import FAKE_CREDENTIAL
from crypto_core.wire.sign_in import LOGIN_STRETCH, LoginAnswer, LoginCredential

if TYPE_CHECKING:
    from crypto_core.opaque.group import RandomBytes
    from crypto_core.wire.ids import AccountId

SETUP_BYTES: Final = HASH_BYTES + SCALAR_BYTES
PENDING_BYTES: Final = MAC_BYTES + HASH_BYTES


@dataclass(frozen=True, slots=True)
class ServerSetup:
    """The relay's secrets for sign-in; every credential depends on both, so neither can be rotated alone.

    Whoever has them and a credential can guess offline, but guesses 256 random bits of account secret too.
    """

    oprf_seed: bytes = field(repr=False)
    private_key: Scalar = field(repr=False)

    @classmethod
    def generate(cls, random_bytes: RandomBytes) -> ServerSetup:
        """Draw the secrets of a new relay."""
        return cls(random_bytes(HASH_BYTES), random_scalar(random_bytes))

    @classmethod
    def parse(cls, stored: bytes) -> ServerSetup:
        """Read the storage form. Raises WireError."""
        if type(stored) is not bytes or len(stored) != SETUP_BYTES:
            raise WireError("not the setup of a relay's sign-in")
        return cls(stored[:HASH_BYTES], parse_scalar(stored[HASH_BYTES:]))

    def to_bytes(self) -> bytes:
        """Return the storage form, 96 secret bytes."""
        return self.oprf_seed + self.private_key

    @property
    def key_pair(self) -> KeyPair:
        """The relay's key pair."""
        return KeyPair(private=self.private_key, public=multiply_generator(self.private_key))


class PendingLogin:
    """What the relay expects of a client that was sent KE2; serves for one KE3."""

    __slots__ = ("_secrets",)

    def __init__(self, *, client_mac: bytes, session_key: bytes) -> None:
        if len(client_mac) != MAC_BYTES or len(session_key) != HASH_BYTES:
            raise WireError("not a pending login")
        self._secrets: tuple[bytes, bytes] | None = (client_mac, session_key)

    def __repr__(self) -> str:
        return "PendingLogin(used)" if self._secrets is None else "PendingLogin()"

    @classmethod
    def parse(cls, stored: bytes) -> PendingLogin:
        """Read the storage form. Raises WireError."""
        if type(stored) is not bytes:
            raise WireError("not a pending login")
        return cls(client_mac=stored[:MAC_BYTES], session_key=stored[MAC_BYTES:])

    def to_bytes(self) -> bytes:
        """Return the storage form, 128 secret bytes. Raises KeyStateError after `finish`."""
        client_mac, session_key = self._unused()
        return client_mac + session_key

    def finish(self, ke3: bytes) -> bytes:
        """Return the 64-byte session key when the client has proven itself. Serves once, also in failure.

        Raises SignInError when it has not, WireError when the message is malformed, KeyStateError on a
        second call. Whether the account exists is for the caller to know: to a fake answer no KE3 fits.
        """
        client_mac, session_key = self._unused()
        self._secrets = None
        if not hmac.compare_digest(KE3.parse(ke3).client_mac, client_mac):
            raise SignInError
        return session_key

    def _unused(self) -> tuple[bytes, bytes]:
        if self._secrets is None:
            raise KeyStateError("this login was already answered")
        return self._secrets


def answer_registration(setup: ServerSetup, account: AccountId, request: bytes) -> bytes:
    """Return the RegistrationResponse. Raises WireError when the request is malformed."""
    return server_protocol.respond_to_registration(
        RegistrationRequest.parse(request),
        oprf_seed=setup.oprf_seed,
        server_public_key=setup.key_pair.public,
        credential_identifier=account,
    ).to_bytes()


def check_credential(credential: LoginCredential) -> None:
    """Check a credential before it is stored. Raises WireError when its key is no group element."""
    RegistrationRecord.parse(credential.record)


def answer_login(
    setup: ServerSetup,
    account: AccountId,
    credential: LoginCredential | None,
    ke1: bytes,
    *,
    random_bytes: RandomBytes,
) -> tuple[LoginAnswer, PendingLogin]:
    """Return the answer to KE1 and what to expect; None stands for an account that is not registered.

    The same work is done and nothing in the answer tells both cases apart, so that nobody learns who is
    a customer. Raises WireError when KE1 or the stored credential is malformed.
    """
    fake = _fake_credential(setup, account)
    chosen = fake if credential is None else credential
    answered = server_protocol.respond_to_login(
        KE1.parse(ke1),
        record=RegistrationRecord.parse(chosen.record),
        oprf_seed=setup.oprf_seed,
        server=setup.key_pair,
        credential_identifier=account,
        binding=binding_for(account, chosen.stretch),
        random_bytes=random_bytes,
    )
    return (
        LoginAnswer(version=1, stretch=chosen.stretch, ke2=answered.ke2.to_bytes()),
        PendingLogin(
            client_mac=answered.proofs.client_mac, session_key=answered.proofs.session_key
        ),
    )


def _fake_credential(setup: ServerSetup, account: AccountId) -> LoginCredential:
    """Return the credential of an account that is not registered, always the same (RFC 9807 §6.3.2.2)."""
    secrets = expand(setup.oprf_seed, FAKE_CREDENTIAL + account, UNIFORM_BYTES + MASKING_KEY_BYTES)
    record = RegistrationRecord(
        client_public_key=element_from_uniform(secrets[:UNIFORM_BYTES]),
        masking_key=secrets[UNIFORM_BYTES:],
        envelope=Envelope.parse(bytes(ENVELOPE_BYTES)),
    )
    return LoginCredential(version=1, stretch=LOGIN_STRETCH, record=record.to_bytes())
