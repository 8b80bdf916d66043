# SPDX-License-Identifier: AGPL-3.0-or-later
"""Everything that recovery and key histories read, fed with any value of its type and with almost valid bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto_core.errors import CryptoCoreError
from crypto_core.keys.backup import open_backup
from crypto_core.keys.kit import open_vault_key
from crypto_core.keys.recovery import open_package
from crypto_core.trust.key_history import KeyHistory, RecordedEvent
from crypto_core.wire.backup import BACKUP_MAGIC, BackupHeader
from crypto_core.wire.codec import encode
from crypto_core.wire.devices import DeviceList, KeyEvent, RootChange, RootVeto
from crypto_core.wire.ids import UnixMillis
from crypto_core.wire.kit import KitSealed
from crypto_core.wire.recovery import SealedPackage
from crypto_core.wire.signed import Signed
from tests.fakes.key_events import IDENTITY, KIT, LAPTOP, LOG_PUBLIC_KEY, begun
from tests.fuzz.wire_values import objects

if TYPE_CHECKING:
    from crypto_core.wire.signed import HybridSignature

STORY = begun()
STORY.take(STORY.root_change())
NEXT = STORY.device_list(LAPTOP)
LEAF = STORY.leaf(NEXT)
bodies = (objects(DeviceList) | objects(RootChange) | objects(RootVeto)).map(encode)


def signed(body: bytes, signature: HybridSignature) -> Signed:
    return Signed(body=body, signature=signature)


events = objects(KeyEvent) | st.builds(
    KeyEvent,
    version=st.just(1),
    kind=st.sampled_from(tuple(type(NEXT.kind))),
    signed=bodies.map(lambda body: signed(body, NEXT.signed.signature)),
    certificate=st.none(),
)


@settings(max_examples=100, deadline=None)
@given(events, st.integers(0, 2**53))
def test_any_event_is_refused_by_the_declared_errors(event: KeyEvent, moment: int) -> None:
    for history in (STORY.history, KeyHistory(account=KIT.account)):
        with pytest.raises(CryptoCoreError):
            history.extended(event, log_index=10**6, relay_time=UnixMillis(moment))
        try:
            # Signatures are not looked at here: an event may follow by chance.
            recorded = RecordedEvent(event=event, log_index=0, relay_time=UnixMillis(moment))
            KeyHistory.replayed(KIT.account, (recorded,))
        except CryptoCoreError:
            continue


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_other_leaf_is_refused(data: st.DataObject) -> None:
    leaf = bytearray(LEAF)
    position = data.draw(st.integers(0, len(leaf) - 1))
    leaf[position] ^= data.draw(st.integers(1, 255))
    try:
        history = STORY.history.continued(
            NEXT, leaf=bytes(leaf), log_index=10**6, log_key=LOG_PUBLIC_KEY
        )
    except CryptoCoreError:
        return
    # Outside the device's statement stand only the relay's time and nonce, which the log vouches for.
    assert (
        history.head == STORY.history.extended(NEXT, log_index=10**6, relay_time=STORY.moment).head
    )


@settings(max_examples=50, deadline=None)
@given(objects(KitSealed), objects(SealedPackage))
def test_anything_sealed_opens_or_fails_as_declared(
    sealed: KitSealed, package: SealedPackage
) -> None:
    with pytest.raises(CryptoCoreError):
        open_vault_key(KIT, bytes(16), [sealed])
    with pytest.raises(CryptoCoreError):
        open_package(KIT, package, account=KIT.account, identity=IDENTITY.public)


backups = (
    st.binary(max_size=200)
    | st.binary(max_size=200).map(lambda rest: BACKUP_MAGIC + rest)
    | st.builds(
        lambda header, rest: BACKUP_MAGIC + len(header).to_bytes(4, "big") + header + rest,
        objects(BackupHeader).map(encode),
        st.binary(max_size=200),
    )
)


@settings(deadline=None)
@given(backups)
def test_any_file_is_no_backup_by_the_declared_errors(content: bytes) -> None:
    with pytest.raises(CryptoCoreError):
        list(open_backup(KIT, (content,)).pieces)
