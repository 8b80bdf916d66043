# SPDX-License-Identifier: AGPL-3.0-or-later
"""A restored or copied profile is found out at its next sign-in; a lost answer is not mistaken for one."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import psycopg
import pytest

from app.engine.network.dpop import base64url
from crypto_core.trust.signatures import pseudonym_of
from crypto_core.wire.audit import SignInAttempt, SignInResult
from crypto_core.wire.sign_in import FactorKind
from relay_server.sessions.store import forget_epochs
from tests.fakes.machine import FakeClock
from tests.integration.relay.sign_in.stage import Bench, Site, rows_of
from tests.integration.signed_in_device import SignedInDevice

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    import httpx

    Story = Callable[[Bench], Coroutine[Any, Any, None]]
    Stage = Callable[[Story], None]

VERIFIER: Final = "a" * 43


@dataclass(slots=True)
class Profile:
    """A computer that stores its epochs: the next one before it asks, the last one once it is answered."""

    bench: Bench
    device: SignedInDevice
    last: bytes | None = None
    next: bytes | None = None

    def copy(self) -> Profile:
        """Return a copy of the whole profile, as a restored backup is one."""
        return replace(self)

    async def ask(self) -> httpx.Response:
        """Sign in as far as the relay's answer, which may yet be lost."""
        self.next = self.next or os.urandom(16)
        self.bench.clock.advance(seconds=60)
        code = await self.device.code(VERIFIER)
        shown = {} if self.last is None else {"epoch": base64url(self.last)}
        return await self.device.redeem(code, VERIFIER, **shown, next_epoch=base64url(self.next))

    async def sign_in(self) -> None:
        """Sign in, or fail."""
        response = await self.ask()
        assert response.is_success, response.text
        self.last, self.next = self.next, None


def copied(response: httpx.Response) -> None:
    found = response.json()
    assert (response.status_code, found["error"], found["reason"]) == (
        400,
        "invalid_grant",
        "copied",
    )


def test_a_copy_is_found_out_and_told_to_the_owner(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        computer = Profile(bench, await bench.member())
        await computer.sign_in()
        restored = computer.copy()
        for _ in range(2):
            await computer.sign_in()
        before = await bench.said(computer.device)
        copied(await restored.ask())
        (told,) = (await bench.said(computer.device))[len(before) :]
        assert told == SignInAttempt(
            account=computer.device.caller.account,
            device=pseudonym_of(computer.device.caller.device),
            result=SignInResult.REFUSED_COPIED,
            factors=(FactorKind.PASSPHRASE, FactorKind.TOTP),
        )
        # Both factors were right all the same, so it begins no session; the other one goes on.
        await computer.sign_in()
        assert await computer.device.is_admitted()

    on_a_relay(story)


def test_a_lost_answer_is_no_copy(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        computer = Profile(bench, await bench.member())
        # The very first answer, a later one, and one that is lost three times.
        for losses in (1, 1, 3):
            for _ in range(losses):
                assert (await computer.ask()).is_success
            await computer.sign_in()
            await computer.sign_in()

    on_a_relay(story)


def test_of_two_copies_one_goes_on(on_a_relay: Stage) -> None:
    """Copied just before the answer: both know the next epoch, and only one the one after it."""

    async def story(bench: Bench) -> None:
        computer = Profile(bench, await bench.member())
        await computer.sign_in()
        computer.next = os.urandom(16)
        twin = computer.copy()
        await computer.sign_in()
        # As if its answer had been lost: that cannot be told apart yet.
        await twin.sign_in()
        await computer.sign_in()
        copied(await twin.ask())
        copied(await twin.ask())
        await computer.sign_in()

    on_a_relay(story)


def test_leaving_the_epoch_out_is_no_way_around_it(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        computer = Profile(bench, await bench.member())
        await computer.sign_in()
        bench.clock.advance(seconds=60)
        copied(await computer.device.redeem(await computer.device.code(VERIFIER), VERIFIER))
        await computer.sign_in()
        # A renewal is of the same session and says nothing.
        assert (await computer.device.refresh()).is_success

    on_a_relay(story)


def test_after_an_older_database_was_restored_each_device_gets_in_once(site: Site) -> None:
    """Of a relay that has forgotten the last sign-ins everybody would be a copy, for ever."""

    async def story(bench: Bench) -> None:
        computer = Profile(bench, await bench.member())
        await computer.sign_in()
        ((older,),) = rows_of(site, "SELECT epoch FROM device_epoch")
        await computer.sign_in()
        left_behind = computer.copy()
        await computer.sign_in()
        with psycopg.connect(site.superuser_url) as connection:
            connection.execute("UPDATE relay.device_epoch SET epoch = %s", [older])
        copied(await computer.ask())
        async with bench.database.session() as session:
            assert await forget_epochs(session) == 1
        await computer.sign_in()
        # From then on copies are found out as before.
        copied(await left_behind.ask())
        await computer.sign_in()

    async def main() -> None:
        async with site.open(FakeClock()) as bench:
            await story(bench)

    asyncio.run(main())


def test_the_code_is_used_up_by_a_copy(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        computer = Profile(bench, await bench.member())
        await computer.sign_in()
        assert computer.last is not None
        right = base64url(computer.last)
        bench.clock.advance(seconds=60)
        code = await computer.device.code(VERIFIER)
        copied(await computer.device.redeem(code, VERIFIER, epoch=base64url(bytes(16))))
        response = await computer.device.redeem(code, VERIFIER, epoch=right)
        assert response.json()["error"] == "invalid_grant"
        assert "reason" not in response.json()

    on_a_relay(story)


@pytest.mark.parametrize("spoiled", ["AA", "!", base64url(bytes(17)), base64url(bytes(16)) + "="])
def test_what_is_no_epoch_is_refused(on_a_relay: Stage, spoiled: str) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.member()
        code = await device.code(VERIFIER)
        for name in ("epoch", "next_epoch"):
            response = await device.redeem(code, VERIFIER, **{name: spoiled})
            assert response.json()["error"] == "invalid_request"
        assert (await device.redeem(code, VERIFIER)).is_success

    on_a_relay(story)
