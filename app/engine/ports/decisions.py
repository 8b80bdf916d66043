# SPDX-License-Identifier: AGPL-3.0-or-later
"""What patients have decided, in the local store, as the use cases see it. The methods only make sense inside `Vault.run`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crypto_core.wire.decisions import KeptDecision, PatientDecision
    from crypto_core.wire.ids import PatientId


class DecisionStore(Protocol):
    """Records, which are only ever added."""

    def add(self, decision: PatientDecision, kept: KeptDecision) -> bool:
        """Keep a record that was verified; False if one of this number is here, which stays as it is."""

    def of(self, patient: PatientId) -> tuple[PatientDecision, ...]:
        """All records of a patient, in the order in which they came here."""

    def all(self) -> Iterator[KeptDecision]:
        """Every record, in the order in which they came here."""
