# SPDX-License-Identifier: AGPL-3.0-or-later
"""Cycles are collected where nobody is in the middle of using what is in them."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject

from app.window.presence.memory import Collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtCore import QCoreApplication
    from pytestqt.qtbot import QtBot


class Node:
    """Something that holds on to itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def collector(qapp: QCoreApplication) -> Iterator[Collector]:
    """Return a collector that ends with the test."""
    was_enabled = gc.isenabled()
    parent = QObject(qapp)
    gc.collect()
    yield Collector(parent)
    parent.deleteLater()
    if was_enabled:
        gc.enable()


def make_rubbish() -> weakref.ref[Node]:
    """Leave one cycle behind, and enough of others that a collection is due."""
    kept = weakref.ref(Node())
    nodes = [Node() for _ in range(2 * gc.get_threshold()[0])]
    nodes.clear()
    return kept


@pytest.mark.usefixtures("collector")
def test_allocating_ends_no_cycle_in_any_thread() -> None:
    kept: list[weakref.ref[Node]] = []
    thread = threading.Thread(target=lambda: kept.append(make_rubbish()))
    thread.start()
    thread.join()
    kept.append(make_rubbish())
    assert all(each() is not None for each in kept)


@pytest.mark.usefixtures("collector")
def test_cycles_end_between_events(qtbot: QtBot) -> None:
    kept = make_rubbish()

    def is_gone() -> bool:
        # What others free is taken off the count that makes a collection due.
        make_rubbish()
        return kept() is None

    qtbot.waitUntil(is_gone)
