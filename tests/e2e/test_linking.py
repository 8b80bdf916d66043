# SPDX-License-Identifier: AGPL-3.0-or-later
"""A second computer, from the picture to its removal: each computer a process of the real program, and the real relay."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from app.cli.exit_codes import ExitCode
from tests.e2e.client import Client

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Network


def begin(client: Client, folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a run that reads its passphrase from a file, so that its standard input is free."""
    file = folder / f"{client.profile.name}-passphrase"
    file.write_text(client.passphrase, encoding="utf-8")
    return subprocess.Popen(
        client.command(*arguments, passphrase_file=str(file)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


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


def test_a_second_computer_is_linked_gets_the_past_and_is_removed(
    anne: Client, bruno: Client, tmp_path: Path
) -> None:
    document = tmp_path / "irm.txt"
    document.write_bytes(b"compte rendu\n" * 1000)
    bruno.do(*bruno.letter(anne, "Hier", "Avant la liaison.", [document]))
    assert len(anne.received("Hier")) == 1

    laptop = Client(
        name=anne.name,
        profile=tmp_path / "laptop",
        passphrase=anne.passphrase,
        account=anne.account,
    )
    with begin(anne, tmp_path, "link", "show", "--yes", "-") as showing:
        assert showing.stdin is not None
        assert showing.stdout is not None
        shown = json.loads(showing.stdout.readline())
        text = tmp_path / "link.txt"
        text.write_text(shown["text"], encoding="utf-8")
        code = anne.one_time_code()
        join = ("link", "join", "--text-file", str(text), "--name", "Portable", "--otp", code)
        with begin(laptop, tmp_path, *join) as joining:
            assert joining.stdout is not None
            words = json.loads(joining.stdout.readline())["words"]
            assert len(words) == 3
            showing.stdin.write(" ".join(words).encode() + b"\n")
            showing.stdin.close()
            assert json.loads(joining.stdout.readline())["outcome"] == "done"
            assert joining.wait() == ExitCode.OK
        assert showing.wait() == ExitCode.OK

    # The past arrives, as a letter that was brought over, with its document.
    anne.do("sync")
    (brought,) = laptop.received("Hier")
    assert brought["is_brought"]
    assert (brought["sender"], brought["text"]) == (bruno.account, "Avant la liaison.")
    (tmp_path / "out").mkdir()
    (saved,) = laptop.do("save", brought["message"], "--to", str(tmp_path / "out"))["files"]
    assert saved["size"] == document.stat().st_size

    # From now on both get what comes.
    bruno.do(*bruno.letter(anne, "Aujourd’hui", "Pour les deux."))
    for client in (anne, laptop):
        (received,) = client.received("Aujourd’hui")
        assert (received["text"], received["is_brought"]) == ("Pour les deux.", False)
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
