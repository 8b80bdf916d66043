# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who asks to be let in: a key that signs the request, and the listed device it belongs to, if any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crypto_core.wire.ids import AccountId, DeviceId, DevicePseudonym, Hash
from relay_server.authentication.door import pseudonym_of_key

if TYPE_CHECKING:
    from relay_server.authentication.door import Caller
    from relay_server.authentication.proof import Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """A key that asks, from an address. `device` is the listed device with this key."""

    thumbprint: Hash
    network: str
    account: AccountId | None
    device: DeviceId | None
    pseudonym: DevicePseudonym
    """The device's; an unknown key gets one of its own, so that its attempts can be told to be one person's."""

    @classmethod
    def of(cls, proof: Proof, caller: Caller | None, network: str) -> Applicant:
        """Return who has made a request."""
        return cls(
            thumbprint=Hash(proof.thumbprint),
            network=network,
            account=None if caller is None else caller.account,
            device=None if caller is None else caller.device,
            pseudonym=pseudonym_of_key(proof.key) if caller is None else caller.pseudonym,
        )

    def device_of(self, account: AccountId) -> DeviceId | None:
        """Return the device if it is listed for this account."""
        return self.device if self.account == account else None
