package access

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of accounts, sessions and tokens.
var Migrations = sqldb.Migrations{Set: "access", Files: sub(migrations)}

func sub(files embed.FS) fs.FS {
	dir, err := fs.Sub(files, "migrations")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return dir
}

// Store keeps accounts, sessions and tokens.
type Store struct {
	Roles  *Roles
	Places *Places
	db     *sqldb.DB
}

// New returns a store in db, which holds Migrations.
func New(db *sqldb.DB, roles *Roles, places *Places) *Store {
	return &Store{Roles: roles, Places: places, db: db}
}

// Account is somebody who may sign in.
type Account struct {
	ID         int64
	Login      string
	Name       string
	Office     string   // code; empty for an enterprise account
	Division   Division // of the office
	Enterprise int64    // entry id; 0 unless an enterprise account
	Phone      string
	Active     bool
	MustChange bool // the password, at the next sign-in
	Roles      []string
	PasswordAt time.Time
	CreatedAt  time.Time
	LastAt     time.Time // last sign-in
	Version    int64
}

type accountRow struct {
	ID         int64  `db:"id"`
	Login      string `db:"login"`
	Name       string `db:"name"`
	Office     string `db:"office"`
	Division   string `db:"division"`
	Enterprise int64  `db:"enterprise"`
	Phone      string `db:"phone"`
	State      string `db:"state"`
	Password   string `db:"password"`
	MustChange bool   `db:"must_change"`
	PasswordAt int64  `db:"password_at"`
	CreatedAt  int64  `db:"created_at"`
	LastAt     int64  `db:"last_at"`
	Version    int64  `db:"version"`
}

const accountColumns = `a.id, a.login, a.name, a.office, a.division, a.enterprise, a.phone, a.state, a.password, a.must_change,
	a.password_at, a.created_at, a.last_at, a.version`

func (r accountRow) account(roles []string) Account {
	a := Account{
		ID: r.ID, Login: r.Login, Name: r.Name, Office: r.Office, Division: Division(r.Division), Enterprise: r.Enterprise, Phone: r.Phone,
		Active: r.State == "active", MustChange: r.MustChange, Roles: roles, Version: r.Version,
		PasswordAt: clock.Unix(r.PasswordAt), CreatedAt: clock.Unix(r.CreatedAt),
	}
	if r.LastAt != 0 {
		a.LastAt = clock.Unix(r.LastAt)
	}
	return a
}

func (s *Store) roles(ctx context.Context, q sqldb.Querier, account int64) ([]string, error) {
	type row struct {
		Role string `db:"role"`
	}
	rows, err := sqldb.All[row](ctx, q, `SELECT role FROM account_roles WHERE account = $1 ORDER BY role`, account)
	var all []string
	for _, r := range rows {
		all = append(all, r.Role)
	}
	return all, err
}

func (s *Store) load(ctx context.Context, q sqldb.Querier, column string, value any) (accountRow, []string, error) {
	r, err := sqldb.One[accountRow](ctx, q, "没有这个账号", `
		SELECT `+accountColumns+`
		  FROM accounts a
		 WHERE a.`+column+` = $1`, value)
	if err != nil {
		return r, nil, err
	}
	roles, err := s.roles(ctx, q, r.ID)
	return r, roles, err
}

// caller returns a as a Caller that comes in via.
func (s *Store) caller(a Account, via string) Caller {
	c := Caller{Account: a.ID, Login: a.Login, Name: a.Name, Office: a.Office, Roles: a.Roles, Via: via}
	switch {
	case len(a.Roles) == 0:
	case a.Enterprise != 0:
		c.Scope = Scope{Enterprise: a.Enterprise}
	case !s.business(a.Roles):
	default:
		c.Scope = Scope{Divisions: []Division{a.Division}}
	}
	return c.Grant(s.Roles.Permissions(a.Roles)...)
}

// business reports whether roles let their holder see business data at all. The
// administrators' do not.
func (s *Store) business(roles []string) bool {
	return slices.ContainsFunc(roles, func(code string) bool {
		r, _ := s.Roles.Role(code)
		return r.Group == "business"
	})
}

// CallerOf returns the caller of an account as it is now.
//
// The error is fault.Denied when the account is disabled or gone.
func (s *Store) CallerOf(ctx context.Context, account int64, via string) (_ Caller, _ Account, err error) {
	defer fault.Wrap(&err, "access.CallerOf(%d)", account)
	r, roles, err := s.load(ctx, s.db, "id", account)
	if fault.Is(err, fault.NotFound) || (err == nil && r.State != "active") {
		return Caller{}, Account{}, fault.New(fault.Denied, "账号已停用，请联系系统管理员")
	}
	if err != nil {
		return Caller{}, Account{}, err
	}
	a := r.account(roles)
	return s.caller(a, via), a, nil
}

// Accounts lists all accounts by login. The caller needs account.create or
// role.grant.
func (s *Store) Accounts(ctx context.Context, by Caller) (_ []Account, err error) {
	defer fault.Wrap(&err, "access.Accounts")
	if !by.May("account.create") {
		if err := by.Must("role.grant"); err != nil {
			return nil, err
		}
	}
	rows, err := sqldb.All[accountRow](ctx, s.db, `SELECT `+accountColumns+` FROM accounts a ORDER BY a.login`)
	if err != nil {
		return nil, err
	}
	all := make([]Account, len(rows))
	for i, r := range rows {
		roles, err := s.roles(ctx, s.db, r.ID)
		if err != nil {
			return nil, err
		}
		all[i] = r.account(roles)
	}
	return all, nil
}

// NewAccount is what is needed for an account.
type NewAccount struct {
	Login, Name, Phone string
	Office             string // code of an office, or
	Enterprise         int64  // entry id of an enterprise
}

// loginForm reports whether login has the form of one.
func loginForm(login string) bool {
	return len(login) >= 3 && len(login) <= 32 && strings.IndexFunc(login, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789-_.", r)
	}) < 0
}

func (n NewAccount) validate(p *Places) error {
	wrong := map[string]string{}
	if !loginForm(n.Login) || n.Login == noLogin || n.Login == "system" {
		wrong["login"] = "账号应为 3 至 32 位小写字母、数字、点、横线或下划线"
	}
	if strings.TrimSpace(n.Name) == "" {
		wrong["name"] = "请填写姓名"
	}
	_, known := p.Office(n.Office)
	switch {
	case n.Enterprise != 0 && n.Office != "":
		wrong["office"] = "排污单位账号不能同时属于市局单位"
	case n.Enterprise == 0 && !known:
		wrong["office"] = "请选择单位"
	}
	return fault.Fields(wrong)
}

// Create makes an account without roles and returns its one-time password,
// which must be changed at the first sign-in.
//
// The error is fault.Denied without account.create, fault.Conflict when the
// login is taken, fault.Invalid when a field is wrong.
func (s *Store) Create(ctx context.Context, by Caller, n NewAccount) (_ Account, password string, err error) {
	defer fault.Wrap(&err, "access.Create(%s)", n.Login)
	if err := by.Must("account.create"); err != nil {
		return Account{}, "", err
	}
	if err := n.validate(s.Places); err != nil {
		return Account{}, "", err
	}
	password = oneTime()
	var a Account
	err = s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		a, err = s.create(ctx, tx, by, n, password, true)
		return err
	})
	return a, password, err
}

func (s *Store) create(ctx context.Context, tx *sqldb.Tx, by Caller, n NewAccount, password string, mustChange bool) (Account, error) {
	office, _ := s.Places.Office(n.Office)
	r := accountRow{
		ID: sqldb.NewID(), Login: n.Login, Name: strings.TrimSpace(n.Name), Office: n.Office, Division: string(office.Division), Enterprise: n.Enterprise,
		Phone: n.Phone, State: "active", MustChange: mustChange, PasswordAt: tx.Now.Unix(), CreatedAt: tx.Now.Unix(), Version: 1,
	}
	_, taken, err := sqldb.Value[int64](ctx, tx, `SELECT id FROM accounts WHERE login = $1`, n.Login)
	if err != nil {
		return Account{}, err
	}
	if taken {
		return Account{}, fault.New(fault.Conflict, "账号 %s 已存在，请换一个", n.Login)
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO accounts (id, login, name, office, division, enterprise, phone, state, password, must_change, password_at, created_at, last_at, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 1)`,
		r.ID, r.Login, r.Name, r.Office, r.Division, r.Enterprise, r.Phone, r.State, hashPassword(password), r.MustChange, r.PasswordAt, r.CreatedAt)
	if err != nil {
		return Account{}, err
	}
	return r.account(nil), journal.Append(ctx, tx, by.Entry("account.create", object(r.ID), map[string]any{
		"login": r.Login, "name": r.Name, "office": r.Office, "enterprise": r.Enterprise,
	}))
}

func object(id int64) string { return fmt.Sprintf("account/%d", id) }

// change runs f on an account in a transaction with its journal entry.
func (s *Store) change(ctx context.Context, by Caller, need Permission, id int64, act string, detail any, f func(tx *sqldb.Tx, r accountRow) error) error {
	if err := by.Must(need); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		r, _, err := s.load(ctx, tx, "id", id)
		if err != nil {
			return err
		}
		if err := f(tx, r); err != nil {
			return err
		}
		return journal.Append(ctx, tx, by.Entry(act, object(id), detail))
	})
}

// SetActive disables or enables an account. Its sessions and tokens end with it.
func (s *Store) SetActive(ctx context.Context, by Caller, id int64, active bool) (err error) {
	defer fault.Wrap(&err, "access.SetActive(%d, %t)", id, active)
	state := "disabled"
	if active {
		state = "active"
	}
	if id == by.Account {
		return fault.New(fault.Invalid, "不能停用自己的账号")
	}
	return s.change(ctx, by, "account.create", id, "account."+map[bool]string{true: "enable", false: "disable"}[active], nil, func(tx *sqldb.Tx, r accountRow) error {
		return tx.ExecOne(ctx, `UPDATE accounts SET state = $1, version = version + 1 WHERE id = $2`, state, id)
	})
}

// Reset gives an account a new one-time password.
//
// The error is fault.Denied for the account of an administrator: who could reset
// it could act as it, and the three would be one. It is reset on the server.
func (s *Store) Reset(ctx context.Context, by Caller, id int64) (password string, err error) {
	defer fault.Wrap(&err, "access.Reset(%d)", id)
	password = oneTime()
	err = s.change(ctx, by, "account.create", id, "account.reset", nil, func(tx *sqldb.Tx, r accountRow) error {
		if by.Account != 0 {
			_, roles, err := s.load(ctx, tx, "id", id)
			if err != nil {
				return err
			}
			if s.Roles.separated(roles) {
				return fault.New(fault.Denied, "三员账号互相独立，不能在此重置密码；遗忘时请在服务器上运行 pingzhang account reset")
			}
		}
		return s.setPassword(ctx, tx, r, password, true)
	})
	return password, err
}

// Grant gives an account exactly the roles named.
//
// The error is fault.Denied without role.grant or for the caller's own account,
// fault.Invalid when the roles may not be held together.
func (s *Store) Grant(ctx context.Context, by Caller, id int64, roles []string) (err error) {
	defer fault.Wrap(&err, "access.Grant(%d, %v)", id, roles)
	if id == by.Account {
		return fault.New(fault.Denied, "不能给自己授予角色")
	}
	slices.Sort(roles)
	roles = slices.Compact(roles)
	return s.change(ctx, by, "role.grant", id, "role.grant", map[string]any{"roles": roles}, func(tx *sqldb.Tx, r accountRow) error {
		if err := s.Roles.check(roles, r.Enterprise != 0); err != nil {
			return err
		}
		return s.setRoles(ctx, tx, by, id, roles)
	})
}

// grantFirst gives a new account its roles, with the journal entry of a grant.
func (s *Store) grantFirst(ctx context.Context, tx *sqldb.Tx, by Caller, id int64, roles []string) error {
	if err := s.setRoles(ctx, tx, by, id, roles); err != nil {
		return err
	}
	return journal.Append(ctx, tx, by.Entry("role.grant", object(id), map[string]any{"roles": roles}))
}

func (s *Store) setRoles(ctx context.Context, tx *sqldb.Tx, by Caller, id int64, roles []string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM account_roles WHERE account = $1`, id); err != nil {
		return err
	}
	for _, role := range roles {
		if _, err := tx.Exec(ctx, `
			INSERT INTO account_roles (account, role, granted_by, granted_at)
			VALUES ($1, $2, $3, $4)`, id, role, by.Login, tx.Now.Unix()); err != nil {
			return err
		}
	}
	return nil
}

// Bootstrap makes the three administrators when there is no account yet, and
// returns their logins and one-time passwords; nil when there are accounts.
func (s *Store) Bootstrap(ctx context.Context) (passwords map[string]string, err error) {
	defer fault.Wrap(&err, "access.Bootstrap")
	by := Platform("account.create", "role.grant")
	err = s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		n, _, err := sqldb.Value[int64](ctx, tx, `SELECT COUNT(*) FROM accounts`)
		if err != nil || n > 0 {
			return err
		}
		passwords = map[string]string{}
		office := s.Places.offices[0].Code
		for _, admin := range []struct{ login, name, role string }{
			{"sysadmin", "系统管理员", "sys_admin"}, {"secadmin", "安全管理员", "sec_admin"}, {"auditor", "审计管理员", "audit_admin"},
		} {
			password := oneTime()
			a, err := s.create(ctx, tx, by, NewAccount{Login: admin.login, Name: admin.name, Office: office}, password, true)
			if err != nil {
				return err
			}
			if err := s.grantFirst(ctx, tx, by, a.ID, []string{admin.role}); err != nil {
				return err
			}
			passwords[admin.login] = password
		}
		return nil
	})
	return passwords, err
}

// Provide makes an account with roles and a given password, for the
// demonstration. An account of that login is left as it is.
func (s *Store) Provide(ctx context.Context, n NewAccount, roles []string, password string) (err error) {
	defer fault.Wrap(&err, "access.Provide(%s)", n.Login)
	by := Platform("account.create", "role.grant")
	if err := n.validate(s.Places); err != nil {
		return err
	}
	if err := s.Roles.check(roles, n.Enterprise != 0); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		_, taken, err := sqldb.Value[int64](ctx, tx, `SELECT id FROM accounts WHERE login = $1`, n.Login)
		if err != nil || taken {
			return err
		}
		a, err := s.create(ctx, tx, by, n, password, false)
		if err != nil {
			return err
		}
		return s.grantFirst(ctx, tx, by, a.ID, roles)
	})
}

// CallerByLogin returns the caller of the account of that login, for the tools
// of the command line, which work on the data folder itself.
//
// The error is fault.NotFound when there is no such account, fault.Denied when
// it is disabled.
func (s *Store) CallerByLogin(ctx context.Context, login, via string) (_ Caller, err error) {
	defer fault.Wrap(&err, "access.CallerByLogin(%s)", login)
	r, _, err := s.load(ctx, s.db, "login", login)
	if err != nil {
		return Caller{}, err
	}
	c, _, err := s.CallerOf(ctx, r.ID, via)
	return c, err
}
