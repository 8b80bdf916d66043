# SPDX-License-Identifier: AGPL-3.0-or-later
"""Thousands of genuine envelopes waiting at the relay in memory, made without the sender's vault."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.engine.prekeys import claim
from app.engine.session import caller_of
from app.interface.commands import AcceptContact, RequestContact
from crypto_core.keys.envelopes import Message, read_header, seal
from crypto_core.keys.prekeys import KemPair
from crypto_core.trust.signatures import pseudonym_of, sha256
from crypto_core.wire.audit import AuditStatement, EnvelopeAccepted, Verb
from crypto_core.wire.codec import encode
from crypto_core.wire.content import Letter
from crypto_core.wire.envelope import MessageKind, Urgency
from crypto_core.wire.ids import (
    AccountId,
    ConversationId,
    DeviceId,
    Hash,
    MessageId,
    PrekeyId,
    UnixMillis,
    UtcOffsetMinutes,
)
from crypto_core.wire.labels import STATEMENT
from crypto_core.wire.limits import ENVELOPE_LIFE_SECONDS
from crypto_core.wire.relay_api import PostEnvelopeRequest, SignedStatement
from tests.fakes.practice import settle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.engine.session import Session
    from crypto_core.trust.key_history import KeyHistory
    from tests.fakes.practice import Practice

TEXT = "Je vous adresse ce jour les résultats de l'examen demandé. " * 8


@dataclass(frozen=True, slots=True)
class Waiting:
    """An envelope and the index of its acceptance in the log."""

    envelope: bytes
    log_index: int


class KnownState:
    """Everything a device knows, in memory: implements `OpeningState`."""

    def __init__(
        self,
        account: AccountId,
        device: DeviceId,
        pairs: Mapping[PrekeyId, KemPair],
        histories: Mapping[AccountId, KeyHistory],
    ) -> None:
        self.account = account
        self.device = device
        self._pairs = pairs
        self._histories = histories

    def prekey(self, prekey: PrekeyId) -> KemPair | None:
        """The private half of a prekey."""
        return self._pairs.get(prekey)

    def opened_before(self, message: MessageId) -> Hash | None:
        """Nothing was."""
        del message
        return None

    def history(self, account: AccountId) -> KeyHistory | None:
        """Verified device lists."""
        return self._histories.get(account)


async def nothing() -> None:
    """Collect no mail before letters are sealed."""


async def befriend(first: Practice, second: Practice) -> None:
    """Let one ask and the other accept."""
    await first.do(RequestContact(account=second.account, note="Bonjour"))
    await settle([first, second])
    await second.do(AcceptContact(account=first.account))
    await settle([first, second])


async def fill_mailbox(sender: Practice, recipient: Practice, count: int) -> list[Waiting]:
    """Seal and post letters from one device to the other.

    The sender's vault learns nothing of it, so its engine cannot send any more afterwards.
    """
    session = session_of(sender)
    # The rotating key serves, as it does when nobody has been online to publish new one-time keys.
    claimed = await claim(session, recipient.account, devices=(), one_time=False)
    last = await session.vault.run(lambda store: store.outbox.last_statement())
    assert last is not None
    previous, sequence = sha256(last.encoded_statement), last.sequence + 1
    relay = sender.relay
    caller = caller_of(session.owner, session.tokens)
    waiting: list[Waiting] = []
    for number in range(count):
        sealed = seal(
            Message(
                message=MessageId(number.to_bytes(16, "big")),
                kind=MessageKind.LETTER,
                conversation=ConversationId((number // 10).to_bytes(16, "big")),
                in_reply_to=None,
                sent_at=session.now(),
                utc_offset=UtcOffsetMinutes(0),
                patient=None,
                urgency=Urgency.NORMAL,
                sections=(Letter(version=1, subject=f"Lettre {number}", text=TEXT),),
            ),
            keys=session.keys,
            targets=claimed.targets,
            attachments=(),
            expires_at=UnixMillis(session.now() + ENVELOPE_LIFE_SECONDS * 1000),
            log_view=None,
            random_bytes=session.random,
        )
        statement = encode(
            AuditStatement(
                version=1,
                actor=pseudonym_of(session.owner.device),
                sequence=sequence + number,
                previous=previous,
                verb=Verb.ENVELOPE_ACCEPTED,
                content=encode(
                    EnvelopeAccepted(
                        envelope=sealed.envelope,
                        envelope_sha256=sha256(sealed.envelope_bytes),
                        at=session.now(),
                        utc_offset=UtcOffsetMinutes(0),
                    )
                ),
            )
        )
        previous = sha256(statement)
        relay.post_envelope(
            caller,
            PostEnvelopeRequest(
                envelope=sealed.envelope_bytes,
                statement=SignedStatement(
                    statement=statement,
                    signature=session.keys.signing.sign(STATEMENT, statement),
                ),
            ),
        )
        waiting.append(Waiting(sealed.envelope_bytes, len(relay.log.leaves) - 1))
        if number % 100 == 0:
            await asyncio.sleep(0)
    return waiting


async def known_state(recipient: Practice, sender: AccountId, waiting: list[Waiting]) -> KnownState:
    """What the recipient's vault knows, taken into memory."""
    session = session_of(recipient)
    names = {
        each.prekey
        for envelope in waiting
        for each in read_header(envelope.envelope).recipients
        if each.device == session.owner.device
    }
    privates, histories = await session.vault.run(
        lambda store: (store.prekeys.find(list(names)), store.trust.histories([sender]))
    )
    return KnownState(
        session.owner.account,
        session.owner.device,
        {name: KemPair.from_seed(private.seed) for name, private in privates.items()},
        histories,
    )


def session_of(practice: Practice) -> Session:
    """The session of an unlocked practice."""
    session = practice.engine._session
    assert session is not None
    return session
