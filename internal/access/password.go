package access

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"pingzhang/internal/fault"
)

// The cost of a password hash: 19 MiB, two passes, one lane, which OWASP names
// as the least for argon2id. A hash carries its own cost, so that a later one
// can be dearer.
const (
	argonMemoryKiB = 19 * 1024
	argonPasses    = 2
	argonLanes     = 1
)

// hashPassword returns the argon2id hash of a password in the PHC form.
func hashPassword(password string) string {
	salt := make([]byte, 16)
	rand.Read(salt)
	key := argon2.IDKey([]byte(password), salt, argonPasses, argonMemoryKiB, argonLanes, 32)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemoryKiB, argonPasses, argonLanes,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
}

// nobody is the hash that is checked when there is no such account, so that it
// takes as long.
var nobody = hashPassword("nobody has this password")

// checkPassword reports whether password has the hash, in a time that does not
// depend on how much of it is right.
func checkPassword(hash, password string) bool {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	var version int
	var memory, passes uint32
	var lanes uint8
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &lanes); err != nil || memory > 1<<20 || passes > 16 || lanes == 0 {
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(want) == 0 {
		return false
	}
	got := argon2.IDKey([]byte(password), salt, passes, memory, lanes, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1
}

// Policy is what a bureau decides about passwords and sign-in. Times are in
// the unit that the name says.
type Policy struct {
	MinLength    int // characters
	MinClasses   int // of lower case, upper case, digits, others
	MaxAgeDays   int // 0: never
	Remember     int // how many old passwords may not come back
	FailuresLock int // failures until the lock
	LockMinutes  int // of the first lock; each further one doubles, to a day at most
	IdleMinutes  int
	SessionHours int
	TokenMaxDays int
}

// DefaultPolicy is that of 等保 level 3 as commonly read.
var DefaultPolicy = Policy{MinLength: 10, MinClasses: 3, MaxAgeDays: 90, Remember: 5, FailuresLock: 5, LockMinutes: 15, IdleMinutes: 30, SessionHours: 10, TokenMaxDays: 366}

// weakWords are pieces that make a password easy to guess, in lower case. The
// words of the platform and of its users' trade stand beside the usual ones.
var weakWords = []string{
	"password", "passw0rd", "admin", "qwerty", "asdf", "zxcv", "1234", "4321", "1111", "0000", "8888", "6666", "abcd", "abc123", "iloveyou", "letmein", "welcome",
	"pingzhang", "huanbao", "shengtai", "huanjing", "heihe", "hjj", "sthjj", "5201314", "woaini",
}

// Check returns fault.Invalid with a sentence when the policy does not allow
// password for an account named login and name.
func (p Policy) Check(password, login, name string) error {
	if n := utf8.RuneCountInString(password); n < p.MinLength || n > 128 {
		return fault.New(fault.Invalid, "密码应为 %d 至 128 个字符", p.MinLength)
	}
	var lower, upper, digit, others bool
	for _, r := range password {
		switch {
		case unicode.IsLower(r):
			lower = true
		case unicode.IsUpper(r):
			upper = true
		case unicode.IsDigit(r):
			digit = true
		default:
			others = true
		}
	}
	classes := 0
	for _, have := range []bool{lower, upper, digit, others} {
		if have {
			classes++
		}
	}
	if classes < p.MinClasses {
		return fault.New(fault.Invalid, "密码应至少含小写字母、大写字母、数字、其他符号中的 %d 类", p.MinClasses)
	}
	low := strings.ToLower(password)
	if len(login) > 2 && strings.Contains(low, strings.ToLower(login)) || len(name) > 3 && strings.Contains(password, name) {
		return fault.New(fault.Invalid, "密码不能包含账号或姓名")
	}
	for _, w := range weakWords {
		if strings.Contains(low, w) {
			return fault.New(fault.Invalid, "密码含有容易猜到的“%s”，请换一个", w)
		}
	}
	return nil
}

// Text says the policy in one sentence for the form.
func (p Policy) Text() string {
	s := fmt.Sprintf("%d 个字符以上，至少含大小写字母、数字、符号中的 %d 类，不含账号、姓名和常见弱口令", p.MinLength, p.MinClasses)
	if p.Remember > 0 {
		s += fmt.Sprintf("，不能与最近 %d 次相同", p.Remember)
	}
	if p.MaxAgeDays > 0 {
		s += fmt.Sprintf("，每 %d 天更换", p.MaxAgeDays)
	}
	return s
}

// oneTime returns a random password that every policy allows. Characters that
// are easily taken for one another are left out.
func oneTime() string {
	sets := []string{"abcdefghjkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "-+=@#"}
	b := make([]byte, 16)
	for i := range b {
		set := sets[i%len(sets)]
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(set))))
		if err != nil {
			panic(err) // the system has no randomness; nothing may go on
		}
		b[i] = set[n.Int64()]
	}
	return string(b)
}
