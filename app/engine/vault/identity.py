# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows of the owner, single values and alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.engine.ports.vault import Owner, SecondFactors, Setting, StoredAlarm
from app.interface.snapshots import AlarmKind
from crypto_core.wire.ids import AccountId, DeviceId, UnixMillis
from crypto_core.wire.sign_in import RECOVERY_CODE_BYTES, RECOVERY_CODES, TOTP_SECRET_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlcipher3.dbapi2 import Connection

_NUMBER_BYTES: Final = 8


class SqlIdentityStore:
    """Implements `IdentityStore`."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def owner(self) -> Owner | None:
        row = self._db.execute(
            "select account, device, name, profession, place, is_listed, identity_seed, device_seed,"
            " request_seed, pending_recovery_code, account_secret, second_factors, certificate,"
            " enrolment, registration from owner"
        ).fetchone()
        if row is None:
            return None
        return Owner(
            account=AccountId(row[0]),
            device=DeviceId(row[1]),
            name=row[2],
            profession=row[3],
            place=row[4],
            is_listed=bool(row[5]),
            identity_seed=row[6],
            device_seed=row[7],
            request_seed=row[8],
            pending_recovery_code=row[9],
            account_secret=row[10],
            second_factors=None if row[11] is None else _second_factors(row[11]),
            encoded_certificate=row[12],
            enrolment=row[13],
            encoded_registration=row[14],
        )

    def create(self, owner: Owner) -> None:
        self._db.execute(
            "insert or replace into owner values (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                owner.account,
                owner.device,
                owner.name,
                owner.profession,
                owner.place,
                int(owner.is_listed),
                owner.identity_seed,
                owner.device_seed,
                owner.request_seed,
                owner.pending_recovery_code,
                owner.account_secret,
                None if owner.second_factors is None else _stored(owner.second_factors),
                owner.encoded_certificate,
                owner.enrolment,
                owner.encoded_registration,
            ),
        )

    def confirm_registration(self) -> None:
        self._db.execute("update owner set registration = null")

    def put_pending_recovery_code(self, code: bytes | None) -> None:
        self._db.execute("update owner set pending_recovery_code = ?", (code,))

    def begin_anew(self) -> None:
        for table in ("prekey", "upload", "receipt_due", "held", "history_due", "statement"):
            self._db.execute(f"delete from {table}")
        self._db.execute("update outbox set state = 4 where state < 3")
        self._db.execute("update outgoing set not_before = null")
        self._db.execute("update message set is_queued = 0 where is_queued = 1")
        kept = (
            Setting.RPPS.value,
            Setting.DRAFT.value,
            Setting.SIGNATURE.value,
            Setting.ALARMS_ACKNOWLEDGED.value,
            Setting.JOURNAL_KEYS.value,
        )
        self._db.execute("delete from setting where name not in (?, ?, ?, ?, ?)", kept)

    def put_identity(self, seed: bytes, encoded_certificate: bytes) -> None:
        self._db.execute(
            "update owner set identity_seed = ?, certificate = ?", (seed, encoded_certificate)
        )

    def put_account_secret(self, secret: bytes) -> None:
        self._db.execute("update owner set account_secret = ?", (secret,))

    def put_second_factors(self, factors: SecondFactors | None) -> None:
        stored = None if factors is None else _stored(factors)
        self._db.execute("update owner set second_factors = ?", (stored,))

    def device_names(self) -> Mapping[DeviceId, str]:
        rows = self._db.execute("select device, name from own_device")
        return {DeviceId(device): name for device, name in rows}

    def name_device(self, device: DeviceId, name: str) -> None:
        self._db.execute("delete from own_device where device = ?", (device,))
        if name:
            self._db.execute("insert into own_device (device, name) values (?, ?)", (device, name))

    def setting(self, name: Setting) -> bytes | None:
        row = self._db.execute("select value from setting where name = ?", (name.value,)).fetchone()
        return None if row is None else bytes(row[0])

    def put_setting(self, name: Setting, value: bytes | None) -> None:
        if value is None:
            self._db.execute("delete from setting where name = ?", (name.value,))
        else:
            self._db.execute(
                "insert or replace into setting (name, value) values (?, ?)", (name.value, value)
            )

    def add_alarm(self, alarm: StoredAlarm) -> bool:
        known = self._db.execute(
            "select 1 from alarm where kind = ? and detail = ?", (int(alarm.kind), alarm.detail)
        ).fetchone()
        if known is not None:
            return False
        self._db.execute(
            "insert into alarm (kind, detail, at, first_note, second_note) values (?, ?, ?, ?, ?)",
            (int(alarm.kind), alarm.detail, alarm.at, alarm.first_note, alarm.second_note),
        )
        return True

    def acknowledge_alarm(self, kind: AlarmKind, detail: str) -> bool:
        row = self._db.execute(
            "select id from alarm where kind = ? and detail = ?", (int(kind), detail)
        ).fetchone()
        if row is None:
            return False
        known = self._acknowledged() | {int(row[0])}
        self.put_setting(
            Setting.ALARMS_ACKNOWLEDGED,
            b"".join(number.to_bytes(_NUMBER_BYTES, "big") for number in sorted(known)),
        )
        return True

    def _acknowledged(self) -> frozenset[int]:
        stored = self.setting(Setting.ALARMS_ACKNOWLEDGED) or b""
        return frozenset(
            int.from_bytes(stored[start : start + _NUMBER_BYTES], "big")
            for start in range(0, len(stored), _NUMBER_BYTES)
        )

    def alarms(self) -> tuple[StoredAlarm, ...]:
        acknowledged = self._acknowledged()
        return tuple(
            StoredAlarm(
                kind=AlarmKind(kind),
                detail=detail,
                at=UnixMillis(at),
                first_note=first_note,
                second_note=second_note,
                is_acknowledged=number in acknowledged,
            )
            for number, kind, detail, at, first_note, second_note in self._db.execute(
                "select id, kind, detail, at, first_note, second_note from alarm order by id"
            )
        )


def _stored(factors: SecondFactors) -> bytes:
    return factors.totp_secret + b"".join(factors.recovery_codes)


def _second_factors(stored: bytes) -> SecondFactors:
    """Read what `_stored` wrote: the secret, if it is there, and all recovery codes or none."""
    codes_bytes = RECOVERY_CODES * RECOVERY_CODE_BYTES
    secret_bytes = TOTP_SECRET_BYTES if len(stored) != codes_bytes else 0
    codes = range(secret_bytes, len(stored), RECOVERY_CODE_BYTES)
    return SecondFactors(
        totp_secret=stored[:secret_bytes],
        recovery_codes=tuple(stored[start : start + RECOVERY_CODE_BYTES] for start in codes),
    )
