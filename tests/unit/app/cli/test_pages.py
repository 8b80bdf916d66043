# SPDX-License-Identifier: AGPL-3.0-or-later
"""Kit and shares on their way to paper: through a pipe to a printer, or through a file that only its owner reads."""

from __future__ import annotations

import json
import stat
import sys
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from PIL import Image

from app.cli.arguments import parse
from app.cli.exit_codes import ExitCode
from app.cli.main import run
from app.interface.commands import Register, Unlock
from app.interface.snapshots import KitState, ProfileState
from tests.fakes.cli_at_terminal import AnsweredPractice
from tests.fakes.scripted_engine import PASSPHRASE
from tests.fakes.scripted_owner import KIT_TEXT, SHARE_WORD
from tests.fakes.scripted_people import OWN_CARD

if TYPE_CHECKING:
    from pathlib import Path

KIT = ["recovery", "show"]
SPLIT = ["recovery", "split", "--threshold", "2", "--count", "3"]


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")


@pytest.fixture
def practice() -> AnsweredPractice:
    """A mailbox whose kit is not on paper yet."""
    practice = AnsweredPractice(ProfileState.LOCKED)
    practice.owner.set_safety(kit=KitState.MISSING)
    return practice


def carry_out(practice: AnsweredPractice, folder: Path, *words: str) -> int:
    """Give a command with passphrase and kit in files."""
    profile = folder / "profile"
    profile.mkdir(exist_ok=True)
    (folder / "passphrase").write_text(PASSPHRASE, encoding="utf-8")
    (folder / "kit").write_text(KIT_TEXT, encoding="utf-8")
    line = [*words, "--passphrase-file", str(folder / "passphrase")]
    if words[1] == "split":
        line += ["--kit-file", str(folder / "kit")]
    return run(parse(line), profile, connect=practice.connect)


@pytest.mark.parametrize("command", [KIT, SPLIT], ids=["kit", "shares"])
def test_a_printer_is_given_the_page_and_nothing_else(
    practice: AnsweredPractice,
    tmp_path: Path,
    command: list[str],
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    with pytest.MonkeyPatch.context() as streams:
        streams.setattr(sys, "stdout", open(1, "w", encoding="utf-8", closefd=False))  # noqa: SIM115
        assert carry_out(practice, tmp_path, *command, "--file", "-") == ExitCode.OK
    said = capfdbinary.readouterr()
    assert said.out.startswith(b"%PDF-")
    assert said.out.rstrip().endswith(b"%%EOF")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kit", "passphrase", "profile"]


@pytest.mark.parametrize(
    ("command", "secret"), [(KIT, KIT_TEXT.split()[0]), (SPLIT, SHARE_WORD)], ids=["kit", "shares"]
)
def test_a_file_is_its_owners_alone_and_the_secret_is_not_shown_as_well(
    practice: AnsweredPractice,
    tmp_path: Path,
    command: list[str],
    secret: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = tmp_path / "page.pdf"
    assert carry_out(practice, tmp_path, *command, "--file", str(page)) == ExitCode.OK
    said = capsys.readouterr()
    assert secret not in said.out + said.err
    assert "delete the file" in said.err
    assert page.read_bytes().startswith(b"%PDF-")
    if sys.platform != "win32":
        assert stat.S_IMODE(page.stat().st_mode) == 0o600


def test_without_a_file_everything_is_shown_and_nothing_written(
    practice: AnsweredPractice, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert carry_out(practice, tmp_path, *SPLIT, "--json") == ExitCode.OK
    assert len(json.loads(capsys.readouterr().out)["texts"]) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kit", "passphrase", "profile"]


def test_a_file_that_is_there_is_refused_before_anything_is_done(
    practice: AnsweredPractice, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.pdf"
    page.write_bytes(b"mine")
    for command in (KIT, SPLIT):
        assert carry_out(practice, tmp_path, *command, "--file", str(page)) == ExitCode.USAGE
    new = AnsweredPractice(ProfileState.EMPTY)
    register = ["register", "--enrolment", "E", "--invitation", "I", "--name", "N"]
    register += ["--profession", "P", "--recovery-kit"]
    for name in ("page.pdf", "no/such/folder.pdf"):
        line = [*register, str(tmp_path / name)]
        assert carry_out(new, tmp_path, *line) == ExitCode.USAGE
        assert "nothing was done" in capsys.readouterr().err
    assert page.read_bytes() == b"mine"
    assert practice.asked(Unlock) == new.asked(Register) == []


def test_a_contact_card_becomes_a_picture_in_a_new_file(
    practice: AnsweredPractice, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "card.png"
    assert carry_out(practice, tmp_path, "contact", "card", "--out", str(picture)) == ExitCode.OK
    assert "no secret" in capsys.readouterr().out
    with Image.open(picture) as seen:
        assert [found.text for found in zxingcpp.read_barcodes(seen)] == [OWN_CARD]
    assert (
        carry_out(practice, tmp_path, "contact", "card", "--json", "--out", str(picture))
        == ExitCode.USAGE
    )
    assert "exists already" in capsys.readouterr().err
    other = tmp_path / "other.png"
    assert (
        carry_out(practice, tmp_path, "contact", "card", "--json", "--out", str(other))
        == ExitCode.OK
    )
    assert json.loads(capsys.readouterr().out) == {"text": OWN_CARD}
    assert other.read_bytes() == picture.read_bytes()
