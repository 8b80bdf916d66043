# SPDX-License-Identifier: AGPL-3.0-or-later
"""Deterministic CBOR (RFC 8949 §4.2) for frozen dataclasses, with types and bounds read from annotations.

An object is the array of its fields in order. Decoding accepts exactly one byte string per value: it
re-encodes what it read and compares, so a hash over the bytes is a hash over the value. Evolution is by
the version number that signed objects carry, never by optional trailing fields.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Hashable
from enum import IntEnum, StrEnum
from functools import cache
from typing import Annotated, Any, TypeVar, Union, cast, get_args, get_origin

import cbor2

from crypto_core.errors import WireError

T = TypeVar("T")

_MAX_DEPTH = 16
_MAX_INT = 2**63 - 1


@dataclasses.dataclass(frozen=True, slots=True)
class Size:
    """Bounds of a byte string (bytes), a text (bytes of its UTF-8 form) or a tuple (items), inclusive."""

    least: int
    most: int

    @classmethod
    def exactly(cls, length: int) -> Size:
        """Exactly `length`."""
        return cls(length, length)

    @classmethod
    def up_to(cls, most: int) -> Size:
        """Anything from empty to `most`."""
        return cls(0, most)

    def admits(self, length: int) -> bool:
        """Whether `length` lies within the bounds."""
        return self.least <= length <= self.most


@dataclasses.dataclass(frozen=True, slots=True)
class Range:
    """Inclusive bounds of an integer; without it an integer is 0 … 2^63 - 1."""

    least: int
    most: int


@dataclasses.dataclass(frozen=True, slots=True)
class _Plan:
    """How one annotated type goes to and from CBOR's own types."""

    pack: Callable[[object], object]
    unpack: Callable[[object], object]


def encode(value: object) -> bytes:
    """Return the one canonical encoding of a dataclass instance. Raises WireError when a field is out of bounds."""
    try:
        return cbor2.dumps(_plan_for_class(type(value)).pack(value), canonical=True)
    except (cbor2.CBORError, UnicodeError):
        raise WireError(f"{type(value).__name__} cannot be encoded") from None


def decode(cls: type[T], encoded: bytes) -> T:
    """Return the instance of `cls` whose canonical encoding is exactly `encoded`. Raises WireError only."""
    raw = _load(encoded, cls.__name__)
    value = cast("T", _plan_for_class(cls).unpack(raw))
    # Packing only undoes unpacking, so what the library read stands for the value.
    if cbor2.dumps(raw, canonical=True) != encoded:
        raise WireError(f"{cls.__name__} is not in its canonical encoding")
    return value


def leading_integers(encoded: bytes, count: int) -> tuple[int, ...]:
    """Return the first `count` fields of an encoded object whose other fields may be unknown.

    For telling a newer version from damage. Raises WireError if they are not integers.
    """
    raw = _load(encoded, "object")
    if (
        type(raw) is not tuple
        or len(raw) < count
        or any(type(item) is not int for item in raw[:count])
    ):
        raise WireError("not an encoded object")
    return raw[:count]


class _EveryTag(dict[int, Callable[[object, bool], object]]):
    """Answers for each tag there is, so that none of the library's own tag decoders ever runs."""

    def __missing__(self, tag: int) -> Callable[[object, bool], object]:
        return _refuse_tag


def _refuse_tag(_content: object, _immutable: bool, /) -> object:  # noqa: FBT001 - the library's signature
    raise WireError("tags have no place in these formats")


def _load(encoded: bytes, name: str) -> object:
    try:
        # Maps, tags and indefinite lengths have no place in these formats. Tags are refused while they are
        # read, because they turn bytes into numbers of any size, regular expressions or documents. A map is
        # refused by its type afterwards; until then its keys must be strings, whose hashes nobody can choose:
        # numbers that collide would keep the processor busy for seconds.
        return cast(
            "object",
            cbor2.loads(
                encoded,
                semantic_decoders=_EveryTag(),
                max_depth=_MAX_DEPTH,
                allow_indefinite=False,
                allow_duplicate_keys=False,
                strict_hashable_types=True,
                immutable=True,
            ),
        )
    except (
        cbor2.CBORError,
        UnicodeError,
        ValueError,
        OverflowError,
        TypeError,
        MemoryError,
    ):
        # The library's texts may repeat the input, which may be a plaintext.
        raise WireError(f"not an encoded {name}") from None


def _plan_for_class(cls: type) -> _Plan:
    return _compiled_plan(cast("Hashable", cls))


@cache
def _compiled_plan(cls: Hashable) -> _Plan:
    if not (isinstance(cls, type) and dataclasses.is_dataclass(cls)):
        raise TypeError(f"{cls!r} is not a wire type")
    hints = typing.get_type_hints(cls, include_extras=True)
    fields = tuple((field.name, plan_for(hints[field.name])) for field in dataclasses.fields(cls))
    name, count = cls.__name__, len(fields)

    def pack(value: object) -> list[object]:
        if type(value) is not cls:
            raise WireError(f"expected {name}")
        try:
            return [plan.pack(getattr(value, field)) for field, plan in fields]
        except WireError as error:
            raise WireError(f"{name}: {error}") from None

    def unpack(raw: object) -> object:
        if type(raw) is not tuple or len(raw) != count:
            raise WireError(f"expected {name}")
        try:
            return cls(
                **{
                    field: plan.unpack(item)
                    for (field, plan), item in zip(fields, raw, strict=True)
                }
            )
        except WireError as error:
            raise WireError(f"{name}: {error}") from None

    return _Plan(pack, unpack)


def plan_for(hint: object, bounds: tuple[object, ...] = ()) -> _Plan:  # noqa: C901, PLR0911 - one line per kind of annotation
    """Return the plan of one annotation. Raises TypeError on an annotation that has no wire form."""
    if get_origin(hint) is Annotated:
        inner, *extras = get_args(hint)
        return plan_for(inner, tuple(extras) + bounds)
    supertype = getattr(hint, "__supertype__", None)
    if supertype is not None:
        return plan_for(supertype, bounds)
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _optional_plan(hint, bounds)
    if origin is tuple:
        item, ellipsis = get_args(hint)
        if ellipsis is not Ellipsis:
            raise TypeError(f"{hint!r}: only tuple[X, ...] has a wire form")
        return _tuple_plan(plan_for(item), _size_of(bounds, hint))
    if hint is bytes:
        return _sized_plan(bytes, _size_of(bounds, hint), len)
    if hint is str:
        return _sized_plan(str, _size_of(bounds, hint), lambda text: len(text.encode()))
    if hint is bool:
        return _bool_plan()
    if hint is int:
        return _int_plan(
            next((bound for bound in bounds if isinstance(bound, Range)), Range(0, _MAX_INT))
        )
    if isinstance(hint, type) and issubclass(hint, IntEnum):
        return _enum_plan(hint)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _word_plan(hint)
    return _plan_for_class(cast("type", hint))


def _size_of(bounds: tuple[object, ...], hint: object) -> Size:
    for bound in bounds:
        if isinstance(bound, Size):
            return bound
    raise TypeError(f"{hint!r} needs a Size")


def _sized_plan(kind: type, size: Size, measure: Callable[[Any], int]) -> _Plan:
    def check(value: object) -> object:
        if type(value) is not kind:
            raise WireError(f"expected {kind.__name__}")
        try:
            length = measure(value)
        except UnicodeError:
            raise WireError("text with lone surrogates") from None
        if not size.admits(length):
            raise WireError(f"{kind.__name__} of {length} outside {size.least}..{size.most}")
        return value

    return _Plan(check, check)


def _tuple_plan(item: _Plan, size: Size) -> _Plan:
    def through(step: Callable[[object], object]) -> Callable[[object], object]:
        def check(value: object) -> object:
            if type(value) is not tuple:
                raise WireError("expected a list")
            if not size.admits(len(value)):
                raise WireError(f"list of {len(value)} outside {size.least}..{size.most}")
            return tuple(step(entry) for entry in value)

        return check

    return _Plan(through(item.pack), through(item.unpack))


def _optional_plan(hint: object, bounds: tuple[object, ...]) -> _Plan:
    options = [option for option in get_args(hint) if option is not types.NoneType]
    if len(options) != 1:
        raise TypeError(f"{hint!r}: only X | None has a wire form")
    inner = plan_for(options[0], bounds)
    return _Plan(
        lambda value: None if value is None else inner.pack(value),
        lambda raw: None if raw is None else inner.unpack(raw),
    )


def _bool_plan() -> _Plan:
    def check(value: object) -> object:
        if value is not True and value is not False:
            raise WireError("expected a boolean")
        return value

    return _Plan(check, check)


def _int_plan(bound: Range) -> _Plan:
    def check(value: object) -> object:
        if type(value) is not int:
            raise WireError("expected an integer")
        if not bound.least <= value <= bound.most:
            raise WireError(f"integer outside {bound.least}..{bound.most}")
        return value

    return _Plan(check, check)


def _enum_plan(kind: type[IntEnum]) -> _Plan:
    def pack(value: object) -> object:
        if type(value) is not kind:
            raise WireError(f"expected {kind.__name__}")
        return int(value)

    def unpack(raw: object) -> object:
        if type(raw) is not int:
            raise WireError(f"expected {kind.__name__}")
        try:
            return kind(raw)
        except ValueError:
            # An unknown value is refused, never guessed: it may come from a later, stricter version.
            raise WireError(f"unknown {kind.__name__}") from None

    return _Plan(pack, unpack)


def _word_plan(kind: type[StrEnum]) -> _Plan:
    def pack(value: object) -> object:
        if type(value) is not kind:
            raise WireError(f"expected {kind.__name__}")
        return str(value)

    def unpack(raw: object) -> object:
        if type(raw) is not str:
            raise WireError(f"expected {kind.__name__}")
        try:
            return kind(raw)
        except ValueError:
            raise WireError(f"unknown {kind.__name__}") from None

    return _Plan(pack, unpack)
