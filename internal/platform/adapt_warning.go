package platform

import (
	"context"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/air"
	"pingzhang/internal/warning"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// openWarning opens the duty of warnings for heavy pollution.
func (p *Platform) openWarning(ctx context.Context) error {
	settings, err := warning.LoadSettings(p.Catalog)
	if err != nil {
		return err
	}
	rules, err := standard.LoadRules(p.Catalog, "standards/auto_monitoring.tsv")
	if err != nil {
		return err
	}
	books, err := p.Figure.Books(ctx)
	if err != nil {
		return err
	}
	p.Warning = warning.New(p.DB, warning.Config{
		Register: p.Register, Readings: p.Measure, Matters: p.Matter, Notices: p.Notify, Divisions: p.Places, Measured: measuredAir{p.Air}, Law: p.Law,
		Book: books.Air, Rules: rules, Settings: settings,
	})
	return nil
}

// measuredAir tells the duty of warnings what was measured: duties do not know
// each other.
type measuredAir struct{ a *air.Store }

func (m measuredAir) Days(ctx context.Context, d access.Division, from, to standard.Date) ([]aqi.Outlook, error) {
	days, err := m.a.DaysBetween(ctx, access.Platform("monitor.read"), air.Place{Division: d}, from, to)
	out := make([]aqi.Outlook, len(days))
	for i := range days {
		one := &days[i]
		o := aqi.Outlook{On: one.On, AQI: aqi.NoIAQI}
		if one.Published {
			o.AQI = int(one.AQI)
			for _, item := range one.Primaries() {
				o.Primary |= aqi.SetOf(item.Pollutant)
			}
		}
		out[i] = o
	}
	return out, err
}

// currentWarning proposes by the figures as they stand now, corrections applied.
type currentWarning struct{ p *Platform }

func (c currentWarning) ProposeAll(ctx context.Context, now time.Time) (int, error) {
	books, err := c.p.Figure.Books(ctx)
	if err != nil {
		return 0, err
	}
	c.p.Warning.Use(books.Air)
	return c.p.Warning.ProposeAll(ctx, now)
}

func (c currentWarning) Check(ctx context.Context, now time.Time) (checked, unmet int, err error) {
	checked, unmet, err = c.p.Warning.Check(ctx, now)
	if unmet > 0 {
		c.p.Live.Tell("finding")
		c.p.Live.Tell("matter")
	}
	return checked, unmet, err
}
