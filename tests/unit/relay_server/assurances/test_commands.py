# SPDX-License-Identifier: AGPL-3.0-or-later
"""What `admin verify` and `admin revoke` refuse before they look for a relay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crypto_core.wire.ids import AccountId, format_address
from relay_server.main import main

if TYPE_CHECKING:
    from pathlib import Path

ADDRESS = format_address(AccountId(bytes(range(20))))
SEEN = ("--document", "diploma", "--on", "2026-03-31")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("verify", ADDRESS, "--document", "diploma", "--on", "2999-01-01"), "--on is a day in"),
        (("verify", ADDRESS, *SEEN, "--until", "2026-03-30"), "--until is a day in the past"),
        (("verify", ADDRESS, *SEEN, "--until", "2026-04-01"), "--until is a day in the past"),
        (("verify", "uhs:nobody", *SEEN), ""),
        (("revoke", ADDRESS[:-1], "--reason", "given-in-error"), ""),
        (("verify", ADDRESS, *SEEN), "there is no relay in"),
        (("revoke", ADDRESS, "--reason", "given-in-error"), "there is no relay in"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert main(["admin", *arguments, "--data", str(tmp_path / "nowhere")]) == 1
    found = capsys.readouterr()
    assert found.out == ""
    assert said in found.err
    assert found.err.startswith("uhealthsec-relay: ")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", ADDRESS, "--on", "2026-03-31"),
        ("verify", ADDRESS, "--document", "diploma"),
        ("verify", ADDRESS, "--document", "passport-photo", "--on", "2026-03-31"),
        ("verify", ADDRESS, "--document", "diploma", "--on", "31/03/2026"),
        ("revoke", ADDRESS),
        ("revoke", ADDRESS, "--reason", "because"),
    ],
)
def test_misuse_ends_with_the_code_for_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["admin", *arguments, "--data", str(tmp_path)])
    assert caught.value.code == 2
    assert "usage: " in capsys.readouterr().err
