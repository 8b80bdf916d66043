# SPDX-License-Identifier: AGPL-3.0-or-later
"""What somebody typed becomes what a letter must have. Any text is a query; none of it is syntax but the quotation marks.

Words are joined by "and". The last one counts as the beginning of one while it is being typed, that is until
something follows it. What has no blank in it (compte-rendu, 10mg, a date, an address) stands together.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from app.engine.ports.search import Alternative, Wanted
from crypto_core.abks.french import STOP_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crypto_core.abks.french import Joined, Normaliser, Word

_QUOTES: Final = re.compile(r"[\"«»“”„]")
_SHORTEST_BEGINNING: Final = 2
"""One letter begins too many words to say anything; it is looked for as a word."""


def parse(text: str, normaliser: Normaliser) -> tuple[Wanted, ...]:
    """Return what is wanted, without repetitions; empty for a text without words."""
    pieces = _QUOTES.split(text)
    is_typing = text[-1:].isalnum()
    wanted: dict[Wanted, None] = {}
    common: dict[Wanted, None] = {}
    for index, piece in enumerate(pieces):
        reading = normaliser.read(piece)
        is_last = index == len(pieces) - 1
        if not reading.words:
            continue
        if index % 2:
            groups = [(0, len(reading.words) - 1)]
        else:
            groups = list(_groups(piece, reading.words, reading.joined))
        for first, last in groups:
            is_open = is_typing and is_last and last == len(reading.words) - 1
            words = reading.words[first : last + 1]
            joined = [each for each in reading.joined if (each.first, each.last) == (first, last)]
            item = Wanted(alternatives=tuple(_alternatives(words, joined, is_open=is_open)))
            is_common = len(words) == 1 and words[0].form in STOP_WORDS
            (common if is_common and not is_open else wanted)[item] = None
    return tuple(wanted or common)


def _groups(
    text: str, words: Sequence[Word], joined: Sequence[Joined]
) -> Iterator[tuple[int, int]]:
    """Words that stand together without a blank, or as one date or number."""
    bound = {
        index
        for index, (left, right) in enumerate(pairwise(words))
        if not any(each.isspace() for each in text[left.end : right.start])
    } | {index for each in joined for index in range(each.first, each.last)}
    first = 0
    for index in range(len(words)):
        if index not in bound:
            yield first, index
            first = index + 1


def _alternatives(
    words: Sequence[Word], joined: Sequence[Joined], *, is_open: bool
) -> Iterator[Alternative]:
    found: dict[Alternative, None] = {}
    stems = tuple(word.stem for word in words)
    found[Alternative(words=stems)] = None
    last = words[-1]
    if len(words) == 1:
        found[Alternative(words=(last.other,))] = None
    if is_open and (len(last.form) >= _SHORTEST_BEGINNING or len(words) > 1):
        found[Alternative(words=(*stems[:-1], last.form), is_beginning=True)] = None
    for each in joined:
        found[Alternative(words=(each.form,), is_beginning=is_open)] = None
        found[Alternative(words=(each.stem,))] = None
    yield from found
