# SPDX-License-Identifier: AGPL-3.0-or-later
"""Signing in by command line, each act a process of its own, with the real relay behind a wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.cli.exit_codes import ExitCode
from tests.e2e.client import Client
from tests.e2e.test_two_clients import kill_family, needs_proc

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.conftest import Network

WRONG = "000000"


@pytest.fixture
def chloe(network: Network, tmp_path: Path) -> Client:
    """Somebody with an account, not signed in."""
    client = Client(
        name="Chloé Roy",
        profile=tmp_path / "chloe",
        passphrase="l’été à l’œuvre, naïvement, douze chats gris dorment ici",
    )
    client.register_only(network.relay)
    return client


def recover(client: Client, tmp_path: Path, number: int) -> list[str]:
    """Return the arguments that sign in with a recovery code."""
    file = tmp_path / "recovery-code"
    file.write_text(client.recovery_codes[number] + "\n", encoding="utf-8")
    return ["login", "--recovery-code", str(file)]


def test_without_a_session_what_is_here_goes_on(
    chloe: Client, anne: Client, tmp_path: Path
) -> None:
    answer = chloe.run("directory")
    assert (answer.code, answer.failure) == (ExitCode.SIGN_IN, "sign-in-needed")
    inbox = chloe.run("inbox")
    assert (inbox.code, inbox.json["is_synchronised"]) == (ExitCode.OK, False)
    assert "uhealthsec login --otp" in inbox.errors
    assert chloe.do("status")["connection"] == "sign-in-needed"
    asked = chloe.do("contact", "add", anne.account, code=ExitCode.QUEUED)
    assert asked == {"is_queued": True, "report": None}

    shown = chloe.do("factor", "show")
    assert shown["recovery_codes"] == chloe.recovery_codes
    refused = chloe.run("login", "--otp", WRONG)
    assert (refused.code, refused.failure) == (ExitCode.SIGN_IN_REFUSED, "second-factor-refused")

    signed_in = chloe.do("login", "--otp", chloe.one_time_code())
    assert signed_in["recovery_codes_left"] is None
    # What was asked for without a session has left.
    assert chloe.do("sync")["still_waiting"] == 0
    assert [
        row["state"] for row in anne.do("contact", "list")["rows"] if row["name"] == "Chloé Roy"
    ]
    # The telephone works; the codes wait until they are on paper.
    assert chloe.do("factor", "show") == shown | {"totp_uri": ""}
    chloe.do("recovery-codes", "confirm")
    assert chloe.run("factor", "show").failure == "second-factors-gone"

    one_use = recover(chloe, tmp_path, 0)
    assert chloe.do(*one_use)["recovery_codes_left"] == 9
    assert chloe.run(*one_use).failure == "second-factor-refused"
    (session,) = chloe.do("sessions", "list")["rows"]
    assert session["is_current"]
    chloe.do("sessions", "end")
    ended = chloe.run("sync")
    assert (ended.code, ended.json) == (ExitCode.SIGN_IN, None)
    assert '"detail": "signed-out"' in ended.errors


def test_guessing_is_slowed_down_and_told(chloe: Client) -> None:
    answers = [chloe.run("login", "--otp", WRONG) for _ in range(6)]
    assert {answer.code for answer in answers} == {ExitCode.SIGN_IN_REFUSED}
    failures = [answer.failure for answer in answers]
    assert "second-factor-refused" in failures
    chloe.passphrase = "not hers"
    assert chloe.run("login", "--otp", WRONG).code == ExitCode.WRONG_PASSPHRASE


def test_two_commands_at_once_do_not_cost_the_session(anne: Client) -> None:
    first, second = anne.start("sync"), anne.start("sync")
    codes = {anne.finish(first).code, anne.finish(second).code}
    assert ExitCode.OK in codes
    assert codes <= {ExitCode.OK, ExitCode.PROFILE}
    anne.do("sync")


@needs_proc
@pytest.mark.parametrize("sent", [300, 3_000])
def test_a_client_killed_while_it_renews_signs_in_again_at_most(
    network: Network, chloe: Client, tmp_path: Path, sent: int
) -> None:
    chloe.do("login", "--otp", chloe.one_time_code())
    process = chloe.start("sync")
    network.wire.at("sent", sent, lambda: kill_family(process.pid))
    chloe.finish(process)
    answer = chloe.run("sync")
    assert answer.code in {ExitCode.OK, ExitCode.SIGN_IN}
    if answer.code == ExitCode.SIGN_IN:
        assert '"detail": "interrupted"' in answer.errors
        chloe.do(*recover(chloe, tmp_path, 0))
    assert chloe.do("sync")["still_waiting"] == 0
    assert chloe.do("audit", "verify")["problems"] == []


def files_below(*folders: Path) -> Iterator[bytes]:
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file():
                yield path.read_bytes()


def test_no_secret_of_a_sign_in_is_left_in_files_or_logs(
    network: Network, chloe: Client, tmp_path: Path
) -> None:
    code = chloe.one_time_code()
    chloe.do("login", "--otp", code)
    chloe.do("sync")
    assert chloe.authenticator is not None
    secrets = [chloe.authenticator.totp.secret, chloe.passphrase, *chloe.recovery_codes]
    secrets += [each.replace("-", "") for each in chloe.recovery_codes]
    relay_data = network.relay.data
    log = network.relay.log_path.read_bytes()
    for content in (*files_below(chloe.profile, relay_data), log):
        for secret in secrets:
            assert secret.encode() not in content
    for content in (*files_below(chloe.profile / "logs"), log):
        assert code.encode() not in content
        assert b"v4.local." not in content
    del tmp_path
