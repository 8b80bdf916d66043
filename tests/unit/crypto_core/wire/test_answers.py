# SPDX-License-Identifier: AGPL-3.0-or-later
"""An automatic answer is a text and nothing else."""

from __future__ import annotations

import pytest

from crypto_core.errors import WireError
from crypto_core.wire.codec import encode
from crypto_core.wire.content import CONTENT_TYPES, Letter, LetterDetails
from crypto_core.wire.envelope import Section
from crypto_core.wire.letters import read_answer

TEXT = Letter(version=1, subject="Absence", text="De retour lundi.")
DETAILS = LetterDetails(version=1, marks=(), patient=None, is_answer_wanted=True)


def sections(*contents: object) -> list[Section]:
    return [
        Section(salt=bytes(16), content_type=CONTENT_TYPES[type(each)], content=encode(each))
        for each in contents
    ]


def test_a_text_is_read() -> None:
    parts = read_answer(sections(TEXT))
    assert (parts.letter, parts.details, parts.attachments) == (TEXT, None, ())


@pytest.mark.parametrize("contents", [(), (DETAILS,), (TEXT, TEXT), (TEXT, DETAILS)])
def test_anything_more_or_else_is_none(contents: tuple[object, ...]) -> None:
    with pytest.raises(WireError):
        read_answer(sections(*contents))
