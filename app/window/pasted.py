# SPDX-License-Identifier: AGPL-3.0-or-later
"""What other programs put on the clipboard, as text and marks. Reads markup by itself; nothing is ever fetched."""

from __future__ import annotations

import re
from html import unescape
from typing import Final, NamedTuple

from app.window.marked_text import Line, MarkedText, clean, join_lines
from crypto_core.wire.content import MarkKind
from crypto_core.wire.limits import KIB

MAX_MARKUP: Final = 512 * KIB
"""Letters of markup that are read; of more than that, the plain text is taken."""
_BLOCKS: Final = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "dd", "div", "dl"),
        *("dt", "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4"),
        *("h5", "h6", "header", "hr", "html", "legend", "main", "nav", "ol"),
        *("p", "pre", "section", "table", "tbody", "tfoot", "thead", "tr", "ul"),
    )
)
_HEADINGS: Final = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_SPACED: Final = _HEADINGS | {"p"}
_BOLD: Final = frozenset(("b", "strong", "th")) | _HEADINGS
_SILENT: Final = frozenset(
    (
        *("head", "style", "script", "title", "template", "noscript", "iframe", "object", "embed"),
        *("svg", "math", "audio", "video", "canvas", "select", "textarea", "xml", "v:shape"),
        # What was struck out is not said any more: a dose that was changed must not be read with the one before it.
        *("del", "s", "strike"),
    )
)
_VOID: Final = frozenset(
    (
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link"),
        *("meta", "source", "track", "wbr"),
    )
)
# A comment, a tag or a declaration that nothing ends is left out with all that follows: every sign is looked at
# a fixed number of times, whatever somebody puts on the clipboard.
_TOKEN: Final = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<[!?].*?(?:>|\Z)"
    r"|</(?P<end>[a-z][a-z0-9:]{0,20})[^>]*(?:>|\Z)"
    r"|<(?P<begin>[a-z][a-z0-9:]{0,20})(?P<rest>[^>]*)(?:>|\Z)"
    r"|(?P<text>[^<]+|<)",
    re.IGNORECASE | re.DOTALL,
)
_STYLE: Final = re.compile(r"style\s{0,9}=\s{0,9}[\"']([^\"']*)", re.IGNORECASE)
_BLANKS: Final = re.compile(r"[ \t\n\r\f]+")
_WEIGHT: Final = re.compile(r"font-weight\s*:\s*([a-z0-9]+)")
# Word writes lists as paragraphs and draws the sign itself, inside "mso-list:Ignore".
_WORDS_LIST: Final = re.compile(r"mso-list\s*:\s*l\d")
_WORDS_SIGN: Final = re.compile(r"mso-list\s*:\s*ignore")
_HIDDEN: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|text-decoration[a-z-]*\s*:[^;]*line-through"
)
_RAISED: Final = re.compile(r"vertical-align\s*:\s*(super|sub)\b")
_SCRIPTS: Final = {
    "super": str.maketrans("0123456789+-\u2212()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾"),
    "sub": str.maketrans("0123456789+-\u2212()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎"),
}
_FIGURES: Final = re.compile(r"[0-9+\-\u2212()]+")
_CELLS: Final = frozenset(("td", "th"))
_NUMBER_SIGN: Final = re.compile(r"\s*\(?(?:\d+|[a-z])[.)]", re.IGNORECASE)
_LEAST_BOLD: Final = 600
_MAX_DEPTH: Final = 200
_NEVER_IN_ITSELF: Final = frozenset(("p", "li", "dt", "dd", "tr", "td", "th", "option"))


def from_markup(markup: str) -> MarkedText:
    """Return the text of a piece of HTML, its lists and what is bold in it; all else is left out."""
    reader = _Reader()
    for piece in _TOKEN.finditer(markup[:MAX_MARKUP]):
        if piece.lastgroup == "text":
            reader.take_text(unescape(piece["text"]))
        elif piece.lastgroup == "end":
            reader.end_tag(piece["end"].lower())
        elif piece.lastgroup == "rest":
            style = _STYLE.search(piece["rest"])
            reader.begin_tag(
                piece["begin"].lower(), "" if style is None else unescape(style[1]).lower()
            )
    return reader.result()


def from_plain(text: str) -> MarkedText:
    """Return a text as it is, without signs that nobody sees."""
    return MarkedText(text=clean(text))


class _Open(NamedTuple):
    """A piece that has begun, with what it and the pieces around it do to what is said in it."""

    name: str
    is_bold: bool = False
    silence: str = ""
    """ "", "all", "sign" for Word's own bullets."""
    script: str = ""
    """ "", "super", "sub"."""
    is_in_cell: bool = False
    is_kept_as_is: bool = False


_NOTHING_OPEN: Final = _Open("")


class _Reader:
    """Keeps what is said and forgets how it looked, but for lists and bold."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._pieces: list[str] = []
        self._length = 0
        self._bold: list[tuple[int, int]] = []
        self._kind: MarkKind | None = None
        self._open: list[_Open] = []
        self._lists: list[MarkKind] = []
        self._is_words_entry = False
        self._sign = ""
        self._gap = False
        self._cell_at = 0
        """Where the text of the cell begins that is open."""
        self._is_parted = False
        """A block in a cell has ended: what follows in it is a line of its own, but the next cell is not."""

    def result(self) -> MarkedText:
        """Return what was read, without empty lines around it."""
        self._break()
        full = [number for number, line in enumerate(self._lines) if line.text.strip()]
        return join_lines(self._lines[full[0] : full[-1] + 1] if full else ())

    def begin_tag(self, tag: str, style: str) -> None:
        """Begin a piece."""
        if tag == "br":
            self._break(keeps_empty=True)
            return
        if self._around.name == tag and tag in _NEVER_IN_ITSELF:
            # Many pages leave out the end (HTML Standard §13.1.2.4).
            self._open.pop()
        if tag in _BLOCKS or tag == "li":
            self._part(tag)
        if tag in _CELLS:
            self._is_parted = False
            if self._length:
                self._say("\t")
            self._cell_at = self._length
        self._begin_entry(tag, style)
        if tag in _VOID:
            return
        around = self._around
        silence = around.silence
        if tag in _SILENT or _HIDDEN.search(style):
            silence = "all"
        elif not silence and _WORDS_SIGN.search(style):
            silence = "sign"
        raised = _RAISED.search(style)
        if len(self._open) < _MAX_DEPTH:
            self._open.append(
                _Open(
                    name=tag,
                    is_bold=_is_bold(tag, style, inherited=around.is_bold),
                    silence=silence,
                    script={"sup": "super", "sub": "sub"}.get(tag, around.script)
                    if raised is None
                    else raised.group(1),
                    is_in_cell=tag in _CELLS or (around.is_in_cell and tag not in {"tr", "table"}),
                    is_kept_as_is=around.is_kept_as_is or tag == "pre",
                )
            )

    def _begin_entry(self, tag: str, style: str) -> None:
        """Notice lists and entries, those of Word too, and paragraphs that stand apart."""
        if tag in {"ul", "ol"}:
            self._lists.append(MarkKind.NUMBERED if tag == "ol" else MarkKind.BULLET)
            del self._lists[_MAX_DEPTH:]
        elif tag == "li":
            self._kind = self._lists[-1] if self._lists else MarkKind.BULLET
        elif tag == "p" and _WORDS_LIST.search(style):
            self._is_words_entry = True
            self._kind = MarkKind.BULLET
        elif tag in _SPACED and not self._lists and self._lines and not self._is_in_cell:
            self._gap = True

    def end_tag(self, tag: str) -> None:
        """End a piece, and whatever was left open in it."""
        for place in reversed(range(len(self._open))):
            if self._open[place].name == tag:
                del self._open[place:]
                break
        if tag in {"ul", "ol"} and self._lists:
            self._break()
            self._kind = None
            self._lists.pop()
        elif tag in _BLOCKS or tag == "li":
            self._part(tag)
            if tag == "li":
                self._kind = None
            if tag in _SPACED and not self._lists and not self._is_in_cell:
                self._gap = True

    def take_text(self, data: str) -> None:
        """Take over what is said."""
        around = self._around
        if around.silence == "all":
            return
        if around.silence == "sign":
            self._sign += data
            return
        if around.is_kept_as_is:
            first, *others = clean(data).split("\n")
            self._say(first)
            for other in others:
                self._break(keeps_empty=True)
                self._say(other)
            return
        said = clean(_BLANKS.sub(" ", data)).replace("\n", " ")
        if around.script and _FIGURES.fullmatch(said.strip()):
            # 10⁹/L is not 109/L; the letters of 1er and m. p. stay as they are.
            said = said.translate(_SCRIPTS[around.script])
        if not self._pieces or self._pieces[-1].endswith((" ", "\t")):
            said = said.lstrip(" ")
        self._say(said)

    @property
    def _around(self) -> _Open:
        """The innermost piece that is open."""
        return self._open[-1] if self._open else _NOTHING_OPEN

    @property
    def _is_in_cell(self) -> bool:
        """Whether what comes now is in the cell of a table."""
        return self._around.is_in_cell

    def _part(self, tag: str) -> None:
        """Break the line, but not within a cell that holds no more than this: its row is one line."""
        if tag in {"tr", "table", "tbody", "thead", "tfoot"} or not self._is_in_cell:
            self._is_parted = False
            self._break()
        elif self._length > self._cell_at:
            self._is_parted = True

    def _say(self, text: str) -> None:
        if self._is_parted and text.strip():
            self._is_parted = False
            self._break()
            self._cell_at = 0
        if text:
            if self._around.is_bold:
                self._bold.append((self._length, self._length + len(text)))
            self._pieces.append(text)
            self._length += len(text)

    def _break(self, *, keeps_empty: bool = False) -> None:
        said = "".join(self._pieces)
        # An empty paragraph of an office program holds a blank that does not break.
        text = said.rstrip(" \t") if said.strip() else ""
        if text or keeps_empty or "\u00a0" in said:
            kind = self._kind
            if self._is_words_entry and _NUMBER_SIGN.match(self._sign):
                kind = MarkKind.NUMBERED
            if self._gap and text and kind is None and self._lines and self._lines[-1].text:
                self._lines.append(Line())
            bold = tuple((first, min(last, len(text))) for first, last in self._bold)
            self._lines.append(Line(text=text, kind=kind, bold=bold))
            self._gap = False
            self._is_words_entry = False
            # What follows in the same entry, after a block inside it, is a line of its own.
            self._kind = None
            self._sign = ""
        self._pieces, self._length, self._bold = [], 0, []


def _is_bold(tag: str, style: str, *, inherited: bool) -> bool:
    weight = _WEIGHT.search(style)
    if weight is not None:
        value = weight.group(1)
        return value in {"bold", "bolder"} or (value.isdecimal() and int(value) >= _LEAST_BOLD)
    return inherited or tag in _BOLD
