# SPDX-License-Identifier: AGPL-3.0-or-later
"""The table of the law: every case there is, and the ones that the texts are about by name."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from app.engine.rights.gate import ARTICLES, Case, Decision, decide
from app.interface.professions import PROFESSIONS, Category, category_of
from app.interface.rights import Purpose, Rule, Ruling
from crypto_core.wire.decisions import CareTie

EVERY_CASE = tuple(
    Case(
        sender=sender,
        recipient=recipient,
        tie=tie,
        purpose=purpose,
        names_patient=names_patient,
        is_opposed=is_opposed,
        has_consent=has_consent,
        is_informed=is_informed,
    )
    for sender, recipient, tie, purpose in product(Category, Category, (None, *CareTie), Purpose)
    for names_patient, is_opposed, has_consent, is_informed in product((False, True), repeat=4)
)

DOCTOR_TO_PHYSIO = Case(sender=Category.HEALTH, recipient=Category.HEALTH, tie=CareTie.TEAM)
DOCTOR_TO_OSTEOPATH = replace(DOCTOR_TO_PHYSIO, recipient=Category.RELATED)
DOCTOR_TO_NATUROPATH = replace(DOCTOR_TO_PHYSIO, recipient=Category.OTHER)


def test_of_every_case_something_is_said() -> None:
    assert len(EVERY_CASE) == 3 * 3 * 5 * 2 * 16
    assert {decide(case).rule for case in EVERY_CASE} == set(Rule)
    assert {decide(case).ruling for case in EVERY_CASE} == set(Ruling)
    assert set(ARTICLES) == set(Rule)


def test_nothing_about_a_patient_goes_against_an_opposition() -> None:
    for case in EVERY_CASE:
        if case.is_opposed and case.names_patient and case.tie is not CareTie.SELF:
            assert decide(case) == Decision(ruling=Ruling.NO, rule=Rule.OPPOSITION)


def test_without_an_opposition_nothing_is_forbidden_for_good() -> None:
    for case in EVERY_CASE:
        if not case.is_opposed:
            assert decide(case).ruling is not Ruling.NO


def test_a_consent_always_helps_but_against_an_opposition() -> None:
    for case in EVERY_CASE:
        if not case.is_opposed:
            assert decide(replace(case, has_consent=True)).ruling is Ruling.YES


def test_no_more_is_allowed_when_less_is_known() -> None:
    for case in EVERY_CASE:
        ruling = decide(case).ruling
        assert decide(replace(case, is_opposed=True)).ruling >= ruling or case.tie is CareTie.SELF
        if not case.is_opposed:
            assert decide(replace(case, has_consent=True)).ruling <= ruling
        assert decide(replace(case, is_informed=True)).ruling <= ruling


def test_who_is_in_no_list_gets_nothing_without_consent_whatever_the_sender_says() -> None:
    for case in EVERY_CASE:
        is_outside = Category.OTHER in {case.sender, case.recipient}
        is_other = case.names_patient and case.tie is not CareTie.SELF
        if is_outside and is_other and not case.is_opposed and not case.has_consent:
            assert decide(case) == Decision(ruling=Ruling.CONSENT, rule=Rule.OUTSIDE_SECRECY)


def test_the_patient_is_told_before_anything_goes() -> None:
    for case in EVERY_CASE:
        decision = decide(case)
        if decision.rule in {Rule.SAME_CATEGORY, Rule.OTHER_CATEGORY}:
            assert (decision.ruling is Ruling.YES) == case.is_informed


def test_sharing_outside_the_team_takes_consent_where_an_exchange_does_not() -> None:
    between = replace(DOCTOR_TO_PHYSIO, tie=CareTie.TAKES_PART, is_informed=True)
    assert decide(between).ruling is Ruling.YES
    sharing = decide(replace(between, purpose=Purpose.SHARING))
    assert (sharing.ruling, sharing.articles) == (Ruling.CONSENT, ("CSP L1110-4 III",))
    within = replace(between, purpose=Purpose.SHARING, tie=CareTie.TEAM)
    assert decide(within).ruling is Ruling.YES


def test_a_doctor_and_a_physiotherapist_of_the_same_team() -> None:
    assert decide(DOCTOR_TO_PHYSIO).ruling is Ruling.INFORM
    assert decide(replace(DOCTOR_TO_PHYSIO, is_informed=True)).ruling is Ruling.YES


def test_a_doctor_and_an_osteopath() -> None:
    decision = decide(DOCTOR_TO_OSTEOPATH)
    assert (decision.ruling, decision.articles) == (Ruling.INFORM, ("CSP R1110-3",))


def test_a_doctor_and_a_naturopath() -> None:
    assert decide(DOCTOR_TO_NATUROPATH).ruling is Ruling.CONSENT
    assert decide(replace(DOCTOR_TO_NATUROPATH, has_consent=True)).ruling is Ruling.YES


def test_a_naturopath_writes_to_a_doctor_with_consent_only() -> None:
    backwards = replace(
        DOCTOR_TO_NATUROPATH, sender=Category.OTHER, recipient=Category.HEALTH, is_informed=True
    )
    assert decide(backwards).ruling is Ruling.CONSENT


def test_a_colleague_who_takes_no_part_in_the_care_is_no_exception() -> None:
    assert decide(replace(DOCTOR_TO_PHYSIO, tie=CareTie.NONE)).ruling is Ruling.CONSENT


def test_a_letter_to_the_patient_goes_even_where_nobody_else_may_have_it() -> None:
    to_patient = replace(DOCTOR_TO_NATUROPATH, tie=CareTie.SELF, is_opposed=True)
    assert decide(to_patient) == Decision(ruling=Ruling.YES, rule=Rule.PATIENT)


def test_categories_follow_the_national_lists() -> None:
    assert {
        each.french for each in PROFESSIONS if category_of(each.french) is Category.RELATED
    } == {
        "Ostéopathe",
        "Chiropracteur",
        "Psychologue",
        "Psychothérapeute",
        "Assistant de service social",
    }
    for name, category in (
        ("Médecin", Category.HEALTH),
        ("physiotherapist", Category.HEALTH),
        ("Naturopathe", Category.OTHER),
        ("Secrétaire médical", Category.OTHER),
        ("Médecin généraliste", Category.HEALTH),
        ("Infirmière libérale", Category.HEALTH),
        ("Kiné du sport, ostéopathe", Category.HEALTH),
        ("CARDIOLOGUE", Category.HEALTH),
        ("Sage-femme échographiste", Category.HEALTH),
        ("Chirurgienne orthopédique", Category.HEALTH),
        ("Ostéopathe D.O.", Category.RELATED),
        ("Psychologue clinicienne", Category.RELATED),
        ("Naturopathe-iridologue", Category.OTHER),
        ("Praticienne en médecine douce", Category.OTHER),
        ("Coach en santé", Category.OTHER),
        ("Kinésiologue", Category.OTHER),
        ("Nutritionniste", Category.OTHER),
        ("", Category.OTHER),
    ):
        assert category_of(name) is category
