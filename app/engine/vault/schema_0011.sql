-- The eleventh form: what the owner does with letters is told to the owner's other computers.

-- The newest stamp that was made or seen here.
create table mark_clock (
    only_row integer primary key check (only_row = 1),
    time integer not null,
    count integer not null
) strict;

insert into mark_clock values (1, 0, 0);

-- Whose word holds, by subject (a message's, conversation's or patient's number) and field; what it says is where
-- it was always kept. `due_at`: still to be told; `waiting`: the encoded mark, while its subject is not here.
create table mark (
    subject blob not null,
    field integer not null,
    time integer not null,
    count integer not null,
    device blob not null,
    due_at integer,
    waiting blob,
    primary key (subject, field)
) strict, without rowid;

create index mark_due on mark (due_at) where due_at is not null;
create index mark_waiting on mark (time, count) where waiting is not null;

-- What was changed here and has no stamp yet.
create table mark_touched (
    subject blob not null,
    field integer not null,
    primary key (subject, field)
) strict, without rowid;

-- Not `insert or ignore`: what an outer statement does about a conflict would prevail.

create trigger mark_letter_read after update of is_read on message when new.is_read <> old.is_read begin
    insert into mark_touched select new.message, 1
        where not exists (select 1 from mark_touched where subject = new.message and field = 1);
end;

create trigger mark_letter_removed after update of removed_at on message
when (new.removed_at is null) <> (old.removed_at is null) begin
    insert into mark_touched select new.message, 2
        where not exists (select 1 from mark_touched where subject = new.message and field = 2);
end;

-- A new letter brings its conversation back on every computer by itself.
create trigger mark_conversation_archived after update of is_archived on conversation
when new.is_archived <> old.is_archived and new.letter_count = old.letter_count begin
    insert into mark_touched select new.conversation, 3
        where not exists (select 1 from mark_touched where subject = new.conversation and field = 3);
end;

create trigger mark_conversation_flagged after update of is_flagged, settled_to on conversation
when new.is_flagged <> old.is_flagged or new.settled_to <> old.settled_to begin
    insert into mark_touched select new.conversation, 4
        where not exists (select 1 from mark_touched where subject = new.conversation and field = 4);
end;

create trigger mark_conversation_filed after update of patient on conversation
when new.patient is not old.patient and new.letter_count > 0 begin
    insert into mark_touched select new.conversation, 5
        where not exists (select 1 from mark_touched where subject = new.conversation and field = 5);
end;

create trigger mark_patient_made after insert on patient begin
    insert into mark_touched select new.patient, 6
        where not exists (select 1 from mark_touched where subject = new.patient and field = 6);
end;

create trigger mark_patient_corrected after update of family_name, given_name, birth_date on patient
when (new.family_name, new.given_name, new.birth_date) <> (old.family_name, old.given_name, old.birth_date) begin
    insert into mark_touched select new.patient, 6
        where not exists (select 1 from mark_touched where subject = new.patient and field = 6);
end;

create trigger mark_patient_forgotten after delete on patient begin
    insert into mark_touched select old.patient, 6
        where not exists (select 1 from mark_touched where subject = old.patient and field = 6);
end;
