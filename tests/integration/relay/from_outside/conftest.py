# SPDX-License-Identifier: AGPL-3.0-or-later
"""Relays as processes of their own, over the embedded PostgreSQL and over one that an operator provides."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from relay_server.database.access import ensure_database
from relay_server.database.embedded import SUPERUSER, EmbeddedPostgres, bundled_programs
from tests.integration.relay.from_outside.premises import Premises

if TYPE_CHECKING:
    from collections.abc import Iterator

    from relay_server.database.embedded import ServerAddress


@pytest.fixture
def premises(postgres_programs: Path) -> Iterator[Premises]:
    """A relay's data folder and PostgreSQL, for one test, which may break either."""
    # The names of sockets are short, and so is the name of this folder.
    home = Path(tempfile.mkdtemp(prefix="relay-"))
    if postgres_programs == bundled_programs():
        own = None
    else:
        own = EmbeddedPostgres(home / "server", programs=postgres_programs)
    place = Premises(home=home, programs=postgres_programs, own_server=own)
    try:
        place.open()
        yield place
    finally:
        place.close()
        shutil.rmtree(home)


@pytest.fixture
def embedded_premises() -> Iterator[Premises]:
    """The same with the embedded PostgreSQL, where its version makes no difference."""
    home = Path(tempfile.mkdtemp(prefix="relay-"))
    place = Premises(home=home, programs=bundled_programs(), own_server=None)
    try:
        place.open()
        yield place
    finally:
        place.close()
        shutil.rmtree(home)


@pytest.fixture(scope="session")
def shared_premises(postgres_programs: Path, request: pytest.FixtureRequest) -> Iterator[Premises]:
    """One running relay for every test that does it no harm; each brings accounts of its own."""
    home = Path(tempfile.mkdtemp(prefix="relay-"))
    url = None
    if postgres_programs != bundled_programs():
        address: ServerAddress = request.getfixturevalue("postgres")
        name = f"shared_{secrets.token_hex(6)}"
        ensure_database(address.url(SUPERUSER), name)
        url = address.url(name)
    place = Premises(home=home, programs=postgres_programs, own_server=None, database_url=url)
    try:
        place.open()
        yield place
    finally:
        place.close()
        shutil.rmtree(home)
