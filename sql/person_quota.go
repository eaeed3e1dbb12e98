package sql

import (
	"context"
	"log/slog"
	"regexp"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// longNumber is what may be a phone or identity number, spelled in any way.
var longNumber = regexp.MustCompile(`\+?[0-9０-９](?:[-\s]?[0-9０-９]){6,}`)

// When an account is reported: unmasking more than burstCount persons within burst.
const (
	burstCount = 10
	burst      = 5 * time.Minute
)

// UnmaskPerDay is how many persons an account may unmask a day where the
// configuration does not say otherwise.
const UnmaskPerDay = 30

// quota is how an account stands after one more unmasking.
type quota struct {
	perDay, count int
	fast          bool // more than burstCount within burst, for the first time since
}

func (q quota) over() bool { return q.count > q.perDay }

func (q quota) left() int { return q.perDay - q.count }

// reasons are what an auditor should hear of now: each is said once.
func (q quota) reasons() []string {
	var rs []string
	most := (q.perDay*4 + 4) / 5
	if q.count == most && most < q.perDay {
		rs = append(rs, "quota_80")
	}
	if q.count == q.perDay {
		rs = append(rs, "quota_end")
	}
	if q.count == q.perDay+1 {
		rs = append(rs, "quota_over")
	}
	if q.fast {
		rs = append(rs, "fast")
	}
	return rs
}

// countUnmasking adds one to the account's day, which is one of China's clock. The
// row's lock makes requests at the same time count one after the other.
func (db *DB) countUnmasking(ctx context.Context, tx pgx.Tx, v *lintu.Viewer) (quota, error) {
	q := quota{perDay: db.unmaskPerDay}
	err := tx.QueryRow(ctx, `
		INSERT INTO unmask_count AS u (tenant_id, account_id, day, count, latest)
		VALUES ($1, $2, (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date, 1, ARRAY[clock_timestamp()])
		ON CONFLICT (tenant_id, account_id) DO UPDATE SET
			count = CASE WHEN u.day = excluded.day THEN u.count + 1 ELSE 1 END,
			day = excluded.day,
			latest = (clock_timestamp() || u.latest)[1:$3]
		RETURNING count`, v.Tenant, v.Account, burstCount+1).Scan(&q.count)
	if err != nil {
		return q, err
	}
	done, err := tx.Exec(ctx, `
		UPDATE unmask_count SET alerted_at = latest[1]
		WHERE tenant_id = $1 AND account_id = $2 AND latest[$3] > latest[1] - $4::interval
		AND (alerted_at IS NULL OR alerted_at < latest[$3])`, v.Tenant, v.Account, burstCount+1, burst)
	q.fast = done.RowsAffected() > 0
	return q, err
}

// alert writes the audit's entries for an auditor's eye.
func (q quota) alert(ctx context.Context, tx pgx.Tx, v *lintu.Viewer) error {
	for _, r := range q.reasons() {
		err := auditPersons(ctx, tx, v, lintu.ActAlert, "account", &v.Account, "",
			map[string]any{"reason": r, "count": q.count, "perDay": q.perDay})
		if err != nil {
			return err
		}
	}
	return nil
}

// warn tells the log the same, by ids only.
func (q quota) warn(log *slog.Logger, v *lintu.Viewer) {
	for _, r := range q.reasons() {
		log.Warn("personal data is being unmasked", "reason", r, "tenant", v.Tenant, "account", v.Account.String(),
			"count", q.count, "perDay", q.perDay)
	}
}

// looksPerDay is how often an account and its tokens may look at masked persons or
// search for some a day: enough for who works with them all day, and far fewer than
// the households of a place, or than the 10,000 numbers that a masked one can be.
const looksPerDay = 1000

// looks is how an account stands after one more of them.
type looks int

func (n looks) over() bool { return n > looksPerDay }

// countLook adds one to the account's day.
func countLook(ctx context.Context, tx pgx.Tx, v *lintu.Viewer) (n looks, err error) {
	err = tx.QueryRow(ctx, `
		INSERT INTO search_count AS s (tenant_id, account_id, day, count)
		VALUES ($1, $2, (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date, 1)
		ON CONFLICT (tenant_id, account_id) DO UPDATE SET
			count = CASE WHEN s.day = excluded.day THEN s.count + 1 ELSE 1 END, day = excluded.day
		RETURNING count`, v.Tenant, v.Account).Scan(&n)
	return n, err
}

// look counts one more look and, unless it is one too many, does it in the same
// transaction.
func (db *DB) look(ctx context.Context, v *lintu.Viewer, t lintu.Territory, work func(pgx.Tx) error) error {
	var asked looks
	err := db.within(ctx, v.Tenant, t, func(tx pgx.Tx) (err error) {
		if asked, err = countLook(ctx, tx, v); err != nil {
			return err
		}
		if !asked.over() {
			err = work(tx)
		}
		if err == nil {
			err = asked.alert(ctx, tx, v)
		}
		return err
	})
	if err == nil && asked.over() {
		err = asked.refusal()
	}
	return err
}

// alert writes the audit's entry for an auditor's eye, at four fifths of the day's
// looks and at the first beyond.
func (n looks) alert(ctx context.Context, tx pgx.Tx, v *lintu.Viewer) error {
	if n != looksPerDay*4/5 && n != looksPerDay+1 {
		return nil
	}
	return auditPersons(ctx, tx, v, lintu.ActAlert, "account", &v.Account, "",
		map[string]any{"reason": "searches", "count": n, "perDay": looksPerDay})
}

func (n looks) refusal() error {
	e := lintu.Errorf(lintu.CodeThrottled,
		"今天查看和查找个人信息的次数（%[1]d 次）已用完，明天零点后可再查看。",
		"The %[1]d looks at persons and searches for them of today are used up; more are possible after midnight (China's clock).", looksPerDay)
	e.RetryAfter = untilMidnight()
	return e
}

// china is the clock by which days are counted; it knows no summer time.
var china = time.FixedZone("UTC+8", 8*60*60)

func untilMidnight() time.Duration {
	now := time.Now().In(china)
	return time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, china).Sub(now)
}

func (q quota) refusal() error {
	e := lintu.Errorf(lintu.CodeThrottled,
		"今天查看完整个人信息的次数（%[1]d 次）已用完，明天零点后可再查看；确有需要请联系管理员。",
		"The %[1]d unmaskings of today are used up; more are possible after midnight (China's clock). If there is need, please ask the administrator.", q.perDay)
	e.RetryAfter = untilMidnight()
	return e
}
