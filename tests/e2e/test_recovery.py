# SPDX-License-Identifier: AGPL-3.0-or-later
"""Drill 1, with real processes and the real relay: everything is lost but kit and passphrase."""

from __future__ import annotations

import stat
import sys
from typing import TYPE_CHECKING

from app.cli.exit_codes import ExitCode
from tests.e2e.client import Client
from tests.fakes.authenticator import Authenticator

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Network

PASSPHRASE = "l’été à l’œuvre, naïvement, douze chats gris dorment ici"


def test_kit_and_passphrase_bring_the_account_back(network: Network, tmp_path: Path) -> None:
    emma = Client(name="Emma Roux", profile=tmp_path / "emma", passphrase=PASSPHRASE)
    felix = Client(name="Félix Blanc", profile=tmp_path / "felix", passphrase=PASSPHRASE)
    page = tmp_path / "kit.pdf"
    emma.register(network.relay, "--recovery-kit", str(page))
    felix.register(network.relay)
    assert page.read_bytes().startswith(b"%PDF-")
    if sys.platform != "win32":
        assert stat.S_IMODE(page.stat().st_mode) == 0o600

    sheet = emma.do("recovery", "show")
    group = written(tmp_path / "group", sheet["groups"][sheet["asked_group"] - 1])
    emma.do("recovery", "confirm", "--group-file", group)
    assert emma.run("recovery", "show").failure == "kit-gone"
    emma.befriend(felix)
    emma.do("sync")

    # Nothing of the lost computer is used from here on: the paper, the passphrase, and what is public.
    code = written(tmp_path / "code", " ".join(sheet["groups"]))
    again = Client(name="Emma Roux", profile=tmp_path / "again", passphrase=PASSPHRASE)
    enrolment = ("--enrolment", network.relay.enrolment_text)
    mistyped = written(tmp_path / "typo", " ".join(sheet["groups"][:-1]) + " AAAAA")
    wrong = again.run("recovery", "restore", *enrolment, "--kit-file", mistyped)
    assert (wrong.code, wrong.failure) == (ExitCode.USAGE, "kit-code-invalid")
    answer = again.do("recovery", "restore", *enrolment, "--kit-file", code)
    assert answer["account"] == emma.account
    again.account = answer["account"]
    again.authenticator = Authenticator(answer["totp_uri"])
    again.do("login", "--otp", again.one_time_code())
    again.do("sync")

    contacts = again.do("contact", "list")["rows"]
    assert [row["account"] for row in contacts] == [felix.account]
    again.do(*again.letter(felix, "Back", "I am back."))
    assert len(felix.received("Back")) == 1

    # The lost computer, should somebody find it, is out.
    assert emma.run("sync").code != ExitCode.OK
    assert emma.run("login", "--otp", again.one_time_code()).code != ExitCode.OK


def written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)
