# SPDX-License-Identifier: AGPL-3.0-or-later
"""What letters are begun with: the owner's templates, and the signature under every new letter."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.engine.outbox import stamp_marks
from app.engine.ports.vault import Setting
from app.interface.failures import CommandError, Failure
from app.interface.snapshots import PAGE_LIMIT, Done
from app.interface.writing import Signature, Template, TemplateId, Templates
from crypto_core.errors import WireError
from crypto_core.wire.codec import decode, encode
from crypto_core.wire.letters import settled_marks

if TYPE_CHECKING:
    from app.engine.ports.vault import Store
    from app.engine.session import Session

NO_TEMPLATE = TemplateId(bytes(16))
"""The id of one that is to be made."""


async def list_all(session: Session) -> Templates:
    """All of them, by name."""
    return Templates(rows=await session.vault.run(lambda store: store.drafts.templates()))


async def save(session: Session, template: Template) -> Template:
    """Make a template, or change one. Raises CommandError."""
    is_new = template.template == NO_TEMPLATE
    kept = replace(
        template,
        template=TemplateId(session.random(16)) if is_new else template.template,
        marks=settled_marks(template.text, template.marks),
    )

    def keep(store: Store) -> None:
        known = {each.template for each in store.drafts.templates()}
        if not is_new and kept.template not in known:
            raise CommandError(Failure.UNKNOWN_TEMPLATE)
        if is_new and len(known) >= PAGE_LIMIT:
            raise CommandError(Failure.TOO_MANY_TEMPLATES)
        store.drafts.put_template(kept)
        stamp_marks(store, session)

    await session.vault.run(keep)
    session.wakes.outbox.set()
    return kept


async def remove(session: Session, template: TemplateId) -> Done:
    """Forget a template. Raises CommandError."""

    def forget(store: Store) -> None:
        if not store.drafts.remove_template(template):
            raise CommandError(Failure.UNKNOWN_TEMPLATE)
        stamp_marks(store, session)

    await session.vault.run(forget)
    session.wakes.outbox.set()
    return Done()


async def show_signature(session: Session) -> Signature:
    """What stands under every new letter; nothing if none was ever written."""
    stored = await session.vault.run(lambda store: store.identity.setting(Setting.SIGNATURE))
    if stored is None:
        return Signature(text="", marks=())
    try:
        return decode(Signature, stored)
    except WireError:
        # Another version of the program has written it differently: it is written anew in a minute.
        return Signature(text="", marks=())


async def save_signature(session: Session, signature: Signature) -> Done:
    """Put something else under every new letter; an empty text puts nothing there."""
    kept = replace(signature, marks=settled_marks(signature.text, signature.marks))
    encoded = encode(kept) if kept.text else None

    def keep(store: Store) -> None:
        store.identity.put_setting(Setting.SIGNATURE, encoded)
        stamp_marks(store, session)

    await session.vault.run(keep)
    session.wakes.outbox.set()
    return Done()
