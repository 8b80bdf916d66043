# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from app.__main__ import main
from app.cli.exit_codes import ExitCode
from app.paths import ProfileFolderError, default_profile, prepare_profile

if TYPE_CHECKING:
    from pathlib import Path

posix = pytest.mark.skipif(os.name != "posix", reason="permissions are another matter there")


def test_the_variable_decides_where_the_profile_is(tmp_path: Path) -> None:
    assert default_profile({"UHS_HOME": str(tmp_path / "here")}) == tmp_path / "here"
    assert default_profile({"UHS_HOME": "relative"}).is_absolute()
    assert default_profile({"UHS_HOME": ""}) == default_profile({})
    assert "U-HealthSec" in default_profile({}).parts


@posix
def test_the_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder = prepare_profile(tmp_path / "a" / "profile")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0o755)
    prepare_profile(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_place_that_is_no_folder_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    with pytest.raises(ProfileFolderError):
        prepare_profile(file)
    assert main(["--profile", str(file), "sync"]) == ExitCode.PROFILE
    assert str(file) in capsys.readouterr().err
