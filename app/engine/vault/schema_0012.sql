-- The twelfth form: what the owner decides about correspondents, and templates, are told to the owner's other computers.

-- What waits was encoded as the form before did it. It is told again when it changes.
delete from mark where waiting is not null;

-- Where the correspondence itself stands is beneath a block. An acceptance comes to every computer by itself.
create trigger mark_contact_asked after insert on contact when new.state = 1 begin
    insert into mark_touched select new.account, 7
        where not exists (select 1 from mark_touched where subject = new.account and field = 7);
end;

create trigger mark_contact_stands after update of state, state_before on contact
when iif(new.state = 6, new.state_before, new.state) is not iif(old.state = 6, old.state_before, old.state)
    and not (old.state in (1, 5) and new.state = 3) begin
    insert into mark_touched select new.account, 7
        where not exists (select 1 from mark_touched where subject = new.account and field = 7);
end;

create trigger mark_contact_blocked after update of state on contact
when (new.state = 6) <> (old.state = 6) begin
    insert into mark_touched select new.account, 8
        where not exists (select 1 from mark_touched where subject = new.account and field = 8);
end;

create trigger mark_contact_remark after update of remark on contact when new.remark <> old.remark begin
    insert into mark_touched select new.account, 9
        where not exists (select 1 from mark_touched where subject = new.account and field = 9);
end;

create trigger mark_template_made after insert on template begin
    insert into mark_touched select new.template, 10
        where not exists (select 1 from mark_touched where subject = new.template and field = 10);
end;

create trigger mark_template_removed after delete on template begin
    insert into mark_touched select old.template, 10
        where not exists (select 1 from mark_touched where subject = old.template and field = 10);
end;

create trigger mark_signature_made after insert on setting when new.name = 'signature' begin
    insert into mark_touched select zeroblob(16), 11
        where not exists (select 1 from mark_touched where field = 11);
end;

create trigger mark_signature_removed after delete on setting when old.name = 'signature' begin
    insert into mark_touched select zeroblob(16), 11
        where not exists (select 1 from mark_touched where field = 11);
end;
