# SPDX-License-Identifier: AGPL-3.0-or-later
"""What reading a file gives: blocks, facts, parts with their own bytes. Imports interface types only."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.interface.documents import Block, DocumentKind, DocumentPatient, DocumentProblem, Fact


class UnreadableError(Exception):
    """A file cannot be shown at all; `problem` says why."""

    def __init__(self, problem: DocumentProblem) -> None:
        super().__init__(problem.name)
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainedPart:
    """A document inside a document, with its bytes."""

    kind: DocumentKind
    name: str = field(repr=False)
    title: str = field(repr=False)
    content: bytes = field(repr=False)
    same_as: int | None = None
    problems: tuple[DocumentProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A file as it is shown. Formats with pages are drawn by their own modules, page by page."""

    kind: DocumentKind
    facts: tuple[Fact, ...] = ()
    patient: DocumentPatient | None = None
    type_code: str = ""
    """Of a CDA document."""
    blocks: tuple[Block, ...] = field(default=(), repr=False)
    parts: tuple[ContainedPart, ...] = ()
    problems: tuple[DocumentProblem, ...] = ()
    has_abnormal: bool = False
