# SPDX-License-Identifier: AGPL-3.0-or-later
"""Drill 1, with real processes and the real relay: everything is lost but kit and passphrase."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING

import pytest

from app.cli.exit_codes import ExitCode
from tests.e2e.client import Client
from tests.e2e.terminal import Terminal
from tests.fakes.authenticator import Authenticator

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Network

PASSPHRASE = "l’été à l’œuvre, naïvement, douze chats gris dorment ici"


@pytest.mark.skipif(os.name != "posix", reason="terminals are made another way there")
def test_kit_and_passphrase_bring_the_account_back(
    network: Network, bruno: Client, tmp_path: Path
) -> None:
    emma = Client(name="Emma Roux", profile=tmp_path / "emma", passphrase=PASSPHRASE)
    page = tmp_path / "kit.pdf"
    enrolment = ("--enrolment", network.relay.enrolment_text)
    register = ("register", *enrolment, "--invitation", network.relay.invite())
    person = ("--name", emma.name, "--profession", "Médecin", "--recovery-kit", str(page))
    with Terminal(emma.at_terminal(*register, *person)) as terminal:
        terminal.answer("New passphrase: ", PASSPHRASE)
        terminal.answer("Once more: ", PASSPHRASE)
        emma.account = terminal.see(r"uhs:\w{32}")
        sign_in(terminal, emma)
    assert page.read_bytes().startswith(b"%PDF-")
    if sys.platform != "win32":
        assert stat.S_IMODE(page.stat().st_mode) == 0o600

    sheet = emma.do("recovery", "show")
    group = written(tmp_path / "group", sheet["groups"][sheet["asked_group"] - 1])
    emma.do("recovery", "confirm", "--group-file", group)
    assert emma.run("recovery", "show").failure == "kit-gone"
    emma.befriend(bruno)
    emma.do("sync")

    # Nothing of the lost computer is used from here on: the paper, the passphrase, and what is public.
    again = Client(name="Emma Roux", profile=tmp_path / "again", passphrase=PASSPHRASE)
    mistyped = written(tmp_path / "typo", " ".join(sheet["groups"][:-1]) + " AAAAA")
    unseen = again.run("recovery", "restore", *enrolment, "--kit-file", mistyped)
    assert (unseen.code, "--yes" in unseen.errors) == (ExitCode.USAGE, True)
    wrong = again.run("recovery", "restore", *enrolment, "--kit-file", mistyped, "--yes")
    assert (wrong.code, wrong.failure) == (ExitCode.USAGE, "kit-code-invalid")
    with Terminal(again.at_terminal("recovery", "restore", *enrolment)) as terminal:
        terminal.answer("picture’s text): ", " ".join(sheet["groups"]))
        terminal.answer("Passphrase: ", PASSPHRASE)
        terminal.see("The account of Emma Roux")
        terminal.answer("(yes/no) ", "yes")
        again.account = terminal.see(r"uhs:\w{32}")
        sign_in(terminal, again)
    assert again.account == emma.account

    contacts = again.do("contact", "list")["rows"]
    assert [row["account"] for row in contacts] == [bruno.account]
    again.do(*again.letter(bruno, "Back", "I am back."))
    assert len(bruno.received("Back")) == 1

    # The lost computer, should somebody find it, is out.
    assert emma.run("sync").code != ExitCode.OK
    assert emma.run("login", "--otp", again.one_time_code()).code != ExitCode.OK


def sign_in(terminal: Terminal, person: Client) -> None:
    """Put what is shown into the telephone, and type its first code, as the command asks for at once."""
    person.authenticator = Authenticator(terminal.see(r"otpauth://\S+"))
    terminal.answer("(nothing: later): ", person.one_time_code())
    terminal.see("Signed in until")
    assert terminal.end() == ExitCode.OK
    assert PASSPHRASE not in terminal.shown


def written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)
