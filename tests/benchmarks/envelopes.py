# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sealing an envelope against the sum of its primitives, interleaved in one run."""

from __future__ import annotations

import os
import statistics
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from crypto_core.keys.derivation import expand
from crypto_core.keys.envelopes import Message, seal
from crypto_core.keys.prekeys import seal_to
from crypto_core.keys.streams import seal_bytes
from crypto_core.wire.content import Letter
from crypto_core.wire.envelope import MessageKind, Urgency
from crypto_core.wire.ids import ConversationId, DeviceId, MessageId, UtcOffsetMinutes
from crypto_core.wire.labels import BODY, COMMIT, MESSAGE
from tests.benchmarks.result import Result, at_most
from tests.fakes.people import NOW, Person

if TYPE_CHECKING:
    from collections.abc import Callable

BODY_BYTES = 20_000
DEVICES = 12
ROUNDS = 60


def measure() -> list[Result]:
    """Time whole and parts in turn and compare their medians."""
    sender, reader = Person.invent("Claire"), Person.invent("Karim")
    targets = tuple(
        replace(reader.target(), device=DeviceId(bytes([number]) * 16)) for number in range(DEVICES)
    )
    letter = Letter(version=1, subject="Compte rendu", text="a" * BODY_BYTES)
    message = Message(
        message=MessageId(os.urandom(16)),
        kind=MessageKind.LETTER,
        conversation=ConversationId(os.urandom(16)),
        in_reply_to=None,
        sent_at=NOW,
        utc_offset=UtcOffsetMinutes(60),
        patient=None,
        urgency=Urgency.NORMAL,
        sections=(letter,),
    )

    def whole() -> None:
        seal(
            message,
            keys=sender.keys,
            targets=targets,
            attachments=(),
            expires_at=NOW,
            log_view=None,
            random_bytes=os.urandom,
        )

    def primitives() -> None:
        key, header = os.urandom(32), bytes(300)
        expand(key, COMMIT)
        seal_bytes(expand(key, BODY, header), os.urandom(7), bytes(BODY_BYTES + 4_000))
        sender.keys.signing.sign(MESSAGE, header)
        for target in targets:
            seal_to(target.public_key, key, info=header[:72])

    timings: dict[Callable[[], None], list[float]] = {whole: [], primitives: []}
    for _ in range(ROUNDS):
        for work, seconds in timings.items():
            start = time.perf_counter()
            work()
            seconds.append(time.perf_counter() - start)
    medians = [statistics.median(seconds) * 1000 for seconds in timings.values()]
    return [
        at_most(
            f"envelope seal, {BODY_BYTES // 1000} kB to {DEVICES} devices",
            medians[0] / medians[1],
            1.3,
            f"{medians[0]:.2f} ms, its primitives {medians[1]:.2f} ms",
        )
    ]
