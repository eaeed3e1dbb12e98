package sql

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/lintu-map/lintu"
)

const (
	passwordMin   = 12 // characters
	passwordMax   = 128
	passwordBytes = 4096 // before characters that are put together are counted as one
)

// commonWords are what guessed passwords are made of. This is no list of
// passwords known from breaches.
//
//go:embed password_common.txt
var commonWords string

// checkPassword refuses a password that is guessed early. names are what it
// must not contain: the login, the product's and the place's name.
func checkPassword(password string, names ...string) error {
	if !utf8.ValidString(password) {
		return lintu.Errorf(lintu.CodeInvalid, "密码不是有效的文字（UTF-8）。", "The password is not valid text (UTF-8).")
	}
	n := utf8.RuneCountInString(norm.NFKC.String(password[:min(len(password), passwordBytes+1)]))
	if n < passwordMin || n > passwordMax || len(password) > passwordBytes {
		return lintu.Errorf(lintu.CodeInvalid, "密码应为 %d 到 %d 个字符，任何字符都可以；例如几个不相干的词。",
			"A password has %d to %d characters of any kind; a few words that have nothing to do with each other will do.", passwordMin, passwordMax)
	}
	plain := plainOf(password)
	for _, name := range names {
		if name = plainOf(name); len(name) >= 3 && strings.Contains(plain, name) {
			return lintu.Errorf(lintu.CodeInvalid, "密码不能包含登录名、本系统或本地的名称。",
				"A password must not contain the login, the name of this system or of the place.")
		}
	}
	if repeats([]rune(strings.ToLower(password))) || runs([]rune(strings.ToLower(password))) || common(password) {
		return lintu.Errorf(lintu.CodeInvalid, "这个密码太容易猜到：重复、连续或常见的字符不算长度。请换一个，例如几个不相干的词。",
			"This password is guessed too easily: repetitions, sequences and common words do not count. Please take another, such as a few words that have nothing to do with each other.")
	}
	return nil
}

// plainOf keeps letters and digits, in lower case.
func plainOf(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKC.String(s))
}

// repeats reports whether one unit three times or more is all there is:
// aaaaaaaaaaaa, abcdabcdabcd.
func repeats(s []rune) bool {
	for unit := 1; unit <= len(s)/3; unit++ {
		same := true
		for i := unit; i < len(s) && same; i++ {
			same = s[i] == s[i-unit]
		}
		if same {
			return true
		}
	}
	return false
}

// keyboard has the rows of a keyboard.
var keyboard = []string{"1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"}

// runs reports whether three in four characters follow from the one before: the
// same, or its neighbour in the alphabet, among the digits or on the keyboard.
func runs(s []rune) bool {
	next := 0
	for i := 1; i < len(s); i++ {
		if beside(s[i-1], s[i]) {
			next++
		}
	}
	return 4*next >= 3*(len(s)-1)
}

func beside(a, b rune) bool {
	if d := a - b; d >= -1 && d <= 1 {
		return true
	}
	for _, row := range keyboard {
		i, j := strings.IndexRune(row, a), strings.IndexRune(row, b)
		if i >= 0 && j >= 0 && (i-j == 1 || j-i == 1) {
			return true
		}
	}
	return false
}

// unleet undoes the usual disguises of letters.
var unleet = strings.NewReplacer("0", "o", "3", "e", "4", "a", "@", "a", "5", "s", "$", "s", "7", "t", "1", "i", "!", "i")

// common reports whether fewer than six letters or digits are left without the
// common words, disguised or not: Password123!, P@ssw0rd2026.
func common(password string) bool {
	left := strings.ToLower(norm.NFKC.String(password))
	for _, disguise := range []*strings.Replacer{strings.NewReplacer(), unleet} {
		left = disguise.Replace(left)
		for _, word := range strings.Fields(commonWords) {
			left = strings.ReplaceAll(left, word, " ")
		}
	}
	return utf8.RuneCountInString(plainOf(left)) < 6
}
