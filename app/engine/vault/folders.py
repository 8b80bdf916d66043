# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows about the folders of practice software."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from app.engine.ports.folders import Arrival, FolderCounts, StoredFolders, StoredUnit
from app.engine.ports.vault import StoredAttachment
from app.interface.folders import FolderRow, FolderSettings, FolderTrouble
from app.interface.shown import person_name
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.ids import AccountId, BlobId, Hash, MessageId, UnixMillis

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlcipher3.dbapi2 import Connection

_UNIT: Final = "select unit, message, label, name, files, trouble, detail, at from folder_unit"
_RUNG: Final = (
    "coalesce((select count(r.accepted_at) + 1000 * count(r.delivered_at) + 1000000 * count(r.read_at)"
    " + 1000000000 * count(r.refused_at) + 1000000000000 * (count(r.not_delivered_at) + sum(r.problem <> 0))"
    " from recipient r join message m on m.id = r.message where m.message = {}), -1)"
)
_LINES: Final = "\n"
_TEXT: Final = -1
"""The place of a letter's text before its documents."""


def note_text(connection: Connection, message: int) -> None:
    """A letter was added: its text is to be written, unless a program has written it or no folder wants it."""
    connection.execute(
        "insert or ignore into folder_arrival (message, position)"
        " select m.id, ? from message m, folder_watch w where m.id = ? and w.writes_received = 1"
        " and m.is_sent = 0 and m.is_brought = 0 and m.is_automatic = 0 and m.received_at >= w.since"
        " and trim(m.body, ?) <> ''",
        (_TEXT, message, " \t\r\n"),
    )


class SqlFolderStore:
    """Implements `FolderStore`."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def watched(self) -> StoredFolders | None:
        row = self._db.execute("select settings, since from folder_watch").fetchone()
        if row is None:
            return None
        return StoredFolders(settings=decode(FolderSettings, row[0]), since=UnixMillis(row[1]))

    def watch(self, settings: FolderSettings, since: UnixMillis) -> None:
        self._db.execute(
            "insert or replace into folder_watch values (1, ?, ?, ?)",
            (encode(settings), int(settings.writes_received), since),
        )

    def stop(self) -> None:
        self._db.execute("delete from folder_watch")
        self._db.execute("delete from folder_arrival where is_written = 0")

    def add_unit(self, unit: StoredUnit) -> None:
        self._db.execute(
            "insert into folder_unit (unit, message, label, name, files, trouble, detail, at)"
            " values (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                unit.unit,
                unit.message,
                unit.label,
                unit.name,
                _LINES.join(unit.files),
                None if unit.trouble is None else int(unit.trouble),
                unit.detail,
                unit.at,
            ),
        )

    def units(self, units: tuple[str, ...]) -> frozenset[str]:
        found = set()
        for unit in units:
            if self._db.execute("select 1 from folder_unit where unit = ?", (unit,)).fetchone():
                found.add(unit)
        return frozenset(found)

    def to_put_away(self, limit: int) -> tuple[StoredUnit, ...]:
        rows = self._db.execute(f"{_UNIT} where is_put_away = 0 order by id limit ?", (limit,))
        return tuple(_unit(row) for row in rows)

    def put_away(self, unit: str, told: int) -> None:
        self._db.execute(
            "update folder_unit set is_put_away = 1, told = ? where unit = ?", (told, unit)
        )
        # Of a letter that was erased meanwhile only stays that this was taken.
        self._db.execute(
            "update folder_unit set label = '', name = '', files = '', detail = '' where unit = ?"
            " and message in (select message from removed)",
            (unit,),
        )

    def told(self, since: UnixMillis, limit: int) -> Mapping[str, tuple[StoredUnit, int]]:
        rung = _RUNG.format("folder_unit.message")
        rows = self._db.execute(
            f"select * from ({_UNIT.replace(' from', f', {rung} as rung, told from')}"
            " where message is not null and is_put_away = 1 and at >= ?)"
            " where rung <> told and rung >= 0 limit ?",
            (since, limit),
        )
        return {row[0]: (_unit(row[:8]), row[8]) for row in rows}

    def rung(self, message: MessageId) -> int:
        (rung,) = self._db.execute(f"select {_RUNG.format('?')}", (message,)).fetchone()
        return int(rung)

    def arrivals(self, limit: int) -> tuple[Arrival, ...]:
        rows = self._db.execute(
            "select m.message, f.position, m.sender, coalesce(c.name, ''), m.received_at,"
            " a.blob, a.key, a.name, a.media_type, a.size, a.sha256, a.is_available,"
            " a.sealed_sha256, f.unit, f.name, f.sha256, f.size"
            " from folder_arrival f join message m on m.id = f.message"
            " left join attachment a on a.message = f.message and a.position = f.position"
            " left join contact c on c.account = m.sender"
            " where f.is_written = 0 and m.removed_at is null"
            " and (a.position is not null or f.position = ?) order by f.id limit ?",
            (_TEXT, limit),
        )
        return tuple(_arrival(row) for row in rows)

    def begin_arrival(self, message: MessageId, position: int, unit: str) -> None:
        self._change_arrival(
            "unit = ?, name = '', sha256 = x'', size = 0", message, position, (unit,)
        )

    def arrival_ready(
        self, message: MessageId, position: int, *, name: str, sha256: bytes, size: int
    ) -> None:
        self._change_arrival(
            "name = ?, sha256 = ?, size = ?", message, position, (name, sha256, size)
        )

    def arrived(self, message: MessageId, position: int) -> None:
        if self._change_arrival("is_written = 1", message, position, (), " and is_written = 0"):
            self._db.execute("update folder_tally set received = received + 1")

    def refused(self, limit: int) -> tuple[FolderRow, ...]:
        rows = self._db.execute(
            "select name, trouble, detail, at from folder_unit where message is null"
            " order by id desc limit ?",
            (limit,),
        )
        return tuple(
            FolderRow(name=name, trouble=FolderTrouble(trouble), detail=detail, at=UnixMillis(at))
            for name, trouble, detail, at in rows
        )

    def counts(self) -> FolderCounts:
        sent, refused, received = self._db.execute(
            "select (select count(*) from folder_unit where message is not null),"
            " (select count(*) from folder_unit where message is null),"
            " (select received from folder_tally)"
        ).fetchone()
        return FolderCounts(sent=sent, received=received, refused=refused)

    def _change_arrival(
        self,
        change: str,
        message: MessageId,
        position: int,
        values: tuple[object, ...],
        further: str = "",
    ) -> bool:
        return bool(
            self._db.execute(
                f"update folder_arrival set {change} where position = ?"
                f" and message = (select id from message where message = ?){further}",
                (*values, position, message),
            ).rowcount
        )


def _unit(row: tuple[Any, ...]) -> StoredUnit:
    unit, message, label, name, files, trouble, detail, at = row
    return StoredUnit(
        unit=unit,
        message=None if message is None else MessageId(message),
        label=label,
        name=name,
        files=tuple(files.split(_LINES)),
        trouble=None if trouble is None else FolderTrouble(trouble),
        detail=detail,
        at=UnixMillis(at),
    )


def _arrival(row: tuple[Any, ...]) -> Arrival:
    return Arrival(
        message=MessageId(row[0]),
        position=row[1],
        sender=AccountId(row[2]),
        sender_name=person_name(AccountId(row[2]), row[3]),
        received_at=UnixMillis(row[4]),
        document=None
        if row[5] is None
        else StoredAttachment(
            blob=BlobId(row[5]),
            key=row[6],
            name=row[7],
            media_type=row[8],
            size=row[9],
            sha256=Hash(row[10]),
            is_available=bool(row[11]),
            sealed_sha256=None if row[12] is None else Hash(row[12]),
        ),
        unit=row[13],
        name=row[14],
        sha256=row[15],
        size=row[16],
    )
