# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads an account's keys as a client does: nothing counts that the log does not commit to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crypto_core.trust.key_history import KeyHistory
from crypto_core.trust.key_map import check_key_answer
from crypto_core.trust.tlog_proof import verify_tlog_proof
from crypto_core.wire.codec import decode
from crypto_core.wire.key_map import KeyMapAnswer, MapEntry
from crypto_core.wire.relay_api import PATH_KEYS, PATH_MAP_PROOF, KeyEvents, LogReceipt
from relay_server.audit.keys import load_signers
from tests.integration.relay.in_process import Device

if TYPE_CHECKING:
    from crypto_core.trust.checkpoints import LogIdentity
    from crypto_core.wire.ids import AccountId
    from crypto_core.wire.relay_api import PublishKeyEventRequest
    from tests.contract.relay_callers import RelayCaller
    from tests.integration.relay.in_process import RunningRelay


def log_of(relay: RunningRelay) -> LogIdentity:
    """Return what clients have pinned of the relay's log."""
    return load_signers(relay.folder.log_key, clock=relay.clock).identity


async def publish(device: Device, request: PublishKeyEventRequest) -> LogReceipt:
    """Publish an event of the device's account, right after showing both factors. Raises RefusedError."""
    assert device.sign_in is not None
    device.relay.clock.advance(seconds=31)
    await device.sign_in.sign_in()
    path = PATH_KEYS.format(account=device.caller.account.hex())
    return await device.send("POST", path, request, LogReceipt)


async def page(reader: Device, account: AccountId, *, after: int = 0) -> KeyEvents:
    """Ask for events."""
    path = PATH_KEYS.format(account=account.hex())
    return decode(KeyEvents, (await reader.ask("GET", path, query={"after": after})).content)


async def map_proof(reader: Device, account: AccountId) -> KeyMapAnswer:
    """Ask what the map holds."""
    path = PATH_MAP_PROOF.format(account=account.hex())
    return decode(KeyMapAnswer, (await reader.ask("GET", path)).content)


async def read_history(reader: Device, account: AccountId) -> KeyHistory:
    """Follow an account's keys from the first event, and hold the result against the map. Raises CryptoCoreError."""
    log = log_of(reader.relay)
    history = KeyHistory(account=account)
    while True:
        found = await page(reader, account, after=history.number)
        for each in found.events:
            proven = verify_tlog_proof(each.proof, log=log)
            history = history.continued(
                each.event,
                leaf=proven.leaf,
                log_index=proven.index,
                log_key=log.ed25519.public_key,
            )
        if not found.more:
            break
    check_key_answer(
        found.newest,
        account=account,
        shown=MapEntry(number=history.number, head=history.head),
        log=log,
        now=reader.relay.clock(),
    )
    return history


async def second_computer(device: Device) -> Device:
    """Let the device's account list a second one, and sign in with it."""
    assert device.sign_in is not None
    caller = device.caller.second_device()
    both = device.caller.next_list(device.caller.entry, caller.entry)
    await publish(device, device.caller.publishing(both))
    for each in (device.caller, caller):
        each.lists.append(both)
    return await signed_in(device, caller)


async def signed_in(device: Device, caller: RelayCaller) -> Device:
    """Sign in to the device's account with another one."""
    assert device.sign_in is not None
    sign_in = replace(device.sign_in, caller=caller, access_token=None, refresh_token=None)
    device.relay.clock.advance(seconds=31)
    await sign_in.sign_in()
    return Device(relay=device.relay, caller=caller, sign_in=sign_in)
