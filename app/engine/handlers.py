# SPDX-License-Identifier: AGPL-3.0-or-later
"""How an area of the engine says which commands it carries out; `dispatch` puts the areas together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from app.engine.session import Session

Handler: TypeAlias = "Callable[[Session, Any, int], Awaitable[object]]"
"""Takes the session, the command and the number of the request, which Progress events carry."""
Handlers: TypeAlias = Mapping[type, Handler]
