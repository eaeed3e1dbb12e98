package api

import (
	"maps"
	"math"
	"net/netip"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

// kind is a class of requests that are counted together.
type kind string

// The kinds of requests.
const (
	kindTile     kind = "tile"
	kindRead     kind = "read"
	kindChange   kind = "change"
	kindLogin    kind = "login"
	kindPassword kind = "password"
	kindUnmask   kind = "unmask"
	kindFind     kind = "search of the map"
	kindSearch   kind = "search of persons"
	kindUpload   kind = "upload"
	kindPhoto    kind = "photo"
	kindExport   kind = "export"
	kindReport   kind = "report of a case"
	kindAct      kind = "act on a case"
	kindActs     kind = "act on many cases"
	kindDoor     kind = "report at a door"
	kindPicture  kind = "photo at a door"
	kindFollow   kind = "follow a case"
	kindSaid     kind = "resident's act"
)

// pace is how often something may be done: each, after burst times at once.
type pace struct {
	each  time.Duration
	burst int
}

// paces are the limits by kind: from one address, and by one account or token.
// Addresses have more, since a whole office may share one. All are in memory of
// one server; what counts for days, such as failed sign-ins of an account and
// unmasked persons, is counted in the database besides.
var paces = map[kind]struct{ address, who pace }{
	// A wall in 4K loads some 200 tiles at once and again after a change of the
	// data; an office of fifty walls comes through one address.
	kindTile: {pace{time.Millisecond, 10000}, pace{2 * time.Millisecond, 4000}},
	// Pages ask a few times a second, programs that page through a layer more.
	kindRead: {pace{2 * time.Millisecond, 4000}, pace{5 * time.Millisecond, 2000}},
	// With each letter that is typed. Several words can take a second at a million
	// households.
	kindFind: {pace{10 * time.Millisecond, 1500}, pace{20 * time.Millisecond, 1000}},
	// A person's clicks.
	kindChange: {pace{20 * time.Millisecond, 500}, pace{100 * time.Millisecond, 200}},
	// Each costs an argon2id. An office signs in together at eight o'clock; who
	// guesses has 3,600 an hour at most, and the database stops each account's far
	// earlier.
	kindLogin: {pace{time.Second, 60}, pace{time.Second, 60}},
	// Nobody changes a password often; the old one could be guessed here too.
	kindPassword: {pace{2 * time.Second, 60}, pace{12 * time.Second, 10}},
	// One at a time, with a purpose; the day's quota stands in the database.
	kindUnmask: {pace{200 * time.Millisecond, 200}, pace{2 * time.Second, 30}},
	// Exact names and numbers: a list of them must not be tried out.
	kindSearch: {pace{200 * time.Millisecond, 200}, pace{time.Second, 30}},
	// Each is up to 4 GB on disk and a reading of all of it.
	kindUpload: {pace{time.Second, 120}, pace{5 * time.Second, 60}},
	// Each is up to 12 MB, and up to a second of decoding. A phone that was offline for
	// a day sends what it kept; an office of phones comes through one address.
	kindPhoto: {pace{20 * time.Millisecond, 2000}, pace{200 * time.Millisecond, 300}},
	// Each reads a whole table or chain.
	kindExport: {pace{time.Second, 60}, pace{6 * time.Second, 10}},
	// A phone that comes back with 200 kept reports, and sends some twice, gets them
	// all in at once. Who only wants to fill the disk has some 20,000 a day, of 10 kB.
	kindReport: {pace{20 * time.Millisecond, 2000}, pace{4 * time.Second, 500}},
	// Likewise with what was done to them.
	kindAct: {pace{20 * time.Millisecond, 2000}, pace{time.Second, 500}},
	// Each is up to 200 acts.
	kindActs: {pace{time.Second, 60}, pace{10 * time.Second, 20}},
	// Residents without an account: many phones of a mobile network share an address,
	// but each report is work for a grid worker, and each photo lies on the disk.
	kindDoor:    {pace{20 * time.Second, 60}, pace{20 * time.Second, 60}},
	kindPicture: {pace{20 * time.Second, 120}, pace{20 * time.Second, 120}},
	// Fifty random bits cannot be guessed; at this pace they need not be.
	kindFollow: {pace{500 * time.Millisecond, 300}, pace{500 * time.Millisecond, 300}},
	// Each may be 2,000 characters that stay, like a report.
	kindSaid: {pace{20 * time.Second, 60}, pace{20 * time.Second, 60}},
}

// Limits that are no paces.
const (
	// maxKeys bounds the memory of the limits to some 10 MB; with more that are busy at
	// once, some begin anew.
	maxKeys = 1 << 16
	// Uploads under way at once: each writes to the disk as fast as it gives.
	maxUploads, maxUploadsOfOne = 16, 4
	// Photos: 3 GB of them wait on the disk at most, and slow phones keep their place
	// for long.
	maxPhotos, maxPhotosOfOne = 256, 8
	// Those of residents, of one network, have places of their own: strangers who hold
	// theirs keep no worker from sending.
	maxPictures, maxPicturesOfOne = 64, 8
	// Connections at once, some 30 kB each, and of one address that is no trusted
	// proxy: 200 browsers of one office with their usual six.
	maxConnections, maxConnectionsOfOne = 16384, 2048
)

// kindsOf says which requests are more than a read or a change. The first that
// fits counts.
var kindsOf = []struct {
	method, path *regexp.Regexp
	kind         kind
}{
	{get, regexp.MustCompile(`/tiles/[^/]+/[0-9]+/[0-9]+/[0-9]+$|^/assets/|^/sprites/`), kindTile},
	{get, regexp.MustCompile(`^/login/sso`), kindLogin},
	{get, regexp.MustCompile(`^/api/v1/search$|^/api/v1/cases/similar$`), kindFind},
	{get, regexp.MustCompile(`^/api/v1/(audit|cases)\.csv$|/preview\.geojson$`), kindExport},
	{post, regexp.MustCompile(`^/api/v1/session$`), kindLogin},
	{put, regexp.MustCompile(`^/api/v1/password$`), kindPassword},
	{post, regexp.MustCompile(`/(person|contact)/unmask$`), kindUnmask},
	{post, regexp.MustCompile(`^/api/v1/cases$`), kindReport},
	{post, regexp.MustCompile(`^/api/v1/door/[^/]+/cases$`), kindDoor},
	{put, regexp.MustCompile(`^/api/v1/door/[^/]+/photos/[^/]+$`), kindPicture},
	{post, regexp.MustCompile(`^/api/v1/follow$`), kindFollow},
	{post, regexp.MustCompile(`^/api/v1/follow/acts$`), kindSaid},
	{post, regexp.MustCompile(`^/api/v1/cases/acts$`), kindActs},
	{post, regexp.MustCompile(`^/api/v1/cases/[^/]+/acts$`), kindAct},
	{post, regexp.MustCompile(`^/api/v1/persons/search$`), kindSearch},
	{post, regexp.MustCompile(`^/api/v1/batches$`), kindUpload},
	{put, regexp.MustCompile(`^/api/v1/photos/[^/]+$`), kindPhoto},
	{post, regexp.MustCompile(`^/api/v1/audit/verify$`), kindExport},
}

var get, post, put = regexp.MustCompile("^(GET|HEAD)$"), regexp.MustCompile("^POST$"), regexp.MustCompile("^PUT$")

func kindOf(c *fiber.Ctx) kind {
	if strings.HasPrefix(c.Path(), "/tiles/") && !changes(c) {
		return kindTile
	}
	method, path := c.Method(), strings.TrimRight(c.Path(), "/") // routes do without it too
	for _, k := range kindsOf {
		if k.method.MatchString(method) && k.path.MatchString(path) {
			return k.kind
		}
	}
	if changes(c) {
		return kindChange
	}
	return kindRead
}

// limits counts requests by kind and by who makes them.
type limits struct {
	mu sync.Mutex
	// Until when each would have been busy if it had kept its pace: at most burst times
	// ahead of now. This is the generic cell rate algorithm (ITU-T I.371, annex A).
	// Who is not ahead may be forgotten without being given anything.
	busy map[limitKey]*time.Time
}

type limitKey struct {
	kind kind
	who  string
}

func newLimits() *limits { return &limits{busy: map[limitKey]*time.Time{}} }

// wait is how long who has to wait before the next request of the kind; 0 counts
// this one.
func (l *limits) wait(k limitKey, p pace, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	busy := l.busy[k]
	if busy == nil {
		if len(l.busy) >= maxKeys {
			l.forget(now)
		}
		busy = &time.Time{}
		l.busy[k] = busy
	}
	until := now
	if busy.After(now) {
		until = *busy
	}
	until = until.Add(p.each)
	if early := until.Sub(now) - p.each*time.Duration(p.burst); early > 0 {
		return early
	}
	*busy = until
	return 0
}

// forget makes room: of those that are not ahead or, where all are, of a few of them.
func (l *limits) forget(now time.Time) {
	maps.DeleteFunc(l.busy, func(_ limitKey, until *time.Time) bool { return !until.After(now) })
	for k := range l.busy {
		if len(l.busy) < maxKeys-maxKeys/16 {
			return
		}
		delete(l.busy, k)
	}
}

// pacedByAddress limits what one address asks for, before anything is looked up
// for it.
func (s *Server) pacedByAddress(c *fiber.Ctx) error {
	k := kindOf(c)
	if err := s.pace(limitKey{k, s.client(c.Context()).network}, paces[k].address, c.Context().Time()); err != nil {
		return err
	}
	return c.Next()
}

// paceViewer limits what one account or token asks for; visitors have their
// address only.
func (s *Server) paceViewer(c *fiber.Ctx, v *lintu.Viewer) error {
	if !v.SignedIn() {
		return nil
	}
	k := kindOf(c)
	return s.pace(limitKey{k, v.Name}, paces[k].who, time.Now()) // finding out who asks may have taken a while
}

func (s *Server) pace(k limitKey, p pace, now time.Time) error {
	d := s.limits.wait(k, p, now)
	if d <= 0 {
		return nil
	}
	seconds := int(math.Ceil(d.Seconds()))
	e := lintu.Errorf(lintu.CodeThrottled, "请求过于频繁，请 %d 秒后再试。", "There are too many requests; please try again in %d s.", seconds)
	e.RetryAfter = d
	return e
}

// network is whom an address stands for: with IPv6 a home or office has a whole
// /64, so that the single address says nothing.
func network(a netip.Addr) string {
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// uploading counts the uploads under way.
type uploading struct {
	most, mostOfOne int

	mu  sync.Mutex
	all int
	of  map[string]int
}

// begin takes a place for an upload of who, and returns how to give it back.
func (u *uploading) begin(who string) (end func(), err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.of[who] >= u.mostOfOne {
		return nil, lintu.Errorf(lintu.CodeThrottled, "您已有 %d 个文件正在上传，请等其中一个完成。",
			"%d files of yours are being uploaded; please wait for one to end.", u.mostOfOne)
	}
	if u.all >= u.most {
		return nil, lintu.Errorf(lintu.CodeUnavailable, "服务器正在接收的文件太多，请稍后再试。", "The server is receiving too many files; please try again later.")
	}
	u.all++
	if u.of == nil {
		u.of = map[string]int{}
	}
	u.of[who]++
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		u.all--
		if u.of[who]--; u.of[who] == 0 {
			delete(u.of, who)
		}
	}, nil
}

// bounded reads the body of a change, so that no handler can be made to hold
// more of it than bodyBytes or to wait for it longer than requestTimeout, however
// it comes. Uploads read theirs by themselves.
func bounded(c *fiber.Ctx) error {
	if !changes(c) {
		return c.Next()
	}
	if k := kindOf(c); k == kindUpload || k == kindPhoto {
		return c.Next()
	}
	if c.Context().Request.Header.ContentLength() > bodyBytes {
		return tooLarge(bodyBytes)
	}
	b := body(c, bodyBytes)
	b.until = time.Now().Add(requestTimeout)
	content, err := readAll(b)
	if err != nil {
		return err
	}
	c.Context().Request.SetBodyRaw(content)
	return c.Next()
}
