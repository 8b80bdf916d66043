# SPDX-License-Identifier: AGPL-3.0-or-later
"""What messages of Windows mean to us; sending real ones takes Windows."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

import pytest

from app.window.presence.windows import Meaning, WindowsDesktop, _Message, meaning_of

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication


@pytest.mark.parametrize(
    ("message", "word", "meaning"),
    [
        (0x0218, 4, Meaning.SLEEPING),
        (0x0218, 7, None),
        (0x02B1, 7, Meaning.LEFT),
        (0x02B1, 2, Meaning.LEFT),
        (0x02B1, 4, Meaning.LEFT),
        (0x02B1, 6, Meaning.LEFT),
        (0x02B1, 8, None),
        (0x02B1, 1, None),
        (0x0100, 7, None),
    ],
)
def test_only_leaving_and_sleeping_mean_something(
    message: int, word: int, meaning: Meaning | None
) -> None:
    assert meaning_of(message, word) is meaning


def test_a_message_is_read_where_windows_puts_it(qapp: QApplication) -> None:
    desktop = WindowsDesktop(qapp)
    said: list[str] = []
    desktop.left.connect(lambda: said.append("left"))
    desktop.sleeping.connect(lambda: said.append("sleeping"))
    for message, word in ((0x02B1, 7), (0x0218, 4), (0x02B1, 8)):
        memory = _Message(None, message, word)
        desktop._filter.nativeEventFilter(b"windows_generic_MSG", ctypes.addressof(memory))
        desktop._filter.nativeEventFilter(b"xcb_generic_event_t", ctypes.addressof(memory))
    desktop.stop()
    assert said == ["left", "sleeping"]
