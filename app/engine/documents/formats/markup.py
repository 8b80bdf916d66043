# SPDX-License-Identifier: AGPL-3.0-or-later
"""HTML of other people as a bounded tree of its elements; programs and styles in it are left out.

Reads each character once. The standard library's parser takes the square of the length for some unfinished
markup (CVE-2025-6069), and the versions of Python that we support are not all free of it.
"""

from __future__ import annotations

import re
from typing import Final

from app.engine.documents.formats.limits import MAX_MARKUP_BYTES, MAX_TREE_DEPTH, MAX_TREE_NODES
from app.engine.documents.formats.texts import unescape
from app.engine.documents.formats.tree import Node

_NAME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9:-]{0,60}")
_ATTRIBUTE: Final = re.compile(
    r"""[\s/]*([^\s=>/"']{1,100})(?:\s{0,20}=\s{0,20}(?:"([^"]{0,100000})"|'([^']{0,100000})'|([^\s>"']{1,100000})))?"""
)
_MAX_ATTRIBUTES: Final = 40
_VOID: Final = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr")
)
# Their content is no text, up to their end mark; it is dropped, with the one exception of a count.
_RAW: Final = frozenset(
    ("script", "style", "title", "textarea", "xmp", "noembed", "iframe", "noframes")
)
# What ends by itself where its like begins.
_ENDED_BY: Final = {
    "p": frozenset(("p",)),
    "li": frozenset(("li",)),
    "tr": frozenset(("tr", "td", "th")),
    "td": frozenset(("td", "th")),
    "th": frozenset(("td", "th")),
    "option": frozenset(("option",)),
}


def parse_markup(text: str) -> tuple[Node, bool]:
    """Return HTML as a tree below an element `html`, and whether something was left out. Raises nothing."""
    reader = _Reader(text[:MAX_MARKUP_BYTES])
    reader.read()
    return reader.root, reader.is_cut or len(text) > MAX_MARKUP_BYTES


class _Reader:
    """Goes through the text once, from mark to mark."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.root = Node(tag="html")
        self._open = [self.root]
        self._count = 0
        self.is_cut = False

    def read(self) -> None:
        text, at = self._text, 0
        while at < len(text):
            mark = text.find("<", at)
            if mark < 0:
                mark = len(text)
            if mark > at:
                self._open[-1].children.append(unescape(text[at:mark]))
            at = self._mark(mark) if mark < len(text) else mark

    def _mark(self, at: int) -> int:
        """Read what begins with `<`; return where the rest begins."""
        text = self._text
        if text.startswith("<!--", at):
            return self._after("-->", at + 4)
        if text.startswith(("<!", "<?"), at):
            return self._after(">", at + 2)
        is_end = text.startswith("</", at)
        name = _NAME.match(text, at + 1 + is_end)
        if name is None:
            self._open[-1].children.append("<")
            return at + 1
        tag = name.group().lower()
        if is_end:
            self._end(tag)
            return self._after(">", name.end())
        return self._start(tag, name.end())

    def _start(self, tag: str, at: int) -> int:
        text = self._text
        attributes: dict[str, str] = {}
        while len(attributes) < _MAX_ATTRIBUTES:
            found = _ATTRIBUTE.match(text, at)
            if found is None:
                break
            value = found.group(2) or found.group(3) or found.group(4) or ""
            attributes.setdefault(found.group(1).lower(), unescape(value))
            at = found.end()
        at = self._after(">", at)
        self._count += 1 + len(attributes)
        if self._count > MAX_TREE_NODES:
            self.is_cut = True
            return len(text)
        node = Node(tag=tag, attributes=attributes)
        ended = _ENDED_BY.get(tag)
        if ended and self._open[-1].tag in ended:
            self._open.pop()
            if tag == "tr" and self._open[-1].tag == "tr":
                self._open.pop()
        self._open[-1].children.append(node)
        if tag in _RAW:
            return self._after_raw(tag, at)
        if tag not in _VOID and not text.startswith("/>", at - 2):
            # What lies deeper is shown with the rest of this depth.
            if len(self._open) < MAX_TREE_DEPTH:
                self._open.append(node)
            else:
                self.is_cut = True
        return at

    def _end(self, tag: str) -> None:
        """End the nearest open element of that name, and what is open in it; nothing if there is none."""
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag == tag:
                del self._open[depth:]
                return

    def _after(self, end: str, at: int) -> int:
        found = self._text.find(end, at)
        if found < 0:
            # Without its end the mark swallows the rest, as in every browser.
            return len(self._text)
        return found + len(end)

    def _after_raw(self, tag: str, at: int) -> int:
        found = re.compile(f"</{tag}", re.IGNORECASE).search(self._text, at)
        return self._after(">", found.end()) if found else len(self._text)
