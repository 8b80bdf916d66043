# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every request to the engine has in common."""

from __future__ import annotations

from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class Command(Generic[Answer]):
    """A request to the engine; `Answer` is the type of the reply."""

    __slots__ = ()
