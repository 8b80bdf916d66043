# SPDX-License-Identifier: AGPL-3.0-or-later
"""A session from its code to its end: who may use which token, how often, and for how long."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Any, Final

import pytest

from app.engine.network.dpop import base64url
from crypto_core.trust.signatures import pseudonym_of, sha256
from crypto_core.wire.audit import SessionsEnded, SignInAttempt, SignInResult
from crypto_core.wire.ids import DevicePseudonym
from crypto_core.wire.labels import DEVICE_PSEUDONYM
from crypto_core.wire.oauth import (
    ACCESS_TOKEN_SECONDS,
    CODE_SECONDS,
    PATH_METADATA,
    PATH_REVOKE,
    SESSION_ABSOLUTE_SECONDS,
    SESSION_IDLE_SECONDS,
)
from crypto_core.wire.relay_api import PATH_DIRECTORY, PATH_KEYS, PATH_SESSIONS
from crypto_core.wire.sign_in import FactorKind
from tests.fakes.machine import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    import httpx

    from tests.integration.relay.sign_in.stage import Bench, Site
    from tests.integration.signed_in_device import SignedInDevice

    Story = Callable[[Bench], Coroutine[Any, Any, None]]
    Stage = Callable[[Story], None]

VERIFIER: Final = "a" * 43


def error_of(response: httpx.Response) -> str:
    error: str = response.json()["error"]
    return error


def is_refused(response: httpx.Response) -> bool:
    return response.status_code == 400 and error_of(response) == "invalid_grant"


# The code -------------------------------------------------------------------------------------------


def test_a_code_serves_once_and_its_second_use_ends_the_session(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.member()
        code = await device.code(VERIFIER)
        assert (await device.redeem(code, VERIFIER)).is_success
        assert await device.is_admitted()
        assert is_refused(await device.redeem(code, VERIFIER))
        assert not await device.is_admitted()
        assert is_refused(await device.refresh())

    on_a_relay(story)


def test_of_twenty_who_redeem_one_code_at_most_one_gets_a_session(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.member()
        code = await device.code(VERIFIER)
        responses = await asyncio.gather(*(device.redeem(code, VERIFIER) for _ in range(20)))
        assert sorted(each.status_code for each in responses) == [200] + [400] * 19

    on_a_relay(story)


def test_a_code_needs_its_verifier_its_key_and_its_minute(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device, thief = await bench.member(), await bench.member()
        code = await device.code(VERIFIER)
        assert is_refused(await thief.redeem(code, VERIFIER))
        assert error_of(await device.redeem(code, "a" * 42)) == "invalid_request"
        assert error_of(await device.redeem(code, VERIFIER, client_id="x")) == "invalid_client"
        assert is_refused(await device.redeem(code, "b" * 43))
        # A wrong verifier uses the code up.
        assert is_refused(await device.redeem(code, VERIFIER))
        bench.clock.advance(seconds=60)
        code = await device.code(VERIFIER)
        bench.clock.advance(seconds=CODE_SECONDS)
        assert is_refused(await device.redeem(code, VERIFIER))
        assert is_refused(await device.redeem("never given", VERIFIER))
        # Somebody has shown all factors: the owner hears of it though it came to nothing.
        await bench.relay.sign_in.sessions.forget()
        told = [each for each in await bench.said(device) if isinstance(each, SignInAttempt)]
        assert [(each.result, each.device) for each in told] == [
            (SignInResult.REFUSED_CODE, pseudonym_of(device.caller.device))
        ] * 2
        assert {each.factors for each in told} == {(FactorKind.PASSPHRASE, FactorKind.TOTP)}

    on_a_relay(story)


# The access token -----------------------------------------------------------------------------------


def test_a_stolen_access_token_is_nothing_with_another_key(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device, thief = await bench.guest(), await bench.guest()
        thief.access_token = device.access_token
        assert not await thief.is_admitted()
        # Nor with the owner's proof, which the thief cannot make again.
        proof = device.prove("GET", PATH_SESSIONS, token=device.access_token)
        response = await thief.send("GET", PATH_SESSIONS, proof=proof)
        assert response.is_success
        response = await thief.send("GET", PATH_SESSIONS, proof=proof)
        assert (response.status_code, response.json()["code"]) == (401, "proof-replayed")
        assert await device.is_admitted()

    on_a_relay(story)


def test_a_proof_names_the_token_that_it_is_for(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.guest()
        first = device.access_token
        await device.refresh()
        for proof in (
            device.prove("GET", PATH_SESSIONS),
            device.prove("GET", PATH_SESSIONS, token=first),
            device.prove("DELETE", PATH_SESSIONS, token=device.access_token),
            device.prove("GET", PATH_DIRECTORY, token=device.access_token),
        ):
            response = await device.send("GET", PATH_SESSIONS, proof=proof)
            assert (response.status_code, response.json()["code"]) == (401, "unauthenticated")
            assert 'error="invalid_dpop_proof"' in response.headers["www-authenticate"]
        # Where no token is shown, a proof made for one does not serve.
        response = await device.http.post(
            device.public_url + PATH_REVOKE,
            data={"token": str(device.refresh_token), "client_id": "uhealthsec-desktop"},
            headers={"DPoP": device.prove("POST", PATH_REVOKE, token=device.access_token)},
        )
        assert error_of(response) == "invalid_dpop_proof"
        assert await device.is_admitted()

    on_a_relay(story)


@pytest.mark.parametrize("scheme", ["", "Bearer ", "Basic ", "DPoP DPoP "])
def test_a_token_is_shown_as_dpop_or_not_at_all(on_a_relay: Stage, scheme: str) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.guest()
        token = device.access_token
        for name, proof in (
            ("with the token's hash", device.prove("GET", PATH_SESSIONS, token=token)),
            ("without", device.prove("GET", PATH_SESSIONS)),
        ):
            response = await device.http.get(
                device.public_url + PATH_SESSIONS,
                headers={"DPoP": proof, "Authorization": f"{scheme}{token}"},
            )
            assert response.status_code == 401, name

    on_a_relay(story)


def test_a_request_without_a_token_is_told_to_sign_in(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.member()
        assert not await device.is_admitted()

    on_a_relay(story)


def test_an_access_token_lasts_ten_minutes(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.guest()
        bench.clock.advance(seconds=ACCESS_TOKEN_SECONDS - 1)
        assert await device.is_admitted()
        bench.clock.advance(seconds=1)
        assert not await device.is_admitted()
        assert (await device.refresh()).is_success
        assert await device.is_admitted()

    on_a_relay(story)


@pytest.mark.parametrize(
    "token",
    [
        "v4.local.",
        "v4.local.AAAA",
        "v4.local.AAAA.e30",
        "v4.public.AAAA.eyJraWQiOiJrNC5saWQuIn0",
        "v4.local." + "A" * 5000,
        "x",
        "é",
    ],
)
def test_what_is_no_token_is_refused_without_ado(on_a_relay: Stage, token: str) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.guest()
        path = PATH_SESSIONS
        claimed = base64url(hashlib.sha256(token.encode("latin-1")).digest())
        for proof in (
            device.prove("GET", path, token=token if token.isascii() else None),
            device.prove("GET", path, token=claimed),
        ):
            response = await device.http.get(
                device.public_url + path,
                headers=[
                    (b"DPoP", proof.encode()),
                    (b"Authorization", b"DPoP " + token.encode("latin-1")),
                ],
            )
            assert response.status_code == 401

    on_a_relay(story)


def test_keys_change_daily_and_old_tokens_outlive_the_change(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        ring = bench.relay.sign_in.ring
        first = (await ring.current()).kid
        bench.clock.advance(days=1, seconds=-60)
        await bench.relay.sweep()
        assert (await ring.current()).kid == first
        device = await bench.guest()
        bench.clock.advance(seconds=61)
        await bench.relay.sweep()
        second = (await ring.current()).kid
        assert second != first
        assert await device.is_admitted()
        bench.clock.advance(days=1)
        await bench.relay.sweep()
        assert ring.find(first) is None
        assert ring.find(second) is not None
        assert (await ring.current()).kid not in {first, second}

    on_a_relay(story)


def test_a_relay_that_slept_makes_no_token_with_an_old_key(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        bench.clock.advance(days=30)
        device = await bench.guest()
        await bench.relay.sweep()
        assert await device.is_admitted()

    on_a_relay(story)


# The refresh token ----------------------------------------------------------------------------------


def test_of_twenty_concurrent_uses_one_call_succeeds_and_the_session_is_void(
    on_a_relay: Stage,
) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.guest()
        token = device.refresh_token
        responses = await asyncio.gather(*(device.refresh(token) for _ in range(20)))
        winners = [each for each in responses if each.is_success]
        assert len(winners) == 1
        for each in responses:
            if each not in winners:
                assert is_refused(each)
                assert each.json()["reason"] == "reused"
        # What the winner got is void too, and it is told why.
        assert not await device.is_admitted()
        late = await device.refresh(winners[0].json()["refresh_token"])
        assert is_refused(late)
        assert late.json()["reason"] == "reused"
        assert (await bench.said(device))[1:] == [
            SignInAttempt(
                account=device.caller.account,
                device=pseudonym_of(device.caller.device),
                result=SignInResult.REFUSED_REFRESH_REUSED,
                factors=(),
            )
        ]

    on_a_relay(story)


def test_a_refresh_token_used_again_later_voids_the_session(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.guest()
        first = device.refresh_token
        for _ in range(3):
            bench.clock.advance(seconds=600)
            assert (await device.refresh()).is_success
        assert (await device.refresh(first)).json()["reason"] == "reused"
        assert not await device.is_admitted()
        other = await bench.guest()
        assert await other.is_admitted()

    on_a_relay(story)


def test_a_refresh_token_with_another_key_is_refused_and_reported_and_harms_nobody(
    on_a_relay: Stage,
) -> None:
    async def story(bench: Bench) -> None:
        device, thief = await bench.guest(), bench.stranger()
        for _ in range(3):
            response = await thief.refresh(device.refresh_token)
            assert is_refused(response)
            assert "reason" not in response.json()
        assert is_refused(await (await bench.guest()).refresh(device.refresh_token))
        assert await device.is_admitted()
        assert (await device.refresh()).is_success
        key = thief.caller.caller.request_key
        refused = SignInAttempt(
            account=device.caller.account,
            device=DevicePseudonym(sha256(DEVICE_PSEUDONYM, key)[:16]),
            result=SignInResult.REFUSED_OTHER_KEY,
            factors=(),
        )
        # Once an hour: a thief must not be able to fill the log.
        assert (await bench.said(device)).count(refused) == 1
        bench.clock.advance(seconds=3601)
        await thief.refresh(device.refresh_token)
        assert (await bench.said(device)).count(refused) == 2

    on_a_relay(story)


def test_an_idle_session_ends_after_four_hours(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.guest()
        bench.clock.advance(seconds=SESSION_IDLE_SECONDS - 1)
        assert (await device.refresh()).is_success
        bench.clock.advance(seconds=SESSION_IDLE_SECONDS)
        response = await device.refresh()
        assert is_refused(response)
        assert "reason" not in response.json()
        await device.sign_in()
        assert await device.is_admitted()
        assert len((await device.sessions()).rows) == 1

    on_a_relay(story)


def test_no_session_lasts_longer_than_twelve_hours(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.guest()
        for _ in range(3):
            bench.clock.advance(seconds=SESSION_ABSOLUTE_SECONDS / 4)
            assert (await device.refresh()).is_success
        bench.clock.advance(seconds=SESSION_ABSOLUTE_SECONDS / 4 - 100)
        found = (await device.refresh()).json()
        assert (found["expires_in"], found["session_expires_in"]) == (100, 100)
        assert await device.is_admitted()
        bench.clock.advance(seconds=100)
        assert not await device.is_admitted()
        assert is_refused(await device.refresh())

    on_a_relay(story)


def test_a_device_that_left_the_list_is_out_at_once(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.guest()
        caller = device.caller
        another = caller.next_list(caller.second_device().entry)
        path = PATH_KEYS.format(account=caller.account.hex())
        assert (await device.send("POST", path, caller.publishing(another))).is_success
        response = await device.send("GET", PATH_SESSIONS)
        assert (response.status_code, response.json()["code"]) == (401, "sign-in-needed")
        assert is_refused(await device.refresh())

    on_a_relay(story)


# The end --------------------------------------------------------------------------------------------


def test_signing_out_ends_the_session_and_no_other(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.guest()
        here, token = device.access_token, str(device.refresh_token)
        bench.clock.advance(seconds=60)
        await device.sign_in()
        thief = await bench.guest()
        assert (await thief.revoke(token)).status_code == 200
        assert [row.is_current for row in (await device.sessions()).rows] == [True, False]
        for _ in range(2):
            response = await device.revoke(token)
            assert (response.status_code, response.json()) == (200, {})
        assert len((await device.sessions()).rows) == 1
        device.access_token = here
        assert not await device.is_admitted()
        assert is_refused(await device.refresh(token))
        ended = [each for each in await bench.said(device) if isinstance(each, SessionsEnded)]
        pseudonym = pseudonym_of(device.caller.device)
        assert ended == [SessionsEnded(account=device.caller.account, device=pseudonym, count=1)]

    on_a_relay(story)


def test_all_sessions_of_the_account_are_listed_and_ended_together(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device, other = await bench.guest(), await bench.guest()
        first = device.access_token
        bench.clock.advance(seconds=60)
        await device.sign_in()
        rows = (await device.sessions()).rows
        assert [row.is_current for row in rows] == [True, False]
        assert {row.device for row in rows} == {device.caller.device}
        assert rows[0].signed_in_at - rows[1].signed_in_at == 60_000
        assert (await device.send("DELETE", PATH_SESSIONS)).status_code == 204
        assert not await device.is_admitted()
        device.access_token = first
        assert not await device.is_admitted()
        assert await other.is_admitted()
        said = await bench.said(device)
        pseudonym = pseudonym_of(device.caller.device)
        assert said[-1] == SessionsEnded(account=device.caller.account, device=pseudonym, count=2)

    on_a_relay(story)


def test_of_twenty_who_end_all_sessions_one_leaf_says_so(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.guest()
        responses = await asyncio.gather(*(device.send("DELETE", PATH_SESSIONS) for _ in range(20)))
        assert {each.status_code for each in responses} <= {204, 401}
        ended = [each for each in await bench.said(device) if isinstance(each, SessionsEnded)]
        assert [each.count for each in ended] == [1]

    on_a_relay(story)


def test_what_one_replica_ends_is_over_at_the_other(site: Site) -> None:
    async def ends(one: Bench, two: Bench) -> None:
        device: SignedInDevice = await one.guest()
        here, there = one.http(), two.http()
        # Often enough to be remembered there, if anything ever is.
        for _ in range(3):
            device.http = there
            assert await device.is_admitted()
        device.http = here
        heard = asyncio.Event()
        living = two.relay.sign_in.living
        announced = living.announced

        def hear(payload: str) -> None:
            announced(payload)
            heard.set()

        two.relay.notifications.add("sessions", _Overheard(hear))
        assert (await device.send("DELETE", PATH_SESSIONS)).status_code == 204
        await heard.wait()
        device.http = there
        assert not await device.is_admitted()

    async def main() -> None:
        clock = FakeClock()
        async with site.open(clock) as one, site.open(clock) as two:
            await ends(one, two)

    asyncio.run(main())


class _Overheard:
    def __init__(self, announced: Callable[[str], None]) -> None:
        self.announced = announced

    def connected(self) -> None:
        pass

    def disconnected(self) -> None:
        pass


def test_a_session_and_its_end_survive_a_restart(site: Site) -> None:

    clock = FakeClock()

    async def main() -> None:
        async with site.open(clock) as bench:
            device, ended = await bench.guest(), await bench.guest()
            await ended.send("DELETE", PATH_SESSIONS)
        clock.advance(seconds=1)
        async with site.open(clock) as bench:
            device.http = ended.http = bench.http()
            assert await device.is_admitted()
            assert (await device.refresh()).is_success
            assert not await ended.is_admitted()
            assert is_refused(await ended.refresh())

    asyncio.run(main())


def test_the_server_describes_itself(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = bench.stranger()
        response = await device.http.get(device.public_url + PATH_METADATA)
        found = response.json()
        assert found["issuer"] == device.public_url
        assert found["code_challenge_methods_supported"] == ["S256"]
        assert found["dpop_signing_alg_values_supported"] == ["Ed25519"]
        for name in ("authorization_challenge", "token", "revocation"):
            path = found[f"{name}_endpoint"].removeprefix(device.public_url)
            response = await device.post_form(path, a="b")
            assert response.status_code == 400
            assert error_of(response) in {"invalid_client", "invalid_request"}

    on_a_relay(story)
