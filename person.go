package lintu

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"
)

// Person is the personal data of a household (its householder) or of a neighbor
// head. It is stored encrypted, apart from the map, and reaches nothing else.
type Person struct {
	Name    string   `json:"name,omitempty"`
	Phone   string   `json:"phone,omitempty"`
	Members int      `json:"members,omitempty"` // of the household, 0 if unknown
	Needs   []string `json:"needs,omitempty"`   // such as 独居老人; as the file says it
	Note    string   `json:"note,omitempty"`
}

// IsZero reports whether nothing is known.
func (p Person) IsZero() bool {
	return p.Name == "" && p.Phone == "" && p.Members == 0 && len(p.Needs) == 0 && p.Note == ""
}

// Masked is what is shown before anybody has stated a purpose: 张**, 138****1234,
// and that there are needs and a note, not which.
type Masked struct {
	Name    string `json:"name,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Members int    `json:"members,omitempty"`
	Needs   int    `json:"needs"` // how many
	Note    bool   `json:"note"`
}

// Masked hides what identifies a person.
func (p Person) Masked() Masked {
	return Masked{Name: MaskName(p.Name), Phone: MaskPhone(p.Phone), Members: p.Members, Needs: len(p.Needs), Note: p.Note != ""}
}

// MaskName keeps the first character: 张三丰 is 张**.
func MaskName(name string) string {
	name = strings.TrimSpace(name)
	first, size := utf8.DecodeRuneInString(name)
	if size == 0 {
		return ""
	}
	return string(first) + "**"
}

// MaskPhone keeps three digits before and four behind of a mobile number, and of
// anything else at most the last two characters.
func MaskPhone(phone string) string {
	digits := PlainPhone(phone)
	switch n := len(digits); {
	case n == 0:
		return ""
	case n == 11 && digits[0] == '1':
		return digits[:3] + "****" + digits[7:]
	case n > 4:
		return "****" + digits[n-2:]
	}
	return "****"
}

// PlainPhone reduces a number to its digits, without the country's 86 before a
// mobile number: equal numbers are found however they were written.
func PlainPhone(phone string) string {
	digits := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		}
		return -1
	}, phone)
	if len(digits) == 13 && strings.HasPrefix(digits, "861") {
		digits = digits[2:]
	}
	return digits
}

// PlainName reduces a name to what is compared: without blanks.
func PlainName(name string) string { return strings.Join(strings.Fields(name), "") }

// Purpose says why somebody reads personal data in full.
type Purpose string

// PurposeInfo declares a purpose.
type PurposeInfo struct {
	Purpose Purpose `json:"purpose"`
	Title   Text    `json:"title"`
}

// Purposes declares every purpose, in the order in which they are offered.
var Purposes = []PurposeInfo{
	{"case", Text{"办理诉求", "handling a case"}},
	{"visit", Text{"入户走访", "visiting the household"}},
	{"emergency", Text{"紧急情况", "an emergency"}},
	{"care", Text{"关爱帮扶", "care for those in need"}},
	{"correction", Text{"核对信息", "checking the record"}},
}

// MaskedPerson is a person found, or looked at.
type MaskedPerson struct {
	Layer  Layer     `json:"layer"`
	ID     string    `json:"id"` // of the household or head
	Code   string    `json:"code"`
	Title  string    `json:"title"` // its address or post
	Person Masked    `json:"person"`
	Since  time.Time `json:"since"`
}

// Unmasking asks for one person in full.
type Unmasking struct {
	Layer   LayerInfo
	ID      ID
	Purpose Purpose
	Why     string // in the reader's own words, up to 200 characters; may be empty but for the purpose "case"
}

// Unmasked is the answer.
type Unmasked struct {
	Person Person `json:"person"`
	Left   int    `json:"left"` // how many more today
}

// Persons gives out personal data. What is outside the viewer's territory, or
// unknown, is CodeNotFound in the same words. Looks and searches are counted by
// account and day; too many are CodeThrottled and raise an alert.
type Persons interface {
	// Person is what is shown by default. It is CodeNotFound where nothing is known.
	Person(ctx context.Context, v *Viewer, layer LayerInfo, id ID) (*MaskedPerson, error)
	// Unmask writes the audit in the transaction that reads. Over the day's quota
	// it is CodeThrottled and raises an alert.
	Unmask(ctx context.Context, v *Viewer, u Unmasking) (*Unmasked, error)
	// FindPersons finds by exact name, exact phone, or both; at most 50. The audit
	// says that it was asked and whom it showed, not for what.
	FindPersons(ctx context.Context, v *Viewer, name, phone string) ([]MaskedPerson, error)
}

// KeyWrapper guards the tenants' data keys under a master key that the database
// never sees.
type KeyWrapper interface {
	// KeyID names the master key that Wrap uses now.
	KeyID() string
	Wrap(ctx context.Context, tenant int32, key []byte) ([]byte, error)
	// Unwrap undoes Wrap under the master key of that id.
	Unwrap(ctx context.Context, tenant int32, keyID string, wrapped []byte) ([]byte, error)
}
