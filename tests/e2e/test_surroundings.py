# SPDX-License-Identifier: AGPL-3.0-or-later
"""Programs started where something is missing, or that nobody listens to any more."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from app.cli.exit_codes import ExitCode
from tests.integration.relay_process import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.client import Client


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a program of the project to its end."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    }
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=kept | variables,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is one always")
def test_without_a_screen_the_window_says_so_and_ends(tmp_path: Path) -> None:
    done = run("app", "--profile", str(tmp_path / "profile"), LANG="fr_FR.UTF-8")
    assert done.returncode == 1
    french, english = done.stderr.splitlines()
    assert "aucun écran" in french
    assert "no screen" in english


def test_a_reader_who_has_enough_is_no_failure(anne: Client) -> None:
    process = anne.start("inbox")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.write(f"{anne.passphrase}\n".encode())
    process.stdin.close()
    with process.stderr as errors:
        assert errors.read() == b""
    assert process.wait() == ExitCode.OK


@pytest.mark.parametrize("days", ["0", "-1", "100000000000"])
def test_an_invitation_for_no_time_or_for_ever_is_refused(tmp_path: Path, days: str) -> None:
    done = run("relay_server", "admin", "invite", "--data", str(tmp_path), "--days", days)
    assert done.returncode == 2
    assert "days" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_invitation_to_a_relay_that_is_not_there_makes_none(tmp_path: Path) -> None:
    done = run("relay_server", "admin", "invite", "--data", str(tmp_path / "elsewhere"))
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "elsewhere").exists()
