# SPDX-License-Identifier: AGPL-3.0-or-later
"""Drill 2, with the real program and the real relay, as far as a test that does not wait a week can go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cli.exit_codes import ExitCode
from tests.e2e.client import Client

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Network

PASSPHRASE = "sept chats gris et un piano désaccordé dorment au grenier"


def test_a_second_kit_is_made_opens_nothing_yet_and_is_called_off(
    network: Network, tmp_path: Path
) -> None:
    emma = Client(name="Emma Roux", profile=tmp_path / "emma", passphrase=PASSPHRASE)
    emma.register_only(network.relay)
    first = emma.do("recovery", "show")
    emma.put_on_paper()

    # It takes both factors, and a sign-in of its own: that is when the passphrase goes with it.
    assert emma.run("recovery", "create").code == ExitCode.SIGN_IN
    second = emma.do("recovery", "create", "--otp", emma.one_time_code())
    assert second["counts_at"] is not None
    assert second["groups"] != first["groups"]
    assert emma.do("status")["safety"]["kit"] in {"announced", "missing"}
    emma.do("sync")

    enrolment = ("--enrolment", network.relay.enrolment_text)
    code = written(tmp_path / "second", " ".join(second["groups"]))
    again = Client(name="Emma Roux", profile=tmp_path / "again", passphrase=PASSPHRASE)
    named = ("--account", emma.account, "--kit-file", code)
    assert again.run("recovery", "restore", *enrolment, *named, "--yes").failure == "kit-refused"

    old = written(tmp_path / "first", " ".join(first["groups"]))
    emma.do("recovery", "veto", "--kit-file", old)
    assert emma.do("status")["safety"]["kit"] == "in-use"
    emma.do("recovery", "rehearse", "--kit-file", old)
    assert emma.run("recovery", "rehearse", "--kit-file", code).failure == "kit-other"


def written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)
