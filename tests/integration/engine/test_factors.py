# SPDX-License-Identifier: AGPL-3.0-or-later
"""Several telephones and security keys, new recovery codes, another passphrase, and copies of a profile."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from app.engine.ports.vault import Setting
from app.engine.tokens import Ended
from app.interface.commands import (
    AddSecurityKey,
    BeginTotp,
    ChangePassphrase,
    ConfirmRecoveryCodes,
    ConfirmTotp,
    GiveUpSecurityKey,
    ListContacts,
    ListFactors,
    RemoveFactor,
    RenewRecoveryCodes,
    SendLetter,
    ShowSecondFactors,
    SignIn,
    SignInWithSecurityKey,
    Unlock,
)
from app.interface.events import TouchAwaited
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import ConnectionState, FactorView
from crypto_core.wire.audit import (
    AuditLeaf,
    AuditStatement,
    FactorChange,
    FactorsChanged,
    SignInResult,
    Verb,
)
from crypto_core.wire.codec import decode
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.oauth import STEP_UP_SECONDS
from crypto_core.wire.sign_in import RECOVERY_CODES, FactorKind
from tests.fakes.authenticator import Authenticator
from tests.fakes.crashes import CrashError
from tests.fakes.machine import FakeClock, FakeSecretStore
from tests.fakes.practice import PASSPHRASE, Practice
from tests.fakes.virtual_security_key import VirtualSecurityKey
from tests.integration.engine.test_signing_in import attempts_in, new_relay, refusal_of, run

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from app.engine.ports.relay import SecondFactorNeeded
    from app.interface.command import Command
    from tests.fakes.fake_relay import FakeRelay

Answer = TypeVar("Answer")

NEW_PASSPHRASE = "quatorze chevaux verts broutent derrière le vieux moulin à eau"


def changes_in(relay: FakeRelay) -> list[tuple[FactorKind, FactorChange]]:
    """What the log says about factors."""
    statements = [
        decode(AuditStatement, decode(AuditLeaf, leaf).statement) for leaf in relay.log.leaves
    ]
    changes = [
        decode(FactorsChanged, each.content)
        for each in statements
        if each.verb is Verb.FACTORS_CHANGED
    ]
    return [(each.kind, each.change) for each in changes]


async def stepped_up(anne: Practice, command: Command[Answer]) -> Answer:
    """Give a command, and again after a fresh sign-in if the relay wants one, as a front end does."""
    try:
        return await anne.do(command)
    except CommandError as error:
        if error.failure not in {Failure.STEP_UP_NEEDED, Failure.SIGN_IN_NEEDED}:
            raise
    await anne.sign_in()
    return await anne.do(command)


async def failure_of(anne: Practice, command: Command[Any]) -> Failure | None:
    """How a command fails, None if it does not."""
    try:
        await anne.do(command)
    except CommandError as error:
        return error.failure
    return None


async def with_key(anne: Practice) -> tuple[VirtualSecurityKey, FactorView]:
    """Add a security key."""
    key = VirtualSecurityKey()
    anne.plugged_in = [key]
    row = await stepped_up(anne, AddSecurityKey(name="clé du cabinet", pin=""))
    return key, row


# --- telephones ----------------------------------------------------------------------------------


def test_a_second_telephone_signs_in_as_well(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        begun = await anne.do(BeginTotp(name="téléphone de secours"))
        # It waits, if need be over a restart.
        await anne.reopen()
        other = Authenticator(begun.totp_uri)
        code = other.code(anne.clock.now() / 1000)
        assert code is not None
        added = await anne.do(ConfirmTotp(code=code))
        listed = await anne.do(ListFactors())
        assert [row.name for row in listed.rows] == ["", "téléphone de secours"]
        assert listed.rows[1] == added
        assert listed.recovery_codes_left == RECOVERY_CODES
        anne.clock.advance(seconds=60)
        code = other.code(anne.clock.now() / 1000)
        assert code is not None
        await anne.do(SignIn(passphrase=PASSPHRASE, code=code))
        used = (await anne.do(ListFactors())).rows[1]
        assert used.last_used_at == anne.clock.now()
        assert changes_in(anne.relay) == [(FactorKind.TOTP, FactorChange.ADDED)]
        # Once is enough: the secret is not here any more.
        assert (await refusal_of(anne.do(ConfirmTotp(code=code))))[0] is Failure.FACTOR_NOT_BEGUN

    run(tmp_path, story)


def test_a_telephone_is_not_taken_without_its_own_code(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        assert (await refusal_of(anne.do(ConfirmTotp(code="123456"))))[
            0
        ] is Failure.FACTOR_NOT_BEGUN
        begun = await anne.do(BeginTotp(name=""))
        for wrong in (anne.one_time_code(), anne.recovery_codes[0], "x"):
            failure, _ = await refusal_of(anne.do(ConfirmTotp(code=wrong)))
            assert failure is Failure.SECOND_FACTOR_REFUSED
        code = Authenticator(begun.totp_uri).code(anne.clock.now() / 1000)
        assert code is not None
        await anne.do(ConfirmTotp(code=code))

    run(tmp_path, story)


def test_the_relay_cannot_read_what_factors_are_called(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        await with_key(anne)
        kept = repr(anne.relay.sign_in.state)
        assert "cabinet" not in kept
        rows = (await anne.do(ListFactors())).rows
        # A name that the relay changed is no name.
        for factor in anne.relay.sign_in.state.factors[anne.account].factors:
            factor.sealed_name = bytes(156)
        changed = (await anne.do(ListFactors())).rows
        assert [row.name for row in rows] == ["", "clé du cabinet"]
        assert [row.name for row in changed] == ["", ""]

    run(tmp_path, story)


# --- security keys -------------------------------------------------------------------------------


def test_a_security_key_signs_in_in_the_place_of_a_code(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        await with_key(anne)
        anne.events.clear()
        await anne.do(SignInWithSecurityKey(passphrase=PASSPHRASE, pin=""))
        assert anne.events.count(TouchAwaited()) == 1
        assert attempts_in(anne.relay)[-1] == (
            SignInResult.ACCEPTED,
            (FactorKind.PASSPHRASE, FactorKind.FIDO2),
        )
        assert changes_in(anne.relay) == [(FactorKind.FIDO2, FactorChange.ADDED)]
        await anne.synchronise()

    run(tmp_path, story)


def test_a_key_alone_does_not_sign_in(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        key, _ = await with_key(anne)
        before = list(key.commands)
        failure, _ = await refusal_of(anne.do(SignInWithSecurityKey(passphrase="not hers", pin="")))
        assert failure is Failure.WRONG_PASSPHRASE
        assert key.commands == before

    run(tmp_path, story)


def test_each_trouble_with_a_key_is_told(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        sign_in = SignInWithSecurityKey(passphrase=PASSPHRASE, pin="")
        assert (await refusal_of(anne.do(sign_in)))[0] is Failure.SECURITY_KEY_UNKNOWN
        key, _ = await with_key(anne)
        add = AddSecurityKey(name="x", pin="")
        assert (await refusal_of(anne.do(add)))[0] is Failure.SECURITY_KEY_KNOWN
        key.is_touched = False
        assert (await refusal_of(anne.do(sign_in)))[0] is Failure.SECURITY_KEY_UNTOUCHED
        anne.plugged_in = []
        assert (await refusal_of(anne.do(sign_in)))[0] is Failure.SECURITY_KEY_MISSING
        anne.plugged_in = [VirtualSecurityKey()]
        assert (await refusal_of(anne.do(sign_in)))[0] is Failure.SECURITY_KEY_UNKNOWN

    run(tmp_path, story)


def test_a_copied_key_is_refused_and_the_log_knows(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        key, _ = await with_key(anne)
        copy = key.copy()
        sign_in = SignInWithSecurityKey(passphrase=PASSPHRASE, pin="")
        await anne.do(sign_in)
        await anne.do(sign_in)
        anne.plugged_in = [copy]
        assert (await refusal_of(anne.do(sign_in)))[0] is Failure.SECOND_FACTOR_REFUSED
        assert SignInResult.REFUSED_COUNTER in [each[0] for each in attempts_in(anne.relay)]

    run(tmp_path, story)


def test_a_relay_that_names_another_site_gets_no_signature(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        key, _ = await with_key(anne)
        before = list(key.commands)

        def other_site(needed: SecondFactorNeeded) -> SecondFactorNeeded:
            options = needed.security_key_options.replace("relay.example", "bank.example")
            assert options != needed.security_key_options
            return replace(needed, security_key_options=options)

        anne.relay.alter("prove_passphrase", other_site)
        failure, _ = await refusal_of(anne.do(SignInWithSecurityKey(passphrase=PASSPHRASE, pin="")))
        assert failure is Failure.RELAY_UNTRUSTED
        assert key.commands == before

    run(tmp_path, story)


def test_who_gives_up_is_not_kept_waiting(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        await with_key(anne)
        asked = asyncio.Event()

        class Patient:
            """Keys that are never touched."""

            async def sign_in(self, *_: object, **__: object) -> str:
                asked.set()
                await asyncio.Event().wait()
                raise AssertionError

        session = anne.engine._session
        assert session is not None
        object.__setattr__(session.machine, "security_keys", Patient())
        waits = asyncio.create_task(
            refusal_of(anne.do(SignInWithSecurityKey(passphrase=PASSPHRASE, pin="")))
        )
        await asked.wait()
        await anne.do(GiveUpSecurityKey())
        assert (await waits)[0] is Failure.SECURITY_KEY_UNTOUCHED

    run(tmp_path, story)


# --- taking away, and stepping up ----------------------------------------------------------------


def test_a_factor_is_removed_and_the_last_one_stays(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        _, key = await with_key(anne)
        telephone = (await anne.do(ListFactors())).rows[0]
        # Sessions end with the factor that they were begun with.
        await anne.do(SignInWithSecurityKey(passphrase=PASSPHRASE, pin=""))
        await anne.do(RemoveFactor(factor=telephone.factor))
        assert [row.factor for row in (await anne.do(ListFactors())).rows] == [key.factor]
        failure, _ = await refusal_of(anne.do(RemoveFactor(factor=telephone.factor)))
        assert failure is Failure.UNKNOWN_FACTOR
        failure, _ = await refusal_of(anne.do(RemoveFactor(factor=key.factor)))
        assert failure is Failure.LAST_FACTOR
        # Its codes are worth nothing any more.
        failure, _ = await refusal_of(anne.sign_in())
        assert failure is Failure.SECOND_FACTOR_REFUSED
        await anne.do(SignInWithSecurityKey(passphrase=PASSPHRASE, pin=""))

    run(tmp_path, story)


@pytest.mark.parametrize(
    "command",
    [
        AddSecurityKey(name="x", pin=""),
        RenewRecoveryCodes(),
        ChangePassphrase(passphrase=NEW_PASSPHRASE),
    ],
    ids=lambda command: type(command).__name__,
)
def test_what_changes_the_door_takes_a_fresh_sign_in(
    tmp_path: Path, command: Command[object]
) -> None:
    async def story(anne: Practice) -> None:
        anne.plugged_in = [VirtualSecurityKey()]
        await anne.sign_in()
        anne.clock.advance(seconds=STEP_UP_SECONDS + 1)
        leaves = len(anne.relay.log.leaves)
        for _ in range(2):
            assert (await refusal_of(anne.do(command)))[0] is Failure.STEP_UP_NEEDED
        assert len(anne.relay.log.leaves) == leaves
        # A renewed token keeps the time of its sign-in.
        await anne.synchronise()
        assert (await refusal_of(anne.do(command)))[0] is Failure.STEP_UP_NEEDED
        await stepped_up(anne, command)

    run(tmp_path, story)


# --- recovery codes ------------------------------------------------------------------------------


def test_new_recovery_codes_void_the_old_ones(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        await anne.do(ConfirmRecoveryCodes())
        assert not (await anne.do(ListFactors())).are_codes_due
        new = (await anne.do(RenewRecoveryCodes())).recovery_codes
        assert not set(new) & set(anne.recovery_codes)
        assert (await anne.do(ListFactors())).are_codes_due
        await anne.reopen()
        assert (await anne.do(ShowSecondFactors())).recovery_codes == new
        failure, _ = await refusal_of(
            anne.do(SignIn(passphrase=PASSPHRASE, code=anne.recovery_codes[0]))
        )
        assert failure is Failure.SECOND_FACTOR_REFUSED
        left = await anne.do(SignIn(passphrase=PASSPHRASE, code=new[0]))
        assert left.recovery_codes_left == RECOVERY_CODES - 1
        await anne.do(ConfirmRecoveryCodes())
        assert (await refusal_of(anne.do(ShowSecondFactors())))[0] is Failure.SECOND_FACTORS_GONE

    run(tmp_path, story)


def test_new_recovery_codes_survive_a_crash_at_any_step(tmp_path: Path) -> None:
    """Whichever codes are good, somebody can still show them."""
    steps = 0
    while True:
        done: list[bool] = []

        async def story(anne: Practice, steps: int = steps, done: list[bool] = done) -> None:
            await anne.sign_in()
            await anne.do(ConfirmRecoveryCodes())
            anne.countdown.left = steps
            try:
                await anne.do(RenewRecoveryCodes())
                done.append(True)
            except CrashError:
                pass
            anne.countdown.left = None
            await anne.reopen()
            is_new = RECOVERY_CODES if anne.relay.calls.count("renew_recovery_codes") else 0
            listed = await anne.do(ListFactors())
            if is_new:
                assert listed.are_codes_due
            shown = (await stepped_up(anne, RenewRecoveryCodes())).recovery_codes
            await anne.do(SignIn(passphrase=PASSPHRASE, code=shown[0]))

        run(tmp_path / str(steps), story)
        if done:
            break
        steps += 1
    assert steps > 4


# --- another passphrase --------------------------------------------------------------------------


def test_a_new_passphrase_opens_and_signs_in_and_the_old_one_does_neither(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        await anne.do(ChangePassphrase(passphrase=NEW_PASSPHRASE))
        failure, _ = await refusal_of(
            anne.do(SignIn(passphrase=PASSPHRASE, code=anne.one_time_code()))
        )
        assert failure is Failure.WRONG_PASSPHRASE
        await anne.do(SignIn(passphrase=NEW_PASSPHRASE, code=anne.one_time_code()))
        await anne.synchronise()
        await anne.stop()
        await anne.start()
        assert (await refusal_of(anne.do(Unlock(passphrase=PASSPHRASE))))[
            0
        ] is Failure.WRONG_PASSPHRASE
        await anne.do(Unlock(passphrase=NEW_PASSPHRASE))
        # Now the relay knows nothing of the old one either.
        relay = anne.relay.sign_in.state.factors[anne.account]
        assert relay.pending is None
        failure, _ = await refusal_of(
            anne.do(SignIn(passphrase=PASSPHRASE, code=anne.one_time_code()))
        )
        assert failure is Failure.WRONG_PASSPHRASE

    run(tmp_path, story)


def test_a_weak_passphrase_is_not_taken(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        failure, _ = await refusal_of(anne.do(ChangePassphrase(passphrase="azerty123")))
        assert failure is Failure.PASSPHRASE_WEAK
        assert "store_passphrase" not in anne.relay.calls

    run(tmp_path, story)


def test_two_changes_in_a_row_do_not_lock_out(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        await anne.do(ChangePassphrase(passphrase=NEW_PASSPHRASE))
        third = f"{NEW_PASSPHRASE} et ailleurs"
        failure, _ = await refusal_of(anne.do(ChangePassphrase(passphrase=third)))
        assert failure is Failure.STEP_UP_NEEDED
        await anne.do(SignIn(passphrase=NEW_PASSPHRASE, code=anne.one_time_code()))
        await anne.do(ChangePassphrase(passphrase=third))
        await anne.do(SignIn(passphrase=third, code=anne.one_time_code()))

    run(tmp_path, story)


def test_after_a_crash_at_any_step_exactly_one_passphrase_does_both(tmp_path: Path) -> None:
    """Change, then the sign-in that completes it; killed before or after each request and transaction."""
    steps, seen = 0, set()
    while True:
        done: list[bool] = []

        async def story(anne: Practice, steps: int = steps, done: list[bool] = done) -> None:
            await anne.sign_in()
            anne.countdown.left = steps
            try:
                await anne.do(ChangePassphrase(passphrase=NEW_PASSPHRASE))
                await anne.do(SignIn(passphrase=NEW_PASSPHRASE, code=anne.one_time_code()))
                done.append(True)
            except CrashError:
                pass
            anne.countdown.left = None
            good = []
            for passphrase in (PASSPHRASE, NEW_PASSPHRASE):
                await anne.stop()
                await anne.start()
                if await failure_of(anne, Unlock(passphrase=passphrase)) is not None:
                    continue
                anne.clock.advance(seconds=60)
                await anne.do(SignIn(passphrase=passphrase, code=anne.one_time_code()))
                good.append(passphrase)
            assert len(good) == 1
            seen.add(good[0])

        run(tmp_path / str(steps), story)
        if done:
            break
        steps += 1
    assert steps > 15
    assert seen == {PASSPHRASE, NEW_PASSPHRASE}


# --- copies --------------------------------------------------------------------------------------


def with_store(
    folder: Path, story: Callable[[Practice], Coroutine[Any, Any, None]], *, is_present: bool
) -> None:
    """Let one practice live a story on a computer with or without a secret store."""

    async def main() -> None:
        clock = FakeClock()
        async with Practice("Anne", folder / "anne", new_relay(clock), clock=clock) as anne:
            anne.secret_store = FakeSecretStore(is_present=is_present)
            await anne.stop()
            await anne.start()
            await anne.register_only()
            await story(anne)

    asyncio.run(main())


async def put_back(anne: Practice, backup: Path) -> None:
    """Restore the profile from a backup, as if nothing had happened since."""
    await anne.stop()
    shutil.rmtree(anne.directory)
    shutil.copytree(backup, anne.directory)
    await anne.start()
    await anne.do(Unlock(passphrase=PASSPHRASE))


async def back_up(anne: Practice, backup: Path) -> None:
    await anne.stop()
    shutil.copytree(anne.directory, backup)
    await anne.start()
    await anne.do(Unlock(passphrase=PASSPHRASE))


def test_a_profile_that_was_put_back_is_found_out_at_its_sign_in(tmp_path: Path) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        await back_up(anne, tmp_path / "backup")
        await anne.sign_in()
        await put_back(anne, tmp_path / "backup")
        for _ in range(2):
            failure, _ = await refusal_of(anne.sign_in())
            assert failure is Failure.PROFILE_COPIED
            assert (await refusal_of(anne.synchronise()))[0] is Failure.PROFILE_COPIED
        assert SignInResult.REFUSED_COPIED in [each[0] for each in attempts_in(anne.relay)]
        # It stays readable, also after the next start; nothing is queued that could never leave.
        await anne.reopen()
        await anne.do(ListContacts())
        letter = SendLetter(
            to=(anne.account,),
            subject="x",
            text="x",
            attachments=(),
            urgency=Urgency.NORMAL,
            in_reply_to=None,
            accepts_unverified=True,
        )
        assert (await refusal_of(anne.do(letter)))[0] is Failure.PROFILE_COPIED
        await anne.until(lambda: anne.connection() is ConnectionState.OFFLINE)
        assert (await refusal_of(anne.synchronise()))[0] is Failure.PROFILE_COPIED
        await anne.until(lambda: anne.connection() is ConnectionState.PROFILE_COPIED)

    with_store(tmp_path, story, is_present=False)


def test_a_secret_store_shows_it_before_the_relay_is_asked(tmp_path: Path) -> None:
    """The old refresh token is not even tried: using it would end the true session as well."""

    async def story(anne: Practice) -> None:
        await anne.sign_in()
        await back_up(anne, tmp_path / "backup")
        await anne.sign_in()
        anne.relay.calls.clear()
        await put_back(anne, tmp_path / "backup")
        failure, detail = await refusal_of(anne.synchronise())
        assert (failure, detail) == (Failure.SIGN_IN_NEEDED, Ended.DOUBTED)
        assert "refresh" not in anne.relay.calls
        assert (await refusal_of(anne.sign_in()))[0] is Failure.PROFILE_COPIED

    with_store(tmp_path, story, is_present=True)


def test_a_secret_store_that_errs_locks_nobody_out(tmp_path: Path) -> None:
    """The relay decides. A store that was emptied says nothing, one that was put back only costs a sign-in."""

    async def story(anne: Practice) -> None:
        await anne.sign_in()
        old = dict(anne.secret_store.secrets)
        assert old
        await anne.sign_in()
        anne.secret_store.secrets.clear()
        await anne.reopen()
        await anne.synchronise()
        anne.secret_store.secrets |= old
        await anne.reopen()
        assert (await refusal_of(anne.synchronise()))[1] == Ended.DOUBTED
        await anne.sign_in()
        await anne.synchronise()
        anne.secret_store.is_locked = True
        await anne.reopen()
        await anne.synchronise()
        await anne.sign_in()

    with_store(tmp_path, story, is_present=True)


@pytest.mark.parametrize("has_acted", [False, True])
def test_a_lost_answer_is_no_copy(tmp_path: Path, *, has_acted: bool) -> None:
    async def story(anne: Practice) -> None:
        await anne.sign_in()
        for _ in range(2):
            anne.relay.interrupt("redeem_code", has_acted=has_acted)
            failure, _ = await refusal_of(anne.sign_in())
            assert failure is Failure.RELAY_UNREACHABLE
        await anne.reopen()
        await anne.sign_in()
        await anne.synchronise()

    with_store(tmp_path, story, is_present=True)


def test_a_crash_at_any_step_of_a_sign_in_is_no_copy(tmp_path: Path) -> None:
    steps = 0
    while True:
        done: list[bool] = []

        async def story(anne: Practice, steps: int = steps, done: list[bool] = done) -> None:
            await anne.sign_in()
            anne.countdown.left = steps
            try:
                await anne.sign_in()
                done.append(True)
            except CrashError:
                pass
            anne.countdown.left = None
            anne.clock.advance(seconds=60)
            await anne.reopen()
            await anne.sign_in()
            session = anne.engine._session
            assert session is not None
            kept = await session.vault.run(
                lambda store: (
                    store.identity.setting(Setting.EPOCH),
                    store.identity.setting(Setting.NEXT_EPOCH),
                )
            )
            assert kept == (anne.relay.sign_in.state.epochs[session.owner.device], None)

        with_store(tmp_path / str(steps), story, is_present=True)
        if done:
            break
        steps += 1
    assert steps > 8
