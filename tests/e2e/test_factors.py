# SPDX-License-Identifier: AGPL-3.0-or-later
"""Telephones, recovery codes and another passphrase by command line, with the real relay behind a wire."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from app.cli.exit_codes import ExitCode
from tests.e2e.client import Client
from tests.fakes.authenticator import Authenticator

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Network

NEW_PASSPHRASE = "quatorze chevaux verts broutent derrière le vieux moulin à eau"


def test_telephones_codes_and_passphrase_are_changed_without_asking_twice(
    network: Network, tmp_path: Path
) -> None:
    dora = Client(
        name="Dora Petit",
        profile=tmp_path / "dora",
        passphrase="l’été à l’œuvre, naïvement, douze chats gris dorment ici",
    )
    dora.register_only(network.relay)
    other = Authenticator(dora.do("factor", "add", "totp", "--name", "téléphone 2")["totp_uri"])

    def code() -> str:
        shown = other.code(time.time())
        assert shown is not None
        return shown

    # Without a session the same command signs in first; without a code it says what is missing.
    confirm = ["factor", "confirm", code()]
    answer = dora.run(*confirm)
    assert (answer.code, answer.failure) == (ExitCode.SIGN_IN, "sign-in-needed")
    added = dora.do(*confirm, "--otp", dora.one_time_code())
    assert (added["kind"], added["name"]) == ("totp", "téléphone 2")
    listed = dora.do("factor", "list")
    assert [row["name"] for row in listed["rows"]] == ["", "téléphone 2"]
    assert (listed["recovery_codes_left"], listed["are_codes_due"]) == (10, True)

    # Both factors were shown just now, so nothing more is asked.
    new_codes = dora.do("recovery-codes", "renew")["recovery_codes"]
    assert not set(new_codes) & set(dora.recovery_codes)

    file = tmp_path / "new-passphrase"
    file.write_text(NEW_PASSPHRASE, encoding="utf-8")
    dora.do("passphrase", "change", "--new-passphrase-file", str(file))
    assert dora.run("status").code == ExitCode.WRONG_PASSPHRASE
    dora.passphrase = NEW_PASSPHRASE
    dora.do("factor", "remove", listed["rows"][0]["factor"])
    # The session that the removed one had opened is over, so the same command signs in first.
    last = dora.run("factor", "remove", added["factor"], "--otp", code())
    assert (last.code, last.failure) == (ExitCode.FAILED, "last-factor")
