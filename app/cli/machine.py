# SPDX-License-Identifier: AGPL-3.0-or-later
"""Snapshots as JSON for scripts; `output.md` beside this file says what is in each."""

from __future__ import annotations

import dataclasses
import json
import typing
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

from crypto_core.wire.ids import AccountId, format_address

if TYPE_CHECKING:
    from app.interface.failures import Failure


def to_json(snapshot: object, **more: object) -> str:
    """Return one line, with further snapshots as members; what is outside ASCII is escaped, so no terminal obeys it."""
    return json.dumps(plain(snapshot) | {name: plain(each) for name, each in more.items()})


def failure_json(failure: Failure, detail: str) -> str:
    """Return the object that stands on standard error."""
    return json.dumps({"error": {"code": failure.value, "detail": detail}})


def plain(snapshot: object) -> dict[str, object]:
    """Return a snapshot as JSON's own types, by the annotations of its fields."""
    if not dataclasses.is_dataclass(snapshot) or isinstance(snapshot, type):
        raise TypeError("not a snapshot")
    hints = typing.get_type_hints(type(snapshot), include_extras=True)
    return {
        field.name: _plain(getattr(snapshot, field.name), hints[field.name])
        for field in dataclasses.fields(snapshot)
    }


def _plain(value: object, hint: Any) -> object:  # noqa: ANN401 - an annotation, which has no type
    if isinstance(value, bytes):
        return format_address(AccountId(value)) if _names_account(hint) else value.hex()
    if isinstance(value, Enum):
        return value.name.lower().replace("_", "-")
    if isinstance(value, tuple):
        if get_origin(hint) is Annotated:
            hint = get_args(hint)[0]
        return [_plain(item, get_args(hint)[0]) for item in value]
    if dataclasses.is_dataclass(value):
        return plain(value)
    return value


def _names_account(hint: Any) -> bool:  # noqa: ANN401 - an annotation, which has no type
    return hint is AccountId or AccountId in get_args(hint)
