# SPDX-License-Identifier: AGPL-3.0-or-later
"""How the log is, in numbers: what `audit status` shows. Read by a role that sees nobody's entry."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from relay_server.clock import to_datetime

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crypto_core.wire.ids import UnixMillis
    from relay_server.database.pool import Session

_HOUR: Final = 3600
_MINUTE: Final = 60
_TWO_DAYS: Final = 172_800
_KIB: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class LogStatus:
    """Numbers about the log and its accounts; times are ISO 8601 in UTC, None for what has not been."""

    leaves: int
    last_batch_at: str | None
    checkpoint_at: str | None
    """When the last checkpoint was put on the disk."""
    checked_at: str | None
    checked_leaves: int | None
    checked_signatures: bool | None
    findings: int | None
    """What the last look at the whole log found."""
    unverified_second_halves: int
    leaf_bytes: int
    """Leaves, hashes and roots, with their indexes: what stays for ever."""
    entry_bytes: int
    """What can be read of them, until it is erased."""
    database_bytes: int
    accounts: int
    accounts_without_identity: int
    """Those of which the operator has confirmed nothing, or has taken it back."""
    life_months: int
    days_counted: int
    erasures: int
    entries_erased: int
    entries_to_erase: int
    erased_at: str | None
    waiting_leaves: int
    timestamp_authority: str | None
    """Its host; None if no outside authority is asked."""
    timestamps: int
    """Over checkpoints; renewals are counted apart."""
    timestamped_leaves: int
    timestamped_at: str | None
    timestamp_renewals: int
    timestamp_renewed_at: str | None
    timestamp_failure: str | None
    timestamp_failing_since: str | None

    def as_json(self) -> str:
        """Return one object with a key for each number."""
        return json.dumps(asdict(self))

    def as_text(self, now: UnixMillis) -> str:
        """Return a line for each subject."""

        def ago(moment: str | None) -> str:
            return "never" if moment is None else _ago(to_datetime(now), moment)

        if self.checked_at is None:
            checked = "never; run “audit check”"
        else:
            found = f"{self.findings} findings" if self.findings else "intact"
            how = "with" if self.checked_signatures else "without"
            checked = (
                f"{ago(self.checked_at)}: {found}, {self.checked_leaves} leaves, {how} signatures"
            )
        stays, goes = _size(self.leaf_bytes), _size(self.entry_bytes)
        lines = {
            "leaves": f"{self.leaves}, the last {ago(self.last_batch_at)}",
            "last checkpoint": ago(self.checkpoint_at),
            "last full check": checked,
            "second halves": f"{self.unverified_second_halves} signatures not verified yet",
            "storage": f"{stays} of hashes, {goes} of entries, {_size(self.database_bytes)} in all",
            "accounts": f"{self.accounts}, of which {self.accounts_without_identity} without a confirmed identity",
            "life of entries": f"{self.life_months} months; {self.days_counted} days counted",
            "erased": f"{self.entries_erased} entries in {self.erasures} erasures, the last {ago(self.erased_at)}; "
            f"{self.entries_to_erase} to go",
            "waiting leaves": str(self.waiting_leaves),
            "external timestamps": self._timestamps(ago),
        }
        width = max(len(name) for name in lines)
        return "\n".join(f"{name:<{width}}  {said}" for name, said in lines.items())

    def _timestamps(self, ago: Callable[[str | None], str]) -> str:
        if self.timestamp_authority is None and not self.timestamps:
            return "off; proofs say that they are not externally timestamped"
        said = (
            f"{self.timestamps}, the last {ago(self.timestamped_at)} over {self.timestamped_leaves} leaves; "
            f"renewed {ago(self.timestamp_renewed_at)}"
        )
        if self.timestamp_authority is None:
            return f"{said}; off now"
        said = f"{said}; by {self.timestamp_authority}"
        if self.timestamp_failure is None:
            return said
        return (
            f"{said}; FAILING since {ago(self.timestamp_failing_since)}: {self.timestamp_failure}"
        )


async def read_status(session: Session, *, checkpoint: Path) -> LogStatus:
    """Read the numbers; `checkpoint` is the file with the last signed ones. Raises ProblemError."""
    row = await session.fetchrow(
        """
        SELECT leaves,
            (SELECT committed_at FROM audit_root ORDER BY size DESC LIMIT 1) AS last_batch_at,
            (SELECT leaves - next_index FROM audit_progress) AS unverified_second_halves,
            (SELECT sum(pg_total_relation_size(each)) FROM unnest(ARRAY[
                'relay.audit_leaf', 'relay.audit_node', 'relay.audit_root']::regclass[]) AS each)::bigint AS leaf_bytes,
            (SELECT sum(pg_total_relation_size(each)) FROM unnest(ARRAY[
                'relay.audit_entry', 'relay.journal_entry']::regclass[]) AS each)::bigint AS entry_bytes,
            pg_database_size(current_database()) AS database_bytes,
            (SELECT count(*) FROM account) AS accounts,
            (SELECT count(*) FROM account WHERE NOT EXISTS (
                SELECT FROM assurance AS given WHERE given.account = account.account AND given.verb = 70
                AND NOT EXISTS (SELECT FROM assurance AS taken WHERE taken.revokes = given.leaf_index)
            )) AS accounts_without_identity,
            (SELECT months FROM audit_life) AS life_months,
            (SELECT count(*) FROM audit_day) AS days_counted,
            (SELECT count(*) FROM audit_erasure WHERE erased_at IS NOT NULL) AS erasures,
            (SELECT coalesce(sum(entries), 0) FROM audit_erasure WHERE erased_at IS NOT NULL)::bigint AS entries_erased,
            (SELECT coalesce(sum(entries), 0) FROM audit_erasure WHERE erased_at IS NULL)::bigint AS entries_to_erase,
            (SELECT max(erased_at) FROM audit_erasure) AS erased_at,
            (SELECT count(*) FROM waiting_leaf) AS waiting_leaves,
            (SELECT authority FROM audit_timestamping) AS timestamp_authority,
            (SELECT count(size) FROM audit_timestamp) AS timestamps,
            (SELECT coalesce(max(size), 0) FROM audit_timestamp) AS timestamped_leaves,
            (SELECT max(made_at) FROM audit_timestamp WHERE size IS NOT NULL) AS timestamped_at,
            (SELECT count(*) FROM audit_timestamp WHERE size IS NULL) AS timestamp_renewals,
            (SELECT max(made_at) FROM audit_timestamp WHERE size IS NULL) AS timestamp_renewed_at,
            (SELECT failure FROM audit_timestamping) AS timestamp_failure,
            (SELECT failing_since FROM audit_timestamping) AS timestamp_failing_since,
            looked_at AS checked_at, size AS checked_leaves, signatures AS checked_signatures, findings
        FROM (SELECT coalesce(max(leaf_index) + 1, 0) AS leaves FROM audit_leaf) AS log
        LEFT JOIN LATERAL (SELECT * FROM audit_look ORDER BY look DESC LIMIT 1) AS last ON true
        """
    )
    assert row is not None  # noqa: S101 - it has no FROM that could be empty
    numbers: dict[str, Any] = {
        name: value.astimezone(UTC).isoformat(timespec="seconds")
        if isinstance(value, datetime)
        else value
        for name, value in row.items()
    }
    return LogStatus(checkpoint_at=_written_at(checkpoint), **numbers)


def _written_at(path: Path) -> str | None:
    try:
        moment = path.stat().st_mtime
    except FileNotFoundError:
        return None
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")


def _ago(now: datetime, moment: str) -> str:
    seconds = int((now - datetime.fromisoformat(moment)).total_seconds())
    if seconds < 2 * _MINUTE:
        return f"{max(0, seconds)} seconds ago"
    if seconds < 2 * _HOUR:
        return f"{seconds // _MINUTE} minutes ago"
    if seconds < _TWO_DAYS:
        return f"{seconds // _HOUR} hours ago"
    return f"{seconds // 86_400} days ago"


def _size(size: int) -> str:
    value = float(size)
    for unit in ("B", "KiB", "MiB"):
        if value < _KIB:
            return f"{value:.0f} {unit}"
        value /= _KIB
    return f"{value:.1f} GiB"
