package lintu

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Text is a sentence for a person, in both languages of the house.
// Chinese is the first language; English is always complete.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// Say formats one sentence in both languages with the same arguments.
// Where the languages order the arguments differently, use explicit indexes: %[2]s.
func Say(zh, en string, args ...any) Text {
	if len(args) == 0 {
		return Text{ZH: zh, EN: en}
	}
	return Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}
}

// In returns the sentence in the language of the BCP 47 tag lang: English for
// "en…", Chinese for everything else.
func (t Text) In(lang string) string {
	if len(lang) >= 2 && (lang[:2] == "en" || lang[:2] == "EN") {
		return t.EN
	}
	return t.ZH
}

// IsZero reports whether the text is empty in both languages.
func (t Text) IsZero() bool { return t == Text{} }

// String returns the English sentence, for logs.
func (t Text) String() string { return t.EN }

// Cell is words as a cell of a CSV file: what a spreadsheet would take for a formula
// gets an apostrophe before it.
func Cell(words string) string {
	if first, size := utf8.DecodeRuneInString(words); size > 0 && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + words
	}
	return words
}
