package sql_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

func TestPasswordRules(t *testing.T) {
	t.Parallel()
	names := []string{"wangli", "lintu", "邻图", "集里街道", "Jili Street"}
	for password, ok := range map[string]bool{
		good:                    true,
		"correct horse battery": true,
		"x7#Kq!m2$Vw9":          true,
		"不相干的几个词放在一起就很好":                            true,
		"春天 2026 我们去浏阳河边钓鱼":                         true,
		strings.Repeat("ab3x!", 25):                 false, // a unit repeated
		"elevenchars":                               false,
		strings.Repeat("词", 11):                     false,
		good + strings.Repeat(" river and lake", 8): false, // more than 128
		"aaaaaaaaaaaa":                              false,
		"            ":                              false,
		"abcabcabcabc":                              false,
		"123456789012":                              false,
		"987654321098":                              false,
		"abcdefghijkl":                              false,
		"qwertyuiopas":                              false,
		"Qwertyuiop123!":                            false,
		"password1234":                              false,
		"P@ssw0rd2026!!":                            false,
		"Admin@123456":                              false,
		"woaini5201314":                             false,
		"my WangLi password":                        false,
		"wang-li is my name":                        false,
		"we love LINTU so much":                     false,
		"我的邻图我的邻图密码本子":                              false,
		"on Jili Street at night":                   false,
		"集里街道真好我喜欢住在这":                              false,
		"ｗａｎｇｌｉ over the river":                     false, // full width
		"bad utf-8 \xff in here":                    false,
	} {
		err := sql.CheckPassword(password, names...)
		if (err == nil) != ok || err != nil && lintu.CodeOf(err) != lintu.CodeInvalid {
			t.Errorf("%q: %v, want accepted %v", password, err, ok)
		}
		if err != nil && strings.Contains(lintu.AsError(err).Text.EN, password) {
			t.Errorf("%q is in its refusal", password)
		}
	}
}

func TestNewPassword(t *testing.T) {
	t.Parallel()
	shape := regexp.MustCompile(`^[2-9a-hjkmnp-z]{5}(-[2-9a-hjkmnp-z]{5}){3}$`)
	seen, letters := map[string]bool{}, map[rune]int{}
	for range 2000 {
		p := sql.NewPassword("wang")
		if !shape.MatchString(p) || seen[p] || sql.CheckPassword(p, "wang") != nil {
			t.Fatalf("%q", p)
		}
		seen[p] = true
		for _, r := range p {
			letters[r]++
		}
	}
	for r, n := range letters { // 40,000 letters of 31: 1290 each, give or take 6 deviations
		if r != '-' && (n < 1080 || n > 1500) {
			t.Errorf("%c occurs %d times", r, n)
		}
	}
	if len(letters) != 32 {
		t.Errorf("%d different characters", len(letters))
	}
}

// A password can be typed however the keyboard puts its characters together, and
// one stored at a lower cost is stored anew when it is used.
func TestPasswordHashes(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.account("wang")
	must(t, d.SetPassword(t.Context(), d.tenant, "wang", "café on the river bank", everywhere))
	d.enter("wang", "cafe\u0301 on the river bank", office)
	stored := func() string { return d.strings(`SELECT password_hash FROM account`)[0] }
	if !strings.HasPrefix(stored(), "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("stored as %s", stored())
	}
	mustExec(t, d.DB, `UPDATE account SET password_hash = $1`, sql.CheapHash(good))
	d.fail("wang", "wrong", office)
	if !strings.HasPrefix(stored(), "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Error("a wrong password changed what is stored")
	}
	d.enter("wang", good, office)
	if !strings.HasPrefix(stored(), "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("after signing in stored as %s", stored())
	}
	d.enter("wang", good, office)
	mustExec(t, d.DB, `UPDATE account SET password_hash = '$argon2id$nonsense'`)
	if e := d.fail("wang", good, office); e.Code != lintu.CodeInternal {
		t.Errorf("with a hash that cannot be read: %v", e)
	}
}
