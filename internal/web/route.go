package web

import (
	"log/slog"
	"net/http"

	"pingzhang/internal/access"
)

// action answers one request. An error becomes a page by the one table in
// problem.go.
type action func(w http.ResponseWriter, r *request) error

// Two permissions that are not of the catalog: who may use a route that needs
// no particular right.
const (
	anyone   access.Permission = "-"        // without signing in
	signedIn access.Permission = "signedin" // every account
)

// route binds an action to a pattern and to the permission it needs. There is
// no route without a permission: the table is the whole of what is reachable.
type route struct {
	pattern string // of http.ServeMux, with its method
	needs   access.Permission
	act     action
}

// routes returns the table, page by page.
func (s *Server) routes() []route {
	var all []route
	for _, page := range []func() []route{
		s.signRoutes, s.deskRoutes, s.monitorRoutes, s.matterRoutes, s.frameRoutes,
		s.registerRoutes, s.mapRoutes, s.airRoutes, s.landRoutes, s.warningRoutes, s.airBulletinRoutes, s.bulletinRoutes, s.journalRoutes, s.accountRoutes, s.calendarRoutes, s.figureRoutes, s.liveRoutes,
	} {
		all = append(all, page()...)
	}
	return all
}

// RouteNeed is one line of the route table, for the authorisation matrix.
type RouteNeed struct {
	Pattern string
	Needs   access.Permission
}

// Routes lists every route and what it needs.
func (s *Server) Routes() []RouteNeed {
	var all []RouteNeed
	for _, r := range s.routes() {
		all = append(all, RouteNeed{r.pattern, r.needs})
	}
	return all
}

// serve wraps an action with the check of who asks.
func (s *Server) serve(rt route) http.HandlerFunc {
	if rt.needs == "" || rt.act == nil {
		panic("web: route " + rt.pattern + " has no permission or no action")
	}
	return func(w http.ResponseWriter, hr *http.Request) {
		r := &request{Request: hr, Now: s.cfg.Clock.Now()}
		caller, err := s.callerOf(hr)
		if err != nil {
			s.problem(w, r, err)
			return
		}
		r.Caller = caller
		if rt.needs != anyone {
			if caller.Account == 0 {
				s.toSignIn(w, r)
				return
			}
			if s.mustChange(r) && rt.needs != signedIn {
				http.Redirect(w, hr, "/password", http.StatusSeeOther)
				return
			}
			if rt.needs != signedIn {
				if err := caller.Must(rt.needs); err != nil {
					slog.Info("refused", "login", caller.Login, "route", rt.pattern)
					s.problem(w, r, err)
					return
				}
			}
		}
		if hr.Method != http.MethodGet && hr.Method != http.MethodHead {
			hr.Body = http.MaxBytesReader(w, hr.Body, s.bodyLimit(rt.pattern))
		}
		if err := rt.act(w, r); err != nil {
			s.problem(w, r, err)
		}
	}
}
