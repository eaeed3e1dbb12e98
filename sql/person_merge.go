package sql

import (
	"context"
	"errors"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// persons makes what the file says of persons the present rows. Those of whom
// something is known are opened, compared and, if they differ, sealed anew; the
// others are taken over as they were staged.
func (m *merge) persons(ctx context.Context) error {
	if !m.stage.got.person.any() {
		return nil
	}
	if err := m.personal(ctx); err != nil {
		return err
	}
	var first bool
	err := m.tx.QueryRow(ctx, `SELECT NOT EXISTS (SELECT FROM person WHERE tenant_id = $1 AND kind = $2)`,
		m.tenant, m.layer.Kind).Scan(&first)
	if err != nil {
		return err
	}
	if first {
		return m.firstPersons(ctx)
	}
	if err := m.changePersons(ctx); err != nil {
		return err
	}
	return m.newPersons(ctx, `
		AND NOT EXISTS (SELECT FROM person p WHERE p.tenant_id = $1 AND p.kind = $2 AND p.subject_id = t.id AND upper_inf(p.valid))
		AND NOT EXISTS (SELECT FROM changed_person c WHERE c.subject_id = t.id)`)
}

// firstPersons takes all staged persons over where none was known: many of them
// without the indexes, which are made afterwards.
func (m *merge) firstPersons(ctx context.Context) error {
	take := func() error { return m.newPersons(ctx, "") }
	person := table{name: "person"}
	if m.stage.got.rows < loadMany || m.dry {
		return take()
	}
	unused, err := m.claimUnused(ctx, person)
	if err != nil {
		return err
	}
	if !unused {
		return take()
	}
	return m.withoutIndexes(ctx, person, take)
}

// newPersons takes staged persons over as they are, or in a dry run counts them.
func (m *merge) newPersons(ctx context.Context, where string) error {
	if m.dry {
		var n int64
		err := m.tx.QueryRow(ctx, `SELECT count(*) FROM `+m.stage.persons()+` s
			LEFT JOIN `+m.stage.table.name+` t ON t.tenant_id = $1 AND t.code = s.code
			WHERE s.sealed IS NOT NULL AND $2::text IS NOT NULL`+where, m.tenant, m.layer.Kind).Scan(&n)
		m.count.Persons += n
		return err
	}
	version := "1"
	if where != "" {
		version = lastPersonVersion("t.id") + " + 1"
	}
	done, err := m.tx.Exec(ctx, `
		INSERT INTO person (tenant_id, kind, subject_id, version, content, valid, batch_id, key_version, sealed, name_hmac, phone_hmac)
		SELECT $1, $2, id, version, version, tstzrange($3, NULL), $4, $5, sealed, name_hmac, phone_hmac FROM (
			SELECT t.id, `+version+` AS version, s.sealed, s.name_hmac, s.phone_hmac
			FROM `+m.stage.persons()+` s JOIN `+m.stage.table.name+` t ON t.tenant_id = $1 AND t.code = s.code
			WHERE s.sealed IS NOT NULL`+where+`) new`, m.tenant, m.layer.Kind, m.at, m.batch, m.stage.keyVersion)
	m.count.Persons += done.RowsAffected()
	return err
}

// lastPersonVersion is the number of the latest row of a subject, 0 for none; $1
// and $2 are tenant and kind.
func lastPersonVersion(subject string) string {
	return `coalesce((SELECT max(version) FROM person l WHERE l.tenant_id = $1 AND l.kind = $2 AND l.subject_id = ` + subject + `), 0)`
}

// changedPerson is what is known of a subject from now on; sealed is nil where that
// is nothing.
type changedPerson struct {
	subject lintu.ID
	sealedPerson
}

// personsAtOnce is how many persons are opened and compared at a time.
const personsAtOnce = 5000

// changePersons compares the staged persons with those that are known, and writes
// the ones that differ.
func (m *merge) changePersons(ctx context.Context) error {
	_, err := m.tx.Exec(ctx, `
		DROP TABLE IF EXISTS changed_person;
		CREATE TEMP TABLE changed_person (subject_id uuid, sealed bytea, name_hmac bytea, phone_hmac bytea) ON COMMIT DROP`)
	if err != nil {
		return err
	}
	ring, err := m.keys.ring(ctx, m.tx, m.tenant)
	if err != nil {
		return err
	}
	_, err = m.tx.Exec(ctx, `DECLARE known_person NO SCROLL CURSOR FOR
		SELECT t.id, t.code, p.key_version, p.sealed, s.sealed
		FROM `+m.stage.persons()+` s
		JOIN `+m.stage.table.name+` t ON t.tenant_id = $1 AND t.code = s.code
		JOIN person p ON p.tenant_id = $1 AND p.kind = $2 AND p.subject_id = t.id AND upper_inf(p.valid)`, m.tenant, m.layer.Kind)
	if err != nil {
		return err
	}
	for more := true; more; {
		if more, err = m.comparePersons(ctx, ring); err != nil {
			return err
		}
	}
	if _, err := m.tx.Exec(ctx, `CLOSE known_person`); err != nil || m.dry {
		return err
	}
	return m.writeChanged(ctx)
}

// comparePersons opens the next persons and stages those that differ. It reports
// whether there may be more.
func (m *merge) comparePersons(ctx context.Context, ring keyring) (bool, error) {
	rows, err := m.tx.Query(ctx, `FETCH `+strconv.Itoa(personsAtOnce)+` FROM known_person`)
	if err != nil {
		return false, err
	}
	var changed []changedPerson
	var id lintu.ID
	var code string
	var version int
	var known, staged []byte
	seen, err := pgx.ForEachRow(rows, []any{&id, &code, &version, &known, &staged}, func() error {
		c, differs, err := m.mergePerson(ring, code, version, known, staged)
		if differs {
			c.subject = id
			changed = append(changed, c)
		}
		return err
	})
	if err != nil {
		return false, err
	}
	m.count.Persons += int64(len(changed))
	m.compared += seen.RowsAffected()
	_, err = m.tx.CopyFrom(ctx, pgx.Identifier{"changed_person"}, append([]string{"subject_id"}, personColumns[:]...),
		pgx.CopyFromSlice(len(changed), func(i int) ([]any, error) {
			c := changed[i]
			return []any{c.subject, c.sealed, c.name, c.phone}, nil
		}))
	return seen.RowsAffected() == personsAtOnce, err
}

// mergePerson lays what the file says over what is known, and reports whether that
// makes a difference.
func (m *merge) mergePerson(ring keyring, code string, version int, known, staged []byte) (c changedPerson, differs bool, err error) {
	old, err := ring.open(version, m.layer.Kind, code, known)
	if err != nil {
		return c, false, err
	}
	var file lintu.Person
	if staged != nil {
		if file, err = ring.newest().open(m.layer.Kind, code, staged); err != nil {
			return c, false, err
		}
	}
	new := m.stage.got.person.over(old, file)
	if samePerson(old, new) {
		return c, false, nil
	}
	if !new.IsZero() {
		c.sealedPerson, err = ring.newest().seal(m.layer.Kind, code, new)
	}
	return c, true, err
}

// writeChanged ends the rows of the changed persons and makes the new ones. What an
// earlier part of the same batch has written was never there.
func (m *merge) writeChanged(ctx context.Context) error {
	of := ` FROM changed_person c WHERE p.tenant_id = $1 AND p.kind = $2 AND p.subject_id = c.subject_id AND upper_inf(p.valid)`
	_, err := m.tx.Exec(ctx, `UPDATE person p SET valid = tstzrange(lower(p.valid), $3), closed_by = $4`+of+` AND lower(p.valid) < $3`,
		m.tenant, m.layer.Kind, m.at, m.batch)
	if err != nil {
		return err
	}
	_, err = m.tx.Exec(ctx, `DELETE FROM person p USING changed_person c WHERE p.tenant_id = $1 AND p.kind = $2
		AND p.subject_id = c.subject_id AND lower(p.valid) = $3 AND upper_inf(p.valid)`, m.tenant, m.layer.Kind, m.at)
	if err != nil {
		return err
	}
	_, err = m.tx.Exec(ctx, `
		INSERT INTO person (tenant_id, kind, subject_id, version, content, valid, batch_id, key_version, sealed, name_hmac, phone_hmac)
		SELECT $1, $2, subject_id, version, version, tstzrange($3, NULL), $4, $5, sealed, name_hmac, phone_hmac FROM (
			SELECT c.*, `+lastPersonVersion("c.subject_id")+` + 1 AS version FROM changed_person c WHERE sealed IS NOT NULL) new`,
		m.tenant, m.layer.Kind, m.at, m.batch, m.stage.keyVersion)
	return err
}

// allKnown refuses a file of personal data alone that names what is not there, or
// wants to end what it does not name: it has nothing to say about the map.
func (m *merge) allKnown(ctx context.Context) error {
	if m.close {
		return lintu.Errorf(lintu.CodeInvalid,
			"该文件只有个人信息，不能用它来结束文件中没有的户或邻长；请去掉 --close-missing（结束缺失）后再导入。",
			"The file brings personal data alone, so it cannot end what it does not name; please import it without --close-missing.")
	}
	var number int64
	err := m.tx.QueryRow(ctx, `SELECT number FROM `+m.stage.name+` s WHERE `+m.unknownSQL(m.stage, m.all[:len(m.all)-1])+
		` ORDER BY 1 LIMIT 1`, m.tenant, m.stage.table.in).Scan(&number)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return errRow(number, "没有这个代码的户或邻长；只有个人信息的文件不能新增它，请先导入图形或地址。",
		"nothing has its code. A file of personal data alone adds none; please import the place or address first.")
}

// endPersons ends what is known of households and heads that have gone.
func (e *edit) endPersons(ctx context.Context, batch *lintu.ID) error {
	if err := e.personal(ctx); err != nil {
		return err
	}
	for _, kind := range []string{"household", "head"} {
		_, err := e.tx.Exec(ctx, `
			UPDATE person p SET valid = tstzrange(lower(p.valid), $3), closed_by = $4
			FROM `+kind+` t WHERE p.tenant_id = $1 AND p.kind = $2 AND upper_inf(p.valid)
			AND t.tenant_id = $1 AND t.id = p.subject_id AND NOT upper_inf(t.valid)`, e.tenant, kind, e.at, batch)
		if err != nil {
			return err
		}
	}
	return nil
}
