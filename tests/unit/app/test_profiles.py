# SPDX-License-Identifier: AGPL-3.0-or-later
"""Several accounts of one person: folders, names, and a list from which nothing is ever deleted."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from app.__main__ import main
from app.cli.exit_codes import ExitCode
from app.paths import ProfileFolderError
from app.profiles import (
    FIRST,
    MOST,
    MOST_LETTERS,
    add_profile,
    clean_name,
    folder_of,
    profiles,
    write_profile,
)

if TYPE_CHECKING:
    from pathlib import Path

posix = pytest.mark.skipif(os.name != "posix", reason="permissions are another matter there")


def test_one_account_needs_no_file(tmp_path: Path) -> None:
    (only,) = profiles(tmp_path)
    assert (only.number, only.folder, only.name, only.is_listed) == (FIRST, tmp_path, "", True)
    assert list(tmp_path.iterdir()) == []


@posix
def test_a_further_account_has_a_folder_of_its_own_for_its_owner_alone(tmp_path: Path) -> None:
    made = add_profile(tmp_path, "Cabinet de Nice")
    assert made.folder == tmp_path / "profiles" / "2" == folder_of(tmp_path, 2)
    for path in (made.folder, made.folder.parent):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    (file,) = made.folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in profiles(tmp_path)] == ["", "Cabinet de Nice"]


def test_removed_from_the_list_is_still_there_with_its_number(tmp_path: Path) -> None:
    second, third = (add_profile(tmp_path, name) for name in ("Nice", "Lyon"))
    (second.folder / "vault").write_bytes(b"sealed")
    write_profile(replace(second, is_listed=False))
    assert [(each.number, each.is_listed) for each in profiles(tmp_path)] == [
        (1, True),
        (2, False),
        (3, True),
    ]
    assert (second.folder / "vault").read_bytes() == b"sealed"
    assert add_profile(tmp_path, "Antibes").number == third.number + 1


def test_one_is_always_listed(tmp_path: Path) -> None:
    for each in (*profiles(tmp_path), add_profile(tmp_path, "Nice")):
        write_profile(replace(each, is_listed=False))
    assert [each.number for each in profiles(tmp_path) if each.is_listed] == [FIRST]


def test_there_are_not_more_than_have_a_key(tmp_path: Path) -> None:
    for number in range(FIRST + 1, MOST + 1):
        assert add_profile(tmp_path, "x").number == number
    with pytest.raises(ProfileFolderError):
        add_profile(tmp_path, "x")


@pytest.mark.parametrize(
    "nonsense", [b"", b"[1]", b'"x"', b"\xff", b'{"name": 3, "listed": "no"}', b"[" * 4000]
)
def test_nonsense_hides_no_account(tmp_path: Path, nonsense: bytes) -> None:
    made = add_profile(tmp_path, "Nice")
    (made.folder / "account.json").write_bytes(nonsense)
    assert profiles(tmp_path)[1] == replace(made, name="")


def test_only_numbers_are_accounts(tmp_path: Path) -> None:
    for name in ("0", "1", "02", "10", "..x", "backup", "2.old"):
        (tmp_path / "profiles" / name).mkdir(parents=True)
    (tmp_path / "profiles" / "3").write_text("no folder", encoding="utf-8")
    assert [each.number for each in profiles(tmp_path)] == [FIRST]


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "profiles").write_text("no folder", encoding="utf-8")
    with pytest.raises(ProfileFolderError):
        add_profile(tmp_path, "Nice")


def test_a_name_is_one_short_line() -> None:
    assert clean_name("  Cabinet\n de\tNice \u202e") == "Cabinet de Nice"
    assert len(clean_name("x" * 100)) == MOST_LETTERS
    assert clean_name(" \x00 ") == ""


def test_the_command_line_names_an_account_by_its_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_profile(tmp_path, "Nice")
    profile = ["--profile", str(tmp_path)]
    assert main([*profile, "accounts"]) == ExitCode.OK
    assert f"2  Nice  {tmp_path / 'profiles' / '2'}" in capsys.readouterr().out
    assert main([*profile, "--account-number", "2", "--json", "lock"]) == ExitCode.OK
    assert (tmp_path / "profiles" / "2" / "logs").is_dir()
    capsys.readouterr()
    # One that is not there is not made by asking for it.
    assert main([*profile, "--account-number", "3", "status"]) == ExitCode.PROFILE
    assert "no such account" in capsys.readouterr().err
    assert [each.number for each in profiles(tmp_path)] == [1, 2]
    with pytest.raises(SystemExit):
        main([*profile, "--account-number", "2"])


def test_an_account_can_be_made_on_the_command_line(tmp_path: Path) -> None:
    line = [
        "--profile",
        str(tmp_path),
        "register",
        "--account-number",
        "2",
        "--enrolment",
        "nonsense",
    ]
    line += ["--invitation", "x", "--name", "n", "--profession", "p", "--passphrase-file", "absent"]
    assert main(line) == ExitCode.USAGE
    assert [each.number for each in profiles(tmp_path)] == [1, 2]
