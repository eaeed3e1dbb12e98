package lintu

// Decide sets who must act for a pin, and why. Areas and Head are set; rules are those
// that hold for it, the best first, and local is the unit of class community in its
// community, or nil.
func (r *Routed) Decide(p Place, cs Categories, rung Rung, rules []Rule, local *Handler) {
	r.decide(cs, rung, rules, local)
	if p.Accuracy > DoubtMetres {
		r.Why = r.Why.and(Say("（定位误差约 %.0f 米，可能在其他区域，请在地图上核对位置）",
			" (the position may be %.0f m off, and in another area: please check it on the map)", p.Accuracy))
	}
}

func (r *Routed) decide(cs Categories, rung Rung, rules []Rule, local *Handler) {
	if len(r.Areas) == 0 {
		r.Why = Text{"该位置不在任何区域内，请调度员派遣", "the place is outside every area: for the dispatcher to decide"}
		return
	}
	for i := range rules {
		if rules[i].Gone {
			continue
		}
		r.Rule, r.Handler = &rules[i], &rules[i].Unit
		r.Why = rules[i].why(cs).and(passedOver(rules[:i]))
		return
	}
	r.Handler, r.Why = r.locality(rung, local)
	r.Why = r.Why.and(passedOver(rules))
}

// locality is who answers where no rule holds (属地兜底).
func (r *Routed) locality(rung Rung, local *Handler) (*Handler, Text) {
	switch {
	case rung == RungNeighbor && r.Head != nil:
		id, err := ParseID(r.Head.ID)
		if err != nil {
			break
		}
		h := &Handler{Kind: HeadHandles, ID: id, Code: r.Head.Code, Name: r.Head.Name}
		return h, Say("没有适用的规则，属地兜底 → 邻长 %s", "no rule holds; the locality answers → neighbor head %s", h.label())
	case rung == RungStreet || rung == RungCounty:
		return nil, Text{"没有适用的规则，街道和县的案卷由调度员派遣", "no rule holds; on the rungs of street and county the dispatcher decides"}
	case local == nil:
		return nil, Text{"没有适用的规则，属地也没有社区单位，请调度员派遣", "no rule holds, and there is no unit of the community: for the dispatcher to decide"}
	}
	return local, Say("没有适用的规则，属地兜底 → %s", "no rule holds; the locality answers → %s", local.label())
}

// HideHead leaves out who the neighbor head is, for those who are not shown it.
func (r *Routed) HideHead() {
	r.Head = nil
	if r.Handler != nil && r.Handler.Kind == HeadHandles {
		r.Handler = &Handler{Kind: HeadHandles}
		r.Why = Text{"没有适用的规则，属地兜底 → 邻长", "no rule holds; the locality answers → the neighbor head"}
	}
}

// why words the rule by which a case has its handler.
func (r Rule) why(cs Categories) Text {
	what := Text{"全部类别", "every category"}
	if c, ok := cs.Find(r.Category); ok {
		what = Text{c.Title.ZH + "（" + c.Code + "）", c.Title.EN + " (" + c.Code + ")"}
	}
	where := Text{"各区域", "everywhere"}
	if r.Area != nil {
		where = Text{r.Area.label(), r.Area.label()}
	}
	if r.Rung != "" {
		rung := r.Rung.Title()
		where = where.and(Text{" · " + rung.ZH, " · " + rung.EN})
	}
	return Say("规则 %d：", "rule %d: ", r.Number).and(what).and(Text{" · ", " · "}).and(where).and(Say(" → %s", " → %s", r.Unit.label()))
}

// passedOver says which rules would have held, had their units been there.
func passedOver(rules []Rule) Text {
	var t Text
	for _, r := range rules {
		t = t.and(Say("（规则 %d 的责任单位已撤销，跳过）", " (rule %d passed over: its unit is no longer there)", r.Number))
	}
	return t
}

// and appends a text in both languages.
func (t Text) and(more Text) Text { return Text{t.ZH + more.ZH, t.EN + more.EN} }

func (h Handler) label() string {
	if h.Name == "" {
		return h.Code
	}
	return h.Name
}

func (a AreaRef) label() string {
	if a.Name == "" {
		return a.Code
	}
	return a.Name
}
