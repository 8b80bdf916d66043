# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a process really loads, seen from outside: imports hidden in functions count as well."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Imports every module below a package, then prints all that is loaded. Migrations and __main__ are
# programs, which do their work when they are imported.
LOAD_ALL = """\
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    if not {"__main__", "migrations"} & set(module.name.split(".")):
        importlib.import_module(module.name)
print(*sys.modules, sep="\\n")
"""

# Imports one module, then prints all that is loaded.
LOAD_ONE = """\
import importlib, sys
importlib.import_module(sys.argv[1])
print(*sys.modules, sep="\\n")
"""

NEVER_LOADED = {
    "crypto_core": {"app", "relay_server", "PySide6", "asyncio", "httpx", "sqlcipher3"},
    "relay_server": {
        "app",
        "crypto_core.abks",
        "crypto_core.keys",
        "crypto_core.opaque.client",
        "crypto_core.opaque.client_protocol",
        "PySide6",
        "sqlcipher3",
        "keyring",
    },
    "app.interface": {"crypto_core.keys", "crypto_core.trust", "PySide6", "sqlcipher3"},
    "app.engine": {
        "app.window",
        "app.cli",
        "crypto_core.opaque.server",
        "relay_server",
        "PySide6",
        "shiboken6",
        "qtpy",
    },
    "app.cli": {
        "app.engine",
        "app.window",
        "crypto_core.keys",
        "crypto_core.opaque",
        "relay_server",
        "PySide6",
        "sqlcipher3",
    },
    "app.window": {
        "app.cli",
        "app.engine",
        "crypto_core.keys",
        "httpx",
        "relay_server",
        "sqlcipher3",
        "PySide6.QtNetwork",
        "PySide6.QtSql",
    },
}


NEVER_LOADED_BY_MODULE = {
    # The process that reads documents: what it does not have cannot be turned against anybody.
    "app.engine.documents.reader": {
        "app.engine.network",
        "app.engine.vault",
        "app.window",
        "crypto_core.keys",
        "crypto_core.trust",
        "cryptography",
        "httpx",
        "keyring",
        "nacl",
        "socket",
        "sqlcipher3",
        "ssl",
    },
    "crypto_core.opaque.server": {
        "crypto_core.keys",
        "crypto_core.opaque.client",
        "crypto_core.opaque.client_protocol",
    },
    "crypto_core.opaque.client": {
        "crypto_core.opaque.server",
        "crypto_core.opaque.server_protocol",
    },
}


def loaded_with(package: str, program: str = LOAD_ALL) -> set[str]:
    """Return the names of all modules in a process that imported a package whole."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, package],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize("package", NEVER_LOADED)
def test_package_never_loads(package: str) -> None:
    loaded = loaded_with(package)
    assert package in loaded
    # A module below a forbidden package cannot be loaded without the package itself.
    assert not loaded & NEVER_LOADED[package]


@pytest.mark.parametrize("module", NEVER_LOADED_BY_MODULE)
def test_module_never_loads(module: str) -> None:
    loaded = loaded_with(module, LOAD_ONE)
    assert module in loaded
    assert not loaded & NEVER_LOADED_BY_MODULE[module]


def test_a_forbidden_module_would_be_seen() -> None:
    assert "PySide6" in loaded_with("PySide6.support")
