package sql

import (
	"context"
	"encoding/json"
	"log/slog"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// What a door takes a day, by China's clock. A door stands for a dozen households or a
// few hundred: more than DoorReports a day are not residents' any more, and each is work
// for a grid worker. DoorBytes are two photos for each of them as phones shrink them, of
// some 400 kB; without such an end, strangers with many networks could fill the disk.
const (
	DoorReports = 200
	DoorBytes   = 160 << 20
)

// doorUse is how a door stands after something more came through it.
type doorUse struct {
	door    lintu.ID
	reports int
	bytes   int64
	ended   string // what it was the last of the day of: reports, bytes or nothing
}

// passDoor counts a report or the bytes of a photo. It is CodeThrottled where the door
// has had its day's; what refuses counts nothing, if the transaction is rolled back.
func passDoor(ctx context.Context, tx pgx.Tx, tenant int32, door *lintu.Door, reports int, bytes int64) (doorUse, error) {
	u := doorUse{door: door.ID}
	err := tx.QueryRow(ctx, `
		INSERT INTO door_count AS c (tenant_id, door_id, day, reports, bytes)
		VALUES ($1, $2, (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date, $3, $4)
		ON CONFLICT (tenant_id, door_id) DO UPDATE SET day = excluded.day,
			reports = CASE WHEN c.day = excluded.day THEN c.reports ELSE 0 END + excluded.reports,
			bytes = CASE WHEN c.day = excluded.day THEN c.bytes ELSE 0 END + excluded.bytes
		RETURNING reports, bytes`, tenant, door.ID, reports, bytes).Scan(&u.reports, &u.bytes)
	switch {
	case err != nil:
		return u, err
	case reports > 0 && u.reports > DoorReports:
		return u, untilTomorrow(lintu.Errorf(lintu.CodeThrottled,
			"这个二维码今天收到的上报已满，明天零点后可再上报；急事请现在就打电话给社区服务大厅或邻长。",
			"This QR code has taken all the reports it can today; more are possible after midnight (China's clock). If it cannot wait, please call the community's hall or your neighbor head now."))
	case bytes > 0 && u.bytes-bytes >= DoorBytes:
		return u, untilTomorrow(lintu.Errorf(lintu.CodeThrottled,
			"这个二维码今天收到的照片已满；请不附照片上报，或打电话给社区服务大厅或邻长。",
			"This QR code has taken all the photos it can today; please report without a photo, or call the community's hall or your neighbor head."))
	case reports > 0 && u.reports == DoorReports:
		u.ended = "reports"
	case bytes > 0 && u.bytes >= DoorBytes:
		u.ended = "bytes"
	}
	return u, nil
}

func untilTomorrow(e *lintu.Error) *lintu.Error {
	e.RetryAfter = untilMidnight()
	return e
}

// alert is the audit's entry for an auditor's eye: once a day for reports and once for
// bytes; nil otherwise.
func (u doorUse) alert() *lintu.AuditEntry {
	if u.ended == "" {
		return nil
	}
	detail, _ := json.Marshal(map[string]any{"reason": u.ended, "reports": u.reports, "bytes": u.bytes}) // is always JSON
	return &lintu.AuditEntry{Actor: lintu.Asker{Resident: true}.Name(), Act: lintu.ActAlert, Kind: "door", ID: &u.door, Detail: detail}
}

// warn tells the log the same.
func (u doorUse) warn(log *slog.Logger) {
	if u.ended != "" {
		log.Warn("a door has had all that it takes in a day", "of", u.ended, "door", u.door.String(), "reports", u.reports, "bytes", u.bytes)
	}
}

// passDoor counts a report that came through a door.
func (t *caseTx) passDoor(ctx context.Context, door *lintu.Door) (doorUse, error) {
	u, err := passDoor(ctx, t.tx, t.tenant, door, 1, 0)
	if e := u.alert(); err == nil && e != nil {
		t.audit = append(t.audit, *e)
	}
	return u, err
}
