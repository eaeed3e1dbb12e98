package sql

import (
	"context"

	"github.com/lintu-map/lintu"
)

// undoPersons brings what is known of persons back to before the batch. What was
// erased meanwhile stays erased. Nothing may be left of a household or head that
// is no longer there: then somebody brought it after the batch.
func (e *edit) undoPersons(ctx context.Context, b *lintu.Batch) error {
	if err := e.personal(ctx); err != nil {
		return err
	}
	_, err := e.tx.Exec(ctx, `
		CREATE TEMP TABLE undone_person ON COMMIT DROP AS
		SELECT kind, subject_id, old.version AS before, now.content IS DISTINCT FROM new.content AS moved_on
		FROM (SELECT * FROM person WHERE tenant_id = $1 AND upper(valid) = $2) old
		FULL JOIN (SELECT * FROM person WHERE tenant_id = $1 AND lower(valid) = $2) new USING (kind, subject_id)
		LEFT JOIN (SELECT * FROM person WHERE tenant_id = $1 AND upper_inf(valid)) now USING (kind, subject_id)
		WHERE old.content IS DISTINCT FROM new.content`, e.tenant, *b.AppliedAt)
	if err != nil {
		return err
	}
	if err := e.personsOnGround(ctx); err != nil {
		return err
	}
	if err := e.personStands(ctx, `SELECT kind, subject_id FROM undone_person WHERE moved_on`); err != nil {
		return err
	}
	_, err = e.tx.Exec(ctx, `UPDATE person p SET valid = tstzrange(lower(p.valid), $2), closed_by = $3
		FROM undone_person u WHERE p.tenant_id = $1 AND p.kind = u.kind AND p.subject_id = u.subject_id AND upper_inf(p.valid)`,
		e.tenant, e.at, b.ID)
	if err != nil {
		return err
	}
	_, err = e.tx.Exec(ctx, `
		INSERT INTO person (tenant_id, kind, subject_id, version, content, valid, batch_id, key_version, sealed, name_hmac, phone_hmac)
		SELECT $1, p.kind, p.subject_id, (SELECT max(version) + 1 FROM person l
				WHERE l.tenant_id = $1 AND l.kind = p.kind AND l.subject_id = p.subject_id),
			p.content, tstzrange($2, NULL), p.batch_id, p.key_version, p.sealed, p.name_hmac, p.phone_hmac
		FROM undone_person u JOIN person p ON p.tenant_id = $1 AND p.kind = u.kind AND p.subject_id = u.subject_id AND p.version = u.before`,
		e.tenant, e.at)
	if err != nil {
		return err
	}
	return e.personStands(ctx, `
		SELECT kind, subject_id FROM person p WHERE tenant_id = $1 AND upper_inf(valid) AND (
			kind = 'household' AND EXISTS (SELECT FROM household t WHERE t.tenant_id = $1 AND t.id = subject_id AND NOT upper_inf(t.valid))
			OR kind = 'head' AND EXISTS (SELECT FROM head t WHERE t.tenant_id = $1 AND t.id = subject_id AND NOT upper_inf(t.valid)))`)
}

// personStands is CodeConflict naming the first code if the query finds a subject.
func (e *edit) personStands(ctx context.Context, query string) error {
	var code *string
	err := e.tx.QueryRow(ctx, `SELECT min(code) FROM (`+query+`) found JOIN (
			SELECT 'household' AS kind, id AS subject_id, code FROM household WHERE tenant_id = $1
			UNION ALL SELECT 'head', id, code FROM head WHERE tenant_id = $1) named USING (kind, subject_id)`, e.tenant).Scan(&code)
	if err != nil || code == nil {
		return err
	}
	return errStandsOn(*code)
}
