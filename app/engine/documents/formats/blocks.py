# SPDX-License-Identifier: AGPL-3.0-or-later
"""Puts blocks together within the bounds of what is shown, and says when something was left out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from app.engine.documents.formats.limits import (
    MAX_BLOCK_BYTES,
    MAX_BLOCK_MARKS,
    MAX_BLOCKS,
    MAX_CELL_BYTES,
    MAX_FACTS,
    MAX_LINE_BYTES,
    MAX_NAME_BYTES,
    MAX_PARTS,
    MAX_PARTS_BYTES,
    MAX_PROBLEMS,
    MAX_ROW_CELLS,
    MAX_SHOWN_BYTES,
    MAX_TABLE_CELLS,
    MAX_TABLE_ROWS,
)
from app.engine.documents.formats.texts import clean, clip, one_line
from app.engine.documents.parsed import ContainedPart, Parsed
from app.interface.documents import (
    Block,
    BlockKind,
    Cell,
    DocumentProblem,
    Fact,
    FactKind,
    Flag,
)
from crypto_core.wire.content import Mark, MarkKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.interface.documents import DocumentKind, DocumentPatient, Remark

_SPACES: Final = re.compile(r"[ \t\n\r\f\v]+")


class Run:
    """Text of one block as it grows: spaces become one, lines break only where they are told to."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._bytes = 0
        self._has_space = False
        self._bold_from: int | None = None
        self._marks: list[Mark] = []
        self.is_cut = False

    def __bool__(self) -> bool:
        return self._length > 0

    def text(self, text: str) -> None:
        """Add text whose spaces and line ends mean nothing."""
        text = _SPACES.sub(" ", clean(text))
        if text.startswith(" "):
            self._has_space = True
            text = text[1:]
        if not text:
            return
        self._space()
        if text.endswith(" "):
            self._has_space = True
            text = text[:-1]
        self._add(text)

    def line(self) -> None:
        """Break the line; a run never begins with an empty one."""
        self._has_space = False
        if self._length:
            self._add("\n")

    def set_bold(self, *, is_bold: bool) -> None:
        """Begin or end bold text."""
        if is_bold and self._bold_from is None:
            # The space before it is not bold.
            self._space()
            self._bold_from = self._length
        elif not is_bold and self._bold_from is not None:
            self._mark(self._bold_from)
            self._bold_from = None

    def take(self, most_bytes: int = MAX_BLOCK_BYTES) -> tuple[str, tuple[Mark, ...]]:
        """Return the text and its marks, and begin anew; what is bold stays so."""
        is_bold = self._bold_from is not None
        self.set_bold(is_bold=False)
        text = clip("".join(self._pieces), most_bytes).rstrip()
        marks = tuple(
            Mark(kind=mark.kind, start=mark.start, end=min(mark.end, len(text)))
            for mark in self._marks[:MAX_BLOCK_MARKS]
            if mark.start < len(text)
        )
        self._pieces.clear()
        self._marks.clear()
        self._length = self._bytes = 0
        self._has_space = False
        self.set_bold(is_bold=is_bold)
        return text, marks

    def _space(self) -> None:
        if self._has_space and self._length and not self._pieces[-1].endswith("\n"):
            self._add(" ")
        self._has_space = False

    def _add(self, text: str) -> None:
        if self._bytes > MAX_BLOCK_BYTES:
            self.is_cut = True
            return
        self._pieces.append(text)
        self._length += len(text)
        self._bytes += len(text.encode())
        self.is_cut = self.is_cut or self._bytes > MAX_BLOCK_BYTES

    def _mark(self, start: int) -> None:
        if self._length > start:
            self._marks.append(Mark(kind=MarkKind.BOLD, start=start, end=self._length))


class Page:
    """Blocks, facts, parts and problems of a document, as they are found."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._facts: list[Fact] = []
        self._parts: list[ContainedPart] = []
        self._problems: list[DocumentProblem] = []
        self._room = MAX_SHOWN_BYTES
        self._parts_room = MAX_PARTS_BYTES
        self.patient: DocumentPatient | None = None
        self.has_abnormal = False

    def problem(self, problem: DocumentProblem) -> None:
        """Say something about the document, once."""
        if problem not in self._problems:
            self._problems.append(problem)

    def fact(self, kind: FactKind, text: str) -> None:
        """Add a line to the head; nothing if it says nothing, or was said."""
        fact = Fact(kind=kind, text=one_line(text))
        if fact.text and fact not in self._facts and len(self._facts) < MAX_FACTS:
            self._facts.append(fact)

    def heading(self, text: str, level: int) -> None:
        """Add a heading, level 1 to 6."""
        text = one_line(text)
        if text:
            self._block(
                Block(kind=BlockKind.HEADING, text=text, level=min(max(level, 1), 6)), len(text)
            )

    def paragraph(self, text: str, marks: tuple[Mark, ...] = ()) -> None:
        """Add a paragraph of cleaned text."""
        if text.strip():
            self._block(Block(kind=BlockKind.PARAGRAPH, text=text, marks=marks), len(text.encode()))

    def entry(
        self, text: str, marks: tuple[Mark, ...] = (), *, level: int = 1, number: int = 0
    ) -> None:
        """Add an entry of a list."""
        if text.strip():
            self._block(
                Block(
                    kind=BlockKind.ENTRY,
                    text=text,
                    marks=marks,
                    level=min(max(level, 1), 6),
                    number=min(max(number, 0), 100_000),
                ),
                len(text.encode()),
            )

    def code(self, text: str) -> None:
        """Add text that keeps its columns, in as many blocks as it takes."""
        text = clean(text).expandtabs(8).strip("\n")
        while text.strip():
            piece = clip(text, MAX_BLOCK_BYTES)
            if len(piece) < len(text) and "\n" in piece:
                piece = piece[: piece.rindex("\n") + 1]
            if not self._block(
                Block(kind=BlockKind.CODE, text=piece.rstrip()), len(piece.encode())
            ):
                return
            text = text[len(piece) :]

    def rule(self) -> None:
        """Add a line across, unless there is one."""
        if self._blocks and self._blocks[-1].kind is not BlockKind.RULE:
            self._block(Block(kind=BlockKind.RULE), 8)

    def table(self, rows: Iterable[tuple[Cell, ...]]) -> None:
        """Add a table; rows and cells beyond the bounds are left out, and it is said."""
        kept: list[tuple[Cell, ...]] = []
        cells = size = 0
        for row in rows:
            if len(kept) >= MAX_TABLE_ROWS or cells >= MAX_TABLE_CELLS or size > self._room:
                self.problem(DocumentProblem.CUT)
                break
            if len(row) > MAX_ROW_CELLS:
                self.problem(DocumentProblem.CUT)
            row = row[:MAX_ROW_CELLS]  # noqa: PLW2901 - the rest of the row is gone for good
            cells += len(row)
            size += sum(len(cell.text.encode()) + 8 for cell in row)
            kept.append(row)
            self.has_abnormal = self.has_abnormal or any(cell.flag is not Flag.NONE for cell in row)
        if any(cell.text for row in kept for cell in row):
            self._block(Block(kind=BlockKind.TABLE, rows=tuple(kept)), size)

    def part(self, part: ContainedPart) -> int | None:
        """Add a part and return its number; None when there is no room for it."""
        if len(self._parts) >= MAX_PARTS or len(part.content) > self._parts_room:
            self.problem(DocumentProblem.CUT)
            return None
        self._parts_room -= len(part.content)
        self._parts.append(part)
        return len(self._parts) - 1

    def parsed(self, kind: DocumentKind) -> Parsed:
        """Return what was put together."""
        return Parsed(
            kind=kind,
            facts=tuple(self._facts),
            patient=self.patient,
            blocks=tuple(self._blocks),
            parts=tuple(self._parts),
            problems=tuple(self._problems[:MAX_PROBLEMS]),
            has_abnormal=self.has_abnormal,
        )

    def _block(self, block: Block, size: int) -> bool:
        if len(self._blocks) >= MAX_BLOCKS or size > self._room:
            self.problem(DocumentProblem.CUT)
            # Nothing small may follow what was left out, as if nothing were missing.
            self._room = 0
            return False
        self._room -= size + 8
        self._blocks.append(block)
        return True


def cell(
    text: str,
    *,
    is_head: bool = False,
    flag: Flag = Flag.NONE,
    remarks: tuple[Remark, ...] = (),
    columns: int = 1,
    rows: int = 1,
) -> Cell:
    """Return a field of a table, within the bounds."""
    return Cell(
        text=clip(clean(text).strip(), MAX_CELL_BYTES),
        is_head=is_head,
        flag=flag,
        remarks=remarks,
        columns=min(max(columns, 1), MAX_ROW_CELLS),
        rows=min(max(rows, 1), 1000),
    )


def title_of(text: str) -> str:
    """Return a part's title, on one line."""
    return one_line(text, MAX_LINE_BYTES)


def file_name(text: str) -> str:
    """Return the last piece of a file's name, as a name to be shown; never a path, never hidden."""
    name = one_line(text.replace("\\", "/"), MAX_LINE_BYTES).rstrip("/").rpartition("/")[2]
    stem, dot, ending = name.strip(" .").rpartition(".")
    if dot and len(ending) <= 8:
        return clip(stem, MAX_NAME_BYTES - 9 - len(ending) * 3) + dot + ending
    return clip(name.strip(" ."), MAX_NAME_BYTES)
