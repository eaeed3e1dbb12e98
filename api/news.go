package api

import (
	"encoding/json"

	"github.com/lintu-map/lintu"
)

// audience are subscribers who are shown the same.
type audience struct {
	key    string
	viewer *lintu.Viewer
	layers map[lintu.Layer]bool // that they are shown; true: all of it
	of     map[*subscriber]struct{}
}

// newAudience keeps of the viewer what says what is shown.
func newAudience(v *lintu.Viewer) *audience {
	a := &audience{key: v.Audience(), layers: map[lintu.Layer]bool{}, of: map[*subscriber]struct{}{},
		viewer: &lintu.Viewer{Tenant: v.Tenant, Account: v.Account, Grants: v.Grants, Only: v.Only, Public: v.Public}}
	for _, l := range lintu.Layers {
		if within, err := v.Sees(l); err == nil {
			a.layers[l.Name] = within.Everywhere
		}
	}
	return a
}

// cursorMark stands between the two parts of an event's id: the instant, and who it
// was told to. Somebody who is shown something else since must load it anew.
const cursorMark = "~"

// id is the last line of an event, and its end.
func (a *audience) id(cursor string) []byte {
	return []byte("id: " + cursor + cursorMark + a.key + "\n\n")
}

// What an audience is told of a change.
const (
	tellNothing byte = iota
	tellOutline      // of a case
	tellWhole
	tellGone
	tellPlace // of a layer
	tellLayer
)

// news are changes as they are told, each form of them encoded once, and each
// selection put together once.
type news struct {
	found  *lintu.LiveChanges
	forms  map[newsForm][]byte
	bodies map[string][]byte
}

type newsForm struct {
	i    int // of the cases, and then of the layers
	tell byte
}

func newNews(found *lintu.LiveChanges) *news {
	return &news{found: found, forms: map[newsForm][]byte{}, bodies: map[string][]byte{}}
}

// body are the events for an audience but for the last one's id and end; nil where
// there is none.
//
// What somebody is not shown must not tell that it goes on: of a case that has left
// the sight of an audience, only the change by which it did is told.
func (n *news) body(a *audience) ([]byte, error) {
	if n.found.Reset {
		return event("reset", struct{}{})
	}
	tell := make([]byte, 0, len(n.found.Cases)+len(n.found.Layers))
	for _, x := range n.found.Cases {
		tell = append(tell, tellCase(x, a.viewer))
	}
	for _, x := range n.found.Layers {
		tell = append(tell, tellLayerChange(x, a.layers))
	}
	body, ok := n.bodies[string(tell)]
	if ok {
		return body, nil
	}
	for i, t := range tell {
		form, err := n.form(newsForm{i, t})
		if err != nil {
			return nil, err
		}
		if body != nil && form != nil {
			body = append(body, '\n')
		}
		body = append(body, form...)
	}
	n.bodies[string(tell)] = body
	return body, nil
}

func tellCase(x lintu.LiveCase, v *lintu.Viewer) byte {
	switch x.Now.Sight(v) {
	case lintu.Whole:
		return tellWhole
	case lintu.Outline:
		return tellOutline
	}
	if x.Was != nil && x.Was.Sight(v) != lintu.Nothing {
		return tellGone
	}
	return tellNothing
}

func tellLayerChange(x lintu.LayerChange, shown map[lintu.Layer]bool) byte {
	all, ok := shown[x.Layer]
	switch {
	case !ok:
		return tellNothing
	case all && x.BBox != nil:
		return tellPlace
	}
	return tellLayer
}

func (n *news) form(f newsForm) (form []byte, err error) {
	if form, ok := n.forms[f]; ok {
		return form, nil
	}
	cases := n.found.Cases
	switch f.tell {
	case tellWhole:
		form, err = event("case", cases[f.i].Pin())
	case tellOutline:
		form, err = event("case", cases[f.i].Pin().Outline())
	case tellGone:
		form, err = event("gone", struct {
			ID  lintu.ID `json:"id"`
			Seq int      `json:"seq"`
		}{cases[f.i].Now.ID, cases[f.i].Now.Seq})
	case tellPlace:
		form, err = event("layer", n.found.Layers[f.i-len(cases)])
	case tellLayer:
		form, err = event("layer", lintu.LayerChange{Layer: n.found.Layers[f.i-len(cases)].Layer})
	}
	n.forms[f] = form
	return form, err
}

// event is one of Server-Sent Events without the blank line at its end.
func event(name string, data any) ([]byte, error) {
	text, err := json.Marshal(data)
	if err != nil {
		return nil, err
	}
	return append(append([]byte("event: "+name+"\ndata: "), text...), '\n'), nil
}
