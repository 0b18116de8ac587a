package openapi

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
)

// Check is one thing that the platform cannot do without.
type Check struct {
	Name string // "database", "gateway"
	Run  func(ctx context.Context) error
}

// Job is how something that is done again and again went last.
type Job struct {
	Name  string
	Last  time.Time // end of the last run; zero when there was none
	Late  bool      // it should have run by now
	Error string    // of the last run; empty when it worked
}

// Jobs tells how the jobs of the platform stand at now.
type Jobs interface {
	Jobs(ctx context.Context, now time.Time) ([]Job, error)
}

// HealthConfig is what /healthz looks at.
type HealthConfig struct {
	Checks []Check
	Jobs   Jobs // nil: none are told
	Clock  clock.Clock
}

// checkTime bounds all checks together: a probe must not pile up.
const checkTime = 5 * time.Second

// Health is the answer of /healthz.
type Health struct {
	Status string        `json:"status"` // ok; late when a job is behind or failed; down when something cannot be done
	Time   string        `json:"time"`
	Checks []CheckResult `json:"checks"`
	Jobs   []JobResult   `json:"jobs"`
}

// CheckResult is how a check came out.
type CheckResult struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"` // only to the machine itself
}

// JobResult is how a job went last.
type JobResult struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Late   bool   `json:"late"`
	LastAt string `json:"last_at,omitempty"`
	Detail string `json:"detail,omitempty"` // only to the machine itself
}

// Healthz answers 200 while everything that is checked works, and 503 when the
// platform cannot store or take in. Late jobs are told and leave it at 200: to
// start it anew would not help them. It needs no token and tells strangers
// nothing but names.
func Healthz(c HealthConfig) http.Handler {
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	return headers(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), checkTime)
		defer cancel()
		h := c.look(ctx)
		if !local(r) {
			for i := range h.Checks {
				h.Checks[i].Detail = ""
			}
			for i := range h.Jobs {
				h.Jobs[i].Detail = ""
			}
		}
		w.Header().Set("Content-Type", "application/json")
		if h.Status == "down" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		json.NewEncoder(w).Encode(h)
	}))
}

func (c *HealthConfig) look(ctx context.Context) Health {
	now := c.Clock.Now()
	h := Health{Status: "ok", Time: stamp(now), Checks: []CheckResult{}, Jobs: []JobResult{}}
	if c.Jobs != nil {
		jobs, err := c.Jobs.Jobs(ctx, now)
		if err != nil {
			slog.Error("the jobs cannot be looked up", "err", err)
			h.Status = "late"
		}
		for _, j := range jobs {
			res := JobResult{Name: j.Name, OK: j.Error == "" && !j.Late, Late: j.Late, LastAt: stamp(j.Last), Detail: j.Error}
			if !res.OK {
				h.Status = "late"
			}
			h.Jobs = append(h.Jobs, res)
		}
	}
	for _, check := range c.Checks {
		res := CheckResult{Name: check.Name, OK: true}
		if err := check.Run(ctx); err != nil {
			res.OK, res.Detail, h.Status = false, fault.Text(err), "down"
		}
		h.Checks = append(h.Checks, res)
	}
	return h
}

// local reports whether r comes from this machine itself. What a proxy on this
// machine passes on does not.
func local(r *http.Request) bool {
	for _, name := range []string{"X-Forwarded-For", "Forwarded", "X-Real-Ip"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	ip := net.ParseIP(address(r))
	return ip != nil && ip.IsLoopback()
}
