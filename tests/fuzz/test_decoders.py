# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every decoder of every wire type, fed with arbitrary bytes, with values of its own, and with almost valid bytes."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto_core.errors import WireError
from crypto_core.keys.vault import VaultHeader
from crypto_core.wire import (
    assurance,
    audit,
    backup,
    contact_card,
    content,
    devices,
    enrolment,
    envelope,
    key_map,
    kit,
    linking,
    prekeys,
    recovery,
    relay_api,
    sign_in,
    signed,
)
from crypto_core.wire.codec import Range, Size, decode, encode, leading_integers
from tests.fuzz.wire_values import objects

if TYPE_CHECKING:
    from types import ModuleType

MODULES: tuple[ModuleType, ...] = (
    assurance,
    audit,
    backup,
    contact_card,
    content,
    devices,
    enrolment,
    envelope,
    key_map,
    kit,
    linking,
    prekeys,
    recovery,
    relay_api,
    sign_in,
    signed,
)
TYPES = sorted(
    {
        value
        for module in MODULES
        for value in vars(module).values()
        if dataclasses.is_dataclass(value) and isinstance(value, type)
    }
    - {Size, Range}
    | {VaultHeader},
    key=lambda kind: kind.__name__,
)
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.binary(max_size=70)
    | st.text(max_size=20)
    | st.floats()
)
structures = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=8) | st.dictionaries(st.integers(0, 9), inner, max_size=3)
    ),
    max_leaves=20,
)


# Every decoder is given the same inputs: thinking of them takes longer than trying them.
@settings(max_examples=400)
@given(
    encoded=st.binary(max_size=300)
    | structures.map(lambda value: cbor2.dumps(value, canonical=True))
)
def test_a_decoder_returns_a_faithful_value_or_the_declared_error(encoded: bytes) -> None:
    for kind in TYPES:
        try:
            value = decode(kind, encoded)
        except WireError:
            continue
        assert encode(value) == encoded, kind


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
@settings(max_examples=15)
@given(data=st.data())
def test_a_value_travels_and_a_neighbour_of_its_bytes_is_another_value_or_none(
    kind: type[Any], data: st.DataObject
) -> None:
    value = data.draw(objects(kind))
    encoded = encode(value)
    assert decode(kind, encoded) == value
    neighbour = bytearray(encoded)
    position = data.draw(st.integers(0, len(encoded) - 1))
    neighbour[position] ^= data.draw(st.integers(1, 255))
    for changed in (
        bytes(neighbour),
        encoded[:position],
        encoded[:position] + bytes(neighbour)[position : position + 1] + encoded[position:],
    ):
        try:
            other = decode(kind, changed)
        except WireError:
            continue
        assert other != value
        assert encode(other) == changed


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
@settings(max_examples=15)
@given(data=st.data())
def test_a_value_with_one_field_of_another_kind_is_refused(
    kind: type[Any], data: st.DataObject
) -> None:
    fields = list(cbor2.loads(encode(data.draw(objects(kind)))))
    position = data.draw(st.integers(0, len(fields) - 1))
    # Numbers of any size included, and what only tags can say.
    fields[position] = data.draw(structures | st.integers() | st.fractions() | st.uuids())
    changed = cbor2.dumps(fields, canonical=True)
    try:
        value = decode(kind, changed)
    except WireError:
        return
    assert encode(value) == changed


@given(st.binary(max_size=60) | structures.map(lambda value: cbor2.dumps(value, canonical=True)))
def test_leading_numbers_of_anything(encoded: bytes) -> None:
    try:
        numbers = leading_integers(encoded, 2)
    except WireError:
        return
    assert [type(number) for number in numbers] == [int, int]


def test_all_types_are_covered() -> None:
    assert len(TYPES) >= 45
