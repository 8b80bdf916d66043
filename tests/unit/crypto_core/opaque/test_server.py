# SPDX-License-Identifier: AGPL-3.0-or-later
"""The relay's side: storage forms, single use, and answers that do not tell who is registered."""

from __future__ import annotations

import dataclasses

import pytest

from crypto_core.errors import KeyStateError, SignInError, WireError
from crypto_core.opaque import client_protocol, server
from crypto_core.opaque.client import login_input
from crypto_core.opaque.messages import KE2, RegistrationRecord
from crypto_core.opaque.server import (
    PENDING_BYTES,
    SETUP_BYTES,
    PendingLogin,
    ServerSetup,
    answer_login,
    answer_registration,
    check_credential,
)
from crypto_core.wire.codec import encode
from crypto_core.wire.ids import AccountId
from crypto_core.wire.sign_in import LOGIN_STRETCH, LoginAnswer, LoginCredential
from tests.fakes.people import SeededBytes
from tests.fakes.scripted_bytes import ScriptedBytes
from tests.fakes.sign_in import (
    ACCOUNT,
    ACCOUNT_SECRET,
    PASSPHRASE,
    CheapClient,
    RelayDatabase,
)

INPUT = login_input(PASSPHRASE, ACCOUNT_SECRET)
NOBODY = AccountId(b"nobody is registered")
ORDER = 2**252 + 27742317777372353535851937790883648493


@pytest.fixture
def relay() -> RelayDatabase:
    """Return a relay where one account is registered."""
    relay = RelayDatabase()
    CheapClient(INPUT).register(relay)
    return relay


def proof_and_pending(relay: RelayDatabase) -> tuple[client_protocol.LoggedIn, PendingLogin]:
    client = CheapClient(INPUT)
    started = client_protocol.start_login(INPUT, client.random_bytes)
    given, pending = answer(relay, ACCOUNT, started.ke1.to_bytes())
    return client.finish(started, given), pending


def answer(
    relay: RelayDatabase, account: AccountId, ke1: bytes
) -> tuple[LoginAnswer, PendingLogin]:
    return answer_login(
        relay.setup,
        account,
        relay.credentials.get(account),
        ke1,
        random_bytes=relay.random_bytes,
    )


def some_ke1() -> bytes:
    return client_protocol.start_login(INPUT, SeededBytes("ke1")).ke1.to_bytes()


class TestUnknownAccount:
    def test_the_answer_has_the_same_form(self, relay: RelayDatabase) -> None:
        real, _ = answer(relay, ACCOUNT, some_ke1())
        fake, _ = answer(relay, NOBODY, some_ke1())
        assert len(encode(real)) == len(encode(fake))
        assert real.stretch == fake.stretch == LOGIN_STRETCH
        assert KE2.parse(fake.ke2).to_bytes() == fake.ke2

    def test_the_same_randomness_is_drawn_in_the_same_order(self, relay: RelayDatabase) -> None:
        draws = (b"\x01" * 32, b"\x02" * 32, b"\x03" * 32)
        for account in (ACCOUNT, NOBODY):
            script = ScriptedBytes(*draws)
            given, _ = answer_login(
                relay.setup,
                account,
                relay.credentials.get(account),
                some_ke1(),
                random_bytes=script,
            )
            ke2 = KE2.parse(given.ke2)
            assert script.is_used_up
            assert ke2.credential.masking_nonce == draws[0]
            assert ke2.server_nonce == draws[1]

    def test_registering_changes_nothing_that_a_stranger_can_compare(self) -> None:
        """The only part that is not fresh each time is the evaluation."""
        relay = RelayDatabase()
        before = KE2.parse(answer(relay, ACCOUNT, some_ke1())[0].ke2)
        again = KE2.parse(answer(relay, ACCOUNT, some_ke1())[0].ke2)
        CheapClient(INPUT).register(relay)
        after = KE2.parse(answer(relay, ACCOUNT, some_ke1())[0].ke2)
        evaluations = {ke2.credential.evaluated for ke2 in (before, again, after)}
        assert len(evaluations) == 1
        for part in ("masking_nonce", "masked"):
            assert len({getattr(ke2.credential, part) for ke2 in (before, again, after)}) == 3
        for part in ("server_nonce", "server_keyshare", "server_mac"):
            assert len({getattr(ke2, part) for ke2 in (before, again, after)}) == 3

    def test_accounts_and_relays_differ(self) -> None:
        one, other = RelayDatabase(), RelayDatabase("other")
        evaluations = {
            KE2.parse(answer(relay, account, some_ke1())[0].ke2).credential.evaluated
            for relay in (one, other)
            for account in (ACCOUNT, NOBODY)
        }
        assert len(evaluations) == 4

    def test_the_fake_credential_is_always_the_same_one(self, relay: RelayDatabase) -> None:
        restarted = ServerSetup.parse(relay.setup.to_bytes())
        fake = server._fake_credential(relay.setup, NOBODY)
        assert fake == server._fake_credential(restarted, NOBODY)
        assert fake != server._fake_credential(relay.setup, ACCOUNT)
        assert fake != server._fake_credential(RelayDatabase("other").setup, NOBODY)
        check_credential(fake)

    def test_nobody_signs_in(self, relay: RelayDatabase) -> None:
        with pytest.raises(SignInError) as unknown:
            CheapClient(INPUT, NOBODY).log_in(relay)
        with pytest.raises(SignInError) as wrong:
            CheapClient(login_input("wrong", ACCOUNT_SECRET)).log_in(relay)
        assert str(unknown.value) == str(wrong.value)

    def test_the_relay_refuses_alike(self, relay: RelayDatabase) -> None:
        texts = set()
        for account in (ACCOUNT, NOBODY):
            _, pending = answer(relay, account, some_ke1())
            with pytest.raises(SignInError) as refused:
                pending.finish(bytes(64))
            texts.add(str(refused.value))
        assert len(texts) == 1


class TestPendingLogin:
    def test_it_serves_once(self, relay: RelayDatabase) -> None:
        finished, pending = proof_and_pending(relay)
        assert pending.finish(finished.ke3.to_bytes()) == finished.session_key
        with pytest.raises(KeyStateError):
            pending.finish(finished.ke3.to_bytes())
        with pytest.raises(KeyStateError):
            pending.to_bytes()
        assert repr(pending) == "PendingLogin(used)"

    @pytest.mark.parametrize(
        ("wrong", "error"), [(bytes(64), SignInError), (bytes(63), WireError), (b"", WireError)]
    )
    def test_a_failed_attempt_uses_it_up(
        self, relay: RelayDatabase, wrong: bytes, error: type[Exception]
    ) -> None:
        finished, pending = proof_and_pending(relay)
        with pytest.raises(error):
            pending.finish(wrong)
        with pytest.raises(KeyStateError):
            pending.finish(finished.ke3.to_bytes())

    def test_it_outlives_the_process(self, relay: RelayDatabase) -> None:
        finished, pending = proof_and_pending(relay)
        stored = pending.to_bytes()
        assert len(stored) == PENDING_BYTES
        restored = PendingLogin.parse(stored)
        assert restored.to_bytes() == stored
        assert restored.finish(finished.ke3.to_bytes()) == finished.session_key

    def test_whoever_reads_it_can_finish_it(self, relay: RelayDatabase) -> None:
        """Which is why it is stored encrypted, for minutes, and serves once."""
        _, pending = proof_and_pending(relay)
        assert pending.finish(pending.to_bytes()[:64])

    @pytest.mark.parametrize("stored", [b"", bytes(127), bytes(129), bytearray(128)])
    def test_other_bytes_are_refused(self, stored: bytes) -> None:
        with pytest.raises(WireError):
            PendingLogin.parse(stored)


class TestServerSetup:
    def test_the_storage_form_is_complete(self, relay: RelayDatabase) -> None:
        stored = relay.setup.to_bytes()
        assert len(stored) == SETUP_BYTES
        relay.setup = ServerSetup.parse(stored)
        assert CheapClient(INPUT).log_in(relay)

    @pytest.mark.parametrize(
        "stored",
        [
            b"",
            bytes(95),
            bytes(97),
            bytes(96),
            bytes(64) + ORDER.to_bytes(32, "little"),
            bytes(64) + b"\xff" * 32,
            bytearray(b"\x01" * 96),
        ],
        ids=["empty", "short", "long", "zero key", "key = order", "key too large", "bytearray"],
    )
    def test_other_bytes_are_refused(self, stored: bytes) -> None:
        with pytest.raises(WireError):
            ServerSetup.parse(stored)

    def test_relays_do_not_share_secrets(self) -> None:
        one, other = RelayDatabase().setup, RelayDatabase("other").setup
        assert one.oprf_seed != other.oprf_seed
        assert one.private_key != other.private_key


class TestCredential:
    def test_a_key_that_is_no_element_is_not_stored(self, relay: RelayDatabase) -> None:
        good = relay.credentials[ACCOUNT]
        check_credential(good)
        with pytest.raises(WireError):
            check_credential(dataclasses.replace(good, record=bytes(32) + good.record[32:]))

    def test_a_cheaper_cost_is_not_stored(self, relay: RelayDatabase) -> None:
        cheaper = dataclasses.replace(LOGIN_STRETCH, passes=1)
        credential = dataclasses.replace(relay.credentials[ACCOUNT], stretch=cheaper)
        with pytest.raises(WireError):
            encode(credential)
        with pytest.raises(WireError):
            relay.store(ACCOUNT, credential)

    def test_a_damaged_one_is_noticed(self, relay: RelayDatabase) -> None:
        damaged = LoginCredential(version=1, stretch=LOGIN_STRETCH, record=bytes(192))
        relay.credentials[ACCOUNT] = damaged
        with pytest.raises(WireError):
            answer(relay, ACCOUNT, some_ke1())

    def test_two_registrations_have_nothing_in_common(self) -> None:
        """Not even of one passphrase: a thief does not see who chose the same or kept theirs."""
        relay = RelayDatabase()
        records = []
        for account in (ACCOUNT, NOBODY):
            CheapClient(INPUT, account).register(relay)
            records.append(RegistrationRecord.parse(relay.credentials[account].record))
        one, other = records
        assert one.client_public_key != other.client_public_key
        assert one.masking_key != other.masking_key


@pytest.mark.parametrize("request_bytes", [b"", bytes(32), b"\xff" * 32, bytes(31)])
def test_malformed_requests_are_refused(relay: RelayDatabase, request_bytes: bytes) -> None:
    with pytest.raises(WireError):
        answer_registration(relay.setup, ACCOUNT, request_bytes)
    with pytest.raises(WireError):
        answer(relay, ACCOUNT, request_bytes)
