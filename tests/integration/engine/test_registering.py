# SPDX-License-Identifier: AGPL-3.0-or-later
"""An account is made once and whole, or not at all; a lost answer costs neither account nor invitation."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from app.engine.ports.relay import RelayRefusedError
from app.interface.commands import (
    ListContacts,
    Register,
    ShowSecondFactors,
    ShowStatus,
    Synchronise,
    Unlock,
    VerifyAudit,
)
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import ProfileState
from crypto_core.wire.enrolment import format_enrolment
from crypto_core.wire.relay_api import ProblemCode
from crypto_core.wire.sign_in import TOTP_PERIOD_SECONDS
from tests.fakes.crashes import Countdown, CrashError
from tests.fakes.fake_relay import FakeRelay
from tests.fakes.full_mailbox import session_of
from tests.fakes.machine import FakeClock
from tests.fakes.people import SeededBytes
from tests.fakes.practice import PASSPHRASE, Practice

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path


def run(folder: Path, story: Callable[[Practice], Coroutine[Any, Any, None]]) -> None:
    async def main() -> None:
        clock = FakeClock()
        relay = FakeRelay(now=clock.now, random_bytes=SeededBytes("relay"))
        async with Practice("Anne", folder / "anne", relay, clock=clock) as anne:
            await story(anne)

    asyncio.run(main())


async def refusal_of(practice: Practice, **changes: Any) -> Failure:  # noqa: ANN401 - of any field
    with pytest.raises(CommandError) as caught:
        await practice.register(**changes)
    return caught.value.failure


def left_behind(practice: Practice) -> set[str]:
    return {path.name for path in practice.directory.glob("*") if path.is_file()}


def test_registered_means_unlocked_published_and_proven(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        account = await anne.register()
        status = await anne.do(ShowStatus())
        assert (status.profile, status.account, status.name) == (
            ProfileState.UNLOCKED,
            account,
            "Anne",
        )
        assert len(anne.relay._state.prekeys[session_of(anne).owner.device].left) == 100
        assert (await anne.do(VerifyAudit())).problems == ()
        owner = await session_of(anne).vault.run(lambda store: store.identity.owner())
        assert owner is not None
        assert owner.encoded_registration is None
        assert len(owner.pending_recovery_code or b"") == 32

    run(tmp_path, story)


def test_an_unlisted_account_is_not_in_the_directory(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        account = await anne.register(is_listed=False)
        assert account not in anne.relay._state.directory

    run(tmp_path, story)


def test_a_passphrase_that_a_copied_store_would_not_stand_up_with_makes_nothing(
    tmp_path: Path,
) -> None:
    async def story(anne: Practice) -> None:
        with pytest.raises(CommandError) as caught:
            await anne.do(
                Register(
                    enrolment=format_enrolment(anne.relay.enrolment),
                    invitation=anne.relay.invite(),
                    name="Anne",
                    profession="Médecin généraliste",
                    place="Lyon",
                    is_listed=True,
                    passphrase="correct horse battery staple",
                )
            )
        assert (caught.value.failure, caught.value.detail) == (Failure.PASSPHRASE_WEAK, "46")
        assert left_behind(anne) == set()
        await anne.register()

    run(tmp_path, story)


def test_a_number_of_the_register_is_shown_with_who_asks_to_be_listed(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        account = await anne.register(rpps="99700218896")
        assert anne.relay._state.directory[account].rpps == "99700218896"

    run(tmp_path, story)


def test_an_unreachable_relay_leaves_nothing(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        anne.relay.go_offline()
        assert await refusal_of(anne) is Failure.RELAY_UNREACHABLE
        assert left_behind(anne) == set()
        assert (await anne.do(ShowStatus())).profile is ProfileState.EMPTY

    run(tmp_path, story)


def test_a_false_invitation_leaves_nothing_and_can_be_corrected(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        assert await refusal_of(anne, invitation="falsch") is Failure.INVITATION_INVALID
        assert left_behind(anne) == set()
        await anne.register()
        assert (await anne.do(ListContacts())).rows == ()

    run(tmp_path, story)


def test_a_false_enrolment_is_said_to_be_one(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        with pytest.raises(CommandError) as caught:
            await anne.do(
                Register(
                    enrolment="uhs:relay/falsch",
                    invitation="x",
                    name="Anne",
                    profession="x",
                    place="",
                    is_listed=False,
                    passphrase=PASSPHRASE,
                )
            )
        assert caught.value.failure is Failure.ENROLMENT_INVALID
        assert left_behind(anne) == set()

    run(tmp_path, story)


def test_another_log_than_the_enrolments_is_not_trusted(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        anne.relay.alter(
            "describe", lambda described: replace(described, log_keys=described.log_keys[::-1])
        )
        assert await refusal_of(anne) is Failure.RELAY_UNTRUSTED
        assert left_behind(anne) == set()

    run(tmp_path, story)


def test_one_lost_answer_is_not_even_noticed(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        anne.relay.interrupt("register", has_acted=True)
        await anne.register()
        assert len(anne.relay._state.accounts) == 1

    run(tmp_path, story)


def test_when_every_answer_is_lost_the_same_account_is_completed_later(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        invitation = anne.relay.invite()
        anne.relay.interrupt("register", has_acted=True, times=2)
        assert await refusal_of(anne, invitation=invitation) is Failure.RELAY_UNREACHABLE
        assert (await anne.do(ShowStatus())).profile is ProfileState.EMPTY
        (made,) = anne.relay._state.accounts
        await anne.stop()
        await anne.start()
        assert await anne.register(invitation=invitation) == made
        assert len(anne.relay._state.accounts) == 1

    run(tmp_path, story)


def test_a_void_invitation_is_replaced_by_the_new_one(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        busy = RelayRefusedError(ProblemCode.UNAVAILABLE)
        anne.relay.interrupt("register", busy, has_acted=False)
        void = anne.relay.invite()
        assert await refusal_of(anne, invitation=void) is Failure.RELAY_BUSY
        del anne.relay._state.invitations[void]
        await anne.stop()
        await anne.start()
        await anne.register()
        assert len(anne.relay._state.accounts) == 1

    run(tmp_path, story)


def test_an_account_is_made_once(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await anne.register()
        assert await refusal_of(anne) is Failure.PROFILE_EXISTS

    run(tmp_path, story)


@pytest.mark.parametrize("steps", range(0, 48, 5))
def test_a_crash_while_registering_or_signing_in_costs_nothing(tmp_path: Path, steps: int) -> None:
    async def story(anne: Practice) -> None:
        invitation = anne.relay.invite()
        anne.countdown = Countdown(steps)
        await anne.stop()
        await anne.start()
        try:
            await anne.register(invitation=invitation)
        except CrashError:
            anne.countdown = Countdown()
            await anne.stop()
            await anne.start()
            if (await anne.do(ShowStatus())).profile is ProfileState.EMPTY:
                await anne.register_only(invitation=invitation)
            else:
                await anne.do(Unlock(passphrase=PASSPHRASE))
        anne.countdown.left = None
        # Whoever has seen nothing yet is shown it again; whoever has used it needs it no more.
        with contextlib.suppress(CommandError):
            anne.take_over(await anne.do(ShowSecondFactors()))
        anne.clock.advance(seconds=2 * TOTP_PERIOD_SECONDS)
        await anne.do_signed_in(Synchronise())
        assert len(anne.relay._state.accounts) == 1
        assert (await anne.do(VerifyAudit())).problems == ()

    run(tmp_path, story)


def test_locked_means_that_nothing_is_told(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await anne.register()
        await anne.stop()
        await anne.start()
        status = await anne.do(ShowStatus())
        assert (status.profile, status.account, status.name) == (ProfileState.LOCKED, None, "")
        with pytest.raises(CommandError) as caught:
            await anne.do(ListContacts())
        assert caught.value.failure is Failure.LOCKED
        with pytest.raises(CommandError) as caught:
            await anne.do(Unlock(passphrase="falsch"))
        assert caught.value.failure is Failure.WRONG_PASSPHRASE
        await anne.do(Unlock(passphrase=PASSPHRASE))
        with pytest.raises(CommandError) as caught:
            await anne.do(Unlock(passphrase=PASSPHRASE))
        assert caught.value.failure is Failure.ALREADY_UNLOCKED

    run(tmp_path, story)
