# SPDX-License-Identifier: AGPL-3.0-or-later
"""Waiting after wrong passphrases: rises, survives a restart, never locks the owner out."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import pytest

from app.engine.ports.vault import TooManyTriesError
from app.engine.vault.profile import TRIES, ProfileDirectory
from app.engine.vault.tries import WAITS_SECONDS, WrongTries
from crypto_core.errors import WrongPassphraseError
from tests.fakes.machine import FakeClock, FakeSecretStore

if TYPE_CHECKING:
    from pathlib import Path

PASSPHRASE = "correct horse battery staple"


def test_the_wait_rises_to_a_minute_and_no_further(tmp_path: Path) -> None:
    clock = FakeClock()
    waits = []
    for _ in range(7):
        waits.append(WrongTries(tmp_path / TRIES, clock).add())
        clock.advance(seconds=waits[-1])
        assert not WrongTries(tmp_path / TRIES, clock).wait_seconds()
    assert waits == [1, 2, 4, 8, 60, 60, 60]


def test_part_of_a_second_is_waited_for_too(tmp_path: Path) -> None:
    clock = FakeClock()
    tries = WrongTries(tmp_path / TRIES, clock)
    tries.add()
    clock.millis += 1
    assert tries.wait_seconds() == 1
    clock.millis += 999
    assert tries.wait_seconds() == 0


def test_a_clock_set_back_does_not_make_the_wait_longer(tmp_path: Path) -> None:
    clock = FakeClock()
    tries = WrongTries(tmp_path / TRIES, clock)
    for _ in WAITS_SECONDS:
        tries.add()
    clock.advance(days=-700)
    assert tries.wait_seconds() == WAITS_SECONDS[-1]


@pytest.mark.parametrize("content", [b"", b"nonsense", bytes(64)])
def test_a_count_that_cannot_be_read_keeps_nobody_out(tmp_path: Path, content: bytes) -> None:
    (tmp_path / TRIES).write_bytes(content)
    assert WrongTries(tmp_path / TRIES, FakeClock()).wait_seconds() == 0


def test_a_directory_without_room_keeps_nobody_out(tmp_path: Path) -> None:
    tries = WrongTries(tmp_path / "missing" / TRIES, FakeClock())
    assert tries.add() == 0
    tries.settle()


def test_after_a_wrong_passphrase_even_the_right_one_waits_its_turn(tmp_path: Path) -> None:
    clock = FakeClock()

    def profile() -> ProfileDirectory:
        """Another engine each time, as after a restart."""
        return ProfileDirectory(
            tmp_path,
            secret_store=FakeSecretStore(is_present=False),
            random_bytes=os.urandom,
            clock=clock,
        )

    async def attempt(passphrase: str) -> None:
        opened = profile()
        try:
            await opened.open(passphrase)
        finally:
            await opened.close()

    async def story() -> None:
        made = profile()
        await made.create(PASSPHRASE)
        await made.confirm()
        await made.close()
        for seconds in (1, 2):
            with pytest.raises(WrongPassphraseError):
                await attempt("a passphrase half seen")
            with pytest.raises(TooManyTriesError) as caught:
                await attempt(PASSPHRASE)
            assert caught.value.seconds == seconds == profile().wait_seconds()
            clock.advance(seconds=seconds)
        await attempt(PASSPHRASE)
        # The right one begins the count anew.
        with pytest.raises(WrongPassphraseError):
            await attempt("a passphrase half seen")
        assert profile().wait_seconds() == 1

    asyncio.run(story())


def test_wrong_ones_are_counted_over_right_ones_until_they_are_forgotten(tmp_path: Path) -> None:
    tries = WrongTries(tmp_path / TRIES, FakeClock())
    for count in (2, 1):
        for _ in range(count):
            tries.add()
        tries.settle()
        assert tries.wait_seconds() == 0
    assert WrongTries(tmp_path / TRIES, FakeClock()).settled() == 3
    tries.forget()
    assert tries.settled() == 0
