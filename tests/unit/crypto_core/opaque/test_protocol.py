# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whole sign-ins between both sides, honest and not, with a cheap key stretching function."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crypto_core.errors import CryptoCoreError, SignInError, WireError
from crypto_core.keys.derivation import passphrase_bytes
from crypto_core.opaque import client_protocol
from crypto_core.opaque.client import login_input
from crypto_core.opaque.server import PendingLogin, answer_login
from crypto_core.wire.ids import AccountId
from crypto_core.wire.sign_in import (
    KE1_BYTES,
    KE2_BYTES,
    KE3_BYTES,
    REGISTRATION_RECORD_BYTES,
    REGISTRATION_REQUEST_BYTES,
    REGISTRATION_RESPONSE_BYTES,
    LoginAnswer,
)
from tests.fakes.sign_in import (
    ACCOUNT,
    ACCOUNT_SECRET,
    MESSAGES,
    PASSPHRASE,
    CheapClient,
    RelayDatabase,
    Tamper,
    untouched,
)

SIZES = dict(
    zip(
        MESSAGES,
        (
            REGISTRATION_REQUEST_BYTES,
            REGISTRATION_RESPONSE_BYTES,
            REGISTRATION_RECORD_BYTES,
            KE1_BYTES,
            KE2_BYTES,
            KE3_BYTES,
        ),
        strict=True,
    )
)
INPUT = login_input(PASSPHRASE, ACCOUNT_SECRET)
OTHER_ACCOUNT = AccountId(b"account of somebody.")
# Text that UTF-8 can hold; lone surrogates have a test of their own.
passphrases = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
secrets = st.binary(min_size=32, max_size=32)


def registered(password: bytes = INPUT, account: AccountId = ACCOUNT) -> RelayDatabase:
    relay = RelayDatabase()
    CheapClient(password, account).register(relay)
    return relay


@given(passphrase=passphrases, secret=secrets)
def test_who_registered_signs_in(passphrase: str, secret: bytes) -> None:
    password = login_input(passphrase, secret)
    relay = registered(password)
    for _ in range(2):
        client_key, relay_key = CheapClient(password).log_in(relay)
        assert client_key == relay_key
        assert len(client_key) == 64


@given(right=passphrases, wrong=passphrases)
def test_another_passphrase_does_not(right: str, wrong: str) -> None:
    assume(passphrase_bytes(right) != passphrase_bytes(wrong))
    relay = registered(login_input(right, ACCOUNT_SECRET))
    with pytest.raises(SignInError):
        CheapClient(login_input(wrong, ACCOUNT_SECRET)).log_in(relay)


@given(secret=secrets)
def test_another_account_secret_does_not(secret: bytes) -> None:
    assume(secret != ACCOUNT_SECRET)
    with pytest.raises(SignInError):
        CheapClient(login_input(PASSPHRASE, secret)).log_in(registered())


def test_each_session_has_its_own_key() -> None:
    relay, client = registered(), CheapClient(INPUT)
    keys = {client.log_in(relay)[0] for _ in range(5)}
    assert len(keys) == 5


def test_the_credential_of_another_account_does_not_serve() -> None:
    relay = registered()
    relay.credentials[OTHER_ACCOUNT] = relay.credentials[ACCOUNT]
    with pytest.raises(SignInError):
        CheapClient(INPUT, OTHER_ACCOUNT).log_in(relay)


def test_the_account_is_part_of_the_proof() -> None:
    """Even a relay that evaluates and answers for the right account cannot pass it off as another."""
    relay, client = registered(), CheapClient(INPUT, OTHER_ACCOUNT)
    started = client_protocol.start_login(INPUT, client.random_bytes)
    answer, _ = answer_login(
        relay.setup,
        ACCOUNT,
        relay.credentials[ACCOUNT],
        started.ke1.to_bytes(),
        random_bytes=relay.random_bytes,
    )
    with pytest.raises(SignInError):
        client.finish(started, answer)


def test_another_relay_cannot_stand_in() -> None:
    """Not even with the stolen credentials and the seed: its private key is another one."""
    relay, thief = registered(), RelayDatabase("thief")
    thief.credentials = relay.credentials
    with pytest.raises(SignInError):
        CheapClient(INPUT).log_in(thief)
    thief.setup = type(thief.setup)(relay.setup.oprf_seed, thief.setup.private_key)
    with pytest.raises(SignInError):
        CheapClient(INPUT).log_in(thief)
    thief.setup = type(thief.setup)(relay.setup.oprf_seed, relay.setup.private_key)
    assert CheapClient(INPUT).log_in(thief)


def register_and_log_in(tamper: Tamper, *, only_login_of: RelayDatabase | None) -> None:
    """Register, unless a relay is given where that has happened, and sign in."""
    client = CheapClient(INPUT, tamper=tamper)
    if only_login_of is None:
        relay = RelayDatabase()
        client.register(relay)
        client.log_in(relay)
    else:
        client.log_in(only_login_of)


def test_an_untouched_run_ends_well() -> None:
    register_and_log_in(untouched, only_login_of=None)
    register_and_log_in(untouched, only_login_of=registered())


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.parametrize("mask", [0x01, 0x80])
def test_no_changed_byte_of_any_message_lets_anybody_in(message: str, mask: int) -> None:
    honest = registered()
    for place in range(SIZES[message]):

        def flip(name: str, sent: bytes, place: int = place) -> bytes:
            if name != message:
                return sent
            return sent[:place] + bytes([sent[place] ^ mask]) + sent[place + 1 :]

        with pytest.raises((SignInError, WireError)):
            register_and_log_in(flip, only_login_of=honest if message.startswith("ke") else None)


@settings(max_examples=200)
@given(
    message=st.sampled_from(MESSAGES),
    replacement=st.binary(min_size=1, max_size=320),
    start=st.integers(0, 319),
)
def test_no_replaced_part_of_any_message_lets_anybody_in(
    message: str, replacement: bytes, start: int
) -> None:
    changed = False

    def replace(name: str, sent: bytes) -> bytes:
        nonlocal changed
        if name != message:
            return sent
        at = start % len(sent)
        received = (sent[:at] + replacement + sent[at + len(replacement) :])[: len(sent)]
        changed = received != sent
        return received

    relay = RelayDatabase()
    try:
        CheapClient(INPUT, tamper=replace).register(relay)
        if message.startswith("ke"):
            CheapClient(INPUT, tamper=replace).log_in(relay)
        else:
            CheapClient(INPUT).log_in(relay)
    except CryptoCoreError as error:
        assert type(error) in {SignInError, WireError}  # noqa: PT017 - success is an outcome too
    else:
        assert not changed


def login_between(
    relay: RelayDatabase, client: CheapClient
) -> tuple[client_protocol.StartedLogin, LoginAnswer, PendingLogin]:
    started = client_protocol.start_login(client.password, client.random_bytes)
    answer, pending = answer_login(
        relay.setup,
        client.account,
        relay.credentials.get(client.account),
        started.ke1.to_bytes(),
        random_bytes=relay.random_bytes,
    )
    return started, answer, pending


def test_messages_of_two_sessions_do_not_mix() -> None:
    relay, client = registered(), CheapClient(INPUT)
    first, first_answer, first_pending = login_between(relay, client)
    second, second_answer, second_pending = login_between(relay, client)
    with pytest.raises(SignInError):
        client.finish(first, second_answer)
    with pytest.raises(SignInError):
        client.finish(second, first_answer)
    first_proof = client.finish(first, first_answer).ke3.to_bytes()
    second_proof = client.finish(second, second_answer).ke3.to_bytes()
    with pytest.raises(SignInError):
        second_pending.finish(first_proof)
    with pytest.raises(SignInError):
        first_pending.finish(second_proof)


def test_a_replayed_ke1_is_answered_anew_and_its_old_proof_is_worthless() -> None:
    relay, client = registered(), CheapClient(INPUT)
    started, answer, pending = login_between(relay, client)
    proof = client.finish(started, answer).ke3.to_bytes()
    again, again_pending = answer_login(
        relay.setup,
        ACCOUNT,
        relay.credentials[ACCOUNT],
        started.ke1.to_bytes(),
        random_bytes=relay.random_bytes,
    )
    assert again != answer
    with pytest.raises(SignInError):
        again_pending.finish(proof)
    assert pending.finish(proof)


def test_the_relays_own_proof_sent_back_is_no_proof_of_the_client() -> None:
    relay, client = registered(), CheapClient(INPUT)
    _, answer, pending = login_between(relay, client)
    with pytest.raises(SignInError):
        pending.finish(answer.ke2[-64:])


def test_registering_again_ends_the_old_passphrase() -> None:
    relay = registered()
    new = login_input("une autre phrase", ACCOUNT_SECRET)
    CheapClient(new).register(relay)
    assert CheapClient(new).log_in(relay)
    with pytest.raises(SignInError):
        CheapClient(INPUT).log_in(relay)
