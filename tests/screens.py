# SPDX-License-Identifier: AGPL-3.0-or-later
"""The screens of windows that nobody sees: a large one, and to its right the smallest the program is made for."""

from __future__ import annotations

from pathlib import Path
from typing import Final

SCREENS: Final = f"offscreen:configfile={Path(__file__).with_suffix('.json')}"
"""The platform, as Qt takes it."""
