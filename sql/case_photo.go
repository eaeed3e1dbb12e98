package sql

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// takePhotos gives photos to an event: those that the asker brought, or that came
// through the same door, and that no other event has.
func (t *caseTx) takePhotos(ctx context.Context, ids []lintu.ID, id lintu.ID, seq int, by lintu.Asker, door *lintu.Door) error {
	if len(ids) == 0 {
		return nil
	}
	account, through := bringer(by, door)
	done, err := t.tx.Exec(ctx, `UPDATE case_photo SET case_id = $3, seq = $4
		WHERE tenant_id = $1 AND id = ANY ($2) AND case_id IS NULL AND (account_id = $5 OR door_id = $6)`, t.tenant, ids, id, seq, account, through)
	if err == nil && int(done.RowsAffected()) != len(ids) {
		err = lintu.Errorf(lintu.CodeInvalid, "有照片还没有上传、不是您上传的，或已用于别处；请先上传照片，每张只用一次。",
			"A photo was not uploaded, was uploaded by somebody else or is used already; please upload the photos first and use each once.")
	}
	return err
}

// bringer is who brings a photo: an account or a door.
func bringer(by lintu.Asker, door *lintu.Door) (account, through *lintu.ID) {
	if by.Viewer != nil && by.Viewer.SignedIn() {
		return &by.Viewer.Account, nil
	}
	if door != nil {
		return nil, &door.ID
	}
	return nil, nil
}

const expectPhoto = `INSERT INTO photo_file (tenant_id, id) VALUES ($1, $2) ON CONFLICT (tenant_id, id) DO UPDATE SET at = now()`

// ExpectPhoto implements lintu.CaseStore. A photo that is sent again counts at its door
// once.
func (db *DB) ExpectPhoto(ctx context.Context, tenant int32, id lintu.ID, bytes int64, door *lintu.Door) error {
	if door == nil {
		_, err := db.pool.Exec(ctx, expectPhoto, tenant, id)
		return toError(err)
	}
	var used doorUse
	err := pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
		var known bool
		err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM photo_file WHERE tenant_id = $1 AND id = $2)
			OR EXISTS (SELECT FROM case_photo WHERE tenant_id = $1 AND id = $2)`, tenant, id).Scan(&known)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, expectPhoto, tenant, id); err != nil || known {
			return err
		}
		if used, err = passDoor(ctx, tx, tenant, door, 0, bytes); err != nil {
			return err
		}
		if e := used.alert(); e != nil {
			return appendAudit(ctx, tx, tenant, *e)
		}
		return nil
	})
	if err == nil {
		used.warn(db.log)
	}
	return toError(err)
}

// NotePhoto implements lintu.CaseStore. The same photo noted again is no error, if
// the same asker brings it, and waits for its case anew.
func (db *DB) NotePhoto(ctx context.Context, tenant int32, p lintu.Photo, by lintu.Asker, door *lintu.Door) error {
	account, through := bringer(by, door)
	if account == nil && through == nil {
		return lintu.Errorf(lintu.CodeUnauthenticated, "请先登录，再上传照片。", "Please sign in to upload photos.")
	}
	var noted int
	err := db.pool.QueryRow(ctx, `
		WITH noted AS (
			INSERT INTO case_photo AS p (tenant_id, id, sha256, type, bytes, width, height, account_id, door_id)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			ON CONFLICT (tenant_id, id) DO UPDATE SET created_at = now()
			WHERE p.sha256 = excluded.sha256 AND p.account_id IS NOT DISTINCT FROM excluded.account_id AND p.door_id IS NOT DISTINCT FROM excluded.door_id
			RETURNING id
		), arrived AS (DELETE FROM photo_file WHERE tenant_id = $1 AND id IN (SELECT id FROM noted))
		SELECT count(*) FROM noted`,
		tenant, p.ID, p.SHA256, p.Type, p.Bytes, p.Width, p.Height, account, through).Scan(&noted)
	if err == nil && noted == 0 {
		err = lintu.Errorf(lintu.CodeConflict, "这个编号已用于另一张照片；请用新的编号再传。", "This id was used for another photo; please upload it again under a new id.")
	}
	return toError(err)
}

// photoUnusedFor is how long a photo may wait for its case, or its file for a row: the
// day that lintu.PhotoUnusedFor promises after it was last sent, and an hour, which is
// longer than it takes to send one.
const photoUnusedFor = lintu.PhotoUnusedFor + time.Hour

// UnusedPhotos implements lintu.CaseStore. Their rows are gone in the same moment, so
// that no case can take one that is about to be deleted; that there are files is
// remembered until ForgetPhotos.
func (db *DB) UnusedPhotos(ctx context.Context, tenant int32, limit int) (ids []lintu.ID, err error) {
	err = pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			WITH unused AS (
				DELETE FROM case_photo WHERE tenant_id = $1 AND case_id IS NULL AND id IN (
					SELECT id FROM case_photo WHERE tenant_id = $1 AND case_id IS NULL AND created_at < now() - $2::interval
					ORDER BY created_at LIMIT $3 FOR UPDATE SKIP LOCKED)
				RETURNING id, created_at)
			INSERT INTO photo_file (tenant_id, id, at) SELECT $1, id, created_at FROM unused ON CONFLICT (tenant_id, id) DO NOTHING`,
			tenant, photoUnusedFor, limit)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `DELETE FROM photo_file f WHERE tenant_id = $1 AND at < now() - $2::interval
			AND EXISTS (SELECT FROM case_photo p WHERE p.tenant_id = $1 AND p.id = f.id)`, tenant, photoUnusedFor)
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT id FROM photo_file WHERE tenant_id = $1 AND at < now() - $2::interval ORDER BY at LIMIT $3`, tenant, photoUnusedFor, limit)
		if err != nil {
			return err
		}
		ids, err = pgx.CollectRows(rows, pgx.RowTo[lintu.ID])
		return err
	})
	return ids, toError(err)
}

// ForgetPhotos implements lintu.CaseStore. What is being sent again meanwhile stays
// remembered.
func (db *DB) ForgetPhotos(ctx context.Context, tenant int32, ids []lintu.ID) error {
	_, err := db.pool.Exec(ctx, `DELETE FROM photo_file WHERE tenant_id = $1 AND id = ANY ($2) AND at < now() - $3::interval`, tenant, ids, photoUnusedFor)
	return toError(err)
}

// CasePhoto implements lintu.CaseStore.
func (db *DB) CasePhoto(ctx context.Context, v *lintu.Viewer, id, photo lintu.ID) error {
	if _, err := db.wholeCase(ctx, v, id); err != nil {
		return err
	}
	var found bool
	err := db.pool.QueryRow(ctx, `SELECT true FROM case_photo WHERE tenant_id = $1 AND id = $2 AND case_id = $3`, v.Tenant, photo, id).Scan(&found)
	if errors.Is(err, pgx.ErrNoRows) {
		return lintu.Errorf(lintu.CodeNotFound, "这件案卷没有这张照片。", "This case has no such photo.")
	}
	return toError(err)
}
