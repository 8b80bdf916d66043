-- Earlier passphrases for recovery, which factor began a session, the way back from a restored database.

SET LOCAL ROLE {owner};
SET LOCAL search_path = relay, pg_temp;

-- Earlier passphrases --------------------------------------------------------------------------------

-- What an account signed in with before its passphrase was changed. For a few days it still begins a recovery,
-- and nothing else: who has a computer and both factors must not shut out who has the printed kit.
CREATE TABLE earlier_credential (
    earlier bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account bytea NOT NULL REFERENCES account,
    credential bytea NOT NULL,
    replaced_at timestamptz NOT NULL
);
CREATE INDEX earlier_credential_account ON earlier_credential (account);

-- None is ever pushed out by a later one: when there are as many as are kept, the passphrase stays for now.
DROP FUNCTION credential_put_pending(bigint, bytea, bytea);
CREATE FUNCTION credential_put_pending(
    p_leaf_index bigint, p_account bytea, p_credential bytea, p_kept_since timestamptz, p_most integer
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    PERFORM audit_lock();
    IF (SELECT count(*) FROM earlier_credential WHERE account = p_account AND replaced_at > p_kept_since) >= p_most
    THEN
        RAISE EXCEPTION 'changed too often' USING ERRCODE = 'UH049', DETAIL = p_leaf_index::text;
    END IF;
    UPDATE sign_in_credential SET pending = p_credential WHERE account = p_account;
END $$;

-- Codes ----------------------------------------------------------------------------------------------

-- They last a minute, so none is brought over.
DELETE FROM authorization_code;
ALTER TABLE authorization_code
    DROP pending_hash,
    -- How its end is reported should nobody redeem it.
    ADD actor bytea NOT NULL CHECK (octet_length(actor) = 16),
    -- SHA-256 of the credential that the passphrase was checked with.
    ADD credential_hash bytea NOT NULL CHECK (octet_length(credential_hash) = 32),
    -- The second factor that was shown, if it is one of those in the table.
    ADD factor bytea CHECK (octet_length(factor) = 16);
-- Sessions that began before have none; they count as begun with every factor of their kinds.
ALTER TABLE session_family ADD factor bytea CHECK (octet_length(factor) = 16);

CREATE OR REPLACE FUNCTION session_start(
    p_leaf_index bigint, p_now timestamptz, p_code_hash bytea, p_family bytea, p_token_hash bytea,
    p_expires_at timestamptz, p_subject bytea, p_epoch bytea, p_next_epoch bytea,
    p_replaced_verb smallint, p_replaced_content bytea
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
DECLARE code authorization_code; stored bytea;
BEGIN
    PERFORM audit_lock();
    DELETE FROM authorization_code WHERE code_hash = p_code_hash AND expires_at > p_now AND device IS NOT NULL
        RETURNING * INTO code;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such code' USING ERRCODE = 'UH040', DETAIL = p_leaf_index::text;
    END IF;
    SELECT epoch INTO stored FROM device_epoch WHERE device = code.device;
    -- The next epoch is here already if the answer to this very request was lost.
    IF stored IS NOT NULL AND stored IS DISTINCT FROM p_epoch AND stored IS DISTINCT FROM p_next_epoch THEN
        RAISE EXCEPTION 'an old epoch' USING ERRCODE = 'UH044', DETAIL = p_leaf_index::text;
    END IF;
    IF p_next_epoch IS NOT NULL THEN
        INSERT INTO device_epoch (device, epoch) VALUES (code.device, p_next_epoch)
            ON CONFLICT (device) DO UPDATE SET epoch = excluded.epoch;
    END IF;
    -- A passphrase that waited takes the other's place with the first sign-in that shows it.
    IF NOT EXISTS (SELECT FROM sign_in_credential
                   WHERE account = code.account AND sha256(credential) = code.credential_hash)
    THEN
        INSERT INTO earlier_credential (account, credential, replaced_at)
            SELECT account, credential, p_now FROM sign_in_credential
            WHERE account = code.account AND sha256(pending) = code.credential_hash;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the passphrase was replaced' USING ERRCODE = 'UH040', DETAIL = p_leaf_index::text;
        END IF;
        UPDATE sign_in_credential SET credential = pending, pending = NULL WHERE account = code.account;
        INSERT INTO waiting_leaf (verb, content) VALUES (p_replaced_verb, p_replaced_content);
    END IF;
    INSERT INTO session_family
        (family, account, device, thumbprint, code_hash, factors, signed_in_at, refreshed_at, expires_at, factor)
        VALUES (p_family, code.account, code.device, code.thumbprint, p_code_hash, code.factors,
                p_now, p_now, p_expires_at, code.factor);
    INSERT INTO refresh_token (token_hash, family, generation) VALUES (p_token_hash, p_family, 0);
    DELETE FROM sign_in_failure WHERE subject = p_subject;
END $$;

DROP FUNCTION sign_in_recover(
    bigint, timestamptz, bytea, bytea[], bytea, bytea, bytea, bytea, bytea, smallint[], timestamptz, bytea);
CREATE FUNCTION sign_in_recover(
    p_leaf_index bigint, p_now timestamptz, p_keyed_hash bytea, p_families bytea[], p_code_hash bytea,
    p_thumbprint bytea, p_code_challenge bytea, p_account bytea, p_device bytea, p_factors smallint[],
    p_expires_at timestamptz, p_credential_hash bytea, p_actor bytea
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    DELETE FROM recovery_code WHERE account = p_account AND keyed_hash = p_keyed_hash;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such recovery code' USING ERRCODE = 'UH041', DETAIL = p_leaf_index::text;
    END IF;
    PERFORM session_end(p_leaf_index, p_now, p_families);
    INSERT INTO authorization_code
        (code_hash, thumbprint, code_challenge, account, device, factors, expires_at, credential_hash, actor)
        VALUES (p_code_hash, p_thumbprint, p_code_challenge, p_account, p_device, p_factors, p_expires_at,
                p_credential_hash, p_actor);
END $$;

-- Sign-ins that nobody finished become reports, and so do those whose code nobody redeemed.
DROP FUNCTION sign_in_forget(timestamptz, timestamptz, integer);
CREATE FUNCTION sign_in_forget(
    p_now timestamptz, p_keys_before timestamptz, p_stop integer, p_code_result smallint
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    WITH gone AS (DELETE FROM sign_in_challenge WHERE expires_at <= p_now RETURNING *)
        INSERT INTO sign_in_report (account, actor, result, factors)
        SELECT gone.account, actor, result, factors FROM gone JOIN account USING (account);
    WITH gone AS (DELETE FROM authorization_code WHERE expires_at <= p_now RETURNING *)
        INSERT INTO sign_in_report (account, actor, result, factors)
        SELECT account, actor, p_code_result, factors FROM gone;
    -- Kept for a day, so that a late client still hears why its session ended.
    DELETE FROM session_family WHERE expires_at <= p_now - interval '1 day';
    DELETE FROM sign_in_failure WHERE last_at <= p_now - interval '1 day' AND failures < p_stop;
    DELETE FROM access_key WHERE not_before <= p_keys_before;
END $$;

-- Removing a factor ----------------------------------------------------------------------------------

-- Ends exactly these sessions, which must be all that were begun with the factor; the last factor stays.
DROP FUNCTION factor_remove(bigint, bytea, bytea);
CREATE FUNCTION factor_remove(
    p_leaf_index bigint, p_now timestamptz, p_account bytea, p_factor bytea, p_families bytea[],
    p_ended_verb smallint, p_ended_content bytea
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
DECLARE removed smallint;
BEGIN
    PERFORM audit_lock();
    DELETE FROM factor WHERE factor = p_factor AND account = p_account RETURNING kind INTO removed;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such factor' USING ERRCODE = 'UH047', DETAIL = p_leaf_index::text;
    END IF;
    IF NOT EXISTS (SELECT FROM factor WHERE account = p_account) THEN
        RAISE EXCEPTION 'the last factor' USING ERRCODE = 'UH048', DETAIL = p_leaf_index::text;
    END IF;
    DELETE FROM authorization_code WHERE factor = p_factor;
    IF cardinality(p_families) > 0 THEN
        PERFORM session_end(p_leaf_index, p_now, p_families);
        INSERT INTO waiting_leaf (verb, content) VALUES (p_ended_verb, p_ended_content);
    END IF;
    IF EXISTS (
        SELECT FROM session_family WHERE account = p_account AND ended_at IS NULL AND expires_at > p_now
            AND (factor = p_factor OR factor IS NULL AND removed = ANY (factors)))
    THEN
        RAISE EXCEPTION 'a session has begun' USING ERRCODE = 'UH042', DETAIL = p_leaf_index::text;
    END IF;
END $$;

-- Recovery -------------------------------------------------------------------------------------------

-- The credential with which somebody recovers; it is the account's once the recovery has succeeded.
DELETE FROM recovery_session;
ALTER TABLE recovery_session ADD credential bytea NOT NULL;

CREATE OR REPLACE FUNCTION recovery_start(
    p_leaf_index bigint, p_now timestamptz, p_code_hash bytea, p_session bytea, p_expires_at timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
DECLARE code authorization_code;
BEGIN
    PERFORM audit_lock();
    DELETE FROM authorization_code WHERE code_hash = p_code_hash AND expires_at > p_now AND device IS NULL
        RETURNING * INTO code;
    INSERT INTO recovery_session (session, account, expires_at, credential)
        SELECT p_session, account, p_expires_at, credential FROM (
            SELECT account, credential FROM sign_in_credential
            UNION ALL SELECT account, pending FROM sign_in_credential WHERE pending IS NOT NULL
            UNION ALL SELECT account, credential FROM earlier_credential
        ) AS known
        WHERE account = code.account AND sha256(credential) = code.credential_hash;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such code' USING ERRCODE = 'UH040', DETAIL = p_leaf_index::text;
    END IF;
END $$;

-- Takes the place of all second factors and of the passphrase, and ends exactly these sessions, which must be
-- all that are living.
DROP FUNCTION recovery_replace_factors(
    bigint, timestamptz, bytea, bytea, bytea, bytea[], bytea[], smallint[], bytea[]);
CREATE FUNCTION recovery_replace_factors(
    p_leaf_index bigint, p_now timestamptz, p_account bytea, p_session bytea, p_factor bytea,
    p_sealed_secret bytea, p_keyed_hashes bytea[], p_families bytea[], p_verbs smallint[], p_contents bytea[],
    p_replaced_verb smallint, p_replaced_content bytea
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
DECLARE shown bytea;
BEGIN
    PERFORM audit_lock();
    SELECT credential INTO shown FROM recovery_session WHERE session = p_session AND account = p_account;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the recovery is over' USING ERRCODE = 'UH040', DETAIL = p_leaf_index::text;
    END IF;
    DELETE FROM factor WHERE account = p_account;
    INSERT INTO factor (factor, account, kind, content, counter, sealed_name, added_at)
        VALUES (p_factor, p_account, 2, p_sealed_secret, 0, '', p_now);
    PERFORM recovery_codes_renew(p_leaf_index, p_account, p_keyed_hashes);
    INSERT INTO waiting_leaf (verb, content) SELECT * FROM unnest(p_verbs, p_contents);
    -- The owner's, should a thief have put another in its place; the thief's goes with all the others.
    IF EXISTS (SELECT FROM sign_in_credential WHERE account = p_account AND credential <> shown) THEN
        INSERT INTO waiting_leaf (verb, content) VALUES (p_replaced_verb, p_replaced_content);
    END IF;
    UPDATE sign_in_credential SET credential = shown, pending = NULL WHERE account = p_account;
    DELETE FROM earlier_credential WHERE account = p_account;
    -- Sign-ins under way were begun with what is void now; codes are part of them.
    DELETE FROM authorization_code WHERE account = p_account;
    DELETE FROM sign_in_challenge WHERE account = p_account;
    PERFORM session_end(p_leaf_index, p_now, p_families);
    IF EXISTS (SELECT FROM session_family WHERE account = p_account AND ended_at IS NULL AND expires_at > p_now) THEN
        RAISE EXCEPTION 'a session has begun' USING ERRCODE = 'UH042', DETAIL = p_leaf_index::text;
    END IF;
END $$;

DROP FUNCTION factors_forget(timestamptz);
CREATE FUNCTION factors_forget(p_now timestamptz, p_kept_since timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
BEGIN
    DELETE FROM recovery_session WHERE expires_at <= p_now;
    DELETE FROM security_key_offer WHERE expires_at <= p_now;
    DELETE FROM earlier_credential WHERE replaced_at <= p_kept_since;
END $$;

-- A restored database --------------------------------------------------------------------------------

-- Its epochs are older than those of devices that have signed in since, which would look like copies. Each
-- device gets in once without the comparison. Returns for how many devices that is so.
CREATE FUNCTION epochs_forget()
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
DECLARE forgotten bigint;
BEGIN
    PERFORM audit_lock();
    DELETE FROM device_epoch;
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END $$;

-- Rights ---------------------------------------------------------------------------------------------

GRANT SELECT ON earlier_credential TO {app};
GRANT EXECUTE ON FUNCTION
    credential_put_pending, sign_in_recover, sign_in_forget, factor_remove, recovery_replace_factors, factors_forget,
    epochs_forget
TO {app};

RESET ROLE;
