# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every relay promises about dangerous requests and about coming back with the kit: in memory and the real one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from app.engine.ports.relay import SignInNeededError, SignInRefusedError
from crypto_core.errors import SignInError
from crypto_core.keys.signing import SigningPair
from crypto_core.trust.signatures import sha256
from crypto_core.wire.devices import KeyEventKind
from crypto_core.wire.ids import FactorId, Hash
from crypto_core.wire.kit import KitId, KitSealed
from crypto_core.wire.labels import RECOVERY_PACKAGE
from crypto_core.wire.limits import GCM_TAG_BYTES, LEAST_PACKAGE_BYTES
from crypto_core.wire.linking import LINK_SECONDS, LinkId
from crypto_core.wire.oauth import (
    ACCESS_TOKEN_SECONDS,
    EARLIER_PASSPHRASE_SECONDS,
    EARLIER_PASSPHRASES,
    STEP_UP_SECONDS,
    OAuthError,
    Step,
)
from crypto_core.wire.recovery import PackageHeader, SealedPackage
from crypto_core.wire.relay_api import (
    OpenLinkRequest,
    ProblemCode,
    SealedLinkGrant,
    SealedLinkOffer,
    VetoRootChangeRequest,
)
from crypto_core.wire.sign_in import (
    RECOVERY_CODES,
    REGISTRATION_REQUEST_BYTES,
    AddSecurityKeyRequest,
    AddTotpRequest,
    CredentialRequest,
    RenewRecoveryCodesRequest,
)
from tests.contract.practitioner import Practitioner, refusal, registered
from tests.contract.returning import Returning
from tests.contract.test_sign_in_port import refused
from tests.fakes.fake_sign_in import FREE_FAILURES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from tests.fakes.machine import FakeClock

pytestmark = pytest.mark.anyio

HASHES = tuple(Hash(sha256(bytes([number]))) for number in range(RECOVERY_CODES))


def package_of(owner: Practitioner, number: int, *, by: SigningPair | None = None) -> SealedPackage:
    """Return a package; a relay sees no more of one than its header and size."""
    sealed = owner.under_test.random_bytes(LEAST_PACKAGE_BYTES + GCM_TAG_BYTES)
    header = PackageHeader(
        version=1,
        account=owner.caller.account,
        number=number,
        keys=(KitSealed(version=1, kit=KitId(bytes(8)), sealed=b"sealed to a kit"),),
        sealed_sha256=sha256(sealed),
    )
    identity = by or owner.caller.identity
    return SealedPackage(header=identity.sign_object(RECOVERY_PACKAGE, header), sealed=sealed)


async def sign_in_again(owner: Practitioner, clock: FakeClock, *, is_pending: bool = False) -> None:
    """Show both factors anew."""
    clock.advance(seconds=60)
    needed = await owner.enrolled.needed(owner.relay, is_pending=is_pending)
    code = await owner.relay.prove_second_factor(
        needed.auth_session, Step.TOTP, owner.enrolled.one_time_code()
    )
    await owner.begin(await owner.enrolled.redeem(owner.relay, code.code))


async def change_passphrase(owner: Practitioner, clock: FakeClock, passphrase: str) -> None:
    """Put another passphrase in the place of the one that there is, from the owner's computer."""
    await owner.enrolled.store_passphrase(owner.relay, passphrase)
    owner.enrolled.passphrase = passphrase
    await sign_in_again(owner, clock, is_pending=True)


# --- step-up -------------------------------------------------------------------------------------


def dangerous(anne: Practitioner) -> list[Callable[[], Awaitable[object]]]:
    """Return every request that changes who may sign in or speak for an account."""
    relay, caller = anne.relay, anne.caller
    second, link = caller.second_device(), LinkId(anne.under_test.random_bytes(16))
    more = caller.next_list(caller.entry, second.entry)
    other = SigningPair.from_seed(anne.under_test.random_bytes(64))
    credential = caller.some_sign_in().credential
    return [
        lambda: relay.add_totp(AddTotpRequest(secret=bytes(20), code="000000", sealed_name=b"")),
        relay.security_key_options,
        lambda: relay.add_security_key(AddSecurityKeyRequest(response="{}", sealed_name=b"")),
        lambda: relay.remove_factor(FactorId(bytes(16))),
        lambda: relay.renew_recovery_codes(RenewRecoveryCodesRequest(recovery_hashes=HASHES)),
        lambda: relay.register_passphrase(
            CredentialRequest(request=bytes(REGISTRATION_REQUEST_BYTES))
        ),
        lambda: relay.store_passphrase(credential),
        lambda: relay.publish_key_event(caller.account, replace(caller).publishing(more)),
        lambda: relay.publish_key_event(
            caller.account,
            replace(caller).publishing(
                replace(caller, identity=other).next_list(), caller.next_certificate(other)
            ),
        ),
        lambda: relay.publish_key_event(
            caller.account,
            replace(caller).key_event(KeyEventKind.ROOT_CHANGE, caller.root_change(other)),
        ),
        lambda: relay.open_link(OpenLinkRequest(link=link)),
        lambda: relay.put_link_answer(link, SealedLinkGrant(sealed=b"a grant" * 9)),
    ]


async def test_what_is_dangerous_needs_factors_shown_lately(
    people_in_time: Iterator[Practitioner], clock: FakeClock
) -> None:
    (anne,) = await registered(people_in_time, 1)
    before = await anne.relay.factors()
    clock.advance(seconds=STEP_UP_SECONDS + 1)
    # A new token of the same session does not make them fresh.
    await anne.begin(await anne.relay.refresh(await anne.refresh_token()))
    for ask in dangerous(anne):
        async with refusal(ProblemCode.STEP_UP_NEEDED):
            await ask()
    assert await anne.relay.factors() == before
    assert len((await anne.relay.key_events(anne.caller.account, after=0)).events) == 1
    # What happens by itself, when nobody sits there, goes on.
    renewed = anne.caller.next_list()
    await anne.relay.publish_key_event(anne.caller.account, anne.caller.publishing(renewed))
    anne.caller.lists.append(renewed)
    await anne.relay.put_recovery_package(package_of(anne, 1))
    await sign_in_again(anne, clock)
    await anne.relay.renew_recovery_codes(RenewRecoveryCodesRequest(recovery_hashes=HASHES))
    await anne.relay.security_key_options()
    second = anne.caller.second_device()
    more = anne.caller.next_list(anne.caller.entry, second.entry)
    await anne.relay.publish_key_event(anne.caller.account, anne.caller.publishing(more))


async def test_a_link_ends_with_its_time(
    people_in_time: Iterator[Practitioner], clock: FakeClock
) -> None:
    (anne,) = await registered(people_in_time, 1)
    laptop = anne.under_test.connect(anne.caller.second_device().caller)
    link, offer = LinkId(bytes(16)), SealedLinkOffer(sealed=b"an offer" * 9)
    await anne.relay.open_link(OpenLinkRequest(link=link))
    clock.advance(seconds=LINK_SECONDS - 1)
    await laptop.put_link_offer(link, offer)
    assert await anne.relay.link_offer(link) == offer
    clock.advance(seconds=1)
    async with refusal(ProblemCode.NOT_FOUND):
        await anne.relay.link_offer(link)
    async with refusal(ProblemCode.NOT_FOUND):
        await laptop.put_link_offer(link, offer)
    await laptop.close()


# --- recovery packages ---------------------------------------------------------------------------


async def test_packages_follow_one_another_and_are_read_in_recovery_only(
    people_in_time: Iterator[Practitioner],
) -> None:
    anne, boris = await registered(people_in_time, 2)
    packages = [package_of(anne, number) for number in (1, 3, 4)]
    for package in packages:
        await anne.relay.put_recovery_package(package)
        # Its answer may have been lost on the way.
        await anne.relay.put_recovery_package(package)
    for late in (packages[1], package_of(anne, 4)):
        async with refusal(ProblemCode.CONFLICT) as conflict:
            await anne.relay.put_recovery_package(late)
        assert conflict.fields["newest_number"] == 4
    for used_up in (2**31 - 1, 4 + 101):
        async with refusal(ProblemCode.CONFLICT) as conflict:
            await anne.relay.put_recovery_package(package_of(anne, used_up))
        assert conflict.fields["newest_number"] == 4
    async with refusal(ProblemCode.SIGNATURE_INVALID):
        await anne.relay.put_recovery_package(package_of(anne, 5, by=boris.caller.identity))
    async with refusal(ProblemCode.FORBIDDEN):
        await anne.relay.recovery_package()
    async with Returning(anne).recovering() as relay:
        assert await relay.recovery_package() == packages[-1]
        async with refusal(ProblemCode.FORBIDDEN):
            await relay.put_recovery_package(package_of(anne, 6))
        async with refusal(ProblemCode.FORBIDDEN):
            await relay.mailbox(after=0, limit=1)
        assert (await relay.key_events(anne.caller.account, after=0)).events
        async with refusal(ProblemCode.FORBIDDEN):
            await relay.key_events(boris.caller.account, after=0)
    async with Returning(boris).recovering() as relay, refusal(ProblemCode.NOT_FOUND):
        await relay.recovery_package()


async def test_packages_of_a_void_identity_key_serve_until_there_is_one_by_the_next(
    people_in_time: Iterator[Practitioner], clock: FakeClock
) -> None:
    """And the numbers begin again: who had the one before may have used them up."""
    (anne,) = await registered(people_in_time, 1)
    caller, other = anne.caller, SigningPair.from_seed(anne.under_test.random_bytes(64))
    last = package_of(anne, 100)
    await anne.relay.put_recovery_package(last)
    certificate = caller.next_certificate(other)
    listed = replace(caller, identity=other).next_list(caller.entry)
    await anne.relay.publish_key_event(caller.account, caller.publishing(listed, certificate))
    async with Returning(anne).recovering() as relay:
        assert await relay.recovery_package() == last
    async with refusal(ProblemCode.SIGNATURE_INVALID):
        await anne.relay.put_recovery_package(package_of(anne, 101))
    async with refusal(ProblemCode.CONFLICT) as conflict:
        await anne.relay.put_recovery_package(package_of(anne, 101, by=other))
    assert conflict.fields["newest_number"] == 0
    first = package_of(anne, 1, by=other)
    for _ in range(2):
        await anne.relay.put_recovery_package(first)
    clock.advance(seconds=60)
    async with Returning(anne).recovering() as relay:
        assert await relay.recovery_package() == first


# --- coming back ---------------------------------------------------------------------------------


async def test_passphrase_and_kit_bring_the_account_back(
    people_in_time: Iterator[Practitioner],
) -> None:
    (anne,) = await registered(people_in_time, 1)
    old_token = await anne.refresh_token()
    new = Returning(anne)
    request = new.request()
    async with new.recovering() as relay:
        first = anne.checked((await relay.recover(request)).proof)
        # Its answer may have been lost on the way.
        again = anne.checked((await relay.recover(request)).proof)
        assert again.index == first.index
    with pytest.raises(SignInNeededError):
        await anne.relay.prekey_status()
    with pytest.raises(SignInRefusedError):
        await anne.relay.refresh(old_token)
    with pytest.raises(SignInError):
        await anne.enrolled.needed(anne.relay)
    async with new.unknown() as relay:
        await refused(
            new.enrolled.authorize(relay, Step.TOTP, anne.enrolled.one_time_code()),
            OAuthError.INVALID_SESSION,
        )
        await new.enrolled.sign_in(relay)


async def test_neither_kit_nor_passphrase_does_it_alone(
    people_in_time: Iterator[Practitioner], clock: FakeClock
) -> None:
    anne, boris = await registered(people_in_time, 2)
    new = Returning(anne)
    async with new.unknown() as relay:
        for step, value in (
            (Step.TOTP, anne.enrolled.one_time_code()),
            (Step.RECOVERY_CODE, anne.enrolled.recovery_codes[0]),
        ):
            clock.advance(seconds=60)
            auth_session = await new.waiting(relay)
            await refused(
                relay.prove_second_factor(auth_session, step, value), OAuthError.INVALID_SESSION
            )
        new.root = boris.caller.root
        auth_session = await new.waiting(relay)
        forged = new.proof(auth_session)
        await refused(
            relay.prove_second_factor(auth_session, Step.RECOVERY_KIT, forged),
            OAuthError.INVALID_SESSION,
        )
    wrong = Returning(boris, passphrase="another one")
    async with wrong.unknown() as relay:
        with pytest.raises(SignInError):
            await wrong.waiting(relay)
    async with refusal(ProblemCode.FORBIDDEN):
        await anne.relay.recover(Returning(anne).request())


async def test_strangers_who_try_do_not_keep_out_who_shows_the_kit(
    people_in_time: Iterator[Practitioner],
) -> None:
    anne, boris = await registered(people_in_time, 2)
    stranger = Returning(anne)
    stranger.root = boris.caller.root
    async with stranger.unknown() as relay:
        for _ in range(FREE_FAILURES):
            await stranger.waiting(relay)
        await refused(stranger.waiting(relay), OAuthError.TEMPORARILY_UNAVAILABLE)
    async with Returning(anne).recovering() as relay:
        assert (await relay.key_events(anne.caller.account, after=0)).events


async def test_a_token_of_recovery_is_its_keys_and_ends(
    people_in_time: Iterator[Practitioner], clock: FakeClock
) -> None:
    (anne,) = await registered(people_in_time, 1)
    await anne.relay.put_recovery_package(package_of(anne, 1))
    async with Returning(anne).recovering() as relay:
        await relay.recovery_package()
        clock.advance(seconds=ACCESS_TOKEN_SECONDS)
        with pytest.raises(SignInNeededError):
            await relay.recovery_package()


async def test_a_thief_who_changes_the_passphrase_shuts_nobody_out_who_has_the_kit(
    people_in_time: Iterator[Practitioner], clock: FakeClock
) -> None:
    (anne,) = await registered(people_in_time, 1)
    known = anne.enrolled.passphrase
    for number in range(EARLIER_PASSPHRASES):
        await change_passphrase(anne, clock, f"what a thief thinks up, {number}")
    async with refusal(ProblemCode.QUOTA_EXCEEDED):
        await anne.enrolled.store_passphrase(anne.relay, "and another one")
    clock.advance(days=6)
    new = Returning(anne, passphrase=known)
    async with new.recovering() as relay:
        await relay.recover(new.request())
    async with new.unknown() as relay:
        new.enrolled.passphrase = anne.enrolled.passphrase
        with pytest.raises(SignInError):
            await new.enrolled.needed(relay)
        new.enrolled.passphrase = known
        await new.enrolled.sign_in(relay)


async def test_an_earlier_passphrase_begins_a_recovery_for_a_week_and_nothing_else(
    people_in_time: Iterator[Practitioner], clock: FakeClock
) -> None:
    (anne,) = await registered(people_in_time, 1)
    known = anne.enrolled.passphrase
    await change_passphrase(anne, clock, "what a thief thinks up")
    new = Returning(anne, passphrase=known)
    anne.enrolled.passphrase = known
    for is_pending in (False, True):
        with pytest.raises(SignInError):
            await anne.enrolled.needed(anne.relay, is_pending=is_pending)
    clock.advance(seconds=EARLIER_PASSPHRASE_SECONDS - 1)
    async with new.unknown() as relay:
        await new.waiting(relay)
        clock.advance(seconds=1)
        with pytest.raises(SignInError):
            await new.waiting(relay)


async def test_the_passphrase_of_a_new_kit_waits_and_begins_a_recovery_all_the_same(
    people_in_time: Iterator[Practitioner],
) -> None:
    (anne,) = await registered(people_in_time, 1)
    waiting = "the same with the secret of another kit"
    await anne.enrolled.store_passphrase(anne.relay, waiting)
    # Neither is in the other's way.
    old, new = Returning(anne), Returning(anne, passphrase=waiting)
    async with old.unknown() as relay:
        await old.waiting(relay)
    async with new.recovering() as relay:
        await relay.recover(new.request())
    async with new.unknown() as relay:
        with pytest.raises(SignInError):
            await old.enrolled.needed(relay)
        await new.enrolled.sign_in(relay)


# --- vetoes --------------------------------------------------------------------------------------


async def test_whoever_has_the_kit_voids_a_new_root_without_a_session(
    people_in_time: Iterator[Practitioner],
) -> None:
    anne, stranger = await registered(people_in_time, 2)
    account = anne.caller.account
    thief = SigningPair.from_seed(anne.under_test.random_bytes(64))
    early = VetoRootChangeRequest(veto=anne.caller.root_veto())
    async with refusal(ProblemCode.SIGNATURE_INVALID):
        await stranger.relay.veto_root_change(early)
    announced = anne.caller.key_event(KeyEventKind.ROOT_CHANGE, anne.caller.root_change(thief))
    await anne.relay.publish_key_event(account, announced)
    async with refusal(ProblemCode.SIGNATURE_INVALID):
        await stranger.relay.veto_root_change(
            VetoRootChangeRequest(veto=anne.caller.root_veto(by=thief))
        )
    async with Returning(anne).unknown() as relay:
        veto = VetoRootChangeRequest(veto=anne.caller.root_veto())
        first = anne.checked((await relay.veto_root_change(veto)).proof)
        again = anne.checked((await relay.veto_root_change(veto)).proof)
        assert again.index == first.index
    kinds = [each.event.kind for each in (await stranger.relay.key_events(account, after=0)).events]
    assert kinds == [KeyEventKind.DEVICE_LIST, KeyEventKind.ROOT_CHANGE, KeyEventKind.ROOT_VETO]
