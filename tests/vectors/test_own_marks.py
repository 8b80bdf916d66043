# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs `own_marks/*.json`: which marks make sense, whose word holds, and the stamp that comes next."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from crypto_core.errors import WireError
from crypto_core.wire.codec import decode
from crypto_core.wire.content import MarkField, OwnMarks, Stamp
from crypto_core.wire.ids import DeviceId, UnixMillis
from crypto_core.wire.own_marks import following, is_sound, prevails
from tests.vectors.cases import differences
from tests.vectors.generate_own_marks import EVERY, FOLDER, SOURCE, cases, spelled

if TYPE_CHECKING:
    from pathlib import Path

FILES: Final = sorted(FOLDER.glob("*.json"))


def read(stamp: list[Any] | None) -> Stamp | None:
    if stamp is None:
        return None
    time, count, device = stamp
    return Stamp(time=UnixMillis(time), count=count, device=DeviceId(bytes.fromhex(device)))


def received(given: dict[str, Any]) -> list[int]:
    """Which marks of a section change something, the others of their subject and field being known as given."""
    known: dict[tuple[MarkField, bytes], Stamp | None] = {}
    held: list[int] = []
    for index, mark in enumerate(decode(OwnMarks, bytes.fromhex(given["section"])).marks):
        about = (mark.field, bytes(mark.subject))
        if is_sound(mark) and prevails(mark, known.get(about, read(given["known"]))):
            known[about] = mark.stamp
            held.append(index)
    return held


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_vector(path: Path) -> None:
    vector = json.loads(path.read_text(encoding="utf-8"))
    given = vector["input"]
    if vector["expect"] == "wire":
        with pytest.raises(WireError):
            received(given)
    elif vector["operation"] == "following":
        newest, device = read(given["newest"]), DeviceId(bytes.fromhex(given["device"]))
        assert newest is not None
        assert spelled(following(newest, device, given["now"])) == vector["output"]
    else:
        assert received(given) == vector["output"]


def test_the_vectors_have_every_field() -> None:
    assert {each.field for each in EVERY} == set(MarkField)


def test_the_vectors_are_those_of_the_generator() -> None:
    assert differences(FOLDER, SOURCE, cases()) == []
