# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who has a session of the account, or was its colleague, does not take the way back from who has the kit."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from app.engine.network.dpop import base64url
from crypto_core.errors import WireError
from crypto_core.keys.signing import SigningPair
from crypto_core.opaque import client_protocol
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.oauth import PATH_CHALLENGE, SCOPE, SCOPE_RECOVERY, STEP_UP_SECONDS
from crypto_core.wire.recovery import SealedPackage
from crypto_core.wire.relay_api import PATH_RECOVERY, PATH_RECOVERY_PACKAGE
from relay_server.sessions.throttle import FREE_FAILURES, MOST_WAIT_SECONDS
from tests.fakes.machine import FakeClock
from tests.integration.relay.sign_in.kit import (
    FIRST_STEP,
    VERIFIER,
    Owner,
    begin_with_kit,
    kit_shown,
    let_in,
    list_of,
    passphrase_shown,
    proof,
    recovery_of,
)
from tests.integration.relay.sign_in.test_recovery import begin_anew, package_of, put, refused
from tests.integration.relay.sign_in.test_throttle import impostor, retry_after, wait_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from tests.integration.relay.sign_in.stage import Bench, Site
    from tests.integration.signed_in_device import SignedInDevice

    Story = Callable[[Bench], Coroutine[Any, Any, None]]
    Stage = Callable[[Story], None]


async def numbers_of(bench: Bench, device: SignedInDevice) -> list[int]:
    """Return the numbers of an account's packages."""
    async with bench.database.session() as session:
        rows = await session.fetch(
            "SELECT number FROM recovery_package WHERE account = $1 ORDER BY number",
            device.caller.account,
        )
    return [row["number"] for row in rows]


# Packages ---------------------------------------------------------------------------------------------


def test_one_request_does_not_use_up_the_numbers_of_packages(on_a_relay: Stage) -> None:
    """By a thief on the unlocked computer, who has the identity key and no factor."""

    async def story(bench: Bench) -> None:
        owner = await Owner.registered(bench)
        thief = owner.device
        good = package_of(owner.device, 1)
        assert (await put(owner.device, good)).status_code == 204
        bench.clock.advance(seconds=STEP_UP_SECONDS + 60)
        for number in (2**31 - 3, 2**31 - 2, 2**31 - 1, 102):
            response = await put(thief, package_of(thief, number))
            refused(response, "conflict", 409)
            assert response.json()["newest_number"] == 1
        assert (await put(owner.device, package_of(owner.device, 2))).status_code == 204
        assert (await put(owner.device, package_of(owner.device, 102))).status_code == 204

    on_a_relay(story)


def test_what_a_thief_has_used_up_is_no_number_of_the_next_identity_key(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        owner = await Owner.registered(bench)
        for number in (100, 200, 300):
            assert (await put(owner.device, package_of(owner.device, number))).status_code == 204
        new = owner.new_computer()
        token = await let_in(new, owner.root)
        response = await new.send("POST", PATH_RECOVERY, recovery_of(new), token=token)
        assert response.is_success, response.text
        # Until there is a better one: who comes back a second time finds what the first one found.
        assert await numbers_of(bench, new) == [100, 200, 300]
        bench.clock.advance(seconds=60)
        await new.sign_in()
        first = package_of(new, 1)
        assert (await put(new, first)).status_code == 204
        assert await numbers_of(bench, new) == [1]
        refused(await put(new, package_of(owner.device, 301)), "signature-invalid", 422)
        bench.clock.advance(seconds=60)
        again = owner.new_computer()
        again.totp_secret = new.totp_secret
        token = await let_in(again, owner.root)
        found = await again.send("GET", PATH_RECOVERY_PACKAGE, token=token)
        assert decode(SealedPackage, found.content) == first

    on_a_relay(story)


def test_no_package_by_the_key_of_before_comes_after_the_next_one(on_a_relay: Stage) -> None:
    """The thief puts one at the same moment: it comes before the new key, and is let go of, or not at all."""

    async def story(bench: Bench) -> None:
        owner = await Owner.registered(bench)
        new = owner.new_computer()
        token = await let_in(new, owner.root)
        answer, *_ = await asyncio.gather(
            new.send("POST", PATH_RECOVERY, recovery_of(new), token=token),
            *(put(owner.device, package_of(owner.device, number)) for number in range(1, 9)),
        )
        assert answer.is_success, answer.text
        bench.clock.advance(seconds=60)
        await new.sign_in()
        assert (await put(new, package_of(new, 1))).status_code == 204
        assert await numbers_of(bench, new) == [1]

    on_a_relay(story)


def test_a_package_that_was_checked_with_a_void_key_is_not_stored(on_a_relay: Stage) -> None:
    """What the race above meets seldom: the key event comes between the check and the table."""

    async def story(bench: Bench) -> None:
        owner = await Owner.registered(bench)
        async with bench.database.session() as session:
            is_stored = await session.fetchval(
                "SELECT recovery_put_package($1, 'not in force', $2, 1, 'package', 3, 100)",
                owner.device.caller.account,
                bytes(32),
            )
        assert is_stored is False
        assert await numbers_of(bench, owner.device) == []

    on_a_relay(story)


# Throttle ---------------------------------------------------------------------------------------------


async def exhausted(bench: Bench, owner: Owner) -> int:
    """Try on the owner's account until the wait is the longest; return that."""
    wait = 0
    for number in range(40):
        wait = await wait_of(impostor(bench, owner.device, f"198.51.100.{number}"))
        if wait == MOST_WAIT_SECONDS:
            break
        bench.clock.advance(seconds=wait)
    return wait


async def wait_with_kit(device: SignedInDevice, *args: Any, **named: Any) -> int:  # noqa: ANN401 - as begin_with_kit
    response = await begin_with_kit(device, *args, **named)
    if response.status_code == 400:
        assert response.json()["next"] == ["opaque"], response.text
        return 0
    return retry_after(response)


def test_a_former_colleague_does_not_keep_the_owner_from_recovering(on_a_relay: Stage) -> None:
    """One request whenever the wait is over took each turn: for a day the owner got none."""

    async def story(bench: Bench) -> None:
        owner = await Owner.registered(bench)
        assert await exhausted(bench, owner) == MOST_WAIT_SECONDS
        for hour in range(24):
            # From the owner's own address too.
            for address in (f"203.0.113.{hour}", "192.0.2.1"):
                await wait_of(impostor(bench, owner.device, address))
            bench.clock.advance(seconds=2)
            new = owner.new_computer()
            assert (await new.begin(VERIFIER, scope=SCOPE_RECOVERY))[1].status_code == 429
            assert await wait_with_kit(new, owner.root) == 0
            bench.clock.advance(seconds=3600)

    on_a_relay(story)


def test_guessing_with_a_stolen_kit_is_as_slow_as_any_other(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        owner = await Owner.registered(bench)
        waits = []
        for number in range(FREE_FAILURES + 12):
            # A new key and another address each time.
            thief = owner.new_computer()
            thief.http = bench.http(f"198.51.100.{number}")
            waits.append(await wait_with_kit(thief, owner.root))
            if waits[-1]:
                bench.clock.advance(seconds=waits[-1])
                assert await wait_with_kit(thief, owner.root) == 0
        assert waits == [0] * FREE_FAILURES + [*(2**n for n in range(10)), *[MOST_WAIT_SECONDS] * 2]
        # It says nothing against strangers, nor against the account's own computers.
        assert await wait_of(impostor(bench, owner.device, "203.0.113.1")) == 0
        await owner.device.sign_in()

    on_a_relay(story)


def test_only_the_kit_in_force_counts_apart_and_for_its_own_key_only(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        owner, other = await Owner.registered(bench), await Owner.registered(bench)
        await exhausted(bench, owner)
        new, overheard = owner.new_computer(), owner.new_computer()
        # Another's, which is a good root elsewhere; the thief's identity key, which the account knows; one's own.
        identity = owner.device.caller.identity
        for root in (other.root, identity, SigningPair.from_seed(os.urandom(64))):
            assert await wait_with_kit(new, root) > 0
        # Signed for another computer, as by whoever has seen it.
        assert await wait_with_kit(new, owner.root, signed_for=overheard) > 0
        # With another KE1, with another key, spoiled.
        started = client_protocol.start_login(new.password, os.urandom)
        ke1 = base64url(started.ke1.to_bytes())
        right = {
            "account": new.caller.account.hex(),
            "opaque_ke1": ke1,
            "recovery_root": base64url(encode(owner.root.public)),
            "recovery_kit": proof(owner.root, ke1, new),
        }
        for spoiled in (
            {"recovery_kit": proof(owner.root, "another", new)},
            {"recovery_kit": "AAAA"},
            {"recovery_kit": proof(other.root, ke1, new)},
            {"recovery_root": base64url(encode(other.root.public))},
        ):
            response = await new.post_form(PATH_CHALLENGE, **FIRST_STEP, **right | spoiled)
            assert retry_after(response) > 0
        for malformed in ({"recovery_root": "AAAA"}, {"recovery_kit": ""}):
            response = await new.post_form(PATH_CHALLENGE, **FIRST_STEP, **right | malformed)
            assert (response.status_code, response.json()["error"]) == (400, "invalid_request")
        response = await new.post_form(PATH_CHALLENGE, **FIRST_STEP, **right)
        assert response.json()["next"] == ["opaque"]
        # In a sign-in for mail it is no reason to wait less.
        mail = FIRST_STEP | {"scope": SCOPE}
        response = await new.post_form(PATH_CHALLENGE, **mail, **right)
        assert retry_after(response) > 0

    on_a_relay(story)


def test_who_shows_a_kit_learns_of_no_account(on_a_relay: Stage) -> None:
    """Nor does the relay work longer for it: keys that were never the account's are looked up, and that is all."""

    async def story(bench: Bench) -> None:
        owner = await Owner.registered(bench)
        own = SigningPair.from_seed(os.urandom(64))
        nobody = bench.stranger("203.0.113.2")
        somebody = owner.new_computer()
        somebody.http = bench.http("203.0.113.3")
        for _ in range(FREE_FAILURES + 2):
            first = await begin_with_kit(nobody, own)
            second = await begin_with_kit(somebody, own)
            assert first.status_code == second.status_code
            assert first.json().keys() == second.json().keys()
        keys = bench.relay.keys
        assert not await keys.is_root_in_force(nobody.caller.account, own.public)
        assert not await keys.is_root_in_force(nobody.caller.account, owner.root.public)
        assert await keys.is_root_in_force(somebody.caller.account, owner.root.public)

    on_a_relay(story)


def test_a_strangers_key_has_no_history_read(site: Site) -> None:
    """What would take its time, and tell by it that there is such an account: here it cannot be read at all."""

    async def main() -> None:
        async with site.open(FakeClock()) as bench:
            owner = await Owner.registered(bench)
            account = owner.device.caller.account
            with psycopg.connect(site.superuser_url) as connection:
                connection.execute("UPDATE relay.key_event SET event = 'spoiled'")
            own = SigningPair.from_seed(os.urandom(64))
            assert not await bench.relay.keys.is_root_in_force(account, own.public)
            assert await wait_with_kit(owner.new_computer(), own) == 0
            with pytest.raises(WireError):
                await bench.relay.keys.is_root_in_force(account, owner.root.public)

    asyncio.run(main())


# Sign-ins under way -----------------------------------------------------------------------------------


def test_sign_ins_under_way_end_with_a_recovery(on_a_relay: Stage) -> None:
    """Also those on a computer that is kept, which the thief may have at hand."""

    async def story(bench: Bench) -> None:
        owner = await Owner.registered(bench)
        kept = owner.device
        code_of_mail = (await kept.show(VERIFIER, recovery_code=kept.recovery_code(0))).json()[
            "authorization_code"
        ]
        step_of_mail = (await kept.prove_passphrase(VERIFIER)).json()["auth_session"]
        waiting, coded, new = (owner.new_computer() for _ in range(3))
        step_of_recovery = await passphrase_shown(waiting)
        code_of_recovery = (await kit_shown(coded, owner.root)).json()["authorization_code"]
        token = await let_in(new, owner.root)
        listed = list_of(new.caller, new.caller.entry, kept.caller.entry)
        response = await new.send("POST", PATH_RECOVERY, recovery_of(new, listed), token=token)
        assert response.is_success, response.text

        for device, code in ((kept, code_of_mail), (coded, code_of_recovery)):
            assert (await device.redeem(code, VERIFIER)).json()["error"] == "invalid_grant"
        # Shown with the new factors, which alone would be right.
        kept.totp_secret = new.totp_secret
        begin_anew(
            await kept.post_form(
                PATH_CHALLENGE, auth_session=step_of_mail, totp=kept.one_time_code()
            )
        )
        shown = proof(owner.root, step_of_recovery, waiting)
        begin_anew(
            await waiting.post_form(
                PATH_CHALLENGE, auth_session=step_of_recovery, recovery_kit=shown
            )
        )

    on_a_relay(story)
