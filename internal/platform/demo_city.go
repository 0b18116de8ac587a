package platform

import (
	"context"
	"fmt"
	"strings"

	"pingzhang/internal/access"
	"pingzhang/internal/air"
	"pingzhang/internal/fault"
	"pingzhang/internal/register"
	"pingzhang/internal/web"
	"pingzhang/internal/yamlfile"
)

// DemoPassword is that of every demonstration account. It works in a
// demonstration only: the accounts exist nowhere else.
const DemoPassword = "Yanshi#2026pz"

// demoCity is catalog/CITY/demo/city.yaml.
type demoCity struct {
	Enterprises []demoEnterprise        `yaml:"enterprises"`
	AirStations []demoAirStation        `yaml:"air_stations"`
	AirTargets  []air.Target            `yaml:"air_targets"`
	Limits      map[string]demoLimits   `yaml:"limits"`
	Factors     map[string][]demoFactor `yaml:"factors"`
	Accounts    []demoAccount           `yaml:"accounts"`
}

type demoEnterprise struct {
	Key      string       `yaml:"key"`
	Code     string       `yaml:"code"`
	Name     string       `yaml:"name"`
	Short    string       `yaml:"short"`
	Division string       `yaml:"division"`
	Industry string       `yaml:"industry"`
	Class    string       `yaml:"class"`
	Address  string       `yaml:"address"`
	Contact  string       `yaml:"contact"`
	Phone    string       `yaml:"phone"`
	KeyUnit  string       `yaml:"key_unit"`
	Lon      float64      `yaml:"lon"`
	Lat      float64      `yaml:"lat"`
	Outlets  []demoOutlet `yaml:"outlets"`
}

type demoOutlet struct {
	Key       string      `yaml:"key"`
	Code      string      `yaml:"code"`
	Name      string      `yaml:"name"`
	Medium    string      `yaml:"medium"`
	Class     string      `yaml:"class"`
	Height    string      `yaml:"height_m"`
	Facility  string      `yaml:"facility"`
	Treatment string      `yaml:"treatment"`
	Receiving string      `yaml:"receiving"`
	Limits    string      `yaml:"limits"`
	Points    []demoPoint `yaml:"points"`
}

type demoPoint struct {
	MN       string        `yaml:"mn"`
	Name     string        `yaml:"name"`
	Profile  string        `yaml:"profile"`
	Sim      string        `yaml:"sim"`
	Silent   bool          `yaml:"silent"` // its instrument stops reporting, to show what that looks like
	Episodes []demoEpisode `yaml:"episodes"`
}

type demoEpisode struct {
	Factor string `yaml:"factor"`
	AgoH   int    `yaml:"ago_h"`
	Hours  int    `yaml:"hours"`
	Times  string `yaml:"times"`
}

type demoLimits struct {
	Document string      `yaml:"document"`
	Clause   string      `yaml:"clause"`
	From     string      `yaml:"from"`
	Oxygen   string      `yaml:"ref_oxygen"`
	O2       string      `yaml:"oxygen_factor"`
	Basis    string      `yaml:"basis"`
	Rows     []demoLimit `yaml:"rows"`
}

type demoLimit struct {
	Factor string `yaml:"factor"`
	Name   string `yaml:"name"`
	Period string `yaml:"period"`
	Max    string `yaml:"max"`
	Min    string `yaml:"min"`
	Unit   string `yaml:"unit"`
}

type demoFactor struct {
	Code string `yaml:"code"`
	Unit string `yaml:"unit"`
}

type demoAccount struct {
	Login      string `yaml:"login"`
	Name       string `yaml:"name"`
	Office     string `yaml:"office"`
	Enterprise string `yaml:"enterprise"`
	Role       string `yaml:"role"`
}

func (p *Platform) demoCity() (*demoCity, error) {
	var c demoCity
	_, err := yamlfile.Read(p.Catalog, p.Options.City+"/demo/city.yaml", &c)
	return &c, err
}

// demoAccounts lists the accounts that the sign-in page offers.
func (p *Platform) demoAccounts() ([]web.DemoAccount, error) {
	c, err := p.demoCity()
	if err != nil {
		return nil, err
	}
	var all []web.DemoAccount
	for _, a := range c.Accounts {
		all = append(all, web.DemoAccount{Login: a.Login, Password: DemoPassword, Role: p.Roles.Name(a.Role) + "（" + a.Name + "）"})
	}
	return all, nil
}

// seeder is who enters the demonstration city.
var seeder = func() access.Caller {
	c := access.Platform("register.read", "register.edit", "point.edit", "frame.operate")
	c.Login, c.Name = "demo", "演示"
	return c
}()

// SeedDemo enters the demonstration city into a database that has no
// enterprise yet. It does nothing in one that has.
func (p *Platform) SeedDemo(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "platform.SeedDemo")
	there, err := p.Register.List(ctx, seeder, register.Query{Register: register.Enterprise, N: 1})
	if err != nil || len(there.Entries) > 0 {
		return err
	}
	c, err := p.demoCity()
	if err != nil {
		return err
	}
	ids := map[string]int64{}
	for _, e := range c.Enterprises {
		if ids[e.Key], err = p.seedEnterprise(ctx, c, e); err != nil {
			return err
		}
	}
	if err := p.seedAir(ctx, c); err != nil {
		return err
	}
	for _, a := range c.Accounts {
		n := access.NewAccount{Login: a.Login, Name: a.Name, Office: a.Office, Enterprise: ids[a.Enterprise]}
		if a.Enterprise != "" && n.Enterprise == 0 {
			return fmt.Errorf("demo account %s: there is no enterprise %s", a.Login, a.Enterprise)
		}
		if err := p.Access.Provide(ctx, n, []string{a.Role}, DemoPassword); err != nil {
			return err
		}
	}
	return p.seedLand(ctx)
}

func (p *Platform) save(ctx context.Context, e register.Entry) (int64, error) {
	for k, v := range e.Data {
		if v == "" {
			delete(e.Data, k)
		}
	}
	saved, err := p.Register.Save(ctx, seeder, e, "演示数据")
	if err != nil {
		var fields []string
		for _, text := range fault.FieldsOf(err) {
			fields = append(fields, text)
		}
		return 0, fmt.Errorf("%s %s: %w (%s)", e.Register, e.Name, err, strings.Join(fields, "; "))
	}
	return saved.ID, nil
}

func (p *Platform) seedEnterprise(ctx context.Context, c *demoCity, e demoEnterprise) (int64, error) {
	id, err := p.save(ctx, register.Entry{
		Register: register.Enterprise, Code: e.Code, Name: e.Name, Division: access.Division(e.Division), Lon: &e.Lon, Lat: &e.Lat,
		Data: map[string]any{
			"short_name": e.Short, "industry": e.Industry, "permit_class": e.Class, "permit_no": e.Code + "001P", "permit_from": "2024-01-01", "permit_to": "2028-12-31",
			"address": e.Address, "contact": e.Contact, "phone": e.Phone, "key_unit": e.KeyUnit, "note": "演示数据，单位和代码均为虚构",
		},
	})
	if err != nil {
		return 0, err
	}
	for _, o := range e.Outlets {
		outlet, err := p.save(ctx, register.Entry{
			Register: register.Outlet, Code: o.Code, Name: o.Name,
			Data: map[string]any{
				"enterprise": id, "medium": o.Medium, "class": o.Class, "height_m": o.Height, "facility": o.Facility, "treatment": o.Treatment, "receiving": o.Receiving,
			},
		})
		if err != nil {
			return 0, err
		}
		if err := p.seedLimits(ctx, c.Limits[o.Limits], outlet); err != nil {
			return 0, err
		}
		for i, pt := range o.Points {
			if err := p.seedPoint(ctx, c, e, o, pt, outlet, i); err != nil {
				return 0, err
			}
		}
	}
	return id, nil
}

func (p *Platform) seedLimits(ctx context.Context, l demoLimits, outlet int64) error {
	for _, row := range l.Rows {
		data := map[string]any{
			"outlet": outlet, "factor": row.Factor, "factor_name": row.Name, "max": row.Max, "min": row.Min, "unit": row.Unit, "period": row.Period,
			"valid_from": l.From, "document": l.Document, "clause": l.Clause, "confidence": "unverified", "basis": l.Basis,
		}
		if l.Oxygen != "" {
			data["ref_oxygen"], data["oxygen_factor"] = l.Oxygen, l.O2
		}
		if _, err := p.save(ctx, register.Entry{Register: register.LimitEntry, Data: data}); err != nil {
			return err
		}
	}
	return nil
}

func (p *Platform) seedPoint(ctx context.Context, c *demoCity, e demoEnterprise, o demoOutlet, pt demoPoint, outlet int64, i int) error {
	kind, st := "source_water", "32"
	if o.Medium == "air" {
		kind, st = "source_air", "31"
	}
	var factors []register.FactorUnit
	for _, f := range c.Factors[pt.Sim] {
		factors = append(factors, register.FactorUnit{Code: f.Code, Unit: f.Unit})
	}
	// Points of one enterprise stand a little apart, or one would hide another.
	lon, lat := e.Lon+0.004*float64(len(pt.MN)%3+i), e.Lat+0.002*float64(i+int(o.Code[len(o.Code)-1]-'0'))
	_, err := p.save(ctx, register.Entry{
		Register: register.PointEntry, Name: e.Short + pt.Name, Lon: &lon, Lat: &lat,
		Data: map[string]any{
			"kind": kind, "outlet": outlet, "mn": pt.MN, "profile": pt.Profile, "st": st, "password": "123456", "factors": factors,
			"rtd_interval_s": "30", "minute_interval_min": "10", "vendor": "示例运维有限公司",
		},
	})
	return err
}
