-- The role of the application. It owns nothing, is no superuser and cannot
-- bypass row-level security, so that what a request may see and change is held
-- by the database too. The owner keeps migrations and edits.
--
-- Roles belong to the whole server and may be there already. The owner must be a
-- member to take the role on; on the private database the cluster has seen to
-- both. Nothing is granted by default: each migration that makes a table says
-- what lintu_app may do with it.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lintu_app') THEN
        BEGIN
            CREATE ROLE lintu_app;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- another database of this server migrates at the same time
        END;
    END IF;
    BEGIN
        SET LOCAL ROLE lintu_app;
        RESET ROLE;
    EXCEPTION WHEN insufficient_privilege THEN
        GRANT lintu_app TO CURRENT_USER;
    END;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'the role lintu_app cannot be made or taken on'
        USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'app_role';
END $$;

GRANT SELECT ON tenant, batch, change, audit, assignment,
    area, household, head, unit, base,
    area_history, household_history, head_history, unit_history, base_history,
    area_version, household_version, head_version, unit_version, base_version
    TO lintu_app;

-- Drafts. Only an edit applies a batch or takes it back: a draft that called
-- itself applied would lack its applied_at.
GRANT INSERT (tenant_id, id, file, sha256, bytes, actor, parts), UPDATE (file, parts, state) ON batch TO lintu_app;

---- create above / drop below ----

-- The role stays: other databases of the server may use it.
REVOKE ALL ON tenant, batch, change, audit, assignment,
    area, household, head, unit, base,
    area_history, household_history, head_history, unit_history, base_history,
    area_version, household_version, head_version, unit_version, base_version
    FROM lintu_app;
