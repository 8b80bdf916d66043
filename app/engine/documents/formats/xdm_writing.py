# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes one document as IHE_XDM.zip, for practice software that takes nothing else."""

from __future__ import annotations

import datetime as dt
import hashlib
import html
import io
import uuid
import zipfile
from dataclasses import dataclass, field
from typing import Final

from app.engine.documents.formats import xdm
from app.engine.documents.formats.texts import one_line
from app.interface.documents import DocumentPatient

README: Final = """\
Archive IHE_XDM. Ouvrez-la avec un logiciel qui connaît ce format, ou ouvrez le document dans IHE_XDM/SUBSET01.
IHE_XDM archive. Open it with software that knows this format, or open the document in IHE_XDM/SUBSET01.

Logiciel / software: U-HealthSec
"""
_ENDINGS: Final = {
    "application/pdf": "PDF",
    "text/xml": "XML",
    "text/plain": "TXT",
    "image/jpeg": "JPG",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class XdmDocument:
    """A document, and what its list says about it."""

    content: bytes = field(repr=False)
    media_type: str
    title: str = field(repr=False)
    patient: DocumentPatient | None = field(repr=False)
    author: str = field(repr=False)
    organisation: str = field(repr=False)
    type_code: str
    """LOINC, such as 11488-4."""
    type_name: str
    created_at: dt.datetime
    """With its zone."""
    document: uuid.UUID
    submission: uuid.UUID
    software: uuid.UUID
    """This installation, as the archive's source."""


def write_xdm(document: XdmDocument) -> bytes:
    """Return the archive. The same document gives the same bytes."""
    name = f"DOC00001.{_ENDINGS.get(document.media_type, 'BIN')}"
    files = (
        ("README.TXT", README.replace("\n", "\r\n").encode()),
        ("INDEX.HTM", _index(document, name).encode()),
        ("IHE_XDM/SUBSET01/METADATA.XML", _metadata(document, name).encode()),
        (f"IHE_XDM/SUBSET01/{name}", document.content),
    )
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files:
            archive.writestr(zipfile.ZipInfo(path), content, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _index(document: XdmDocument, name: str) -> str:
    title = html.escape(one_line(document.title))
    return (
        '<!DOCTYPE html>\r\n<html lang="fr"><head><meta charset="utf-8"><title>IHE_XDM</title></head>\r\n'
        f'<body><p><a href="IHE_XDM/SUBSET01/{name}">{title}</a></p></body></html>\r\n'
    )


def _metadata(document: XdmDocument, name: str) -> str:
    digest = hashlib.sha1(document.content, usedforsecurity=False).hexdigest()
    created = document.created_at.astimezone(dt.UTC).strftime("%Y%m%d%H%M%S")
    entry, package = "Document01", "SubmissionSet01"
    patient_id = f"{document.document.hex}^^^&{_oid(document.software)}&ISO"
    return f"""\
<?xml version="1.0" encoding="UTF-8"?>
<lcm:SubmitObjectsRequest xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0" xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0">
<RegistryObjectList>
<ExtrinsicObject id="{entry}" mimeType={_quoted(document.media_type)} objectType="{xdm.STABLE_DOCUMENT}" status="urn:oasis:names:tc:ebxml-regrep:StatusType:Approved">
{_slot("URI", name)}{_slot("hash", digest)}{_slot("size", str(len(document.content)))}{_slot("creationTime", created)}\
{_slot("languageCode", "fr-FR")}{_slot("sourcePatientInfo", *_patient_lines(document.patient))}
<Name><LocalizedString charset="UTF-8" xml:lang="FR" value={_quoted(document.title)}/></Name>
{_author(xdm.DOCUMENT_AUTHOR, entry, document)}
{_coded(xdm.DOCUMENT_TYPE, entry, document.type_code, "2.16.840.1.113883.6.1", document.type_name)}
{_coded(xdm.DOCUMENT_CONFIDENTIALITY, entry, "N", "2.16.840.1.113883.5.25", "Normal")}
{_identifier(xdm.DOCUMENT_UNIQUE_ID, entry, _oid(document.document), "XDSDocumentEntry.uniqueId")}
{_identifier(xdm.DOCUMENT_PATIENT_ID, entry, patient_id, "XDSDocumentEntry.patientId")}
</ExtrinsicObject>
<RegistryPackage id="{package}" objectType="urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:RegistryPackage" status="urn:oasis:names:tc:ebxml-regrep:StatusType:Approved">
{_slot("submissionTime", created)}
<Name><LocalizedString charset="UTF-8" xml:lang="FR" value={_quoted(document.title)}/></Name>
{_author(xdm.SET_AUTHOR, package, document)}
{_identifier(xdm.SET_UNIQUE_ID, package, _oid(document.submission), "XDSSubmissionSet.uniqueId")}
{_identifier(xdm.SET_SOURCE_ID, package, _oid(document.software), "XDSSubmissionSet.sourceId")}
{_identifier(xdm.SET_PATIENT_ID, package, patient_id, "XDSSubmissionSet.patientId")}
</RegistryPackage>
<Classification id="IsSet" classifiedObject="{package}" classificationNode="{xdm.SET}"/>
<Association id="HasMember" associationType="urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember" sourceObject="{package}" targetObject="{entry}">
{_slot("SubmissionSetStatus", "Original")}
</Association>
</RegistryObjectList>
</lcm:SubmitObjectsRequest>
"""


def _oid(number: uuid.UUID) -> str:
    # ITU-T X.667: every UUID is an object identifier.
    return f"2.25.{number.int}"


def _quoted(text: str) -> str:
    return f'"{html.escape(one_line(text))}"'


def _field(text: str) -> str:
    """Return a text as a field of HL7 v2, whose own signs must not be in it."""
    return "".join(" " if sign in "^|~&\\" else sign for sign in one_line(text, 200))


def _slot(name: str, *values: str) -> str:
    if not values:
        return ""
    listed = "".join(f"<Value>{html.escape(value)}</Value>" for value in values)
    return f'<Slot name="{name}"><ValueList>{listed}</ValueList></Slot>'


def _patient_lines(patient: DocumentPatient | None) -> list[str]:
    if patient is None:
        return []
    name = f"PID-5|{_field(patient.family_name)}^{_field(patient.given_name)}^^^^^L"
    born = patient.birth_date.replace("-", "")
    return [name, f"PID-7|{born}"] if born else [name]


def _author(scheme: str, of: str, document: XdmDocument) -> str:
    person = _slot("authorPerson", f"^{_field(document.author)}")
    organisation = (
        _slot("authorInstitution", _field(document.organisation)) if document.organisation else ""
    )
    return (
        f'<Classification id="Author-{of}" classificationScheme="{scheme}" classifiedObject="{of}"'
        f' nodeRepresentation="">{organisation}{person}</Classification>'
    )


def _coded(scheme: str, of: str, code: str, system: str, name: str) -> str:
    return (
        f'<Classification id="Code-{scheme[9:17]}" classificationScheme="{scheme}" classifiedObject="{of}"'
        f" nodeRepresentation={_quoted(code)}>{_slot('codingScheme', system)}<Name><LocalizedString"
        f" value={_quoted(name)}/></Name></Classification>"
    )


def _identifier(scheme: str, of: str, value: str, name: str) -> str:
    return (
        f'<ExternalIdentifier id="Id-{scheme[9:17]}" identificationScheme="{scheme}" registryObject="{of}"'
        f' value={_quoted(value)}><Name><LocalizedString value="{name}"/></Name></ExternalIdentifier>'
    )
