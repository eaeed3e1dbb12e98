package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// replayTenant is the city's.
const replayTenant = 1

// replayAtOnce is how many reports are under way at a time.
const replayAtOnce = 8

// coordinates have four decimals: half of the last one is at most this far, in metres.
const rounding = 7

// replay plays Boston's requests of half a year: its police districts are imported,
// a rule for each names its station, each request is reported on its day, and what
// lintu finds is compared with what the city did.
func (b *bench) replay(ctx context.Context, dir string) error {
	all, err := readBoston(dir)
	if err != nil {
		return err
	}
	calendar, err := bostonCalendar()
	if err != nil {
		return err
	}
	limits := bostonLimits(calendar, all)
	today := all[0].open
	db, err := b.openCases(ctx, replayTenant, func() time.Time { return today })
	if err != nil {
		return err
	}
	defer db.Close()
	codes, err := b.settle(ctx, db, dir, all, calendar, limits)
	if err != nil {
		return err
	}
	start := time.Now()
	cases, err := reportAll(ctx, db, all, codes, &today)
	if err != nil {
		return err
	}
	took := time.Since(start).Seconds()
	fmt.Printf("%d requests reported in %.0f s, %.0f a second\n", len(all), took, float64(len(all))/took)
	if err := districts(ctx, db, all, cases); err != nil {
		return err
	}
	if err := sameDue(all, cases, calendar, limits); err != nil {
		return err
	}
	return verdicts(calendar, all, limits)
}

// settle brings in districts, stations, rules, categories and the calendar. It
// returns the code of each type's category.
func (b *bench) settle(ctx context.Context, db *sql.DB, dir string, all []request, calendar *lintu.Calendar, limits map[string]lintu.Limit) (map[string]string, error) {
	if err := b.importInto(ctx, filepath.Join(dir, "police_districts.zip"), "--layer", "communities", "--map", "code=ID,name=DISTRICT"); err != nil {
		return nil, err
	}
	names, err := b.importStations(ctx, all)
	if err != nil {
		return nil, err
	}
	by := lintu.Actor{Name: "cli:bench", Within: lintu.Jurisdiction}
	codes, categories, err := bostonCategories(ctx, db, all, limits)
	if err == nil {
		err = db.SaveCategories(ctx, replayTenant, categories, by)
	}
	if err == nil {
		err = db.SaveCalendar(ctx, replayTenant, calendar, by)
	}
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		rule := lintu.Rule{ID: lintu.NewID(), Area: &lintu.AreaRef{Layer: lintu.Communities, Code: name}, Unit: lintu.Handler{Kind: lintu.UnitHandles, Code: name}}
		ref := db.Owner().QueryRow(ctx, `SELECT a.id::text, u.id FROM area a JOIN unit u ON u.tenant_id = a.tenant_id AND u.code = a.code
			WHERE a.tenant_id = $1 AND a.code = $2`, replayTenant, name)
		if err := ref.Scan(&rule.Area.ID, &rule.Unit.ID); err != nil {
			return nil, fmt.Errorf("district %s: %w", name, err)
		}
		if _, err := db.SaveRule(ctx, replayTenant, rule, by); err != nil {
			return nil, err
		}
	}
	return codes, nil
}

// importStations imports a unit for each district, amid its requests.
func (b *bench) importStations(ctx context.Context, all []request) ([]string, error) {
	type mean struct{ lon, lat, n float64 }
	of := map[string]mean{}
	for _, r := range all {
		if r.district != "" {
			m := of[r.district]
			of[r.district] = mean{m.lon + r.lon, m.lat + r.lat, m.n + 1}
		}
	}
	var names []string
	csv := "code,name,class,lon,lat\n"
	for name, m := range of {
		names = append(names, name)
		csv += fmt.Sprintf("%s,%s,police,%.5f,%.5f\n", name, name, m.lon/m.n, m.lat/m.n)
	}
	path := filepath.Join(b.data, "stations.csv")
	if err := os.WriteFile(path, []byte(csv), 0o644); err != nil {
		return nil, err
	}
	slices.Sort(names)
	return names, b.importInto(ctx, path, "--layer", "units", "--map", "code=code,name=name,class=class", "--crs", "EPSG:4326")
}

// bostonCategories adds one for each type to those that there are.
func bostonCategories(ctx context.Context, db *sql.DB, all []request, limits map[string]lintu.Limit) (map[string]string, lintu.Categories, error) {
	categories, err := db.Categories(ctx, replayTenant)
	codes := map[string]string{}
	for _, r := range all {
		if codes[r.kind] != "" {
			continue
		}
		limit, ok := limits[r.kind]
		if !ok {
			limit = lintu.Limit{N: 10, Unit: lintu.InWorkingDays} // the city has none
		}
		codes[r.kind] = fmt.Sprintf("boston-%03d", len(codes)+1)
		categories = append(categories, bostonCategory(codes[r.kind], strings.ToValidUTF8(r.kind, "?"), limit))
	}
	return codes, categories, err
}

// reportAll reports every request, a day at a time: at the end of each day, as phones
// do that had no network.
func reportAll(ctx context.Context, db *sql.DB, all []request, codes map[string]string, today *time.Time) ([]*lintu.CaseView, error) {
	by := dispatcher
	viewer := *by.Viewer
	viewer.Tenant = replayTenant
	by.Viewer = &viewer
	days := map[string][]int{}
	for i, r := range all {
		day := r.open.Format(time.DateOnly)
		days[day] = append(days[day], i)
	}
	order := make([]string, 0, len(days))
	for day := range days {
		order = append(order, day)
	}
	slices.Sort(order)
	cases := make([]*lintu.CaseView, len(all))
	for _, day := range order {
		first := all[days[day][0]].open
		*today = time.Date(first.Year(), first.Month(), first.Day()+1, 0, 0, 0, 0, first.Location())
		var group errgroup.Group
		group.SetLimit(replayAtOnce)
		for _, i := range days[day] {
			group.Go(func() (err error) {
				r := all[i]
				cases[i], _, err = db.Report(ctx, replayTenant, lintu.NewCase{ID: lintu.NewID(), Category: codes[r.kind], At: r.open, Source: lintu.FromPatrol,
					Place: lintu.Place{Lon: r.lon, Lat: r.lat, Accuracy: rounding, Placed: lintu.ByMap}}, by)
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return nil, err
		}
	}
	return cases, nil
}

// districts compares the district that was found with the city's own.
func districts(ctx context.Context, db *sql.DB, all []request, cases []*lintu.CaseView) error {
	same, rest, without := 0, tally{}, tally{}
	for i, r := range all {
		found := ""
		if c := cases[i]; len(c.Areas) > 0 {
			found = c.Areas[len(c.Areas)-1].Code
			if c.Handler == nil || c.Handler.Code != found {
				return fmt.Errorf("request %s: in district %s, and given to %v", r.id, found, c.Handler)
			}
		}
		switch {
		case r.district == "" && !r.located:
			without["the city knew no address and gave no district"]++
		case r.district == "":
			without["the city gave no district in spite of an address"]++
		case found == r.district:
			same++
		default:
			reason, err := otherDistrict(ctx, db, r, cases[i])
			if err != nil {
				return err
			}
			rest[reason]++
		}
	}
	compared := len(all) - without.sum()
	fmt.Printf("\ndistricts: %d of %d are the city's own (%.2f %%); each was given to its district's station. The others:\n", same, compared, percent(same, compared))
	rest.print("  ")
	fmt.Println("not compared:")
	without.print("  ")
	if percent(same, compared) < leastDistricts {
		return fmt.Errorf("the city's own district is found for less than %d %%", leastDistricts)
	}
	return nil
}

// leastDistricts is the share of the city's own districts, in per cent, that its
// coordinates can give.
const leastDistricts = 96

func (t tally) sum() int {
	sum := 0
	for _, n := range t {
		sum += n
	}
	return sum
}

// cityHall is the point of requests whose own place the file does not have.
const cityHallLon, cityHallLat = -71.0587, 42.3594

// otherDistrict says why the city has another district than the point lies in.
func otherDistrict(ctx context.Context, db *sql.DB, r request, c *lintu.CaseView) (string, error) {
	var away float64 // of the city's district, in metres
	err := db.Owner().QueryRow(ctx, `SELECT ST_Distance(geom::geography, ST_SetSRID(ST_Point($3, $4), 4326)::geography) FROM area
		WHERE tenant_id = $1 AND code = $2`, replayTenant, r.district, r.lon, r.lat).Scan(&away)
	switch {
	case err != nil:
		return "", fmt.Errorf("district %s: %w", r.district, err)
	case r.lon == cityHallLon && r.lat == cityHallLat:
		return "no coordinates: the file has those of City Hall instead", nil
	case slices.ContainsFunc(c.Doubt, func(a lintu.AreaRef) bool { return a.Code == r.district }):
		return "on a border: the coordinates' last decimal reaches the city's district, and lintu says so", nil
	case len(c.Areas) == 0:
		return "outside every district", nil
	case away <= 50:
		return "within 50 m of the city's district: streets are borders, and the city goes by the side that the address is on", nil
	default:
		return "the city says otherwise, more than 50 m away", nil
	}
}

// sameDue holds that the cases have the due time that the calendar gives.
func sameDue(all []request, cases []*lintu.CaseView, calendar *lintu.Calendar, limits map[string]lintu.Limit) error {
	for i, r := range all {
		limit, ok := limits[r.kind]
		if due := calendar.Due(r.open, limit); ok && !cases[i].Clock.Due.Equal(due) {
			return fmt.Errorf("request %s is due %s instead of %s", r.id, cases[i].Clock.Due, due)
		}
	}
	return nil
}
