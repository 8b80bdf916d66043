# SPDX-License-Identifier: AGPL-3.0-or-later
"""Any value of any wire type, drawn from the same annotations that the codec reads."""

from __future__ import annotations

import dataclasses
import types
import typing
from enum import IntEnum
from typing import Annotated, Any, Final, Union, get_args, get_origin

from hypothesis import strategies as st

from crypto_core.wire.codec import Range, Size

_DRAWN: Final = 40
"""Longer byte strings repeat one byte: their content makes no difference to a codec."""
_ITEMS: Final = 3


def values(hint: object, bounds: tuple[object, ...] = ()) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - one return per kind
    """Return the strategy of one annotation, both ends of its bounds included."""
    if get_origin(hint) is Annotated:
        inner, *extras = get_args(hint)
        return values(inner, (*extras, *bounds))
    supertype = getattr(hint, "__supertype__", None)
    if supertype is not None:
        return values(supertype, bounds)
    if get_origin(hint) in (Union, types.UnionType):
        (inner,) = (option for option in get_args(hint) if option is not types.NoneType)
        return st.none() | values(inner, bounds)
    size = next((bound for bound in bounds if isinstance(bound, Size)), Size(0, 0))
    if get_origin(hint) is tuple:
        most = max(size.least, min(size.most, _ITEMS))
        items = st.lists(values(get_args(hint)[0]), min_size=size.least, max_size=most)
        return items.map(tuple)
    if hint is bytes:
        return _byte_strings(size)
    if hint is str:
        # A character has up to four bytes.
        drawn = st.text(min_size=size.least, max_size=max(size.least, size.most // 4))
        return drawn.filter(lambda text: size.admits(len(text.encode()))) | st.just(
            "x" * size.least
        )
    if hint is int:
        limit = next((each for each in bounds if isinstance(each, Range)), Range(0, 2**63 - 1))
        return st.integers(limit.least, limit.most) | st.sampled_from((limit.least, limit.most))
    if hint is bool:
        return st.booleans()
    if isinstance(hint, type) and issubclass(hint, IntEnum):
        return st.sampled_from(hint)
    return objects(typing.cast("type", hint))


def objects(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Return the strategy of a wire type."""
    hints = typing.get_type_hints(kind, include_extras=True)
    fields = {field.name: values(hints[field.name]) for field in dataclasses.fields(kind)}
    return st.builds(kind, **fields)


def _byte_strings(size: Size) -> st.SearchStrategy[bytes]:
    if size.least <= _DRAWN:
        return st.binary(min_size=size.least, max_size=min(size.most, _DRAWN))
    return st.integers(0, 255).map(lambda value: bytes([value]) * size.least)
