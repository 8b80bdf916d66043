# SPDX-License-Identifier: AGPL-3.0-or-later
"""The recovery kit while its owner has a computer: shown, printed, confirmed, tried, and split among people.

The code is in the vault from the moment it is drawn until somebody has read one group of it from the paper;
from then on only the kit's public key is here. What a kit does on the day it is needed: `app.engine.restore`.
"""

from __future__ import annotations

import asyncio
import hmac
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.engine import known_kits, packages
from app.engine.journal.noting import note
from app.engine.ports.vault import BackupUnreadableError, Setting
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import (
    BackupTrouble,
    KitSheet,
    KitText,
    PrintedPages,
    Rehearsal,
    Shares,
)
from crypto_core.errors import KeyStateError, KitCodeError, ShareError
from crypto_core.keys.kit import Kit
from crypto_core.keys.recovery import open_package
from crypto_core.keys.shares import join_shares, split_code
from crypto_core.trust.signatures import sha256
from crypto_core.wire.codec import decode
from crypto_core.wire.ids import UnixMillis
from crypto_core.wire.journal import Action
from crypto_core.wire.kit import (
    KIT_GROUPS,
    KIT_PREFIX,
    format_kit_card,
    format_kit_code,
    parse_kit_card,
    parse_kit_code,
)
from crypto_core.wire.recovery import SealedPackage

if TYPE_CHECKING:
    from app.engine.ports.vault import Owner, Profile, Store
    from app.engine.session import Session
    from app.interface.commands import PrintShares, SplitKit
    from crypto_core.wire.ids import AccountId
    from crypto_core.wire.words import WordLanguage

_LOOKALIKES: Final = str.maketrans("018", "OIB")


def keep_new(store: Store, code: bytes, *, made_at: UnixMillis) -> None:
    """Keep what is known of a kit just drawn; part of the transaction that keeps its code."""
    keys = known_kits.keys_of(Kit.from_code(code))
    known_kits.put_in_force(store, root=keys.root, public_key=keys.public_key)
    store.identity.put_setting(Setting.KIT_MADE_AT, str(made_at).encode())
    store.identity.put_setting(Setting.KIT_REHEARSED_AT, None)


async def show(session: Session) -> KitSheet:
    """Return what stands on the kit's page. Raises CommandError when it is on paper already."""

    def read(store: Store) -> tuple[bytes, bytes | None, known_kits.NextKit | None]:
        code = _pending_code(store.identity.owner())
        note(store, session, Action.KIT_SHOWN)
        made_at = store.identity.setting(Setting.KIT_MADE_AT)
        return code, made_at, known_kits.following(store)

    code, made_at, following = await session.vault.run(read)
    counts_at = None if following is None else following.counts_at
    return KitSheet(
        account=session.owner.account,
        name=session.owner.name,
        relay=session.enrolment.url,
        made_at=session.now() if made_at is None else UnixMillis(int(made_at)),
        groups=tuple(format_kit_code(code).split()),
        card=format_kit_card(session.owner.account, code),
        asked_group=_asked_group(code),
        counts_at=counts_at,
    )


async def print_page(session: Session, language: WordLanguage) -> PrintedPages:
    """Return the kit's page as PDF. Raises CommandError."""
    from app.engine.pages import printed  # noqa: PLC0415 - slow, and printed once a year

    sheet = await show(session)
    offset = session.machine.clock.utc_offset()
    return PrintedPages(
        pdf=await asyncio.to_thread(printed.kit_pdf, sheet, language, offset=offset)
    )


async def confirm(session: Session, group: str) -> None:
    """Erase the code once somebody has read the asked group from the paper. Raises CommandError."""
    now = session.now()
    read = "".join(each for each in group.upper() if each.isalnum()).translate(_LOOKALIKES)

    def forget(store: Store) -> None:
        code = _pending_code(store.identity.owner())
        asked = format_kit_code(code).split()[_asked_group(code) - 1]
        if not hmac.compare_digest(read.encode(), asked.encode()):
            raise CommandError(Failure.KIT_GROUP_WRONG)
        store.identity.put_pending_recovery_code(None)
        store.identity.put_setting(Setting.KIT_REHEARSED_AT, str(now).encode())

    await session.vault.run(forget)
    session.wakes.status.set()


async def public_keys(session: Session) -> tuple[bytes, ...]:
    """Return what things are sealed to; from the first moment, whether a kit is printed or not. Raises CommandError."""
    keys = await session.vault.run(known_kits.public_keys)
    if not keys:
        raise CommandError(Failure.KIT_NOT_CONFIRMED)
    return keys


# --- what somebody typed or showed ---------------------------------------------------------------


def read_kit(text: str) -> tuple[AccountId | None, Kit]:
    """Return the kit of a typed code, or of a picture's text and then whose it is. Raises CommandError."""
    account, code = read_code(text)
    return account, Kit.from_code(code)


def read_code(text: str) -> tuple[AccountId | None, bytes]:
    """Return the 32 bytes of a typed code or a picture's text. Raises CommandError."""
    try:
        if "".join(text.split()).lower().startswith(KIT_PREFIX):
            return parse_kit_card(text)
        return None, parse_kit_code(text)
    except KitCodeError as error:
        detail = "" if error.group is None else str(error.group)
        raise CommandError(Failure.KIT_CODE_INVALID, detail) from None


async def rehearse(session: Session, profile: Profile, text: str) -> Rehearsal:
    """Open with the kit what it will have to open one day: the recovery package, the newest backup.

    Raises CommandError; what is wrong with the backup alone is in the answer.
    """
    _, kit = await asyncio.to_thread(read_kit, text)
    if kit.public_key not in await public_keys(session):
        raise CommandError(Failure.KIT_OTHER)
    sealed, state, folder = await session.vault.run(
        lambda store: (
            store.identity.setting(Setting.PACKAGE),
            packages.State.load(store),
            store.identity.setting(Setting.BACKUP_FOLDER),
        )
    )
    if sealed is None or state is None:
        raise CommandError(Failure.NO_PACKAGE)
    try:
        await asyncio.to_thread(
            open_package,
            kit,
            decode(SealedPackage, sealed),
            account=session.owner.account,
            identity=session.identity.public,
            least_number=state.number,
        )
    except KeyStateError as error:
        raise CommandError(Failure.KIT_OTHER) from error
    now = str(session.now()).encode()

    def keep(store: Store) -> None:
        store.identity.put_setting(Setting.KIT_REHEARSED_AT, now)
        note(store, session, Action.KIT_REHEARSED)

    await session.vault.run(keep)
    session.wakes.status.set()
    if folder is None:
        return Rehearsal(backup_at=None)
    try:
        backup_at = await asyncio.to_thread(
            profile.rehearse_backup, Path(folder.decode()), session.owner.account, kit
        )
    except OSError:
        return Rehearsal(backup_at=None, backup_trouble=BackupTrouble.FOLDER_MISSING)
    except BackupUnreadableError:
        return Rehearsal(backup_at=None, backup_trouble=BackupTrouble.UNREADABLE)
    return Rehearsal(backup_at=backup_at)


# --- shares --------------------------------------------------------------------------------------


async def split(session: Session, command: SplitKit) -> Shares:
    """Split the code of the kit in use. Raises CommandError when it is another kit's."""
    _, code = read_code(command.kit)
    if Kit.from_code(code).public_key not in await public_keys(session):
        raise CommandError(Failure.KIT_OTHER)
    if command.threshold > command.count:
        raise CommandError(Failure.INVALID)
    texts = await asyncio.to_thread(
        split_code, code, threshold=command.threshold, count=command.count
    )
    return Shares(threshold=command.threshold, texts=texts)


async def print_shares(session: Session, command: PrintShares) -> PrintedPages:
    """Return one page for each share."""
    from app.engine.pages import printed  # noqa: PLC0415 - slow, and printed once a year

    pdf = await asyncio.to_thread(
        printed.share_pdf,
        command.shares,
        name=session.owner.name,
        threshold=command.threshold,
        language=command.language,
    )
    return PrintedPages(pdf=pdf)


async def join(shares: tuple[str, ...]) -> KitText:
    """Return the code that shares give back together. Raises CommandError, which says what is wrong."""
    try:
        code = await asyncio.to_thread(join_shares, shares)
    except ShareError as error:
        if error.missing:
            detail = f"missing {error.missing}"
        elif error.share is not None:
            word = "" if error.word is None else f" {error.word}"
            detail = f"share {error.share}{word}"
        else:
            detail = ""
        raise CommandError(Failure.SHARES_INVALID, detail) from None
    return KitText(text=format_kit_code(code))


# --- inside --------------------------------------------------------------------------------------


def _pending_code(owner: Owner | None) -> bytes:
    if owner is None or owner.pending_recovery_code is None:
        raise CommandError(Failure.KIT_GONE)
    return owner.pending_recovery_code


def _asked_group(code: bytes) -> int:
    """Return which group, from 1, shows that the page is at hand: always the same one of a kit."""
    return sha256(Kit.from_code(code).public_key)[0] % KIT_GROUPS + 1
