package platform

import (
	"context"
	"time"

	"pingzhang/catalog"
	"pingzhang/internal/air"
	"pingzhang/internal/discharge"
	"pingzhang/internal/gateway"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
	"pingzhang/internal/web"
)

// openGateway opens the gateway without a port: its frames, devices and queues
// can be looked at even where no instrument connects to this process.
func (p *Platform) openGateway(ctx context.Context) (err error) {
	p.Gateway, err = gateway.Open(ctx, gateway.Config{DB: p.DB, Store: p.Measure, Registry: p.Register, Committed: p.committed})
	if err != nil {
		return err
	}
	p.stop = append(p.stop, func() {
		ctx, cancel := context.WithTimeout(context.Background(), drainTime)
		defer cancel()
		p.Gateway.Shutdown(ctx)
	})
	return nil
}

// monitoring is what the pages of monitoring stand on.
func (p *Platform) monitoring() (web.Monitoring, error) {
	layers, err := web.LoadLayers(p.layerFiles())
	return web.Monitoring{
		Readings: p.Measure, Frames: frames{p.Gateway}, Devices: devices{p.Gateway}, Forward: forwards{p.Gateway}, Judged: judged{p.Discharge}, Layers: layers,
	}, err
}

// committed tells the pages which points have news. It is called by the
// gateway's committer and must not wait.
func (p *Platform) committed(points []measure.Point) {
	known := p.owners.Load()
	news := make([]web.News, 0, len(points))
	for _, id := range points {
		n := web.News{Topic: "reading", ID: int64(id)}
		if known != nil {
			o := (*known)[id]
			n.Division, n.Enterprise = o.Division, o.Enterprise
		}
		news = append(news, n)
	}
	p.Live.Publish(news...)
}

// ownersEvery is how often it is read again whom each point belongs to.
const ownersEvery = 5 * time.Second

// refreshOwners keeps known whom each point belongs to, until ctx ends.
func (p *Platform) refreshOwners(ctx context.Context) {
	tick := time.NewTicker(ownersEvery)
	defer tick.Stop()
	for {
		if all, err := p.Register.Points(ctx, reader); err == nil {
			m := make(map[measure.Point]register.Point, len(all))
			for _, pt := range all {
				m[measure.Point(pt.ID)] = pt
			}
			p.owners.Store(&m)
		}
		// Refused frames and the states of commands are written down by the gateway
		// a little later than they happen; who looks at them reads them again now.
		p.Live.Tell("frame")
		p.Live.Tell("command")
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// startGateway listens for instruments.
func (r *Running) startGateway(ctx context.Context) error {
	bg, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r.stops = append(r.stops, func(context.Context) { cancel() })
	go r.refreshOwners(bg)
	if r.Options.Gateway == "" {
		return nil
	}
	addr, err := r.Gateway.Listen(r.Options.Gateway)
	if err != nil {
		return err
	}
	r.GatewayAddr = addr.String()
	r.stops = append(r.stops, func(ctx context.Context) { r.Gateway.Shutdown(ctx) })
	return nil
}

// openDischarge opens the duty that judges outlets.
func (p *Platform) openDischarge(ctx context.Context) error {
	books, err := p.Figure.Books(ctx)
	if err != nil {
		return err
	}
	settings, err := discharge.LoadSettings(p.Catalog)
	if err != nil {
		return err
	}
	p.Discharge = discharge.New(p.DB, discharge.Config{
		Readings: p.Measure, Register: p.Register, Matters: p.Matter, Law: p.Law, Rules: books.Emission.Monitoring(), Settings: settings, Others: p.Air.Touched,
	})
	return nil
}

// openAir opens the duty of ambient air.
func (p *Platform) openAir(ctx context.Context) error {
	settings, err := air.LoadSettings(p.Catalog)
	if err != nil {
		return err
	}
	if p.Options.Demo && len(settings.Targets) == 0 {
		c, err := p.demoCity()
		if err != nil {
			return err
		}
		settings.Targets = c.AirTargets
	}
	books, err := p.Figure.Books(ctx)
	if err != nil {
		return err
	}
	p.Air = air.New(p.DB, air.Config{Readings: p.Measure, Register: p.Register, Book: books.Air, Settings: settings})
	return nil
}

// drafts are what makes the bulletins of each duty.
func (p *Platform) drafts() map[string]web.Drafts {
	templates := catalog.Sub(p.Catalog, "templates")
	return map[string]web.Drafts{
		"air": &air.Bulletins{Air: p.Air, Kept: p.Bulletin, Templates: templates, NameOf: p.Places.NameOf, Bureau: p.Places.City + "生态环境局"},
	}
}
