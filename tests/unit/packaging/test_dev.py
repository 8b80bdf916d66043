# SPDX-License-Identifier: AGPL-3.0-or-later
"""dev.py: which environment it takes, what it waits for, and what it says when something is missing."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[3]
DEV = ROOT / "packaging" / "dev.py"
THIS_VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"

HOLD_LOCK = """\
import importlib.util, pathlib, sys
spec = importlib.util.spec_from_file_location("dev", sys.argv[1])
dev = importlib.util.module_from_spec(spec)
spec.loader.exec_module(dev)
with dev.only_one(pathlib.Path(sys.argv[2])):
    print("held", flush=True)
    sys.stdin.read()
"""


def load(path: Path) -> ModuleType:
    """Return dev.py as a module that takes the folder above its own for its checkout."""
    spec = importlib.util.spec_from_file_location("dev", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout with dev.py and what decides about its environment, and no environment."""
    folder = tmp_path / "packaging"
    folder.mkdir()
    for name in ("packaging/dev.py", "packaging/requirements.lock", "pyproject.toml"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    return tmp_path


@pytest.fixture
def dev(checkout: Path) -> ModuleType:
    return load(checkout / "packaging" / "dev.py")


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(DEV), *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def make_environment(folder: Path, version: str) -> None:
    """Lay out what an installed environment looks like from outside."""
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").touch()
    (folder / "pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {version}\n", encoding="utf-8")


def test_help_names_every_task_and_exit_code(tmp_path: Path) -> None:
    done = run("--help", cwd=tmp_path)
    assert done.returncode == 0
    for word in ("demo", "test", "app", "relay", "check", "bench", " 69 ", " 75 "):
        assert word in done.stdout


@pytest.mark.parametrize("arguments", [(), ("paint",), ("check", "--fast")])
def test_what_is_not_understood_ends_with_2(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert run(*arguments, cwd=tmp_path).returncode == 2


def test_arguments_after_the_task_are_passed_on_unread(dev: ModuleType) -> None:
    assert dev.parse(["app", "--help", "--profile", "x"]) == ("app", ["--help", "--profile", "x"])
    assert dev.parse(["test", "-k", "lock", "--shots=x"]) == ("test", ["-k", "lock", "--shots=x"])


def test_the_first_environment_is_the_plain_one(dev: ModuleType, checkout: Path) -> None:
    assert dev.environment_folder() == checkout / ".venv"


def test_the_environment_of_the_same_version_is_kept(dev: ModuleType, checkout: Path) -> None:
    make_environment(checkout / ".venv", f"{THIS_VERSION}.99")
    assert dev.environment_folder() == checkout / ".venv"


def test_another_version_gets_a_folder_of_its_own(dev: ModuleType, checkout: Path) -> None:
    make_environment(checkout / ".venv", "3.9.1")
    assert dev.environment_folder() == checkout / f".venv-{THIS_VERSION}"


@pytest.mark.skipif(sys.platform == "win32", reason="the layout made here is that of other systems")
def test_an_environment_is_ready_when_it_was_installed_to_its_end(
    dev: ModuleType, checkout: Path
) -> None:
    folder = checkout / ".venv"
    make_environment(folder, f"{THIS_VERSION}.0")
    stamp = dev.wanted_stamp()
    assert not dev.is_ready(folder, stamp)
    (folder / "installed").write_text(stamp, encoding="utf-8")
    assert dev.is_ready(folder, stamp)
    (folder / "bin" / "python").unlink()
    assert not dev.is_ready(folder, stamp)


@pytest.mark.parametrize(
    ("file", "before", "after", "is_same"),
    [
        ("packaging/requirements.lock", "pytest==", "pytest ==", False),
        ("pyproject.toml", 'name = "uhealthsec"', 'name = "other"', False),
        ("pyproject.toml", "app.__main__:main", "app.__main__:start", False),
        ("pyproject.toml", "line-length = 100", "line-length = 99", True),
    ],
)
def test_the_stamp_follows_what_is_installed_only(
    dev: ModuleType, checkout: Path, file: str, before: str, after: str, *, is_same: bool
) -> None:
    stamp = dev.wanted_stamp()
    path = checkout / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    assert (dev.wanted_stamp() == stamp) is is_same


def test_a_second_call_waits_for_the_first(dev: ModuleType, checkout: Path) -> None:
    lock = checkout / ".venv.lock"
    waiting = [sys.executable, "-c", HOLD_LOCK, str(DEV), str(lock)]
    with dev.only_one(lock):
        second = subprocess.Popen(
            waiting,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert second.stderr is not None
        assert "waiting" in second.stderr.readline()
        assert second.poll() is None
    stdout, _ = second.communicate()
    assert stdout == "held\n"
    assert second.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="there, nothing is inherited")
def test_an_installer_that_outlives_its_dev_keeps_the_lock(dev: ModuleType, checkout: Path) -> None:
    lock = checkout / ".venv.lock"
    with dev.only_one(lock) as held:
        installer = subprocess.Popen(
            [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=held
        )
    second = subprocess.Popen(
        [sys.executable, "-c", HOLD_LOCK, str(DEV), str(lock)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert second.stderr is not None
    assert "waiting" in second.stderr.readline()
    installer.communicate(b"\n")
    stdout, _ = second.communicate()
    assert stdout == "held\n"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the wheel of Qt needs nothing more")
def test_missing_libraries_are_named_with_their_packages(
    dev: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho libGL.so.1\necho libxcb-xkb.so.1\n", encoding="utf-8")
    python.chmod(0o700)
    with pytest.raises(SystemExit) as ended:
        dev.require_qt_libraries(python)
    assert ended.value.code == 69
    said = capsys.readouterr().err
    assert "apt install libgl1 libxcb-xkb1\n" in said
    assert "dnf install libglvnd-glx libxcb\n" in said


@pytest.mark.skipif(sys.platform == "win32", reason="the substitute is a shell script")
def test_a_trial_that_crashes_is_not_taken_for_success(dev: ModuleType, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nkill -ABRT $$\n", encoding="utf-8")
    python.chmod(0o700)
    with pytest.raises(SystemExit) as ended:
        dev.require_qt_libraries(python)
    assert ended.value.code == 69


def test_all_programs_run_and_the_first_failure_decides(
    dev: ModuleType, capfd: pytest.CaptureFixture[str]
) -> None:
    python = Path(sys.executable)
    tasks = [
        ("one", ("python", "-c", "print('one')")),
        ("two", ("python", "-c", "raise SystemExit(3)")),
        ("three", ("python", "-c", "raise SystemExit(4)")),
        ("four", ("python", "-c", "print('four')")),
    ]
    assert dev.run_all(python, tasks) == 3
    said = capfd.readouterr()
    assert said.out == "one\nfour\n"
    assert "failed: two, three" in said.err
    assert dev.run_all(python, tasks[:1]) == 0


def test_what_python_compiles_for_tests_is_kept_beside_the_packages(
    dev: ModuleType, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    environment = dev.keeping_bytecode(checkout / ".venv" / "bin" / "python")
    assert "PYTHONDONTWRITEBYTECODE" not in environment
    assert environment["PYTHONPYCACHEPREFIX"] == str(checkout / ".venv" / "pycache")
    assert environment["PATH"] == os.environ["PATH"]
