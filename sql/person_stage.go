package sql

import (
	"context"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// Persons are sealed while their rows are encoded, so that nothing readable is
// ever sent to the database: not to its temporary tables, log or memory.

// personColumns are what a sealed person takes in a stage.
var personColumns = [...]string{"sealed", "name_hmac", "phone_hmac"}

// latePerson is a person that came after thousands of rows without one, when the
// rows already went straight into the layer.
type latePerson struct {
	number int64
	code   string
	sealedPerson
}

// personal reports whether the table that is copied into has columns for persons.
func (c *copyReader) personal() bool { return len(c.layer.Personal) > 0 && !c.late }

// appendPerson seals what a row says of a person.
func (c *copyReader) appendPerson(b []byte, r *lintu.Row) ([]byte, error) {
	var s sealedPerson
	if r.Person != nil && !r.Person.IsZero() {
		if len(c.layer.Personal) == 0 {
			return nil, errRow(r.Number, "该图层不存个人信息。", "its layer takes no personal data.")
		}
		if c.key == nil {
			return nil, errNoKeys
		}
		c.got.person.add(*r.Person)
		var err error
		if s, err = c.key.seal(c.layer.Kind, r.Values[0], *r.Person); err != nil {
			return nil, err
		}
	}
	if !c.personal() {
		if s.sealed != nil {
			c.got.late = append(c.got.late, latePerson{r.Number, strings.Clone(r.Values[0]), s})
		}
		return b, nil
	}
	for _, v := range [len(personColumns)][]byte{s.sealed, s.name, s.phone} {
		if v == nil {
			b = binary.BigEndian.AppendUint32(b, 0xffffffff)
			continue
		}
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(v))), v...)
	}
	return b, nil
}

// stageLate makes a stage of the persons that came late.
func (b *batchTx) stageLate(ctx context.Context, s *stage) error {
	_, err := b.tx.Exec(ctx, `CREATE TEMP TABLE stage_person_late (number bigint, code text COLLATE "C", `+
		strings.Join(personColumns[:], " bytea, ")+` bytea) ON COMMIT DROP`)
	if err != nil {
		return err
	}
	_, err = b.tx.CopyFrom(ctx, pgx.Identifier{"stage_person_late"}, append([]string{"number", "code"}, personColumns[:]...),
		pgx.CopyFromSlice(len(s.got.late), func(i int) ([]any, error) {
			p := s.got.late[i]
			return []any{p.number, p.code, p.sealed, p.name, p.phone}, nil
		}))
	return err
}

// persons is the relation with the staged persons, by code.
func (s *stage) persons() string {
	if s.direct {
		return "stage_person_late"
	}
	return s.name
}

// onlyPersons reports whether the file brings personal data for codes, and nothing
// that belongs on the map.
func (s *stage) onlyPersons() bool {
	for i, f := range s.fields {
		if f.Name != "code" && s.got.has[i] {
			return false
		}
	}
	return s.got.person.any() && !s.got.hasGeom && !s.direct
}

// personFields says which parts of a person a file brings: what is empty in every
// row was not in the file, and what is known of it stays.
type personFields struct{ name, phone, members, needs, note bool }

func (f *personFields) add(p lintu.Person) {
	f.name = f.name || p.Name != ""
	f.phone = f.phone || p.Phone != ""
	f.members = f.members || p.Members != 0
	f.needs = f.needs || len(p.Needs) > 0
	f.note = f.note || p.Note != ""
}

func (f personFields) any() bool { return f != personFields{} }

// over is what is known of a person after the file has said its part.
func (f personFields) over(known, file lintu.Person) lintu.Person {
	if f.name {
		known.Name = file.Name
	}
	if f.phone {
		known.Phone = file.Phone
	}
	if f.members {
		known.Members = file.Members
	}
	if f.needs {
		known.Needs = file.Needs
	}
	if f.note {
		known.Note = file.Note
	}
	return known
}

func samePerson(a, b lintu.Person) bool {
	return a.Name == b.Name && a.Phone == b.Phone && a.Members == b.Members && slices.Equal(a.Needs, b.Needs) && a.Note == b.Note
}

func clonePerson(p *lintu.Person) *lintu.Person {
	if p == nil {
		return nil
	}
	c := *p
	c.Name, c.Phone, c.Note = strings.Clone(p.Name), strings.Clone(p.Phone), strings.Clone(p.Note)
	c.Needs = slices.Clone(p.Needs)
	for i, n := range c.Needs {
		c.Needs[i] = strings.Clone(n)
	}
	return &c
}
