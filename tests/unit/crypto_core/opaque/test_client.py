# SPDX-License-Identifier: AGPL-3.0-or-later
"""The application's side as it is, Argon2id at its real cost included."""

from __future__ import annotations

import dataclasses
import traceback
from typing import TYPE_CHECKING

import pytest

from crypto_core.errors import KeyStateError, SignInError, StretchError, WireError
from crypto_core.keys.derivation import derive, stretch_bytes
from crypto_core.opaque.client import (
    FinishedLogin,
    Login,
    Registration,
    login_input,
    start_login,
    start_registration,
)
from crypto_core.opaque.server import PendingLogin, answer_login, answer_registration
from crypto_core.wire.labels import LOGIN
from crypto_core.wire.limits import (
    LOGIN_STRETCH_MOST_MEMORY_BYTES,
    LOGIN_STRETCH_MOST_PASSES,
    MIB,
    STRETCH_LEAST_MEMORY_BYTES,
    STRETCH_LEAST_PASSES,
)
from crypto_core.wire.sign_in import LOGIN_STRETCH, LoginAnswer, LoginStretch
from tests.fakes.people import SeededBytes
from tests.fakes.sign_in import ACCOUNT, ACCOUNT_SECRET, PASSPHRASE, RelayDatabase

if TYPE_CHECKING:
    from crypto_core.opaque.group import RandomBytes
    from crypto_core.wire.ids import AccountId


def begin(
    passphrase: str = PASSPHRASE,
    *,
    account_secret: bytes = ACCOUNT_SECRET,
    random_bytes: RandomBytes | None = None,
) -> Login:
    return start_login(
        passphrase,
        account=ACCOUNT,
        account_secret=account_secret,
        random_bytes=SeededBytes("login") if random_bytes is None else random_bytes,
    )


def answer(
    relay: RelayDatabase, login: Login, account: AccountId = ACCOUNT
) -> tuple[LoginAnswer, PendingLogin]:
    return answer_login(
        relay.setup,
        account,
        relay.credentials.get(account),
        login.ke1,
        random_bytes=relay.random_bytes,
    )


def begin_registration() -> Registration:
    return start_registration(
        PASSPHRASE,
        account=ACCOUNT,
        account_secret=ACCOUNT_SECRET,
        random_bytes=SeededBytes("registration"),
    )


@pytest.fixture(scope="module")
def relay() -> RelayDatabase:
    """Return a relay where the account is registered."""
    relay = RelayDatabase()
    registration = begin_registration()
    response = answer_registration(relay.setup, ACCOUNT, registration.request)
    relay.store(ACCOUNT, registration.finish(response, random_bytes=SeededBytes("nonce")))
    return relay


def test_who_registered_signs_in(relay: RelayDatabase) -> None:
    login = begin()
    given, pending = answer(relay, login)
    finished = login.finish(given)
    assert pending.finish(finished.ke3) == finished.session_key


@pytest.mark.parametrize(
    "login",
    [
        begin("seize pommes de terre"),
        begin(PASSPHRASE + " "),
        begin(PASSPHRASE.upper()),
        begin(account_secret=bytes(32)),
        begin(account_secret=ACCOUNT_SECRET[:-1] + b"\x00"),
    ],
    ids=["passphrase", "blank", "case", "no secret", "secret"],
)
def test_wrong_passphrase_and_wrong_account_secret_fail_alike(
    relay: RelayDatabase, login: Login
) -> None:
    given, _ = answer(relay, login)
    with pytest.raises(SignInError) as failure:
        login.finish(given)
    assert str(failure.value) == str(SignInError())
    assert failure.value.__cause__ is None


def test_an_account_that_the_relay_does_not_know_fails_alike() -> None:
    login = begin()
    given, _ = answer(RelayDatabase(), login)
    with pytest.raises(SignInError) as failure:
        login.finish(given)
    assert str(failure.value) == str(SignInError())


@pytest.mark.parametrize(
    ("memory_bytes", "passes"),
    [
        (STRETCH_LEAST_MEMORY_BYTES - 1, STRETCH_LEAST_PASSES),
        (STRETCH_LEAST_MEMORY_BYTES, STRETCH_LEAST_PASSES - 1),
        (8 * MIB, 1),
        (0, 0),
        (LOGIN_STRETCH_MOST_MEMORY_BYTES + 1, STRETCH_LEAST_PASSES),
        (STRETCH_LEAST_MEMORY_BYTES, LOGIN_STRETCH_MOST_PASSES + 1),
    ],
)
def test_a_cost_out_of_bounds_is_refused_before_any_work(
    relay: RelayDatabase, memory_bytes: int, passes: int
) -> None:
    """The relay names the cost, so a hostile one would name one that is cheap to guess or never ends."""
    login = begin()
    given, _ = answer(relay, login)
    hostile = dataclasses.replace(
        given,
        stretch=LoginStretch(memory_bytes=memory_bytes, passes=passes),
        # The answer is malformed as well: it is not even read.
        ke2=b"",
    )
    with pytest.raises(WireError, match="LoginStretch"):
        login.finish(hostile)


def test_another_admissible_cost_than_the_registered_one_fails_like_a_wrong_passphrase(
    relay: RelayDatabase,
) -> None:
    login = begin()
    given, _ = answer(relay, login)
    dearer = LoginStretch(memory_bytes=LOGIN_STRETCH.memory_bytes, passes=LOGIN_STRETCH.passes + 1)
    with pytest.raises(SignInError):
        login.finish(dataclasses.replace(given, stretch=dearer))


def test_a_malformed_answer_is_no_wrong_passphrase(relay: RelayDatabase) -> None:
    login = begin()
    given, _ = answer(relay, login)
    with pytest.raises(WireError):
        login.finish(dataclasses.replace(given, ke2=given.ke2[:-1]))
    with pytest.raises(WireError):
        begin_registration().finish(bytes(64), random_bytes=SeededBytes("nonce"))


def test_the_input_is_hkdf_over_passphrase_and_account_secret() -> None:
    expected = derive(PASSPHRASE.encode() + ACCOUNT_SECRET, LOGIN)
    assert login_input(PASSPHRASE, ACCOUNT_SECRET) == expected


def test_a_passphrase_has_one_meaning_on_every_keyboard() -> None:
    spellings = ("caf\u00e9 noir", "cafe\u0301 noir", "caf\u00e9\u00a0noir")
    assert len(set(spellings)) == 3
    assert len({login_input(spelling, ACCOUNT_SECRET) for spelling in spellings}) == 1
    assert login_input("cafe noir", ACCOUNT_SECRET) != login_input(spellings[0], ACCOUNT_SECRET)


@pytest.mark.parametrize("secret", [b"", bytes(31), bytes(33)])
def test_an_account_secret_has_32_bytes(secret: bytes) -> None:
    with pytest.raises(KeyStateError):
        login_input(PASSPHRASE, secret)


def test_a_passphrase_that_is_no_text_is_refused_without_being_quoted() -> None:
    no_text = "geheim" + chr(0xD800)
    with pytest.raises(StretchError) as failure:
        login_input(no_text, ACCOUNT_SECRET)
    shown = "".join(traceback.format_exception(failure.value, chain=True))
    assert "UnicodeEncodeError" not in shown
    assert no_text not in shown


def test_memory_that_is_not_there_is_not_a_wrong_passphrase() -> None:
    with pytest.raises(StretchError):
        stretch_bytes(b"output", salt=bytes(16), memory_bytes=2**43, passes=3, length=64)


def test_no_export_key_leaves_the_client() -> None:
    assert {field.name for field in dataclasses.fields(FinishedLogin)} == {"ke3", "session_key"}


def test_nothing_shows_a_secret(relay: RelayDatabase) -> None:
    login, registration = begin(), begin_registration()
    given, pending = answer(relay, login)
    finished = login.finish(given)
    blinding = login._started.blinding
    hidden = [
        PASSPHRASE,
        ACCOUNT_SECRET,
        blinding.secret_input,
        blinding.blind,
        login._started.keyshare.private,
        registration._started.blinding.blind,
        finished.session_key,
        relay.credentials[ACCOUNT].record[32:96],
        relay.setup.oprf_seed,
        relay.setup.private_key,
        pending.to_bytes(),
    ]
    shown = "\n".join(
        repr(value)
        for value in (
            login,
            login._started,
            blinding,
            login._started.keyshare,
            registration,
            registration._started,
            finished,
            relay.credentials,
            relay.setup,
            relay.setup.key_pair,
            pending,
        )
    )
    for secret in hidden:
        assert str(secret) not in shown
        assert repr(secret)[2:-1] not in shown
