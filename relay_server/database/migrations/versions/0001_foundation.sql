-- Accounts, devices, prekeys, mailboxes, blobs and the transparency log.
-- {owner} owns everything and cannot log in; {app} is what the relay logs in as. Errors that the relay
-- expects have a SQLSTATE of class UH and, in DETAIL, the leaf indexes of the refused items.

SET LOCAL ROLE {owner};
SET LOCAL search_path = relay, pg_temp;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- Transparency log -----------------------------------------------------------------------------------

CREATE TABLE audit_leaf (
    leaf_index bigint PRIMARY KEY CHECK (leaf_index >= 0),
    leaf_hash bytea NOT NULL CHECK (octet_length(leaf_hash) = 32)
);

-- Who acted stands here and not in audit_leaf, so that an entry can be erased while the tree stays.
CREATE TABLE audit_entry (
    leaf_index bigint PRIMARY KEY REFERENCES audit_leaf,
    actor bytea NOT NULL CHECK (octet_length(actor) = 16),
    actor_sequence bigint NOT NULL CHECK (actor_sequence >= 0),
    statement_hash bytea NOT NULL CHECK (octet_length(statement_hash) = 32),
    leaf bytea NOT NULL CHECK (octet_length(leaf) <= 8192),
    UNIQUE (actor, actor_sequence)
) WITH (toast_tuple_target = 8160);
-- Signatures do not compress.
ALTER TABLE audit_entry ALTER leaf SET STORAGE EXTERNAL;

-- Hashes of complete subtrees at levels 8, 16, 24 …: with them a proof reads a few tiles only.
CREATE TABLE audit_node (
    level smallint NOT NULL CHECK (level > 0 AND level % 8 = 0),
    position bigint NOT NULL CHECK (position >= 0),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (level, position)
);

-- The root after each batch, as it was signed.
CREATE TABLE audit_root (
    size bigint PRIMARY KEY CHECK (size > 0),
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    committed_at timestamptz NOT NULL DEFAULT now()
);

CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is only ever appended to' USING ERRCODE = 'UH009';
END $$;

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['audit_leaf', 'audit_entry', 'audit_node', 'audit_root'] LOOP
        EXECUTE format('CREATE TRIGGER %1$s_fixed BEFORE UPDATE OR DELETE ON %1$s
                        FOR EACH ROW EXECUTE FUNCTION audit_refuse_change()', name);
        EXECUTE format('CREATE TRIGGER %1$s_kept BEFORE TRUNCATE ON %1$s
                        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change()', name);
        -- ALWAYS: not even a session that plays replica gets around them.
        EXECUTE format('ALTER TABLE %1$s ENABLE ALWAYS TRIGGER %1$s_fixed', name);
        EXECUTE format('ALTER TABLE %1$s ENABLE ALWAYS TRIGGER %1$s_kept', name);
    END LOOP;
END $$;

-- Everything that goes with a leaf happens under this lock, so order of commit is order in the log.
CREATE FUNCTION audit_lock() RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(hashtextextended('relay.audit', 0))
$$;

CREATE FUNCTION audit_append(
    p_size bigint, p_leaves bytea[], p_actors bytea[], p_sequences bigint[], p_previous bytea[],
    p_statements bytea[], p_levels smallint[], p_positions bigint[], p_hashes bytea[], p_root bytea
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
DECLARE broken text;
BEGIN
    PERFORM audit_lock();
    IF (SELECT coalesce(max(leaf_index) + 1, 0) FROM audit_leaf) <> p_size THEN
        RAISE EXCEPTION 'the tree has grown meanwhile' USING ERRCODE = 'UH001';
    END IF;
    INSERT INTO audit_leaf (leaf_index, leaf_hash)
        SELECT p_size + place - 1, sha256('\x00'::bytea || leaf)
        FROM unnest(p_leaves) WITH ORDINALITY AS given (leaf, place);
    INSERT INTO audit_entry (leaf_index, actor, actor_sequence, statement_hash, leaf)
        SELECT p_size + place - 1, actor, sequence, statement, leaf
        FROM unnest(p_leaves, p_actors, p_sequences, p_statements)
            WITH ORDINALITY AS given (leaf, actor, sequence, statement, place);
    SELECT string_agg((p_size + place - 1)::text, ',') INTO broken
        FROM unnest(p_actors, p_sequences, p_previous) WITH ORDINALITY AS given (actor, sequence, previous, place)
        LEFT JOIN audit_entry AS last ON last.actor = given.actor AND last.actor_sequence = given.sequence - 1
        WHERE given.previous IS DISTINCT FROM
            CASE WHEN given.sequence = 0 THEN decode(repeat('00', 32), 'hex') ELSE last.statement_hash END;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'a statement does not continue its chain' USING ERRCODE = 'UH002', DETAIL = broken;
    END IF;
    INSERT INTO audit_node (level, position, hash) SELECT * FROM unnest(p_levels, p_positions, p_hashes);
    INSERT INTO audit_root (size, root) VALUES (p_size + cardinality(p_leaves), p_root);
END $$;

-- How far the second half of the signatures has been checked.
CREATE TABLE audit_progress (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    next_index bigint NOT NULL
);
INSERT INTO audit_progress (next_index) VALUES (0);

-- Accounts and devices -------------------------------------------------------------------------------

CREATE TABLE invitation (
    code_hash bytea PRIMARY KEY CHECK (octet_length(code_hash) = 32),
    expires_at timestamptz NOT NULL
);

CREATE TABLE account (
    account bytea PRIMARY KEY CHECK (octet_length(account) = 20),
    certificate bytea NOT NULL,
    registered_at timestamptz NOT NULL
);

CREATE TABLE device_list (
    account bytea NOT NULL REFERENCES account,
    sequence integer NOT NULL CHECK (sequence > 0),
    list_hash bytea NOT NULL CHECK (octet_length(list_hash) = 32),
    signed bytea NOT NULL,
    leaf_index bigint NOT NULL UNIQUE REFERENCES audit_leaf,
    PRIMARY KEY (account, sequence)
);

-- Rows stay when a device leaves the list: its earlier statements are still checked with its key.
CREATE TABLE device (
    device bytea PRIMARY KEY CHECK (octet_length(device) = 16),
    account bytea NOT NULL REFERENCES account,
    pseudonym bytea NOT NULL UNIQUE CHECK (octet_length(pseudonym) = 16),
    request_key bytea NOT NULL UNIQUE CHECK (octet_length(request_key) = 32),
    signing_key bytea NOT NULL,
    is_listed boolean NOT NULL DEFAULT true,
    signed_fallbacks bigint NOT NULL DEFAULT 0
);
CREATE INDEX device_account ON device (account) WHERE is_listed;

-- A public key seen under one account is refused under any other.
CREATE TABLE public_key (
    key_hash bytea PRIMARY KEY CHECK (octet_length(key_hash) = 32),
    account bytea NOT NULL REFERENCES account
);

CREATE TABLE directory_entry (
    account bytea PRIMARY KEY REFERENCES account,
    entry bytea NOT NULL,
    words text NOT NULL
);

CREATE FUNCTION account_claim_keys(p_account bytea, p_keys bytea[], p_leaf_index bigint)
RETURNS void LANGUAGE plpgsql SET search_path = relay, pg_temp AS $$
BEGIN
    INSERT INTO public_key (key_hash, account) SELECT key, p_account FROM unnest(p_keys) AS key
        ON CONFLICT DO NOTHING;
    IF EXISTS (SELECT FROM public_key WHERE key_hash = ANY (p_keys) AND account <> p_account) THEN
        RAISE EXCEPTION 'a key belongs to another account' USING ERRCODE = 'UH023', DETAIL = p_leaf_index::text;
    END IF;
END $$;

CREATE FUNCTION account_publish_list(
    p_leaf_index bigint, p_account bytea, p_sequence integer, p_previous bytea, p_list_hash bytea, p_signed bytea,
    p_keys bytea[], p_devices bytea[], p_pseudonyms bytea[], p_request_keys bytea[], p_signing_keys bytea[]
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    PERFORM audit_lock();
    IF p_sequence > 1 AND NOT EXISTS (
        SELECT FROM device_list WHERE account = p_account AND sequence = p_sequence - 1 AND list_hash = p_previous
    ) OR EXISTS (SELECT FROM device_list WHERE account = p_account AND sequence >= p_sequence) THEN
        RAISE EXCEPTION 'the list does not follow the last one' USING ERRCODE = 'UH022', DETAIL = p_leaf_index::text;
    END IF;
    PERFORM account_claim_keys(p_account, p_keys, p_leaf_index);
    INSERT INTO device_list (account, sequence, list_hash, signed, leaf_index)
        VALUES (p_account, p_sequence, p_list_hash, p_signed, p_leaf_index);
    UPDATE device SET is_listed = false
        WHERE account = p_account AND is_listed AND device <> ALL (p_devices);
    DELETE FROM signed_prekey AS key USING device
        WHERE key.device = device.device AND device.account = p_account AND NOT device.is_listed;
    DELETE FROM prekey_batch AS batch USING device
        WHERE batch.device = device.device AND device.account = p_account AND NOT device.is_listed;
    INSERT INTO device (device, account, pseudonym, request_key, signing_key)
        SELECT given.device, p_account, pseudonym, request_key, signing_key
        FROM unnest(p_devices, p_pseudonyms, p_request_keys, p_signing_keys)
            AS given (device, pseudonym, request_key, signing_key)
        ON CONFLICT (device) DO UPDATE SET is_listed = true
        WHERE device.account = excluded.account AND device.request_key = excluded.request_key
            AND device.signing_key = excluded.signing_key;
    -- A device number keeps its account and its keys for ever.
    IF (SELECT count(*) FROM device WHERE account = p_account AND is_listed) <> cardinality(p_devices) THEN
        RAISE EXCEPTION 'a device is known with other keys' USING ERRCODE = 'UH023', DETAIL = p_leaf_index::text;
    END IF;
    PERFORM pg_notify('devices', '');
END $$;

CREATE FUNCTION account_register(
    p_leaf_index bigint, p_now timestamptz, p_code_hash bytea, p_account bytea, p_certificate bytea,
    p_list_hash bytea, p_signed bytea, p_keys bytea[], p_device bytea, p_pseudonym bytea, p_request_key bytea,
    p_signing_key bytea, p_entry bytea, p_words text
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    PERFORM audit_lock();
    -- The code is gone with its use, and a second use finds nothing.
    DELETE FROM invitation WHERE code_hash = p_code_hash AND expires_at > p_now;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such invitation' USING ERRCODE = 'UH020', DETAIL = p_leaf_index::text;
    END IF;
    INSERT INTO account (account, certificate, registered_at) VALUES (p_account, p_certificate, p_now)
        ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the account exists' USING ERRCODE = 'UH021', DETAIL = p_leaf_index::text;
    END IF;
    PERFORM account_publish_list(
        p_leaf_index, p_account, 1, NULL, p_list_hash, p_signed, p_keys,
        ARRAY[p_device], ARRAY[p_pseudonym], ARRAY[p_request_key], ARRAY[p_signing_key]);
    IF p_entry IS NOT NULL THEN
        INSERT INTO directory_entry (account, entry, words) VALUES (p_account, p_entry, p_words);
    END IF;
END $$;

-- Prekeys --------------------------------------------------------------------------------------------

CREATE TABLE signed_prekey (
    device bytea PRIMARY KEY REFERENCES device,
    number integer NOT NULL,
    signed bytea NOT NULL,
    not_after timestamptz NOT NULL
);

CREATE TABLE prekey_batch (
    device bytea NOT NULL REFERENCES device,
    number integer NOT NULL,
    signed bytea NOT NULL,
    not_after timestamptz NOT NULL,
    PRIMARY KEY (device, number)
);

CREATE TABLE one_time_prekey (
    device bytea NOT NULL,
    number integer NOT NULL,
    place smallint NOT NULL,
    key bytea NOT NULL,
    path bytea[] NOT NULL,
    PRIMARY KEY (device, number, place),
    FOREIGN KEY (device, number) REFERENCES prekey_batch ON DELETE CASCADE
);

-- How many one-time prekeys of a device an account has been given on a day.
CREATE TABLE prekey_allowance (
    account bytea NOT NULL REFERENCES account,
    device bytea NOT NULL REFERENCES device,
    day date NOT NULL,
    used integer NOT NULL,
    PRIMARY KEY (account, device, day)
);

-- Mailboxes ------------------------------------------------------------------------------------------

CREATE TABLE envelope (
    envelope bytea PRIMARY KEY CHECK (octet_length(envelope) = 16),
    sender_device bytea NOT NULL REFERENCES device,
    envelope_hash bytea NOT NULL CHECK (octet_length(envelope_hash) = 32),
    -- Gone when every recipient has acknowledged; the row stays until expiry and answers repetitions.
    body bytea CHECK (octet_length(body) <= 262144),
    leaf_index bigint NOT NULL,
    expires_at timestamptz NOT NULL
) WITH (toast_tuple_target = 8160);
ALTER TABLE envelope ALTER body SET STORAGE EXTERNAL;
CREATE INDEX envelope_expiry ON envelope (expires_at);

-- One row per recipient device; without an envelope it is the relay's notice about leaf_index.
CREATE TABLE delivery (
    mailbox bytea NOT NULL REFERENCES device,
    cursor bigint GENERATED ALWAYS AS IDENTITY,
    envelope bytea REFERENCES envelope,
    leaf_index bigint NOT NULL,
    PRIMARY KEY (mailbox, cursor)
);
CREATE INDEX delivery_envelope ON delivery (envelope);

CREATE TABLE blob (
    blob bytea PRIMARY KEY CHECK (octet_length(blob) = 16),
    account bytea NOT NULL REFERENCES account,
    size bigint NOT NULL CHECK (size > 0),
    blob_hash bytea NOT NULL CHECK (octet_length(blob_hash) = 32),
    is_complete boolean NOT NULL DEFAULT false,
    -- Every recipient of every envelope that named it has acknowledged: the next sweep removes it.
    is_released boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL
);
CREATE INDEX blob_account ON blob (account);

CREATE TABLE envelope_blob (
    blob bytea NOT NULL REFERENCES blob,
    envelope bytea NOT NULL REFERENCES envelope ON DELETE CASCADE,
    PRIMARY KEY (blob, envelope)
);
CREATE INDEX envelope_blob_envelope ON envelope_blob (envelope);

-- p_mailboxes and p_blobs are flat lists; the numbers beside them say which envelope each belongs to.
CREATE FUNCTION mailbox_accept(
    p_leaf_indexes bigint[], p_envelopes bytea[], p_senders bytea[], p_hashes bytea[], p_bodies bytea[],
    p_expiries timestamptz[], p_delivery_of integer[], p_accounts bytea[], p_mailboxes bytea[],
    p_blob_of integer[], p_blobs bytea[]
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
DECLARE refused text;
BEGIN
    PERFORM audit_lock();
    SELECT string_agg(p_leaf_indexes[place]::text, ',') INTO refused
        FROM unnest(p_envelopes) WITH ORDINALITY AS given (id, place) JOIN envelope ON envelope.envelope = given.id;
    IF refused IS NOT NULL THEN
        RAISE EXCEPTION 'the envelope exists' USING ERRCODE = 'UH010', DETAIL = refused;
    END IF;
    SELECT string_agg(DISTINCT p_leaf_indexes[place]::text, ',') INTO refused
        FROM unnest(p_delivery_of, p_accounts, p_mailboxes) AS given (place, account, mailbox)
        LEFT JOIN device ON device.device = given.mailbox AND device.account = given.account AND device.is_listed
        WHERE device.device IS NULL;
    IF refused IS NOT NULL THEN
        RAISE EXCEPTION 'a recipient is not listed' USING ERRCODE = 'UH011', DETAIL = refused;
    END IF;
    IF cardinality(p_blobs) > 0 THEN
        SELECT string_agg(DISTINCT p_leaf_indexes[place]::text, ',') INTO refused
            FROM unnest(p_blob_of, p_blobs) AS given (place, id)
            LEFT JOIN device ON device.device = p_senders[place]
            LEFT JOIN blob ON blob.blob = given.id AND blob.account = device.account AND blob.is_complete
            WHERE blob.blob IS NULL;
        IF refused IS NOT NULL THEN
            RAISE EXCEPTION 'a blob is missing' USING ERRCODE = 'UH012', DETAIL = refused;
        END IF;
    END IF;
    INSERT INTO envelope (envelope, sender_device, envelope_hash, body, leaf_index, expires_at)
        SELECT * FROM unnest(p_envelopes, p_senders, p_hashes, p_bodies, p_leaf_indexes, p_expiries);
    INSERT INTO delivery (mailbox, envelope, leaf_index)
        SELECT mailbox, p_envelopes[place], p_leaf_indexes[place]
        FROM unnest(p_delivery_of, p_mailboxes) WITH ORDINALITY AS given (place, mailbox, turn) ORDER BY turn;
    INSERT INTO envelope_blob (blob, envelope)
        SELECT id, p_envelopes[place] FROM unnest(p_blob_of, p_blobs) AS given (place, id);
    UPDATE blob SET is_released = false WHERE blob = ANY (p_blobs) AND is_released;
    PERFORM pg_notify('mailbox', encode(mailbox, 'hex'))
        FROM (SELECT DISTINCT unnest(p_mailboxes) AS mailbox) AS woken;
END $$;

-- Drops what nobody waits for any more: bodies, and blobs that no other envelope names.
CREATE FUNCTION mailbox_release(p_envelopes bytea[])
RETURNS void LANGUAGE plpgsql SET search_path = relay, pg_temp AS $$
DECLARE done bytea[]; loose bytea[];
BEGIN
    SELECT array_agg(id) INTO done FROM unnest(p_envelopes) AS id
        WHERE NOT EXISTS (SELECT FROM delivery WHERE delivery.envelope = id);
    UPDATE envelope SET body = NULL WHERE envelope = ANY (done);
    WITH untied AS (DELETE FROM envelope_blob WHERE envelope = ANY (done) RETURNING blob)
        SELECT array_agg(blob) INTO loose FROM untied;
    UPDATE blob SET is_released = true WHERE blob = ANY (loose)
        AND NOT EXISTS (SELECT FROM envelope_blob WHERE envelope_blob.blob = blob.blob);
END $$;

CREATE FUNCTION mailbox_acknowledge(p_mailbox bytea, p_cursors bigint[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
DECLARE touched bytea[];
BEGIN
    SELECT array_agg(DISTINCT envelope) INTO touched
        FROM delivery WHERE mailbox = p_mailbox AND cursor = ANY (p_cursors);
    -- Two devices that acknowledge the last two copies must see each other: one waits for the other.
    PERFORM FROM envelope WHERE envelope = ANY (touched) ORDER BY envelope FOR NO KEY UPDATE;
    DELETE FROM delivery WHERE mailbox = p_mailbox AND cursor = ANY (p_cursors);
    PERFORM mailbox_release(touched);
END $$;

-- Takes an expired envelope from the mailboxes that still hold it and leaves a notice with the sender:
-- in its own mailbox if it is still listed, else in those of its account's devices.
CREATE FUNCTION mailbox_expire(p_leaf_index bigint, p_now timestamptz, p_envelope bytea, p_undelivered bytea[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
DECLARE sender device;
BEGIN
    PERFORM audit_lock();
    PERFORM FROM envelope WHERE envelope = p_envelope AND expires_at <= p_now FOR NO KEY UPDATE;
    IF NOT FOUND OR p_undelivered IS DISTINCT FROM
        (SELECT array_agg(mailbox ORDER BY mailbox) FROM delivery WHERE envelope = p_envelope)
    THEN
        RAISE EXCEPTION 'others have not received it' USING ERRCODE = 'UH013', DETAIL = p_leaf_index::text;
    END IF;
    DELETE FROM delivery WHERE envelope = p_envelope;
    PERFORM mailbox_release(ARRAY[p_envelope]);
    SELECT device.* INTO sender FROM envelope JOIN device ON device.device = envelope.sender_device
        WHERE envelope.envelope = p_envelope;
    INSERT INTO delivery (mailbox, leaf_index)
        SELECT device, p_leaf_index FROM device
        WHERE account = sender.account AND is_listed AND (device = sender.device OR NOT sender.is_listed);
    PERFORM pg_notify('mailbox', encode(device, 'hex')) FROM device
        WHERE account = sender.account AND is_listed AND (device = sender.device OR NOT sender.is_listed);
END $$;

CREATE FUNCTION mailbox_expired(p_now timestamptz, p_limit integer)
RETURNS TABLE (envelope bytea, undelivered bytea[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = relay, pg_temp AS $$
    SELECT envelope.envelope, array_agg(delivery.mailbox ORDER BY delivery.mailbox)
    FROM envelope JOIN delivery ON delivery.envelope = envelope.envelope
    WHERE envelope.expires_at <= p_now GROUP BY envelope.envelope LIMIT p_limit
$$;

-- Forgets envelopes that have expired and that no mailbox holds.
CREATE FUNCTION mailbox_forget(p_before timestamptz)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
    DELETE FROM envelope WHERE expires_at <= p_before
        AND NOT EXISTS (SELECT FROM delivery WHERE delivery.envelope = envelope.envelope)
$$;

-- Removes what no waiting envelope names, once released or if made before p_before, and returns it: the files
-- go next. Under the lock, because an envelope that names one of them may just be coming in.
CREATE FUNCTION blob_forget(p_before timestamptz)
RETURNS SETOF bytea LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    PERFORM audit_lock();
    RETURN QUERY DELETE FROM blob WHERE (is_released OR created_at <= p_before)
        AND NOT EXISTS (SELECT FROM envelope_blob WHERE envelope_blob.blob = blob.blob)
        RETURNING blob.blob;
END $$;

-- Removes one upload of its owner; returns whether it is gone, which it is not while an envelope names it.
CREATE FUNCTION blob_delete(p_blob bytea, p_account bytea)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    PERFORM audit_lock();
    DELETE FROM blob WHERE blob = p_blob AND account = p_account
        AND NOT EXISTS (SELECT FROM envelope_blob WHERE envelope_blob.blob = p_blob);
    RETURN FOUND;
END $$;

-- Rights ---------------------------------------------------------------------------------------------

-- A session sees one mailbox at a time, the one it names; without a name it sees none.
CREATE FUNCTION current_mailbox() RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT decode(nullif(current_setting('relay.mailbox', true), ''), 'hex')
$$;

ALTER TABLE delivery ENABLE ROW LEVEL SECURITY;
ALTER TABLE delivery FORCE ROW LEVEL SECURITY;
CREATE POLICY delivery_functions ON delivery TO {owner} USING (true) WITH CHECK (true);
CREATE POLICY delivery_own ON delivery FOR SELECT TO {app} USING (mailbox = current_mailbox());

ALTER TABLE envelope ENABLE ROW LEVEL SECURITY;
ALTER TABLE envelope FORCE ROW LEVEL SECURITY;
CREATE POLICY envelope_functions ON envelope TO {owner} USING (true) WITH CHECK (true);
CREATE POLICY envelope_own ON envelope FOR SELECT TO {app} USING (
    sender_device IN (
        SELECT device.device FROM device JOIN device AS own USING (account) WHERE own.device = current_mailbox()
    )
    OR EXISTS (SELECT FROM delivery WHERE delivery.envelope = envelope.envelope)
);

GRANT USAGE ON SCHEMA relay TO {app};
GRANT SELECT ON audit_leaf, audit_entry, audit_node, audit_root, audit_progress TO {app};
GRANT UPDATE (next_index) ON audit_progress TO {app};
GRANT SELECT ON account, device_list, device, delivery, envelope, envelope_blob TO {app};
GRANT UPDATE (signed_fallbacks) ON device TO {app};
GRANT SELECT, INSERT, DELETE ON invitation TO {app};
GRANT SELECT, INSERT, UPDATE, DELETE ON directory_entry, signed_prekey, prekey_batch, one_time_prekey TO {app};
GRANT SELECT, INSERT, UPDATE, DELETE ON prekey_allowance TO {app};
GRANT SELECT, INSERT ON blob TO {app};
GRANT UPDATE (is_complete) ON blob TO {app};
GRANT EXECUTE ON FUNCTION
    current_mailbox, audit_append, account_publish_list, account_register,
    mailbox_accept, mailbox_acknowledge, mailbox_expire, mailbox_expired, mailbox_forget, blob_forget, blob_delete
TO {app};

RESET ROLE;
