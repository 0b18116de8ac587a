package openapi

import (
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How many wrong tokens one address may try: enough for a mistake, too few to
// guess one or to keep the database busy.
const (
	faultRate  = 0.5 // a second
	faultBurst = 30
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

// address returns where r comes from, without the port.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
