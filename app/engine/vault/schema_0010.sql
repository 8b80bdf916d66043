-- The tenth form: which of the owner's other computers know of an absence, so that one linked in it is told as well.

create table absence_told_computer (
    device blob primary key,
    -- Of the newest notice that was queued for it.
    stated_at integer not null
) strict, without rowid;
