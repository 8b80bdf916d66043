# SPDX-License-Identifier: AGPL-3.0-or-later
"""A small practice with invented people, as the pictures and several tests show it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from app.interface.documents import (
    Block,
    BlockKind,
    Cell,
    DocumentKind,
    DocumentProblem,
    Fact,
    FactKind,
    Flag,
    Part,
)
from app.interface.folders import FolderRow, FolderSettings, FolderState, FolderTrouble
from app.interface.snapshots import (
    AwayRow,
    ContactState,
    DeliveryState,
    DraftRecipient,
    PatientTag,
    Problem,
)
from app.window.viewmodels.conversations import ROW_ROLE
from crypto_core.wire.content import Mark, MarkKind, RefusalReason
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import UnixMillis
from tests.fakes.scripted_documents import NOTHING
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


def other_practice() -> Practice:
    """Return the mailbox that the same person has in another practice."""
    practice = Practice(profession="Ostéopathe, Lyon")
    moreau = practice.add_contact("Dr Paul Moreau", "radiologue", "Lyon")
    practice.receive(moreau, "Cheville de M. Petit", "Rien à signaler.")
    return practice


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
    add_documents(practice)
    return practice


def away_row(
    practice: Practice, *, replacement: DraftRecipient | None, is_now: bool = True
) -> AwayRow:
    """Make what a correspondent says who is away, or will be in three days, for five days."""
    since = practice.now - DAY if is_now else practice.now + 3 * DAY
    is_contact = replacement is not None and replacement.account in practice.contacts
    return AwayRow(
        since=UnixMillis(since),
        until=UnixMillis(since + 5 * DAY),
        is_now=is_now,
        text="Je suis absent du cabinet. Pour une urgence, appelez le 15.",
        replacement=replacement,
        is_contact=is_contact,
    )


def add_documents(practice: Practice) -> None:
    """Say what the documents of the practice contain."""
    practice.documents.views["Compte rendu, 21 novembre.pdf", ()] = replace(
        NOTHING,
        kind=DocumentKind.PDF,
        media_type="application/pdf",
        pages=3,
        first_page_width=595,
        first_page_height=842,
    )
    names = ("Examen", "Résultat", "Unité", "Valeurs de référence")
    values = (
        ("Hémoglobine", "13,9", "g/dL", "13,0 à 17,0", Flag.NONE),
        ("Leucocytes", "11,8", "G/L", "4,0 à 10,0", Flag.HIGH),
        ("Plaquettes", "268", "G/L", "150 à 400", Flag.NONE),
        ("CRP", "48", "mg/L", "moins de 5", Flag.CRITICAL),
    )
    head = tuple(Cell(text=name, is_head=True) for name in names)
    rows = (
        (Cell(text=name), Cell(text=value, flag=flag), Cell(text=unit), Cell(text=norm))
        for name, value, unit, norm, flag in values
    )
    results = replace(
        NOTHING,
        kind=DocumentKind.CDA,
        media_type="text/xml",
        facts=(
            Fact(kind=FactKind.TITLE, text="Compte rendu d’examens biologiques"),
            Fact(kind=FactKind.PATIENT, text="ROUX Émile"),
            Fact(kind=FactKind.BIRTH_DATE, text="1948-09-30"),
            Fact(kind=FactKind.AUTHOR, text="Dr Hélène Marchetti"),
            Fact(kind=FactKind.ORGANISATION, text="Labo Azur Biologie"),
            Fact(kind=FactKind.DATE, text="2026-11-22T08:40"),
        ),
        blocks=(
            Block(kind=BlockKind.HEADING, level=2, text="Hématologie et inflammation"),
            Block(kind=BlockKind.PARAGRAPH, text="Prélèvement du 22 novembre à 7 h 55, à jeun."),
            Block(kind=BlockKind.TABLE, rows=(head, *rows)),
            Block(kind=BlockKind.HEADING, level=2, text="Commentaire"),
            Block(
                kind=BlockKind.PARAGRAPH,
                text="Syndrome inflammatoire. À contrôler dans une semaine.",
                marks=(Mark(kind=MarkKind.BOLD, start=0, end=23),),
            ),
            Block(kind=BlockKind.ENTRY, level=1, text="Résultat transmis au médecin traitant"),
            Block(kind=BlockKind.ENTRY, level=1, text="<b>texte</b> repris tel quel"),
        ),
        has_abnormal=True,
    )
    practice.documents.views["Résultats 22 novembre.xml", ()] = results
    practice.documents.views["Bilan de rééducation.pdf", ()] = replace(
        NOTHING,
        kind=DocumentKind.XDM,
        media_type="application/zip",
        facts=(Fact(kind=FactKind.PATIENT, text="ROUX Émile"),),
        parts=(
            Part(
                kind=DocumentKind.CDA,
                name="DOC0001.XML",
                title="Compte rendu d’examens biologiques",
                size=38_400,
                problems=(DocumentProblem.HASH_WRONG,),
            ),
            Part(kind=DocumentKind.PDF, name="DOC0002.PDF", title="", size=96_000, same_as=0),
            Part(kind=DocumentKind.PICTURE, name="PHOTO.JPG", title="", size=2_100_000),
        ),
        problems=(DocumentProblem.HASH_WRONG, DocumentProblem.PART_UNLISTED),
    )
    practice.documents.views["Bilan de rééducation.pdf", (0,)] = results


def shared_folders() -> FolderState:
    """Folders of practice software through which much went, and three files did not."""
    return FolderState(
        settings=FolderSettings(folder="/media/cabinet/Logiciel de cabinet"),
        trouble=None,
        waiting=2,
        sent=214,
        received=1308,
        refused_count=3,
        refused=(
            FolderRow(
                name="CR consultation DURAND Lucie 2026-11-20.pdf",
                trouble=FolderTrouble.UNVERIFIED_RECIPIENT,
                detail="Dr Bernard Petit",
                at=ago(HOUR),
            ),
            FolderRow(
                name="bilan.hpr",
                trouble=FolderTrouble.NAMESAKE,
                detail="Martin",
                at=ago(3 * HOUR),
            ),
            FolderRow(name="scan.pdf", trouble=FolderTrouble.NO_RECIPIENT, detail="", at=ago(DAY)),
        ),
    )
