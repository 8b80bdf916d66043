# SPDX-License-Identifier: AGPL-3.0-or-later
"""Registering a passphrase and signing in with it, for the application; the relay never imports this.

The input of OPAQUE is not the passphrase but HKDF(passphrase ‖ account secret): the relay's database and
the right passphrase together verify nothing (PROTOCOL §5). The export key of RFC 9807 is not used.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from crypto_core.errors import KeyStateError
from crypto_core.keys.derivation import derive, passphrase_bytes, stretch_bytes
from crypto_core.opaque import client_protocol
from crypto_core.opaque.key_schedule import HASH_BYTES
from crypto_core.opaque.messages import KE2, RegistrationResponse
from crypto_core.opaque.profile import binding_for
from crypto_core.wire.ids import AccountId
from crypto_core.wire.labels import LOGIN
from crypto_core.wire.sign_in import LOGIN_STRETCH, LoginCredential

if TYPE_CHECKING:
    from crypto_core.opaque.group import RandomBytes
    from crypto_core.wire.sign_in import LoginAnswer, LoginStretch

ACCOUNT_SECRET_BYTES: Final = 32

# RFC 9807 §7: what is stretched is already different for every account, so the salt is zero.
_SALT: Final = bytes(16)


@dataclass(frozen=True, slots=True)
class Registration:
    """A registration waiting for the relay's response; `request` is to be sent."""

    account: AccountId
    request: bytes
    _started: client_protocol.StartedRegistration = field(repr=False)

    def finish(self, response: bytes, *, random_bytes: RandomBytes) -> LoginCredential:
        """Return what the relay shall store. Takes as long as Argon2id, about 0.3 s.

        Raises WireError when the response is malformed, StretchError when the memory is not there.
        """
        registered = client_protocol.finish_registration(
            self._started,
            RegistrationResponse.parse(response),
            binding=binding_for(self.account, LOGIN_STRETCH),
            stretch=lambda output: _argon2id(output, LOGIN_STRETCH),
            random_bytes=random_bytes,
        )
        return LoginCredential(
            version=1, stretch=LOGIN_STRETCH, record=registered.record.to_bytes()
        )


@dataclass(frozen=True, slots=True)
class Login:
    """A sign-in waiting for the relay's answer; `ke1` is to be sent."""

    account: AccountId
    ke1: bytes
    _started: client_protocol.StartedLogin = field(repr=False)

    def finish(self, answer: LoginAnswer) -> FinishedLogin:
        """Check the relay's answer and return the proof to send. Takes as long as Argon2id, about 0.3 s.

        Raises WireError, before any work, when the answer is malformed or names a cost out of bounds;
        SignInError when passphrase, account secret, account or relay is not the one that was registered;
        StretchError when the memory is not there.
        """
        binding = binding_for(self.account, answer.stretch)
        finished = client_protocol.finish_login(
            self._started,
            KE2.parse(answer.ke2),
            binding=binding,
            stretch=lambda output: _argon2id(output, answer.stretch),
        )
        return FinishedLogin(ke3=finished.ke3.to_bytes(), session_key=finished.session_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedLogin:
    """The proof for the relay, which is now authenticated itself, and 64 secret bytes common with it."""

    ke3: bytes
    session_key: bytes = field(repr=False)


def start_registration(
    passphrase: str, *, account: AccountId, account_secret: bytes, random_bytes: RandomBytes
) -> Registration:
    """Begin to register a passphrase with the relay. Raises what `login_input` raises."""
    started = client_protocol.start_registration(
        login_input(passphrase, account_secret), random_bytes
    )
    return Registration(account, started.request.to_bytes(), started)


def start_login(
    passphrase: str, *, account: AccountId, account_secret: bytes, random_bytes: RandomBytes
) -> Login:
    """Begin to sign in. Raises what `login_input` raises."""
    started = client_protocol.start_login(login_input(passphrase, account_secret), random_bytes)
    return Login(account, started.ke1.to_bytes(), started)


def login_input(passphrase: str, account_secret: bytes) -> bytes:
    """Return the input of OPAQUE: HKDF(passphrase ‖ account secret, LOGIN); 32 bytes.

    The passphrase is spelled as for the vault, so that one passphrase is one on every keyboard.
    Raises KeyStateError when the secret has not 32 bytes, StretchError when the passphrase is not a text.
    """
    if len(account_secret) != ACCOUNT_SECRET_BYTES:
        raise KeyStateError("an account secret has 32 bytes")
    return derive(passphrase_bytes(passphrase) + account_secret, LOGIN)


def _argon2id(output: bytes, stretch: LoginStretch) -> bytes:
    return stretch_bytes(
        output,
        salt=_SALT,
        memory_bytes=stretch.memory_bytes,
        passes=stretch.passes,
        length=HASH_BYTES,
    )
