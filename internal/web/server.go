package web

import (
	"context"
	"errors"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"

	"pingzhang/internal/access"
	"pingzhang/internal/calendar"
	"pingzhang/internal/clock"
	"pingzhang/internal/journal"
	"pingzhang/internal/law"
	"pingzhang/internal/matter"
	"pingzhang/internal/notify"
	"pingzhang/internal/register"
)

// Divisions names divisions: access.Places does.
type Divisions interface {
	NameOf(access.Division) string
	Within(access.Scope) []access.Place // from the top down
}

// Config is what the pages stand on.
type Config struct {
	City      string // name of the city, as 黑河市
	Demo      bool
	TLS       bool          // pages come over TLS: cookies insist on it
	Idle      time.Duration // a session ends after this time without a request
	Lifetime  time.Duration // and after this in any case
	UploadMiB int64         // the greatest upload

	Clock     clock.Clock
	Sessions  scs.Store
	Access    *access.Store
	Journal   *journal.Log
	Calendar  *calendar.Store
	Divisions Divisions
	Register  *register.Store
	Matter    *matter.Store
	Notify    *notify.Store
	Law       *law.Book
	Figures   Figures
	Coverage  Coverage // nil: the page is not there, likewise of the next four
	Air       Air
	Land      Land
	Warning   Warning
	Bulletins Bulletins
	Drafts    map[string]Drafts // of bulletins, by duty
	// DemoAccounts stand on the sign-in page of a demonstration.
	DemoAccounts []DemoAccount
	// JournalKey returns the public key that checkpoints are signed for, as PEM.
	JournalKey func() ([]byte, error)
	// Monitoring is what the pages of monitoring stand on.
	Monitoring Monitoring
	// RoleName and OfficeName give the Chinese names; "" for what they do not know.
	RoleName   func(role string) string
	OfficeName func(office string) string
	// Bundle writes the evidence bundle of a matter.
	Bundle  func(ctx context.Context, by access.Caller, m *matter.Matter, w io.Writer) error
	Live    *Hub
	Trouble func() string // what keeps the platform from storing; "" when all is well
}

// Server answers for the pages.
type Server struct {
	cfg      Config
	assets   assets
	pages    map[string]*template.Template
	sessions *scs.SessionManager
	handler  http.Handler
	closing  chan struct{}
	close    sync.Once
}

// New returns the pages as a handler.
func New(cfg Config) (*Server, error) {
	if cfg.Clock == nil {
		cfg.Clock = clock.System{}
	}
	if cfg.Live == nil {
		cfg.Live = NewHub()
	}
	s := &Server{cfg: cfg, closing: make(chan struct{})}
	var err error
	if s.assets, err = loadAssets(); err != nil {
		return nil, err
	}
	if s.pages, err = loadPages(s.assets); err != nil {
		return nil, err
	}
	s.sessions = newSessions(cfg.Sessions, cfg.Idle, cfg.Lifetime, cfg.TLS)
	s.sessions.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
			return
		}
		slog.Error("session", "path", r.URL.Path, "err", err)
		http.Error(w, "暂时读不到登录状态，请稍后重试", http.StatusServiceUnavailable)
	}
	mux := http.NewServeMux()
	for _, rt := range s.routes() {
		mux.HandleFunc(rt.pattern, s.serve(rt))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, hr *http.Request) {
		s.serve(route{"/", anyone, s.missing})(w, hr)
	})
	plain := http.NewServeMux()
	plain.Handle("GET /static/", s.assets)
	plain.Handle("GET /favicon.ico", http.RedirectHandler(s.assets.url("icon.svg"), http.StatusMovedPermanently))
	plain.Handle("/", s.sessions.LoadAndSave(mux))
	s.handler = secure(recovered(plain))
	return s, nil
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Close ends the event streams, which would hold up a stopping server.
func (s *Server) Close() { s.close.Do(func() { close(s.closing) }) }

// bodyLimit returns how many bytes a form may have.
func (s *Server) bodyLimit(pattern string) int64 {
	if strings.HasSuffix(pattern, "/move") || strings.HasSuffix(pattern, "/comment") || strings.HasSuffix(pattern, "/import") || strings.HasSuffix(pattern, "/reply") || strings.HasSuffix(pattern, "/check") {
		return max(s.cfg.UploadMiB, 20) << 20
	}
	return 1 << 20
}

// recovered keeps a panic in one page from ending the process, and says so in
// the log.
func recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if v := recover(); v != nil {
				if v == http.ErrAbortHandler {
					panic(v)
				}
				slog.Error("panic in a page", "path", r.URL.Path, "panic", v)
				http.Error(w, "系统内部出错，请稍后重试", http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// detached returns a context for work that goes on when the browser is gone.
func detached(r *request) context.Context { return context.WithoutCancel(r.Context()) }
