package geo

import "fmt"

// Text is a sentence for a person in Chinese and English. Its fields are those
// of lintu.Text, so that one converts to the other.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// String returns the English sentence.
func (t Text) String() string { return t.EN }

func say(zh, en string, args ...any) Text {
	if len(args) == 0 {
		return Text{zh, en}
	}
	return Text{fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...)}
}

// Error says what is wrong with something that a person gave: a CRS, a code, a
// geometry. It is always the giver's mistake, never the machine's.
type Error struct{ Text Text }

// Error returns the English sentence.
func (e *Error) Error() string { return e.Text.EN }

func errorf(zh, en string, args ...any) *Error { return &Error{say(zh, en, args...)} }

// clip shortens what a person or a file says, for use in a sentence.
func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
