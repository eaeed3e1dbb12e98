package importer

import (
	"regexp"
	"strings"
	"unicode"
)

// personalNumber finds what a name of a file or sheet must not show: a mobile or
// an identity number.
var personalNumber = regexp.MustCompile(`[0-9Xx]*[0-9](?:[- ][0-9]{4}){0,2}[0-9Xx]*`)

// discreetNumbers hides numbers of telephones and of people in a name.
func discreetNumbers(name string) string {
	return personalNumber.ReplaceAllStringFunc(name, func(n string) string {
		if holdsMobile(n) || holdsCitizenNumber(n) {
			return "***"
		}
		return n
	})
}

// discreet also hides runs of Chinese characters that read like a person's name.
// It is for names of tables, of sheets and of files, which people give and which
// reports, lists and logs show.
func discreet(name string) string {
	name = discreetNumbers(name)
	var out strings.Builder
	run := []rune{}
	end := func() {
		if s := string(run); readsLikePerson(s) && !knownHeading(s) {
			out.WriteString("***")
		} else {
			out.WriteString(s)
		}
		run = run[:0]
	}
	for _, r := range name {
		if unicode.Is(unicode.Han, r) {
			run = append(run, r)
			continue
		}
		end()
		out.WriteRune(r)
	}
	end()
	return out.String()
}

// valuePersonal reports whether one value looks like a person's data. people says
// that it can be a name.
func valuePersonal(v string, people bool) bool {
	return holdsMobile(v) || holdsCitizenNumber(v) || people && readsLikePerson(v)
}

// presentable is a value as a finding may show it.
func presentable(v string, people bool) string {
	if valuePersonal(v, people) {
		return "***"
	}
	return clip(v, sampleMaxRunes)
}
