package access

import (
	"fmt"
	"io/fs"
	"slices"

	"pingzhang/internal/fault"
	"pingzhang/internal/yamlfile"
)

// Role is a set of permissions with a name.
type Role struct {
	Code        string       `yaml:"code"`
	Name        string       `yaml:"name"`
	Group       string       `yaml:"group"`     // only roles of one group are held together
	Separated   bool         `yaml:"separated"` // of an administrator: nobody else gets at its account
	Note        string       `yaml:"note"`
	Permissions []Permission `yaml:"permissions"`
}

// Roles holds the roles of the catalog. It is read-only.
type Roles struct {
	all   []Role
	names map[Permission]string
}

// LoadRoles reads roles.yaml. A mistake is answered with file, line and what is
// allowed.
func LoadRoles(dir fs.FS) (*Roles, error) {
	var f struct {
		Roles       []Role                `yaml:"roles"`
		Permissions map[Permission]string `yaml:"permissions"`
	}
	at, err := yamlfile.Read(dir, "roles.yaml", &f)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for i, r := range f.Roles {
		path := fmt.Sprintf("roles.%d", i)
		switch {
		case r.Code == "" || r.Name == "" || r.Group == "":
			return nil, at.Errorf(path, "角色的 code、name 和 group 必须填写")
		case seen[r.Code]:
			return nil, at.Errorf(path+".code", "角色 %s 重复", r.Code)
		}
		seen[r.Code] = true
		for j, p := range r.Permissions {
			if f.Permissions[p] == "" {
				return nil, at.Errorf(fmt.Sprintf("%s.permissions.%d", path, j), "没有权限 %s；可用的权限列在本文件的 permissions 中", p)
			}
		}
	}
	return &Roles{f.Roles, f.Permissions}, nil
}

// All returns the roles in the order of the catalog.
func (r *Roles) All() []Role { return r.all }

// Role returns the role of a code.
func (r *Roles) Role(code string) (Role, bool) {
	for _, x := range r.all {
		if x.Code == code {
			return x, true
		}
	}
	return Role{}, false
}

// Name returns the Chinese name of a role; of one that is not known, its code.
func (r *Roles) Name(code string) string {
	if x, ok := r.Role(code); ok {
		return x.Name
	}
	return code
}

// PermissionName returns the Chinese name of a permission.
func (r *Roles) PermissionName(p Permission) string { return r.names[p] }

// Permissions returns what the roles together may do, in a fixed order.
func (r *Roles) Permissions(codes []string) []Permission {
	var all []Permission
	for _, c := range codes {
		x, _ := r.Role(c)
		for _, p := range x.Permissions {
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	slices.Sort(all)
	return all
}

// separated reports whether one of the roles is that of an administrator.
func (r *Roles) separated(codes []string) bool {
	return slices.ContainsFunc(codes, func(code string) bool {
		role, ok := r.Role(code)
		return ok && role.Separated
	})
}

// check refuses roles that are unknown or of different groups.
func (r *Roles) check(codes []string, enterprise bool) error {
	group := ""
	for _, c := range codes {
		x, ok := r.Role(c)
		if !ok {
			return fault.New(fault.Invalid, "没有角色 %s", c)
		}
		if group != "" && x.Group != group {
			return fault.New(fault.Invalid, "“%s”不能与其他类别的角色由同一人担任", x.Name)
		}
		group = x.Group
		if enterprise != (x.Group == "enterprise") {
			return fault.New(fault.Invalid, "“%s”不能授予这个账号：排污单位账号只能是排污单位角色，其他账号不能是", x.Name)
		}
	}
	return nil
}
