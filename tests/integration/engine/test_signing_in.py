# SPDX-License-Identifier: AGPL-3.0-or-later
"""Signing in, staying signed in, and what a person is told and can still do when the session has ended."""

from __future__ import annotations

import asyncio
import contextlib
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from app.engine.connection import Connection
from app.engine.ports.relay import RelayRefusedError, SignInNeededError
from app.engine.ports.vault import Setting
from app.engine.tokens import EARLY_SECONDS, Ended
from app.interface.commands import (
    ConfirmRecoveryCodes,
    EndSessions,
    ListContacts,
    ListSessions,
    Register,
    SearchDirectory,
    ShowConnection,
    ShowSecondFactors,
    ShowStatus,
    SignIn,
    Synchronise,
    Unlock,
    VerifyAudit,
)
from app.interface.events import Event, StatusChanged
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import AlarmKind, ConnectionState, DeliveryState
from crypto_core.wire.audit import AuditLeaf, AuditStatement, SignInAttempt, SignInResult, Verb
from crypto_core.wire.codec import decode
from crypto_core.wire.enrolment import format_enrolment
from crypto_core.wire.oauth import (
    ACCESS_TOKEN_SECONDS,
    SESSION_ABSOLUTE_SECONDS,
    SESSION_IDLE_SECONDS,
    Step,
)
from crypto_core.wire.relay_api import ProblemCode
from crypto_core.wire.sign_in import RECOVERY_CODES, FactorKind, LoginStretch
from tests.fakes.crashes import Countdown, CrashError
from tests.fakes.fake_relay import FakeRelay
from tests.fakes.full_mailbox import befriend, session_of
from tests.fakes.machine import FakeClock
from tests.fakes.people import SeededBytes
from tests.fakes.practice import PASSPHRASE, Practice, settle
from tests.integration.engine.test_receiving import alarms, inbox_of, letter, view_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path


def new_relay(clock: FakeClock) -> FakeRelay:
    """A relay whose sessions end as the real one's do."""
    return FakeRelay(
        now=clock.now,
        random_bytes=SeededBytes("relay"),
        absolute_seconds=SESSION_ABSOLUTE_SECONDS,
        idle_seconds=SESSION_IDLE_SECONDS,
    )


def run(folder: Path, story: Callable[[Practice], Coroutine[Any, Any, None]]) -> None:
    """Let one registered practice, not signed in, live a story."""

    async def main() -> None:
        clock = FakeClock()
        async with Practice("Anne", folder / "anne", new_relay(clock), clock=clock) as anne:
            await anne.register_only()
            await story(anne)

    asyncio.run(main())


async def refusal_of(work: Coroutine[Any, Any, Any]) -> tuple[Failure, str]:
    with pytest.raises(CommandError) as caught:
        await work
    return caught.value.failure, caught.value.detail


async def needed_for(practice: Practice) -> str:
    """Why a sign-in is needed."""
    failure, detail = await refusal_of(practice.synchronise())
    assert failure is Failure.SIGN_IN_NEEDED
    return detail


def attempts_in(relay: FakeRelay) -> list[tuple[SignInResult, tuple[FactorKind, ...]]]:
    """What the log says about sign-ins."""
    statements = [
        decode(AuditStatement, decode(AuditLeaf, leaf).statement) for leaf in relay.log.leaves
    ]
    attempts = [
        decode(SignInAttempt, each.content) for each in statements if each.verb is Verb.SIGN_IN
    ]
    return [(each.result, each.factors) for each in attempts]


# --- signing in ----------------------------------------------------------------------------------


def test_two_factors_open_a_session(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        assert await needed_for(anne) == ""
        signed_in = await anne.sign_in()
        assert signed_in.recovery_codes_left is None
        assert signed_in.session_ends_at == anne.clock.now() + SESSION_ABSOLUTE_SECONDS * 1000
        await anne.synchronise()
        (row,) = (await anne.do(ListSessions())).rows
        assert row.is_current
        assert row.device == session_of(anne).owner.device
        assert attempts_in(anne.relay) == [
            (SignInResult.ACCEPTED, (FactorKind.PASSPHRASE, FactorKind.TOTP))
        ]

    run(tmp_path, story)


def test_a_passphrase_is_the_same_on_every_keyboard(tmp_path: Path) -> None:
    composed = "été à l’œuvre naïve, douze chats gris dorment ici"
    decomposed = unicodedata.normalize("NFD", composed)
    assert decomposed != composed

    async def main() -> None:
        clock = FakeClock()
        relay = new_relay(clock)
        async with Practice("Anne", tmp_path / "anne", relay, clock=clock) as anne:
            anne.take_over(
                await anne.do(
                    Register(
                        enrolment=format_enrolment(relay.enrolment),
                        invitation=relay.invite(),
                        name="Anne",
                        profession="x",
                        place="",
                        is_listed=False,
                        passphrase=composed,
                    )
                )
            )
            with_other_blank = decomposed.replace(" ", "\u00a0")
            await anne.do(SignIn(passphrase=with_other_blank, code=anne.one_time_code()))
            await anne.synchronise()

    asyncio.run(main())


def test_a_wrong_passphrase_is_said_to_be_wrong(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        wrong = SignIn(passphrase="not hers", code=anne.one_time_code())
        assert await refusal_of(anne.do(wrong)) == (Failure.WRONG_PASSPHRASE, "")
        await anne.sign_in()

    run(tmp_path, story)


@pytest.mark.parametrize("code", ["000000", "AAAA-BBBB-CCCC-DDDD", "12345", "é", "1234567"])
def test_a_wrong_code_is_refused(tmp_path: Path, code: str) -> None:
    async def story(anne: Practice) -> None:
        refused = SignIn(passphrase=PASSPHRASE, code=code)
        assert await refusal_of(anne.do(refused)) == (Failure.SECOND_FACTOR_REFUSED, "")
        assert await needed_for(anne) == ""
        await anne.sign_in()

    run(tmp_path, story)


def test_a_one_time_code_serves_once(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        again = SignIn(passphrase=PASSPHRASE, code=anne.one_time_code())
        await anne.do(again)
        assert (await refusal_of(anne.do(again)))[0] is Failure.SECOND_FACTOR_REFUSED

    run(tmp_path, story)


def test_each_recovery_code_serves_once_however_it_is_typed(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        first, second = anne.recovery_codes[:2]
        for number, typed in enumerate((first, f" {second.lower().replace('-', ' ')} ")):
            signed_in = await anne.do(SignIn(passphrase=PASSPHRASE, code=typed))
            assert signed_in.recovery_codes_left == RECOVERY_CODES - 1 - number
            await anne.synchronise()
        used = SignIn(passphrase=PASSPHRASE, code=first)
        assert (await refusal_of(anne.do(used)))[0] is Failure.SECOND_FACTOR_REFUSED

    run(tmp_path, story)


def test_too_many_attempts_are_told_with_the_time_to_wait(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        wrong = SignIn(passphrase=PASSPHRASE, code="000000")
        for _ in range(5):
            assert (await refusal_of(anne.do(wrong)))[0] is Failure.SECOND_FACTOR_REFUSED
        assert await refusal_of(anne.do(wrong)) == (Failure.TOO_MANY_ATTEMPTS, "1")
        anne.clock.advance(seconds=1)
        await anne.sign_in()

    run(tmp_path, story)


def test_a_clock_that_is_off_is_told_as_such(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        anne.relay.clock_skew_seconds = 301
        with pytest.raises(CommandError) as caught:
            await anne.sign_in()
        assert caught.value.failure is Failure.CLOCK_WRONG

    run(tmp_path, story)


def test_without_the_relay_there_is_no_sign_in(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        anne.relay.go_offline()
        with pytest.raises(CommandError) as caught:
            await anne.sign_in()
        assert caught.value.failure is Failure.RELAY_UNREACHABLE

    run(tmp_path, story)


def test_a_relay_that_wants_less_work_is_refused(tmp_path: Path) -> None:
    def cheaper(challenge: Any) -> Any:  # noqa: ANN401 - the answer of one operation
        cheap: Any = object.__new__(LoginStretch)
        object.__setattr__(cheap, "memory_bytes", 1024)
        object.__setattr__(cheap, "passes", 1)
        return replace(challenge, answer=replace(challenge.answer, stretch=cheap))

    async def story(anne: Practice) -> None:
        anne.relay.alter("start_sign_in", cheaper)
        with pytest.raises(CommandError) as caught:
            await anne.sign_in()
        assert caught.value.failure is Failure.RELAY_UNTRUSTED
        # It was not told anything that depends on the passphrase.
        assert "prove_passphrase" not in anne.relay.calls

    run(tmp_path, story)


def test_a_relay_that_asks_for_no_second_factor_of_ours_gets_no_code(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        anne.relay.alter(
            "prove_passphrase", lambda needed: replace(needed, steps=frozenset({Step.OPAQUE}))
        )
        with pytest.raises(CommandError) as caught:
            await anne.sign_in()
        assert caught.value.failure is Failure.SECOND_FACTOR_REFUSED
        assert "prove_second_factor" not in anne.relay.calls

    run(tmp_path, story)


# --- the second factor's secrets -----------------------------------------------------------------


def test_second_factors_are_shown_until_they_were_taken_over(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        shown = await anne.do(ShowSecondFactors())
        assert shown.totp_uri.startswith("otpauth://totp/U-HealthSec:Anne?")
        assert len(set(shown.recovery_codes)) == RECOVERY_CODES
        assert shown.recovery_codes == anne.recovery_codes
        await anne.reopen()
        assert await anne.do(ShowSecondFactors()) == shown
        # A recovery code does not show that the authenticator has its secret.
        await anne.do(SignIn(passphrase=PASSPHRASE, code=shown.recovery_codes[0]))
        assert await anne.do(ShowSecondFactors()) == shown
        await anne.sign_in()
        # The telephone works now; whether the codes are on paper, only the person knows.
        await anne.reopen()
        assert await anne.do(ShowSecondFactors()) == replace(shown, totp_uri="")
        await anne.do(ConfirmRecoveryCodes())
        gone = await refusal_of(anne.do(ShowSecondFactors()))
        assert gone[0] is Failure.SECOND_FACTORS_GONE
        owner = await session_of(anne).vault.run(lambda store: store.identity.owner())
        assert owner is not None
        assert owner.second_factors is None
        for secret in (shown.totp_uri, *shown.recovery_codes):
            assert secret not in repr(shown)

    run(tmp_path, story)


# --- staying signed in ---------------------------------------------------------------------------


def test_within_the_session_a_passphrase_is_enough(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        for _ in range(5):
            anne.clock.advance(seconds=SESSION_IDLE_SECONDS // 2)
            await anne.reopen()
            await anne.synchronise()
        assert anne.relay.calls.count("start_sign_in") == 1

    run(tmp_path, story)


@pytest.mark.parametrize(
    ("pause", "times"), [(SESSION_IDLE_SECONDS, 1), (SESSION_IDLE_SECONDS - 60, 4)]
)
def test_a_session_ends_when_unused_and_in_the_end_anyway(
    tmp_path: Path, pause: int, times: int
) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        with contextlib.suppress(CommandError):
            for _ in range(times):
                anne.clock.advance(seconds=pause)
                await anne.reopen()
                await anne.synchronise()
        assert await needed_for(anne) == Ended.OVER
        assert alarms(anne) == []
        await anne.sign_in()
        await anne.synchronise()

    run(tmp_path, story)


def test_an_access_token_is_renewed_before_it_ends(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        await anne.do(SearchDirectory(query=""))
        assert "refresh" not in anne.relay.calls
        anne.clock.advance(seconds=ACCESS_TOKEN_SECONDS - EARLY_SECONDS)
        await anne.do(SearchDirectory(query=""))
        assert anne.relay.calls.count("refresh") == 1

    run(tmp_path, story)


def test_those_who_need_a_token_at_once_share_one_renewal(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        anne.clock.advance(seconds=ACCESS_TOKEN_SECONDS)
        await asyncio.gather(*(anne.do(SearchDirectory(query="")) for _ in range(20)))
        assert anne.relay.calls.count("refresh") == 1
        assert alarms(anne) == []

    run(tmp_path, story)


def test_a_new_session_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        await anne.sign_in()
        assert len((await anne.do(ListSessions())).rows) == 1

    run(tmp_path, story)


def test_locking_lets_a_renewal_come_to_its_end(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        anne.clock.advance(seconds=ACCESS_TOKEN_SECONDS)
        answered = asyncio.Event()

        def answer(grant: Any) -> Any:  # noqa: ANN401 - the answer of one operation
            answered.set()
            return grant

        anne.relay.alter("refresh", answer)
        searching = asyncio.create_task(anne.do(SearchDirectory(query="")))
        await answered.wait()
        searching.cancel()
        await anne.reopen()
        with pytest.raises(asyncio.CancelledError):
            await searching
        await anne.synchronise()
        assert alarms(anne) == []

    run(tmp_path, story)


# --- when it ends --------------------------------------------------------------------------------


def test_without_a_session_everything_here_goes_on(tmp_path: Path) -> None:
    async def main() -> None:
        clock = FakeClock()
        relay = new_relay(clock)
        async with (
            Practice("Anne", tmp_path / "anne", relay, clock=clock) as anne,
            Practice("Boris", tmp_path / "boris", relay, clock=clock) as boris,
        ):
            await anne.register()
            await boris.register()
            await befriend(anne, boris)
            await boris.do(letter(anne, "avant"))
            await settle([anne, boris])
            clock.advance(seconds=SESSION_ABSOLUTE_SECONDS)
            await anne.reopen()
            assert await needed_for(anne) == Ended.OVER
            assert (await anne.do(ShowStatus())).connection is ConnectionState.SIGN_IN_NEEDED
            assert [each.text for each in await inbox_of(anne)] == ["avant"]
            assert len((await anne.do(ListContacts())).rows) == 1
            await anne.do(ShowConnection())
            sent = await anne.do(letter(boris, "pendant"))
            for _ in range(3):
                assert await needed_for(anne) == Ended.OVER
            # Nothing that waits was given up because nobody was let in.
            assert [each.state for each in (await view_of(anne, sent)).recipients] == [
                DeliveryState.QUEUED
            ]
            failure, _ = await refusal_of(anne.do(VerifyAudit()))
            assert failure is Failure.SIGN_IN_NEEDED
            for practice in (anne, boris):
                await practice.sign_in()
            await settle([anne, boris])
            assert [each.text for each in await inbox_of(boris)] == ["pendant"]
            assert (await anne.do(VerifyAudit())).problems == ()
            assert alarms(anne) == alarms(boris) == []

    asyncio.run(main())


def test_sessions_ended_from_elsewhere_are_told_calmly(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        await anne.synchronise()
        anne.relay.sign_in.end_all(anne.account)
        assert await needed_for(anne) == Ended.OVER
        assert await needed_for(anne) == Ended.OVER
        assert alarms(anne) == []

    run(tmp_path, story)


def test_signing_out_ends_every_session_and_says_so(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        await anne.do(EndSessions())
        assert await needed_for(anne) == Ended.SIGNED_OUT
        stored = await session_of(anne).vault.run(
            lambda store: store.identity.setting(Setting.REFRESH_TOKEN)
        )
        assert stored is None
        failure, _ = await refusal_of(anne.do(EndSessions()))
        assert failure is Failure.SIGN_IN_NEEDED

    run(tmp_path, story)


def test_a_copied_session_is_ended_and_raises_the_alarm(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        session = session_of(anne)
        stolen = await session.vault.run(
            lambda store: store.identity.setting(Setting.REFRESH_TOKEN)
        )
        assert stolen is not None
        # The thief has the request key as well, for both are in the vault.
        thief: Any = session.relay
        await thief.refresh(stolen.decode())
        anne.clock.advance(seconds=ACCESS_TOKEN_SECONDS)
        assert await needed_for(anne) == Ended.REUSED
        assert alarms(anne) == [AlarmKind.SESSION_COPIED]
        await anne.reopen()
        assert await needed_for(anne) == Ended.REUSED
        assert SignInResult.REFUSED_REFRESH_REUSED in [each[0] for each in attempts_in(anne.relay)]
        await anne.sign_in()
        await anne.synchronise()
        # Told again at each unlock until somebody has read it.
        assert alarms(anne) == [AlarmKind.SESSION_COPIED] * 2

    run(tmp_path, story)


def test_a_lost_answer_costs_a_sign_in_and_no_alarm(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        anne.clock.advance(seconds=ACCESS_TOKEN_SECONDS)
        anne.relay.interrupt("refresh", has_acted=True)
        assert (await refusal_of(anne.synchronise()))[0] is Failure.RELAY_UNREACHABLE
        assert await needed_for(anne) == Ended.INTERRUPTED
        assert alarms(anne) == []
        await anne.sign_in()
        await anne.synchronise()

    run(tmp_path, story)


def test_a_question_that_never_arrived_costs_nothing(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        anne.clock.advance(seconds=ACCESS_TOKEN_SECONDS)
        anne.relay.interrupt("refresh", has_acted=False)
        assert (await refusal_of(anne.synchronise()))[0] is Failure.RELAY_UNREACHABLE
        busy = RelayRefusedError(ProblemCode.UNAVAILABLE, retry_after_seconds=3)
        anne.relay.interrupt("refresh", busy, has_acted=False)
        assert (await refusal_of(anne.synchronise()))[0] is Failure.RELAY_BUSY
        await anne.synchronise()
        assert anne.relay.calls.count("start_sign_in") == 1

    run(tmp_path, story)


@pytest.mark.parametrize("steps", range(8))
def test_a_crash_while_renewing_leads_to_a_sign_in_at_most(tmp_path: Path, steps: int) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        await anne.synchronise()
        await anne.stop()
        anne.countdown = Countdown()
        await anne.start()
        await anne.do(Unlock(passphrase=PASSPHRASE))
        anne.clock.advance(seconds=ACCESS_TOKEN_SECONDS)
        anne.countdown.left = steps
        with contextlib.suppress(CrashError):
            await anne.do(SearchDirectory(query=""))
        await anne.stop()
        anne.countdown = Countdown()
        await anne.start()
        await anne.do(Unlock(passphrase=PASSPHRASE))
        before = anne.relay.calls.count("refresh")
        await anne.do_signed_in(Synchronise())
        # One renewal of the old token at most, then the session lives or the person signs in.
        assert anne.relay.calls.count("refresh") <= before + 1
        assert alarms(anne) == []
        await anne.synchronise()

    run(tmp_path, story)


# --- a connected engine --------------------------------------------------------------------------


class Watched(list[Event]):
    """Events that can be waited for."""

    def __init__(self) -> None:
        super().__init__()
        self._news = asyncio.Event()

    def append(self, event: Event) -> None:
        super().append(event)
        self._news.set()

    async def reached(self, state: ConnectionState) -> None:
        """Wait until the newest status has this connection."""
        async with asyncio.timeout(30):
            while True:
                self._news.clear()
                statuses = [each.status for each in self if isinstance(each, StatusChanged)]
                if statuses and statuses[-1].connection is state:
                    return
                await self._news.wait()


def test_a_connected_engine_waits_calmly_and_goes_on_by_itself(tmp_path: Path) -> None:
    async def main() -> None:
        clock = FakeClock()
        relay = new_relay(clock)
        anne = Practice("Anne", tmp_path / "anne", relay, clock=clock)
        events = anne.events = Watched()
        await anne.start(connects=True)
        try:
            await anne.register_only()
            await events.reached(ConnectionState.SIGN_IN_NEEDED)
            asked = len(relay.calls)
            # Work that waits to be sent does not make it knock again.
            session_of(anne).wakes.connection.set()
            session_of(anne).wakes.outbox.set()
            for _ in range(50):
                await asyncio.sleep(0)
            assert relay.calls[asked:] == []
            await anne.sign_in()
            await events.reached(ConnectionState.ONLINE)
            await anne.do(EndSessions())
            session_of(anne).wakes.inbox.set()
            await events.reached(ConnectionState.SIGN_IN_NEEDED)
            await anne.stop()
            await anne.start(connects=True)
            await anne.do(Unlock(passphrase=PASSPHRASE))
            await events.reached(ConnectionState.SIGN_IN_NEEDED)
            await anne.sign_in()
            await events.reached(ConnectionState.ONLINE)
            await anne.stop()
            await anne.start(connects=True)
            await anne.do(Unlock(passphrase=PASSPHRASE))
            # The session lives: nobody is asked for anything.
            await events.reached(ConnectionState.ONLINE)
        finally:
            await anne.stop()

    asyncio.run(main())


def test_an_ended_session_shows_even_if_no_mail_comes(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        connection = Connection(session_of(anne), anne.profile, listen_seconds=0.01)
        listening = asyncio.create_task(connection._listen())
        # Opened at least twice: each time the session is looked at.
        while anne.relay.calls.count("events") < 2:
            await session_of(anne).wakes.inbox.wait()
            session_of(anne).wakes.inbox.clear()
        anne.relay.sign_in.end_all(anne.account)
        async with asyncio.timeout(30):
            with pytest.raises(SignInNeededError):
                await listening

    run(tmp_path, story)


# --- secrets -------------------------------------------------------------------------------------


def test_no_secret_is_in_logs_errors_or_representations(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    seen: list[str] = []

    async def story(anne: Practice) -> None:
        code = anne.one_time_code()
        with pytest.raises(CommandError) as caught:
            await anne.do(SignIn(passphrase="wrong-canary", code=code))
        seen.append(repr(caught.value))
        await anne.sign_in()
        session = session_of(anne)
        stored = await session.vault.run(
            lambda store: store.identity.setting(Setting.REFRESH_TOKEN)
        )
        assert stored is not None
        access = session.tokens.access_token()
        assert access is not None
        owner = session.owner
        shown = [
            repr(session),
            repr(owner),
            repr(owner.second_factors),
            repr(SignIn(passphrase="wrong-canary", code=code)),
            caplog.text,
            *seen,
        ]
        secrets = [
            "wrong-canary",
            PASSPHRASE,
            code,
            stored.decode(),
            access,
            owner.account_secret.hex(),
            repr(owner.account_secret),
            *anne.recovery_codes,
        ]
        for text in shown:
            for secret in secrets:
                assert secret not in text

    run(tmp_path, story)
