# SPDX-License-Identifier: AGPL-3.0-or-later
"""Argon2id's memory on this computer: upwards only, and never so much that the vault would not open again."""

from __future__ import annotations

import pytest

from app.engine.vault.calibration import (
    MOST_MEMORY_BYTES,
    SHARE_OF_MEMORY,
    affordable_memory,
    memory_for,
    physical_memory,
)
from crypto_core.wire.limits import MIB, STRETCH_LEAST_MEMORY_BYTES
from tests.fakes.machine import FakeClock


@pytest.mark.parametrize(
    ("seconds", "memory"),
    [(3.0, 128), (0.31, 128), (0.3, 256), (0.2, 256), (0.15, 512), (0.001, 1024)],
)
def test_a_quicker_computer_works_more(seconds: float, memory: int) -> None:
    assert memory_for(seconds, physical_bytes=None) == memory * MIB


def test_a_small_computer_keeps_to_what_it_has() -> None:
    assert memory_for(0.001, physical_bytes=4096 * MIB) == 256 * MIB
    assert memory_for(0.001, physical_bytes=512 * MIB) == STRETCH_LEAST_MEMORY_BYTES


def test_a_clock_that_stands_still_says_nothing() -> None:
    assert affordable_memory(FakeClock()) == STRETCH_LEAST_MEMORY_BYTES


def test_the_most_is_within_what_a_header_may_ask_for() -> None:
    assert STRETCH_LEAST_MEMORY_BYTES < MOST_MEMORY_BYTES <= 4096 * MIB
    physical = physical_memory()
    assert physical is None or physical // SHARE_OF_MEMORY > 0
