# SPDX-License-Identifier: AGPL-3.0-or-later
"""The recovery kit on paper: shown until it is confirmed, then never again; tried, split and joined."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from app.interface.commands import (
    ConfirmKit,
    JoinShares,
    PrintKit,
    PrintShares,
    ShowKit,
    ShowStatus,
    SplitKit,
)
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import KitState
from crypto_core.keys.kit import Kit
from crypto_core.wire.kit import parse_kit_card, parse_kit_code
from crypto_core.wire.words import WordLanguage
from tests.fakes.full_mailbox import session_of
from tests.fakes.practice import Practice, failure_of
from tests.integration.engine.test_signing_in import run

if TYPE_CHECKING:
    from pathlib import Path

    from app.interface.snapshots import KitSheet, Safety

Scene: TypeAlias = Callable[[Practice], Coroutine[Any, Any, None]]
Play: TypeAlias = Callable[[Scene], None]


@pytest.fixture
def play(tmp_path: Path) -> Play:
    """Play a scene with somebody who has just registered."""
    return lambda scene: run(tmp_path, scene)


def test_a_kit_that_is_not_on_paper_is_shown_again_and_said_to_be_missing(play: Play) -> None:
    async def scene(anne: Practice) -> None:
        sheet = await anne.do(ShowKit())

        await anne.reopen()

        assert await anne.do(ShowKit()) == sheet
        assert (await safety_of(anne)).kit is KitState.MISSING
        assert parse_kit_card(sheet.card) == (anne.account, parse_kit_code(" ".join(sheet.groups)))
        assert Kit.from_code(parse_kit_code("".join(sheet.groups))).account == anne.account

    play(scene)


def test_one_group_read_from_the_paper_erases_the_code_here(play: Play) -> None:
    async def scene(anne: Practice) -> None:
        sheet = await anne.do(ShowKit())

        await confirm(anne, sheet)

        assert await failure_of(anne, ShowKit()) == Failure.KIT_GONE
        assert await failure_of(anne, PrintKit(language=WordLanguage.FRENCH)) == Failure.KIT_GONE
        assert await failure_of(anne, ConfirmKit(group="AAAAA")) == Failure.KIT_GONE
        owner = await session_of(anne).vault.run(lambda store: store.identity.owner())
        assert owner is not None
        assert owner.pending_recovery_code is None
        found = await safety_of(anne)
        assert (found.kit, found.rehearsed_at) == (KitState.IN_USE, anne.clock.now())

    play(scene)


def test_another_group_confirms_nothing(play: Play) -> None:
    async def scene(anne: Practice) -> None:
        sheet = await anne.do(ShowKit())
        others = [each for place, each in enumerate(sheet.groups, 1) if place != sheet.asked_group]

        for group in (*others, "", "  ", "AAAAAAAAAA", "é"):
            with pytest.raises((CommandError, ValueError)) as raised:
                await anne.do(ConfirmKit(group=group))
            assert (
                getattr(raised.value, "failure", Failure.KIT_GROUP_WRONG) is Failure.KIT_GROUP_WRONG
            )

        assert await anne.do(ShowKit()) == sheet

    play(scene)


def test_a_group_is_read_as_people_type_it(play: Play) -> None:
    async def scene(anne: Practice) -> None:
        sheet = await anne.do(ShowKit())
        typed = sheet.groups[sheet.asked_group - 1].lower().replace("o", "0").replace("i", "1")

        await anne.do(ConfirmKit(group=f" {typed[:2]} {typed[2:]}-"))

        assert (await safety_of(anne)).kit is KitState.IN_USE

    play(scene)


@pytest.mark.parametrize("language", WordLanguage)
def test_the_page_is_one_page_of_pdf(play: Play, language: WordLanguage) -> None:
    async def scene(anne: Practice) -> None:
        page = await anne.do(PrintKit(language=language))

        assert page.pdf.startswith(b"%PDF-")
        assert page.pdf.count(b"/Type /Page\n") == 1
        assert "pdf=" not in repr(page)

    play(scene)


def test_a_quarter_later_a_rehearsal_is_due(play: Play) -> None:
    async def scene(anne: Practice) -> None:
        await confirm(anne, await anne.do(ShowKit()))
        assert not (await safety_of(anne)).is_rehearsal_due

        anne.clock.advance(seconds=92 * 86_400)

        assert (await safety_of(anne)).is_rehearsal_due

    play(scene)


def test_shares_give_the_code_back(play: Play) -> None:
    async def scene(anne: Practice) -> None:
        sheet = await anne.do(ShowKit())
        shares = await anne.do(SplitKit(kit=sheet.card, threshold=2, count=3))

        joined = await anne.do(JoinShares(shares=shares.texts[1:]))
        pages = await anne.do(
            PrintShares(shares=shares.texts, threshold=2, language=WordLanguage.FRENCH)
        )

        assert joined.text.split() == list(sheet.groups)
        assert pages.pdf.count(b"/Type /Page\n") == len(shares.texts)
        assert shares.texts[0] not in repr(shares)

    play(scene)


def test_what_is_wrong_with_shares_is_said(play: Play) -> None:
    async def scene(anne: Practice) -> None:
        sheet = await anne.do(ShowKit())
        shares = (await anne.do(SplitKit(kit=sheet.card, threshold=3, count=3))).texts
        words = shares[0].split()
        words[4] = "nonsense"

        cases = {
            (shares[0],): "missing 2",
            (shares[0], shares[1]): "missing 1",
            (shares[1], " ".join(words), shares[2]): "share 2 5",
            (shares[0], shares[1], shares[2].rsplit(" ", 1)[0]): "share 3",
        }
        for given, detail in cases.items():
            with pytest.raises(CommandError) as raised:
                await anne.do(JoinShares(shares=given))
            assert (raised.value.failure, raised.value.detail) == (Failure.SHARES_INVALID, detail)

    play(scene)


def test_another_kit_is_not_split(play: Play, tmp_path: Path) -> None:
    async def scene(anne: Practice) -> None:
        other = Practice("Bruno", tmp_path / "bruno", anne.relay, clock=anne.clock)
        async with other:
            await other.register_only()
            card = (await other.do(ShowKit())).card

        command = SplitKit(kit=card, threshold=2, count=2)
        assert await failure_of(anne, command) == Failure.KIT_OTHER

    play(scene)


def test_a_mistyped_code_names_the_group(play: Play) -> None:
    async def scene(anne: Practice) -> None:
        groups = list((await anne.do(ShowKit())).groups)
        groups[6] = groups[6][::-1]

        with pytest.raises(CommandError) as raised:
            await anne.do(SplitKit(kit=" ".join(groups), threshold=2, count=2))

        assert (raised.value.failure, raised.value.detail) == (Failure.KIT_CODE_INVALID, "7")

    play(scene)


async def safety_of(practice: Practice) -> Safety:
    """What the status says of the day this computer is lost."""
    safety = (await practice.do(ShowStatus())).safety
    assert safety is not None
    return safety


async def confirm(practice: Practice, sheet: KitSheet) -> None:
    """Say that the kit is on paper."""
    await practice.do(ConfirmKit(group=sheet.groups[sheet.asked_group - 1]))
