# SPDX-License-Identifier: AGPL-3.0-or-later
"""A dozen mornings and evenings at the window, each as whoever lives it would tell it.

While a story runs, the thread that paints touches no file, network, database or derivation of a key
(`main_thread`). The same stories run once on a screen with a window manager (tests/e2e/test_stories_on_screen.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.interface.commands import AcceptContact, RefuseMessage
from app.interface.organising import Act, Organise
from app.interface.patients import FileConversations
from app.interface.snapshots import ConnectionState, DeliveryState, DraftRecipient
from app.interface.writing import AttachFile, SaveDraft, SendDraft
from app.window.viewmodels.beginning import Beginning
from app.window.viewmodels.session import LockReason, Screen
from app.window.views.display import DisplaySection
from app.window.views.navigation import Destination
from app.window.views.settings import SettingsDialog
from crypto_core.wire.content import RefusalReason
from crypto_core.wire.envelope import Urgency
from tests.gui.conftest import texts_of
from tests.gui.samples import ago
from tests.gui.stories.main_thread import PROGRAM, MainThread
from tests.gui.stories.sitting import type_words

if TYPE_CHECKING:
    from pathlib import Path

    from crypto_core.wire.ids import AccountId
    from tests.fakes.scripted_engine import Practice
    from tests.gui.stories.sitting import Sitting

LOMBALGIE = "Lombalgie aiguë"
RESULTATS = "Résultats, Roux Émile"


def account_of(practice: Practice, name: str) -> AccountId:
    """Return the address of a correspondent."""
    return next(row.account for row in practice.contacts.values() if row.name == name)


def test_le_lundi_matin_de_l_osteopathe(seance: Sitting) -> None:
    seance.unlock()
    letter = seance.open(LOMBALGIE)
    assert "discopathie L4-L5" in letter.body.text.toPlainText()
    seance.press("Ctrl+R")
    seance.wait(seance.composer.text.hasFocus)
    type_words(seance.composer.text, "La flexion revient, merci Karim.")
    seance.press("Ctrl+Return")
    seance.wait(lambda: len(seance.practice.asked(SendDraft)) == 1)
    answer = seance.practice.asked(SaveDraft)[-1].content
    assert answer.in_reply_to == letter.letter.message
    assert [each.name for each in answer.to] == ["Dr Karim Benali"]
    # The rest of the mail is put away, and one thing too many is taken back.
    seance.open("Conduite à tenir")
    seance.press("Ctrl+E")
    seance.wait(lambda: "Conduite à tenir, Mme Garnier" not in seance.subjects())
    seance.open("Bilan de fin")
    seance.press("Del")
    seance.sees("1 conversation supprimée", seance.mail.undo_bar)
    seance.press("Ctrl+Z")
    seance.wait(lambda: "Bilan de fin de rééducation" in seance.subjects())
    assert [each.act for each in seance.practice.asked(Organise)] == [
        Act.ARCHIVE,
        Act.REMOVE,
        Act.RESTORE,
    ]


def test_l_infirmiere_hors_ligne_en_tournee(seance: Sitting) -> None:
    seance.practice.set_connection(ConnectionState.OFFLINE)
    seance.unlock()
    seance.wait(lambda: "Hors ligne" in seance.mail.navigation.line.accessibleName())
    # Everything that is here can be read, and a letter is written in the car.
    assert "48 mg/L" in seance.open(RESULTATS).body.text.toPlainText()
    seance.press("Ctrl+N")
    seance.address("benali")
    seance.write("Pansement de M. Roux", "Plaie propre, berges nettes.")
    seance.send()
    seance.go(Destination.OUTBOX)
    seance.wait(lambda: len(seance.mail.queue.cards) == 1)
    # Back in reach, it leaves by itself.
    seance.practice.set_connection(ConnectionState.ONLINE)
    seance.wait(lambda: not seance.mail.queue.cards)


def test_le_resultat_de_laboratoire_urgent(seance: Sitting) -> None:
    seance.unlock()
    seance.go(Destination.CONTACTS)
    practice = seance.practice
    practice.receive(
        account_of(practice, "Labo Azur Biologie"),
        "Kaliémie, Duval Jeanne",
        "Potassium 6,4 mmol/L, contrôlé.",
        urgency=Urgency.URGENT,
        at=practice.now,
    )
    seance.go(Destination.INBOX)
    seance.wait(lambda: seance.subjects()[:1] == ["Kaliémie, Duval Jeanne"])
    letter = seance.open("Kaliémie")
    assert "Urgent" in texts_of(letter)
    seance.press("Ctrl+T")
    seance.wait(lambda: [each.act for each in practice.asked(Organise)] == [Act.FLAG])
    # The one from before has its document: the value out of range is said in words.
    document = seance.show_document(seance.open(RESULTATS))
    seance.wait(lambda: "✕ 48 (critique)" in document.text.toPlainText())
    document.close()
    seance.go(Destination.TO_DO)
    assert "Kaliémie, Duval Jeanne" in seance.subjects()


def test_un_homonyme_parmi_les_destinataires(seance: Sitting) -> None:
    practice = seance.practice
    kine = practice.contacts[account_of(practice, "Léa Fontaine")]
    sage_femme = practice.add_contact("Lea Fontaine", "sage-femme", "Nice")
    seance.unlock()
    seance.mail.write_to(
        Beginning(
            to=(DraftRecipient(account=kine.account, name=kine.name, profession=kine.profession),),
            subject="Suivi de grossesse",
            text="Bonjour Léa",
        )
    )
    namesakes = seance.composer.namesakes
    seance.wait(namesakes.banner.isVisible)
    assert not seance.composer.send.isEnabled()
    assert [button.text() for button in namesakes.buttons] == [
        "Léa Fontaine, kinésithérapeute, Valbonne",
        "Lea Fontaine, sage-femme, Nice",
    ]
    seance.click(namesakes.buttons[1])
    seance.send()
    seance.wait(lambda: bool(practice.asked(SendDraft)))
    assert [each.account for each in practice.asked(SaveDraft)[-1].content.to] == [sage_femme]


def test_la_lettre_interrompue_par_un_patient(seance: Sitting) -> None:
    seance.unlock()
    seance.press("Ctrl+N")
    seance.address("weber")
    seance.write("Douleurs de Mme Garnier", "Chère consœur, depuis lundi")
    # Somebody knocks: one key, and the screen shows nothing of anybody.
    seance.press("Ctrl+L")
    seance.wait(
        lambda: (
            seance.desk.mailbox.session.screen is Screen.UNLOCK
            and len(seance.practice.engines) == 2
        )
    )
    assert "Garnier" not in texts_of(seance.desk.window)
    seance.unlock()
    # It stands there again by itself.
    seance.wait(
        lambda: seance.composer.text.toPlainText().startswith("Chère consœur, depuis lundi")
    )
    assert seance.composer.subject.text() == "Douleurs de Mme Garnier"


def test_le_courrier_ecrit_le_dimanche_soir_pour_le_lundi(seance: Sitting) -> None:
    seance.unlock()
    seance.press("Ctrl+N")
    seance.address("benali")
    seance.write("Bilan", "Bonjour")
    seance.wait(seance.composer.send.isEnabled)
    seance.choose(seance.composer.later_menu, "Demain matin")
    seance.wait(lambda: bool(seance.practice.asked(SendDraft)))
    seance.go(Destination.OUTBOX)
    seance.sees("demain à 08:00", seance.mail.queue)
    # On second thoughts it is written anew.
    seance.click(seance.mail.queue.cards[0].cancel)
    seance.wait(lambda: seance.desk.mailbox.composer.content.text == "Bonjour")
    assert seance.mail.content.currentWidget() is seance.composer


def test_la_radio_glissee_dans_la_demande_d_avis(seance: Sitting, tmp_path: Path) -> None:
    picture, report = tmp_path / "radio.jpg", tmp_path / "compte rendu.pdf"
    picture.write_bytes(bytes(214_000))
    report.write_bytes(bytes(96_000))
    seance.unlock()
    seance.press("Ctrl+N")
    seance.address("weber")
    seance.write("Avis sur une radio", "Voir le compte rendu ci-joint.")
    seance.drop([picture, report])
    seance.wait(lambda: len(seance.desk.mailbox.composer.documents) == 2)
    seance.sees("2 documents, 310 Ko", seance.composer)
    seance.send()
    seance.sees("concerne peut-être un patient", seance.composer)
    seance.click(seance.composer.send_as_is)
    seance.wait(lambda: bool(seance.practice.asked(SendDraft)))
    assert [each.path for each in seance.practice.asked(AttachFile)] == [str(picture), str(report)]


def test_une_naturopathe_demande_a_ecrire(seance: Sitting) -> None:
    seance.unlock()
    seance.go(Destination.CONTACTS)
    people = seance.mail.contact_list
    people.list.setFocus()
    people.list.setCurrentIndex(seance.desk.mailbox.contacts.everyone.index(0))
    QTest.keyClick(people.list, Qt.Key.Key_Return)
    person = seance.mail.people.person
    seance.sees("nous suivons toutes les deux Mme Duval", person)
    seance.sees("non vérifiée", person)
    seance.click(person.accept)
    seance.wait(person.write.isVisible)
    assert seance.practice.asked(AcceptContact)
    seance.click(person.write)
    assert [each.name for each in seance.desk.mailbox.composer.content.to] == ["Sophie Lambert"]


def test_retrouver_ce_que_karim_disait_de_l_imagerie(seance: Sitting) -> None:
    seance.unlock()
    seance.press("Ctrl+K")
    search = seance.mail.search
    seance.wait(search.box.hasFocus)
    # Without its accent, and not to the end.
    type_words(search.box, "imagerie lombalgie aig")
    finder = seance.desk.mailbox.finder
    seance.wait(lambda: not finder.is_waiting and finder.rowCount() == 1)
    QTest.keyClick(search.box, Qt.Key.Key_Down)
    QTest.keyClick(search.list, Qt.Key.Key_Return)
    seance.wait(lambda: bool(seance.desk.mailbox.reading.letters))
    assert seance.desk.mailbox.reading.letters[0].subject.startswith(LOMBALGIE)


def test_le_courrier_qui_n_etait_pas_pour_moi(seance: Sitting) -> None:
    seance.unlock()
    seance.open(LOMBALGIE)
    reading = seance.mail.reading
    # Two clicks: that it is refused, and why.
    reading.refuse_action.trigger()
    seance.click(reading.refusal.reasons[RefusalReason.NOT_MY_PATIENT])
    seance.sees("Vous avez refusé ce courrier", reading)
    (refusal,) = seance.practice.asked(RefuseMessage)
    assert refusal.reason is RefusalReason.NOT_MY_PATIENT


def test_le_dossier_de_mme_duval(seance: Sitting) -> None:
    seance.unlock()
    seance.open(LOMBALGIE)
    line = seance.mail.reading.patient
    seance.click(line.file)
    seance.wait(line.patient.isVisible)
    assert "Duval Jeanne" in line.patient.text()
    seance.click(line.patient)
    seance.wait(lambda: seance.mail.destination is Destination.PATIENTS)
    seance.sees("Jeanne Duval", seance.mail.patient)
    seance.wait(lambda: seance.mail.patient.list.conversations.rowCount() == 1)
    assert len(seance.practice.asked(FileConversations)) == 1


def test_le_poste_laisse_ouvert_a_l_accueil(seance: Sitting) -> None:
    seance.unlock()
    seance.open(LOMBALGIE)
    seance.desk.lock(LockReason.IDLE)
    seance.wait(
        lambda: (
            seance.desk.mailbox.session.screen is Screen.UNLOCK
            and len(seance.practice.engines) == 2
        )
    )
    texts = texts_of(seance.desk.window)
    assert not [word for word in ("Benali", "Duval", "IRM", "discopathie") if word in texts]
    seance.unlock()
    assert seance.subjects()[0].startswith(LOMBALGIE)


def test_les_yeux_fatigues_du_vendredi(seance: Sitting) -> None:
    seance.unlock()
    seance.open(LOMBALGIE)
    seance.desk.window.settings_asked.emit()
    seance.wait(lambda: bool(seance.desk.window.findChildren(SettingsDialog)))
    (display,) = seance.desk.window.findChildren(DisplaySection)
    display.text_scale.buttons[1.5].click()
    seance.wait(lambda: seance.desk.theme.text_scale == 1.5)
    # The letter is still open, in larger type.
    seance.sees("discopathie L4-L5", seance.mail.reading)


@pytest.fixture
def cabinet(practice: Practice) -> Practice:
    """A hospital's secretariat: three hundred correspondents, and a letter with fifty documents."""
    for number in range(300):
        practice.add_contact(
            f"Dr {chr(65 + number % 26)}ubert Numéro{number}", "médecin généraliste", "Nice"
        )
    sender = account_of(practice, "Dr Anne Weber")
    documents = [
        practice.document(f"Compte rendu {number}.pdf", "application/pdf", 500_000_000)
        for number in range(50)
    ]
    practice.receive(sender, "Cinquante comptes rendus", "Bonjour", attachments=documents)
    practice.record_sent(
        [(account, DeliveryState.DELIVERED) for account in list(practice.contacts)[-60:]],
        "Fermeture du service",
        "Le service ferme du 24 au 26.",
        at=ago(1),
    )
    return practice


@pytest.mark.usefixtures("cabinet")
def test_le_secretariat_aux_trois_cents_correspondants(seance: Sitting) -> None:
    seance.unlock()
    letter = seance.open("Cinquante comptes rendus")
    seance.wait(lambda: len(letter.body.documents) == 50)
    assert "500 Mo" in seance.texts(letter.body.documents[49])
    seance.go(Destination.CONTACTS)
    seance.wait(lambda: seance.desk.mailbox.contacts.everyone.rowCount() > 300)
    seance.go(Destination.SENT)
    assert len(seance.open("Fermeture du service").letter.recipients) == 60
    seance.press("Ctrl+N")
    seance.address("numéro287")
    assert [each.name for each in seance.desk.mailbox.composer.content.to] == [
        "Dr Bubert Numéro287"
    ]


@pytest.mark.parametrize(
    "act",
    [
        "open('x', 'w').close()",
        "__import__('pathlib').Path('x').exists()",
        "__import__('os').listdir()",
        "__import__('socket').create_server(('127.0.0.1', 0)).close()",
        "__import__('sqlcipher3.dbapi2').dbapi2.connect(':memory:')",
        "__import__('subprocess').run(['true'])",
        "__import__('hashlib').scrypt(b'', salt=b'', n=2, r=1, p=1)",
    ],
)
def test_the_watch_sees_what_would_make_the_window_wait(
    main_thread: MainThread, act: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code = compile(act, f"{PROGRAM}/window/imagined.py", "exec")
    exec(code)  # noqa: S102 - a constant above
    with main_thread.watched():
        exec(code)  # noqa: S102
    assert main_thread.waits
    assert all("imagined.py:1" in each for each in main_thread.waits)
