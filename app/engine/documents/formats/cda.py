# SPDX-License-Identifier: AGPL-3.0-or-later
"""HL7 CDA R2 as CI-SIS writes it: level 1 (a file inside) and level 3 (sections); the coded entries are not shown."""

from __future__ import annotations

import binascii
import re
import zlib
from dataclasses import replace
from typing import Final

from app.engine.documents.formats.blocks import Page, title_of
from app.engine.documents.formats.dates import shown_date
from app.engine.documents.formats.kinds import ending_of, kind_of
from app.engine.documents.formats.limits import MAX_ENTRY_BYTES, MAX_RATIO, RATIO_COUNTS_FROM_BYTES
from app.engine.documents.formats.narrative import Narrative, References
from app.engine.documents.formats.persons import patient_of
from app.engine.documents.formats.texts import decode, one_line
from app.engine.documents.formats.tree import Node, parse
from app.engine.documents.parsed import ContainedPart, Parsed, UnreadableError
from app.interface.documents import DocumentKind, DocumentProblem, FactKind, Flag

INS_ROOTS: Final = {
    # CI-SIS: the national identity, as INS-NIR, as INS-NIA, and the numbers for tests and demonstrations.
    "1.2.250.1.213.1.4.8": "INS",
    "1.2.250.1.213.1.4.9": "INS",
    "1.2.250.1.213.1.4.10": "INS, test",
    "1.2.250.1.213.1.4.11": "INS, test",
}
INS_OTHER_ROOT: Final = "1.2.250.1.213.1.4."
_FLAGS: Final = {
    # HL7 ObservationInterpretation
    "L": Flag.LOW,
    "H": Flag.HIGH,
    "LU": Flag.LOW,
    "HU": Flag.HIGH,
    # Older codes, and values beyond what the instrument can tell.
    "LX": Flag.LOW,
    "HX": Flag.HIGH,
    "L<": Flag.LOW,
    "H>": Flag.HIGH,
    "<": Flag.LOW,
    ">": Flag.HIGH,
    "A": Flag.ABNORMAL,
    "ABN": Flag.ABNORMAL,
    "LL": Flag.CRITICAL,
    "HH": Flag.CRITICAL,
    "AA": Flag.CRITICAL,
}
_SPACE: Final = re.compile(r"\s+")


def flag_of(code: str) -> Flag:
    """Return what a code of HL7's ObservationInterpretation says. Unknown ones say nothing."""
    return _FLAGS.get(code.strip().upper(), Flag.NONE)


def read(content: bytes) -> Parsed:
    """Read a CDA document. Raises UnreadableError."""
    root, is_guessed = parse(content)
    if root.tag != "ClinicalDocument":
        raise UnreadableError(DocumentProblem.DAMAGED)
    page = Page()
    if is_guessed:
        page.problem(DocumentProblem.ENCODING_GUESSED)
    _head(root, page)
    body = root.first("component", "structuredBody")
    file = root.first("component", "nonXMLBody", "text")
    if body is not None:
        _sections(body, page)
    elif file is not None:
        _file(file, page, title=_title(root))
    else:
        page.problem(DocumentProblem.DAMAGED)
    code = root.first("code")
    return replace(
        page.parsed(DocumentKind.CDA),
        type_code="" if code is None else one_line(code.get("code"), 64),
    )


# --- head -------------------------------------------------------------------------------------------


def _title(root: Node) -> str:
    title = root.first("title")
    return (one_line(title.text()) if title else "") or _display(root.first("code"))


def _head(root: Node, page: Page) -> None:
    page.fact(FactKind.TITLE, _title(root))
    role = root.first("recordTarget", "patientRole")
    if role is not None:
        _patient(role, page)
    for author in root.all("author", "assignedAuthor"):
        _author(author, page)
    for organisation in root.all(
        "custodian", "assignedCustodian", "representedCustodianOrganization"
    ):
        page.fact(FactKind.ORGANISATION, _text_of(organisation.first("name")))
    for recipient in root.all("informationRecipient", "intendedRecipient"):
        page.fact(
            FactKind.RECIPIENT,
            _person(recipient.first("informationRecipient", "name"))
            or _text_of(recipient.first("receivedOrganization", "name")),
        )
    page.fact(FactKind.DATE, shown_date(_value(root.first("effectiveTime"))))
    page.fact(FactKind.DOCUMENT_TYPE, _display(root.first("code")))
    for act in root.all("documentationOf", "serviceEvent"):
        page.fact(FactKind.ACT, _display(act.first("code")))
    page.fact(FactKind.VERSION, _value(root.first("versionNumber")))
    confidentiality = root.first("confidentialityCode")
    page.fact(FactKind.CONFIDENTIALITY, _display(confidentiality))
    for related in root.nodes("relatedDocument"):
        if related.get("typeCode") == "RPLC":
            page.fact(FactKind.REPLACES, _identifier(related.first("parentDocument", "id")))


def _patient(role: Node, page: Page) -> None:
    person = role.first("patient")
    for identifier in role.nodes("id"):
        root, number = identifier.get("root"), identifier.get("extension")
        if number and root.startswith(INS_OTHER_ROOT):
            page.fact(FactKind.IDENTIFIER, f"{number} ({INS_ROOTS.get(root, 'INS')})")
    if person is None:
        return
    family, used_family, given, used_given = _patient_names(person)
    born = _value(person.first("birthTime"))
    page.patient = patient_of(family=family, given=given, born=born)
    used = " ".join(
        name
        for name, birth in ((used_family, family), (used_given, given))
        if name and name != birth
    )
    page.fact(FactKind.PATIENT, f"{family} {given}" + (f" ({used})" if used else ""))
    page.fact(FactKind.BIRTH_DATE, shown_date(born))
    sex = person.first("administrativeGenderCode")
    page.fact(FactKind.SEX, sex.get("code") if sex else "")


def _patient_names(person: Node) -> tuple[str, str, str, str]:
    """Return names at birth and names in use; where nothing tells them apart, both are the same."""
    families: dict[str, str] = {}
    givens: dict[str, str] = {}
    for name in person.nodes("name"):
        for child in name.children:
            if isinstance(child, str) or child.tag not in {"family", "given"}:
                continue
            kept = families if child.tag == "family" else givens
            for qualifier in child.get("qualifier").split() or [""]:
                kept.setdefault(qualifier, one_line(child.text(), 400))

    def pick(names: dict[str, str], *order: str) -> str:
        return next((names[key] for key in order if names.get(key)), "")

    # BR: at birth; CL: in use; SP: the spouse's. A given name without any is the list of all at birth.
    family = pick(families, "BR", "", "CL", "SP")
    given = pick(givens, "BR", "", "CL")
    return family, pick(families, "CL", "SP") or family, given, pick(givens, "CL") or given


def _author(author: Node, page: Page) -> None:
    name = _person(author.first("assignedPerson", "name"))
    profession = _display(author.first("code"))
    device = author.first("assignedAuthoringDevice", "softwareName")
    if name:
        page.fact(FactKind.AUTHOR, ", ".join(piece for piece in (name, profession) if piece))
    elif device is not None:
        page.fact(FactKind.SOFTWARE, device.text())
    page.fact(FactKind.ORGANISATION, _text_of(author.first("representedOrganization", "name")))


def _person(name: Node | None) -> str:
    if name is None:
        return ""
    pieces = [
        one_line(child.text(), 400)
        for tag in ("prefix", "given", "family", "suffix")
        for child in name.nodes(tag)
    ]
    return " ".join(piece for piece in pieces if piece) or one_line(name.text(), 400)


def _display(code: Node | None) -> str:
    if code is None:
        return ""
    original = code.first("originalText")
    return one_line(
        code.get("displayName") or (original.text() if original else "") or code.get("code")
    )


def _value(node: Node | None) -> str:
    return node.get("value") if node is not None else ""


def _text_of(node: Node | None) -> str:
    return one_line(node.text()) if node is not None else ""


def _identifier(node: Node | None) -> str:
    if node is None:
        return ""
    return "^".join(piece for piece in (node.get("root"), node.get("extension")) if piece)


# --- level 1 ----------------------------------------------------------------------------------------


def _file(node: Node, page: Page, *, title: str) -> None:
    if node.first("reference") is not None and not node.text().strip():
        # The body is elsewhere; it is not looked for.
        page.problem(DocumentProblem.REMOTE_CONTENT)
        return
    if node.get("representation").upper() != "B64":
        page.code(node.text())
        return
    embedded = _embedded(node)
    if embedded is None:
        page.problem(DocumentProblem.DAMAGED)
        return
    kind = kind_of(embedded)
    if kind is DocumentKind.TEXT:
        text, is_guessed = decode(embedded)
        if is_guessed:
            page.problem(DocumentProblem.ENCODING_GUESSED)
        page.code(text)
        return
    page.part(
        ContainedPart(
            kind=kind,
            name=f"document{ending_of(kind, embedded)}",
            title=title_of(title),
            content=embedded,
        )
    )


def _embedded(node: Node) -> bytes | None:
    """Return the bytes in an element, unpacked within bounds; None if they make no sense."""
    try:
        raw = binascii.a2b_base64(_SPACE.sub("", node.text()).encode("ascii"))
        compression = node.get("compression").upper()
        if not compression:
            return raw
        # RFC 1950, 1951 and 1952; "Z" (compress) has not been met.
        width = {"ZL": zlib.MAX_WBITS, "DF": -zlib.MAX_WBITS, "GZ": zlib.MAX_WBITS | 16}[
            compression
        ]
        unpacker = zlib.decompressobj(width)
        most = min(MAX_ENTRY_BYTES, max(RATIO_COUNTS_FROM_BYTES, MAX_RATIO * len(raw)))
        unpacked = unpacker.decompress(raw, most)
        return unpacked if unpacker.eof else None
    except (ValueError, KeyError, zlib.error):
        return None


# --- level 3 ----------------------------------------------------------------------------------------


def _sections(body: Node, page: Page) -> None:
    parts: dict[str, int] = {}
    flags: dict[str, tuple[Flag, str]] = {}
    for node in body.walk():
        if node.tag == "observationMedia":
            _media(node, page, parts)
        elif node.tag == "observation":
            _interpretation(node, flags)
    references = References(parts=parts, flags=flags)
    for component in body.nodes("component"):
        for section in component.nodes("section"):
            _section(section, page, level=1, references=references)


def _section(section: Node, page: Page, *, level: int, references: References) -> None:
    title = section.first("title")
    page.heading(title.text() if title else _display(section.first("code")), level)
    text = section.first("text")
    if text is not None:
        Narrative(page, level=level, references=references).set(text)
    for inner in section.all("component", "section"):
        _section(inner, page, level=level + 1, references=references)


def _media(node: Node, page: Page, parts: dict[str, int]) -> None:
    value = node.first("value")
    if value is None:
        return
    if value.get("representation").upper() != "B64":
        if value.first("reference") is not None:
            page.problem(DocumentProblem.REMOTE_CONTENT)
        return
    embedded = _embedded(value)
    kind = kind_of(embedded) if embedded is not None else DocumentKind.UNKNOWN
    content = embedded or b""
    number = page.part(
        ContainedPart(
            kind=kind,
            name=f"document-{len(parts) + 1}{ending_of(kind, content)}",
            title=title_of(node.get("ID")),
            content=content,
            problems=() if embedded is not None else (DocumentProblem.DAMAGED,),
        )
    )
    if number is not None:
        parts[node.get("ID")] = number + 1


def _interpretation(node: Node, flags: dict[str, tuple[Flag, str]]) -> None:
    """Keep what was said about a value, by the place in the narrative that its entry points to."""
    said = max(
        (flag_of(code.get("code")) for code in node.nodes("interpretationCode")), default=Flag.NONE
    )
    if said is Flag.NONE:
        return
    value = _value(node.first("value"))
    for path in (
        ("text", "reference"),
        ("value", "reference"),
        ("value", "originalText", "reference"),
        ("code", "originalText", "reference"),
    ):
        for reference in node.all(*path):
            place = reference.get("value").removeprefix("#")
            if place:
                flags[place] = (max(said, flags.get(place, (Flag.NONE, ""))[0]), value)
