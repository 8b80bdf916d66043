# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who has a session of the account, or was its colleague, does not take the way back from who has the kit."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from crypto_core.wire.codec import decode
from crypto_core.wire.oauth import PATH_CHALLENGE, STEP_UP_SECONDS
from crypto_core.wire.recovery import SealedPackage
from crypto_core.wire.relay_api import PATH_RECOVERY, PATH_RECOVERY_PACKAGE
from tests.integration.relay.sign_in.kit import (
    VERIFIER,
    Owner,
    kit_shown,
    let_in,
    list_of,
    passphrase_shown,
    proof,
    recovery_of,
)
from tests.integration.relay.sign_in.test_recovery import begin_anew, package_of, put, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from tests.integration.relay.sign_in.stage import Bench
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
