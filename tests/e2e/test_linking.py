# SPDX-License-Identifier: AGPL-3.0-or-later
"""A second computer, from the picture to its removal: each computer a process of the real program, and the real relay."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from app.cli.exit_codes import ExitCode
from tests.e2e.client import Client
from tests.e2e.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Network


@pytest.fixture
def anne(network: Network, bruno: Client, tmp_path: Path) -> Client:
    """Somebody who has shown both factors just now, as linking asks for, and has a code left to show."""
    anne = Client(
        name="Dr Anne Morvan",
        profile=tmp_path / "anne",
        passphrase="anne has two computers and a long passphrase",
    )
    anne.register(network.relay)
    anne.befriend(bruno)
    return anne


@pytest.mark.skipif(os.name != "posix", reason="terminals are made another way there")
def test_a_second_computer_is_linked_gets_the_past_and_is_removed(
    anne: Client, bruno: Client, tmp_path: Path
) -> None:
    document = tmp_path / "irm.txt"
    document.write_bytes(b"compte rendu\n" * 1000)
    bruno.do(*bruno.letter(anne, "Hier", "Avant la liaison.", [document]))
    assert len(anne.received("Hier")) == 1
    (row,) = anne.do("mail", "list")["rows"]
    anne.do("mail", "flag", row["conversation"])

    laptop = Client(
        name=anne.name,
        profile=tmp_path / "laptop",
        passphrase=anne.passphrase,
        account=anne.account,
    )
    text = tmp_path / "link.txt"
    with ExitStack() as stack:
        old = stack.enter_context(Terminal(anne.at_terminal("link", "show")))
        old.answer("Passphrase: ", anne.passphrase)
        # Both factors were shown a moment ago, so that no code is asked for here.
        text.write_text(old.see(r"(uhs:link/\S+)\s"), encoding="utf-8")
        join = ("link", "join", "--text-file", str(text), "--name", "Portable")
        new = stack.enter_context(Terminal(laptop.at_terminal(*join)))
        new.answer("Passphrase: ", laptop.passphrase)
        words = new.see(r"three words: (\w+ \w+ \w+)")
        assert old.see(r"three words: (\w+ \w+ \w+)") == words
        old.answer("same words? (yes/no) ", "yes")
        new.answer("recovery code): ", anne.one_time_code())
        assert (new.end(), old.end()) == (ExitCode.OK, ExitCode.OK)
        for terminal in (old, new):
            assert terminal.shown.count("Passphrase: ") == 1
            assert anne.passphrase not in terminal.shown

    # The past arrives, as a letter that was brought over, with its document.
    anne.do("sync")
    (brought,) = laptop.received("Hier")
    assert brought["is_brought"]
    assert (brought["sender"], brought["text"]) == (bruno.account, "Avant la liaison.")
    # With what was done with it.
    (row,) = laptop.do("mail", "list", "--place", "to-do")["rows"]
    assert row["is_flagged"]
    (tmp_path / "out").mkdir()
    (saved,) = laptop.do("save", brought["message"], "--to", str(tmp_path / "out"))["files"]
    assert saved["size"] == document.stat().st_size

    # From now on both get what comes, and what is done on one is done on the other.
    laptop.do("mail", "archive", row["conversation"])
    bruno.do(*bruno.letter(anne, "Aujourd’hui", "Pour les deux."))
    for client in (laptop, anne):
        (received,) = client.received("Aujourd’hui")
        assert (received["text"], received["is_brought"]) == ("Pour les deux.", False)
    (archived,) = anne.do("mail", "list", "--place", "archive")["rows"]
    assert archived["conversation"] == row["conversation"]
    laptop.do(*laptop.letter(bruno, "Du portable", "Bonjour."))
    assert len(bruno.received("Du portable")) == 1

    rows = anne.do("devices", "list")["rows"]
    assert [row["is_current"] for row in rows] == [True, False]
    anne.do("devices", "revoke", rows[1]["device"])
    assert len(anne.do("devices", "list")["rows"]) == 1
    removed = laptop.run("sync")
    assert (removed.code, removed.failure) == (ExitCode.PROFILE, "device-removed")
    # What is there stays readable.
    assert laptop.do("show", "--peek", brought["message"])["text"] == "Avant la liaison."
