# SPDX-License-Identifier: AGPL-3.0-or-later
"""A passphrase changes in steps, and whatever ends them between two, one passphrase signs in and not the other."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import pytest

from app.engine.network.dpop import base64url
from crypto_core.errors import SignInError
from crypto_core.trust.signatures import sha256
from crypto_core.wire.audit import FactorChange, FactorsChanged
from crypto_core.wire.oauth import PATH_CHALLENGE, STEP_UP_SECONDS
from crypto_core.wire.sign_in import FactorKind
from tests.fakes.machine import FakeClock
from tests.integration.signed_in_device import SignedInDevice

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from tests.integration.relay.sign_in.stage import Bench, Site

    Story = Callable[[Bench], Coroutine[Any, Any, None]]
    Stage = Callable[[Story], None]

VERIFIER: Final = "a" * 43
NEW: Final = sha256(b"another passphrase and the account secret")
PENDING: Final = {"credential": "pending"}
STEPS: Final = ("nothing", "answer", "stored", "begun", "proven", "shown", "redeemed")


@dataclass(slots=True)
class Change:
    """A change of the passphrase, step after step, by a computer that remembers what it was answered."""

    old: SignedInDevice

    @property
    def new(self) -> SignedInDevice:
        """The same computer once its vault is wrapped under the new passphrase."""
        return replace(self.old, password=NEW)

    async def until(self, last: str) -> None:
        """Go on as far as a step."""
        if last == "nothing":
            return
        if last == "answer":
            assert (await self.new.begin_passphrase()).is_success
            return
        assert (await self.new.put_new_passphrase()).status_code == 204
        if last == "stored":
            return
        begun, response = await self.new.begin(VERIFIER, **PENDING)
        if last == "begun":
            return
        found = response.json()
        response = await self.new.post_form(
            PATH_CHALLENGE,
            auth_session=found["auth_session"],
            opaque_ke3=base64url(begun.finish(found)),
        )
        if last == "proven":
            return
        response = await self.new.post_form(
            PATH_CHALLENGE,
            auth_session=response.json()["auth_session"],
            totp=self.new.one_time_code(steps=1),
        )
        if last == "shown":
            return
        # Its answer is lost.
        code = response.json()["authorization_code"]
        assert (await self.new.redeem(code, VERIFIER)).is_success


async def opens(device: SignedInDevice, bench: Bench, **other: str) -> bool:
    """Return whether a passphrase signs in, on this relay; fails on anything but a plain yes or no."""
    bench.clock.advance(seconds=60)
    device = replace(device, http=bench.http())
    try:
        response = await device.prove_passphrase(VERIFIER, **other)
    except SignInError:
        return False
    assert response.json()["error"] == "insufficient_authorization", response.text
    shown = await device.post_form(
        PATH_CHALLENGE,
        auth_session=response.json()["auth_session"],
        totp=device.one_time_code(),
    )
    code = shown.json()["authorization_code"]
    assert (await device.redeem(code, VERIFIER)).is_success
    return True


def test_whatever_ends_a_change_one_passphrase_signs_in(site: Site) -> None:
    """The relay is stopped after each step, and another one over the same database is asked."""

    async def main() -> None:
        clock = FakeClock()
        async with site.open(clock) as bench:
            changes = [Change(await bench.guest()) for _ in STEPS]
        for change, last in zip(changes, STEPS, strict=True):
            async with site.open(clock) as bench:
                change.old = replace(change.old, http=bench.http())
                bench.clock.advance(seconds=60)
                await change.old.sign_in()
                await change.until(last)
            async with site.open(clock) as bench:
                is_changed = last == "redeemed"
                # Without a word about a pending one it is the account's, which is the old one until the end.
                assert await opens(change.new, bench) is is_changed, last
                assert await opens(change.old, bench) is not is_changed, last
            async with site.open(clock) as bench:
                # The computer whose vault was wrapped anew asks for the pending one, also when that is the
                # account's already; where nothing was stored there is nothing to sign in with.
                is_stored = last in STEPS[2:]
                assert await opens(change.new, bench, **PENDING) is is_stored, last
                assert await opens(change.new, bench) is is_stored, last
                assert await opens(change.old, bench) is not is_stored, last
                assert await opens(change.old, bench, **PENDING) is not is_stored, last

    asyncio.run(main())


def test_a_change_is_told_when_it_waits_and_when_it_counts(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        change = Change(await bench.guest())
        await change.until("stored")

        async def told() -> list[FactorChange]:
            return [
                each.change
                for each in await bench.said(change.old)
                if isinstance(each, FactorsChanged) and each.kind is FactorKind.PASSPHRASE
            ]

        assert await told() == [FactorChange.ADDED]
        assert await opens(change.old, bench)
        assert await told() == [FactorChange.ADDED]
        assert await opens(change.new, bench, **PENDING)
        assert await told() == [FactorChange.ADDED, FactorChange.REPLACED]

    on_a_relay(story)


def test_a_passphrase_that_was_replaced_while_it_signed_in_is_not_put_in_place(
    on_a_relay: Stage,
) -> None:
    async def story(bench: Bench) -> None:
        change = Change(await bench.guest())
        await change.until("stored")
        bench.clock.advance(seconds=60)
        found = (await change.new.prove_passphrase(VERIFIER, **PENDING)).json()
        shown = await change.new.post_form(
            PATH_CHALLENGE,
            auth_session=found["auth_session"],
            totp=change.new.one_time_code(),
        )
        third = replace(change.old, password=sha256(b"a third one"))
        assert (await third.put_new_passphrase()).status_code == 204
        response = await change.new.redeem(shown.json()["authorization_code"], VERIFIER)
        assert response.json()["error"] == "invalid_grant"
        assert await opens(change.old, bench)
        assert not await opens(change.new, bench, **PENDING)
        assert await opens(third, bench, **PENDING)
        assert not await opens(change.old, bench)

    on_a_relay(story)


def test_a_recovery_code_puts_a_waiting_passphrase_in_place_too(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        change = Change(await bench.guest())
        await change.until("stored")
        found = (await change.new.prove_passphrase(VERIFIER, **PENDING)).json()
        shown = await change.new.post_form(
            PATH_CHALLENGE,
            auth_session=found["auth_session"],
            recovery_code=change.new.recovery_code(0),
        )
        assert (await change.new.redeem(shown.json()["authorization_code"], VERIFIER)).is_success
        assert await opens(change.new, bench)
        with pytest.raises(SignInError):
            await change.old.prove_passphrase(VERIFIER)

    on_a_relay(story)


def test_a_passphrase_is_changed_with_factors_shown_lately(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        change = Change(await bench.guest())
        bench.clock.advance(seconds=STEP_UP_SECONDS + 1)
        response = await change.new.put_new_passphrase()
        assert (response.status_code, response.json()["code"]) == (401, "step-up-needed")
        # Nor without a session at all.
        change.old.access_token = None
        response = await change.new.put_new_passphrase()
        assert (response.status_code, response.json()["code"]) == (401, "sign-in-needed")
        assert await opens(change.old, bench)

    on_a_relay(story)


def test_another_word_than_pending_is_refused(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        device = await bench.member()
        for word in ("", "current", "PENDING"):
            _, response = await device.begin(VERIFIER, credential=word)
            assert (response.status_code, response.json()["error"]) == (400, "invalid_request")

    on_a_relay(story)
