# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which commands about letters before they are sent are carried out by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.engine import attaching, drafts, recipients, sending, templates
from app.interface import writing

if TYPE_CHECKING:
    from app.engine.handlers import Handlers

HANDLERS: Final[Handlers] = {
    writing.SaveDraft: lambda session, command, _: drafts.save(session, command),
    writing.ListDrafts: lambda session, command, _: drafts.list_all(session, command),
    writing.OpenDraft: lambda session, command, _: drafts.open_one(session, command.draft),
    writing.RemoveDrafts: lambda session, command, _: drafts.remove(session, command),
    writing.RestoreDrafts: lambda session, command, _: drafts.restore(session, command),
    writing.AttachFile: lambda session, command, number: attaching.attach_file(
        session, command, request=number
    ),
    writing.AttachBytes: lambda session, command, _: attaching.attach_bytes(session, command),
    writing.AttachFromLetter: lambda session, command, number: attaching.attach_from_letter(
        session, command, request=number
    ),
    writing.CancelAttaching: lambda session, command, _: attaching.cancel(session, command),
    writing.DetachDocument: lambda session, command, _: attaching.detach(session, command),
    writing.ReattachDocument: lambda session, command, _: attaching.reattach(session, command),
    writing.CheckRecipients: lambda session, command, _: recipients.check(session, command),
    writing.SendDraft: lambda session, command, _: sending.send_draft(session, command),
    writing.CancelSending: lambda session, command, _: sending.cancel(session, command),
    writing.SendNow: lambda session, command, _: sending.send_now(session, command),
    writing.ListQueue: lambda session, command, _: sending.list_queue(session, command),
    writing.ListTemplates: lambda session, _, __: templates.list_all(session),
    writing.SaveTemplate: lambda session, command, _: templates.save(session, command.template),
    writing.RemoveTemplate: lambda session, command, _: templates.remove(session, command.template),
    writing.ShowSignature: lambda session, _, __: templates.show_signature(session),
    writing.SaveSignature: lambda session, command, _: templates.save_signature(
        session, command.signature
    ),
}
