# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who has a session of the account, and no factors, does not keep its owner from coming back with the kit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from app.engine import accounts, outbox, packages, restoring
from app.engine.correspondents import refresh_history
from app.engine.ports.vault import Setting
from app.interface.commands import (
    ConfirmVerified,
    FinishRestore,
    ListContacts,
    RevokeWithKit,
    ShowContact,
    ShowStatus,
)
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import Comparison, ContactState, HistoryChoice, ProfileState
from crypto_core.keys.kit import Kit
from crypto_core.keys.recovery import seal_package
from crypto_core.wire.codec import decode
from crypto_core.wire.ids import UnixMillis, format_address
from crypto_core.wire.recovery import PackageHeader
from crypto_core.wire.relay_api import ProblemCode
from tests.fakes.fake_relay import refuse
from tests.fakes.fake_sign_in import _Failures
from tests.fakes.full_mailbox import session_of
from tests.fakes.practice import Practice, failure_of
from tests.integration.engine.test_linking import empty_computer, link
from tests.integration.engine.test_restore import (
    HOUR_SECONDS,
    begin,
    letter_to,
    new_computer,
    play,
    restore,
)

if TYPE_CHECKING:
    from pathlib import Path

    from app.engine.ports.vault import Store
    from crypto_core.wire.recovery import SealedPackage
    from crypto_core.wire.relay_api import RelayDescription

THIEFS_KIT = Kit.from_code(b"T" * 32)


async def put_rubbish(anne: Practice, number: int) -> None:
    """Put a package at a relay, which bounds no number, that the owner's kit does not open."""
    session = session_of(anne)
    content = await session.vault.run(lambda store: restoring.gather(store, session, number=number))
    sealed = seal_package(
        content,
        kit_public_keys=(THIEFS_KIT.public_key,),
        identity=session.identity,
        random_bytes=session.random,
    )
    anne.relay._state.accounts[anne.account].packages = [sealed]


async def renew_list(anne: Practice) -> None:
    """Publish a list of the same computers, which takes a session and no factors."""
    session = session_of(anne)
    history = await refresh_history(session, session.owner.account)
    await accounts.queue_next_list(session, history, history.lists[-1].devices.devices)
    await outbox.post_pending(session)


def test_a_package_that_no_kit_of_the_owner_opens_costs_the_contacts_alone(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris
        account = anne.account
        await put_rubbish(anne, 2**31 - 1)
        await anne.stop()
        async with await new_computer(anne) as new:
            offer = await new.do(begin(new, card))
            assert (offer.name, offer.made_at, offer.contacts) == ("", None, 0)

            assert await restore(new, card) == account
            status = await new.do(ShowStatus())
            assert (status.profile, status.name) == (
                ProfileState.UNLOCKED,
                format_address(account),
            )
            assert (await new.do(ListContacts())).rows == ()
            # It puts its own package there.
            assert status.safety is not None
            assert status.safety.package_at is not None

    play(tmp_path, scene)


def test_a_used_up_number_ends_no_synchronisation(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris, card
        await put_rubbish(anne, 2**31 - 1)
        session = session_of(anne)
        await session.vault.run(
            lambda store: store.identity.put_setting(Setting.PACKAGE_STATE, None)
        )
        for _ in range(2):
            await anne.synchronise()

    play(tmp_path, scene)


def test_the_relay_says_which_number_comes_next(tmp_path: Path) -> None:
    """Numbers have begun again there, and this computer does not know why; its package comes there all the same."""

    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris, card
        registered = anne.relay._state.accounts[anne.account]
        registered.packages = registered.packages[:1]
        session = session_of(anne)

        def ahead(store: Store) -> None:
            state = packages.State.load(store)
            assert state is not None
            far = replace(state, number=5_000, digest=bytes(32))
            store.identity.put_setting(Setting.PACKAGE_STATE, far.to_bytes())

        await session.vault.run(ahead)
        anne.clock.advance(seconds=HOUR_SECONDS)
        await anne.synchronise()
        numbers = [decode(PackageHeader, each.header.body).number for each in registered.packages]
        assert len(numbers) == 2
        assert numbers[1] == numbers[0] + 1

    play(tmp_path, scene)


def test_a_new_identity_key_begins_the_numbers_again(tmp_path: Path) -> None:
    """The second computer is stolen, and used the numbers up before it was removed with the kit."""

    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris
        async with empty_computer(anne, tmp_path / "second") as second:
            await link(anne, second, history=HistoryChoice.NONE)
            await put_rubbish(second, 2**31 - 1)
            stolen = session_of(second).owner.device
            await anne.sign_in()
            await anne.do(RevokeWithKit(device=stolen, kit=card))
        await anne.synchronise()

        (kept,) = anne.relay._state.accounts[anne.account].packages
        assert decode(PackageHeader, kept.header.body).number == 1
        await anne.stop()
        async with await new_computer(anne) as new:
            assert (await new.do(begin(new, card))).contacts == 1

    play(tmp_path, scene)


def test_who_keeps_trying_does_not_keep_out_who_has_the_kit(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris
        failures = anne.relay.sign_in.state.failures
        strangers = failures.setdefault(b"strangers" + anne.account, _Failures())
        strangers.blocked_until = UnixMillis(2**62)
        await anne.stop()
        async with await new_computer(anne) as new:
            assert (await new.do(begin(new, card))).contacts == 1

    play(tmp_path, scene)


def test_a_list_published_meanwhile_does_not_end_it(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris
        account = anne.account
        async with await new_computer(anne) as new:
            await new.do(begin(new, card))
            await renew_list(anne)

            new.take_over(await new.do(FinishRestore()))
            await new.sign_in()
            await new.synchronise()

            assert (await new.do(ShowStatus())).account == account
            with pytest.raises(CommandError):
                await anne.synchronise()

    play(tmp_path, scene)


def test_lists_published_without_end_leave_what_was_made_and_it_can_be_tried_again(
    tmp_path: Path,
) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris
        account = anne.account
        await anne.stop()
        async with await new_computer(anne) as new:
            await new.do(begin(new, card))
            for _ in range(20):
                anne.relay.interrupt(
                    "recover", has_acted=False, error=refuse(ProblemCode.CHAIN_BROKEN)
                )
            assert await failure_of(new, FinishRestore()) == Failure.RESTORE_OVERTAKEN
            assert (await new.do(ShowStatus())).profile is ProfileState.EMPTY
            assert await failure_of(new, FinishRestore()) == Failure.RESTORE_ENDED

            # The same keys again, and as often as it takes.
            await new.do(begin(new, card))
            assert await failure_of(new, FinishRestore()) == Failure.RESTORE_OVERTAKEN
            assert await restore(new, card) == account

    play(tmp_path, scene)


def test_a_relay_with_another_log_is_shown_neither_passphrase_nor_kit(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        del boris
        await anne.stop()

        def changed(described: RelayDescription) -> RelayDescription:
            return replace(described, log_keys=described.log_keys[::-1])

        anne.relay.alter("describe", changed)
        async with await new_computer(anne) as new:
            before = len(anne.relay.calls)
            assert await failure_of(new, begin(new, card)) == Failure.RELAY_UNTRUSTED
            assert anne.relay.calls[before:] == ["describe"]

    play(tmp_path, scene)


def test_a_package_by_an_identity_key_of_before_counts_nobody_as_compared(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        other = boris.account
        await anne.do(ConfirmVerified(account=other, how=Comparison.IN_PERSON))
        await anne.do(letter_to(other, "Bonjour"))
        anne.clock.advance(seconds=HOUR_SECONDS)
        await anne.synchronise()
        stolen = anne.relay._state.accounts[anne.account].packages[-1]
        async with await new_computer(anne) as new:
            await restore(new, card)
            mine = await new.do(ShowContact(account=other))
            assert (mine.contact.compared, mine.contact.is_accepted_unverified) == (
                Comparison.IN_PERSON,
                True,
            )
            await new.stop()

            def handed_out(package: SealedPackage) -> SealedPackage:
                assert package != stolen
                return stolen

            anne.relay.alter("recovery_package", handed_out)
            anne.clock.advance(seconds=HOUR_SECONDS)
            async with await new_computer(anne) as third:
                await restore(third, card)
                contact = (await third.do(ShowContact(account=other))).contact
                assert (contact.state, contact.compared) == (
                    ContactState.ACCEPTED,
                    Comparison.NEVER,
                )
                assert not contact.is_accepted_unverified

    play(tmp_path, scene)
