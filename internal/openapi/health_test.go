package openapi_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/openapi"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
)

type jobs []openapi.Job

func (j jobs) Jobs(context.Context, time.Time) ([]openapi.Job, error) { return j, nil }

func TestHealthz(t *testing.T) {
	good := openapi.Check{Name: "gateway", Run: func(context.Context) error { return nil }}
	bad := openapi.Check{Name: "database", Run: func(context.Context) error {
		return fault.New(fault.Unavailable, "磁盘已满，数据没有保存；请清理 /var/lib 所在的磁盘")
	}}
	judged := openapi.Job{Name: "judge", Last: now.Add(-3 * time.Second)}
	for _, tt := range []struct {
		name   string
		checks []openapi.Check
		jobs   jobs
		from   string
		header string
		status int
		says   []string
		not    string
	}{
		{"all is well", []openapi.Check{good}, jobs{judged}, "127.0.0.1:5", "", 200, []string{`"status":"ok"`, `"name":"judge","ok":true`, `"last_at":"2026-09-29T08:59:57+08:00"`}, "磁盘"},
		{"what cannot store is down", []openapi.Check{bad, good}, nil, "127.0.0.1:5", "", 503, []string{`"status":"down"`, "磁盘已满"}, `"status":"ok"`},
		{"a stranger is told no more than names", []openapi.Check{bad}, jobs{{Name: "seal", Error: "secret"}}, "192.0.2.7:5", "", 503, []string{`"name":"database","ok":false`, `"name":"seal","ok":false`}, "磁盘"},
		{"nor is one behind a proxy", []openapi.Check{bad}, nil, "127.0.0.1:5", "192.0.2.7", 503, []string{`"ok":false`}, "磁盘"},
		{"a job that failed is told and takes nothing down", []openapi.Check{good}, jobs{{Name: "seal", Error: "x"}}, "192.0.2.7:5", "", 200, []string{`"status":"late"`}, `"x"`},
		{"so is a late one", []openapi.Check{good}, jobs{{Name: "seal", Late: true}}, "192.0.2.7:5", "", 200, []string{`"status":"late"`, `"late":true`}, "last_at"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := openapi.HealthConfig{Checks: tt.checks, Clock: clock.Fixed(now)}
			if tt.jobs != nil {
				cfg.Jobs = tt.jobs
			}
			r := httptest.NewRequest("GET", "/healthz", nil)
			r.RemoteAddr = tt.from
			if tt.header != "" {
				r.Header.Set("X-Forwarded-For", tt.header)
			}
			w := httptest.NewRecorder()
			openapi.Healthz(cfg).ServeHTTP(w, r)
			if w.Code != tt.status || !json.Valid(w.Body.Bytes()) {
				t.Errorf("status %d: %s", w.Code, w.Body)
			}
			for _, s := range tt.says {
				if !strings.Contains(w.Body.String(), s) {
					t.Errorf("%s does not say %s", w.Body, s)
				}
			}
			if strings.Contains(w.Body.String(), tt.not) {
				t.Errorf("%s says %s", w.Body, tt.not)
			}
		})
	}
}

func TestProbe(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		db.Clock = clock.Fixed(now)
		p := openapi.NewProbe(db)
		if err := p.Check(ctx); err != nil {
			t.Fatal(err)
		}
		stored := func() int64 {
			n, _, err := sqldb.Value[int64](ctx, db, `SELECT at FROM health_probe`)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if stored() != now.Unix() {
			t.Errorf("stored %d, want %d", stored(), now.Unix())
		}
		db.Clock = clock.Fixed(now.Add(4 * time.Second))
		if p.Check(ctx); stored() != now.Unix() {
			t.Error("it writes again within five seconds")
		}
		db.Clock = clock.Fixed(now.Add(5 * time.Second))
		if p.Check(ctx); stored() != now.Unix()+5 {
			t.Error("it does not write again after five seconds")
		}
		db.Clock = clock.Fixed(now.Add(time.Minute))
		if err := db.InTx(ctx, func(tx *sqldb.Tx) error { _, err := tx.Exec(ctx, `DROP TABLE health_probe`); return err }); err != nil {
			t.Fatal(err)
		}
		if err := p.Check(ctx); err == nil {
			t.Error("a database that takes no write passes")
		}
	}, openapi.Migrations)
}

func TestMetrics(t *testing.T) {
	b := newBench(t)
	m := openapi.NewMeter()
	c := b.config
	c.Meter = m
	b.h = openapi.New(c)
	b.send("city", "GET", "/points", nil)
	b.send("", "GET", "/points", nil)
	other := func(w io.Writer) { io.WriteString(w, "pingzhang_gateway_connections 3\n") }
	for _, tt := range []struct {
		name, from, token, proxy string
		open                     openapi.OpenTo
		status                   int
	}{
		{"the machine itself sees them", "127.0.0.1:5", "", "", "", 200},
		{"a program elsewhere needs a token", "192.0.2.7:5", "", "", "", 401},
		{"with api.read it sees them", "192.0.2.7:5", "bare", "", "", 200},
		{"without, it does not", "192.0.2.7:5", "noread", "", "", 403},
		{"a proxy on the machine is not the machine", "127.0.0.1:5", "", "192.0.2.7", "", 401},
		{"the machine can be shut out", "[::1]:5", "", "", openapi.OpenToNobody, 401},
		{"a wrong token counts as one on the machine too", "127.0.0.1:5", "guess", "", "", 401},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := openapi.Metrics(openapi.MetricsConfig{Write: []func(io.Writer){m.Write, other}, Tokens: b.tokens, OpenTo: tt.open, Clock: clock.Fixed(now), Process: true})
			r := httptest.NewRequest("GET", "/metrics", nil)
			r.RemoteAddr = tt.from
			if tt.token != "" {
				r.Header.Set("Authorization", "Bearer "+tt.token)
			}
			if tt.proxy != "" {
				r.Header.Set("X-Forwarded-For", tt.proxy)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != tt.status {
				t.Fatalf("status %d, want %d", w.Code, tt.status)
			}
			seen := strings.Contains(w.Body.String(), "pingzhang_gateway_connections 3")
			for _, s := range []string{`pingzhang_api_requests_total{operation="listPoints",status="200"} 1`, `pingzhang_api_requests_total{operation="listPoints",status="401"} 1`, "process_resident_memory_bytes"} {
				if strings.Contains(w.Body.String(), s) != (tt.status == 200) {
					t.Errorf("%s in the answer: %v", s, !(tt.status == 200))
				}
			}
			if seen != (tt.status == 200) {
				t.Errorf("metrics seen: %v", seen)
			}
		})
	}
}
