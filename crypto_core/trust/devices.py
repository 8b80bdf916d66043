# SPDX-License-Identifier: AGPL-3.0-or-later
"""What makes a device list the next of its account, and who was listed when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crypto_core.errors import KeyStateError, SignatureError
from crypto_core.wire.devices import DeviceEntry, DeviceList
from crypto_core.wire.ids import AccountId, DeviceId, Hash, UnixMillis
from crypto_core.wire.limits import CLOCK_SKEW_SECONDS, DEVICE_LIST_LIFE_SECONDS

if TYPE_CHECKING:
    from crypto_core.wire.signed import SigningPublicKey

NO_PREVIOUS_LIST = Hash(bytes(32))


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedList:
    """A verified device list and the index of the leaf with which it took effect."""

    devices: DeviceList
    digest: Hash
    log_index: int


def require_next_list(
    account: AccountId,
    listed: DeviceList,
    *,
    follows: DeviceList | None,
    follows_digest: Hash | None,
    new_identity: bool = False,
) -> None:
    """Check account, number, link to the list before, life time, and distinct, lasting keys; not the signature.

    The order is that of `crypto_core/spec/keys.md` §3. `follows` is the list numbered one lower, None when
    `listed` must be number 1; `follows_digest` is its SHA-256 and goes with it. Raises SignatureError or
    KeyStateError.

    The first list of a new identity key owes nothing to the devices and times of the one before: a thief may
    have made that one.
    """
    if listed.account != account:
        raise SignatureError("the device list belongs to another account")
    expected = 1 if follows is None else follows.sequence + 1
    if listed.sequence != expected:
        raise KeyStateError(f"device list {listed.sequence} where {expected} is due")
    if listed.previous != (NO_PREVIOUS_LIST if follows is None else follows_digest):
        raise SignatureError("the device list does not continue the one before it")
    if (
        not listed.issued_at
        < listed.expires_at
        <= listed.issued_at + DEVICE_LIST_LIFE_SECONDS * 1000
    ):
        raise KeyStateError("the device list states an inadmissible life time")
    for name in ("device", "signing", "request_key"):
        values = {getattr(entry, name) for entry in listed.devices}
        if len(values) != len(listed.devices):
            raise KeyStateError(f"two devices share one {name}")
    if follows is not None and not new_identity:
        _require_continuity(listed, follows)


def _require_continuity(listed: DeviceList, follows: DeviceList) -> None:
    if listed.issued_at < follows.issued_at:
        raise KeyStateError("the device list is older than the one before it")
    before = {entry.device: entry for entry in follows.devices}
    for entry in listed.devices:
        # Correspondents are told of a new device; the keys of a known one must not change under them.
        earlier = before.get(entry.device, entry)
        if (entry.signing, entry.request_key) != (earlier.signing, earlier.request_key):
            raise KeyStateError("a device shows other keys than before")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDevices:
    """The verified device lists of one account, oldest first, with the log index of each."""

    lists: tuple[LoggedList, ...] = ()

    @property
    def newest(self) -> DeviceList | None:
        """The list with the highest number, None before the first."""
        return self.lists[-1].devices if self.lists else None

    def signing_key(self, device: DeviceId) -> SigningPublicKey | None:
        """The latest key of a device that some list has named, None for a device never listed."""
        for logged in reversed(self.lists):
            entry = find_device(logged.devices, device)
            if entry is not None:
                return entry.signing
        return None

    def entry_at(self, device: DeviceId, *, log_index: int) -> DeviceEntry | None:
        """The device's entry in the list in force at `log_index`: the log decides, not the sender's clock."""
        in_force = [logged.devices for logged in self.lists if logged.log_index < log_index]
        return find_device(in_force[-1], device) if in_force else None


def require_current(devices: DeviceList, *, now: UnixMillis) -> None:
    """Raise KeyStateError if the list is expired or issued in the future, five minutes of clock difference allowed."""
    skew = CLOCK_SKEW_SECONDS * 1000
    if devices.expires_at + skew < now:
        raise KeyStateError("the device list has expired")
    if devices.issued_at > now + skew:
        raise KeyStateError("the device list is from the future")


def find_device(devices: DeviceList, device: DeviceId) -> DeviceEntry | None:
    """The entry of a device in a list."""
    return next((entry for entry in devices.devices if entry.device == device), None)
