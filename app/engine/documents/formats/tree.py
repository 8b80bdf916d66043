# SPDX-License-Identifier: AGPL-3.0-or-later
"""XML of other people as a bounded tree: no document type, no entities, nothing fetched."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, XMLParser

from app.engine.documents.formats.limits import MAX_TREE_DEPTH, MAX_TREE_NODES, MAX_XML_BYTES
from app.engine.documents.formats.texts import decode
from app.engine.documents.parsed import UnreadableError
from app.interface.documents import DocumentProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

_NO_MARK_NEEDED: Final = "utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An element by its local name; names of attributes are local ones too."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict, repr=False)
    children: list[Node | str] = field(default_factory=list, repr=False)

    def get(self, name: str) -> str:
        """Return an attribute, or nothing."""
        return self.attributes.get(name, "")

    def nodes(self, tag: str) -> Iterator[Node]:
        """Return the children of that name."""
        return (child for child in self.children if isinstance(child, Node) and child.tag == tag)

    def first(self, *path: str) -> Node | None:
        """Return the first descendant along a path of names."""
        node: Node | None = self
        for tag in path:
            if node is None:
                return None
            node = next(node.nodes(tag), None)
        return node

    def all(self, *path: str) -> list[Node]:
        """Return every descendant along a path of names."""
        found = [self]
        for tag in path:
            found = [child for node in found for child in node.nodes(tag)]
        return found

    def walk(self) -> Iterator[Node]:
        """Return this element and all below it, in order."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(child for child in reversed(node.children) if isinstance(child, Node))

    def text(self) -> str:
        """Return all text below."""
        pieces: list[str] = []
        waiting: list[Node | str] = [self]
        while waiting:
            piece = waiting.pop()
            if isinstance(piece, str):
                pieces.append(piece)
            else:
                waiting.extend(reversed(piece.children))
        return "".join(pieces)


class TreeBuilder:
    """Takes elements as a parser meets them. Raises UnreadableError when they are too many or too deep."""

    def __init__(self) -> None:
        self.root: Node | None = None
        """The outermost element, once it has begun."""
        self._open: list[Node] = []
        self._count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        self._count += 1 + len(attributes)
        if self._count > MAX_TREE_NODES or len(self._open) >= MAX_TREE_DEPTH:
            raise UnreadableError(DocumentProblem.TOO_LARGE)
        node = Node(
            tag=_local(tag), attributes={_local(name): value for name, value in attributes.items()}
        )
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)

    def end(self, _tag: str) -> None:
        """End the element begun last."""
        self._open.pop()

    def data(self, text: str) -> None:
        """Take a piece of text."""
        if self._open:
            self._open[-1].children.append(text)

    def close(self) -> None:
        """Take the end of the document."""


def parse(content: bytes) -> tuple[Node, bool]:
    """Return an XML document's root, and whether its characters had to be guessed. Raises UnreadableError."""
    if len(content) > MAX_XML_BYTES:
        raise UnreadableError(DocumentProblem.TOO_LARGE)
    try:
        return _parse(content, None), False
    except ParseError:
        # Software that says UTF-8 and writes Windows characters is common enough to be read.
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            text, _guessed = decode(content)
        else:
            raise UnreadableError(DocumentProblem.DAMAGED) from None
    except (DefusedXmlException, LookupError, ValueError):
        raise UnreadableError(DocumentProblem.DAMAGED) from None
    try:
        return _parse(text.encode("utf-8", "replace"), _NO_MARK_NEEDED), True
    except (ParseError, DefusedXmlException, LookupError, ValueError):
        raise UnreadableError(DocumentProblem.DAMAGED) from None


def _parse(content: bytes, encoding: str | None) -> Node:
    # At once and not in pieces: an element that never ends costs expat a square of its pieces.
    builder = TreeBuilder()
    parser = XMLParser(target=builder, encoding=encoding, forbid_dtd=True)
    parser.feed(content)
    parser.close()
    if builder.root is None:
        raise UnreadableError(DocumentProblem.DAMAGED)
    return builder.root


def _local(name: str) -> str:
    return name.rpartition("}")[2]
