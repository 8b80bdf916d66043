-- The history of every account's keys, the map that the log commits to, links to a second computer, assurances.

SET LOCAL ROLE {owner};
SET LOCAL search_path = relay, pg_temp;

-- Key events -----------------------------------------------------------------------------------------

-- Encoded KeyEvents in the order of the log. `head` covers all events up to this one (crypto_core/spec/keys.md).
CREATE TABLE key_event (
    account bytea NOT NULL REFERENCES account,
    number integer NOT NULL CHECK (number > 0),
    event bytea NOT NULL,
    head bytea NOT NULL CHECK (octet_length(head) = 32),
    leaf_index bigint NOT NULL UNIQUE REFERENCES audit_leaf,
    PRIMARY KEY (account, number)
);

-- The leaves with the root of the map of all keys; the newest one commits to all events before it.
CREATE TABLE key_map (leaf_index bigint PRIMARY KEY REFERENCES audit_leaf);

-- The certificate in force stands in account already; senders want the newest list with it.
ALTER TABLE account ADD device_list bytea;

-- Every list that was published until now becomes an event: [1, 1, list, certificate or null] in CBOR.
DO $$
DECLARE published record; head bytea; event bytea;
BEGIN
    FOR published IN SELECT device_list.*, certificate FROM device_list JOIN account USING (account)
        ORDER BY device_list.account, sequence
    LOOP
        IF published.sequence = 1 THEN
            head := decode(repeat('00', 32), 'hex');
        END IF;
        event := '\x840101'::bytea || published.signed || CASE WHEN published.sequence = 1 THEN published.certificate ELSE '\xf6' END;
        head := sha256(convert_to('uhs/1/key-event', 'UTF8') || '\x00'::bytea || head || event);
        INSERT INTO key_event (account, number, event, head, leaf_index)
            VALUES (published.account, published.sequence, event, head, published.leaf_index);
        UPDATE account SET device_list = published.signed WHERE account = published.account;
    END LOOP;
END $$;
ALTER TABLE account ALTER device_list SET NOT NULL;
DROP FUNCTION account_publish_list(
    bigint, bytea, integer, bytea, bytea, bytea, bytea[], bytea[], bytea[], bytea[], bytea[]);
DROP FUNCTION account_register(
    bigint, timestamptz, bytea, bytea, bytea, bytea, bytea, bytea[], bytea, bytea, bytea, bytea, bytea, text);
DROP TABLE device_list;

CREATE INDEX device_removed ON device (device) WHERE NOT is_listed;

-- The next event of an account. A list comes with the devices that it names, and with the certificate if that is
-- a new one; other events come without and leave the devices as they are.
CREATE FUNCTION account_add_key_event(
    p_leaf_index bigint, p_account bytea, p_number integer, p_event bytea, p_previous bytea, p_head bytea,
    p_certificate bytea, p_device_list bytea, p_keys bytea[],
    p_devices bytea[], p_pseudonyms bytea[], p_request_keys bytea[], p_signing_keys bytea[]
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    PERFORM audit_lock();
    IF p_number > 1 AND NOT EXISTS (
        SELECT FROM key_event WHERE account = p_account AND number = p_number - 1 AND head = p_previous
    ) OR EXISTS (SELECT FROM key_event WHERE account = p_account AND number >= p_number) THEN
        RAISE EXCEPTION 'the event does not follow the last one' USING ERRCODE = 'UH022', DETAIL = p_leaf_index::text;
    END IF;
    PERFORM account_claim_keys(p_account, p_keys, p_leaf_index);
    INSERT INTO key_event (account, number, event, head, leaf_index)
        VALUES (p_account, p_number, p_event, p_head, p_leaf_index);
    PERFORM pg_notify('devices', '');
    IF p_device_list IS NULL THEN
        RETURN;
    END IF;
    UPDATE account SET certificate = coalesce(p_certificate, certificate), device_list = p_device_list
        WHERE account = p_account;
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
    -- Notices that a removed device has not read are for its account: the devices that are left get them.
    WITH unread AS (
        DELETE FROM delivery USING device WHERE delivery.mailbox = device.device
            AND device.account = p_account AND NOT device.is_listed AND delivery.envelope IS NULL
        RETURNING delivery.leaf_index
    )
        INSERT INTO delivery (mailbox, leaf_index)
        SELECT mailbox, leaf_index FROM unread, unnest(p_devices) AS mailbox ORDER BY leaf_index;
    IF FOUND THEN
        PERFORM pg_notify('mailbox', encode(mailbox, 'hex')) FROM unnest(p_devices) AS mailbox;
    END IF;
END $$;

CREATE FUNCTION account_register(
    p_leaf_index bigint, p_now timestamptz, p_code_hash bytea, p_account bytea, p_event bytea, p_head bytea,
    p_certificate bytea, p_device_list bytea, p_keys bytea[], p_device bytea, p_pseudonym bytea,
    p_request_key bytea, p_signing_key bytea, p_entry bytea, p_words text
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    PERFORM audit_lock();
    -- The code is gone with its use, and a second use finds nothing.
    DELETE FROM invitation WHERE code_hash = p_code_hash AND expires_at > p_now;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such invitation' USING ERRCODE = 'UH020', DETAIL = p_leaf_index::text;
    END IF;
    INSERT INTO account (account, certificate, device_list, registered_at)
        VALUES (p_account, p_certificate, p_device_list, p_now) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the account exists' USING ERRCODE = 'UH021', DETAIL = p_leaf_index::text;
    END IF;
    PERFORM account_add_key_event(
        p_leaf_index, p_account, 1, p_event, NULL, p_head, p_certificate, p_device_list, p_keys,
        ARRAY[p_device], ARRAY[p_pseudonym], ARRAY[p_request_key], ARRAY[p_signing_key]);
    IF p_entry IS NOT NULL THEN
        INSERT INTO directory_entry (account, entry, words) VALUES (p_account, p_entry, p_words);
    END IF;
END $$;

CREATE FUNCTION key_map_published(p_leaf_index bigint)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
    INSERT INTO key_map (leaf_index) VALUES (p_leaf_index)
$$;

-- Mailboxes of removed devices -----------------------------------------------------------------------

-- Leaves a notice with whoever sent an envelope: in that device's mailbox if it is still listed, else in those of
-- its account's devices.
CREATE FUNCTION mailbox_tell_sender(p_leaf_index bigint, p_envelope bytea)
RETURNS void LANGUAGE plpgsql SET search_path = relay, pg_temp AS $$
DECLARE sender device;
BEGIN
    SELECT device.* INTO sender FROM envelope JOIN device ON device.device = envelope.sender_device
        WHERE envelope.envelope = p_envelope;
    INSERT INTO delivery (mailbox, leaf_index)
        SELECT device, p_leaf_index FROM device
        WHERE account = sender.account AND is_listed AND (device = sender.device OR NOT sender.is_listed);
    PERFORM pg_notify('mailbox', encode(device, 'hex')) FROM device
        WHERE account = sender.account AND is_listed AND (device = sender.device OR NOT sender.is_listed);
END $$;

CREATE OR REPLACE FUNCTION mailbox_expire(
    p_leaf_index bigint, p_now timestamptz, p_envelope bytea, p_undelivered bytea[]
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
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
    PERFORM mailbox_tell_sender(p_leaf_index, p_envelope);
END $$;

-- Envelopes that wait for devices which are no longer listed, with these devices.
CREATE FUNCTION mailbox_closed(p_limit integer)
RETURNS TABLE (envelope bytea, undelivered bytea[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = relay, pg_temp AS $$
    SELECT delivery.envelope, array_agg(delivery.mailbox ORDER BY delivery.mailbox)
    FROM device JOIN delivery ON delivery.mailbox = device.device
    WHERE NOT device.is_listed AND delivery.envelope IS NOT NULL GROUP BY delivery.envelope LIMIT p_limit
$$;

-- Takes an envelope out of the mailboxes of removed devices and leaves a notice with the sender.
CREATE FUNCTION mailbox_close(p_leaf_index bigint, p_envelope bytea, p_undelivered bytea[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    PERFORM audit_lock();
    PERFORM FROM envelope WHERE envelope = p_envelope FOR NO KEY UPDATE;
    IF p_undelivered IS DISTINCT FROM (
        SELECT array_agg(mailbox ORDER BY mailbox) FROM delivery JOIN device ON device.device = delivery.mailbox
        WHERE envelope = p_envelope AND NOT device.is_listed)
    THEN
        RAISE EXCEPTION 'others are closed' USING ERRCODE = 'UH013', DETAIL = p_leaf_index::text;
    END IF;
    DELETE FROM delivery WHERE envelope = p_envelope AND mailbox = ANY (p_undelivered);
    PERFORM mailbox_release(ARRAY[p_envelope]);
    PERFORM mailbox_tell_sender(p_leaf_index, p_envelope);
END $$;

-- Linking a second computer --------------------------------------------------------------------------

-- What two computers of one account exchange, sealed; gone with its time.
CREATE TABLE link (
    link bytea PRIMARY KEY CHECK (octet_length(link) = 16),
    account bytea NOT NULL UNIQUE REFERENCES account,
    expires_at timestamptz NOT NULL,
    offer bytea CHECK (octet_length(offer) <= 8192),
    -- The request key that made the offer; only it gets the answer.
    offered_by bytea CHECK (octet_length(offered_by) = 32),
    answer bytea CHECK (octet_length(answer) <= 278528),
    CHECK ((offer IS NULL) = (offered_by IS NULL)),
    CHECK (answer IS NULL OR offer IS NOT NULL)
);
CREATE INDEX link_expiry ON link (expires_at);

-- Returns whether the link is open for this account now; the account's earlier one is gone then.
CREATE FUNCTION link_open(p_link bytea, p_account bytea, p_now timestamptz, p_expires_at timestamptz)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    PERFORM FROM account WHERE account = p_account FOR NO KEY UPDATE;
    DELETE FROM link WHERE account = p_account AND (link <> p_link OR expires_at <= p_now)
        OR link = p_link AND expires_at <= p_now;
    INSERT INTO link (link, account, expires_at) VALUES (p_link, p_account, p_expires_at) ON CONFLICT DO NOTHING;
    RETURN EXISTS (SELECT FROM link WHERE link = p_link AND account = p_account);
END $$;

-- Assurances -----------------------------------------------------------------------------------------

-- The leaves about who somebody is: VOUCHED 4, VOUCH_WITHDRAWN 5, ASSURANCE_GIVEN 70, ASSURANCE_REVOKED 71.
CREATE TABLE assurance (
    leaf_index bigint PRIMARY KEY REFERENCES audit_leaf,
    account bytea NOT NULL REFERENCES account,
    verb smallint NOT NULL CHECK (verb IN (4, 5, 70, 71)),
    voucher bytea REFERENCES account,
    statement_hash bytea CHECK (octet_length(statement_hash) = 32),
    revokes bigint UNIQUE REFERENCES assurance,
    CHECK ((verb IN (4, 5)) = (voucher IS NOT NULL)),
    CHECK ((verb IN (4, 5)) = (statement_hash IS NOT NULL)),
    CHECK ((verb = 71) = (revokes IS NOT NULL))
);
CREATE INDEX assurance_account ON assurance (account, leaf_index);

-- What the operator has said and the log does not have yet: written by the command, removed with its leaf.
CREATE TABLE assurance_order (
    assurance_order bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account bytea NOT NULL REFERENCES account,
    verb smallint NOT NULL CHECK (verb IN (70, 71)),
    content bytea NOT NULL,
    revokes bigint UNIQUE REFERENCES assurance
);

-- Returns the order's number.
CREATE FUNCTION assurance_add_order(p_account bytea, p_verb smallint, p_content bytea, p_revokes bigint)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
DECLARE number bigint;
BEGIN
    INSERT INTO assurance_order (account, verb, content, revokes)
        VALUES (p_account, p_verb, p_content, p_revokes) RETURNING assurance_order INTO number;
    PERFORM pg_notify('assurances', '');
    RETURN number;
END $$;

CREATE FUNCTION assurance_ordered(p_leaf_indexes bigint[], p_orders bigint[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
DECLARE refused text;
BEGIN
    PERFORM audit_lock();
    SELECT string_agg(index::text, ',') INTO refused
        FROM unnest(p_leaf_indexes, p_orders) AS given (index, number)
        WHERE number NOT IN (SELECT assurance_order FROM assurance_order)
            OR EXISTS (SELECT FROM unnest(p_leaf_indexes, p_orders) AS other (index, number)
                       WHERE other.number = given.number AND other.index < given.index);
    IF refused IS NOT NULL THEN
        RAISE EXCEPTION 'done already' USING ERRCODE = 'UH050', DETAIL = refused;
    END IF;
    INSERT INTO assurance (leaf_index, account, verb, revokes)
        SELECT index, account, verb, revokes FROM unnest(p_leaf_indexes, p_orders) AS given (index, number)
        JOIN assurance_order ON assurance_order = number;
    DELETE FROM assurance_order WHERE assurance_order = ANY (p_orders);
END $$;

-- A colleague's word; who vouches names keys that the account has had.
CREATE FUNCTION assurance_state(
    p_leaf_index bigint, p_account bytea, p_verb smallint, p_voucher bytea, p_statement_hash bytea,
    p_number integer, p_head bytea
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    PERFORM audit_lock();
    IF p_verb = 4 AND NOT EXISTS (
        SELECT FROM key_event WHERE account = p_account AND number = p_number AND head = p_head)
    THEN
        RAISE EXCEPTION 'the account has no such keys' USING ERRCODE = 'UH051', DETAIL = p_leaf_index::text;
    END IF;
    IF p_verb = 5 AND (
        SELECT verb FROM assurance WHERE account = p_account AND voucher = p_voucher
        ORDER BY leaf_index DESC LIMIT 1) IS DISTINCT FROM 4
    THEN
        RAISE EXCEPTION 'nothing to withdraw' USING ERRCODE = 'UH052', DETAIL = p_leaf_index::text;
    END IF;
    INSERT INTO assurance (leaf_index, account, verb, voucher, statement_hash)
        VALUES (p_leaf_index, p_account, p_verb, p_voucher, p_statement_hash);
END $$;

-- Rights ---------------------------------------------------------------------------------------------

GRANT SELECT ON key_event, key_map, assurance, assurance_order TO {app};
GRANT SELECT, UPDATE, DELETE ON link TO {app};
GRANT EXECUTE ON FUNCTION
    account_add_key_event, account_register, key_map_published, mailbox_closed, mailbox_close,
    link_open, assurance_add_order, assurance_ordered, assurance_state
TO {app};

RESET ROLE;
