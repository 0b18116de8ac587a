package register_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/register"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
)

var (
	ctx  = context.Background()
	city = access.Caller{Login: "city", Name: "市局", Via: "web", Scope: access.Scope{Divisions: []access.Division{"231100"}}}.
		Grant("register.read", "register.edit", "point.edit")
	county = access.Caller{Login: "county", Name: "分局", Via: "web", Scope: access.Scope{Divisions: []access.Division{"231121"}}}.
		Grant("register.read", "register.edit", "point.edit")
	gateway = access.Platform("register.read", "frame.operate")
)

func each(t *testing.T, test func(t *testing.T, s *register.Store, db *sqldb.DB)) {
	b := book(t)
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		db.Clock = clock.Fixed(time.Date(2026, 9, 1, 9, 0, 0, 0, clock.Shanghai))
		test(t, register.New(db, b), db)
	}, journal.Migrations, register.Migrations)
}

func save(t *testing.T, s *register.Store, by access.Caller, e register.Entry) register.Entry {
	t.Helper()
	saved, err := s.Save(ctx, by, e, "")
	if err != nil {
		t.Fatalf("Save(%s %s): %v %v", e.Register, e.Name, err, fault.FieldsOf(err))
	}
	return saved
}

type site struct{ plant, outlet, point, limit register.Entry }

func newSite(t *testing.T, s *register.Store) site {
	t.Helper()
	var x site
	x.plant = save(t, s, city, plant(uscc("91231100MADEM0001")))
	x.outlet = save(t, s, city, register.Entry{Register: register.Outlet, Code: "DA001", Name: "锅炉烟囱",
		Data: map[string]any{"enterprise": x.plant.ID, "medium": "air"}})
	x.point = save(t, s, city, register.Entry{Register: register.PointEntry, Name: "烟囱在线监测",
		Data: map[string]any{"kind": "source_air", "outlet": x.outlet.ID, "mn": "DEMO0001", "profile": "2017", "password": "123456",
			"factors": []register.FactorUnit{{Code: "a21026", Unit: "mg/m3"}}}})
	x.limit = save(t, s, city, register.Entry{Register: register.LimitEntry, Data: limitData(x.outlet.ID, "2026-01-01", "")})
	return x
}

func limitData(outlet int64, from, to string) map[string]any {
	return map[string]any{"outlet": outlet, "factor": "a21026", "factor_name": "二氧化硫", "max": "200.00", "unit": "mg/m3", "period": "hour",
		"valid_from": from, "valid_to": to, "document": "示例许可证", "confidence": "verified"}
}

func TestSave(t *testing.T) {
	each(t, func(t *testing.T, s *register.Store, db *sqldb.DB) {
		x := newSite(t, s)
		if x.point.Enterprise != x.plant.ID || x.point.Division != "231102" || x.point.Code != "DEMO0001" {
			t.Errorf("a point takes enterprise and division from its outlet, its code from its MN: %+v", x.point)
		}
		if x.plant.Enterprise != x.plant.ID {
			t.Errorf("an enterprise owns itself: %+v", x.plant)
		}
		got, err := s.Entry(ctx, city, x.limit.ID)
		if err != nil || got.Name != "锅炉烟囱 a21026 小时均值" || got.Text("max") != "200.00" || got.Refs["outlet"].Code != "DA001" {
			t.Errorf("got %+v, %v", got, err)
		}

		again, err := s.Save(ctx, city, x.plant, "")
		if err != nil || again.Version != 1 {
			t.Errorf("saving the same again gives version %d, %v; want 1", again.Version, err)
		}
		x.plant.Data["contact"] = "另一示例人"
		second, err := s.Save(ctx, city, x.plant, "联系人调整")
		if err != nil || second.Version != 2 {
			t.Fatalf("got version %d, %v; want 2", second.Version, err)
		}
		if _, err := s.Save(ctx, city, x.plant, ""); !fault.Is(err, fault.Conflict) {
			t.Errorf("saving version 1 once more gives %v, want fault.Conflict", err)
		}
		h, err := s.History(ctx, city, x.plant.ID)
		if err != nil || len(h) != 2 || h[0].Reason != "联系人调整" || len(h[0].Changed) != 1 ||
			h[0].Changed[0].From != "示例人" || h[0].Changed[0].To != "另一示例人" || h[0].ByLogin != "city" {
			t.Errorf("history %+v, %v", h, err)
		}
		n, _, _ := sqldb.Value[int64](ctx, db, `SELECT COUNT(*) FROM entry_versions`)
		if n != 5 {
			t.Errorf("%d versions are stored, want 5: four entries and one change", n)
		}
	})
}

func TestSaveRefuses(t *testing.T) {
	each(t, func(t *testing.T, s *register.Store, _ *sqldb.DB) {
		x := newSite(t, s)
		other := plant(uscc("91231121MADEM0002"))
		other.Division = "231121"
		other = save(t, s, county, other)
		for _, tt := range []struct {
			name  string
			by    access.Caller
			entry register.Entry
			kind  fault.Kind
			key   string
		}{
			{"the code is taken", city, plant(x.plant.Code), fault.Invalid, "code"},
			{"the outlet number is taken at this enterprise", city, register.Entry{Register: register.Outlet, Code: "DA001", Name: "又一个",
				Data: map[string]any{"enterprise": x.plant.ID, "medium": "air"}}, fault.Invalid, "code"},
			{"an outlet number in a form of its own", city, register.Entry{Register: register.Outlet, Code: "A1", Name: "又一个",
				Data: map[string]any{"enterprise": x.plant.ID, "medium": "air"}}, fault.Invalid, "code"},
			{"two devices cannot have one MN", city, register.Entry{Register: register.PointEntry, Code: "P2", Name: "又一个", Division: "231102",
				Data: map[string]any{"kind": "air", "mn": "DEMO0001", "profile": "2017"}}, fault.Invalid, "mn"},
			{"two limits cannot hold on one day", city, register.Entry{Register: register.LimitEntry, Data: limitData(x.outlet.ID, "2026-06-01", "2026-06-30")}, fault.Invalid, "valid_from"},
			{"a limit that ends before it begins", city, register.Entry{Register: register.LimitEntry, Data: limitData(x.outlet.ID, "2025-06-01", "2025-05-31")}, fault.Invalid, "valid_to"},
			{"a county cannot point to an enterprise of another", county, register.Entry{Register: register.Outlet, Code: "DA002", Name: "又一个",
				Data: map[string]any{"enterprise": x.plant.ID, "medium": "air"}}, fault.Invalid, "enterprise"},
			{"nor put an enterprise into another", county, plant(uscc("91231100MADEM0003")), fault.Denied, ""},
			{"nor change one there", county, x.plant, fault.NotFound, ""},
			{"a ref must be of the right register", city, register.Entry{Register: register.Outlet, Code: "DA003", Name: "又一个",
				Data: map[string]any{"enterprise": x.outlet.ID, "medium": "air"}}, fault.Invalid, "enterprise"},
			{"without the permission", access.Caller{Scope: city.Scope}.Grant("register.read"), plant(uscc("91231100MADEM0003")), fault.Denied, ""},
			{"a register that is not there", city, register.Entry{Register: "boiler"}, fault.Invalid, ""},
		} {
			t.Run(tt.name, func(t *testing.T) {
				_, err := s.Save(ctx, tt.by, tt.entry, "")
				if !fault.Is(err, tt.kind) || (tt.key != "" && fault.FieldsOf(err)[tt.key] == "") {
					t.Errorf("got %v %v, want %s at %q", err, fault.FieldsOf(err), tt.kind, tt.key)
				}
			})
		}
		save(t, s, county, register.Entry{Register: register.Outlet, Code: "DA001", Name: "另一家的烟囱",
			Data: map[string]any{"enterprise": other.ID, "medium": "air"}}) // outlet numbers are those of one permit
		save(t, s, city, register.Entry{Register: register.LimitEntry, Data: limitData(x.outlet.ID, "2025-01-01", "2025-12-31")})
	})
}

func TestScope(t *testing.T) {
	each(t, func(t *testing.T, s *register.Store, _ *sqldb.DB) {
		x := newSite(t, s)
		e := plant(uscc("91231121MADEM0002"))
		e.Division, e.Name = "231121", "示例水泥厂"
		other := save(t, s, county, e)
		factory := access.Caller{Login: "factory", Scope: access.Scope{Enterprise: x.plant.ID}}.Grant("register.read")
		for _, tt := range []struct {
			name string
			by   access.Caller
			want []string
		}{
			{"the city sees both", city, []string{x.plant.Name, other.Name}},
			{"a county its own", county, []string{other.Name}},
			{"an enterprise itself", factory, []string{x.plant.Name}},
			{"without a rule nothing", access.Caller{}.Grant("register.read"), nil},
		} {
			t.Run(tt.name, func(t *testing.T) {
				p, err := s.List(ctx, tt.by, register.Query{Register: register.Enterprise})
				if err != nil || len(p.Entries) != len(tt.want) {
					t.Fatalf("got %d, %v; want %v", len(p.Entries), err, tt.want)
				}
				for i, e := range p.Entries {
					if e.Name != tt.want[i] {
						t.Errorf("got %s, want %s", e.Name, tt.want[i])
					}
				}
			})
		}
		for _, by := range []access.Caller{county, {}} {
			by = by.Grant("register.read")
			if _, err := s.Entry(ctx, by, x.point.ID); !fault.Is(err, fault.NotFound) {
				t.Errorf("reading a foreign point gives %v, want fault.NotFound", err)
			}
			if _, err := s.History(ctx, by, x.point.ID); !fault.Is(err, fault.NotFound) {
				t.Errorf("its history gives %v, want fault.NotFound", err)
			}
			if _, err := s.PointByMN(ctx, by, "DEMO0001"); !fault.Is(err, fault.NotFound) {
				t.Errorf("its device gives %v, want fault.NotFound", err)
			}
			if l, err := s.Limits(ctx, by, x.outlet.ID, "", time.Now()); err != nil || len(l) != 0 {
				t.Errorf("its limits give %v, %v; want none", l, err)
			}
			if p, err := s.Points(ctx, by); err != nil || len(p) != 0 {
				t.Errorf("points give %v, %v; want none", p, err)
			}
			if c, _, err := s.Changes(ctx, by, 0, 100); err != nil || len(c) > 1 {
				t.Errorf("changes give %v, %v; want its own at most", c, err)
			}
		}
		if _, err := s.List(ctx, access.Caller{Scope: city.Scope}, register.Query{Register: register.Enterprise}); !fault.Is(err, fault.Denied) {
			t.Errorf("without register.read List gives %v, want fault.Denied", err)
		}
	})
}

func TestSecrets(t *testing.T) {
	each(t, func(t *testing.T, s *register.Store, db *sqldb.DB) {
		x := newSite(t, s)
		if got := register.PointOf(x.point).Password; got != register.Mask {
			t.Errorf("the city reads the password as %q, want a mask", got)
		}
		p, err := s.PointByMN(ctx, gateway, "DEMO0001")
		if err != nil || p.Password != "123456" {
			t.Errorf("the gateway reads %q, %v; want the password", p.Password, err)
		}
		unit, ok := p.Unit("a21026")
		if _, unknown := p.Unit("a21002"); unit != "mg/m3" || !ok || unknown {
			t.Errorf("units: %q, %v, %v", unit, ok, unknown)
		}
		edited := x.point // holds the mask, as a form does
		edited.Name = "改名"
		edited = save(t, s, city, edited)
		if p, _ := s.PointByMN(ctx, gateway, "DEMO0001"); p.Password != "123456" || p.Name != "改名" {
			t.Errorf("saving the mask left %q", p.Password)
		}
		edited.Data["password"] = "654321"
		edited = save(t, s, city, edited)
		if p, _ := s.PointByMN(ctx, gateway, "DEMO0001"); p.Password != "654321" {
			t.Errorf("saving a new password left %q", p.Password)
		}
		edited.Data["password"] = ""
		save(t, s, city, edited)
		if p, _ := s.PointByMN(ctx, gateway, "DEMO0001"); p.Password != "" {
			t.Errorf("saving an empty password left %q", p.Password)
		}
		h, _ := s.History(ctx, city, x.point.ID)
		text, _ := json.Marshal(h)
		data, _, _ := sqldb.Value[string](ctx, db, `SELECT data FROM entries WHERE id = $1`, x.point.ID)
		if strings.Contains(string(text), "123456") || strings.Contains(string(text), "654321") || strings.Contains(data, "123456") {
			t.Error("a password stands in the history or in the data")
		}
	})
}

func TestListFindsAndPages(t *testing.T) {
	each(t, func(t *testing.T, s *register.Store, _ *sqldb.DB) {
		x := newSite(t, s)
		for i, name := range []string{"示例100%达标厂", "示例造纸厂", "示例啤酒厂"} {
			e := plant(uscc("91231100MADEM001" + string(rune('0'+i))))
			e.Name = name
			e.Data["permit_class"] = "simple"
			save(t, s, city, e)
		}
		for _, tt := range []struct {
			name string
			q    register.Query
			want int
		}{
			{"a part of the name", register.Query{Text: "造纸"}, 1},
			{"the initials of the name", register.Query{Text: "SLZZC"}, 1},
			{"a part of the code", register.Query{Text: x.plant.Code[8:18]}, 1},
			{"a per cent sign is itself", register.Query{Text: "0%达"}, 1},
			{"an underscore is itself", register.Query{Text: "示_"}, 0},
			{"a choice", register.Query{Filters: map[string]string{"permit_class": "simple"}}, 3},
			{"a division without any", register.Query{Division: "231121"}, 0},
			{"the city holds its districts", register.Query{Division: "231100"}, 4},
		} {
			t.Run(tt.name, func(t *testing.T) {
				tt.q.Register = register.Enterprise
				p, err := s.List(ctx, city, tt.q)
				if err != nil || len(p.Entries) != tt.want {
					t.Errorf("got %d, %v; want %d", len(p.Entries), err, tt.want)
				}
			})
		}
		seen, after := map[int64]bool{}, ""
		for range 4 {
			p, err := s.List(ctx, city, register.Query{Register: register.Enterprise, N: 1, After: after})
			if err != nil || len(p.Entries) != 1 {
				t.Fatalf("got %d, %v; want a page of one", len(p.Entries), err)
			}
			seen[p.Entries[0].ID], after = true, p.Next
		}
		if len(seen) != 4 || after != "" {
			t.Errorf("four pages show %d entries and end with %q", len(seen), after)
		}
		if p, err := s.List(ctx, city, register.Query{Register: register.Outlet, Filters: map[string]string{"medium": "air"}}); err != nil || len(p.Entries) != 1 {
			t.Errorf("outlets of air: %d, %v; want 1", len(p.Entries), err)
		}
		if _, err := s.List(ctx, city, register.Query{Register: register.Outlet, Filters: map[string]string{"note": "x"}}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a filter that is none gives %v, want fault.Invalid", err)
		}
		if _, err := s.List(ctx, city, register.Query{Register: register.Outlet, After: "%%"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a broken page mark gives %v, want fault.Invalid", err)
		}
	})
}

func TestWithdraw(t *testing.T) {
	each(t, func(t *testing.T, s *register.Store, db *sqldb.DB) {
		x := newSite(t, s)
		if _, err := s.Withdraw(ctx, city, x.outlet.ID, 1, "拆除"); !fault.Is(err, fault.Invalid) {
			t.Errorf("an outlet with a point gives %v, want fault.Invalid", err)
		}
		if _, err := s.Withdraw(ctx, city, x.point.ID, 1, " "); fault.FieldsOf(err)["reason"] == "" {
			t.Errorf("without a reason: %v", err)
		}
		gone, err := s.Withdraw(ctx, city, x.point.ID, 1, "设备拆除")
		if err != nil || gone.State != register.Withdrawn || gone.Version != 2 {
			t.Fatalf("got %+v, %v", gone, err)
		}
		if _, err := s.PointByMN(ctx, gateway, "DEMO0001"); !fault.Is(err, fault.NotFound) {
			t.Errorf("a withdrawn device gives %v, want fault.NotFound", err)
		}
		next := save(t, s, city, register.Entry{Register: register.PointEntry, Name: "新设备",
			Data: map[string]any{"kind": "source_air", "outlet": x.outlet.ID, "mn": "DEMO0001", "profile": "2025"}})
		if _, err := s.Restore(ctx, city, x.point.ID, 2, "误操作"); fault.FieldsOf(err)["mn"] == "" {
			t.Errorf("bringing back a device whose MN is taken: %v", err)
		}
		if _, err := s.Withdraw(ctx, city, next.ID, 1, "录入错误"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Restore(ctx, city, x.point.ID, 2, "误操作"); err != nil {
			t.Error(err)
		}
		n, _, _ := sqldb.Value[int64](ctx, db, `SELECT COUNT(*) FROM entries`)
		if n != 5 {
			t.Errorf("%d entries are stored, want all 5", n)
		}
	})
}

func TestOwnedEntriesFollow(t *testing.T) {
	each(t, func(t *testing.T, s *register.Store, _ *sqldb.DB) {
		x := newSite(t, s)
		_, since, err := s.Changes(ctx, city, 0, 100)
		if err != nil || since != 4 {
			t.Fatalf("after four changes the number is %d, %v; want 4", since, err)
		}
		x.plant.Division = "231121"
		save(t, s, city, x.plant)
		for _, id := range []int64{x.outlet.ID, x.point.ID, x.limit.ID} {
			if e, err := s.Entry(ctx, county, id); err != nil || e.Division != "231121" || e.Version != 2 {
				t.Errorf("entry %d: division %s, version %d, %v; want that of its enterprise", id, e.Division, e.Version, err)
			}
		}
		if p, _ := s.PointByMN(ctx, gateway, "DEMO0001"); p.Password != "123456" {
			t.Errorf("on the way the password became %q", p.Password)
		}
		changed, next, err := s.Changes(ctx, gateway, since, 100)
		if err != nil || len(changed) != 4 || next != 8 {
			t.Errorf("%d changes up to %d, %v; want 4 up to 8", len(changed), next, err)
		}
	})
}

func TestLimitsInForce(t *testing.T) {
	each(t, func(t *testing.T, s *register.Store, _ *sqldb.DB) {
		x := newSite(t, s)
		save(t, s, city, register.Entry{Register: register.LimitEntry, Data: func() map[string]any {
			d := limitData(x.outlet.ID, "2024-01-01", "2025-12-31")
			d["max"] = "400"
			return d
		}()})
		on := func(day string) time.Time {
			d, _ := time.ParseInLocation(time.DateOnly, day, clock.Shanghai)
			return d
		}
		for _, tt := range []struct {
			name string
			at   time.Time
			want string
		}{
			{"the last second of the old limit", on("2026-01-01").Add(-time.Second), "400"},
			{"the first of the new", on("2026-01-01"), "200.00"},
			{"before both nothing is known", on("2023-12-31"), ""},
		} {
			t.Run(tt.name, func(t *testing.T) {
				l, err := s.Limits(ctx, city, x.outlet.ID, "a21026", tt.at)
				got := ""
				if len(l) == 1 {
					got = l[0].Max
				}
				if err != nil || got != tt.want {
					t.Errorf("got %v, %v; want %q", l, err, tt.want)
				}
			})
		}
		if l, _ := s.Limits(ctx, city, x.outlet.ID, "a21002", on("2026-05-01")); len(l) != 0 {
			t.Errorf("another factor has %v", l)
		}
	})
}

func TestGeoJSON(t *testing.T) {
	each(t, func(t *testing.T, s *register.Store, _ *sqldb.DB) {
		newSite(t, s)
		b, err := s.GeoJSON(ctx, city, register.PointEntry)
		var got struct {
			Features []struct {
				Geometry   struct{ Coordinates [2]float64 }
				Properties map[string]any
			}
		}
		if err != nil || json.Unmarshal(b, &got) != nil || len(got.Features) != 1 {
			t.Fatalf("got %s, %v", b, err)
		}
		f := got.Features[0]
		if f.Geometry.Coordinates != [2]float64{127.5, 50.24} || f.Properties["own_place"] != false || f.Properties["kind"] != "source_air" {
			t.Errorf("a point without a place stands at its enterprise, and says so: %s", b)
		}
		if b, _ := s.GeoJSON(ctx, county, register.PointEntry); string(b) != `{"type":"FeatureCollection","features":[]}` {
			t.Errorf("a county sees %s of another", b)
		}
	})
}

func TestConcurrentSaves(t *testing.T) {
	each(t, func(t *testing.T, s *register.Store, _ *sqldb.DB) {
		x := newSite(t, s)
		var wg sync.WaitGroup
		var mu sync.Mutex
		won, lost := 0, 0
		for i := range 8 {
			wg.Go(func() {
				e := x.outlet
				e.Name = "烟囱" + string(rune('甲'+i))
				_, err := s.Save(ctx, city, e, "")
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					won++
				case fault.Is(err, fault.Conflict):
					lost++
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won != 1 || lost != 7 {
			t.Errorf("%d saved version 1, %d were told of a conflict; want 1 and 7", won, lost)
		}
	})
}
