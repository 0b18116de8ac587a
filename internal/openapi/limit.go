package openapi

import (
	"crypto/sha256"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
)

// How many wrong tokens one address may try. None can be guessed, having 256
// bits; this keeps the database from being busy with them.
const (
	faultRate  = 2 // a second
	faultBurst = 60
)

// mostBuckets bounds the memory of a limiter; beyond it those that are full
// again are forgotten, which changes nothing for them.
const mostBuckets = 10_000

// limiter bounds requests by key.
type limiter struct {
	rate  rate.Limit
	burst int

	mu      sync.Mutex
	buckets map[string]*rate.Limiter
}

func newLimiter(perSecond float64, burst int) *limiter {
	return &limiter{rate: rate.Limit(perSecond), burst: burst, buckets: map[string]*rate.Limiter{}}
}

// take counts a request of key at now; false when it is one too many.
func (l *limiter) take(key string, now time.Time) bool {
	return l.bucket(key, now).AllowN(now, 1)
}

// empty reports whether key has nothing left at now, without counting.
func (l *limiter) empty(key string, now time.Time) bool {
	return l.bucket(key, now).TokensAt(now) < 1
}

func (l *limiter) bucket(key string, now time.Time) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[key]
	if b == nil {
		if len(l.buckets) >= mostBuckets {
			for k, b := range l.buckets {
				if b.TokensAt(now) >= float64(l.burst) {
					delete(l.buckets, k)
				}
			}
		}
		b = rate.NewLimiter(l.rate, l.burst)
		l.buckets[key] = b
	}
	return b
}

// has reports whether key has been counted and not been forgotten.
func (l *limiter) has(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buckets[key] != nil
}

// gate tells who sends a request, and bounds what it can ask for.
type gate struct {
	tokens Tokens
	seen   *limiter // by token, of tokens that were right
	faults *limiter // by address, of tokens that were wrong
}

func newGate(tokens Tokens, perSecond float64, burst int) *gate {
	return &gate{tokens: tokens, seen: newLimiter(perSecond, burst), faults: newLimiter(faultRate, faultBurst)}
}

// enter returns who sends r at now, or why it is refused.
//
// Many programs may come from one address, all of them where a proxy stands
// before the platform. So wrong tokens from it keep out other unknown ones, and
// none that was right before.
func (g *gate) enter(r *http.Request, now time.Time) (access.Caller, *Problem) {
	text, from := bearer(r), address(r)
	if text == "" {
		return access.Caller{}, newProblem(http.StatusUnauthorized, "请求没有令牌；请加请求头 Authorization: Bearer 令牌")
	}
	key := tokenKey(text)
	if g.faults.empty(from, now) && !g.seen.has(key) {
		return access.Caller{}, newProblem(http.StatusTooManyRequests, "用错误令牌的请求过于频繁，请核对令牌后稍候再试")
	}
	by, err := g.tokens.Token(r.Context(), text)
	switch {
	case fault.Is(err, fault.Denied):
		g.faults.take(from, now)
		return by, newProblem(http.StatusUnauthorized, fault.Text(err))
	case err != nil:
		slog.Error("a token cannot be looked up", "err", err)
		return by, problem(err)
	case !g.seen.take(key, now):
		return by, newProblem(http.StatusTooManyRequests, "请求过于频繁，请稍候再试")
	}
	return by, nil
}

func bearer(r *http.Request) string {
	scheme, text, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(text)
}

// tokenKey is what the requests of a token are counted under; the token itself
// does not stay in memory.
func tokenKey(text string) string {
	sum := sha256.Sum256([]byte(text))
	return string(sum[:])
}

// address returns where r comes from, without the port.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
