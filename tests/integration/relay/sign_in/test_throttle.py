# SPDX-License-Identifier: AGPL-3.0-or-later
"""Guessing at the challenge endpoint is slow, for whoever guesses, and for nobody else."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from app.engine.network.dpop import base64url
from crypto_core.wire.audit import SignInAttempt, SignInResult
from crypto_core.wire.oauth import PATH_CHALLENGE
from relay_server.sessions.throttle import FREE_FAILURES, MOST_WAIT_SECONDS, STOP_FAILURES
from tests.fakes.machine import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    import httpx

    from tests.integration.relay.sign_in.stage import Bench, Site
    from tests.integration.signed_in_device import SignedInDevice

    Story = Callable[[Bench], Coroutine[Any, Any, None]]
    Stage = Callable[[Story], None]

VERIFIER: Final = "a" * 43


def impostor(bench: Bench, victim: SignedInDevice, address: str) -> SignedInDevice:
    """A device with a key of its own that asks for somebody else's account."""
    device = bench.stranger(address)
    device.caller = replace(device.caller, account=victim.caller.account)
    return device


async def wait_of(device: SignedInDevice) -> int:
    """Begin a sign-in and return how many seconds the relay wants first."""
    _, response = await device.begin(VERIFIER)
    if response.status_code == 400:
        assert response.json()["next"] == ["opaque"], response.text
        return 0
    return retry_after(response)


def retry_after(response: httpx.Response) -> int:
    assert (response.status_code, response.json()["error"]) == (429, "temporarily_unavailable")
    seconds: int = response.json()["retry_after"]
    assert response.headers["retry-after"] == str(seconds)
    return seconds


def test_brute_force_is_slowed_down_to_an_attempt_in_a_quarter_of_an_hour(
    on_a_relay: Stage,
) -> None:
    async def story(bench: Bench) -> None:
        victim = await bench.member()
        attacker = impostor(bench, victim, "198.51.100.1")
        assert [await wait_of(attacker) for _ in range(FREE_FAILURES)] == [0] * FREE_FAILURES
        waits = []
        for _ in range(13):
            waits.append(await wait_of(attacker))
            bench.clock.advance(seconds=waits[-1] - 0.5)
            assert await wait_of(attacker) == 1
            bench.clock.advance(seconds=0.5)
            assert await wait_of(attacker) == 0
        assert waits == [*(2**n for n in range(10)), *[MOST_WAIT_SECONDS] * 3]

    on_a_relay(story)


def test_twenty_attempts_at_once_count_one_by_one(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        attacker = impostor(bench, await bench.member(), "198.51.100.2")
        waits = await asyncio.gather(*(wait_of(attacker) for _ in range(20)))
        assert sorted(waits) == [0] * FREE_FAILURES + [1] * (20 - FREE_FAILURES)

    on_a_relay(story)


def test_strangers_never_lock_out_a_listed_device(on_a_relay: Stage) -> None:
    """Not even from its own address, as from the next desk."""

    async def story(bench: Bench) -> None:
        victim = await bench.member("198.51.100.3")
        attacker = impostor(bench, victim, "198.51.100.3")
        while not await wait_of(attacker):
            pass
        await victim.sign_in()
        assert await victim.is_admitted()

    on_a_relay(story)


def test_strangers_with_many_keys_and_addresses_share_one_count_for_an_account(
    on_a_relay: Stage,
) -> None:
    async def story(bench: Bench) -> None:
        victim = await bench.member()
        waits = [
            await wait_of(impostor(bench, victim, f"203.0.113.{number}"))
            for number in range(FREE_FAILURES + 3)
        ]
        assert waits == [0] * FREE_FAILURES + [1] * 3

    on_a_relay(story)


def test_one_address_has_one_count_for_all_accounts(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        waits = [await wait_of(bench.stranger("198.51.100.4")) for _ in range(FREE_FAILURES + 3)]
        assert waits == [0] * FREE_FAILURES + [1] * 3
        assert await wait_of(bench.stranger("198.51.100.5")) == 0

    on_a_relay(story)


def test_an_account_that_does_not_exist_is_throttled_like_one_that_does(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        nobody, somebody = bench.stranger(), await bench.member()
        for number in range(FREE_FAILURES + 2):
            one = impostor(bench, nobody, f"203.0.113.1{number}")
            two = impostor(bench, somebody, f"203.0.113.2{number}")
            assert await wait_of(one) == await wait_of(two)

    on_a_relay(story)


def test_a_session_clears_the_count_and_half_a_sign_in_does_not(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.member()
        for _ in range(FREE_FAILURES - 1):
            response = await device.prove_passphrase(VERIFIER)
            await device.post_form(
                PATH_CHALLENGE, auth_session=response.json()["auth_session"], totp="000000"
            )
        await device.sign_in()
        assert [await wait_of(device) for _ in range(FREE_FAILURES)] == [0] * FREE_FAILURES
        assert await wait_of(device) == 1

    on_a_relay(story)


def test_a_sign_in_under_way_is_not_stopped_by_the_next_one(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.member()
        for _ in range(FREE_FAILURES - 1):
            await device.begin(VERIFIER)
        begun, response = await device.begin(VERIFIER)
        assert await wait_of(device) == 1
        found = response.json()
        response = await device.post_form(
            PATH_CHALLENGE,
            auth_session=found["auth_session"],
            opaque_ke3=base64url(begun.finish(found)),
        )
        assert response.json()["next"] == ["totp", "recovery_code"]

    on_a_relay(story)


def test_a_hundred_failures_in_a_row_stop_a_device_but_no_stranger(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.member()
        attacker = impostor(bench, device, "198.51.100.6")
        for _ in range(STOP_FAILURES):
            assert await wait_of(device) == 0
            assert await wait_of(attacker) == 0
            bench.clock.advance(seconds=MOST_WAIT_SECONDS)
        assert await wait_of(attacker) == 0
        # Days change nothing; only another device of the account, or the operator.
        for days in (0, 1, 30):
            bench.clock.advance(days=days)
            await bench.relay.sweep()
            _, response = await device.begin(VERIFIER)
            assert (response.status_code, response.json()["error"]) == (400, "access_denied")
        async with bench.database.session() as session:
            await bench.relay.sign_in.challenges.throttle.forgive(session, device.caller.device)
        await device.sign_in()

    on_a_relay(story)


def test_a_flood_of_refusals_leaves_one_leaf_per_wait(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        victim = await bench.member()
        attacker = impostor(bench, victim, "198.51.100.7")
        for _ in range(FREE_FAILURES):
            await wait_of(attacker)
        for expected in (1, 2):
            waits = await asyncio.gather(*(wait_of(attacker) for _ in range(50)))
            assert min(waits) > 0
            refused = [
                each
                for each in await bench.said(victim)
                if isinstance(each, SignInAttempt) and each.result is SignInResult.REFUSED_THROTTLED
            ]
            assert len(refused) == expected
            bench.clock.advance(seconds=max(waits))
            assert await wait_of(attacker) == 0

    on_a_relay(story)


def test_who_does_not_exist_is_not_in_the_log(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        nobody = bench.stranger("198.51.100.8")
        while not await wait_of(nobody):
            pass
        bench.clock.advance(days=1)
        await bench.relay.sweep()
        assert await bench.said(nobody) == []

    on_a_relay(story)


def test_a_restart_forgives_nothing(site: Site) -> None:
    clock = FakeClock()

    async def main() -> None:
        async with site.open(clock) as bench:
            device = await bench.member()
            for _ in range(FREE_FAILURES):
                await wait_of(device)
        clock.advance(seconds=0.5)
        async with site.open(clock) as bench:
            device.http = bench.http()
            clock.advance(seconds=0.4)
            assert await wait_of(device) > 0

    asyncio.run(main())
