# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import contextlib
import dataclasses
import traceback
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Annotated

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto_core.errors import WireError
from crypto_core.wire.codec import Range, Size, decode, encode, leading_integers, plan_for
from crypto_core.wire.ids import DeviceId

if TYPE_CHECKING:
    from collections.abc import Callable


class Colour(IntEnum):
    RED = 1
    BLUE = 2


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    device: DeviceId


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    number: Annotated[int, Range(-5, 1000)]
    text: Annotated[str, Size.up_to(8)]
    flag: bool
    colour: Colour
    maybe: Annotated[bytes, Size.exactly(2)] | None
    inner: Annotated[tuple[Inner, ...], Size(0, 3)]


SAMPLE = Sample(
    number=7,
    text="é",
    flag=True,
    colour=Colour.BLUE,
    maybe=None,
    inner=(Inner(device=DeviceId(bytes(16))),),
)
samples = st.builds(
    Sample,
    number=st.integers(-5, 1000),
    text=st.text(max_size=2),
    flag=st.booleans(),
    colour=st.sampled_from(Colour),
    maybe=st.none() | st.binary(min_size=2, max_size=2),
    inner=st.lists(st.builds(Inner, device=st.binary(min_size=16, max_size=16)), max_size=3).map(
        tuple
    ),
)


@given(samples)
def test_what_is_encoded_is_decoded(value: Sample) -> None:
    assert decode(Sample, encode(value)) == value


@given(st.binary(max_size=80))
def test_what_is_decoded_is_encoded_to_the_same_bytes(encoded: bytes) -> None:
    try:
        value = decode(Sample, encoded)
    except WireError:
        return
    assert encode(value) == encoded


@given(samples, st.data())
def test_no_other_bytes_decode_to_the_same_value(value: Sample, data: st.DataObject) -> None:
    encoded = bytearray(encode(value))
    position = data.draw(st.integers(0, len(encoded) - 1))
    encoded[position] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(WireError):
        assert decode(Sample, bytes(encoded)) != value


class Tongue(StrEnum):
    FRENCH = "fr"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    tongue: Tongue


def test_an_enumeration_of_words_is_its_word_and_no_other() -> None:
    assert decode(Spoken, cbor2.dumps(["fr"])) == Spoken(tongue=Tongue.FRENCH)
    assert encode(Spoken(tongue=Tongue.FRENCH)) == cbor2.dumps(["fr"])
    for other in ("de", "FR", b"fr", 1, None, ["fr"]):
        with pytest.raises(WireError):
            decode(Spoken, cbor2.dumps([other]))
    with pytest.raises(WireError):
        encode(Spoken(tongue="fr"))  # type: ignore[arg-type]  # what a careless caller gives


def raw(**changes: object) -> bytes:
    fields = {
        "number": 7,
        "text": "é",
        "flag": True,
        "colour": 2,
        "maybe": None,
        "inner": [[bytes(16)]],
    }
    return cbor2.dumps(list((fields | changes).values()), canonical=True)


def test_the_untouched_raw_form_is_accepted() -> None:
    assert decode(Sample, raw()) == SAMPLE


@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param(b"", id="empty"),
        pytest.param(raw() + b"\x00", id="trailing byte"),
        pytest.param(raw()[:-1], id="truncated"),
        pytest.param(raw(number=1001), id="above the range"),
        pytest.param(raw(number=-6), id="below the range"),
        pytest.param(raw(number=True), id="boolean for a number"),
        pytest.param(raw(number=7.0), id="float for a number"),
        pytest.param(raw(flag=1), id="number for a boolean"),
        pytest.param(raw(text=b"ab"), id="bytes for a text"),
        pytest.param(raw(text="é" * 5), id="text too long in UTF-8"),
        pytest.param(raw(colour=3), id="unknown enumeration value"),
        pytest.param(raw(maybe=b"abc"), id="bytes too long"),
        pytest.param(raw(inner=[[bytes(16)]] * 4), id="too many items"),
        pytest.param(raw(inner=[[bytes(15)]]), id="short identifier"),
        pytest.param(raw(inner={1: 2}), id="map for a list"),
        pytest.param(cbor2.dumps([7, "é", True, 2, None]), id="missing field"),
        pytest.param(cbor2.dumps([7, "é", True, 2, None, [], 1]), id="surplus field"),
        pytest.param(b"\x86\x18\x07" + raw()[2:], id="number not in its shortest form"),
        pytest.param(b"\x9f" + raw()[1:] + b"\xff", id="indefinite length"),
        pytest.param(b"\xd9\xd9\xf7" + raw(), id="tag"),
        pytest.param(b"\x86\x07\x62\xff\xfe" + raw()[5:], id="not UTF-8"),
        pytest.param(b"\x9b" + b"\xff" * 8, id="list of 2^64 items"),
        pytest.param(b"\x81" * 10_000, id="deep nesting"),
        pytest.param(b"\xc2\x49\x01" + bytes(8), id="bignum"),
        pytest.param(raw(colour=2**20_000), id="enumeration value of 6000 digits"),
        pytest.param(raw(colour=-(2**20_000)), id="negative one of 6000 digits"),
        pytest.param(raw(number=2**20_000), id="number of 6000 digits"),
        pytest.param(raw(number=float("nan")), id="not a number"),
        pytest.param(raw(number=-0.0), id="minus zero"),
        pytest.param(raw(maybe=cbor2.undefined), id="undefined for none"),
        pytest.param(raw(flag=cbor2.CBORSimpleValue(99)), id="simple value"),
        pytest.param(b"\xf8\x10", id="reserved simple value"),
        pytest.param(b"\x1c", id="reserved additional information"),
        pytest.param(b"\x5b\x7f" + b"\xff" * 7, id="byte string of 2^63 bytes"),
        pytest.param(b"\x7b" + b"\xff" * 8, id="text of 2^64 bytes"),
        pytest.param(b"\x9a\x7f" + b"\xff" * 3, id="list of 2^31 items"),
        pytest.param(b"\xba\x7f" + b"\xff" * 3, id="map of 2^31 items"),
        pytest.param(b"\x9a\x00" + b"\xff" * 3 + b"\x9a\x00" + b"\xff" * 3, id="long lists nested"),
        pytest.param(b"\xa1\x81" * 10_000, id="nesting in map keys"),
        pytest.param(b"\xd9\xd9\xf7" * 10_000 + b"\x00", id="nesting of tags"),
    ],
)
def test_anything_else_is_refused(encoded: bytes) -> None:
    with pytest.raises(WireError):
        decode(Sample, encoded)


@pytest.mark.parametrize(
    "changes",
    [
        {"number": 1001},
        {"text": "123456789"},
        {"text": "\ud800"},
        {"maybe": b"x"},
        {"inner": [Inner(device=DeviceId(bytes(16)))]},
        {"flag": 1},
        {"colour": 2},
        {"inner": (SAMPLE,)},
    ],
    ids=str,
)
def test_nothing_out_of_bounds_is_ever_encoded(changes: dict[str, object]) -> None:
    fields = {field.name: getattr(SAMPLE, field.name) for field in dataclasses.fields(SAMPLE)}
    with pytest.raises(WireError):
        encode(Sample(**(fields | changes)))


@pytest.mark.parametrize(
    "hint",
    [bytes, str, float, dict[str, int], tuple[int, int], int | str | None, tuple[bytes, ...]],
)
def test_an_annotation_without_bounds_or_form_is_a_mistake_of_ours(hint: object) -> None:
    with pytest.raises(TypeError):
        plan_for(hint)
    with pytest.raises(TypeError):
        encode("not an object")


@pytest.mark.parametrize(
    "encoded",
    [
        raw(text="secret-word"),
        raw(colour=424_242),
        b"\xd8\x25" + cbor2.dumps(b"secret-word"),
        b"\x6csecret-word\xff",
    ],
    ids=["too long", "unknown number", "not a UUID", "not UTF-8"],
)
def test_errors_do_not_repeat_the_content(encoded: bytes) -> None:
    with pytest.raises(WireError) as caught:
        decode(Sample, encoded)
    shown = "".join(traceback.format_exception(caught.value))
    assert "424242" not in shown
    assert "secret" not in shown
    assert "0xff" not in shown


def test_a_newer_object_shows_its_leading_numbers() -> None:
    assert leading_integers(cbor2.dumps([2, 9, "whatever", [1, None]]), 2) == (2, 9)
    others: tuple[object, ...] = ([2, "x"], [2], [2, True], b"\x02\x09", "29", {}, 2)
    for other in others:
        with pytest.raises(WireError):
            leading_integers(cbor2.dumps(other), 2)


@pytest.mark.parametrize(
    "field",
    [
        b"\xc2\x41\x01",
        b"\xc4\x82\x00\x01",
        b"\xd8\x23\x61a",
        b"\xd8\x1c\x80",
        b"\xd9\x01\x02\x80",
        b"\xd9\xff\xff\x00",
        b"\xdb" + b"\xff" * 8 + b"\x00",
    ],
    ids=["bignum", "decimal", "regular expression", "shared", "set", "unknown", "largest"],
)
def test_no_tag_is_ever_interpreted(field: bytes) -> None:
    """Where other fields may be unknown no type check would stop one."""
    with pytest.raises(WireError):
        leading_integers(b"\x83\x01\x01" + field, 2)


def test_no_number_is_ever_the_key_of_a_map() -> None:
    """Twenty thousand of these, whose hashes are all the same, kept the processor busy for five seconds."""
    for key in (1, 2**61 - 1, -(2**61 - 1), None, True, (1, 2)):
        with pytest.raises(WireError):
            leading_integers(b"\x83\x01\x01" + cbor2.dumps({key: 0}), 2)


@pytest.mark.parametrize("kind", [bytearray, memoryview])
def test_other_kinds_of_buffers_are_read_alike(kind: Callable[[bytes], bytes]) -> None:
    assert decode(Sample, kind(encode(SAMPLE))) == SAMPLE
    with pytest.raises(WireError):
        decode(Sample, kind(encode(SAMPLE) + b"\x00"))
