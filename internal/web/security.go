package web

import (
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
)

// policy is the content security policy: everything from this server, nothing
// inline, no frames from elsewhere.
const policy = "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self'; " +
	"connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"

// secure sets the headers of every answer and refuses forms sent by pages of
// other origins.
func secure(next http.Handler) http.Handler {
	csrf := http.NewCrossOriginProtection()
	csrf.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "请求来自其他网站的页面，已拒绝；请从本系统页面重新提交", http.StatusForbidden)
	}))
	guarded := csrf.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "SAMEORIGIN")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), payment=(), usb=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if r.TLS != nil {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		guarded.ServeHTTP(w, r)
	})
}

// newSessions returns the sessions: they end after idle time without a request
// and after lifetime in any case, and live in store.
func newSessions(store scs.Store, idle, lifetime time.Duration, tls bool) *scs.SessionManager {
	m := scs.New()
	m.Store = store
	m.IdleTimeout = idle
	m.Lifetime = lifetime
	m.Cookie.Name = "pingzhang"
	if tls {
		m.Cookie.Name = "__Host-pingzhang" // browsers then insist on TLS and this host
	}
	m.Cookie.HttpOnly = true
	m.Cookie.Secure = tls
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.Cookie.Path = "/"
	m.Cookie.Persist = false
	return m
}

// address returns the address that r came from, without its port. Headers of
// proxies are not believed: anybody can write them.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return strings.TrimPrefix(host, "::ffff:")
}
