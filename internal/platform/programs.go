package platform

import (
	"context"
	"errors"
	"io"
	"net/http"

	"pingzhang/internal/openapi"
)

// programs returns what is there for programs, by pattern.
func (r *Running) programs() map[string]http.Handler {
	meter := openapi.NewMeter()
	probe := openapi.NewProbe(r.DB)
	checks := []openapi.Check{{Name: "database", Run: probe.Check}, {Name: "gateway", Run: func(context.Context) error {
		if trouble := r.Gateway.Trouble(); trouble != "" {
			return errors.New(trouble)
		}
		return nil
	}}}
	return map[string]http.Handler{
		openapi.Prefix + "/": openapi.New(openapi.Config{
			Tokens: r.Access, Register: r.Register, Matter: r.Matter, Readings: r.Measure, States: r.Discharge, Clock: r.clock, Meter: meter,
		}),
		"/healthz": openapi.Healthz(openapi.HealthConfig{Checks: checks, Jobs: jobsHealth{r.Worker}, Clock: r.clock}),
		"/metrics": openapi.Metrics(openapi.MetricsConfig{
			Write: []func(io.Writer){meter.Write, r.Gateway.WriteMetrics}, Tokens: r.Access, Clock: r.clock, Process: true,
		}),
	}
}
