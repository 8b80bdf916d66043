# SPDX-License-Identifier: AGPL-3.0-or-later
"""Letters of ordinary mail (.eml): RFC 5322 and MIME as they are really written, split in one pass.

The standard library's parser of whole letters calls itself for each part in a part, and its parser of fields
raises whatever happens; so letters are split here, and the library only decodes.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import quopri
import re
from dataclasses import dataclass, field, replace
from email.message import Message
from email.utils import collapse_rfc2231_value, parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from app.engine.documents.formats.blocks import Page, file_name, title_of
from app.engine.documents.formats.dates import shown_date, written_date
from app.engine.documents.formats.kinds import EMLX, ending_of, kind_of
from app.engine.documents.formats.limits import (
    MAX_FIELD_BYTES,
    MAX_HEADER_BYTES,
    MAX_LETTER_BYTES,
    MAX_MAIL_DEPTH,
    MAX_MAIL_PARTS,
)
from app.engine.documents.formats.markup import parse_markup
from app.engine.documents.formats.narrative import Narrative
from app.engine.documents.formats.texts import clean, decode, decode_as, one_line
from app.engine.documents.parsed import ContainedPart, Parsed, UnreadableError
from app.interface.documents import BlockKind, DocumentKind, DocumentProblem, FactKind

if TYPE_CHECKING:
    from collections.abc import Iterator

_END_OF_HEAD: Final = re.compile(rb"\r?\n[ \t]*\r?\n|\r[ \t]*\r(?!\n)")
_FOLD: Final = re.compile(rb"\r?\n(?=[ \t])|\r(?=[ \t])")
_ENCODED: Final = re.compile(
    r"=\?([A-Za-z0-9_:.\-]{1,40})(?:\*[A-Za-z-]{1,20})?\?([BbQq])\?([^?\s]*)\?="
)
_BETWEEN_ENCODED: Final = re.compile(r"(\?=)[ \t\n]+(=\?)")
_MESSAGE_ID: Final = re.compile(r"<([^<>\s]{1,900})>")
_NOT_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/=]+")
_FIELD_NAME: Final = re.compile(r"[!-9;-~]{1,100}")
_PRE_TEXT: Final = re.compile(r"\n{3,}")
_SIGNATURES: Final = frozenset(
    ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")
)
_RECEIVERS: Final = ("to", "cc", "bcc")
_UU_BEGIN: Final = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,250})\r?\n", re.MULTILINE)
_HALF_OF_DAY: Final = re.compile(r"[0-9]\s?[AaPp][Mm]\b")
_PARTIAL: Final = 0x0400
_PKCS7: Final = frozenset(("application/pkcs7-mime", "application/x-pkcs7-mime"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPart:
    """A document in a letter, known by its place and never by its name."""

    position: tuple[int, ...]
    """Its place among the parts, from 0, of the letter, of the part it is in, and so on."""
    name: str = field(repr=False)
    """As its sender calls it, made safe to show; two parts may have the same."""
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """Somebody at the head of a letter. Anybody can write any name and any address there."""

    name: str = field(repr=False)
    address: str = field(repr=False)
    """Empty if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailLetter:
    """A letter, as an import takes it over."""

    message_id: str
    """Without its angle brackets; empty if it has none."""
    references: tuple[str, ...]
    """Of References and In-Reply-To, the oldest first, each once."""
    sender: str = field(repr=False)
    recipients: str = field(repr=False)
    """To, Cc and, in what the owner sent, Bcc, as they are written."""
    senders: tuple[Mailbox, ...] = field(repr=False)
    receivers: tuple[Mailbox, ...] = field(repr=False)
    subject: str = field(repr=False)
    date: dt.datetime | None
    """With its zone; one that names no zone is taken as UTC. Without one that can be read, when it was received."""
    date_text: str
    text: str = field(repr=False)
    """The plain text, or what the HTML reads as; empty if there is neither."""
    attachments: tuple[MailPart, ...] = field(repr=False)
    problems: tuple[DocumentProblem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """A leaf of a letter's tree."""

    position: tuple[int, ...]
    fields: dict[str, list[str]]
    media_type: str
    raw: bytes


def read(content: bytes) -> Parsed:
    """Read a letter as it is shown. Raises UnreadableError."""
    page = Page()
    fields, texts, attachments = _split(content, page)
    for kind, name in (
        (FactKind.SUBJECT, "subject"),
        (FactKind.SENDER, "from"),
        (FactKind.RECIPIENT, "to"),
        (FactKind.RECIPIENT, "cc"),
    ):
        page.fact(kind, _field(fields, name))
    date = _date(_field(fields, "date"))
    page.fact(
        FactKind.DATE,
        date.strftime("%Y-%m-%dT%H:%M") if date else shown_date(_field(fields, "date")),
    )
    for text in texts:
        _set_text(text, page)
    for part in attachments:
        is_what = kind_of(part.content)
        page.part(
            ContainedPart(
                kind=is_what,
                name=part.name or _name_of_place(part, is_what),
                title=title_of(part.name),
                content=part.content,
            )
        )
    return page.parsed(DocumentKind.MAIL)


def read_letter(content: bytes) -> MailLetter:
    """Read a letter as it is taken over into a mailbox. Raises UnreadableError."""
    page = Page()
    fields, texts, attachments = _split(content, page)
    for text in texts:
        _set_text(text, page)
    parsed = page.parsed(DocumentKind.MAIL)
    shown: list[str] = []
    for block in parsed.blocks:
        if block.kind is BlockKind.TABLE:
            shown.append("\n".join(" · ".join(cell.text for cell in row) for row in block.rows))
        elif block.kind is BlockKind.ENTRY:
            shown.append(f"{block.number}. {block.text}" if block.number else f"• {block.text}")
        elif block.kind is BlockKind.RULE:
            shown.append("———")
        else:
            shown.append(block.text)
    replied = _MESSAGE_ID.findall(
        " ".join([*fields.get("references", []), *fields.get("in-reply-to", [])])
    )
    own = _MESSAGE_ID.search(_field(fields, "message-id"))
    date_text = _field(fields, "date")
    recipients = ", ".join(piece for name in _RECEIVERS if (piece := _field(fields, name)))
    return MailLetter(
        message_id=one_line(own.group(1)) if own else "",
        references=tuple(dict.fromkeys(one_line(number) for number in replied[-200:])),
        sender=_field(fields, "from") or _field(fields, "sender"),
        senders=_mailboxes(fields, "from") or _mailboxes(fields, "sender"),
        receivers=tuple(each for name in _RECEIVERS for each in _mailboxes(fields, name)),
        recipients=recipients,
        subject=_field(fields, "subject"),
        date=_date(date_text) or _received(fields),
        date_text=date_text,
        text="\n\n".join(shown),
        attachments=tuple(attachments),
        problems=parsed.problems,
    )


def _split(content: bytes, page: Page) -> tuple[dict[str, list[str]], list[_Piece], list[MailPart]]:
    """Return a letter's fields, the pieces that are its text, and its documents."""
    if len(content) > MAX_LETTER_BYTES:
        raise UnreadableError(DocumentProblem.TOO_LARGE)
    fields, body = _head(_from_first_field(content, page), page)
    if not fields:
        raise UnreadableError(DocumentProblem.DAMAGED)
    if _is_begun_only(fields):
        page.problem(DocumentProblem.CUT)
    texts: list[_Piece] = []
    attachments: list[MailPart] = []
    for piece in _Splitter(page).pieces(fields, body):
        if _is_elsewhere(piece):
            page.problem(DocumentProblem.CUT)
        if _is_text(piece, has_text=bool(texts)) and not _is_hprim(piece, page):
            text, documents = _without_uuencoded(piece, page)
            texts.append(text)
            attachments += documents
        elif piece.media_type in _SIGNATURES:
            page.problem(DocumentProblem.SIGNED)
        else:
            attachments.append(_attachment(piece, page))
    return fields, texts, attachments


def _from_first_field(content: bytes, page: Page) -> bytes:
    """Return a letter without what stands before its first field: a line of a mailbox, a length, or empty lines."""
    numbered = EMLX.match(content)
    if numbered:
        # Apple Mail's form: how long the letter is, the letter, and a list of properties of Apple's.
        end = numbered.end() + int(numbered.group(1))
        if end > len(content):
            page.problem(DocumentProblem.DAMAGED)
        content = content[numbered.end() : end]
    if b"\n" not in content:
        # Programs of the older Mac ended lines with a carriage return alone.
        content = content.replace(b"\r", b"\n")
    if content.startswith((b"From ", b">From ")):
        content = content[content.find(b"\n") + 1 :]
    return content.lstrip(b"\r\n")


def outside_parts(content: bytes) -> bytes:
    """Return what of a file of one letter is not within that letter's parts: behind them, or all if it has none."""
    fields, body = _head(content, Page())
    if not _media_type(fields).startswith("multipart/"):
        return body
    boundary = _parameter(_parameters(fields, "content-type"), "boundary", "content-type")
    mark = b"--" + boundary.encode("latin-1", "replace") + b"--"
    return body.rpartition(mark)[2] if boundary and mark in body else b""


def _is_begun_only(fields: dict[str, list[str]]) -> bool:
    """Tell whether Thunderbird says that it fetched only the beginning of the letter from its server."""
    flags = fields.get("x-mozilla-status", [""])[0]
    return bool(re.fullmatch(r"[0-9A-Fa-f]{1,8}", flags) and int(flags, 16) & _PARTIAL)


def _is_elsewhere(piece: _Piece) -> bool:
    """Tell whether a program keeps a document of the letter in another file (Apple Mail's `.partial.emlx`, Thunderbird)."""
    return "x-mozilla-external-attachment-url" in piece.fields or (
        "x-apple-content-length" in piece.fields and not piece.raw.strip()
    )


# --- fields -----------------------------------------------------------------------------------------


def _head(content: bytes, page: Page) -> tuple[dict[str, list[str]], bytes]:
    """Return fields by their name in small letters, and what follows them."""
    if content.startswith((b"\n", b"\r")):
        # A part without any field is text.
        return {}, _after_line(content)
    end = _END_OF_HEAD.search(content, 0, MAX_HEADER_BYTES)
    if end is None:
        raw, body = content[:MAX_HEADER_BYTES], content[MAX_HEADER_BYTES:]
        if body:
            page.problem(DocumentProblem.DAMAGED)
    else:
        raw, body = content[: end.start()], content[end.end() :]
    fields: dict[str, list[str]] = {}
    for line in re.split(rb"\r\n|\n|\r", _FOLD.sub(b"", raw.replace(b"\0", b""))):
        # Each by itself: one program's bytes beyond ASCII say nothing about those that another one has added.
        name, colon, value = decode(line)[0].partition(":")
        if colon and _FIELD_NAME.fullmatch(name.rstrip()):
            fields.setdefault(name.rstrip().lower(), []).append(value.strip()[:MAX_FIELD_BYTES])
    return fields, body


def _field(fields: dict[str, list[str]], name: str) -> str:
    return one_line(decode_words(", ".join(fields.get(name, [])[:20])))


def decode_words(text: str) -> str:
    """Return a field with its encoded words (RFC 2047) as text; what makes no sense stays as it is."""
    shown: list[str] = []
    waiting, charset, end = b"", "", 0
    text = _BETWEEN_ENCODED.sub(r"\1\2", text)
    for found in _ENCODED.finditer(text):
        content = _word(found.group(2), found.group(3))
        # A character may begin in one word and end in the next.
        is_next = found.start() == end and found.group(1).lower() == charset
        if not is_next or content is None:
            shown += [decode_as(waiting, charset)[0], text[end : found.start()]]
            waiting, charset = b"", found.group(1).lower()
        if content is None:
            shown.append(found.group())
        else:
            waiting += content
        end = found.end()
    return "".join([*shown, decode_as(waiting, charset)[0], text[end:]])


def _word(encoding: str, payload: str) -> bytes | None:
    try:
        raw = payload.encode("ascii")
        if encoding in "bB":
            return base64.b64decode(raw + b"=" * (-len(raw) % 4))
        return quopri.decodestring(raw, header=True)
    except (ValueError, binascii.Error):
        return None


def _parameters(fields: dict[str, list[str]], name: str) -> Message:
    """Return one field as the library reads its parameters (RFC 2231 as well)."""
    message = Message()
    value = fields.get(name, [""])[0][:4096]
    if value:
        message[name] = re.sub(r"[\r\n]", " ", value)
    return message


def _parameter(message: Message, parameter: str, header: str) -> str:
    try:
        value = message.get_param(parameter, "", header)
        return collapse_rfc2231_value(value) if value else ""
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""


def _media_type(fields: dict[str, list[str]]) -> str:
    value = fields.get("content-type", ["text/plain"])[0]
    media_type = value.partition(";")[0].strip().lower()
    return (
        media_type
        if re.fullmatch(r"[a-z0-9.+*_-]{1,60}/[a-z0-9.+*_-]{1,60}", media_type)
        else "text/plain"
    )


def _date(text: str) -> dt.datetime | None:
    if _HALF_OF_DAY.search(text[:200]) and (said := written_date(text)):
        # The library takes 9 PM for 9.
        return said
    try:
        date = parsedate_to_datetime(text[:200])
    except (ValueError, TypeError, LookupError, OverflowError, AttributeError):
        return written_date(text)
    try:
        if date.tzinfo is None:
            return date.replace(tzinfo=dt.UTC)
        # A date at the end of all times is one until somebody turns it to another zone.
        date.astimezone(dt.UTC)
    except (ValueError, TypeError, LookupError, OverflowError, AttributeError):
        return None
    return date


def _received(fields: dict[str, list[str]]) -> dt.datetime | None:
    """When the last of those who passed a letter on says to have had it; it stands first."""
    return _date(fields.get("received", [""])[0].rpartition(";")[2].strip())


_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.){0,1000})"')
_ADDRESS: Final = re.compile(r"[^\s<>()\[\],;:\"\\]{1,64}@[^\s<>()\[\],;:\"\\]{1,255}")
_MAX_MAILBOXES: Final = 200


def _mailboxes(fields: dict[str, list[str]], name: str) -> tuple[Mailbox, ...]:
    """Return whom a field names. Encoded words are read after it was cut apart: a comma in a name is no end."""
    found: list[Mailbox] = []
    written = re.sub(r"[\r\n\t]+", " ", ", ".join(fields.get(name, [])[:20]))
    for piece in _apart(written)[:_MAX_MAILBOXES]:
        before, opening, after = piece.rpartition("<")
        address = _ADDRESS.search(after)
        said = before if opening else _ADDRESS.sub("", piece)
        said = one_line(decode_words(_QUOTED.sub(lambda each: each.group(1), said)))
        said = said.replace("\\", "").strip(" '\"()")
        if address or said:
            found.append(Mailbox(name=said, address=address.group() if address else ""))
    return tuple(found)


def _apart(written: str) -> list[str]:
    """Cut at commas and semicolons that are not within quotation marks or angle brackets; a group's name goes."""
    pieces, piece = list[str](), list[str]()
    is_quoted = is_escaped = is_angled = False
    for sign in written:
        if is_escaped:
            is_escaped = False
        elif sign == "\\":
            is_escaped = True
        elif sign == '"' and not is_angled:
            is_quoted = not is_quoted
        elif not is_quoted and sign in "<>":
            is_angled = sign == "<"
        elif not is_quoted and not is_angled and sign in ",;:":
            if sign != ":":
                pieces.append("".join(piece))
            piece = []
            continue
        piece.append(sign)
    return [each for each in (*pieces, "".join(piece)) if each.strip()]


# --- the tree of parts ------------------------------------------------------------------------------


class _Splitter:
    """Goes down a letter's parts, within bounds."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._count = 0

    def pieces(
        self,
        fields: dict[str, list[str]],
        body: bytes,
        position: tuple[int, ...] = (),
    ) -> Iterator[_Piece]:
        media_type = _media_type(fields)
        if media_type.startswith("multipart/") and len(position) < MAX_MAIL_DEPTH:
            boundary = _parameter(_parameters(fields, "content-type"), "boundary", "content-type")
            inner = _parts(body, boundary) if boundary else None
            if inner is None:
                # Without its boundary it is what it looks like: text.
                self._page.problem(DocumentProblem.DAMAGED)
                media_type = "text/plain"
            else:
                yield from self._inner(media_type, inner, position)
                return
        elif media_type.startswith("multipart/"):
            self._page.problem(DocumentProblem.CUT)
            media_type = "message/rfc822"
        self._protected(media_type, fields)
        yield _Piece(
            position=position,
            fields=fields,
            media_type=media_type,
            raw=body,
        )

    def _inner(
        self,
        media_type: str,
        inner: tuple[list[bytes], bool],
        position: tuple[int, ...],
    ) -> Iterator[_Piece]:
        parts, is_ended = inner
        if not is_ended:
            self._page.problem(DocumentProblem.DAMAGED)
        if media_type == "multipart/encrypted":
            self._page.problem(DocumentProblem.PROTECTED)
        if media_type == "multipart/signed":
            self._page.problem(DocumentProblem.SIGNED)
        found: list[_Piece] = []
        for number, part in enumerate(parts):
            self._count += 1
            if self._count > MAX_MAIL_PARTS:
                self._page.problem(DocumentProblem.CUT)
                break
            fields, body = _head(part, self._page)
            found.extend(
                self.pieces(
                    fields,
                    body,
                    (*position, number),
                )
            )
        yield from _chosen(found) if media_type == "multipart/alternative" else found

    def _protected(self, media_type: str, fields: dict[str, list[str]]) -> None:
        if media_type in _PKCS7:
            kind = _parameter(_parameters(fields, "content-type"), "smime-type", "content-type")
            is_signed = kind.lower().startswith("signed")
            self._page.problem(DocumentProblem.SIGNED if is_signed else DocumentProblem.PROTECTED)


def _chosen(found: list[_Piece]) -> list[_Piece]:
    """Return, of several forms of the same text, the plain one if it says anything; documents all stay."""
    plain = [piece for piece in found if piece.media_type == "text/plain" and not _name(piece)]
    marked = [piece for piece in found if piece.media_type == "text/html" and not _name(piece)]
    drop = marked if any(piece.raw.strip() for piece in plain) else plain
    return [piece for piece in found if piece not in drop or not (plain and marked)]


def _parts(body: bytes, boundary: str) -> tuple[list[bytes], bool] | None:
    """Return what stands between the boundaries, and whether the last one is there; None without any."""
    try:
        mark = re.escape(boundary.encode("latin-1"))
    except UnicodeEncodeError:
        return None
    lines = re.compile(rb"(?:^|\r?\n|\r)--" + mark + rb"(--)?[ \t]*(?=\r|\n|$)")
    parts: list[bytes] = []
    start: int | None = None
    for found in lines.finditer(body):
        if start is not None:
            parts.append(_after_line(body[start : found.start()]))
        if found.group(1):
            return parts, True
        start = found.end()
        if len(parts) > MAX_MAIL_PARTS:
            return parts, False
    if start is None:
        return None
    parts.append(_after_line(body[start:]))
    return parts, False


def _after_line(part: bytes) -> bytes:
    for end in (b"\r\n", b"\n", b"\r"):
        if part.startswith(end):
            return part[len(end) :]
    return part


# --- leaves -----------------------------------------------------------------------------------------


def _name(piece: _Piece) -> str:
    name = _parameter(
        _parameters(piece.fields, "content-disposition"), "filename", "content-disposition"
    ) or _parameter(_parameters(piece.fields, "content-type"), "name", "content-type")
    return file_name(decode_words(name))


def _is_text(piece: _Piece, *, has_text: bool) -> bool:
    """Tell whether a part is the letter itself: text that is not called a file."""
    if piece.media_type not in {"text/plain", "text/html"} or _name(piece):
        return False
    disposition = piece.fields.get("content-disposition", [""])[0].strip().lower()
    return not disposition.startswith("attachment") or (not has_text and not piece.position)


def _is_hprim(piece: _Piece, page: Page) -> bool:
    """Tell whether the text of a letter is a laboratory's file, as older secure mail sends it."""
    return piece.media_type == "text/plain" and kind_of(_decoded(piece, page)) is DocumentKind.HPRIM


def _decoded(piece: _Piece, page: Page) -> bytes:
    """Return a part's bytes without their transfer encoding."""
    encoding = piece.fields.get("content-transfer-encoding", [""])[0].strip().lower()
    if encoding == "base64":
        raw = _NOT_BASE64.sub(b"", piece.raw)
        # A line put below by a mailing list, or two parts in a row, end at the padding.
        end = raw.find(b"=")
        if end >= 0:
            raw = raw[: end + 2] if raw[end : end + 2] == b"==" else raw[: end + 1]
        if len(raw) % 4:
            page.problem(DocumentProblem.DAMAGED)
            raw = raw.rstrip(b"=")
            raw = raw[: len(raw) - (len(raw) % 4 == 1)]
            raw += b"=" * (-len(raw) % 4)
        try:
            return binascii.a2b_base64(raw)
        except binascii.Error:
            page.problem(DocumentProblem.DAMAGED)
            return b""
    if encoding == "quoted-printable":
        return quopri.decodestring(piece.raw)
    return piece.raw


def _without_uuencoded(piece: _Piece, page: Page) -> tuple[_Piece, list[MailPart]]:
    """Return a text without the documents that stand in it as uuencode, and these (POSIX.1-2017, uuencode)."""
    content = _decoded(piece, page) if piece.media_type == "text/plain" else b""
    kept: list[bytes] = []
    documents: list[MailPart] = []
    at = 0
    while found := _UU_BEGIN.search(content, at):
        kept.append(content[at : found.start()])
        document, at = _uudecoded(content, found.end())
        if document:
            documents.append(
                MailPart(
                    position=(*piece.position, len(documents)),
                    name=file_name(decode(found.group(1))[0]),
                    media_type="application/octet-stream",
                    content=document,
                )
            )
        else:
            kept.append(content[found.start() : at])
        if len(documents) > MAX_MAIL_PARTS:
            page.problem(DocumentProblem.CUT)
            break
    if not documents:
        return piece, []
    kept.append(content[at:])
    fields = {
        name: each for name, each in piece.fields.items() if name != "content-transfer-encoding"
    }
    return replace(piece, fields=fields, raw=b"".join(kept)), documents


def _uudecoded(content: bytes, at: int) -> tuple[bytes, int]:
    """Return what stands in the lines from a place on, and where they end; nothing if they are no such lines."""
    pieces: list[bytes] = []
    while at < len(content):
        end = content.find(b"\n", at)
        end = len(content) if end < 0 else end + 1
        line = content[at:end].rstrip(b"\r\n")
        if line.rstrip() == b"end":
            return b"".join(pieces), end
        if line.strip(b"` "):
            # Some programs fill the last line up, some take blanks at the end of lines away.
            length = (line[0] - 32) & 63
            try:
                pieces.append(binascii.a2b_uu(line[: 1 + -(-length // 3) * 4]))
            except binascii.Error:
                return b"", end
        at = end
    return b"".join(pieces), at


def _attachment(piece: _Piece, page: Page) -> MailPart:
    content = _decoded(piece, page)
    name = _name(piece)
    if not name and piece.media_type == "message/rfc822":
        inner, _body = _head(content.lstrip(b"\r\n"), Page())
        subject = file_name(_field(inner, "subject").replace("/", "-"))
        name = f"{subject}.eml" if subject else ""
    return MailPart(
        position=piece.position,
        name=name,
        media_type=piece.media_type,
        content=content,
    )


def shown_name(part: MailPart) -> str:
    """Return what a document is called: by its sender, else by its place and kind."""
    return part.name or _name_of_place(part, kind_of(part.content))


def _name_of_place(part: MailPart, kind: DocumentKind) -> str:
    place = "-".join(str(number + 1) for number in part.position) or "1"
    return f"document-{place}{ending_of(kind, part.content)}"


def _set_text(piece: _Piece, page: Page) -> None:
    content = _decoded(piece, page)
    charset = _parameter(_parameters(piece.fields, "content-type"), "charset", "content-type")
    text, is_guessed = decode_as(content, charset)
    if is_guessed:
        page.problem(DocumentProblem.ENCODING_GUESSED)
    if piece.media_type == "text/html":
        tree, is_cut = parse_markup(text)
        if is_cut:
            page.problem(DocumentProblem.CUT)
        Narrative(page, level=0).set(tree)
        return
    if _parameter(_parameters(piece.fields, "content-type"), "format", "content-type") == "flowed":
        delsp = _parameter(_parameters(piece.fields, "content-type"), "delsp", "content-type")
        text = unflowed(clean(text), is_delsp=delsp.lower() == "yes")
    for paragraph in _PRE_TEXT.sub("\n\n", clean(text)).strip("\n").split("\n\n"):
        page.paragraph(paragraph.strip("\n"))


def unflowed(text: str, *, is_delsp: bool) -> str:
    """Return text with the lines joined that only a line's length has parted (RFC 3676 §4.1, §4.5)."""
    lines: list[str] = []
    depth_before, is_open = 0, False
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:].removeprefix(" ")
        is_signature = content == "-- "
        flows = content.endswith(" ") and not is_signature
        if flows and is_delsp:
            content = content[:-1]
        # An empty line parts, whatever the line before it says.
        if is_open and content and depth == depth_before and not is_signature:
            lines[-1] += content
        else:
            lines.append(f"{'>' * depth} {content}" if depth else content)
        depth_before, is_open = depth, flows
    return "\n".join(lines)


def subject_of(content: bytes) -> str:
    """Return a letter's subject, without reading more of it. Raises UnreadableError."""
    fields, _body = _head(content.lstrip(b"\r\n")[: MAX_HEADER_BYTES * 2], Page())
    if not fields:
        raise UnreadableError(DocumentProblem.DAMAGED)
    return _field(fields, "subject")
