# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the owner's computers tell each other of what was done: which marks make sense, and whose word holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crypto_core.wire.content import MOST_COUNTED, MarkField, OwnMark, Stamp
from crypto_core.wire.ids import UnixMillis
from crypto_core.wire.limits import MAX_REMARK_BYTES

if TYPE_CHECKING:
    from crypto_core.wire.ids import DeviceId

SIGNATURE_SUBJECT: Final = bytes(16)
"""There is one signature."""
_ACCOUNT_BYTES: Final = 20
_NUMBER_BYTES: Final = 16
_OF_ACCOUNTS: Final = frozenset({MarkField.CONTACT, MarkField.BLOCKED, MarkField.REMARK})
_WRITINGS: Final = frozenset({MarkField.REMARK, MarkField.TEMPLATE, MarkField.SIGNATURE})
_WITH_OTHER: Final = frozenset(
    {MarkField.ARCHIVED, MarkField.FLAGGED, MarkField.FILED, MarkField.ERASED}
)


def is_sound(mark: OwnMark) -> bool:
    """Whether a mark says what its field can say (checks 3 to 6 of `crypto_core/spec/envelope.md` §10)."""
    has_subject = len(mark.subject) == (
        _ACCOUNT_BYTES if mark.field in _OF_ACCOUNTS else _NUMBER_BYTES
    )
    if mark.field is MarkField.SIGNATURE:
        has_subject = mark.subject == SIGNATURE_SUBJECT
    if mark.field is MarkField.ERASED and not mark.is_on:
        return False
    return has_subject and _has_other(mark) and _has_patient(mark) and _has_words(mark)


def _has_other(mark: OwnMark) -> bool:
    if mark.other is None:
        return mark.field is not MarkField.FILED or not mark.is_on
    is_named = mark.field in _WITH_OTHER and len(mark.other) == _NUMBER_BYTES
    return is_named and (mark.field is not MarkField.FILED or mark.is_on)


def _has_patient(mark: OwnMark) -> bool:
    if mark.field is not MarkField.PATIENT or not mark.is_on:
        return mark.patient is None
    return mark.patient is not None and bytes(mark.patient.patient) == bytes(mark.subject)


def _has_words(mark: OwnMark) -> bool:
    if mark.field is MarkField.CONTACT:
        return mark.is_on and mark.person is not None and mark.writing is None
    if mark.person is not None or mark.writing is None:
        return mark.person is None and not (mark.field in _WRITINGS and mark.is_on)
    is_short = len(mark.writing.text.encode()) <= MAX_REMARK_BYTES
    return mark.is_on and (
        mark.field is MarkField.TEMPLATE or (mark.field in _WRITINGS and is_short)
    )


def following(newest: Stamp, device: DeviceId, now: UnixMillis) -> Stamp:
    """Return a device's next stamp, later than the newest it has made or seen: a clock that stands behind counts on."""
    if now > newest.time:
        return Stamp(time=now, count=0, device=device)
    if newest.count < MOST_COUNTED:
        return Stamp(time=newest.time, count=newest.count + 1, device=device)
    return Stamp(time=UnixMillis(newest.time + 1), count=0, device=device)


def prevails(mark: OwnMark, known: Stamp | None) -> bool:
    """Whether a mark's word holds where a stamp of its subject and field is known already, or none."""
    return known is None or mark.stamp > known
