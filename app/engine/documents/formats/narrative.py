# SPDX-License-Identifier: AGPL-3.0-or-later
"""Text with structure (narratives of CDA and FHIR, HTML of mails) as blocks.

Only what this module knows has an effect; of anything else the text is shown. Nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from app.engine.documents.formats.blocks import Run, cell
from app.engine.documents.formats.limits import MAX_CELL_BYTES
from app.engine.documents.formats.tree import Node
from app.interface.documents import DocumentProblem, Flag

if TYPE_CHECKING:
    from app.engine.documents.formats.blocks import Page
    from app.interface.documents import Cell

_BLOCKS: Final = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "header",
        "html",
        "main",
        "nav",
        "p",
        "paragraph",
        "section",
        "summary",
        "text",
    ]
)
_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_ACTIVE: Final = frozenset(("script", "object", "embed", "applet", "iframe"))
_UNSHOWN: Final = frozenset(
    [
        "applet",
        "base",
        "colgroup",
        "col",
        "embed",
        "head",
        "iframe",
        "link",
        "meta",
        "noframes",
        "object",
        "script",
        "style",
        "template",
        "title",
    ]
)
_BOLD: Final = frozenset(("b", "strong"))
_REMOTE: Final = ("http:", "https:", "ftp:", "//")
_SUPERSCRIPTS: Final = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")  # noqa: RUF001 - minus signs
_SUBSCRIPTS: Final = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")  # noqa: RUF001 - minus signs
_RAISED: Final = re.compile(r"[0-9+\-−=()n]*")  # noqa: RUF001 - minus signs
_LOWERED: Final = re.compile(r"[0-9+\-−=()]*")  # noqa: RUF001 - minus signs
_REMOTE_STYLE: Final = re.compile(r"url\(\s*['\"]?\s*(?:https?:|//)", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[0-9]{1,4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """What elements of a narrative point to, or are pointed at by, outside of it."""

    parts: Mapping[str, int] = field(default_factory=dict)
    """Numbers of parts, from 1, by the name under which the narrative shows them."""
    flags: Mapping[str, tuple[Flag, str]] = field(default_factory=dict)
    """What was said about a value, and the value as it is written, by the name of its place in the narrative."""


class Narrative:
    """Walks through one narrative, and sets it on a page."""

    def __init__(self, page: Page, *, level: int = 1, references: References | None = None) -> None:
        self._page = page
        self._level = level
        """Of the heading above; the narrative's own ones are below it."""
        self._references = references or References()
        self._run = Run()
        self._cells = 0
        """How many fields of tables are open: in one, everything is text of the field."""
        self._lists = 0
        self._number = 0
        self._is_entry = False
        self._notes: list[str] = []
        self._note_numbers: dict[str, int] = {}

    def set(self, node: Node) -> None:
        """Set what is inside an element, with its footnotes at the end."""
        self._children(node)
        self._flush()
        for number, note in enumerate(self._notes, start=1):
            self._page.entry(f"[note {number}] {note}")
        self._notes.clear()

    # --- elements -----------------------------------------------------------------------------------

    def _children(self, node: Node) -> None:
        for child in node.children:
            if isinstance(child, str):
                self._run.text(child)
            else:
                self._element(child)

    def _element(self, node: Node) -> None:  # noqa: C901 - one line for each element
        tag = node.tag
        self._look_for_remote(node)
        if tag in _UNSHOWN:
            if tag in _ACTIVE:
                self._page.problem(DocumentProblem.ACTIVE_CONTENT)
        elif tag == "br":
            self._run.line()
        elif tag == "table":
            self._table(node)
        elif tag in {"ul", "ol", "list"}:
            self._list(node)
        elif tag in _HEADINGS:
            self._heading(node, self._level + _HEADINGS[tag])
        elif tag == "hr":
            self._flush()
            if not self._cells:
                self._page.rule()
        elif tag == "pre":
            self._preformatted(node)
        elif tag in _BLOCKS or tag in {"caption", "li", "item", "tr"}:
            self._flush()
            self._children(node)
            self._flush()
        elif tag in {"td", "th"}:
            self._children(node)
            self._run.text(" ")
        else:
            self._inline(node)

    def _inline(self, node: Node) -> None:
        tag = node.tag
        if tag in _BOLD or (tag == "content" and "bold" in node.get("styleCode").lower()):
            self._run.set_bold(is_bold=True)
            self._children(node)
            self._run.set_bold(is_bold=False)
        elif tag in {"sup", "sub"}:
            self._shifted(node)
        elif tag in {"del", "s", "strike"} or node.get("revised") == "delete":
            # Shown as ordinary text it would say the contrary of what its author wants.
            self._run.text("[−")  # noqa: RUF001 - a minus sign
            self._children(node)
            self._run.text("−]")  # noqa: RUF001 - a minus sign
        elif tag in {"a", "linkHtml"}:
            self._link(node)
        elif tag == "img":
            self._run.text(node.get("alt"))
        elif tag == "renderMultiMedia":
            self._media(node)
        elif tag == "footnote":
            self._footnote(node)
        elif tag == "footnoteRef":
            number = self._note_numbers.get(node.get("IDREF"))
            self._run.text(f"[note {number}]" if number else "[note]")
        else:
            self._children(node)

    def _flush(self) -> None:
        if self._cells:
            self._run.line()
            return
        if not self._run:
            return
        if self._run.is_cut:
            self._page.problem(DocumentProblem.CUT)
        text, marks = self._run.take()
        if self._is_entry:
            self._page.entry(text, marks, level=self._lists, number=self._number)
            # A second paragraph of an entry is no entry of its own.
            self._is_entry = False
        else:
            self._page.paragraph(text, marks)

    def _heading(self, node: Node, level: int) -> None:
        self._flush()
        self._children(node)
        if self._cells:
            self._flush()
            return
        text, _marks = self._run.take()
        self._page.heading(text, level)

    def _preformatted(self, node: Node) -> None:
        self._flush()
        if self._cells:
            for line in node.text().split("\n"):
                self._run.text(line)
                self._run.line()
        else:
            self._page.code(node.text())

    def _list(self, node: Node) -> None:
        self._flush()
        is_ordered = node.tag == "ol" or node.get("listType").lower() == "ordered"
        self._lists += 1
        number = 0
        for child in node.children:
            if isinstance(child, str):
                continue
            if child.tag not in {"li", "item"}:
                self._element(child)
                continue
            number += 1
            self._item(child, number if is_ordered else 0)
        self._lists -= 1
        self._is_entry = False

    def _item(self, node: Node, number: int) -> None:
        if self._cells:
            self._flush()
            self._run.text(f"{number}. " if number else "• ")
            self._children(node)
            self._flush()
            return
        self._is_entry, self._number = True, number
        caption = node.first("caption")
        if caption:
            self._run.set_bold(is_bold=True)
            self._children(caption)
            self._run.set_bold(is_bold=False)
            self._run.text(" ")
        self._children(
            Node(tag="item", children=[child for child in node.children if child is not caption])
        )
        self._flush()
        self._is_entry = False

    def _link(self, node: Node) -> None:
        self._children(node)
        address = node.get("href").strip()
        # A link's words may say another address than the one it leads to.
        if (
            address.lower().startswith(("http:", "https:", "ftp:"))
            and address != node.text().strip()
        ):
            self._run.text(f" ({address[:2000]})")

    def _media(self, node: Node) -> None:
        for name in node.get("referencedObject").split():
            number = self._references.parts.get(name)
            self._run.text(f" [document {number}] " if number else " [document] ")
        self._children(node)

    def _footnote(self, node: Node) -> None:
        self._notes.append(" ".join(node.text().split())[:4000])
        number = len(self._notes)
        self._note_numbers[node.get("ID")] = number
        self._run.text(f"[note {number}]")

    def _shifted(self, node: Node) -> None:
        """Write 10⁹ and CO₂: with the shift left out, 10⁹ would read as 109."""
        text = node.text().strip()
        if node.tag == "sup":
            fits, table, mark = _RAISED.fullmatch(text), _SUPERSCRIPTS, "^"
        else:
            fits, table, mark = _LOWERED.fullmatch(text), _SUBSCRIPTS, "_"
        if fits:
            self._run.text(text.translate(table))
        elif text.isalpha():
            # 1er, Mme: nothing is lost.
            self._run.text(text)
        else:
            self._run.text(f"{mark}({text})")

    def _look_for_remote(self, node: Node) -> None:
        source = node.get("src") or node.get("background") or node.get("srcset")
        if node.tag == "link":
            source = source or node.get("href")
        if source.strip().lower().startswith(_REMOTE) or _REMOTE_STYLE.search(node.get("style")):
            self._page.problem(DocumentProblem.REMOTE_CONTENT)

    # --- tables -------------------------------------------------------------------------------------

    def _table(self, node: Node) -> None:
        self._flush()
        rows = _rows(node)
        caption = node.first("caption")
        if self._cells or _is_layout(rows):
            # A table that only puts things side by side, as mails have them, is read from top to bottom.
            self._layout(node)
            return
        if caption:
            self._run.set_bold(is_bold=True)
            self._children(caption)
            self._run.set_bold(is_bold=False)
            self._flush()
        self._page.table([self._row(row) for row in rows])

    def _layout(self, node: Node) -> None:
        for child in node.children:
            if isinstance(child, str):
                self._run.text(child)
            elif child.tag in {"thead", "tbody", "tfoot"}:
                self._layout(child)
            elif child.tag == "tr" and not self._cells:
                for field_node in child.children:
                    if isinstance(field_node, Node):
                        self._children(field_node)
                        self._flush()
            else:
                self._element(child)

    def _row(self, row: Node) -> tuple[Cell, ...]:
        fields = [
            child for child in row.children if isinstance(child, Node) and child.tag in {"td", "th"}
        ]
        texts = [self._field(child) for child in fields]
        flags = self._flags(row, fields, texts)
        return tuple(
            cell(
                text,
                is_head=child.tag == "th",
                flag=flag,
                columns=_span(child.get("colspan")),
                rows=_span(child.get("rowspan")),
            )
            for child, text, flag in zip(fields, texts, flags, strict=True)
        )

    def _field(self, node: Node) -> str:
        outer, self._run = self._run, Run()
        self._cells += 1
        self._children(node)
        self._cells -= 1
        text, _marks = self._run.take(MAX_CELL_BYTES)
        if self._run.is_cut:
            self._page.problem(DocumentProblem.CUT)
        self._run = outer
        return text

    def _flags(self, row: Node, fields: list[Node], texts: list[str]) -> list[Flag]:
        """Return each field's flag: its own, that of something in it, or the row's at its value."""
        flags = [Flag.NONE] * len(fields)
        known = self._references.flags
        if not known:
            return flags
        for place, node in enumerate(fields):
            for inner in node.walk():
                if inner.get("ID") in known:
                    flags[place] = max(flags[place], known[inner.get("ID")][0])
        if row.get("ID") in known and fields and not any(flags):
            flag, value = known[row.get("ID")]
            flags[_place_of(value, texts)] = flag
        return flags


def _rows(table: Node) -> list[Node]:
    """Return a table's rows, those of its foot at the end."""
    rows: list[Node] = []
    foot: list[Node] = []
    for child in table.children:
        if not isinstance(child, Node):
            continue
        if child.tag == "tr":
            rows.append(child)
        elif child.tag in {"thead", "tbody"}:
            rows.extend(child.nodes("tr"))
        elif child.tag == "tfoot":
            foot.extend(child.nodes("tr"))
    return rows + foot


def _is_layout(rows: list[Node]) -> bool:
    fields = [len([*row.nodes("td"), *row.nodes("th")]) for row in rows]
    has_inner = any(
        inner.tag == "table" for row in rows for inner in row.walk() if inner is not row
    )
    return has_inner or max(fields, default=0) <= 1


def _span(text: str) -> int:
    text = text.strip()
    return int(text) if _NUMBER.fullmatch(text) else 1


def _place_of(value: str, texts: list[str]) -> int:
    """Return which field of a row shows the value; the first one if none does."""
    wanted = value.replace(",", ".").strip()
    for place, text in enumerate(texts):
        if wanted and wanted in text.replace(",", ".").split():
            return place
    return 0
