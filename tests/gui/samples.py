# SPDX-License-Identifier: AGPL-3.0-or-later
"""A small practice with invented people, as the pictures and several tests show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.interface.snapshots import ContactState, DeliveryState, PatientTag, Problem
from app.window.viewmodels.conversations import ROW_ROLE
from crypto_core.wire.content import RefusalReason
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import UnixMillis
from tests.fakes.scripted_engine import NOW, Practice

if TYPE_CHECKING:
    from app.interface.snapshots import ConversationRow
    from app.window.viewmodels.conversations import ConversationList

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


def ago(milliseconds: int) -> UnixMillis:
    """Return an instant before the one at which the pictures are taken."""
    return UnixMillis(NOW - milliseconds)


def row_at(model: ConversationList, position: int) -> ConversationRow:
    """Return what the list shows at a position."""
    row: ConversationRow = model.index(position).data(ROW_ROLE)
    return row


def said(family_name: str, given_name: str, birth_date: str) -> PatientTag:
    """Return a patient as a sender writes them."""
    return PatientTag(
        patient=None, family_name=family_name, given_name=given_name, birth_date=birth_date
    )


def sample_practice() -> Practice:
    """Return a mailbox with one of everything that the list and the reading pane can show."""
    practice = Practice()
    roux = practice.records.add_patient("Roux", "Émile", "1948-09-30")
    practice.records.add_patient("Duval", "Jeanne", "1961-03-12")
    practice.records.add_patient("Garnier-Lopez", "Marie-Antoinette", "1955-01-08")
    practice.records.add_patient("Perrin", "Luc", "")
    benali = practice.add_contact(
        "Dr Karim Benali", "médecin généraliste", "Antibes", since=ago(400 * DAY)
    )
    labo = practice.add_contact("Labo Azur Biologie", "laboratoire", "Nice", since=ago(300 * DAY))
    fontaine = practice.add_contact(
        "Léa Fontaine", "kinésithérapeute", "Valbonne", since=ago(200 * DAY)
    )
    weber = practice.add_contact("Dr Anne Weber", "rhumatologue", "Cannes", since=ago(90 * DAY))
    practice.add_contact(
        "Sophie Lambert",
        "naturopathe",
        "Grasse",
        state=ContactState.WAITING,
        note="Bonjour, nous suivons toutes les deux Mme Duval. Puis-je vous écrire ?",
        since=ago(26 * HOUR),
    )
    practice.add_contact(
        "Cabinet Roux et Perrin",
        "sages-femmes",
        "Mougins",
        state=ContactState.REQUESTED,
        since=ago(3 * DAY),
    )
    for name, profession, place in (
        ("Dr Émile Garnier", "cardiologue", "Nice"),
        ("Dr Éloïse Garcin", "radiologue", "Antibes"),
        ("Léa Fontaine", "kinésithérapeute", "Valbonne"),
    ):
        practice.list_in_directory(name, profession, place)
    practice.record_sent(
        [(weber, DeliveryState.REFUSED)],
        "Suivi de M. Perrin",
        "Chère consœur, voici le bilan de M. Perrin, que vous suivez pour une polyarthrite.",
        at=ago(4 * DAY),
        reason=RefusalReason.PATIENT_UNKNOWN,
    )
    fontaine_first = practice.receive(
        fontaine,
        "Bilan de fin de rééducation",
        "Bonjour Claire,\n\nvoici le bilan de M. Roux. La flexion est complète, la marche stable.\n\nLéa",
        at=ago(2 * DAY),
        is_read=True,
        attachments=[practice.document("Bilan de rééducation.pdf", "application/pdf", 96_000)],
    )
    practice.record_sent(
        [(fontaine, DeliveryState.READ)],
        "Re : Bilan de fin de rééducation",
        "Merci, je la revois en janvier.",
        at=ago(25 * HOUR),
        conversation=fontaine_first.conversation,
    )
    practice.receive(
        weber,
        "Conduite à tenir, Mme Garnier",
        "",
        at=ago(22 * HOUR),
        is_read=True,
        problem=Problem.CANNOT_OPEN,
    )
    results = practice.receive(
        labo,
        "Résultats, Roux Émile",
        "CRP 48 mg/L, au-dessus de la norme. Le compte rendu complet est joint.",
        at=ago(162 * MINUTE),
        urgency=Urgency.URGENT,
        attachments=[
            practice.document("Résultats 22 novembre.xml", "application/hl7-cda+xml", 38_400)
        ],
    )
    records = practice.records
    records.filing(results.conversation).patient = roux
    records.filing(results.conversation).has_abnormal = True
    records.filing(fontaine_first.conversation).patient = roux
    practice.receive(
        benali,
        "Lombalgie aiguë, avis après imagerie",
        "Bonjour Claire,\n\nVoici l’IRM de Mme Duval et mon compte rendu. Pas de conflit radiculaire, "
        "mais une discopathie L4-L5 que je préfère te signaler avant la prochaine séance. Peux-tu me "
        "dire si tu observes une amélioration de la flexion ?\n\nBien à toi,\nKarim",
        at=ago(15 * MINUTE),
        attachments=[
            practice.document("Compte rendu, 21 novembre.pdf", "application/pdf", b"%PDF" * 53_500),
            practice.document("IRM lombaire.zip", "application/zip", 18_200_000, available=False),
        ],
        patient=said("Duval", "Jeanne", "1961-03-12"),
        is_answer_wanted=True,
    )
    practice.record_sent(
        [(benali, DeliveryState.READ), (fontaine, DeliveryState.DELIVERED)],
        "Suivi lombalgie, points d’attention",
        "Bonjour à tous les deux,\n\nMme Duval présente une discopathie L4-L5 sans conflit radiculaire.",
        at=ago(5 * HOUR),
    )
    return practice
