-- The fifth form: letters are put away, flagged, removed and filed; people are blocked and noted about.

create table patient (
    id integer primary key,
    patient blob not null unique,
    family_name text not null,
    given_name text not null,
    birth_date text not null,
    -- Both names without accents and case: the order in which patients are listed.
    sort_name text not null,
    -- How many conversations are filed under them, and when the newest of their letters came or went.
    filed_count integer not null default 0,
    latest_at integer
) strict;

create index patient_by_latest on patient (latest_at desc, sort_name, id);
create index patient_by_birth on patient (birth_date) where birth_date <> '';

-- The words of patients' names without accents and case, for whoever types the beginning of one.
create table patient_word (
    word text not null,
    patient integer not null references patient on delete cascade,
    primary key (word, patient)
) strict, without rowid;

create index patient_word_by_patient on patient_word (patient);

-- The state that a blocked correspondent goes back to; null for all others.
alter table contact add column state_before integer;
alter table contact add column remark text not null default '';

-- Whether its sender need not be told any more that a letter was read.
alter table message add column is_told integer not null default 0;
-- Made read by the last such act of all, so that exactly this can be taken back.
alter table message add column is_marked_read integer not null default 0;
alter table message add column names_patient integer not null default 0;
-- Hidden since then: taken back for a while, and gone for good after it.
alter table message add column removed_at integer;

update message set is_told = 1 where is_read = 1;

drop index message_by_conversation;
create index message_by_conversation on message (conversation, removed_at, at, id);
create index message_removed on message (removed_at) where removed_at is not null;
create index message_wanting on message (conversation, removed_at, at, id) where is_answer_wanted = 1;
create index message_naming on message (conversation, removed_at, at, id) where names_patient = 1;

-- A letter that was removed for good is not taken for a new one when it, or a receipt of it, comes again.
create table removed (
    message blob primary key
) strict, without rowid;

-- A conversation carries what the mail list shows. Everything it counts is kept by triggers, of letters that are
-- not removed; what a list is, is said once, here.

drop trigger conversation_added;
drop trigger conversation_changed;
drop trigger conversation_removed;
drop index conversation_inbox;
drop index conversation_sent;
drop index conversation_outbox;
drop index conversation_unread;
drop table tally;

alter table conversation add column letter_count integer not null default 0;
alter table conversation add column is_archived integer not null default 0;
alter table conversation add column is_flagged integer not null default 0;
alter table conversation add column is_answer_wanted integer not null default 0;
-- The newest letter when the owner said that nothing is to be done any more.
alter table conversation add column settled_to integer not null default 0;
alter table conversation add column patient integer references patient;
alter table conversation add column in_inbox integer
    generated always as (received_count > 0 and is_archived = 0) virtual;
alter table conversation add column in_sent integer
    generated always as (sent_count > 0) virtual;
alter table conversation add column in_outbox integer
    generated always as (queued_count > 0) virtual;
alter table conversation add column in_to_do integer
    generated always as (letter_count > 0 and (is_flagged = 1 or is_answer_wanted = 1)) virtual;
alter table conversation add column in_archive integer
    generated always as (letter_count > 0 and is_archived = 1) virtual;
alter table conversation add column in_all integer
    generated always as (letter_count > 0) virtual;
-- What is put away does not ask to be read.
alter table conversation add column unread_here integer
    generated always as (iif(is_archived = 1, 0, unread_count)) virtual;

update conversation set letter_count = received_count + sent_count;

create index conversation_inbox on conversation (latest_at, id) where in_inbox = 1;
create index conversation_sent on conversation (latest_at, id) where in_sent = 1;
create index conversation_outbox on conversation (latest_at, id) where in_outbox = 1;
create index conversation_to_do on conversation (latest_at, id) where in_to_do = 1;
create index conversation_archive on conversation (latest_at, id) where in_archive = 1;
create index conversation_all on conversation (latest_at, id) where in_all = 1;
create index conversation_of_patient on conversation (patient, latest_at, id) where patient is not null;

-- How many conversations stand in each list, and how many letters outside the archive are unread.
create table tally (
    only_row integer primary key check (only_row = 1),
    in_inbox integer not null,
    in_sent integer not null,
    in_outbox integer not null,
    in_to_do integer not null,
    in_archive integer not null,
    in_all integer not null,
    unread integer not null
) strict;

insert into tally select 1, coalesce(sum(in_inbox), 0), coalesce(sum(in_sent), 0),
    coalesce(sum(in_outbox), 0), coalesce(sum(in_to_do), 0), coalesce(sum(in_archive), 0),
    coalesce(sum(in_all), 0), coalesce(sum(unread_here), 0) from conversation;

create trigger conversation_changed after update on conversation
when (new.in_inbox, new.in_sent, new.in_outbox, new.in_to_do, new.in_archive, new.in_all, new.unread_here)
    <> (old.in_inbox, old.in_sent, old.in_outbox, old.in_to_do, old.in_archive, old.in_all, old.unread_here)
begin
    update tally set
        in_inbox = in_inbox + new.in_inbox - old.in_inbox,
        in_sent = in_sent + new.in_sent - old.in_sent,
        in_outbox = in_outbox + new.in_outbox - old.in_outbox,
        in_to_do = in_to_do + new.in_to_do - old.in_to_do,
        in_archive = in_archive + new.in_archive - old.in_archive,
        in_all = in_all + new.in_all - old.in_all,
        unread = unread + new.unread_here - old.unread_here;
end;

create trigger conversation_refiled after update on conversation
when (new.patient is not null or old.patient is not null)
    and (new.patient is not old.patient or new.in_all <> old.in_all or new.latest_at <> old.latest_at)
begin
    update patient set filed_count = filed_count - old.in_all where id = old.patient;
    update patient set filed_count = filed_count + new.in_all where id = new.patient;
    update patient set latest_at = (select max(c.latest_at) from conversation c
            where c.patient = patient.id and c.in_all = 1)
        where id in (old.patient, new.patient);
end;

create trigger message_added after insert on message when new.removed_at is null begin
    update conversation set
        letter_count = letter_count + 1,
        received_count = received_count + (1 - new.is_sent),
        sent_count = sent_count + new.is_sent,
        queued_count = queued_count + new.is_queued,
        unread_count = unread_count + (1 - new.is_read),
        document_count = document_count + new.document_count,
        latest_message = iif(letter_count = 0 or new.at >= latest_at, new.id, latest_message),
        latest_at = iif(letter_count = 0, new.at, max(latest_at, new.at)),
        -- A new letter brings its conversation back; one of the past does not.
        is_archived = iif(new.is_sent = 1 or new.is_brought = 1, is_archived, 0)
        where id = new.conversation;
    update conversation set is_answer_wanted = exists
            (select 1 from message w where w.conversation = new.conversation and w.removed_at is null
                and w.is_answer_wanted = 1 and w.is_sent = 0 and w.id > conversation.settled_to
                and not exists (select 1 from message s where s.conversation = w.conversation
                    and s.removed_at is null and (s.at, s.id) > (w.at, w.id) and s.is_sent = 1))
        where id = new.conversation and (is_answer_wanted = 1 or new.is_answer_wanted = 1);
end;

create trigger message_deleted after delete on message begin
    update conversation set
        letter_count = letter_count - 1,
        received_count = received_count - (1 - old.is_sent),
        sent_count = sent_count - old.is_sent,
        queued_count = queued_count - old.is_queued,
        unread_count = unread_count - (1 - old.is_read),
        document_count = document_count - old.document_count,
        latest_message = coalesce((select m.id from message m where m.conversation = old.conversation
            and m.removed_at is null order by m.at desc, m.id desc limit 1), 0),
        latest_at = coalesce((select max(m.at) from message m where m.conversation = old.conversation
            and m.removed_at is null), latest_at)
        where id = old.conversation and old.removed_at is null;
    update conversation set is_answer_wanted = exists
            (select 1 from message w where w.conversation = old.conversation and w.removed_at is null
                and w.is_answer_wanted = 1 and w.is_sent = 0 and w.id > conversation.settled_to
                and not exists (select 1 from message s where s.conversation = w.conversation
                    and s.removed_at is null and (s.at, s.id) > (w.at, w.id) and s.is_sent = 1))
        where id = old.conversation and old.removed_at is null
            and (is_answer_wanted = 1 or old.is_sent = 1);
    delete from conversation where id = old.conversation
        and not exists (select 1 from message where conversation = old.conversation);
end;

create trigger message_counted after update of is_read, is_queued on message
when new.removed_at is null and (new.is_read <> old.is_read or new.is_queued <> old.is_queued) begin
    update conversation set
        unread_count = unread_count - new.is_read + old.is_read,
        queued_count = queued_count + new.is_queued - old.is_queued
        where id = new.conversation;
end;

create trigger message_hidden after update of removed_at on message
when (new.removed_at is null) <> (old.removed_at is null) begin
    update conversation set
        letter_count = letter_count + iif(new.removed_at is null, 1, -1),
        received_count = received_count + iif(new.removed_at is null, 1, -1) * (1 - new.is_sent),
        sent_count = sent_count + iif(new.removed_at is null, 1, -1) * new.is_sent,
        queued_count = queued_count + iif(new.removed_at is null, 1, -1) * new.is_queued,
        unread_count = unread_count + iif(new.removed_at is null, 1, -1) * (1 - new.is_read),
        document_count = document_count + iif(new.removed_at is null, 1, -1) * new.document_count,
        latest_message = coalesce((select m.id from message m where m.conversation = new.conversation
            and m.removed_at is null order by m.at desc, m.id desc limit 1), 0),
        latest_at = coalesce((select max(m.at) from message m where m.conversation = new.conversation
            and m.removed_at is null), latest_at)
        where id = new.conversation;
    update conversation set is_answer_wanted = exists
            (select 1 from message w where w.conversation = new.conversation and w.removed_at is null
                and w.is_answer_wanted = 1 and w.is_sent = 0 and w.id > conversation.settled_to
                and not exists (select 1 from message s where s.conversation = w.conversation
                    and s.removed_at is null and (s.at, s.id) > (w.at, w.id) and s.is_sent = 1))
        where id = new.conversation;
end;
