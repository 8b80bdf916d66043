# SPDX-License-Identifier: AGPL-3.0-or-later
"""A CDA document as IHE_XDM.zip, for practice software that takes nothing else; read by a process without secrets."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Final

from app.engine.documents.formats.xdm_writing import XdmDocument, write_xdm
from app.interface.documents import DocumentKind, DocumentProblem, FactKind

if TYPE_CHECKING:
    from app.engine.ports.documents import ReadDocument
    from app.engine.ports.folders import Arrival
    from app.engine.ports.vault import StoredAttachment
    from app.engine.session import Session

_UNSPECIFIED: Final = "11488-4"
"""LOINC's consultation note, for a document that does not say what it is."""


async def packed(
    session: Session, arrival: Arrival, document: StoredAttachment, content: bytes
) -> bytes | None:
    """Return the archive; None for what is no CDA document, or a damaged one. The same document gives the same bytes."""
    opened = await session.machine.documents.open(content, name=document.name)
    try:
        read = opened.document
    finally:
        await opened.close()
    if read.kind is not DocumentKind.CDA or DocumentProblem.DAMAGED in read.problems:
        return None
    return write_xdm(
        XdmDocument(
            content=content,
            media_type="text/xml",
            title=_fact(read, FactKind.TITLE) or document.name,
            patient=read.patient,
            author=_fact(read, FactKind.AUTHOR) or arrival.sender_name,
            organisation=_fact(read, FactKind.ORGANISATION),
            type_code=read.type_code or _UNSPECIFIED,
            type_name=_fact(read, FactKind.DOCUMENT_TYPE),
            created_at=_moment(_fact(read, FactKind.DATE), arrival),
            document=uuid.UUID(bytes=document.blob),
            submission=uuid.UUID(bytes=arrival.message),
            software=uuid.UUID(bytes=session.owner.device),
        )
    )


def _fact(read: ReadDocument, kind: FactKind) -> str:
    return next((fact.text for fact in read.facts if fact.kind is kind), "")


def _moment(text: str, arrival: Arrival) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)
    except ValueError:
        return dt.datetime.fromtimestamp(arrival.received_at / 1000, tz=dt.UTC)
