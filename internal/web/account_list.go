package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
)

func (s *Server) accountRoutes() []route {
	return []route{
		{"GET /accounts", "account.create", s.accountList},
		{"POST /accounts", "account.create", s.accountCreate},
		{"POST /accounts/{id}/reset", "account.create", s.accountReset},
		{"POST /accounts/{id}/disable", "account.create", s.accountDisable},
		{"POST /accounts/{id}/enable", "account.create", s.accountEnable},
		{"GET /roles", "role.grant", s.accountList},
		{"GET /roles/{id}", "role.grant", s.accountList},
		{"POST /roles/{id}", "role.grant", s.roleGrant},
		{"GET /policy", "policy.edit", s.policyForm},
		{"POST /policy", "policy.edit", s.policySet},
		{"GET /tokens", "token.create", s.tokenList},
		{"POST /tokens", "token.create", s.tokenCreate},
		{"POST /tokens/{id}/revoke", "token.create", s.tokenRevoke},
	}
}

type accountRow struct {
	ID          int64
	Login, Name string
	Office      string
	Roles       []string
	State       stateView
	Active      bool
	Last        time.Time
}

type roleOption struct {
	Code, Name, Note string
	Chosen           bool
}

type accountForm struct{ Login, Name, Enterprise string }

type accountListView struct {
	shell
	Note, Secret, Problem string
	Fields                map[string]string
	Accounts              []accountRow
	CanCreate, CanGrant   bool
	Form                  accountForm
	Offices               []option
	Grant                 *accountRow
	Roles                 []roleOption
}

// accountList shows all accounts; to the system administrator with what he may
// do, to the security administrator with the roles to grant.
func (s *Server) accountList(w http.ResponseWriter, r *request) error {
	return s.accountPage(w, r, nil)
}

func (s *Server) accountPage(w http.ResponseWriter, r *request, problem error) error {
	all, err := s.cfg.Access.Accounts(r.Context(), r.Caller)
	if err != nil {
		return err
	}
	v := accountListView{
		shell: s.shell(r, "账号", "/accounts"), Note: "系统管理员建立和停用账号，安全管理员授予角色，两者由不同的人担任。",
		Secret:    s.sessions.PopString(r.Context(), sessionSecret),
		CanCreate: r.Caller.May("account.create"), CanGrant: r.Caller.May("role.grant"),
		Form: accountForm{r.text("login"), r.text("name"), r.text("enterprise")},
	}
	if v.CanGrant {
		v.Title, v.Active = "角色授权", "/roles"
	}
	for _, o := range s.cfg.Access.Places.Offices() {
		v.Offices = append(v.Offices, option{o.Code, o.Name, o.Code == r.text("office")})
	}
	chosen, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	for _, a := range all {
		row := s.accountRow(a)
		v.Accounts = append(v.Accounts, row)
		if a.ID == chosen && v.CanGrant {
			v.Grant = &row
			for _, role := range s.cfg.Access.Roles.All() {
				v.Roles = append(v.Roles, roleOption{role.Code, role.Name, role.Note, slices.Contains(a.Roles, role.Code)})
			}
		}
	}
	status := http.StatusOK
	if problem != nil {
		v.Problem, v.Fields, status = fault.Text(problem), fault.FieldsOf(problem), statusOf[fault.Of(problem)]
	}
	return s.renderStatus(w, r, status, "account_list", v)
}

func (s *Server) accountRow(a access.Account) accountRow {
	row := accountRow{ID: a.ID, Login: a.Login, Name: a.Name, Office: s.cfg.Access.Places.OfficeName(a.Office), Active: a.Active, Last: a.LastAt, State: stateView{"meets", "启用"}}
	if a.Enterprise != 0 {
		row.Office = "排污单位 " + strconv.FormatInt(a.Enterprise, 10)
	}
	if !a.Active {
		row.State = stateView{"offline", "停用"}
	}
	for _, code := range a.Roles {
		row.Roles = append(row.Roles, s.cfg.Access.Roles.Name(code))
	}
	return row
}

// accountCreate makes an account and shows its one-time password once.
func (s *Server) accountCreate(w http.ResponseWriter, r *request) error {
	_, password, err := s.cfg.Access.Create(r.Context(), r.Caller, access.NewAccount{
		Login: strings.ToLower(r.text("login")), Name: r.text("name"), Office: r.text("office"), Enterprise: r.int("enterprise"),
	})
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return s.accountPage(w, r, err)
	}
	if err != nil {
		return err
	}
	s.sessions.Put(r.Context(), sessionSecret, password)
	return seeOther(w, r, "/accounts", "账号已建立，请安全管理员授予角色")
}

// accountReset gives an account a new one-time password.
func (s *Server) accountReset(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	password, err := s.cfg.Access.Reset(r.Context(), r.Caller, id)
	if err != nil {
		return err
	}
	s.sessions.Put(r.Context(), sessionSecret, password)
	return seeOther(w, r, "/accounts", "密码已重置")
}

func (s *Server) accountDisable(w http.ResponseWriter, r *request) error {
	return s.accountActive(w, r, false, "账号已停用")
}

func (s *Server) accountEnable(w http.ResponseWriter, r *request) error {
	return s.accountActive(w, r, true, "账号已启用")
}

func (s *Server) accountActive(w http.ResponseWriter, r *request, active bool, done string) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	err = s.cfg.Access.SetActive(r.Context(), r.Caller, id, active)
	if fault.Is(err, fault.Invalid) {
		return s.accountPage(w, r, err)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/accounts", done)
}

// roleGrant gives an account exactly the roles that are ticked.
func (s *Server) roleGrant(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return fault.From(err, fault.Invalid, "提交的内容不完整，请重新提交")
	}
	err = s.cfg.Access.Grant(r.Context(), r.Caller, id, r.PostForm["role"])
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Denied) {
		return s.accountPage(w, r, err)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/roles", "授权已保存")
}
