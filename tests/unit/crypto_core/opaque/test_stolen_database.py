# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a thief of the relay's whole database can verify, and what only the account secret adds.

The thief has both secrets of the relay and every credential, and computes offline whatever the protocol lets
anyone compute: each function below is an oracle for guesses.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from crypto_core.errors import SignInError
from crypto_core.keys.derivation import derive
from crypto_core.opaque import client_protocol
from crypto_core.opaque.client import _argon2id, login_input, start_registration
from crypto_core.opaque.group import invert, multiply
from crypto_core.opaque.key_schedule import derive_dh_key_pair, expand, prove
from crypto_core.opaque.messages import KE2, RegistrationRecord
from crypto_core.opaque.oprf import blind, derive_key_pair, evaluate
from crypto_core.opaque.profile import binding_for
from crypto_core.opaque.server import answer_login, answer_registration
from crypto_core.wire.codec import encode
from crypto_core.wire.labels import LOGIN
from crypto_core.wire.sign_in import LOGIN_STRETCH
from tests.fakes.people import SeededBytes
from tests.fakes.sign_in import (
    ACCOUNT,
    ACCOUNT_SECRET,
    PASSPHRASE,
    CheapClient,
    RelayDatabase,
    cheap_stretch,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crypto_core.opaque.group import Scalar

STEPS = ("masking key", "public key", "envelope")


def guessed_password(
    relay: RelayDatabase, guess: bytes, stretch: Callable[[bytes], bytes]
) -> bytes:
    """Return the randomized password of a guessed input, computed on both sides at once."""
    seed = expand(relay.setup.oprf_seed, ACCOUNT + b"OprfKey", 32)
    key = derive_key_pair(seed, b"OPAQUE-DeriveKeyPair").private
    blinding = blind(guess, SeededBytes("thief"))
    return client_protocol._randomized_password(blinding, evaluate(key, blinding.element), stretch)


def guessed_keys(
    relay: RelayDatabase, guess: bytes, stretch: Callable[[bytes], bytes]
) -> client_protocol._EnvelopeKeys:
    """Return the keys that a guessed input derives with the stolen envelope."""
    nonce = RegistrationRecord.parse(relay.credentials[ACCOUNT].record).envelope.nonce
    return client_protocol._EnvelopeKeys.derive(guessed_password(relay, guess, stretch), nonce)


def verified_by_thief(
    relay: RelayDatabase, guess: bytes, stretch: Callable[[bytes], bytes]
) -> set[str]:
    """Return everything stored about the account that a guessed input of OPAQUE reproduces."""
    record = RegistrationRecord.parse(relay.credentials[ACCOUNT].record)
    password = guessed_password(relay, guess, stretch)
    keys = guessed_keys(relay, guess, stretch)
    server_public_key = relay.setup.key_pair.public
    identities = binding_for(ACCOUNT, LOGIN_STRETCH).identities(
        client_public_key=keys.client.public, server_public_key=server_public_key
    )
    reproduced = (
        client_protocol.masking_key_of(password) == record.masking_key,
        keys.client.public == record.client_public_key,
        keys.tag(record.envelope.nonce, server_public_key, identities) == record.envelope.auth_tag,
    )
    return {step for step, equal in zip(STEPS, reproduced, strict=True) if equal}


def everything_stored(relay: RelayDatabase) -> bytes:
    setup = relay.setup
    return (
        setup.to_bytes()
        + setup.key_pair.public
        + ACCOUNT
        + encode(relay.credentials[ACCOUNT])
        + bytes(32)
    )


def guesses_without_the_account_secret(relay: RelayDatabase) -> Iterator[bytes]:
    """Yield inputs made of the right passphrase and anything that the database could offer as a secret."""
    spelled = PASSPHRASE.encode()
    yield spelled
    yield derive(spelled, LOGIN)
    stored = everything_stored(relay)
    for start in range(len(stored) - 31):
        piece = stored[start : start + 32]
        yield login_input(PASSPHRASE, piece)
        yield login_input(PASSPHRASE, hashlib.sha256(piece).digest())
    for bit in range(256):
        near = int.from_bytes(ACCOUNT_SECRET, "big") ^ (1 << bit)
        yield login_input(PASSPHRASE, near.to_bytes(32, "big"))


def test_the_whole_database_and_the_right_passphrase_verify_nothing() -> None:
    relay = RelayDatabase()
    CheapClient(login_input(PASSPHRASE, ACCOUNT_SECRET)).register(relay)
    tried = 0
    for guess in guesses_without_the_account_secret(relay):
        assert not verified_by_thief(relay, guess, cheap_stretch)
        tried += 1
    assert tried > 800


def test_with_the_account_secret_the_same_oracle_tells_passphrases_apart() -> None:
    """The oracle has teeth; this is also the honest limit of the protection."""
    relay = RelayDatabase()
    right = login_input(PASSPHRASE, ACCOUNT_SECRET)
    CheapClient(right).register(relay)
    assert verified_by_thief(relay, right, cheap_stretch) == set(STEPS)
    wrong = login_input("a" + PASSPHRASE, ACCOUNT_SECRET)
    assert not verified_by_thief(relay, wrong, cheap_stretch)


@pytest.fixture(scope="module")
def real_relay() -> RelayDatabase:
    """Return a relay where the account is registered by the client as it is."""
    relay = RelayDatabase()
    registration = start_registration(
        PASSPHRASE,
        account=ACCOUNT,
        account_secret=ACCOUNT_SECRET,
        random_bytes=SeededBytes("registration"),
    )
    response = answer_registration(relay.setup, ACCOUNT, registration.request)
    relay.store(ACCOUNT, registration.finish(response, random_bytes=SeededBytes("nonce")))
    return relay


@pytest.mark.parametrize(
    ("account_secret", "verified"),
    [(ACCOUNT_SECRET, set(STEPS)), (bytes(32), set()), (ACCOUNT_SECRET[::-1], set())],
    ids=["account secret", "zeros", "other secret"],
)
def test_the_same_with_the_real_client(
    real_relay: RelayDatabase, account_secret: bytes, verified: set[str]
) -> None:
    guess = login_input(PASSPHRASE, account_secret)
    found = verified_by_thief(real_relay, guess, lambda output: _argon2id(output, LOGIN_STRETCH))
    assert found == verified


def test_a_guess_without_argon2id_verifies_nothing(real_relay: RelayDatabase) -> None:
    guess = login_input(PASSPHRASE, ACCOUNT_SECRET)
    assert not verified_by_thief(real_relay, guess, cheap_stretch)


def test_credentials_without_the_relays_seed_verify_nothing() -> None:
    """Not even to somebody who knows passphrase and account secret."""
    relay = RelayDatabase()
    right = login_input(PASSPHRASE, ACCOUNT_SECRET)
    CheapClient(right).register(relay)
    relay.setup = RelayDatabase("other").setup
    assert not verified_by_thief(relay, right, cheap_stretch)


def sign_in_as_thief(relay: RelayDatabase, private_key: Scalar) -> bytes:
    """Sign in with the stolen database and something in the place of the client's private key."""
    record = RegistrationRecord.parse(relay.credentials[ACCOUNT].record)
    binding = binding_for(ACCOUNT, LOGIN_STRETCH)
    started = client_protocol.start_login(b"any input", SeededBytes("thief"))
    answer, pending = answer_login(
        relay.setup,
        ACCOUNT,
        relay.credentials[ACCOUNT],
        started.ke1.to_bytes(),
        random_bytes=relay.random_bytes,
    )
    ke2 = KE2.parse(answer.ke2)
    proofs = prove(
        (
            multiply(started.keyshare.private, ke2.server_keyshare),
            multiply(started.keyshare.private, relay.setup.key_pair.public),
            multiply(private_key, ke2.server_keyshare),
        ),
        context=binding.context,
        identities=binding.identities(
            client_public_key=record.client_public_key,
            server_public_key=relay.setup.key_pair.public,
        ),
        ke1=started.ke1,
        credential=ke2.credential,
        server_nonce=ke2.server_nonce,
        server_keyshare=ke2.server_keyshare,
    )
    return pending.finish(proofs.client_mac)


def test_the_whole_database_does_not_sign_in_as_the_client() -> None:
    """Of three Diffie-Hellman values the thief can compute two; the third needs the client's key."""
    relay = RelayDatabase()
    right = login_input(PASSPHRASE, ACCOUNT_SECRET)
    CheapClient(right).register(relay)
    record = RegistrationRecord.parse(relay.credentials[ACCOUNT].record)
    for private_key in (
        relay.setup.private_key,
        invert(relay.setup.private_key),
        derive_dh_key_pair(record.masking_key[:32]).private,
        derive_dh_key_pair(record.envelope.nonce).private,
    ):
        with pytest.raises(SignInError):
            sign_in_as_thief(relay, private_key)
    client = guessed_keys(relay, right, cheap_stretch).client
    assert client.public == record.client_public_key
    assert sign_in_as_thief(relay, client.private)
