# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pinned set is complete, carries digests, and is what the tests run with."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "packaging" / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

# "name==version ; marker", then one digest per file of that release.
PIN = re.compile(
    r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^\s;]+)(?: ; (?P<marker>[^\\]+?))? \\\n"
    r"(?:    --hash=sha256:[0-9a-f]{64} \\\n)*"
    r"    --hash=sha256:[0-9a-f]{64}\n",
    re.MULTILINE,
)
PINS = {
    canonicalize_name(found["name"]): (found["version"], found["marker"])
    for found in PIN.finditer(LOCK)
}


def asked_for() -> list[str]:
    """Return every requirement that pyproject.toml writes down."""
    groups = [
        PROJECT["build-system"]["requires"],
        PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"].values(),
        *PROJECT["dependency-groups"].values(),
    ]
    return [text for group in groups for text in group]


def test_the_lock_holds_pins_with_digests_and_nothing_else() -> None:
    rest = PIN.sub("", LOCK)
    assert not [line for line in rest.splitlines() if line and not line.lstrip().startswith("#")]
    assert PINS


def test_a_line_without_digest_is_not_a_pin() -> None:
    assert not PIN.search("left-pad==1.0\n")
    assert not PIN.search(
        "left-pad @ file:///left-pad.whl \\\n    --hash=sha256:" + 64 * "0" + "\n"
    )


def test_the_lock_names_no_address_or_folder() -> None:
    assert not re.findall(r"\w+://\S+| @ |--(?:find-links|index-url|extra-index-url)", LOCK)


@pytest.mark.parametrize("text", asked_for())
def test_what_is_asked_for_is_pinned_within_its_bounds(text: str) -> None:
    requirement = Requirement(text)
    name = canonicalize_name(requirement.name)
    assert name in PINS, "the lock is older than pyproject.toml"
    version, _ = PINS[name]
    assert requirement.specifier.contains(version)


def test_the_official_vectors_are_those_of_the_library() -> None:
    assert (
        PINS[canonicalize_name("cryptography-vectors")] == PINS[canonicalize_name("cryptography")]
    )


def test_qt_comes_as_essentials_only() -> None:
    qt = {name for name in PINS if name.startswith(("pyside", "pyqt", "shiboken"))}
    assert qt == {"pyside6-essentials", "shiboken6"}


def test_the_tests_run_with_the_pinned_set() -> None:
    wanted = {
        name: version
        for name, (version, marker) in PINS.items()
        if marker is None or Marker(marker).evaluate()
    }
    installed = {name: importlib.metadata.version(name) for name in wanted}
    assert installed == wanted


def test_nothing_is_installed_beside_the_pinned_set() -> None:
    """What only this machine has would hide that the lock lacks it."""
    installed = {canonicalize_name(each.name) for each in importlib.metadata.distributions()}
    # What installs the rest, and what is installed: neither can be pinned.
    assert installed - PINS.keys() - {"pip", canonicalize_name(PROJECT["project"]["name"])} == set()
