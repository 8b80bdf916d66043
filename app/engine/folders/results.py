# SPDX-License-Identifier: AGPL-3.0-or-later
"""Result files: a few lines of JSON for practice software, and the same signed by this computer (`app/design/folders.md` §4)."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from typing import TYPE_CHECKING, Any, Final

from app.interface.folders import FolderResult, FolderTrouble, FolderWay
from app.interface.snapshots import DeliveryState
from crypto_core.errors import SignatureError, WireError
from crypto_core.trust.signatures import open_signed
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.ids import format_address
from crypto_core.wire.labels import FOLDER_RESULT
from crypto_core.wire.signed import Signed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crypto_core.keys.signing import SigningPair
    from crypto_core.wire.devices import DeviceEntry
    from crypto_core.wire.ids import AccountId, UnixMillis

_FORM: Final = 1
_WAYS: Final = {
    FolderWay.SENT: "sent",
    FolderWay.RECEIVED: "received",
    FolderWay.REFUSED: "refused",
}
_STATES: Final = {
    DeliveryState.QUEUED: "queued",
    DeliveryState.ACCEPTED: "accepted",
    DeliveryState.DELIVERED: "delivered",
    DeliveryState.READ: "read",
    DeliveryState.REFUSED: "refused-by-recipient",
    DeliveryState.NOT_DELIVERED: "not-delivered",
}
REASONS: Final = {
    FolderTrouble.FOLDER_MISSING: "folder-missing",
    FolderTrouble.FOLDER_UNWRITABLE: "folder-unwritable",
    FolderTrouble.NO_RECIPIENT: "no-recipient",
    FolderTrouble.UNKNOWN_RECIPIENT: "unknown-recipient",
    FolderTrouble.UNVERIFIED_RECIPIENT: "unverified-recipient",
    FolderTrouble.NOTE_INVALID: "note-invalid",
    FolderTrouble.FILE_TOO_LARGE: "file-too-large",
    FolderTrouble.FILE_UNREADABLE: "file-unreadable",
    FolderTrouble.DISK_FULL: "disk-full",
    FolderTrouble.NAMESAKE: "namesake",
    FolderTrouble.NOT_A_FILE: "not-a-file",
    FolderTrouble.FILE_MISSING: "file-missing",
    FolderTrouble.CANNOT_SEND: "cannot-send",
    FolderTrouble.TOO_MANY: "too-many",
    FolderTrouble.FILE_EMPTY: "file-empty",
    FolderTrouble.PLACE_UNREADABLE: "place-unreadable",
    FolderTrouble.FILE_STUCK: "file-stuck",
    FolderTrouble.NAME_RESERVED: "name-reserved",
    FolderTrouble.PATIENT_OBJECTS: "patient-objects",
    FolderTrouble.CONSENT_NEEDED: "consent-needed",
    FolderTrouble.CARE_NOT_SAID: "care-not-said",
}
"""Words for software, which never change."""


class ResultInvalidError(Exception):
    """Not a result file of this account's, or it was changed."""


def write_result(result: FolderResult, signing: SigningPair) -> bytes:
    """Return the file. Raises WireError when the result is out of bounds."""
    signed = encode(signing.sign_object(FOLDER_RESULT, result))
    return _rendered(result, base64.b64encode(signed).decode())


def read_result(content: bytes, account: AccountId, devices: Iterable[DeviceEntry]) -> FolderResult:
    """Return what a result file says, once one of the devices is seen to have signed it. Raises ResultInvalidError."""
    try:
        read: Any = json.loads(content)
        text = read["signed"]
        signed = decode(Signed, base64.b64decode(text, validate=True))
        named = decode(FolderResult, signed.body)
    except (ValueError, TypeError, KeyError, RecursionError, binascii.Error, WireError) as error:
        raise ResultInvalidError from error
    if named.account != format_address(account):
        raise ResultInvalidError
    for device in devices:
        if device.device != named.device:
            continue
        try:
            result = open_signed(FolderResult, device.signing, FOLDER_RESULT, signed)
        except (SignatureError, WireError):
            continue
        # What software reads is what was signed, to the letter.
        if _rendered(result, text) != content:
            raise ResultInvalidError
        return result
    raise ResultInvalidError


def _rendered(result: FolderResult, signed: str) -> bytes:
    shown: dict[str, object] = {
        "uhealthsec-result": _FORM,
        "what": _WAYS[result.way],
        "state": None if result.state is None else _STATES[result.state],
        "at": _time(result.at),
        "account": result.account,
        "device": result.device.hex(),
        "message": None if result.message is None else result.message.hex(),
        "reason": None if result.trouble is None else REASONS[result.trouble],
        "detail": result.detail,
        "files": [
            {"name": each.name, "size": each.size, "sha256": each.sha256.hex() or None}
            for each in result.files
        ],
        "from" if result.way is FolderWay.RECEIVED else "to": [
            {
                "address": each.address,
                "name": each.name,
                "state": None if each.state is None else _STATES[each.state],
                "at": None if each.at is None else _time(each.at),
            }
            for each in result.people
        ],
        "signed": signed,
    }
    return (json.dumps(shown, ensure_ascii=False, indent=1) + "\n").encode()


def _time(at: UnixMillis) -> str:
    moment = dt.datetime.fromtimestamp(at / 1000, tz=dt.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
