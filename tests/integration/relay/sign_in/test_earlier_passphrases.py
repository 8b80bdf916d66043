# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who has a computer, the passphrase and a second factor can change it, and shuts nobody out who has the kit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import pytest

from crypto_core.errors import SignInError
from crypto_core.trust.signatures import sha256
from crypto_core.wire.audit import FactorChange, FactorsChanged
from crypto_core.wire.oauth import (
    EARLIER_PASSPHRASE_SECONDS,
    EARLIER_PASSPHRASES,
    PATH_CHALLENGE,
    SCOPE_RECOVERY,
)
from crypto_core.wire.relay_api import PATH_RECOVERY, PATH_RECOVERY_CODES
from crypto_core.wire.sign_in import FactorKind, RenewRecoveryCodesRequest
from tests.integration.relay.sign_in.kit import (
    VERIFIER,
    Owner,
    kit_shown,
    let_in,
    passphrase_shown,
    proof,
    recovery_of,
)
from tests.integration.relay.sign_in.stage import Bench
from tests.integration.signed_in_device import SignedInDevice

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from crypto_core.wire.ids import Hash

    Story = Callable[[Bench], Coroutine[Any, Any, None]]
    Stage = Callable[[Story], None]

PENDING: Final = {"credential": "pending"}


def passphrase(number: int) -> Hash:
    return sha256(b"what a thief thinks up", bytes([number]))


@dataclass(slots=True)
class Thief:
    """Somebody with the owner's computer, passphrase and telephone."""

    bench: Bench
    device: SignedInDevice

    @classmethod
    def of(cls, owner: Owner) -> Thief:
        """Return the thief of an owner's computer, who leaves the owner's own copy as it is."""
        return cls(owner.bench, replace(owner.device))

    async def change(self, number: int) -> None:
        """Put another passphrase in the place of the one that there is."""
        new = replace(self.device, password=passphrase(number))
        response = await new.put_new_passphrase()
        assert response.status_code == 204, response.text
        self.bench.clock.advance(seconds=60)
        found = (await new.prove_passphrase(VERIFIER, **PENDING)).json()
        shown = await new.post_form(
            PATH_CHALLENGE, auth_session=found["auth_session"], totp=new.one_time_code()
        )
        response = await new.redeem(shown.json()["authorization_code"], VERIFIER)
        assert response.is_success, response.text
        self.device = new

    async def sign_in(self) -> None:
        """Show both factors again."""
        self.bench.clock.advance(seconds=60)
        await self.device.sign_in()


async def recovered(owner: Owner) -> SignedInDevice:
    """Return a new computer that came back with the passphrase that the owner knows."""
    new = owner.new_computer()
    token = await let_in(new, owner.root)
    response = await new.send("POST", PATH_RECOVERY, recovery_of(new), token=token)
    assert response.is_success, response.text
    return new


async def signs_in(device: SignedInDevice, **other: str) -> bool:
    """Return whether the relay has an answer that a passphrase fits."""
    try:
        response = await device.prove_passphrase(VERIFIER, **other)
    except SignInError:
        return False
    assert response.json()["error"] == "insufficient_authorization", response.text
    return True


def test_a_thief_who_changes_the_passphrase_does_not_shut_out_who_has_the_kit(
    on_a_relay: Stage,
) -> None:
    async def story(bench: Bench) -> None:
        owner = await Owner.registered(bench)
        thief = Thief.of(owner)
        await thief.change(1)
        # All that a thief can do besides.
        codes = RenewRecoveryCodesRequest(recovery_hashes=tuple(map(passphrase, range(10))))
        assert (await thief.device.send("PUT", PATH_RECOVERY_CODES, codes)).status_code == 204
        bench.clock.advance(days=6)
        new = await recovered(owner)

        # The owner's passphrase is the account's again, and the thief's is nothing any more.
        bench.clock.advance(seconds=60)
        await new.sign_in()
        stolen = replace(new, password=thief.device.password)
        assert not await signs_in(stolen)
        assert not await signs_in(stolen, **PENDING)
        assert not await signs_in(thief.device)
        another = replace(owner.new_computer(), password=thief.device.password)
        assert not await signs_in(another, scope=SCOPE_RECOVERY)
        told = [
            each.change
            for each in await bench.said(new)
            if isinstance(each, FactorsChanged) and each.kind is FactorKind.PASSPHRASE
        ]
        assert told == [FactorChange.ADDED, FactorChange.REPLACED, FactorChange.REPLACED]

    on_a_relay(story)


def test_no_later_change_pushes_an_earlier_passphrase_out(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        owner = await Owner.registered(bench)
        thief = Thief.of(owner)
        for number in range(EARLIER_PASSPHRASES):
            await thief.change(number)
        refused = await replace(thief.device, password=passphrase(9)).put_new_passphrase()
        assert (refused.status_code, refused.json()["code"]) == (507, "quota-exceeded")
        # Nothing has changed by being refused, and each of the earlier ones brings the account back.
        assert await signs_in(thief.device)
        for number in range(EARLIER_PASSPHRASES - 1):
            bench.clock.advance(seconds=900)
            earlier = replace(owner.new_computer(), password=passphrase(number))
            assert await signs_in(earlier, scope=SCOPE_RECOVERY), number
        bench.clock.advance(seconds=900)
        new = await recovered(owner)
        # Nor is the owner kept from changing it who has come back.
        bench.clock.advance(seconds=60)
        await new.sign_in()
        assert (await replace(new, password=passphrase(9)).put_new_passphrase()).is_success

    on_a_relay(story)


def test_an_earlier_passphrase_begins_a_recovery_for_seven_days(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        owner = await Owner.registered(bench)
        thief = Thief.of(owner)
        await thief.change(1)
        begun = bench.clock.now()
        bench.clock.advance(seconds=EARLIER_PASSPHRASE_SECONDS - 1)
        assert await signs_in(owner.new_computer(), scope=SCOPE_RECOVERY)
        bench.clock.advance(seconds=1)
        assert bench.clock.now() - begun == EARLIER_PASSPHRASE_SECONDS * 1000
        # The time counts, and not when the table is tidied up.
        assert not await signs_in(owner.new_computer(), scope=SCOPE_RECOVERY)
        await bench.relay.sweep()
        async with bench.database.session() as session:
            left = await session.fetchval(
                "SELECT count(*) FROM earlier_credential WHERE account = $1",
                owner.device.caller.account,
            )
        assert left == 0
        # By then the account is whoever's the passphrase is; and it may be changed again.
        await thief.sign_in()
        await thief.change(2)

    on_a_relay(story)


def test_an_earlier_passphrase_opens_nothing_but_a_recovery(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        owner = await Owner.registered(bench)
        await Thief.of(owner).change(1)
        for other in ({}, PENDING):
            bench.clock.advance(seconds=60)
            with pytest.raises(SignInError):
                await owner.device.prove_passphrase(VERIFIER, **other)
        _, response = await owner.device.begin(VERIFIER, scope=SCOPE_RECOVERY)
        assert response.json()["error"] == "invalid_scope"

    on_a_relay(story)


def test_a_code_that_was_given_for_an_earlier_passphrase_begins_no_session(
    on_a_relay: Stage,
) -> None:
    async def story(bench: Bench) -> None:
        owner = await Owner.registered(bench)
        shown = await owner.device.show(VERIFIER, recovery_code=owner.device.recovery_code(0))
        await owner.device.sign_in_again(VERIFIER, recovery_code=owner.device.recovery_code(1))
        new = replace(owner.device, password=passphrase(1))
        assert (await new.put_new_passphrase()).status_code == 204
        found = (await new.prove_passphrase(VERIFIER, **PENDING)).json()
        changed = await new.post_form(
            PATH_CHALLENGE, auth_session=found["auth_session"], recovery_code=new.recovery_code(2)
        )
        assert (await new.redeem(changed.json()["authorization_code"], VERIFIER)).is_success
        late = await owner.device.redeem(shown.json()["authorization_code"], VERIFIER)
        assert late.json()["error"] == "invalid_grant"

    on_a_relay(story)


def test_an_earlier_passphrase_is_nothing_without_the_kit(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        owner, other = await Owner.registered(bench), await Owner.registered(bench)
        await Thief.of(owner).change(1)
        for second in (
            {"totp": owner.device.one_time_code()},
            {"recovery_code": owner.device.recovery_code(0)},
        ):
            bench.clock.advance(seconds=60)
            new = owner.new_computer()
            auth_session = await passphrase_shown(new)
            response = await new.post_form(PATH_CHALLENGE, auth_session=auth_session, **second)
            assert response.json()["error"] == "invalid_session"
        bench.clock.advance(seconds=60)
        new = owner.new_computer()
        auth_session = await passphrase_shown(new)
        forged = proof(other.root, auth_session, new)
        response = await new.post_form(
            PATH_CHALLENGE, auth_session=auth_session, recovery_kit=forged
        )
        assert response.json()["error"] == "invalid_session"
        assert (await kit_shown(owner.new_computer(), owner.root)).is_success

    on_a_relay(story)


def test_a_change_during_a_recovery_does_not_stop_it(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        owner = await Owner.registered(bench)
        new = owner.new_computer()
        token = await let_in(new, owner.root)
        thief = Thief.of(owner)
        await thief.change(1)
        response = await new.send("POST", PATH_RECOVERY, recovery_of(new), token=token)
        assert response.is_success, response.text
        bench.clock.advance(seconds=60)
        assert await signs_in(new)
        assert not await signs_in(replace(new, password=thief.device.password))

    on_a_relay(story)


def test_nobody_learns_by_asking_whether_a_passphrase_was_changed(on_a_relay: Stage) -> None:
    async def story(bench: Bench) -> None:
        unchanged, once, often = [await Owner.registered(bench) for _ in range(3)]
        await Thief.of(once).change(1)
        thief = Thief.of(often)
        for number in range(EARLIER_PASSPHRASES):
            await thief.change(number)
        asked = [
            *(each.new_computer() for each in (unchanged, once, often)),
            # An account that is nobody's.
            bench.stranger(),
        ]
        shapes = []
        for device in asked:
            bench.clock.advance(seconds=900)
            # Not the passphrase, but a stranger's guess.
            guess = replace(device, password=passphrase(99))
            begun, response = await guess.begin(VERIFIER, scope=SCOPE_RECOVERY)
            found = response.json()
            answers = [found["opaque_answer"], *found["opaque_earlier"]]
            assert len(set(answers)) == 1 + EARLIER_PASSPHRASES
            shapes.append((sorted(found), found["next"], [len(each) for each in answers]))
            with pytest.raises(SignInError):
                begun.finish(found)
        assert len(shapes) == 4
        assert shapes.count(shapes[0]) == 4
        # For mail there is the one answer, as ever.
        _, response = await unchanged.device.begin(VERIFIER)
        assert "opaque_earlier" not in response.json()

    on_a_relay(story)
