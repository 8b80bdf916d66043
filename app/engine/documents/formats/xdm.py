# SPDX-License-Identifier: AGPL-3.0-or-later
"""IHE_XDM.zip: an archive whose list (METADATA.XML) is held against what is in it, file by file."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from typing import Final

from app.engine.documents.formats import cda
from app.engine.documents.formats.archives import Archive, key_of
from app.engine.documents.formats.blocks import Page, file_name, title_of
from app.engine.documents.formats.dates import shown_date
from app.engine.documents.formats.kinds import kind_of
from app.engine.documents.formats.limits import MAX_METADATA_BYTES, MAX_PARTS, MAX_SETS
from app.engine.documents.formats.persons import is_same_patient, patient_of
from app.engine.documents.formats.texts import one_line
from app.engine.documents.formats.tree import Node, parse
from app.engine.documents.parsed import ContainedPart, Parsed, UnreadableError
from app.interface.documents import (
    BlockKind,
    DocumentKind,
    DocumentPatient,
    DocumentProblem,
    FactKind,
)

# IHE ITI TF-3 §4.2: what a classification or an identifier is about.
DOCUMENT_AUTHOR: Final = "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d"
DOCUMENT_TYPE: Final = "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983"
DOCUMENT_CONFIDENTIALITY: Final = "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f"
DOCUMENT_ACT: Final = "urn:uuid:2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4"
DOCUMENT_UNIQUE_ID: Final = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
DOCUMENT_PATIENT_ID: Final = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
STABLE_DOCUMENT: Final = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"
SET: Final = "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"
SET_AUTHOR: Final = "urn:uuid:a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d"
SET_UNIQUE_ID: Final = "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8"
SET_SOURCE_ID: Final = "urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832"
SET_PATIENT_ID: Final = "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446"

FOLDER: Final = "ihe_xdm/"
METADATA: Final = "metadata.xml"
_NO_DOCUMENTS: Final = frozenset(("readme.txt", "index.htm", "index.html"))
_NUMBERED: Final = re.compile(r"([0-9]{1,2})\|(.*)", re.DOTALL)
_SHA1: Final = re.compile(r"[0-9a-f]{40}")
_SIZE: Final = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A document as METADATA.XML describes it."""

    number: str
    """Its id in the list, to which associations point."""
    key: str
    """How its file is found in the archive."""
    name: str
    title: str
    hash: str
    size: int | None
    type: str
    type_code: str
    date: str
    act: str
    """When what it is about began."""
    author: str
    organisation: str
    confidentiality: str
    patient: DocumentPatient | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """All lists of an archive together."""

    entries: list[Entry]
    titles: list[str]
    authors: list[str]
    dates: list[str]
    recipients: list[str]
    associations: list[tuple[str, str, str]]
    """Kind, source, target."""


def read(content: bytes) -> Parsed:
    """Read an IHE_XDM.zip. Raises UnreadableError."""
    archive = Archive(content)
    listing, problems = _listing(archive)
    page = Page()
    for problem in problems:
        page.problem(problem)
    _head(listing, page)
    parts, entries = _listed(archive, listing, page)
    _join(parts, entries, listing, page)
    parts += _unlisted(archive, listing)
    for part in parts:
        for problem in part.problems:
            page.problem(problem)
        page.part(part)
    return page.parsed(DocumentKind.XDM)


def _listed(
    archive: Archive, listing: Listing, page: Page
) -> tuple[list[ContainedPart], list[Entry]]:
    parts: list[ContainedPart] = []
    entries: list[Entry] = []
    seen: set[str] = set()
    for entry in listing.entries:
        if entry.key not in archive.names:
            page.problem(DocumentProblem.PART_MISSING)
        elif entry.key not in seen:
            seen.add(entry.key)
            parts.append(_part(archive, entry, page))
            entries.append(entry)
        if len(parts) >= MAX_PARTS:
            page.problem(DocumentProblem.CUT)
            break
    return parts, entries


def _part(archive: Archive, entry: Entry, page: Page) -> ContainedPart:
    problems: list[DocumentProblem] = []
    try:
        content = archive.read(entry.key)
    except UnreadableError as error:
        content, problems = b"", [error.problem]
    else:
        if entry.size is not None and entry.size != len(content):
            problems.append(DocumentProblem.SIZE_WRONG)
        # SHA-1 is what the format has: it finds damage, and stops nobody who wants to deceive.
        if entry.hash and entry.hash != hashlib.sha1(content, usedforsecurity=False).hexdigest():
            problems.append(DocumentProblem.HASH_WRONG)
    _compare_patient(entry.patient, page)
    return ContainedPart(
        kind=kind_of(content),
        name=file_name(archive.names[entry.key]),
        title=title_of(entry.title or entry.type),
        content=content,
        problems=tuple(problems),
    )


def _compare_patient(patient: DocumentPatient | None, page: Page) -> None:
    if patient is None:
        return
    if page.patient is not None and not is_same_patient(page.patient, patient):
        page.problem(DocumentProblem.PATIENT_DIFFERS)
    page.patient = page.patient or patient


def _unlisted(archive: Archive, listing: Listing) -> list[ContainedPart]:
    """Return what no list names; a list is none itself, and neither are the pages for people beside it."""
    listed = {entry.key for entry in listing.entries}
    parts: list[ContainedPart] = []
    for key, name in archive.names.items():
        folder, _slash, last = key.rpartition("/")
        is_for_people = not folder and last in _NO_DOCUMENTS
        if key in listed or last == METADATA or is_for_people:
            continue
        problems = [DocumentProblem.PART_UNLISTED]
        try:
            content = archive.read(key)
        except UnreadableError as error:
            content = b""
            problems.append(error.problem)
        parts.append(
            ContainedPart(
                kind=kind_of(content),
                name=file_name(name),
                title=title_of(file_name(name)),
                content=content,
                problems=tuple(problems),
            )
        )
    return parts


# --- two forms of one act ---------------------------------------------------------------------------


def _join(parts: list[ContainedPart], entries: list[Entry], listing: Listing, page: Page) -> None:
    """Say of a CDA and a PDF of the same act which is the better one to read. Changes `parts`.

    Of a CDA with sections it is the CDA, of one that only carries a file the PDF. A CDA that is about
    another patient than the list says is told.
    """
    documents = [at for at, part in enumerate(parts) if part.kind is DocumentKind.CDA]
    pdfs = [at for at, part in enumerate(parts) if part.kind is DocumentKind.PDF]
    for document in documents:
        try:
            opened = cda.read(parts[document].content)
        except UnreadableError:
            continue
        _compare_patient(opened.patient, page)
        embedded = {hashlib.sha256(part.content).digest() for part in opened.parts}
        for pdf in pdfs:
            same = hashlib.sha256(parts[pdf].content).digest() in embedded or _is_same_act(
                entries[document],
                entries[pdf],
                listing,
                is_only_pair=len(documents) == len(pdfs) == 1,
            )
            if not same or parts[pdf].same_as is not None:
                continue
            has_text = any(block.kind is not BlockKind.HEADING for block in opened.blocks)
            worse, better = (pdf, document) if has_text else (document, pdf)
            parts[worse] = replace(parts[worse], same_as=better)
            break


def _is_same_act(one: Entry, other: Entry, listing: Listing, *, is_only_pair: bool) -> bool:
    if any(
        kind.endswith(":XFRM") and {source, target} == {one.number, other.number}
        for kind, source, target in listing.associations
    ):
        return True
    if not one.type_code or one.type_code != other.type_code:
        return False
    is_same_time = bool(one.act) and one.act == other.act
    is_same_title = bool(one.title) and one.title.casefold() == other.title.casefold()
    return is_same_title and (is_same_time or (is_only_pair and one.date[:8] == other.date[:8]))


# --- the list ---------------------------------------------------------------------------------------


def _listing(archive: Archive) -> tuple[Listing, list[DocumentProblem]]:
    keys = sorted(
        key
        for key in archive.names
        if key.startswith(FOLDER) and key.endswith("/" + METADATA) and key.count("/") == 2
    )
    if not keys:
        raise UnreadableError(DocumentProblem.DAMAGED)
    listing = Listing(entries=[], titles=[], authors=[], dates=[], recipients=[], associations=[])
    problems: list[DocumentProblem] = []
    if len(keys) > MAX_SETS:
        problems.append(DocumentProblem.CUT)
    for key in keys[:MAX_SETS]:
        content = archive.read(key)
        if len(content) > MAX_METADATA_BYTES:
            raise UnreadableError(DocumentProblem.TOO_LARGE)
        root, is_guessed = parse(content)
        if is_guessed:
            problems.append(DocumentProblem.ENCODING_GUESSED)
        _add_set(listing, root, key.removesuffix(METADATA))
    if not listing.entries:
        problems.append(DocumentProblem.DAMAGED)
    return listing, problems


def _add_set(listing: Listing, root: Node, folder: str) -> None:
    for node in root.walk():
        if node.tag == "ExtrinsicObject":
            listing.entries.append(_entry(node, folder))
        elif node.tag == "RegistryPackage":
            listing.titles.append(_name(node))
            listing.dates.append(_slot(node, "submissionTime"))
            listing.authors.extend(_author(_classified(node, SET_AUTHOR)))
            listing.recipients.extend(
                _recipient(value) for value in _slots(node, "intendedRecipient")
            )
        elif node.tag == "Association":
            listing.associations.append(
                (node.get("associationType"), node.get("sourceObject"), node.get("targetObject"))
            )


def _entry(node: Node, folder: str) -> Entry:
    address = _address(_slots(node, "URI"))
    digest = _slot(node, "hash").strip().lower()
    size = _slot(node, "size").strip()
    authors = _author(_classified(node, DOCUMENT_AUTHOR))
    kind = _classified(node, DOCUMENT_TYPE)
    confidentiality = _classified(node, DOCUMENT_CONFIDENTIALITY)
    return Entry(
        number=node.get("id"),
        key=key_of(folder + address) if address else "",
        name=address,
        title=_name(node),
        hash=digest if _SHA1.fullmatch(digest) else "",
        size=int(size) if _SIZE.fullmatch(size) else None,
        type=_name(kind) if kind is not None else "",
        type_code=kind.get("nodeRepresentation") if kind is not None else "",
        date=_slot(node, "creationTime"),
        act=_slot(node, "serviceStartTime"),
        author=authors[0] if authors else "",
        organisation=authors[1] if len(authors) > 1 else "",
        confidentiality=_name(confidentiality) if confidentiality is not None else "",
        patient=_patient(_slots(node, "sourcePatientInfo")),
    )


def _head(listing: Listing, page: Page) -> None:
    for title in listing.titles:
        page.fact(FactKind.TITLE, title)
    for entry in listing.entries[:20]:
        if entry.patient is not None:
            patient = entry.patient
            page.fact(FactKind.PATIENT, f"{patient.family_name} {patient.given_name}")
            page.fact(FactKind.BIRTH_DATE, patient.birth_date)
        page.fact(FactKind.AUTHOR, entry.author)
        page.fact(FactKind.ORGANISATION, entry.organisation)
        page.fact(FactKind.DOCUMENT_TYPE, entry.type)
        page.fact(FactKind.CONFIDENTIALITY, entry.confidentiality)
    for author in listing.authors[:1]:
        page.fact(FactKind.SENDER, author)
    for date in listing.dates:
        page.fact(FactKind.DATE, shown_date(date))
    for recipient in listing.recipients:
        page.fact(FactKind.RECIPIENT, recipient)
    for kind, _source, target in listing.associations:
        if kind.endswith(":RPLC"):
            page.fact(FactKind.REPLACES, target)


def _slots(node: Node, name: str) -> list[str]:
    return [
        value.text()
        for slot in node.nodes("Slot")
        if slot.get("name") == name
        for value in slot.all("ValueList", "Value")
    ]


def _slot(node: Node, name: str) -> str:
    values = _slots(node, name)
    return one_line(values[0], 400) if values else ""


def _address(values: list[str]) -> str:
    """Return a file's place below its list; a long one comes in numbered pieces."""
    pieces = [_NUMBERED.fullmatch(value.strip()) for value in values]
    if values and all(pieces):
        ordered = sorted((int(piece.group(1)), piece.group(2)) for piece in pieces if piece)
        return "".join(text for _number, text in ordered)
    return values[0].strip() if values else ""


def _name(node: Node) -> str:
    text = node.first("Name", "LocalizedString")
    return one_line(text.get("value")) if text is not None else ""


def _classified(node: Node, scheme: str) -> Node | None:
    return next(
        (
            found
            for found in node.nodes("Classification")
            if found.get("classificationScheme") == scheme
        ),
        None,
    )


def _author(node: Node | None) -> list[str]:
    """Return a person's and an organisation's name, of HL7 v2 fields (XCN, XON)."""
    if node is None:
        return []
    person = _recipient(_slot(node, "authorPerson"))
    organisation = _slot(node, "authorInstitution").split("^")[0]
    return [person, organisation]


def _recipient(text: str) -> str:
    """Return the name in XON|XCN, whichever is there."""
    organisation, _bar, person = text.rpartition("|")
    fields = (person.split("^", 8) + [""] * 7)[:7]
    _number, family, given, _second, _suffix, prefix, _degree = fields
    name = " ".join(one_line(piece, 400) for piece in (prefix, given, family) if piece)
    return name or one_line(organisation.split("^")[0], 400)


def _patient(lines: list[str]) -> DocumentPatient | None:
    """Return the patient of PID lines: PID-5 is the name, the legal one of several, PID-7 the day of birth."""
    fields = dict(line.strip().partition("|")[::2] for line in lines[:50])
    names = [
        (name.split("^", 8) + [""] * 7)[:7] for name in fields.get("PID-5", "").split("~")[:10]
    ]
    family, given, *_rest = next((name for name in names if name[6] == "L"), names[0])
    return patient_of(family=family, given=given, born=fields.get("PID-7", ""))
