-- What the operator has said is revoked once, also when several commands do it while the relay logs.

SET LOCAL ROLE {owner};
SET LOCAL search_path = relay, pg_temp;

-- Returns the order's number. Another order for the same leaf stands in the way until it is logged, the leaf that
-- revokes it from then on: both change in one transaction, which the insertion has waited for.
CREATE OR REPLACE FUNCTION assurance_add_order(
    p_account bytea, p_verb smallint, p_content bytea, p_revokes bigint
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = relay, pg_temp AS $$
DECLARE number bigint;
BEGIN
    INSERT INTO assurance_order (account, verb, content, revokes)
        VALUES (p_account, p_verb, p_content, p_revokes) RETURNING assurance_order INTO number;
    IF EXISTS (SELECT FROM assurance WHERE revokes = p_revokes) THEN
        RAISE unique_violation USING MESSAGE = 'it has been revoked';
    END IF;
    PERFORM pg_notify('assurances', '');
    RETURN number;
END $$;

RESET ROLE;
