# SPDX-License-Identifier: AGPL-3.0-or-later
"""Relays for stories about signing in, over each supported version of PostgreSQL."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.machine import FakeClock
from tests.integration.relay.sign_in.stage import Bench, Site, new_site

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from relay_server.database.embedded import ServerAddress


@pytest.fixture
def site(postgres: ServerAddress, tmp_path: Path) -> Site:
    """A site of its own for one test."""
    return new_site(postgres, tmp_path / "data")


@pytest.fixture(scope="session")
def shared(
    postgres: ServerAddress, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Site, FakeClock]:
    """A site for all tests whose accounts have nothing to do with each other, and its clock."""
    return new_site(postgres, tmp_path_factory.mktemp("shared") / "data"), FakeClock()


@pytest.fixture
def on_a_relay(
    shared: tuple[Site, FakeClock],
) -> Callable[[Callable[[Bench], Coroutine[Any, Any, None]]], None]:
    """Run a story against a relay on the shared site, days after the one before."""
    shared_site, clock = shared
    clock.advance(days=7)

    def run(story: Callable[[Bench], Coroutine[Any, Any, None]]) -> None:
        async def main() -> None:
            async with shared_site.open(clock) as bench:
                await bench.relay.sweep()
                await story(bench)

        asyncio.run(main())

    return run
