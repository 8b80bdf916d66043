# SPDX-License-Identifier: AGPL-3.0-or-later
"""Drill 3: kit and passphrase are both lost. What is lost with them, and how a new beginning goes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.engine.ports.vault import BackupUnreadableError
from app.engine.vault import backup_files
from app.interface.commands import (
    AcceptContact,
    BackUp,
    ConfirmVerified,
    ListContacts,
    RequestContact,
    SearchDirectory,
    ShowContact,
    ShowKit,
    ShowVerificationWords,
    Unlock,
    UnlockWithKit,
)
from app.interface.failures import Failure
from app.interface.snapshots import Comparison, ContactState, DeliveryState, Trust
from crypto_core.keys.kit import Kit
from crypto_core.wire.assurance import DocumentKind, RevocationReason
from crypto_core.wire.kit import parse_kit_code
from crypto_core.wire.words import WordLanguage
from tests.fakes.practice import Practice, failure_of, settle
from tests.integration.engine.test_backups import play
from tests.integration.engine.test_kits import confirm
from tests.integration.engine.test_receiving import inbox_of, letter, view_of
from tests.integration.engine.test_restore import letter_to

GUESS = "a passphrase that she hopes it may have been, of nine words"


async def begun_anew(anne: Practice, folder: Path) -> Practice:
    """Register again, by a new invitation and under the old name, and put another kit on paper."""
    new = Practice(
        "Anne again", folder / "again", anne.relay, clock=anne.clock, has_real_profile=True
    )
    await new.start()
    await new.register()
    await confirm(new, await new.do(ShowKit()))
    return new


def test_what_was_there_stays_closed_for_ever(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str, disk: Path) -> None:
        del card
        await boris.do(letter(anne, "of before"))
        await settle([anne, boris])
        backup = (await anne.do(BackUp(folder=str(disk)))).path
        await anne.stop()
        other = Practice("another", tmp_path / "another", anne.relay, clock=anne.clock)
        async with other:
            await other.register_only()
            sheet = await other.do(ShowKit())

        # The computer is at hand, the backup, and the paper of another account.
        kit = " ".join(sheet.groups)
        await anne.start()
        assert await failure_of(anne, Unlock(passphrase=GUESS)) == Failure.WRONG_PASSPHRASE
        paper = UnlockWithKit(kit=kit, passphrase=GUESS)
        assert await failure_of(anne, paper) == Failure.KIT_OTHER
        with pytest.raises(BackupUnreadableError):
            backup_files.open_file(Path(backup), Kit.from_code(parse_kit_code(kit)))

    play(tmp_path, scene)


def test_a_new_beginning_has_a_new_address_and_has_to_be_known_anew(tmp_path: Path) -> None:
    async def scene(anne: Practice, boris: Practice, card: str, disk: Path) -> None:
        del card, disk
        relay, old = anne.relay, anne.account
        verified = relay.verify(old, DocumentKind.PROFESSIONAL_CARD)
        await boris.do(letter(anne, "of before"))
        await settle([anne, boris])
        await anne.stop()

        new = await begun_anew(anne, tmp_path)
        assert new.account != old
        assert (await inbox_of(new), (await new.do(ListContacts())).rows) == ([], ())
        # The directory has both addresses, and cannot tell that one is dead.
        found = (await boris.do(SearchDirectory(query="Anne"))).rows
        assert {row.account for row in found} == {old, new.account}

        # She asks her correspondents anew; before they have compared words, nothing goes out unasked.
        await new.do(RequestContact(account=boris.account, note="C’est de nouveau moi"))
        await settle([new, boris])
        rows = {row.account: row.state for row in (await boris.do(ListContacts())).rows}
        assert rows == {old: ContactState.ACCEPTED, new.account: ContactState.WAITING}
        await boris.do(AcceptContact(account=new.account))
        await settle([new, boris])
        first = replace(letter(new, "to the new address"), accepts_unverified=False)
        assert await failure_of(boris, first) == Failure.UNVERIFIED_RECIPIENT
        assert await words_of(new, boris) == await words_of(boris, new)
        await boris.do(ConfirmVerified(account=new.account, how=Comparison.BY_PHONE))
        await boris.do(first)

        # Whoever runs the relay verifies the new account, and takes back what was said of the old one.
        relay.verify(new.account, DocumentKind.PROFESSIONAL_CARD)
        relay.revoke_assurance(old, verified, RevocationReason.ASKED_BY_OWNER)
        shown = [await boris.do(ShowContact(account=each)) for each in (new.account, old)]
        assert [each.contact.trust for each in shown] == [Trust.VERIFIED, Trust.SELF_DECLARED]

        # What is still written to the old address nobody reads, and its writer is told.
        lost = await boris.do(letter_to(old, "to the old address"))
        await settle([new, boris])
        assert [each.text for each in await inbox_of(new)] == ["to the new address"]
        anne.clock.advance(days=61)
        relay.expire()
        await boris.sign_in()
        await boris.synchronise()
        (row,) = (await view_of(boris, lost)).recipients
        assert row.state is DeliveryState.NOT_DELIVERED
        await new.stop()

    play(tmp_path, scene)


async def words_of(practice: Practice, other: Practice) -> tuple[str, ...]:
    command = ShowVerificationWords(account=other.account, language=WordLanguage.FRENCH)
    return (await practice.do(command)).words
