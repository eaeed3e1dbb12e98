package sql

import "strings"

// instantSQL is the present instant as text: the snapshot of the transaction, and the
// life of the server in which it was taken.
//
// A snapshot says which transactions were over by their numbers, and a server that has
// crashed gives numbers again: those of transactions of which nothing had reached the
// disk, because they were taken back or were promised to none. So snapshots of two
// lives cannot be compared. A life begins when the server has recovered, or has taken
// over from another; its figures of operation then begin anew, and so does the time
// from which they count. (It begins by pg_stat_reset_shared('bgwriter'), too, which
// costs a reading of everything and does no harm.)
const instantSQL = `pg_current_snapshot()::text || '` + lifeMark + `' || ` + lifeSQL

const (
	lifeSQL  = `coalesce(extract(epoch FROM pg_stat_get_bgwriter_stat_reset_time())::text, '')`
	lifeMark = "@"
)

// partsOf takes an instant apart.
func partsOf(instant string) (snapshot, life string) {
	snapshot, life, _ = strings.Cut(instant, lifeMark)
	return snapshot, life
}
