package api

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

// heatDays is how far back the heat goes at most.
const heatDays = 366

// pins are the open cases, and from where on the stream tells what changes.
func (s *Server) pins(c *fiber.Ctx) error {
	return s.common(c, "", func(ctx context.Context, v *lintu.Viewer) (any, error) {
		asOf := time.Now()
		pins, cursor, err := s.Live.OpenPins(ctx, v)
		if pins == nil {
			pins = []lintu.Pin{}
		}
		return fiber.Map{"pins": pins, "cursor": cursor + cursorMark + v.Audience(), "asOf": asOf}, err
	})
}

// figures are the wall's numbers.
func (s *Server) figures(c *fiber.Ctx) error {
	return s.common(c, "", func(ctx context.Context, v *lintu.Viewer) (any, error) { return s.Figures.Figures(ctx, v, time.Now()) })
}

// heat is where cases have come from in the last days.
func (s *Server) heat(c *fiber.Ctx) error {
	days, err := number(c, "days", 30, 1, heatDays)
	if err != nil {
		return err
	}
	return s.common(c, fmt.Sprint(days), func(ctx context.Context, v *lintu.Viewer) (any, error) {
		cells, err := s.Figures.Heat(ctx, v, time.Now().AddDate(0, 0, -days))
		if cells == nil {
			cells = [][3]float64{}
		}
		return fiber.Map{"cells": cells, "size": 1.0 / lintu.HeatPerDegree}, err
	}, "days")
}

// common answers with what is the same for all who are shown the same cases. It is
// made once a second at most, however many walls ask.
func (s *Server) common(c *fiber.Ctx, what string, ask func(context.Context, *lintu.Viewer) (any, error), parameters ...string) error {
	if err := only(c, parameters...); err != nil {
		return err
	}
	v := s.viewer(c)
	if _, err := v.Sees(casesLayer); err != nil {
		return err
	}
	a, err := s.shared.get(c.UserContext(), c.Route().Path+" "+what+" "+v.Audience(), func(ctx context.Context) (any, error) { return ask(ctx, v) })
	if err != nil {
		return err
	}
	return a.content.send(c, jsonType)
}

// commonFor is how long an answer is given again.
const commonFor = time.Second

// commonAnswers are those of the last second. Who asks while one is being made waits
// for it.
type commonAnswers struct {
	mu  sync.Mutex
	all map[string]*commonAnswer
}

type commonAnswer struct {
	begun   time.Time
	done    chan struct{} // closed when it is there
	content *coded
	err     error
}

func (as *commonAnswers) get(ctx context.Context, key string, ask func(context.Context) (any, error)) (*commonAnswer, error) {
	as.mu.Lock()
	as.forget()
	a := as.all[key]
	if a == nil {
		a = &commonAnswer{begun: time.Now(), done: make(chan struct{})}
		as.all[key] = a
		// Who asked first may go, and others still wait.
		go a.make(context.WithoutCancel(ctx), ask)
	}
	as.mu.Unlock()
	select {
	case <-a.done:
		return a, a.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// forget drops what is given no longer; mu is held.
func (as *commonAnswers) forget() {
	for key, a := range as.all {
		select {
		case <-a.done:
			if time.Since(a.begun) > commonFor {
				delete(as.all, key)
			}
		default: // it is still being made
		}
	}
}

func (a *commonAnswer) make(ctx context.Context, ask func(context.Context) (any, error)) {
	defer close(a.done)
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	a.err = a.encode(ctx, ask)
}

func (a *commonAnswer) encode(ctx context.Context, ask func(context.Context) (any, error)) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	doc, err := ask(ctx)
	if err != nil {
		return err
	}
	content, err := json.Marshal(doc)
	a.content = newCoded(content, answerLevels)
	return err
}
