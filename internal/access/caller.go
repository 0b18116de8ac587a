package access

import (
	"slices"

	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
)

// Permission is one thing an account may be allowed to do, written noun.verb,
// as in "matter.move". Roles, which are data of the catalog, grant them.
type Permission string

// Caller is who asks: an account with its roles' permissions and its scope. The
// zero Caller may do nothing and sees nothing.
type Caller struct {
	Account int64  // id of the account; 0 for the platform itself
	Login   string // sign-in name, as it stands in the journal
	Name    string // name of the person
	Office  string // code of the office, as in catalog/offices
	Roles   []string
	Scope   Scope
	Via     string // "web", "api" or "system"

	may map[Permission]bool
}

// Grant returns c with permissions added.
func (c Caller) Grant(perms ...Permission) Caller {
	may := make(map[Permission]bool, len(c.may)+len(perms))
	for p := range c.may {
		may[p] = true
	}
	for _, p := range perms {
		may[p] = true
	}
	c.may = may
	return c
}

// May reports whether c has permission p.
func (c Caller) May(p Permission) bool { return c.may[p] }

// Must returns fault.Denied when c does not have permission p.
func (c Caller) Must(p Permission) error {
	if c.may[p] {
		return nil
	}
	return fault.New(fault.Denied, "您的账号没有进行此操作的权限；如工作需要，请向安全管理员申请")
}

// HasRole reports whether c has role.
func (c Caller) HasRole(role string) bool {
	for _, r := range c.Roles {
		if r == role {
			return true
		}
	}
	return false
}

// Platform is the caller of the platform's own work: it sees everything and
// may do what perms say.
func Platform(perms ...Permission) Caller {
	return Caller{Login: "system", Name: "系统", Scope: System, Via: "system"}.Grant(perms...)
}

// Entry returns the journal entry of something that c did.
func (c Caller) Entry(act, object string, detail any) journal.Entry {
	return journal.Entry{By: c.Login, Via: c.Via, Act: act, Object: object, Detail: detail}
}

// Permissions returns what c may do, sorted.
func (c Caller) Permissions() []Permission {
	var all []Permission
	for p := range c.may {
		all = append(all, p)
	}
	slices.Sort(all)
	return all
}
