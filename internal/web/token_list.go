package web

import (
	"net/http"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
)

type tokenRow struct {
	ID            int64
	Name, Login   string
	Perms         string
	Expires, Last time.Time
	Live          bool
}

type tokenListView struct {
	shell
	Secret, Problem string
	Tokens          []tokenRow
	Perms           []option
}

// tokenList shows the caller's tokens.
func (s *Server) tokenList(w http.ResponseWriter, r *request) error { return s.tokenPage(w, r, nil) }

func (s *Server) tokenPage(w http.ResponseWriter, r *request, problem error) error {
	all, err := s.cfg.Access.Tokens(r.Context(), r.Caller)
	if err != nil {
		return err
	}
	v := tokenListView{shell: s.shell(r, "接口令牌", "/tokens"), Secret: s.sessions.PopString(r.Context(), sessionSecret)}
	for _, t := range all {
		var names []string
		for _, p := range t.Permissions {
			names = append(names, s.cfg.Access.Roles.PermissionName(p))
		}
		v.Tokens = append(v.Tokens, tokenRow{t.ID, t.Name, t.Login, strings.Join(names, "、"), t.ExpiresAt, t.LastAt, t.Live})
	}
	for _, p := range r.Caller.Permissions() {
		v.Perms = append(v.Perms, option{Code: string(p), Name: s.cfg.Access.Roles.PermissionName(p)})
	}
	status := http.StatusOK
	if problem != nil {
		v.Problem, status = fault.Text(problem), statusOf[fault.Of(problem)]
		for _, text := range fault.FieldsOf(problem) {
			v.Problem += "；" + text
		}
	}
	return s.renderStatus(w, r, status, "token_list", v)
}

// tokenCreate makes a token and shows it once.
func (s *Server) tokenCreate(w http.ResponseWriter, r *request) error {
	if err := r.ParseForm(); err != nil {
		return fault.From(err, fault.Invalid, "提交的内容不完整，请重新提交")
	}
	var perms []access.Permission
	for _, p := range r.PostForm["perm"] {
		perms = append(perms, access.Permission(p))
	}
	text, err := s.cfg.Access.CreateToken(r.Context(), r.Caller, r.text("name"), perms, int(r.int("days")))
	if fault.Is(err, fault.Invalid) {
		return s.tokenPage(w, r, err)
	}
	if err != nil {
		return err
	}
	s.sessions.Put(r.Context(), sessionSecret, text)
	return seeOther(w, r, "/tokens", "令牌已建立")
}

// tokenRevoke ends a token.
func (s *Server) tokenRevoke(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	if err := s.cfg.Access.Revoke(r.Context(), r.Caller, id); err != nil {
		return err
	}
	return seeOther(w, r, "/tokens", "令牌已吊销")
}

type policyView struct {
	shell
	Problem string
	Items   []access.PolicyItem
}

// policyForm shows the security policy.
func (s *Server) policyForm(w http.ResponseWriter, r *request) error { return s.policyPage(w, r, nil) }

func (s *Server) policyPage(w http.ResponseWriter, r *request, problem error) error {
	p, err := s.cfg.Access.Policy(r.Context())
	if err != nil {
		return err
	}
	v := policyView{shell: s.shell(r, "安全策略", "/policy"), Items: p.Items()}
	status := http.StatusOK
	if problem != nil {
		v.Problem, status = fault.Text(problem), statusOf[fault.Of(problem)]
		for _, text := range fault.FieldsOf(problem) {
			v.Problem = text
		}
	}
	return s.renderStatus(w, r, status, "policy", v)
}

// policySet changes one number of the policy.
func (s *Server) policySet(w http.ResponseWriter, r *request) error {
	err := s.cfg.Access.SetPolicy(r.Context(), r.Caller, r.text("key"), int(r.int("value")))
	if fault.Is(err, fault.Invalid) {
		return s.policyPage(w, r, err)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/policy", "策略已修改")
}
