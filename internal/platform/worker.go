package platform

import (
	"context"
	"fmt"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/air"
	"pingzhang/internal/discharge"
	"pingzhang/internal/figure"
	"pingzhang/internal/openapi"
	"pingzhang/internal/remind"
)

// openWorker builds what is done as time passes. Many processes on one database
// share its jobs; none is done twice.
func (p *Platform) openWorker(context.Context) error {
	p.Worker = remind.New(p.DB, p.clock, p.node(), remind.Jobs(remind.Parts{
		DB: p.DB, Judging: currentDischarge{p.Discharge, p.Figure}, Air: currentAir{p}, Warning: currentWarning{p}, Clocks: p.Matter, Readings: p.Measure, Journal: p.Journal, Outbox: p.Notify,
		Webhook: &remind.Webhook{Secret: p.Options.WebhookSecret, Clock: p.clock}, Sessions: access.NewSessions(p.DB), Node: p.node(),
		Changed: p.judgedNews,
	}))
	return nil
}

// currentAir reckons by the figures as they stand now, corrections applied.
type currentAir struct{ p *Platform }

func (c currentAir) Reckon(ctx context.Context, now time.Time) (air.Progress, error) {
	books, err := c.p.Figure.Books(ctx)
	if err != nil {
		return air.Progress{}, err
	}
	if books.Air != c.p.Air.Book() {
		c.p.Air.Use(books.Air)
	}
	return c.p.Air.Reckon(ctx, now)
}

// currentDischarge judges by the figures as they stand now, corrections applied.
type currentDischarge struct {
	*discharge.Store
	figures *figure.Store
}

func (c currentDischarge) Judge(ctx context.Context, now time.Time) (discharge.Progress, error) {
	books, err := c.figures.Books(ctx)
	if err != nil {
		return discharge.Progress{}, err
	}
	if rules := books.Emission.Monitoring(); rules != c.Rules() {
		c.Use(rules)
	}
	return c.Store.Judge(ctx, now)
}

// node is the name of this process among those on one database.
func (p *Platform) node() string { return fmt.Sprintf("node%d", p.Options.Node) }

// judgedNews tells the pages that a round of judging brought something new.
func (p *Platform) judgedNews(done discharge.Progress) {
	if done.Changed == 0 {
		return
	}
	// Whose it is does not matter: the news says only that something changed, and
	// each page asks again with its own scope.
	p.Live.Tell("finding")
	p.Live.Tell("matter")
}

// startWorker runs the jobs until the platform stops.
func (r *Running) startWorker(ctx context.Context) error {
	if err := r.Worker.Start(ctx); err != nil {
		return err
	}
	r.stops = append(r.stops, func(context.Context) { r.Worker.Stop() })
	return nil
}

// jobsHealth tells /healthz how the jobs stand.
type jobsHealth struct{ w *remind.Worker }

func (j jobsHealth) Jobs(ctx context.Context, now time.Time) ([]openapi.Job, error) {
	all, err := j.w.Status(ctx, now)
	out := make([]openapi.Job, len(all))
	for i, s := range all {
		out[i] = openapi.Job{Name: s.Name, Last: s.Finished, Late: s.Late, Error: s.Error}
	}
	return out, err
}
