# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one table of keys: complete, named, free of doubles, and nothing happens by an elbow."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain

from app.window.shortcuts import GROUPS, KEYS, Group, Shortcut, ShortcutNames, hint

NEEDS_NO_CONTROL = {Shortcut.BACK, Shortcut.OPEN, Shortcut.REMOVE}


def test_every_key_has_a_place_in_the_map_and_a_name() -> None:
    names = ShortcutNames()
    assert Counter(chain.from_iterable(GROUPS.values())) == Counter(Shortcut)
    assert set(KEYS) == set(Shortcut)
    assert all(names.name(each) for each in Shortcut)
    assert all(names.group(each) for each in Group)


def test_no_key_does_two_things() -> None:
    assert not [text for text, count in Counter(KEYS.values()).items() if count > 1]


def test_a_letter_alone_does_nothing() -> None:
    alone = {each for each, text in KEYS.items() if not text.startswith(("Ctrl+", "Alt+"))}
    assert alone == NEEDS_NO_CONTROL | {each for each in alone if re.fullmatch(r"F\d+", KEYS[each])}


def test_a_tool_tip_says_the_keys() -> None:
    assert hint("Archive", Shortcut.ARCHIVE) == "Archive (Ctrl+E)"
