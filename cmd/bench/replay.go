package main

import (
	"context"
)

func (b *bench) replay(ctx context.Context, dir string) error {
	all, err := readBoston(dir)
	if err != nil {
		return err
	}
	calendar, err := bostonCalendar()
	if err != nil {
		return err
	}
	return verdicts(calendar, all, bostonLimits(calendar, all))
}
