-- The eighth form: folders for practice software. What was taken, refused and written is kept, so that nothing
-- is sent or written twice.

create table folder_watch (
    only_row integer primary key check (only_row = 1),
    -- The encoded FolderSettings.
    settings blob not null,
    writes_received integer not null,
    -- Letters from this moment on are written.
    since integer not null
) strict;

-- What was taken out of the folder together. Its files are on the computer's desk there until it is put away.
create table folder_unit (
    id integer primary key,
    unit text not null unique,
    -- Null for what was refused.
    message blob,
    label text not null,
    name text not null,
    files text not null,
    trouble integer,
    detail text not null,
    at integer not null,
    is_put_away integer not null default 0,
    -- What the result file says of its receipts.
    told integer not null default -1
) strict;

create index folder_unit_open on folder_unit (id) where is_put_away = 0;
create index folder_unit_refused on folder_unit (id) where message is null;
create index folder_unit_sent on folder_unit (at) where message is not null and is_put_away = 1;

-- A document to be written: without a place on the desk, on it, complete (it has a name), and moved.
create table folder_arrival (
    id integer primary key,
    message integer not null references message on delete cascade,
    position integer not null,
    unit text not null default '',
    name text not null default '',
    sha256 blob not null default x'',
    size integer not null default 0,
    is_written integer not null default 0,
    unique (message, position)
) strict;

create index folder_arrival_due on folder_arrival (id) where is_written = 0;

create table folder_tally (only_row integer primary key check (only_row = 1), received integer not null) strict;

insert into folder_tally values (1, 0);

create trigger folder_document_here after update of is_available on attachment
when new.is_available = 1 and old.is_available = 0 begin
    insert or ignore into folder_arrival (message, position)
        select m.id, new.position from message m, folder_watch w
        where m.id = new.message and w.writes_received = 1
            and m.is_sent = 0 and m.is_brought = 0 and m.received_at >= w.since;
end;
