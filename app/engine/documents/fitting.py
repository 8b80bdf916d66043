# SPDX-License-Identifier: AGPL-3.0-or-later
"""Makes what a format gave fit into what may be told: bounds of the interface, and of one message."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final

from app.engine.documents.messages import MAX_DOCUMENT_BYTES
from app.engine.ports.documents import MAX_FACTS, MAX_PROBLEMS, MAX_TEXT_BYTES, ReadDocument
from app.interface.documents import (
    MAX_BLOCKS,
    MAX_PARTS,
    DocumentPatient,
    DocumentProblem,
    Fact,
    Part,
)
from crypto_core.errors import WireError
from crypto_core.wire.codec import encode
from crypto_core.wire.limits import MAX_FILE_NAME_BYTES, MIB

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.engine.documents.parsed import ContainedPart, Parsed
    from app.interface.documents import Block

_SHORT_BYTES: Final = 4096
_BLOCKS_BYTES: Final = MAX_DOCUMENT_BYTES - 3 * MIB // 2
"""What facts and parts may take at most is left free."""


def fitted(
    parsed: Parsed, *, pages: int = 0, first_page_size: tuple[int, int] = (0, 0)
) -> ReadDocument:
    """Return a document as it is told; what does not fit is left out at its end, and said."""
    blocks = _fitting(parsed.blocks)
    parts = tuple(_part(part, len(parsed.parts)) for part in parsed.parts[:MAX_PARTS])
    is_cut = len(blocks) < len(parsed.blocks) or len(parts) < len(parsed.parts)
    problems = dict.fromkeys((*parsed.problems, *((DocumentProblem.CUT,) if is_cut else ())))
    patient = parsed.patient
    return ReadDocument(
        kind=parsed.kind,
        facts=tuple(
            Fact(kind=fact.kind, text=clipped(fact.text, _SHORT_BYTES))
            for fact in parsed.facts[:MAX_FACTS]
        ),
        patient=None
        if patient is None
        else DocumentPatient(
            family_name=clipped(patient.family_name, _SHORT_BYTES),
            given_name=clipped(patient.given_name, _SHORT_BYTES),
            birth_date=clipped(patient.birth_date, 10),
        ),
        type_code=clipped(parsed.type_code, 64),
        blocks=blocks,
        pages=min(pages, 100_000),
        first_page_width=first_page_size[0],
        first_page_height=first_page_size[1],
        parts=parts,
        problems=tuple(problems)[:MAX_PROBLEMS],
        has_abnormal=parsed.has_abnormal,
    )


def text_of(parsed: Parsed, drawn_text: str = "") -> str:
    """Return what of a document a search should find: its head, its blocks, the text of its pages."""
    pieces = [fact.text for fact in parsed.facts]
    for block in parsed.blocks:
        pieces.append(block.text)
        pieces += [" ".join(cell.text for cell in row) for row in block.rows]
    pieces += [piece for part in parsed.parts for piece in (part.title, part.name)]
    pieces.append(drawn_text)
    return clipped("\n".join(piece for piece in pieces if piece), MAX_TEXT_BYTES)


def clipped(text: str, most: int) -> str:
    """Return a text that has a UTF-8 form of at most so many bytes."""
    return text[:most].encode(errors="replace")[:most].decode(errors="ignore")


def _fitting(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The first blocks, as many as there is room for."""
    fitting: list[Block] = []
    room = _BLOCKS_BYTES
    for block in blocks[:MAX_BLOCKS]:
        try:
            room -= len(encode(block))
        except WireError:
            # A format that does not keep the bounds; its text may still be shown.
            plain = dataclasses.replace(block, text=clipped(block.text, 65536), marks=(), rows=())
            room -= len(encode(plain))
            if room >= 0:
                fitting.append(plain)
            continue
        if room < 0:
            break
        fitting.append(block)
    return tuple(fitting)


def _part(part: ContainedPart, count: int) -> Part:
    same_as = part.same_as
    return Part(
        kind=part.kind,
        name=clipped(part.name, MAX_FILE_NAME_BYTES),
        title=clipped(part.title, _SHORT_BYTES // 4),
        size=len(part.content),
        same_as=same_as if same_as is not None and same_as < min(count, MAX_PARTS) else None,
        problems=part.problems[:MAX_PROBLEMS],
    )
