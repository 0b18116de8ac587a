package openapi

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"pingzhang/internal/clock"
)

// Meter counts the requests of programs.
type Meter struct{ set *metrics.Set }

// NewMeter returns a meter that has counted nothing.
func NewMeter() *Meter { return &Meter{set: metrics.NewSet()} }

func (m *Meter) count(operation string, status int, took time.Duration) {
	if m == nil {
		return
	}
	m.set.GetOrCreateCounter(fmt.Sprintf("pingzhang_api_requests_total{operation=%q,status=\"%d\"}", operation, status)).Inc()
	m.set.GetOrCreateHistogram(fmt.Sprintf("pingzhang_api_request_seconds{operation=%q}", operation)).Update(took.Seconds())
}

// Write writes the counters in the form of Prometheus.
func (m *Meter) Write(w io.Writer) { m.set.WritePrometheus(w) }

// MetricsConfig is what /metrics writes, and for whom.
type MetricsConfig struct {
	Write   []func(io.Writer) // Meter.Write and those of other parts
	Tokens  Tokens
	OpenTo  OpenTo
	Clock   clock.Clock
	Process bool // with memory, time and files of the process
}

// OpenTo says who sees metrics without a token.
type OpenTo string

// Who sees metrics without a token. A token with api.read always does.
const (
	OpenToLoopback OpenTo = "loopback" // programs on this machine, unless a proxy passes them on; the zero value too
	OpenToNobody   OpenTo = "nobody"
)

// Metrics answers with the metrics of the platform in the text form of
// Prometheus.
func Metrics(c MetricsConfig) http.Handler {
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	g := newGate(c.Tokens, DefaultRate, DefaultBurst)
	return headers(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !(c.OpenTo != OpenToNobody && local(r) && bearer(r) == "") {
			if p := c.refuse(r, g); p != nil {
				p.write(w)
				return
			}
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		for _, write := range c.Write {
			write(w)
		}
		if c.Process {
			metrics.WriteProcessMetrics(w)
		}
	}))
}

// refuse returns why r may not see metrics by its token.
func (c *MetricsConfig) refuse(r *http.Request, g *gate) *Problem {
	by, p := g.enter(r, c.Clock.Now())
	if p == nil && !by.May("api.read") {
		p = newProblem(http.StatusForbidden, "令牌没有权限 api.read")
	}
	return p
}
