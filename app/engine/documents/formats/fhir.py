# SPDX-License-Identifier: AGPL-3.0-or-later
"""HL7 FHIR R4 documents (JSON and XML): narratives as they are, results as tables, files as parts."""

from __future__ import annotations

import binascii
import json
import re
from typing import TYPE_CHECKING, Any, Final

from app.engine.documents.formats.blocks import Page, cell, title_of
from app.engine.documents.formats.cda import flag_of
from app.engine.documents.formats.dates import shown_date
from app.engine.documents.formats.kinds import ending_of, kind_of
from app.engine.documents.formats.limits import (
    MAX_JSON_BYTES,
    MAX_TABLE_ROWS,
    MAX_TREE_DEPTH,
    MAX_TREE_NODES,
)
from app.engine.documents.formats.markup import parse_markup
from app.engine.documents.formats.narrative import Narrative
from app.engine.documents.formats.norms import COMPARED, judge
from app.engine.documents.formats.persons import is_same_patient, patient_of
from app.engine.documents.formats.texts import decode, one_line
from app.engine.documents.formats.tree import Node, parse
from app.engine.documents.parsed import ContainedPart, Parsed, UnreadableError
from app.interface.documents import (
    Cell,
    DocumentKind,
    DocumentProblem,
    FactKind,
    Flag,
    Remark,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


_TOP: Final = frozenset(
    (
        "Bundle",
        "Composition",
        "DiagnosticReport",
        "Observation",
        "DocumentReference",
        "Patient",
        "Binary",
    )
)
_SEXES: Final = {"female": "F", "male": "M", "other": "U", "unknown": "U"}
_STATES: Final = {
    "registered": Remark.AWAITED,
    "preliminary": Remark.PARTIAL,
    "amended": Remark.CORRECTED,
    "corrected": Remark.CORRECTED,
    "cancelled": Remark.IMPOSSIBLE,
    "entered-in-error": Remark.WITHDRAWN,
}
_SPACE: Final = re.compile(r"\s+")
_MAX_REPEATED: Final = 2_000
"""Of one element; results beyond are cut with their table."""


class Resource:
    """An element, of JSON or of XML, read alike: by name, as text, and always possibly repeated."""

    __slots__ = ("_json", "_node")

    def __init__(self, *, json_value: object = None, node: Node | None = None) -> None:
        self._json = json_value
        self._node = node

    @property
    def type(self) -> str:
        """The resource's type; nothing for other elements."""
        if self._node is not None:
            return self._node.tag
        return self.text("resourceType")

    def items(self, name: str) -> Iterator[Resource]:
        """Return the elements of that name."""
        if self._node is not None:
            for child in self._node.nodes(name):
                inner = [node for node in child.children if isinstance(node, Node)]
                # In XML a resource is wrapped in the element that it belongs to.
                is_wrapped = len(inner) == 1 and inner[0].tag[:1].isupper()
                yield Resource(node=inner[0] if is_wrapped else child)
            return
        if isinstance(self._json, dict):
            found: Any = self._json.get(name)
            values: list[object] = found if isinstance(found, list) else [found]
            for value in values[:_MAX_REPEATED]:
                if value is not None:
                    yield Resource(json_value=value)

    def first(self, *path: str) -> Resource:
        """Return the first element along a path; an empty one if there is none."""
        found = self
        for name in path:
            found = next(found.items(name), Resource())
        return found

    def text(self, *path: str) -> str:
        """Return a value as it is written, on one line."""
        found = self.first(*path)
        if found._node is not None:  # noqa: SLF001 - of its own class
            return one_line(found._node.get("value"))  # noqa: SLF001
        value = found._json  # noqa: SLF001
        if isinstance(value, bool):
            return "true" if value else "false"
        return one_line(value) if isinstance(value, str) else ""

    def long_text(self, *path: str) -> str:
        """Return a value as it is written, however long."""
        found = self.first(*path)
        if found._node is not None:  # noqa: SLF001 - of its own class
            return found._node.get("value")  # noqa: SLF001
        return found._json if isinstance(found._json, str) else ""  # noqa: SLF001

    def narrative(self) -> tuple[Node | None, bool]:
        """Return the human-readable text (`text.div`), and whether some of it was left out."""
        text = self.first("text")
        if text._node is not None:  # noqa: SLF001 - of its own class
            return text._node.first("div"), False  # noqa: SLF001
        markup = text.long_text("div")
        return parse_markup(markup) if markup.strip() else (None, False)


def read(content: bytes) -> Parsed:
    """Read a FHIR bundle, or a single resource that people read. Raises UnreadableError."""
    page = Page()
    root = _root(content, page)
    if root.type not in _TOP:
        raise UnreadableError(DocumentProblem.DAMAGED)
    _Card(root, page).set()
    return page.parsed(DocumentKind.FHIR)


def _root(content: bytes, page: Page) -> Resource:
    start = content[:64].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
    if start.startswith(b"<"):
        node, is_guessed = parse(content)
        if is_guessed:
            page.problem(DocumentProblem.ENCODING_GUESSED)
        return Resource(node=node)
    if len(content) > MAX_JSON_BYTES:
        raise UnreadableError(DocumentProblem.TOO_LARGE)
    text, is_guessed = decode(content)
    if is_guessed:
        page.problem(DocumentProblem.ENCODING_GUESSED)
    # Numbers stay as they are written: 5.40 is another precision than 5.4.
    decoder = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)
    try:
        value = decoder.decode(text)
    except (ValueError, RecursionError):
        raise UnreadableError(DocumentProblem.DAMAGED) from None
    _bound(value)
    return Resource(json_value=value)


def _bound(value: object) -> None:
    """Raise UnreadableError when a value is too deep or has too many elements."""
    count = 0
    level: list[object] = [value]
    for _depth in range(MAX_TREE_DEPTH):
        following: list[object] = []
        for item in level:
            if isinstance(item, dict):
                following.extend(item.values())
            elif isinstance(item, list):
                following.extend(item)
        count += len(following)
        if count > 4 * MAX_TREE_NODES:
            break
        if not following:
            return
        level = following
    raise UnreadableError(DocumentProblem.TOO_LARGE)


class _Card:
    """One document, set on a page."""

    def __init__(self, root: Resource, page: Page) -> None:
        self._page = page
        self._root = root
        self._known: dict[str, Resource] = {}
        self._resources: list[Resource] = []
        if root.type == "Bundle":
            for entry in root.items("entry"):
                self._add(entry.text("fullUrl"), entry.first("resource"))
        else:
            self._add("", root)
        self._shown: set[int] = set()

    def _add(self, address: str, resource: Resource) -> None:
        if not resource.type:
            return
        self._resources.append(resource)
        number = resource.text("id")
        for name in (address, f"{resource.type}/{number}" if number else ""):
            if name:
                # The first of two with one address is the one that is meant, whatever follows.
                self._known.setdefault(name, resource)
        for contained in resource.items("contained"):
            if contained.type and contained.text("id"):
                self._known.setdefault(f"#{contained.text('id')}", contained)

    def set(self) -> None:
        """Set head and content."""
        composition = self._of_type("Composition")
        if composition is not None:
            self._composition(composition)
        else:
            self._without_composition()
        for resource in self._resources:
            if resource.type == "Patient":
                self._patient(resource)
        # What no section names is in the document all the same.
        for resource in self._resources:
            if resource.type == "DiagnosticReport":
                self._report(resource, level=2)
        self._results([one for one in self._resources if one.type == "Observation"])
        for resource in self._resources:
            if resource.type == "DocumentReference":
                for content in resource.items("content"):
                    self._file(content.first("attachment"), resource.text("description"))
            elif resource.type == "Binary":
                self._binary(resource)

    def _of_type(self, name: str) -> Resource | None:
        return next((one for one in self._resources if one.type == name), None)

    def _find(self, reference: Resource) -> Resource | None:
        address = reference.text("reference")
        found = self._known.get(address)
        if found is None and "/" in address:
            # A complete address, and entries that only have their numbers.
            found = self._known.get("/".join(address.split("/")[-2:]))
        return found

    # --- head ---------------------------------------------------------------------------------------

    def _composition(self, composition: Resource) -> None:
        page = self._page
        page.fact(FactKind.TITLE, composition.text("title"))
        page.fact(FactKind.DOCUMENT_TYPE, _concept(composition.first("type")))
        page.fact(FactKind.DATE, shown_date(composition.text("date")))
        page.fact(FactKind.CONFIDENTIALITY, composition.text("confidentiality"))
        subject = self._find(composition.first("subject"))
        if subject is not None and subject.type == "Patient":
            self._patient(subject)
        for author in composition.items("author"):
            page.fact(FactKind.AUTHOR, self._name_of(author))
        page.fact(FactKind.ORGANISATION, self._name_of(composition.first("custodian")))
        for event in composition.items("event"):
            for code in event.items("code"):
                page.fact(FactKind.ACT, _concept(code))
        for related in composition.items("relatesTo"):
            if related.text("code") == "replaces":
                page.fact(
                    FactKind.REPLACES,
                    related.text("targetIdentifier", "value")
                    or related.text("targetReference", "reference"),
                )
        self._narrative(composition, level=0)
        for section in composition.items("section"):
            self._section(section, level=1)

    def _without_composition(self) -> None:
        page = self._page
        report = self._of_type("DiagnosticReport") or self._of_type("DocumentReference")
        if report is None:
            return
        page.fact(FactKind.TITLE, _concept(report.first("code")) or report.text("description"))
        page.fact(FactKind.DOCUMENT_TYPE, _concept(report.first("type")))
        page.fact(
            FactKind.DATE,
            shown_date(
                report.text("issued") or report.text("effectiveDateTime") or report.text("date")
            ),
        )
        for name in ("performer", "author"):
            for author in report.items(name):
                page.fact(FactKind.AUTHOR, self._name_of(author))

    def _patient(self, patient: Resource) -> None:
        name = next(
            (one for one in patient.items("name") if one.text("use") in {"official", ""}),
            patient.first("name"),
        )
        family = name.text("family") or name.text("text")
        given = " ".join(_texts(name, "given"))
        found = patient_of(family=family, given=given, born=patient.text("birthDate"))
        page = self._page
        if page.patient is None:
            page.patient = found
            page.fact(FactKind.PATIENT, f"{family} {given}")
            page.fact(FactKind.BIRTH_DATE, shown_date(patient.text("birthDate")))
            page.fact(FactKind.SEX, _SEXES.get(patient.text("gender"), ""))
        elif found is not None and not is_same_patient(page.patient, found):
            page.problem(DocumentProblem.PATIENT_DIFFERS)

    def _name_of(self, reference: Resource, *, is_role: bool = False) -> str:
        """Return whom a reference means, as the document names them."""
        found = self._find(reference)
        # A role's person is no role again, though a file may say so without end.
        if found is not None and found.type == "PractitionerRole" and not is_role:
            person = self._name_of(found.first("practitioner"), is_role=True)
            organisation = self._name_of(found.first("organization"), is_role=True)
            profession = _concept(found.first("specialty")) or _concept(found.first("code"))
            return ", ".join(piece for piece in (person, profession, organisation) if piece)
        if found is not None and found.type == "Organization":
            return found.text("name")
        if found is not None:
            name = found.first("name")
            pieces = [*_texts(name, "prefix"), *_texts(name, "given"), name.text("family")]
            shown = " ".join(piece for piece in pieces if piece) or name.text("text")
            if shown:
                return shown
        return reference.text("display")

    # --- content ------------------------------------------------------------------------------------

    def _section(self, section: Resource, *, level: int) -> None:
        page = self._page
        page.heading(section.text("title") or _concept(section.first("code")), level)
        has_text = self._narrative(section, level=level)
        results: list[Resource] = []
        for entry in section.items("entry"):
            found = self._find(entry)
            if found is None:
                continue
            if found.type == "DiagnosticReport":
                self._report(found, level=level + 1)
            elif found.type == "Observation":
                results.append(found)
            elif not has_text and id(found) not in self._shown:
                self._shown.add(id(found))
                self._narrative(found, level=level)
        # Also beside a narrative: the flags of abnormal values are in the results only.
        self._results(results)
        for inner in section.items("section"):
            self._section(inner, level=level + 1)

    def _narrative(self, resource: Resource, *, level: int) -> bool:
        node, is_cut = resource.narrative()
        if is_cut:
            self._page.problem(DocumentProblem.CUT)
        if node is None:
            return False
        Narrative(self._page, level=level).set(node)
        return bool(node.text().strip())

    def _report(self, report: Resource, *, level: int) -> None:
        if id(report) in self._shown:
            return
        self._shown.add(id(report))
        self._page.heading(_concept(report.first("code")), level)
        self._narrative(report, level=level)
        results = [self._find(reference) for reference in report.items("result")]
        self._results([one for one in results if one is not None and one.type == "Observation"])
        self._page.paragraph(one_line(report.long_text("conclusion"), 64 * 1024))
        for file in report.items("presentedForm"):
            self._file(file, _concept(report.first("code")))

    def _results(self, observations: list[Resource]) -> None:
        rows: list[tuple[Cell, ...]] = []
        for observation in observations[:MAX_TABLE_ROWS]:
            if id(observation) in self._shown:
                continue
            self._shown.add(id(observation))
            found = [observation, *observation.items("component")]
            for reference in observation.items("hasMember"):
                member = self._find(reference)
                if (
                    member is not None
                    and member.type == "Observation"
                    and id(member) not in self._shown
                ):
                    self._shown.add(id(member))
                    found.append(member)
            for each in found:
                row, is_compared = _row(each)
                rows.append(row)
                if is_compared:
                    self._page.problem(DocumentProblem.FLAGS_COMPARED)
        if rows:
            self._page.table(rows)

    def _file(self, attachment: Resource, title: str) -> None:
        data = attachment.long_text("data")
        address = attachment.text("url")
        if data:
            self._part(data, attachment.text("title") or title)
        elif address:
            found = self._known.get(address)
            if found is None:
                self._page.problem(DocumentProblem.REMOTE_CONTENT)
            elif found.type == "Binary":
                self._binary(found, title=attachment.text("title") or title)

    def _binary(self, binary: Resource, *, title: str = "") -> None:
        if id(binary) not in self._shown and binary.long_text("data"):
            self._shown.add(id(binary))
            self._part(binary.long_text("data"), title)

    def _part(self, data: str, title: str) -> None:
        try:
            content = binascii.a2b_base64(_SPACE.sub("", data).encode("ascii"))
        except ValueError:
            self._page.problem(DocumentProblem.DAMAGED)
            return
        kind = kind_of(content)
        self._page.part(
            ContainedPart(
                kind=kind,
                name=f"document{ending_of(kind, content)}",
                title=title_of(title),
                content=content,
            )
        )


def _row(observation: Resource) -> tuple[tuple[Cell, ...], bool]:
    """Return a result's row, and whether its flag is this program's own."""
    value, unit = _value(observation)
    norms = list(observation.items("referenceRange"))
    low, high = _bounds(norms)
    # Numbers of the format have no signs between thousands.
    judged = judge(value, low, high, unit=unit, said=_said(observation), has_thousands=False)
    remarks = [Remark.NOT_COMPARED] if judged.is_open else []
    state = _STATES.get(observation.text("status"))
    if state is not None:
        remarks.append(state)
    norm = " ; ".join(_range(one) for one in norms)
    notes = [note.text("text") for note in observation.items("note")]
    row = (
        cell(_concept(observation.first("code")), is_head=True),
        cell(value, flag=judged.flag, remarks=tuple(remarks)),
        cell(unit),
        cell(f"{norm} {COMPARED}" if judged.is_compared else norm),
        cell("\n".join(notes)),
    )
    return row, judged.is_compared


def _said(observation: Resource) -> Flag | None:
    """Return what its sender says of a value, None if that is nothing this program understands."""
    codes = [
        coding.text("code").strip().upper()
        for interpretation in observation.items("interpretation")
        for coding in interpretation.items("coding")
    ]
    flag = max(map(flag_of, codes), default=Flag.NONE)
    return None if flag is Flag.NONE and "N" not in codes else flag


def _bounds(norms: list[Resource]) -> tuple[str, str]:
    """Return the norm that counts for a value, as two texts."""
    if len(norms) != 1:
        # Which of several is this patient's, nobody here can tell, and as one text they are no norm.
        return " ; ".join(_range(one) for one in norms), ""
    low, high = norms[0].text("low", "value"), norms[0].text("high", "value")
    return (low, high) if low or high else (norms[0].text("text"), "")


def _value(observation: Resource) -> tuple[str, str]:
    quantity = observation.first("valueQuantity")
    if quantity.text("value"):
        return (
            quantity.text("comparator") + quantity.text("value"),
            quantity.text("unit") or quantity.text("code"),
        )
    ratio = observation.first("valueRatio")
    if ratio.text("numerator", "value"):
        return f"{ratio.text('numerator', 'value')}/{ratio.text('denominator', 'value')}", ""
    for name in ("valueString", "valueInteger", "valueBoolean", "valueDateTime", "valueTime"):
        if observation.text(name):
            return observation.text(name), ""
    return _concept(observation.first("valueCodeableConcept")) or _concept(
        observation.first("dataAbsentReason")
    ), ""


def _range(norm: Resource) -> str:
    low, high = norm.text("low", "value"), norm.text("high", "value")
    if low and high:
        return f"{low} – {high}"
    if low or high:
        return f"≥ {low}" if low else f"≤ {high}"
    return norm.text("text")


def _concept(concept: Resource) -> str:
    """Return what a coded value means to people."""
    text = concept.text("text")
    if text:
        return text
    codings = list(concept.items("coding"))
    shown = next((one.text("display") for one in codings if one.text("display")), "")
    return shown or next((one.text("code") for one in codings if one.text("code")), "")


def _texts(resource: Resource, name: str) -> list[str]:
    return [text for item in resource.items(name) if (text := item.text())]
