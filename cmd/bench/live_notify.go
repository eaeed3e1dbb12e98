package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lintu-map/lintu"
)

// Of the comparison with and without NOTIFY.
const (
	notifyClients = 16
	notifyFor     = 10 * time.Second
	notifyTurns   = 3
)

// notify prints how many acts a second many clients do, in turns with the NOTIFY of
// their transactions and without.
func (b *broadcast) notify(ctx context.Context) error {
	db, err := b.house.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	by := lintu.Asker{Viewer: &lintu.Viewer{Tenant: reportsTenant, Account: lintu.NewID(), Name: "bench",
		Grants: []lintu.Grant{{Role: lintu.RoleDispatcher, Scope: lintu.Scope{Kind: lintu.Everywhere}}}}}
	fmt.Printf("acts a second of %d clients:", notifyClients)
	for range notifyTurns {
		for _, way := range []struct{ trigger, title string }{{"ENABLE", "with NOTIFY"}, {"DISABLE", "without"}} {
			if _, err := db.Owner().Exec(ctx, "ALTER TABLE change "+way.trigger+" TRIGGER change_wake"); err != nil {
				return err
			}
			var n atomic.Int64
			var clients errgroup.Group
			end := time.Now().Add(notifyFor)
			for i := range notifyClients {
				clients.Go(func() error {
					for time.Now().Before(end) {
						a := lintu.Action{ID: lintu.NewID(), Act: lintu.ActSupervise, Note: "请尽快"}
						if _, err := db.Act(ctx, reportsTenant, b.cases[i], a, by); err != nil {
							return err
						}
						n.Add(1)
					}
					return nil
				})
			}
			if err := clients.Wait(); err != nil {
				return err
			}
			fmt.Printf(" %.0f %s;", float64(n.Load())/notifyFor.Seconds(), way.title)
		}
	}
	fmt.Println()
	_, err = db.Owner().Exec(ctx, "ALTER TABLE change ENABLE TRIGGER change_wake")
	return err
}
