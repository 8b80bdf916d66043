# SPDX-License-Identifier: AGPL-3.0-or-later
"""What holds for the files of the repository: names, first lines, and what must not be in them."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ("app", "crypto_core", "relay_server")

TOP_LEVEL = {
    ".ci",
    ".github",
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "app",
    "assets",
    "crypto_core",
    "packaging",
    "pyproject.toml",
    "relay_server",
    "tests",
}

# Written in halves, so that this file does not contain what it forbids.
FORBIDDEN_TEXTS = (
    r"pypi\." + "org",
    r"pythonhosted\." + "org",
    r"index-url[ =]+" + "http",
    "(?<![A-Za-z0-9_.~-])/" + "(root|home|work|Users)/",
    r"[A-Za-z]:\\\\?" + "Users",
)

# Names that say nothing about what is inside.
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "data", "info", "misc"}


def tracked_files() -> list[Path]:
    """Return the files of the repository, as git knows them, that exist in the tree."""
    listed = subprocess.run(
        # A tree that belongs to someone else, as in a container, is read all the same.
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.is_file()]


FILES = tracked_files()
PYTHON_FILES = [path for path in FILES if path.suffix == ".py"]


def relative(paths: list[Path]) -> list[str]:
    """Return paths as they are read in a message."""
    return [path.relative_to(ROOT).as_posix() for path in paths]


def test_the_top_level_holds_what_the_plan_names() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in FILES} <= TOP_LEVEL


def test_every_module_names_its_licence_in_the_first_line() -> None:
    wanted = "# SPDX-License-Identifier: AGPL-3.0-or-later\n"
    assert not relative(
        [path for path in PYTHON_FILES if not path.read_text(encoding="utf-8").startswith(wanted)]
    )


def test_package_files_hold_a_docstring_and_nothing_else() -> None:
    packages = [path for path in PYTHON_FILES if path.name == "__init__.py"]
    assert packages
    assert not relative(
        [path for path in packages if len(ast.parse(path.read_text(encoding="utf-8")).body) != 1]
    )


def test_every_module_of_the_programs_is_in_a_package() -> None:
    # A folder without __init__.py would be left out of the wheel.
    folders = {path.parent for path in PYTHON_FILES if path.relative_to(ROOT).parts[0] in PROGRAMS}
    assert not relative([folder for folder in folders if not (folder / "__init__.py").exists()])


@pytest.mark.parametrize("folder", ["packaging", "tests", "assets"])
def test_folder_is_no_package(folder: str) -> None:
    # packaging/__init__.py would hide the library of that name.
    assert not relative(list((ROOT / folder).rglob("__init__.py")))


def test_evidence_is_checked_without_the_programs() -> None:
    """Who has to check it should need neither of them, nor a library that only they need."""
    allowed = {"crypto_core", "verify_receipts", *sys.stdlib_module_names}
    for path in (ROOT / "packaging" / "verify-receipts").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for alias in node.names
        } | {
            node.module
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module
        }
        assert {name.split(".")[0] for name in names} <= allowed


def test_no_name_is_empty_of_meaning() -> None:
    assert not relative([path for path in PYTHON_FILES if path.stem in EMPTY_NAMES])
    assert not relative([path for path in PYTHON_FILES if path.parent.name in EMPTY_NAMES])


@pytest.mark.parametrize("pattern", FORBIDDEN_TEXTS)
def test_no_file_names_a_package_index_or_a_folder_of_one_machine(pattern: str) -> None:
    search = re.compile(pattern.encode())
    assert not relative([path for path in FILES if search.search(path.read_bytes())])


@pytest.mark.parametrize(
    ("pattern", "text"),
    list(
        zip(
            FORBIDDEN_TEXTS,
            (
                "https://pypi." + "org/simple",
                "https://files.pythonhosted." + "org/x",
                "--index-url=" + "https://mirror.invalid",
                "data=/" + "home/someone/x",
                "C:\\" + "Users\\someone",
            ),
            strict=True,
        )
    ),
)
def test_forbidden_text_would_be_found(pattern: str, text: str) -> None:
    assert re.search(pattern, text)
