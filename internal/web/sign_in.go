package web

import (
	"net/http"
	"net/url"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
)

// What a session holds.
const (
	sessionAccount = "account"
	sessionChange  = "must_change"
	sessionSince   = "password_at" // Unix seconds: a later password ends the session
	sessionSecret  = "secret"      // a one-time password or token, to be shown once
)

func (s *Server) signRoutes() []route {
	return []route{
		{"GET /signin", anyone, s.signInForm},
		{"POST /signin", anyone, s.signIn},
		{"POST /signout", anyone, s.signOut},
		{"GET /password", signedIn, s.passwordForm},
		{"POST /password", signedIn, s.passwordChange},
	}
}

// DemoAccount is an account that the sign-in page of a demonstration offers.
type DemoAccount struct{ Login, Password, Role string }

type signInView struct {
	shell
	Back, Login, Problem string
	Accounts             []DemoAccount
}

// callerOf returns who is signed in; the zero Caller when nobody is.
func (s *Server) callerOf(r *http.Request) (access.Caller, error) {
	id := s.sessions.GetInt64(r.Context(), sessionAccount)
	if id == 0 {
		return access.Caller{}, nil
	}
	c, a, err := s.cfg.Access.CallerOf(r.Context(), id, "web")
	changed := err == nil && a.PasswordAt.Unix() != s.sessions.GetInt64(r.Context(), sessionSince)
	if changed || fault.Is(err, fault.Denied) {
		// Disabled, gone, or with another password since: the session ends.
		if err := s.sessions.Destroy(r.Context()); err != nil {
			return access.Caller{}, err
		}
		return access.Caller{}, nil
	}
	return c, err
}

// mustChange reports whether the caller has to change his password first.
func (s *Server) mustChange(r *request) bool {
	return s.sessions.GetBool(r.Context(), sessionChange)
}

// stillSignedIn reports whether the session and the account of a long request
// still stand.
func (s *Server) stillSignedIn(r *request) bool {
	_, _, err := s.cfg.Access.CallerOf(r.Context(), r.Caller.Account, "web")
	return err == nil
}

// toSignIn sends somebody who is not signed in to the form, and back afterwards.
func (s *Server) toSignIn(w http.ResponseWriter, r *request) {
	if r.Header.Get("HX-Request") == "true" {
		w.Header().Set("HX-Redirect", "/signin")
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if r.Header.Get("Accept") == "text/event-stream" {
		http.Error(w, "请先登录", http.StatusUnauthorized)
		return
	}
	if r.Method != http.MethodGet {
		s.expired(w, r)
		return
	}
	target := "/signin"
	if r.URL.Path != "/" {
		target += "?back=" + url.QueryEscape(r.URL.RequestURI())
	}
	http.Redirect(w, r.Request, target, http.StatusSeeOther)
}

// signInForm shows the form.
func (s *Server) signInForm(w http.ResponseWriter, r *request) error {
	if r.Caller.Account != 0 {
		return seeOther(w, r, local(r.text("back")), "")
	}
	return s.render(w, r, "sign_in", signInView{shell: s.shell(r, "登录", ""), Back: local(r.text("back")), Accounts: s.cfg.DemoAccounts})
}

// signIn lets somebody in. The session gets a new token, so that one planted
// before signing in is worth nothing.
func (s *Server) signIn(w http.ResponseWriter, r *request) error {
	login := r.text("login")
	a, err := s.cfg.Access.Authenticate(r.Context(), login, r.FormValue("password"), address(r.Request))
	if fault.Is(err, fault.Denied) {
		v := signInView{shell: s.shell(r, "登录", ""), Back: local(r.text("back")), Login: login, Problem: fault.Text(err), Accounts: s.cfg.DemoAccounts}
		return s.renderStatus(w, r, http.StatusForbidden, "sign_in", v)
	}
	if err != nil {
		return err
	}
	if err := s.sessions.RenewToken(r.Context()); err != nil {
		return err
	}
	policy, err := s.cfg.Access.Policy(r.Context())
	if err != nil {
		return err
	}
	s.sessions.SetDeadline(r.Context(), time.Now().Add(time.Duration(policy.SessionHours)*time.Hour))
	s.sessions.Put(r.Context(), sessionAccount, a.ID)
	s.sessions.Put(r.Context(), sessionChange, a.MustChange)
	s.sessions.Put(r.Context(), sessionSince, a.PasswordAt.Unix())
	if a.MustChange {
		return seeOther(w, r, "/password", "")
	}
	return seeOther(w, r, local(r.text("back")), "")
}

// signOut ends the session.
func (s *Server) signOut(w http.ResponseWriter, r *request) error {
	if err := s.sessions.Destroy(r.Context()); err != nil {
		return err
	}
	return seeOther(w, r, "/signin", "")
}

type passwordView struct {
	shell
	Must, Problem, Rule string
}

// passwordForm shows the form for the caller's own password.
func (s *Server) passwordForm(w http.ResponseWriter, r *request) error {
	return s.passwordPage(w, r, nil)
}

func (s *Server) passwordPage(w http.ResponseWriter, r *request, problem error) error {
	policy, err := s.cfg.Access.Policy(r.Context())
	if err != nil {
		return err
	}
	v := passwordView{shell: s.shell(r, "修改密码", ""), Rule: policy.Text()}
	if s.mustChange(r) {
		v.Must = "这是一次性密码或已到期的密码，请先修改再使用其他功能。"
	}
	status := http.StatusOK
	if problem != nil {
		v.Problem, status = fault.Text(problem), statusOf[fault.Of(problem)]
	}
	return s.renderStatus(w, r, status, "password", v)
}

// passwordChange changes the caller's own password.
func (s *Server) passwordChange(w http.ResponseWriter, r *request) error {
	if r.FormValue("new") != r.FormValue("again") {
		return s.passwordPage(w, r, fault.New(fault.Invalid, "两次输入的新密码不一样"))
	}
	err := s.cfg.Access.ChangePassword(r.Context(), r.Caller, r.FormValue("old"), r.FormValue("new"))
	if fault.Is(err, fault.Invalid) {
		return s.passwordPage(w, r, err)
	}
	if err != nil {
		return err
	}
	if err := s.sessions.RenewToken(r.Context()); err != nil {
		return err
	}
	_, a, err := s.cfg.Access.CallerOf(r.Context(), r.Caller.Account, "web")
	if err != nil {
		return err
	}
	s.sessions.Put(r.Context(), sessionChange, false)
	s.sessions.Put(r.Context(), sessionSince, a.PasswordAt.Unix())
	return seeOther(w, r, "/", "密码已修改")
}

// missing answers for an address that is no page.
func (s *Server) missing(w http.ResponseWriter, r *request) error {
	return fault.New(fault.NotFound, "没有这个页面，请检查网址")
}

// counts returns what the menu shows as waiting for the caller.
func (s *Server) counts(r *request) (unread, waiting int) {
	unread, err := s.cfg.Notify.Unread(r.Context(), r.Caller)
	if err != nil {
		return 0, 0 // the page itself will say what is wrong with the database
	}
	if r.Caller.May("matter.read") {
		if all, err := s.cfg.Matter.Inbox(r.Context(), r.Caller); err == nil {
			waiting = len(all)
		}
	}
	return unread, waiting
}
