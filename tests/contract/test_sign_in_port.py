# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every relay promises about sign-in and sessions: the same tests on the one in memory and on the real one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from app.engine.ports.relay import SignInNeededError, SignInRefusedError
from app.engine.tokens import Ended
from app.interface.events import Alarm
from app.interface.snapshots import AlarmKind
from crypto_core.errors import SignInError
from crypto_core.wire.ids import AccountId
from crypto_core.wire.oauth import REASON_REUSED, OAuthError, Step
from crypto_core.wire.relay_api import ProblemCode
from crypto_core.wire.sign_in import RECOVERY_CODES, SignInRegistrationRequest
from tests.contract.enrolled import Enrolled
from tests.contract.practitioner import Practitioner, refusal, registered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.engine.ports.relay import Grant

pytestmark = pytest.mark.anyio


async def refused(step: object, error: OAuthError) -> SignInRefusedError:
    """Await a step that is expected to be refused."""
    with pytest.raises(SignInRefusedError) as caught:
        await step  # type: ignore[misc] # any awaitable
    assert caught.value.error is error
    return caught.value


async def newcomer(people: Iterator[Practitioner]) -> Practitioner:
    """Return a practitioner with an account, not signed in."""
    practitioner = next(people)
    await practitioner.register_only()
    return practitioner


# --- registration --------------------------------------------------------------------------------


async def test_a_passphrase_is_registered_with_an_invitation_only(
    people: Iterator[Practitioner],
) -> None:
    anne = next(people)
    async with refusal(ProblemCode.INVITATION_INVALID):
        await anne.enrolled.set_up(anne.relay, "nobody-gave-this")
    # The invitation is looked at, and not used up.
    invitation = anne.under_test.invite()
    await anne.enrolled.set_up(anne.relay, invitation)
    setup = await anne.enrolled.set_up(anne.relay, invitation)
    await anne.relay.register(anne.caller.registration(invitation, sign_in=setup))
    await anne.begin(await anne.enrolled.sign_in(anne.relay))
    await anne.relay.prekey_status()


async def test_nobody_tries_passphrases_by_registering_again(
    people: Iterator[Practitioner],
) -> None:
    anne, thief = await newcomer(people), next(people)
    async with refusal(ProblemCode.ALREADY_REGISTERED):
        await thief.relay.register_sign_in(
            SignInRegistrationRequest(
                invitation=anne.under_test.invite(),
                account=anne.caller.account,
                request=bytes(31) + b"\0",
            )
        )


# --- both factors, in order ----------------------------------------------------------------------


async def test_without_a_session_nothing_is_answered(people: Iterator[Practitioner]) -> None:
    anne = await newcomer(people)
    with pytest.raises(SignInNeededError):
        await anne.relay.mailbox(after=0, limit=1)
    with pytest.raises(SignInNeededError):
        await anne.relay.sessions()
    with pytest.raises(SignInNeededError):
        async for _ in anne.relay.events():
            pass
    await anne.begin(await anne.enrolled.sign_in(anne.relay))
    assert (await anne.relay.mailbox(after=0, limit=1)).items == ()


async def test_a_passphrase_alone_opens_nothing(people: Iterator[Practitioner]) -> None:
    anne = await newcomer(people)
    waiting = await anne.enrolled.prove_passphrase(anne.relay)
    await refused(anne.enrolled.redeem(anne.relay, waiting), OAuthError.INVALID_GRANT)
    await refused(anne.relay.refresh(waiting), OAuthError.INVALID_GRANT)


async def test_a_code_alone_opens_nothing(people: Iterator[Practitioner]) -> None:
    anne = await newcomer(people)
    challenge, _ = await anne.enrolled.start(anne.relay)
    code = anne.enrolled.one_time_code()
    await refused(
        anne.relay.prove_second_factor(challenge.auth_session, Step.TOTP, code),
        OAuthError.INVALID_SESSION,
    )


async def test_a_wrong_passphrase_ends_the_attempt(people: Iterator[Practitioner]) -> None:
    anne = await newcomer(people)
    challenge, _ = await anne.enrolled.start(anne.relay)
    for _ in range(2):
        await refused(
            anne.relay.prove_passphrase(challenge.auth_session, ke3=bytes(64)),
            OAuthError.INVALID_SESSION,
        )
    anne.enrolled.passphrase = "not hers"
    with pytest.raises(SignInError):
        await anne.enrolled.prove_passphrase(anne.relay)


@pytest.mark.parametrize("step", [Step.TOTP, Step.RECOVERY_CODE])
async def test_a_wrong_second_factor_ends_the_attempt(
    people: Iterator[Practitioner], step: Step
) -> None:
    anne = await newcomer(people)
    waiting = await anne.enrolled.prove_passphrase(anne.relay)
    wrong = "A" * 16 if step is Step.RECOVERY_CODE else "12345"
    await refused(anne.relay.prove_second_factor(waiting, step, wrong), OAuthError.INVALID_SESSION)
    right = anne.enrolled.one_time_code()
    await refused(
        anne.relay.prove_second_factor(waiting, Step.TOTP, right), OAuthError.INVALID_SESSION
    )
    await anne.begin(await anne.enrolled.recover(anne.relay, 0))


async def test_a_one_time_code_serves_once(people: Iterator[Practitioner]) -> None:
    anne = await newcomer(people)
    code = anne.enrolled.one_time_code()
    await anne.enrolled.authorize(anne.relay, Step.TOTP, code)
    await refused(anne.enrolled.authorize(anne.relay, Step.TOTP, code), OAuthError.INVALID_SESSION)


async def test_a_recovery_code_serves_once_and_ends_all_sessions(
    people: Iterator[Practitioner],
) -> None:
    (anne,) = await registered(people, 1)
    code = anne.enrolled.recovery_codes[3]
    given = await anne.enrolled.authorize(anne.relay, Step.RECOVERY_CODE, code)
    assert given.recovery_codes_left == RECOVERY_CODES - 1
    with pytest.raises(SignInNeededError):
        await anne.relay.prekey_status()
    await anne.begin(await anne.enrolled.redeem(anne.relay, given.code))
    assert len((await anne.relay.sessions()).rows) == 1
    await refused(
        anne.enrolled.authorize(anne.relay, Step.RECOVERY_CODE, code), OAuthError.INVALID_SESSION
    )


async def test_a_code_needs_its_verifier_and_serves_once(people: Iterator[Practitioner]) -> None:
    anne = await newcomer(people)
    given = await anne.enrolled.authorize(anne.relay, Step.TOTP, anne.enrolled.one_time_code())
    stolen = await anne.enrolled.authorize(
        anne.relay, Step.RECOVERY_CODE, anne.enrolled.recovery_codes[0]
    )
    await refused(
        anne.enrolled.redeem(anne.relay, stolen.code, verifier="w" * 43), OAuthError.INVALID_GRANT
    )
    await refused(anne.enrolled.redeem(anne.relay, stolen.code), OAuthError.INVALID_GRANT)
    await anne.begin(await anne.enrolled.redeem(anne.relay, given.code))
    await refused(anne.enrolled.redeem(anne.relay, given.code), OAuthError.INVALID_GRANT)


async def test_a_step_belongs_to_the_key_that_began(people: Iterator[Practitioner]) -> None:
    anne, bruno = await newcomer(people), await newcomer(people)
    waiting = await anne.enrolled.prove_passphrase(anne.relay)
    code = anne.enrolled.one_time_code()
    await refused(
        bruno.relay.prove_second_factor(waiting, Step.TOTP, code), OAuthError.INVALID_SESSION
    )


async def test_an_account_that_is_not_there_is_answered_like_one_that_is(
    people_alone: Iterator[Practitioner],
) -> None:
    stranger = next(people_alone)
    nobody = AccountId(bytes(20))
    enrolled = Enrolled(
        account=nobody, now=stranger.under_test.now, random_bytes=stranger.under_test.random_bytes
    )
    challenge, _ = await enrolled.start(stranger.relay)
    again, _ = await enrolled.start(stranger.relay)
    assert challenge.answer.stretch == again.answer.stretch
    await refused(
        stranger.relay.prove_passphrase(challenge.auth_session, ke3=bytes(64)),
        OAuthError.INVALID_SESSION,
    )


async def test_a_computer_that_is_not_listed_does_not_get_in(
    people_alone: Iterator[Practitioner],
) -> None:
    anne, thief = await newcomer(people_alone), next(people_alone)
    # Passphrase, account secret and authenticator: everything but the computer.
    with pytest.raises(SignInError):
        await anne.enrolled.prove_passphrase(thief.relay)


async def test_guessing_is_slowed_down(people: Iterator[Practitioner]) -> None:
    anne = await newcomer(people)
    for _ in range(5):
        await anne.enrolled.start(anne.relay)
    slowed = await refused(anne.enrolled.start(anne.relay), OAuthError.TEMPORARILY_UNAVAILABLE)
    assert slowed.reason == ""
    assert slowed.retry_after_seconds is not None
    assert 0 < slowed.retry_after_seconds <= 900


async def test_a_stranger_cannot_lock_the_owner_out(people_alone: Iterator[Practitioner]) -> None:
    anne, thief = await newcomer(people_alone), await newcomer(people_alone)

    async def guess() -> None:
        # Strangers behind one address are counted together, so it may end earlier.
        for _ in range(6):
            await anne.enrolled.start(thief.relay)

    await refused(guess(), OAuthError.TEMPORARILY_UNAVAILABLE)
    await anne.begin(await anne.enrolled.sign_in(anne.relay))


# --- sessions ------------------------------------------------------------------------------------


async def test_a_refresh_token_serves_once(people: Iterator[Practitioner]) -> None:
    anne = await newcomer(people)
    grant = await anne.enrolled.sign_in(anne.relay)
    renewed = await anne.relay.refresh(grant.refresh_token)
    assert renewed.refresh_token != grant.refresh_token
    assert renewed.session_expires_in <= grant.session_expires_in
    await anne.begin(renewed)
    await anne.relay.prekey_status()
    again = await refused(anne.relay.refresh(grant.refresh_token), OAuthError.INVALID_GRANT)
    assert again.reason == REASON_REUSED
    # The whole family is void: access token and newest refresh token too.
    with pytest.raises(SignInNeededError) as ended:
        await anne.relay.prekey_status()
    assert ended.value.reason == Ended.REUSED
    assert [alarm.kind for alarm in anne.alarms if isinstance(alarm, Alarm)] == [
        AlarmKind.SESSION_COPIED
    ]


async def test_of_many_concurrent_refreshes_one_succeeds(people: Iterator[Practitioner]) -> None:
    anne = await newcomer(people)
    grant = await anne.enrolled.sign_in(anne.relay)
    answers = await asyncio.gather(
        *(anne.relay.refresh(grant.refresh_token) for _ in range(20)), return_exceptions=True
    )
    failures = [each for each in answers if isinstance(each, SignInRefusedError)]
    assert len(failures) == len(answers) - 1
    assert {(each.error, each.reason) for each in failures} == {
        (OAuthError.INVALID_GRANT, REASON_REUSED)
    }
    (winner,) = (each for each in answers if not isinstance(each, BaseException))
    await refused(anne.relay.refresh(winner.refresh_token), OAuthError.INVALID_GRANT)


async def test_a_session_belongs_to_its_key(people: Iterator[Practitioner]) -> None:
    anne, thief = await newcomer(people), await newcomer(people)
    grant = await anne.enrolled.sign_in(anne.relay)
    await refused(thief.relay.refresh(grant.refresh_token), OAuthError.INVALID_GRANT)
    await thief.begin(_without_refresh(grant))
    with pytest.raises(SignInNeededError):
        await thief.relay.prekey_status()
    # A thief does not end it either.
    await thief.relay.revoke(grant.refresh_token)
    await anne.begin(await anne.relay.refresh(grant.refresh_token))
    await anne.relay.prekey_status()


async def test_sessions_are_listed_and_ended_everywhere(people: Iterator[Practitioner]) -> None:
    (anne,) = await registered(people, 1)
    other = await anne.enrolled.sign_in(anne.relay)
    rows = (await anne.relay.sessions()).rows
    assert len(rows) == 2
    assert [row.device for row in rows] == [anne.caller.device] * 2
    assert sum(row.is_current for row in rows) == 1
    assert all(row.signed_in_at <= row.refreshed_at for row in rows)
    await anne.relay.end_sessions()
    with pytest.raises(SignInNeededError) as ended:
        await anne.relay.sessions()
    assert ended.value.reason == Ended.OVER
    gone = await refused(anne.relay.refresh(other.refresh_token), OAuthError.INVALID_GRANT)
    assert gone.reason != REASON_REUSED
    assert anne.alarms == []


async def test_a_session_can_be_given_back(people: Iterator[Practitioner]) -> None:
    anne = await newcomer(people)
    grant = await anne.enrolled.sign_in(anne.relay)
    await anne.relay.revoke(grant.refresh_token)
    await refused(anne.relay.refresh(grant.refresh_token), OAuthError.INVALID_GRANT)
    await anne.relay.revoke("no such token")


async def test_an_access_token_is_renewed_without_anybody_noticing(
    people: Iterator[Practitioner],
) -> None:
    anne = await newcomer(people)
    grant = await anne.enrolled.sign_in(anne.relay)
    await anne.begin(replace(grant, access_token=f"{grant.access_token[:-2]}AA"))
    statuses = await asyncio.gather(*(anne.relay.prekey_status() for _ in range(8)))
    assert len(set(statuses)) == 1
    assert anne.alarms == []


def _without_refresh(grant: Grant) -> Grant:
    return replace(grant, refresh_token="stolen-access-only")
