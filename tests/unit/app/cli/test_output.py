# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

import dataclasses
import json
import re
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import app.cli.machine
from app.cli import report, texts
from app.cli.machine import failure_json, to_json
from app.cli.main import Inbox, Outcome, SavedFiles, Sent
from app.cli.texts import Language
from app.interface.failures import Failure
from app.interface.journal import (
    Deed,
    JournalPage,
    JournalProof,
    JournalRow,
    JournalState,
    JournalSummary,
    JournalTimestamp,
    Standing,
    TimestampStanding,
)
from app.interface.shown import short_address
from app.interface.snapshots import (
    AlarmKind,
    AlarmRow,
    Alarms,
    AttachmentRow,
    AuditReport,
    ContactRow,
    DeliveryState,
    Direction,
    DirectoryRow,
    DraftRecipient,
    FactorList,
    FactorView,
    MessageView,
    NewTotp,
    PatientTag,
    Problem,
    ReceiptRow,
    RecipientRow,
    RecoveryCodes,
    Registered,
    SavedFile,
    SessionList,
    SessionView,
    SignedIn,
    Status,
    SyncReport,
    Trust,
)
from app.interface.writing import (
    DraftContent,
    DraftDocument,
    DraftPage,
    DraftRow,
    DraftView,
    QueueRow,
    SendQueue,
)
from crypto_core.wire.content import Mark
from crypto_core.wire.envelope import Urgency
from crypto_core.wire.ids import (
    AccountId,
    ConversationId,
    DeviceId,
    FactorId,
    Hash,
    MessageId,
    UnixMillis,
    UtcOffsetMinutes,
    format_address,
)
from crypto_core.wire.sign_in import FactorKind

RECIPIENT = RecipientRow(
    account=AccountId(bytes(20)),
    name="Dr Anne Le Goff",
    profession="Cardiologue",
    state=DeliveryState.NOT_DELIVERED,
    accepted_at=UnixMillis(1_790_000_000_000),
    delivered_at=None,
    read_at=None,
    refused_at=None,
    reason=None,
    problem=Problem.EXPIRED,
)
MESSAGE = MessageView(
    message=MessageId(bytes(range(16))),
    conversation=ConversationId(bytes(16)),
    direction=Direction.SENT,
    sender=AccountId(b"\xff" * 20),
    sender_name="Claire \x1b[31mMarchand",
    sender_profession="Sage-femme",
    trust=Trust.SELF_DECLARED,
    subject="Résultats \N{RIGHT-TO-LEFT OVERRIDE}",
    text="Bonjour,\n\x1b]0;title\x07au revoir\r",
    sent_at=UnixMillis(1_790_000_000_000),
    utc_offset=UtcOffsetMinutes(120),
    received_at=None,
    urgency=Urgency.URGENT,
    is_read=True,
    attachments=(
        AttachmentRow(
            name="a\x00.pdf",
            media_type="application/pdf",
            size=1_234_567,
            sha256=Hash(bytes(32)),
            available=True,
        ),
    ),
    recipients=(RECIPIENT,),
    problem=Problem.NONE,
)


def test_json_has_the_documented_spellings() -> None:
    found = json.loads(to_json(MESSAGE))
    assert found["message"] == "000102030405060708090a0b0c0d0e0f"
    assert found["sender"] == "uhs:" + "7" * 32
    assert found["recipients"][0]["account"] == "uhs:" + "a" * 32
    assert found["recipients"][0]["state"] == "not-delivered"
    assert found["attachments"][0]["sha256"] == "00" * 32
    assert found["sent_at"] == 1_790_000_000_000
    assert found["received_at"] is None
    assert to_json(MESSAGE).isascii()
    nested = Sent(
        send_at=None,
        message=MESSAGE.message,
        conversation=MESSAGE.conversation,
        is_queued=True,
        recipients=(RECIPIENT,),
    )
    assert json.loads(to_json(nested))["recipients"][0]["problem"] == "expired"
    assert json.loads(to_json(Outcome(is_queued=False, report=None)))["report"] is None
    assert json.loads(failure_json(Failure.LOCKED, "é")) == {
        "error": {"code": "locked", "detail": "é"}
    }


def test_every_member_is_documented() -> None:
    manual = Path(app.cli.machine.__file__).with_name("output.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z0-9_]+)`", manual))
    for cls in (
        Registered,
        SignedIn,
        SessionList,
        SessionView,
        FactorList,
        FactorView,
        NewTotp,
        RecoveryCodes,
        Status,
        DirectoryRow,
        ContactRow,
        Outcome,
        Sent,
        SyncReport,
        Inbox,
        MessageView,
        AttachmentRow,
        RecipientRow,
        DraftPage,
        DraftRow,
        DraftView,
        DraftContent,
        DraftDocument,
        DraftRecipient,
        PatientTag,
        Mark,
        SendQueue,
        QueueRow,
        SavedFiles,
        SavedFile,
        ReceiptRow,
        AuditReport,
        AlarmRow,
    ):
        assert {field.name for field in dataclasses.fields(cls)} <= named, cls


def test_an_alarm_is_one_line_with_its_time() -> None:
    row = AlarmRow(
        kind=AlarmKind.SPLIT_VIEW,
        detail="12 / \x1b[31m13",
        at=UnixMillis(1_790_000_000_000),
        is_acknowledged=False,
        first_note=None,
        second_note=None,
    )
    found = Alarms(rows=(row, dataclasses.replace(row, is_acknowledged=True)))
    first, second = report.alarms(found, Language.ENGLISH).splitlines()
    assert "new" in first
    assert "contradictory journals" in first
    assert "\x1b" not in first
    assert "new" not in second
    assert report.alarms(Alarms(rows=()), Language.FRENCH) == "Rien."


def test_an_alarm_names_accounts_by_their_addresses_and_no_number_of_the_programs() -> None:
    account = AccountId(bytes(range(20)))
    said = report.alarm_detail(AlarmKind.KEYS_CHANGED, f"{account.hex()} 3")
    assert said == f"{format_address(account)} 3"
    assert report.alarm_detail(AlarmKind.PROOF_INVALID, f"receipt {'ab' * 16}") == "receipt"


def test_who_has_no_name_here_is_written_with_the_whole_address() -> None:
    account = AccountId(bytes(range(20)))
    row = RecipientRow(
        account=account,
        name=short_address(account),
        profession="",
        state=DeliveryState.ACCEPTED,
        accepted_at=None,
        delivered_at=None,
        read_at=None,
        refused_at=None,
        reason=None,
        problem=Problem.NONE,
    )
    assert format_address(account) in report.recipient_line(row, Language.FRENCH)


def test_what_others_wrote_cannot_command_the_terminal() -> None:
    for language in Language:
        shown = report.message(MESSAGE, language) + report.inbox([MESSAGE], language)
        assert not {"\x1b", "\x00", "\x07", "\r", "\N{RIGHT-TO-LEFT OVERRIDE}"} & set(shown)
        assert "1.2 MB" in shown


@given(st.text())
def test_harmless_text_is_printable(text: str) -> None:
    assert not {"Cc", "Cf", "Zl", "Zp"} & set(map(unicodedata.category, report.harmless(text)))
    assert "\n" not in report.harmless(text)
    assert report.harmless(text, keep_lines=True).count("\n") == text.count("\n")


def test_second_factors_are_shown_whole_and_with_what_to_do() -> None:
    codes = tuple(f"AAAA-BBBB-CCCC-DD{number:02}" for number in range(22, 32))
    found = Registered(
        account=AccountId(bytes(20)),
        os_secret_store=False,
        totp_uri="otpauth://totp/U-HealthSec:%C3%89lo%C3%AFse?secret=GEZDGNBV&issuer=U-HealthSec",
        recovery_codes=codes,
    )
    for language in Language:
        shown = report.second_factors(found, language)
        assert found.totp_uri in shown
        assert "secret: GEZDGNBV" in shown.replace("\N{NARROW NO-BREAK SPACE}:", ":")
        assert all(code in shown for code in codes)
        assert "uhealthsec login --otp" in shown


def test_of_second_factors_only_what_is_left_is_shown() -> None:
    codes = tuple(f"AAAA-BBBB-CCCC-DD{number:02}" for number in range(22, 32))
    found = Registered(
        account=AccountId(bytes(20)), os_secret_store=False, totp_uri="", recovery_codes=codes
    )
    for language in Language:
        shown = report.second_factors(found, language)
        assert "otpauth" not in shown
        assert all(code in shown for code in codes)
        assert "recovery-codes confirm" in shown


def test_factors_are_one_line_each_by_the_name_that_their_owner_gave() -> None:
    row = FactorView(
        factor=FactorId(bytes(range(16))),
        kind=FactorKind.FIDO2,
        name="clé \x1b[31mrouge",
        added_at=UnixMillis(1_790_000_000_000),
        last_used_at=None,
    )
    found = FactorList(rows=(row,), recovery_codes_left=3, are_codes_due=False)
    line, left = report.factors(found, Language.ENGLISH).splitlines()
    assert row.factor.hex() in line
    assert "security key" in line
    assert "not used yet" in line
    assert "\x1b" not in line
    assert left.endswith("3")
    due = dataclasses.replace(found, are_codes_due=True)
    assert "pas encore sur papier" in report.factors(due, Language.FRENCH)


def test_a_new_telephone_is_told_what_it_needs() -> None:
    found = NewTotp(totp_uri="otpauth://totp/U-HealthSec:x?secret=GEZDGNBV&issuer=U-HealthSec")
    for language in Language:
        shown = report.new_totp(found, language)
        assert found.totp_uri in shown
        assert "GEZDGNBV" in shown
        assert "factor confirm" in shown


def test_a_sign_in_says_until_when_and_how_many_codes_are_left() -> None:
    found = SignedIn(session_ends_at=UnixMillis(1_790_000_000_000), recovery_codes_left=None)
    assert "2026-09-2" in report.signed_in(found, Language.ENGLISH)
    assert "\n" not in report.signed_in(found, Language.FRENCH)
    found = dataclasses.replace(found, recovery_codes_left=4)
    assert "4 recovery codes" in report.signed_in(found, Language.ENGLISH)


def test_sessions_are_one_line_each() -> None:
    row = SessionView(
        device=DeviceId(bytes(16)),
        signed_in_at=UnixMillis(1_790_000_000_000),
        refreshed_at=UnixMillis(1_790_000_600_000),
        is_current=True,
    )
    found = SessionList(rows=(row, dataclasses.replace(row, is_current=False)))
    first, second = report.sessions(found, Language.ENGLISH).splitlines()
    assert first.startswith("00" * 16)
    assert first.endswith("this one")
    assert "this one" not in second


def test_an_audit_says_the_answer_first() -> None:
    good = AuditReport(
        origin="o",
        log_size=12,
        own_statements=3,
        own_statements_logged=3,
        receipts_verified=2,
        checkpoints_verified=1,
        problems=(),
    )
    assert report.audit(good, Language.ENGLISH).startswith("Journal intact")
    bad = dataclasses.replace(good, problems=("split-view",))
    assert report.audit(bad, Language.FRENCH).startswith("Journal NON intact")
    assert "split-view" in report.audit(bad, Language.FRENCH)
    offline = dataclasses.replace(good, problems=(report.AUDIT_OFFLINE,))
    assert "not checked" in report.audit(offline, Language.ENGLISH)


def act(entry: int) -> JournalRow:
    return JournalRow(
        entry=entry,
        deed=Deed.READ,
        at=UnixMillis(1_790_000_000_000),
        utc_offset=UtcOffsetMinutes(60),
        standing=Standing.WAITING,
        logged_at=None,
        computer="",
        is_here=True,
        people=("Anne\x1b[2J",),
        letter=None,
        conversation=None,
        subject="Bilan",
        patient=None,
        document_name="",
        numbers=(),
    )


def test_every_deed_has_its_words_in_both_languages() -> None:
    assert set(texts.DEEDS) == set(Deed)
    assert set(texts.STANDINGS) == set(Standing)
    assert set(texts.JOURNAL_STATES) == set(JournalState)


def test_the_journal_says_how_it_stands_and_where_it_goes_on() -> None:
    summary = JournalSummary(
        state=JournalState.WAITING,
        acts=9,
        waiting=2,
        checked_at=None,
        correspondents=1,
        witnesses=0,
    )
    page = JournalPage(rows=(act(7),), more=True, summary=summary)
    shown = report.journal(page, Language.ENGLISH)
    assert "letter read" in shown
    assert "--before 7" in shown
    assert "2 wait for the relay" in shown
    assert "\x1b" not in shown
    french = report.journal(page, Language.FRENCH)
    assert "lettre lue" in french


def test_a_proof_that_does_not_hold_is_said_so() -> None:
    found = JournalProof(
        row=act(7),
        signature_holds=True,
        inclusion_holds=False,
        sequence=3,
        leaf_index=9,
        log_size=12,
        leaf=b"leaf",
        leaf_hash=Hash(bytes(32)),
        salt=b"",
        encoded_entry=b"",
        checkpoint="",
    )
    shown = report.proof(found, Language.ENGLISH)
    assert "The signature holds." in shown
    assert "NOT proven" in shown


def test_what_a_correspondent_told_is_said_to_be_signed_by_their_computer() -> None:
    told = JournalProof(
        row=dataclasses.replace(act(7), standing=Standing.TOLD),
        signature_holds=True,
        inclusion_holds=None,
        sequence=None,
        leaf_index=None,
        log_size=None,
        leaf=b"",
        leaf_hash=None,
        salt=b"",
        encoded_entry=b"",
        checkpoint="",
        receipt=b"signed",
    )
    assert "computer holds" in report.proof(told, Language.ENGLISH)
    forged = dataclasses.replace(told, signature_holds=False)
    assert "does NOT hold" in report.proof(forged, Language.ENGLISH)


def test_a_timestamp_is_said_to_prove_no_more_than_it_does() -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    stamped = JournalTimestamp(
        standing=TimestampStanding.RELAYS_AUTHORITY,
        at=UnixMillis(1_700_000_000_000),
        authority="Horodatage\x1b[31m SA",
        certificate=Hash(bytes(range(32))),
        log_size=12,
        valid_until=UnixMillis(1_900_000_000_000),
    )
    shown = report.timestamp(stamped, Language.ENGLISH, now=now)
    assert "comes from the relay" in shown
    assert bytes(range(32)).hex() in shown
    assert "\x1b" not in shown
    known = dataclasses.replace(stamped, standing=TimestampStanding.KNOWN_AUTHORITY)
    assert "comes from the relay" not in report.timestamp(known, Language.ENGLISH, now=now)
    ended = dataclasses.replace(known, valid_until=UnixMillis(1_750_000_000_000))
    assert "proves less" in report.timestamp(ended, Language.ENGLISH, now=now)
    refused = JournalTimestamp(standing=TimestampStanding.REFUSED, reason="imprint")
    assert "(imprint)" in report.timestamp(refused, Language.ENGLISH, now=now)
    none = JournalTimestamp(standing=TimestampStanding.NONE)
    assert report.timestamp(none, Language.FRENCH, now=now) == "Sans horodatage extérieur."
    assert json.loads(to_json(none, timestamp=none))["timestamp"]["standing"] == "none"
