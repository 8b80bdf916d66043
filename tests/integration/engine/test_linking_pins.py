# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the owner decided about correspondents goes over to another computer as it was: no more, and no less."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.engine import restoring
from app.interface.commands import AcknowledgeKeyChange, ConfirmVerified, ShowContact
from app.interface.snapshots import Comparison, HistoryChoice, KeyNewsKind
from crypto_core.wire.key_map import MapEntry
from tests.fakes.full_mailbox import session_of
from tests.fakes.practice import Practice, settle
from tests.integration.engine.test_linking import empty_computer, link
from tests.integration.engine.test_receiving import inbox_of, run
from tests.integration.engine.test_restore import letter_to, new_computer, play, restore

if TYPE_CHECKING:
    from pathlib import Path

    from app.engine.ports.vault import Store
    from app.interface.snapshots import ContactRow
    from crypto_core.wire.ids import AccountId


async def known(practice: Practice, account: AccountId) -> ContactRow:
    return (await practice.do(ShowContact(account=account))).contact


def test_a_linked_computer_holds_letters_back_as_the_old_one_does(tmp_path: Path) -> None:
    """Somebody who has Anne's kit and passphrase gets nothing because Boris links a second computer."""

    async def scene(anne: Practice, boris: Practice, card: str) -> None:
        account = anne.account
        await boris.do(ConfirmVerified(account=account, how=Comparison.BY_CARD))
        await anne.stop()
        async with await new_computer(anne) as thief:
            await restore(thief, card)
            await boris.sign_in()
            await boris.do(letter_to(account, "from the first"))
            await settle([boris, thief])
            assert (await known(boris, account)).is_blocked

            async with empty_computer(boris, tmp_path / "second") as second:
                await link(boris, second, history=HistoryChoice.NONE)
                contact = await known(second, account)
                assert contact.is_blocked
                assert contact.compared is Comparison.BY_CARD
                await second.do(letter_to(account, "from the second"))
                await settle([second, boris, thief])
                assert await inbox_of(thief) == []
                shown = (await second.do(ShowContact(account=account))).history
                assert KeyNewsKind.RESTORED in {each.kind for each in shown if each.is_blocking}

                # It ends where it began: in a look at it.
                await second.do(AcknowledgeKeyChange(account=account))
                await settle([second, thief])
                assert [each.text for each in await inbox_of(thief)] == ["from the second"]

    play(tmp_path, scene)


@pytest.mark.parametrize(
    ("how", "is_accepted"), [(Comparison.NEVER, True), (Comparison.BY_PHONE, False)]
)
def test_comparison_and_choice_go_over_as_they_were(
    tmp_path: Path, how: Comparison, *, is_accepted: bool
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        if how is not Comparison.NEVER:
            await anne.do(ConfirmVerified(account=boris.account, how=how))
        if is_accepted:
            await anne.do(letter_to(boris.account, "Bonjour"))
        before = await anne.do(ShowContact(account=boris.account))
        async with empty_computer(anne, tmp_path / "laptop") as laptop:
            await link(anne, laptop, history=HistoryChoice.NONE)

            after = await laptop.do(ShowContact(account=boris.account))
            assert (after.contact.compared, after.compared_at) == (how, before.compared_at)
            assert after.contact.is_accepted_unverified is is_accepted
            assert not after.contact.is_blocked

    run(tmp_path, story)


def test_a_pin_that_has_not_come_true_goes_over_before_what_the_relay_shows(
    tmp_path: Path,
) -> None:
    async def story(anne: Practice, boris: Practice) -> None:
        account = boris.account
        session = session_of(anne)
        history = (await session.vault.run(lambda store: store.trust.histories([account])))[account]
        pin = MapEntry(number=history.number + 2, head=history.head)

        def gathered(store: Store) -> MapEntry:
            store.trust.put_pin(account, pin)
            (contact,) = restoring.gather(store, session, number=1).contacts
            return MapEntry(number=contact.number, head=contact.head)

        assert await session.vault.run(gathered) == pin

    run(tmp_path, story)
