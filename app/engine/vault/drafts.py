# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows of what is not sent yet: drafts with their documents, and templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from app.engine.ports.vault import DraftLine, StoredAttachment, StoredDraft
from app.interface.shown import person_name, shown_file_name
from app.interface.snapshots import DraftRecipient
from app.interface.writing import DraftContent, DraftId, Template, TemplateId
from crypto_core.wire.codec import Size, decode, encode
from crypto_core.wire.content import Mark
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import AccountId, BlobId, Hash, MessageId, PatientId, UnixMillis
from crypto_core.wire.limits import MAX_MARKS, MAX_NAME_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlcipher3.dbapi2 import Connection

_BEGINNING: Final = 400
_DOCUMENT: Final = (
    "select blob, key, name, media_type, size, sha256, sealed_sha256 from draft_document"
)
_Name = Annotated[str, Size.up_to(MAX_NAME_BYTES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recipient:
    account: AccountId
    name: _Name
    profession: _Name


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recipients:
    """How the recipients of a draft are kept."""

    recipients: Annotated[tuple[_Recipient, ...], Size.up_to(1000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Marks:
    """How marks are kept."""

    marks: Annotated[tuple[Mark, ...], Size.up_to(MAX_MARKS)]


class SqlDraftStore:
    """Implements `DraftStore`."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    # --- drafts ------------------------------------------------------------------------------

    def put(self, draft: DraftId, content: DraftContent, at: UnixMillis) -> None:
        recipients = _Recipients(
            recipients=tuple(
                _Recipient(account=each.account, name=each.name, profession=each.profession)
                for each in content.to
            )
        )
        self._db.execute(
            "insert into draft (draft, recipients, subject, body, marks, urgency, patient,"
            " is_answer_wanted, in_reply_to, changed_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " on conflict (draft) do update set recipients = excluded.recipients,"
            " subject = excluded.subject, body = excluded.body, marks = excluded.marks,"
            " urgency = excluded.urgency, patient = excluded.patient,"
            " is_answer_wanted = excluded.is_answer_wanted, in_reply_to = excluded.in_reply_to,"
            " changed_at = excluded.changed_at",
            (
                draft,
                encode(recipients),
                content.subject,
                content.text,
                encode(_Marks(marks=content.marks)),
                int(content.urgency),
                content.patient,
                int(content.is_answer_wanted),
                content.in_reply_to,
                at,
            ),
        )

    def get(self, draft: DraftId) -> StoredDraft | None:
        row = self._db.execute(
            "select recipients, subject, body, marks, urgency, patient, is_answer_wanted,"
            " in_reply_to, changed_at, id from draft where draft = ? and removed_at is null",
            (draft,),
        ).fetchone()
        if row is None:
            return None
        return StoredDraft(
            draft=draft,
            content=DraftContent(
                to=_recipients(row[0]),
                subject=row[1],
                text=row[2],
                marks=decode(_Marks, row[3]).marks,
                urgency=Urgency(row[4]),
                patient=None if row[5] is None else PatientId(row[5]),
                is_answer_wanted=bool(row[6]),
                in_reply_to=None if row[7] is None else MessageId(row[7]),
            ),
            documents=tuple(
                _document(each)
                for each in self._db.execute(
                    f"{_DOCUMENT} where draft = ? order by position", (row[9],)
                )
            ),
            changed_at=UnixMillis(row[8]),
        )

    def page(self, *, offset: int, limit: int) -> tuple[DraftLine, ...]:
        rows = self._db.execute(
            "select draft, recipients, substr(subject, 1, 1000), substr(body, 1, ?), patient,"
            " changed_at, (select count(*) from draft_document where draft_document.draft = draft.id)"
            " from draft where removed_at is null order by changed_at desc, id desc"
            " limit ? offset ?",
            (_BEGINNING, limit, offset),
        )
        return tuple(
            DraftLine(
                draft=DraftId(row[0]),
                to=tuple(each.name for each in _recipients(row[1])),
                subject=row[2],
                beginning=row[3],
                patient=None if row[4] is None else PatientId(row[4]),
                changed_at=UnixMillis(row[5]),
                documents=row[6],
            )
            for row in rows
        )

    def count(self) -> int:
        row = self._db.execute("select count(*) from draft where removed_at is null").fetchone()
        return int(row[0])

    def remove(self, drafts: Sequence[DraftId], at: UnixMillis) -> None:
        self._db.executemany(
            "update draft set removed_at = ? where draft = ? and removed_at is null",
            [(at, draft) for draft in drafts],
        )

    def restore(self, draft: DraftId) -> bool:
        changed = self._db.execute(
            "update draft set removed_at = null where draft = ?", (draft,)
        ).rowcount
        return bool(changed)

    def forget(self, draft: DraftId) -> None:
        self._db.execute("delete from draft where draft = ?", (draft,))

    def forget_removed(self, until: UnixMillis | None) -> tuple[BlobId, ...]:
        over = "removed_at is not null and (? is null or removed_at <= ?)"
        blobs = self._db.execute(
            f"select blob from draft_document where draft in (select id from draft where {over})",
            (until, until),
        ).fetchall()
        self._db.execute(f"delete from draft where {over}", (until, until))
        return tuple(BlobId(blob) for (blob,) in blobs)

    def first_removed_at(self) -> UnixMillis | None:
        row = self._db.execute(
            "select min(removed_at) from draft where removed_at is not null"
        ).fetchone()
        return None if row[0] is None else UnixMillis(row[0])

    # --- their documents ---------------------------------------------------------------------

    def add_document(self, draft: DraftId, document: StoredAttachment, at: UnixMillis) -> None:
        row = self._db.execute(
            "update draft set changed_at = ? where draft = ? returning id", (at, draft)
        ).fetchone()
        self._db.execute(
            "insert into draft_document (blob, draft, position, key, name, media_type, size, sha256,"
            " sealed_sha256) values (?, ?, (select coalesce(max(position) + 1, 0)"
            " from draft_document where draft = ?), ?, ?, ?, ?, ?, ?)",
            (
                document.blob,
                row[0],
                row[0],
                document.key,
                shown_file_name(document.name),
                document.media_type,
                document.size,
                document.sha256,
                document.sealed_sha256,
            ),
        )

    def remove_document(self, draft: DraftId, blob: BlobId, at: UnixMillis) -> bool:
        removed = self._db.execute(
            "delete from draft_document where blob = ?"
            " and draft = (select id from draft where draft = ?)",
            (blob, draft),
        ).rowcount
        if removed:
            self._db.execute("update draft set changed_at = ? where draft = ?", (at, draft))
        return bool(removed)

    def blobs(self) -> frozenset[BlobId]:
        return frozenset(
            BlobId(blob) for (blob,) in self._db.execute("select blob from draft_document")
        )

    # --- templates ---------------------------------------------------------------------------

    def templates(self) -> tuple[Template, ...]:
        rows = self._db.execute(
            "select template, name, subject, body, marks, urgency, is_answer_wanted from template"
            " order by name collate nocase, template"
        )
        return tuple(
            Template(
                template=TemplateId(row[0]),
                name=row[1],
                subject=row[2],
                text=row[3],
                marks=decode(_Marks, row[4]).marks,
                urgency=Urgency(row[5]),
                is_answer_wanted=bool(row[6]),
            )
            for row in rows
        )

    def put_template(self, template: Template) -> None:
        self._db.execute(
            "insert or replace into template (template, name, subject, body, marks, urgency,"
            " is_answer_wanted) values (?, ?, ?, ?, ?, ?, ?)",
            (
                template.template,
                template.name,
                template.subject,
                template.text,
                encode(_Marks(marks=template.marks)),
                int(template.urgency),
                int(template.is_answer_wanted),
            ),
        )

    def remove_template(self, template: TemplateId) -> bool:
        removed = self._db.execute("delete from template where template = ?", (template,)).rowcount
        return bool(removed)


def _recipients(stored: bytes) -> tuple[DraftRecipient, ...]:
    return tuple(
        DraftRecipient(
            account=each.account,
            name=person_name(each.account, each.name),
            profession=each.profession,
        )
        for each in decode(_Recipients, stored).recipients
    )


def _document(row: tuple[Any, ...]) -> StoredAttachment:
    blob, key, name, media_type, size, digest, sealed = row
    return StoredAttachment(
        blob=BlobId(blob),
        key=key,
        name=name,
        media_type=media_type,
        size=size,
        sha256=Hash(digest),
        is_available=True,
        sealed_sha256=Hash(sealed),
    )
