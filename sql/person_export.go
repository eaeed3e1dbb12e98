package sql

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// The acts of the audit that concern persons' data as a whole.
const (
	actErase       = "erase"
	actRotateKey   = "rotate_key"
	actRewrapKeys  = "rewrap_keys"
	actDestroyKeys = "destroy_keys"
)

// Subject names a household or head of whom personal data is kept.
type Subject struct {
	Layer  lintu.Layer  `json:"layer"`
	ID     lintu.ID     `json:"id"`
	Code   string       `json:"code"`
	Title  string       `json:"title"`
	Masked lintu.Masked `json:"-"`
}

// Dossier is everything that is known of a person, and who has read it.
type Dossier struct {
	Subject
	Versions []PersonVersion `json:"versions"` // the oldest first
	Reads    []PersonRead    `json:"reads"`
}

// PersonVersion is what was known in a period.
type PersonVersion struct {
	From   time.Time    `json:"from"`
	To     *time.Time   `json:"to"`
	Batch  *lintu.ID    `json:"batch"`
	Person lintu.Person `json:"person"`
}

// PersonRead is an entry of the audit: an unmasking, a search that showed the
// person masked, or an export.
type PersonRead struct {
	Seq     int64     `json:"seq"`
	At      time.Time `json:"at"`
	Actor   string    `json:"actor"`
	Act     string    `json:"act"`
	Purpose string    `json:"purpose,omitempty"`
	Why     string    `json:"why,omitempty"`
}

// SubjectOf finds a household or head by its code; CodeNotFound if there is none or
// nothing was ever known of a person there.
func (db *DB) SubjectOf(ctx context.Context, tenant int32, layer lintu.LayerInfo, code string) (*Subject, error) {
	var s *Subject
	err := db.edit(ctx, tenant, func(e *edit) error {
		if err := e.personal(ctx); err != nil {
			return err
		}
		found, err := e.subjects(ctx, ` AND p.kind = $2 AND coalesce(h.code, n.code) = $3`, tenant, layer.Kind, code)
		if err == nil && len(found) == 0 {
			err = errNoPerson
		}
		if err == nil {
			s = &found[0]
		}
		return err
	})
	return s, err
}

// SubjectsLike finds, in all versions, whom a name or phone belongs or belonged to.
func (db *DB) SubjectsLike(ctx context.Context, tenant int32, name, phone string) (found []Subject, err error) {
	by := sought{lintu.PlainName(name), lintu.PlainPhone(phone)}
	if err := by.check(phone); err != nil {
		return nil, err
	}
	err = db.edit(ctx, tenant, func(e *edit) error {
		if err := e.personal(ctx); err != nil {
			return err
		}
		ring, err := e.keys.ring(ctx, e.tx, tenant)
		if err != nil {
			return err
		}
		names, phones := by.hashes(ring)
		if len(ring) > 0 {
			found, err = e.subjects(ctx, by.condition(), tenant, names, phones)
		}
		return err
	})
	return found, err
}

// subjects selects subjects by a condition on their rows in all versions, with what
// was known last, masked.
func (e *edit) subjects(ctx context.Context, condition string, args ...any) ([]Subject, error) {
	ring, err := e.keys.ring(ctx, e.tx, e.tenant)
	if err != nil {
		return nil, err
	}
	rows, err := e.tx.Query(ctx, `
		SELECT DISTINCT ON (p.kind, p.subject_id) p.kind, p.subject_id, coalesce(h.code, n.code), coalesce(h.name, n.name), p.key_version, p.sealed
		FROM person p
		LEFT JOIN household h ON p.kind = 'household' AND h.tenant_id = $1 AND h.id = p.subject_id
		LEFT JOIN head n ON p.kind = 'head' AND n.tenant_id = $1 AND n.id = p.subject_id
		WHERE p.tenant_id = $1`+condition+` ORDER BY p.kind, p.subject_id, p.version DESC`, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (s Subject, err error) {
		var kind lintu.Kind
		var version int
		var sealed []byte
		if err := row.Scan(&kind, &s.ID, &s.Code, &s.Title, &version, &sealed); err != nil {
			return s, err
		}
		s.Layer = layerOfKind(kind)
		p, err := ring.open(version, kind, s.Code, sealed)
		s.Masked = p.Masked()
		return s, err
	})
}

// ExportPerson returns everything that is known of a subject and who has read it.
// That is a read too, and audited.
func (db *DB) ExportPerson(ctx context.Context, tenant int32, s Subject, by lintu.Actor) (*Dossier, error) {
	d := &Dossier{Subject: s}
	layer, _ := lintu.LayerByName(s.Layer)
	err := db.edit(ctx, tenant, func(e *edit) (err error) {
		if err := e.personal(ctx); err != nil {
			return err
		}
		if d.Versions, err = e.versions(ctx, layer.Kind, s); err != nil {
			return err
		}
		if d.Reads, err = e.reads(ctx, s.ID); err != nil {
			return err
		}
		return e.audit(ctx, by, lintu.ActExport, string(layer.Kind), &s.ID, map[string]any{"versions": len(d.Versions)})
	})
	if err != nil {
		return nil, err
	}
	return d, nil
}

func (e *edit) versions(ctx context.Context, kind lintu.Kind, s Subject) ([]PersonVersion, error) {
	ring, err := e.keys.ring(ctx, e.tx, e.tenant)
	if err != nil {
		return nil, err
	}
	rows, err := e.tx.Query(ctx, `SELECT lower(valid), upper(valid), batch_id, key_version, sealed FROM person
		WHERE tenant_id = $1 AND kind = $2 AND subject_id = $3 ORDER BY version`, e.tenant, kind, s.ID)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (v PersonVersion, err error) {
		var version int
		var sealed []byte
		if err := row.Scan(&v.From, &v.To, &v.Batch, &version, &sealed); err != nil {
			return v, err
		}
		v.Person, err = ring.open(version, kind, s.Code, sealed)
		return v, err
	})
}

// reads finds in the audit who was shown the subject.
func (e *edit) reads(ctx context.Context, id lintu.ID) ([]PersonRead, error) {
	rows, err := e.tx.Query(ctx, `
		SELECT seq, at, actor, act, coalesce(detail->>'purpose', ''), why FROM audit
		WHERE tenant_id = $1 AND (id = $2 AND act IN ('unmask', 'export')
			OR act = 'find_person' AND detail->'found' ? $2::uuid::text) ORDER BY seq`, e.tenant, id)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[PersonRead])
}

// ErasePerson deletes all that was ever known of a subject, and returns how many
// versions that were. The audit says that it was done, not what was there.
func (db *DB) ErasePerson(ctx context.Context, tenant int32, s Subject, by lintu.Actor) (int64, error) {
	layer, _ := lintu.LayerByName(s.Layer)
	var n int64
	err := db.edit(ctx, tenant, func(e *edit) error {
		if err := e.personal(ctx); err != nil {
			return err
		}
		done, err := e.tx.Exec(ctx, `DELETE FROM person WHERE tenant_id = $1 AND kind = $2 AND subject_id = $3`, tenant, layer.Kind, s.ID)
		if err != nil {
			return err
		}
		n = done.RowsAffected()
		return e.audit(ctx, by, actErase, string(layer.Kind), &s.ID, map[string]any{"versions": n})
	})
	if err != nil {
		return 0, err
	}
	return n, db.vacuum(ctx, "person")
}

// vacuum lets what was deleted from a table go from its file and from the planner's
// statistics too. It is put off, not given up, where a transaction still runs that
// could see it.
func (db *DB) vacuum(ctx context.Context, table string) error {
	_, err := db.owner.Exec(ctx, `VACUUM (ANALYZE) `+table)
	return toError(err)
}
