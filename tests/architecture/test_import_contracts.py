# SPDX-License-Identifier: AGPL-3.0-or-later
"""The import contracts of pyproject.toml hold, and each of them can be broken."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("app", "crypto_core", "relay_server")
CONTRACTS = {
    contract["id"]: contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "importlinter"
    ]["contracts"]
}

# One line added to one file breaks one contract: (contract, file, line).
VIOLATIONS = (
    ("crypto-core-layers", "crypto_core/wire/ids.py", "import crypto_core.trust"),
    ("crypto-core-layers", "crypto_core/trust/__init__.py", "import crypto_core.keys"),
    ("crypto-core-layers", "crypto_core/errors.py", "import crypto_core.wire"),
    ("crypto-core-layers", "crypto_core/keys/__init__.py", "import crypto_core.opaque"),
    ("crypto-core-layers", "crypto_core/keys/__init__.py", "import crypto_core.abks"),
    ("crypto-core-layers", "crypto_core/opaque/__init__.py", "import crypto_core.abks"),
    ("crypto-core-layers", "crypto_core/stranger.py", ""),
    ("opaque-layers", "crypto_core/opaque/client.py", "import crypto_core.opaque.server"),
    ("opaque-layers", "crypto_core/opaque/group.py", "import crypto_core.opaque.oprf"),
    ("opaque-layers", "crypto_core/opaque/stranger.py", ""),
    (
        "opaque-client-alone",
        "crypto_core/opaque/client.py",
        "import crypto_core.opaque.server_protocol",
    ),
    (
        "opaque-server-alone",
        "crypto_core/opaque/server.py",
        "import crypto_core.opaque.client_protocol",
    ),
    ("opaque-server-alone", "crypto_core/opaque/server_protocol.py", "import crypto_core.keys"),
    ("ristretto-in-the-group-only", "crypto_core/opaque/oprf.py", "import rbcl"),
    ("ristretto-in-the-group-only", "app/engine/main.py", "import rbcl"),
    ("ristretto-in-the-group-only", "relay_server/__init__.py", "from rbcl import randombytes"),
    ("crypto-core-alone", "crypto_core/keys/__init__.py", "import app.interface"),
    ("crypto-core-alone", "crypto_core/wire/ids.py", "import relay_server"),
    ("crypto-core-pure", "crypto_core/keys/__init__.py", "import os"),
    ("crypto-core-pure", "crypto_core/wire/ids.py", "from time import time"),
    ("crypto-core-pure", "crypto_core/trust/__init__.py", "import asyncio"),
    ("crypto-core-pure", "crypto_core/opaque/oprf.py", "import os"),
    ("window-layers", "app/window/viewmodels/__init__.py", "import app.window.views"),
    ("window-layers", "app/window/bridge.py", "import app.window.viewmodels"),
    ("window-layers", "app/window/theme/__init__.py", "import app.window.bridge"),
    ("window-layers", "app/interface/__init__.py", "import app.window.bridge"),
    ("window-layers", "app/window/views/__init__.py", "import app.window.main"),
    ("engine-layers", "app/engine/ports/__init__.py", "import app.engine.vault"),
    ("engine-layers", "app/engine/vault/__init__.py", "import app.engine.network"),
    ("engine-layers", "app/engine/network/__init__.py", "import app.engine.outbox"),
    ("engine-layers", "app/engine/outbox.py", "import app.engine.main"),
    ("engine-layers", "app/engine/stranger.py", ""),
    ("engine-adapters", "app/engine/outbox.py", "import app.engine.vault"),
    ("engine-adapters", "app/engine/inbox.py", "import app.engine.network"),
    ("engine-adapters", "app/cli/__init__.py", "import app.engine.vault"),
    ("engine-adapters", "app/engine/viewing.py", "import app.engine.documents.readers"),
    ("foreign-files-in-one-place", "app/engine/viewing.py", "import PIL"),
    ("foreign-files-in-one-place", "app/window/bridge.py", "import pydicom"),
    ("foreign-files-in-one-place", "app/engine/documents/readers.py", "import defusedxml"),
    ("readers-without-secrets", "app/engine/documents/reader.py", "import crypto_core.keys"),
    ("readers-without-secrets", "app/engine/documents/formats/pdf.py", "import app.engine.vault"),
    ("readers-without-secrets", "app/engine/documents/readers.py", "import httpx"),
    ("app-independence", "app/window/bridge.py", "import app.engine.ports"),
    ("app-independence", "app/cli/__init__.py", "import app.engine.main"),
    ("app-independence", "app/engine/main.py", "import app.window.bridge"),
    ("app-independence", "app/engine/main.py", "import app.cli"),
    ("front-ends-without-keys", "app/window/bridge.py", "import crypto_core.keys"),
    ("front-ends-without-keys", "app/interface/__init__.py", "import crypto_core.trust"),
    ("front-ends-without-keys", "app/cli/__init__.py", "import crypto_core.opaque.client"),
    ("front-ends-without-keys", "app/cli/__init__.py", "import httpx"),
    ("front-ends-without-keys", "app/window/views/__init__.py", "import sqlcipher3"),
    ("qt-in-window-only", "app/engine/main.py", "from PySide6 import QtCore"),
    ("qt-in-window-only", "app/interface/__init__.py", "import PySide6.QtGui"),
    ("qt-in-window-only", "app/cli/__init__.py", "import qtawesome"),
    ("security-keys-in-one-place", "relay_server/sessions/factors.py", "import fido2.server"),
    ("security-keys-in-one-place", "app/engine/main.py", "from fido2 import client"),
    ("relay-without-secrets", "relay_server/__init__.py", "import crypto_core.keys"),
    ("relay-without-secrets", "relay_server/__init__.py", "import crypto_core.abks"),
    ("relay-without-secrets", "relay_server/__init__.py", "import app.interface"),
    ("relay-without-secrets", "relay_server/__init__.py", "import crypto_core.opaque.client"),
    (
        "relay-without-secrets",
        "relay_server/__init__.py",
        "import crypto_core.opaque.client_protocol",
    ),
    ("app-without-relay", "app/engine/network/__init__.py", "import relay_server"),
    ("app-without-relay", "app/engine/main.py", "import crypto_core.opaque.server"),
    ("app-without-relay", "app/engine/main.py", "import crypto_core.opaque.server_protocol"),
    ("relay-domain-layers", "relay_server/mailbox/store.py", "import relay_server.mailbox.service"),
    (
        "relay-domain-layers",
        "relay_server/mailbox/service.py",
        "import relay_server.mailbox.routes",
    ),
    ("relay-domain-layers", "relay_server/audit/store.py", "import relay_server.audit.routes"),
)


def lint_imports(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the tree under a root."""
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(
        [str(program), "--no-logo", "--no-cache", *arguments],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def copied_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the three packages with the settings, to break things in."""
    root = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", root)
    for package in PACKAGES:
        for source in (ROOT / package).rglob("*.py"):
            target = root / source.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    return root


@pytest.fixture
def violated_tree(copied_tree: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """Return the copied tree with one line added to one file, and take it out afterwards."""
    file, line = request.param
    target = copied_tree / file
    # A module that does not exist yet is as good a place to break a contract as one that does;
    # what it names may have to be made as well.
    wanted = [target]
    if line.startswith("import "):
        named = copied_tree / Path(*line.removeprefix("import ").split("."))
        if named.is_relative_to(copied_tree) and named.parts[len(copied_tree.parts)] in PACKAGES:
            wanted.append(named.with_suffix(".py") if not named.is_dir() else named / "__init__.py")
    made = []
    for path in wanted:
        for place in (path.parent / "__init__.py", path):
            if not place.exists():
                place.parent.mkdir(exist_ok=True)
                place.touch()
                made.append(place)
    before = target.read_text(encoding="utf-8")
    target.write_text(f"{before}\n{line}\n", encoding="utf-8")
    yield copied_tree
    target.write_text(before, encoding="utf-8")
    for path in made:
        path.unlink()


def test_contracts_hold() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout
    assert "BROKEN" not in done.stdout


def test_contracts_hold_in_the_copy(copied_tree: Path) -> None:
    done = lint_imports(copied_tree)
    assert done.returncode == 0, done.stdout


def test_each_contract_has_a_violation() -> None:
    assert {contract for contract, _, _ in VIOLATIONS} == set(CONTRACTS)


@pytest.mark.parametrize(
    ("contract", "violated_tree"),
    [(contract, (file, line)) for contract, file, line in VIOLATIONS],
    ids=[f"{contract}-{file}-{line or 'unlisted'}" for contract, file, line in VIOLATIONS],
    indirect=["violated_tree"],
)
def test_violation_turns_its_contract_red(contract: str, violated_tree: Path) -> None:
    done = lint_imports(violated_tree, "--contract", contract)
    assert done.returncode == 1, done.stdout
    assert f"{CONTRACTS[contract]} BROKEN" in done.stdout
