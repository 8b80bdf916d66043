# SPDX-License-Identifier: AGPL-3.0-or-later
"""The words of French letters: what finds what, and what does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from app.engine.search.highlights import Highlighter
from app.engine.search.queries import parse
from crypto_core.abks.french import NORMALISATION, Normaliser

VECTORS: Final[dict[str, Any]] = json.loads(
    Path(__file__).with_name("search_words.json").read_text(encoding="utf-8")
)


def finds(query: str, text: str) -> bool:
    """Whether every word of a query is in a text; the blank says that the last one is written out."""
    normaliser = Normaliser()
    wanted = parse(f"{query} ", normaliser)
    matched = {match[2] for match in Highlighter(wanted, normaliser).matches(text)}
    return len(wanted) > 0 and matched == set(range(len(wanted)))


def test_the_vectors_are_of_these_rules() -> None:
    assert VECTORS["normalisation"] == NORMALISATION


@pytest.mark.parametrize(("query", "text"), VECTORS["found"])
def test_found(query: str, text: str) -> None:
    assert finds(query, text)


@pytest.mark.parametrize(("query", "text"), VECTORS["not_found"])
def test_not_found(query: str, text: str) -> None:
    assert not finds(query, text)


@pytest.mark.parametrize("case", VECTORS["readings"], ids=lambda case: case["text"])
def test_reading(case: dict[str, Any]) -> None:
    text = case["text"]
    reading = Normaliser().read(text)
    words = [[text[each.start : each.end], *each[2:]] for each in reading.words]
    assert words == case["words"]
    assert [[text[each.start : each.end], each.form] for each in reading.joined] == case["joined"]
