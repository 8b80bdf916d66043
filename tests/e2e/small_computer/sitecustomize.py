# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lets Python programs that are started with this folder on PYTHONPATH see a computer with little memory.

A quick computer with much memory makes vaults that take long to open, and the tests open theirs a hundred times.
Nothing of the product is replaced: it takes the least that it may anywhere.
"""

from __future__ import annotations

import os

_PAGES = 2**19
_sysconf = os.sysconf


def _sysconf_of_a_small_computer(name: str | int, /) -> int:
    return _PAGES if name == "SC_PHYS_PAGES" else _sysconf(name)


os.sysconf = _sysconf_of_a_small_computer
