# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tells a security key that is not plugged in from one that this user may not open. Imports nothing of ours."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

SYSTEM: Final = Path("/sys/class/hidraw")
DEVICES: Final = Path("/dev")

_FIDO_USAGE_PAGE: Final = b"\x06\xd0\xf1"
"""Item of a report descriptor: usage page 0xF1D0 (CTAP 2.1 §11.2.8.2)."""


def is_locked_out(*, system: Path = SYSTEM, devices: Path = DEVICES) -> bool:
    """Whether a security key is there whose device file this user may not read and write.

    The system lets everybody read what kind of device each is; opening one takes a rule of udev.
    """
    return any(
        not os.access(devices / entry.name, os.R_OK | os.W_OK)
        for entry in _entries(system)
        if _is_security_key(entry)
    )


def _entries(system: Path) -> list[Path]:
    try:
        return sorted(system.iterdir())
    except OSError:
        return []


def _is_security_key(entry: Path) -> bool:
    try:
        return _FIDO_USAGE_PAGE in (entry / "device" / "report_descriptor").read_bytes()
    except OSError:
        return False
