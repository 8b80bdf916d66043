# SPDX-License-Identifier: AGPL-3.0-or-later
"""Real PostgreSQL for the relay's tests: version 15 of the system and the embedded 18, one cluster each."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg
import pytest

from relay_server.database.access import DatabaseLogin, Duty, ensure_database, prepare
from relay_server.database.embedded import (
    SUPERUSER,
    EmbeddedPostgres,
    ServerAddress,
    bundled_programs,
)
from tests.integration.independent_log.verifier import IndependentVerifier

if TYPE_CHECKING:
    from collections.abc import Iterator

SYSTEM_PROGRAMS: Final = Path("/usr/lib/postgresql/15/bin")
MEMORY_DISK: Final = Path("/dev/shm")  # noqa: S108 - a folder of a random name in it
MEMORY_DISK_BYTES: Final = 4 * 2**30
"""Several times what two clusters with their write-ahead logs take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestDatabase:
    """A fresh database of the relay: its own login, and the superuser's URL."""

    __test__ = False

    login: DatabaseLogin
    superuser_url: str
    programs: Path

    @property
    def owner(self) -> str:
        """The role that owns everything."""
        return self.login.role.removesuffix("_app") + "_owner"

    def as_superuser(self) -> psycopg.Connection[tuple[Any, ...]]:
        """Connect as somebody who may do anything."""
        return psycopg.connect(self.superuser_url, autocommit=True)

    def as_relay(self) -> psycopg.Connection[tuple[Any, ...]]:
        """Connect as the relay does."""
        return self.as_role(self.login)

    def on(self, duty: Duty) -> psycopg.Connection[tuple[Any, ...]]:
        """Connect as who has another duty."""
        return self.as_role(self.login.on(duty))

    def as_role(self, login: DatabaseLogin) -> psycopg.Connection[tuple[Any, ...]]:
        """Connect with a login."""
        return psycopg.connect(login.url, user=login.role, password=login.password, autocommit=True)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def independent_verifier(tmp_path_factory: pytest.TempPathFactory) -> IndependentVerifier:
    """The Go program."""
    return IndependentVerifier.build(tmp_path_factory.mktemp("independent"))


# What these look at does not depend on how the database works: requests and connections, tokens and throttles,
# proofs and pages that are made of what was stored. All that commits and locks is looked at with both versions.
ONE_VERSION: Final = frozenset(
    {
        "test_assurances.py",
        "test_challenge.py",
        "test_connections.py",
        "test_every_request.py",
        "test_hostile_devices.py",
        "test_independent_client.py",
        "test_key_map.py",
        "test_keys.py",
        "test_links.py",
        "test_openapi.py",
        "test_process.py",
        "test_requests.py",
        "test_slow_requests.py",
        "test_starting.py",
        "test_stolen_database.py",
        "test_throttle.py",
        "test_timestamping.py",
        "test_traces.py",
    }
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the older version where it makes no difference; two in five of these tests took their time twice."""
    left_out = [
        item
        for item in items
        if item.path.name in ONE_VERSION
        and isinstance(item, pytest.Function)
        and hasattr(item, "callspec")
        and item.callspec.params.get("postgres_programs") == "PostgreSQL 15"
    ]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session", params=["PostgreSQL 15", "PostgreSQL 18"])
def postgres_programs(request: pytest.FixtureRequest) -> Path:
    """The programs of each supported version."""
    if request.param == "PostgreSQL 18":
        return bundled_programs()
    if not SYSTEM_PROGRAMS.is_dir():
        missing = "needs the Debian package postgresql (version 15)"
        if os.environ.get("UHS_CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return SYSTEM_PROGRAMS


def roomy_memory_disk() -> Path | None:
    """Return a file system in memory, None where there is none or it is small."""
    try:
        free = shutil.disk_usage(MEMORY_DISK).free
    except OSError:
        return None
    is_usable = free >= MEMORY_DISK_BYTES and os.access(MEMORY_DISK, os.W_OK | os.X_OK)
    return MEMORY_DISK if is_usable else None


@pytest.fixture(scope="session")
def postgres(postgres_programs: Path) -> Iterator[ServerAddress]:
    """A running server of each version, under our own supervisor, for databases that live for one test.

    It crashes in no test, so its disk may be memory: creating a database takes a fifth of the time there.
    """
    folder = Path(tempfile.mkdtemp(prefix="postgres-", dir=roomy_memory_disk()))
    server = EmbeddedPostgres(folder / "postgresql", programs=postgres_programs)
    try:
        yield server.start()
    finally:
        server.stop()
        shutil.rmtree(folder)


@contextmanager
def fresh_database(postgres: ServerAddress, programs: Path) -> Iterator[TestDatabase]:
    """Yield a database with the relay's schema and nothing in it, and remove it."""
    name = f"relay_{secrets.token_hex(6)}"
    ensure_database(postgres.url(SUPERUSER), name)
    login = prepare(postgres.url(name), password=secrets.token_urlsafe())
    yield TestDatabase(login=login, superuser_url=postgres.url(name), programs=programs)
    with psycopg.connect(postgres.url(SUPERUSER), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        duties = ", ".join(f"{name}_{duty.value}" for duty in Duty)
        connection.execute(f"DROP ROLE {name}_app, {name}_owner, {duties}".encode())


@pytest.fixture
def database(postgres: ServerAddress, postgres_programs: Path) -> Iterator[TestDatabase]:
    """A database for one test."""
    with fresh_database(postgres, postgres_programs) as made:
        yield made


@pytest.fixture(scope="module")
def unchanged_database(postgres: ServerAddress, postgres_programs: Path) -> Iterator[TestDatabase]:
    """A database for all tests of a module that change nothing in it, because they only read or are refused."""
    with fresh_database(postgres, postgres_programs) as made:
        yield made
