# SPDX-License-Identifier: AGPL-3.0-or-later
"""A device with everything it takes to hold a relay to its promises."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from app.engine.ports.relay import RelayRefusedError
from app.engine.ports.vault import Setting
from app.engine.tokens import Tokens
from crypto_core.keys.witnessing import cosign
from crypto_core.trust.checkpoints import (
    LogIdentity,
    VerifiedCheckpoint,
    parse_log_identity,
    verify_checkpoint,
)
from crypto_core.trust.merkle import leaf_hash, verify_inclusion
from crypto_core.trust.tlog_proof import VerifiedProof, verify_tlog_proof
from tests.contract.enrolled import Enrolled
from tests.contract.relay_callers import RelayCaller
from tests.fakes.memory_vault import MemoryVault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from app.engine.ports.relay import Grant, Relay
    from app.interface.events import Event
    from crypto_core.wire.ids import BlobId
    from crypto_core.wire.relay_api import DirectoryEntry, MailboxPage, ProblemCode
    from tests.contract.conftest import RelayUnderTest


class Practitioner:
    """A device, its connection, and what it has checked of the relay's words."""

    def __init__(self, under_test: RelayUnderTest) -> None:
        self.under_test = under_test
        self.caller = RelayCaller.invent(now=under_test.now, random_bytes=under_test.random_bytes)
        self.vault = MemoryVault()
        self.alarms: list[Event] = []
        self.tokens = Tokens(self.vault, clock=under_test.clock, publish=self.alarms.append)
        self.relay: Relay = under_test.connect(replace(self.caller.caller, tokens=self.tokens))
        self.enrolled = Enrolled(
            account=self.caller.account,
            now=under_test.now,
            random_bytes=under_test.random_bytes,
        )

    async def register(self, entry: DirectoryEntry | None = None) -> VerifiedProof:
        """Create the account, sign in, and return the verified receipt."""
        receipt = await self.register_only(entry)
        await self.begin(await self.enrolled.sign_in(self.relay))
        return receipt

    async def register_only(self, entry: DirectoryEntry | None = None) -> VerifiedProof:
        """Create the account and return the verified receipt."""
        invitation = self.under_test.invite()
        setup = await self.enrolled.set_up(self.relay, invitation)
        request = self.caller.registration(invitation, entry, sign_in=setup)
        return self.checked((await self.relay.register(request)).proof)

    async def begin(self, grant: Grant) -> None:
        """Make requests in a session from now on."""
        await self.tokens.begin(grant, lambda _: None)

    async def close(self) -> None:
        """Close the connection and forget everything."""
        await self.tokens.settle()
        await self.relay.close()
        await self.vault.close()

    @property
    def log(self) -> LogIdentity:
        """Whose receipts count."""
        return parse_log_identity(self.under_test.enrolment.log_keys)

    async def refresh_token(self) -> str:
        """The token that renews the session."""
        stored = await self.vault.run(lambda store: store.identity.setting(Setting.REFRESH_TOKEN))
        assert stored is not None
        return stored.decode("ascii")

    def checked(self, proof: str) -> VerifiedProof:
        """Verify a receipt with nothing but the enrolment's keys."""
        return verify_tlog_proof(proof, log=self.log)

    def checked_note(self, note: str) -> VerifiedCheckpoint:
        """Verify a checkpoint with nothing but the enrolment's keys."""
        return verify_checkpoint(note, log=self.log)

    def cosigned(self, note: str) -> str:
        """Put this device's cosignature under a checkpoint."""
        return cosign(
            note,
            device=self.caller.device,
            origin=self.log.origin,
            pair=self.caller.signing,
            seconds=self.under_test.now() // 1000,
        )

    def check_page(self, page: MailboxPage) -> None:
        """Verify that every item's leaf is under the page's checkpoint."""
        checkpoint = self.checked_note(page.checkpoint).checkpoint
        for item in page.items:
            verify_inclusion(
                leaf_hash=leaf_hash(item.proof.leaf),
                index=item.proof.index,
                size=checkpoint.size,
                path=item.proof.path,
                root=checkpoint.root,
            )

    async def waiting(self) -> MailboxPage:
        """Return everything in the mailbox."""
        return await self.relay.mailbox(after=0, limit=100)

    async def upload(self, content: bytes) -> BlobId:
        """Store a blob in one part."""
        request = self.caller.blob(content)
        await self.relay.create_blob(request)
        await self.relay.upload_part(request.blob, offset=0, part=content)
        assert (await self.relay.complete_blob(request.blob)).complete
        return request.blob

    async def download(self, blob: BlobId, *, offset: int = 0) -> bytes:
        """Fetch a blob."""
        return b"".join([part async for part in self.relay.download_blob(blob, offset=offset)])


async def registered(people: Iterator[Practitioner], count: int) -> list[Practitioner]:
    """Return practitioners with accounts, signed in."""
    found = [next(people) for _ in range(count)]
    for practitioner in found:
        await practitioner.register()
    return found


@asynccontextmanager
async def refusal(code: ProblemCode) -> AsyncIterator[RelayRefusedError]:
    """Expect a refusal with this code; its fields can be read afterwards."""
    seen = RelayRefusedError(code)
    with pytest.raises(RelayRefusedError) as caught:
        yield seen
    assert caught.value.code is code
    seen.fields = caught.value.fields
