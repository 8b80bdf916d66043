# SPDX-License-Identifier: AGPL-3.0-or-later
"""The owner's own templates and signature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from app.interface.writing import (
    ListTemplates,
    RemoveTemplate,
    SaveSignature,
    SaveTemplate,
    ShowSignature,
    Signature,
    Template,
    TemplateId,
)
from app.window.marked_text import MarkedText

if TYPE_CHECKING:
    from app.interface.snapshots import Done
    from app.interface.writing import Templates
    from app.window.bridge import Bridge
    from app.window.viewmodels.session import Session

NEW_TEMPLATE: Final = TemplateId(bytes(16))


class Stationery(QObject):
    """Asked for once when the mailbox opens; only this window changes it.

    Signals:
        changed(): templates or signature are others.
        saved(Template | None): a template was kept; None for the signature.
        failed(Failure, str): something was not kept, or not removed.
    """

    changed = Signal()
    saved = Signal(object)
    failed = Signal(object, str)

    def __init__(self, bridge: Bridge, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._session = session
        self.templates: tuple[Template, ...] = ()
        """By name."""
        self.signature = MarkedText()
        session.opened.connect(self._ask)
        session.closed.connect(self._forget)

    def save(self, template: Template) -> None:
        """Keep a template; a new one has NEW_TEMPLATE for its number."""

        def on_reply(kept: Template) -> None:
            others = (each for each in self.templates if each.template != kept.template)
            self.templates = tuple(sorted((*others, kept), key=lambda each: each.name.casefold()))
            self.changed.emit()
            self.saved.emit(kept)

        self._bridge.request(self, SaveTemplate(template=template), on_reply, self.failed.emit)

    def remove(self, template: TemplateId) -> None:
        """Forget a template."""

        def on_reply(_done: Done) -> None:
            self.templates = tuple(each for each in self.templates if each.template != template)
            self.changed.emit()

        self._bridge.request(self, RemoveTemplate(template=template), on_reply, self.failed.emit)

    def sign_with(self, signature: MarkedText) -> None:
        """Put something else under every new letter."""

        def on_reply(_done: Done) -> None:
            self.signature = signature
            self.changed.emit()
            self.saved.emit(None)

        command = SaveSignature(signature=Signature(text=signature.text, marks=signature.marks))
        self._bridge.request(self, command, on_reply, self.failed.emit)

    def _ask(self) -> None:
        self._bridge.request(self, ListTemplates(), self._take_templates, lambda *_: None)
        self._bridge.request(self, ShowSignature(), self._take_signature, lambda *_: None)

    def _take_templates(self, answer: Templates) -> None:
        if self._session.is_open:
            self.templates = answer.rows
            self.changed.emit()

    def _take_signature(self, answer: Signature) -> None:
        if self._session.is_open:
            self.signature = MarkedText(text=answer.text, marks=answer.marks).settled()
            self.changed.emit()

    def _forget(self) -> None:
        self.templates = ()
        self.signature = MarkedText()
        self.changed.emit()
