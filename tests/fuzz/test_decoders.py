# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every decoder of every wire type, fed with arbitrary and with almost valid bytes."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto_core.errors import WireError
from crypto_core.wire import (
    audit,
    content,
    devices,
    enrolment,
    envelope,
    prekeys,
    relay_api,
    sign_in,
    signed,
)
from crypto_core.wire.codec import Range, Size, decode, encode

if TYPE_CHECKING:
    from types import ModuleType

MODULES: tuple[ModuleType, ...] = (
    audit,
    content,
    devices,
    enrolment,
    envelope,
    prekeys,
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
    - {Size, Range},
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


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
@given(
    encoded=st.binary(max_size=300)
    | structures.map(lambda value: cbor2.dumps(value, canonical=True))
)
def test_a_decoder_returns_a_faithful_value_or_the_declared_error(
    kind: type[Any], encoded: bytes
) -> None:
    try:
        value = decode(kind, encoded)
    except WireError:
        return
    assert encode(value) == encoded


def test_all_types_are_covered() -> None:
    assert len(TYPES) >= 45
