-- The fourteenth form: what was erased for good, by its number only, and how far each erasure has come.

-- A letter, conversation or patient that does not come back, whatever brings it: older than `at`, it goes again.
create table erased (
    number blob primary key,
    at integer not null,
    -- The conversation that was erased with it; null for what was erased by itself.
    within blob
) strict, without rowid;

create index erased_by_time on erased (at) where within is null;

create trigger mark_erased after insert on erased begin
    insert into mark_touched select new.number, 12
        where not exists (select 1 from mark_touched where subject = new.number and field = 12);
end;

create table erasure (
    id integer primary key,
    erasure blob not null unique,
    -- 1 a patient, 2 a letter, 3 what another computer of the owner has erased.
    kind integer not null,
    -- 1 rows go, 2 they are gone and the key is still the one before, 3 another key, 4 told and certified.
    step integer not null,
    begun_at integer not null,
    letters integer not null default 0,
    documents integer not null default 0,
    drafts integer not null default 0,
    -- How many others have letters of it, too.
    people integer not null default 0,
    finished_at integer,
    -- The encoded SignedCertificate.
    certificate blob
) strict;

create index erasure_open on erasure (step) where step < 4;

-- Letters that are going; gone from here when they are gone.
create table erasure_letter (
    message integer primary key,
    erasure integer not null references erasure on delete cascade
) strict;

-- Backups that this computer has made, wherever their disk is now; doomed ones are destroyed when it is seen again.
create table backup (
    path text primary key,
    made_at integer not null,
    is_doomed integer not null default 0
) strict, without rowid;

create index backup_doomed on backup (made_at) where is_doomed = 1;
