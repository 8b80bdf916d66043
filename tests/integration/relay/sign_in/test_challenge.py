# SPDX-License-Identifier: AGPL-3.0-or-later
"""The three steps of a sign-in: each is needed, each serves once, and no failure says what was wrong."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pytest

from app.engine.network.dpop import base64url
from crypto_core.errors import SignInError
from crypto_core.trust.signatures import pseudonym_of
from crypto_core.wire.audit import SessionsEnded, SignInAttempt, SignInResult
from crypto_core.wire.codec import decode
from crypto_core.wire.oauth import CHALLENGE_SECONDS, PATH_CHALLENGE, PATH_TOKEN
from crypto_core.wire.relay_api import PATH_SIGN_IN_REGISTRATION
from crypto_core.wire.sign_in import FactorKind, LoginAnswer, SignInRegistrationRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    import httpx

    from tests.integration.relay.sign_in.stage import Bench
    from tests.integration.signed_in_device import SignedInDevice

    Story = Callable[[Bench], Coroutine[Any, Any, None]]
    Stage = Callable[[Story], None]

VERIFIER: Final = "a" * 43


def error_of(response: httpx.Response) -> str:
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"
    error: str = response.json()["error"]
    return error


async def second_step(device: SignedInDevice) -> str:
    """Pass the first two steps; return the token for the third."""
    response = await device.prove_passphrase(VERIFIER)
    assert error_of(response) == "insufficient_authorization"
    token: str = response.json()["auth_session"]
    return token


def test_two_factors_of_different_kinds_give_a_session(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.member()
        begun, response = await device.begin(VERIFIER)
        assert response.status_code == 400
        first = response.json()
        assert (first["error"], first["next"]) == ("insufficient_authorization", ["opaque"])
        response = await device.post_form(
            PATH_CHALLENGE,
            auth_session=first["auth_session"],
            opaque_ke3=base64url(begun.finish(first)),
        )
        second = response.json()
        assert second["next"] == ["totp", "recovery_code"]
        assert second["auth_session"] != first["auth_session"]
        response = await device.post_form(
            PATH_CHALLENGE, auth_session=second["auth_session"], totp=device.one_time_code()
        )
        assert response.status_code == 200
        assert response.json()["iss"] == device.public_url
        await device.redeem(response.json()["authorization_code"], VERIFIER)
        assert await device.is_admitted()
        assert await bench.said(device) == [
            SignInAttempt(
                account=device.caller.account,
                device=pseudonym_of(device.caller.device),
                result=SignInResult.ACCEPTED,
                factors=(FactorKind.PASSPHRASE, FactorKind.TOTP),
            )
        ]

    on_a_relay(story)


def test_a_downgraded_factor_gives_nothing(on_a_relay: Stage) -> None:
    """Neither factor alone, nor one of them twice, nor both in the other order."""

    async def story(bench: Bench) -> None:
        device = await bench.member()
        _, response = await device.begin(VERIFIER)
        skipped = response.json()["auth_session"]
        for shown in ({"totp": device.one_time_code()}, {"recovery_code": device.recovery_code(0)}):
            response = await device.post_form(PATH_CHALLENGE, auth_session=skipped, **shown)
            assert error_of(response) == "invalid_session"
            _, response = await device.begin(VERIFIER)
            skipped = response.json()["auth_session"]

        device = await bench.member()
        begun, response = await device.begin(VERIFIER)
        found = response.json()
        ke3 = base64url(begun.finish(found))
        response = await device.post_form(
            PATH_CHALLENGE, auth_session=found["auth_session"], opaque_ke3=ke3
        )
        half = response.json()["auth_session"]
        # The passphrase is no code, and what stands for the half-way place is none either.
        response = await device.redeem(half, VERIFIER)
        assert error_of(response) == "invalid_grant"
        response = await device.post_form(PATH_CHALLENGE, auth_session=half, opaque_ke3=ke3)
        assert error_of(response) == "invalid_session"

    on_a_relay(story)


def test_a_step_shows_one_factor(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.member()
        token = await second_step(device)
        for shown in ({}, {"totp": "123456", "recovery_code": device.recovery_code(0)}):
            response = await device.post_form(PATH_CHALLENGE, auth_session=token, **shown)
            assert error_of(response) == "invalid_request"
        # A malformed request is no attempt.
        response = await device.post_form(
            PATH_CHALLENGE, auth_session=token, totp=device.one_time_code()
        )
        assert response.status_code == 200

    on_a_relay(story)


@pytest.mark.parametrize("step", ["opaque_ke3", "totp", "recovery_code"])
def test_a_wrong_factor_ends_the_sign_in_and_is_reported(on_a_relay: Stage, step: str) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.member()
        if step == "opaque_ke3":
            _, response = await device.begin(VERIFIER)
            token, wrong = response.json()["auth_session"], base64url(bytes(64))
            result = SignInResult.REFUSED_PASSPHRASE
            factors: tuple[FactorKind, ...] = ()
        else:
            token = await second_step(device)
            wrong = "000000" if step == "totp" else "aaaa-aaaa-aaaa-aaaa"
            result = SignInResult.REFUSED_SECOND_FACTOR
            factors = (FactorKind.PASSPHRASE,)
        for _ in range(2):
            response = await device.post_form(PATH_CHALLENGE, auth_session=token, **{step: wrong})
            assert error_of(response) == "invalid_session"
        assert await bench.said(device) == [
            SignInAttempt(
                account=device.caller.account,
                device=pseudonym_of(device.caller.device),
                result=result,
                factors=factors,
            )
        ]

    on_a_relay(story)


def test_of_twenty_who_finish_one_sign_in_one_succeeds(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.member()
        token = await second_step(device)
        code = device.one_time_code()
        responses = await asyncio.gather(
            *(device.post_form(PATH_CHALLENGE, auth_session=token, totp=code) for _ in range(20))
        )
        assert sorted(each.status_code for each in responses) == [200] + [400] * 19

    on_a_relay(story)


def test_a_one_time_code_counts_once_and_no_earlier_one_after_it(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.member()
        codes = {steps: device.one_time_code(steps=steps) for steps in (-2, -1, 0, 1, 2)}
        for steps, is_taken in (
            (-2, False),
            (2, False),
            (0, True),
            (0, False),
            (-1, False),
            (1, True),
        ):
            token = await second_step(device)
            response = await device.post_form(PATH_CHALLENGE, auth_session=token, totp=codes[steps])
            assert response.is_success is is_taken, steps
            if is_taken:
                # Only a session clears the count of attempts.
                await device.redeem(response.json()["authorization_code"], VERIFIER)

    on_a_relay(story)


def test_of_twenty_sign_ins_with_one_code_one_succeeds(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.member()
        factors = bench.relay.sign_in.challenges.factors
        code = device.one_time_code()

        async def use() -> bool:
            async with bench.database.session() as session:
                used = await factors.use_totp(session, device.caller.account, code)
            return used is not None

        taken = await asyncio.gather(*(use() for _ in range(20)))
        assert sorted(taken) == [False] * 19 + [True]

    on_a_relay(story)


def test_a_recovery_code_serves_once_and_ends_all_other_sessions(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.guest()
        before = device.access_token
        bench.clock.advance(seconds=30)
        token = await second_step(device)
        response = await device.post_form(
            PATH_CHALLENGE, auth_session=token, recovery_code=device.recovery_code(3)
        )
        assert response.json()["recovery_codes_left"] == 9
        assert not await device.is_admitted()
        await device.redeem(response.json()["authorization_code"], VERIFIER)
        assert await device.is_admitted()
        assert before != device.access_token
        assert [row.is_current for row in (await device.sessions()).rows] == [True]
        token = await second_step(device)
        response = await device.post_form(
            PATH_CHALLENGE, auth_session=token, recovery_code=device.recovery_code(3)
        )
        assert error_of(response) == "invalid_session"
        assert await device.is_admitted()
        account, pseudonym = device.caller.account, pseudonym_of(device.caller.device)
        said = await bench.said(device)
        assert said[1] == SessionsEnded(account=account, device=pseudonym, count=1)
        assert [each.result for each in said if isinstance(each, SignInAttempt)] == [
            SignInResult.ACCEPTED,
            SignInResult.ACCEPTED,
            SignInResult.REFUSED_SECOND_FACTOR,
        ]

    on_a_relay(story)


def test_of_four_who_use_one_recovery_code_one_succeeds(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.member()
        tokens = [await second_step(device) for _ in range(4)]
        responses = await asyncio.gather(
            *(
                device.post_form(
                    PATH_CHALLENGE, auth_session=token, recovery_code=device.recovery_code(0)
                )
                for token in tokens
            )
        )
        assert sorted(each.status_code for each in responses) == [200, 400, 400, 400]

    on_a_relay(story)


def test_a_step_belongs_to_the_key_that_began(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device, thief = await bench.member(), await bench.member()
        token = await second_step(device)
        response = await thief.post_form(
            PATH_CHALLENGE, auth_session=token, totp=device.one_time_code()
        )
        assert error_of(response) == "invalid_session"
        # Nor has the thief ended it.
        response = await device.post_form(
            PATH_CHALLENGE, auth_session=token, totp=device.one_time_code()
        )
        assert response.status_code == 200

    on_a_relay(story)


def test_a_step_that_comes_late_is_refused_and_reported(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.member()
        token = await second_step(device)
        await device.begin(VERIFIER)
        bench.clock.advance(seconds=CHALLENGE_SECONDS)
        response = await device.post_form(
            PATH_CHALLENGE, auth_session=token, totp=device.one_time_code()
        )
        assert error_of(response) == "invalid_session"
        assert await bench.said(device) == []
        await bench.relay.sweep()
        results = {
            each.result for each in await bench.said(device) if isinstance(each, SignInAttempt)
        }
        # Who only compares an answer with guesses never comes back: that is reported too.
        assert results == {SignInResult.REFUSED_PASSPHRASE, SignInResult.REFUSED_SECOND_FACTOR}

    on_a_relay(story)


def test_an_unknown_account_is_answered_like_a_known_one(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        known, unknown, unlisted = await bench.member(), bench.stranger(), bench.stranger()
        unlisted.caller = replace(unlisted.caller, account=known.caller.account)
        for device in (unknown, unlisted):
            begun, response = await device.begin(VERIFIER)
            found = response.json()
            _, expected = await known.begin(VERIFIER)
            assert response.status_code == expected.status_code
            assert found.keys() == expected.json().keys()
            assert len(response.content) == len(expected.content)
            encoded = found["opaque_answer"]
            answer = decode(
                LoginAnswer, base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
            )
            assert answer.stretch.memory_bytes == 128 * 1024 * 1024
            # Not even the right passphrase fits, so there is nothing that a right KE3 could be.
            with pytest.raises(SignInError):
                begun.finish(found)
            response = await device.post_form(
                PATH_CHALLENGE, auth_session=found["auth_session"], opaque_ke3=base64url(bytes(64))
            )
            wrong = await known.post_form(
                PATH_CHALLENGE,
                auth_session=expected.json()["auth_session"],
                opaque_ke3=base64url(bytes(64)),
            )
            assert (response.status_code, response.json()) == (wrong.status_code, wrong.json())

    on_a_relay(story)


def test_a_device_of_another_account_gets_nowhere(on_a_relay: Stage) -> None:
    """With the right passphrase and code of the account that it asks for, too."""

    async def story(bench: Bench) -> None:
        victim, thief = await bench.member(), await bench.member()
        thief.caller = replace(thief.caller, account=victim.caller.account)
        begun, response = await thief.begin(VERIFIER)
        with pytest.raises(SignInError):
            begun.finish(response.json())

    on_a_relay(story)


def test_only_our_client_with_our_scope_by_s256(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.member()
        for changed, error in (
            ({"client_id": "another"}, "invalid_client"),
            ({"client_id": ""}, "invalid_client"),
            ({"scope": "admin"}, "invalid_scope"),
            ({"response_type": "token"}, "unsupported_response_type"),
            ({"code_challenge_method": "plain"}, "invalid_request"),
            ({"code_challenge_method": ""}, "invalid_request"),
            ({"code_challenge": "c2hvcnQ"}, "invalid_request"),
            ({"code_challenge": "*" * 43}, "invalid_request"),
            ({"account": "00" * 19}, "invalid_request"),
            ({"account": "GG" * 20}, "invalid_request"),
            ({"opaque_ke1": base64url(bytes(96))}, "invalid_request"),
            ({"opaque_ke1": base64url(bytes(95))}, "invalid_request"),
        ):
            _, response = await device.begin(VERIFIER, **changed)
            assert (response.status_code, error_of(response)) == (400, error), changed

    on_a_relay(story)


def test_forms_are_bounded_and_unambiguous(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.member()
        for content in (
            b"grant_type=refresh_token&grant_type=refresh_token",
            b"&".join(b"a%d=1" % number for number in range(100)),
            b"grant_type=" + b"a" * 9000,
            b"grant_type=\xff",
            b"grant_type=%ff",
            b"grant_type",
            b"",
        ):
            response = await device.http.post(
                device.public_url + PATH_TOKEN,
                content=content,
                headers={
                    "DPoP": device.prove("POST", PATH_TOKEN),
                    "Content-Type": "application/x-www-form-urlencoded",
                },
            )
            assert (response.status_code, error_of(response)) == (400, "invalid_request")
        response = await device.http.post(
            device.public_url + PATH_TOKEN,
            content=json.dumps({"grant_type": "refresh_token"}),
            headers={"DPoP": device.prove("POST", PATH_TOKEN), "Content-Type": "application/json"},
        )
        assert (response.status_code, error_of(response)) == (400, "invalid_request")

    on_a_relay(story)


def test_every_request_of_a_sign_in_needs_its_own_proof(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.member()
        _, response = await device.begin(VERIFIER)
        assert response.request.headers["dpop"]
        replayed = await device.http.send(response.request)
        assert (replayed.status_code, error_of(replayed)) == (400, "invalid_dpop_proof")
        assert replayed.json()["reason"] == "proof-replayed"
        response = await device.http.post(device.public_url + PATH_TOKEN, data={"a": "b"})
        assert error_of(response) == "invalid_dpop_proof"
        bench.clock.advance(seconds=-301)
        late = device.prove("POST", PATH_TOKEN)
        bench.clock.advance(seconds=301)
        response = await device.http.post(
            device.public_url + PATH_TOKEN, data={"a": "b"}, headers={"DPoP": late}
        )
        assert response.json()["reason"] == "clock-skew"

    on_a_relay(story)


def test_registering_a_passphrase_takes_an_invitation_and_leaves_it(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = bench.stranger()
        request = SignInRegistrationRequest(
            invitation=await bench.invite(),
            account=device.caller.account,
            request=bytes.fromhex(
                "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"
            ),
        )
        uninvited = replace(request, invitation="nobody-gave-this")
        for asked, expected in ((uninvited, 403), (request, 200), (request, 200)):
            response = await device.post_without_session(PATH_SIGN_IN_REGISTRATION, asked)
            assert response.status_code == expected
        # Answering for accounts that exist would be a way to guess that nobody counts.
        member = await bench.member()
        response = await device.post_without_session(
            PATH_SIGN_IN_REGISTRATION, replace(request, account=member.caller.account)
        )
        assert (response.status_code, response.json()["code"]) == (409, "already-registered")
        response = await device.post_without_session(
            PATH_SIGN_IN_REGISTRATION, replace(request, request=bytes(32))
        )
        assert (response.status_code, response.json()["code"]) == (400, "malformed")

    on_a_relay(story)


def test_a_repeated_registration_does_not_pass_for_another_passphrase(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device, invitation = bench.stranger(), await bench.invite()
        setup = await device.set_up(invitation)
        other = await device.set_up(invitation)
        request = device.caller.registration(invitation, sign_in=setup)
        first = await device.post_without_session("/v1/accounts", request)
        again = await device.post_without_session("/v1/accounts", request)
        assert (first.status_code, again.status_code) == (200, 200)
        changed = await device.post_without_session("/v1/accounts", replace(request, sign_in=other))
        assert (changed.status_code, changed.json()["code"]) == (409, "already-registered")

    on_a_relay(story)
