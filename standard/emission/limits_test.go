package emission

import (
	"strings"
	"testing"

	"pingzhang/catalog"
	"pingzhang/standard"
)

func open(t testing.TB) *Book {
	t.Helper()
	b, err := Open(catalog.FS(""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func exact(text string) standard.Exact {
	x, _ := standard.Read(text)
	return x
}

// bounds writes a limit in short: min~max unit @oxygen, or its words.
func bounds(c Candidate) string {
	text := c.Limit.Max.String()
	if c.Limit.Min.IsSet() {
		text = c.Limit.Min.String() + "~" + text
	}
	text = strings.TrimSpace(text + " " + string(c.Limit.Unit))
	if c.Limit.RefOxygen.IsSet() {
		text += " @" + c.Limit.RefOxygen.String()
	}
	return strings.TrimSpace(text + " " + c.Words)
}

// summary writes all candidates of an answer, and what is open.
func summary(a Answer) string {
	var all []string
	for _, f := range a.Found {
		var parts []string
		for _, c := range f.Candidates {
			parts = append(parts, bounds(c))
		}
		text := strings.Join(parts, " | ")
		if f.Open != "" {
			text += " ? " + string(f.Open)
		}
		all = append(all, strings.TrimSpace(text))
	}
	if a.Issue != "" {
		all = append(all, string(a.Issue))
	}
	return strings.Join(all, "; ")
}

// The figures are those of the documents, as the shared tables have them.
func TestLimits(t *testing.T) {
	b := open(t)
	boiler := Source{Document: "GB 13271", Fuel: Coal, SteamTPH: exact("20"), Pollutant: "氮氧化物", On: "2026-11-24"}
	for _, tt := range []struct {
		name   string
		source Source
		but    func(*Source)
		want   string
	}{
		{"a new coal boiler", boiler, func(s *Source) { s.Level = "new" }, "300 mg/m³ @9"},
		{"a boiler in use", boiler, func(s *Source) { s.Level = "in_use" }, "400 mg/m³ @9"},
		{"special limits, by the Chinese word", boiler, func(s *Source) { s.Level = "特别排放限值" }, "200 mg/m³ @9"},
		{"biomass pellets count as coal", boiler, func(s *Source) { s.Level, s.Fuel = "new", Biomass }, "300 mg/m³ @9"},
		{"a gas boiler has another reference oxygen", boiler, func(s *Source) { s.Level, s.Fuel = "new", NaturalGas }, "200 mg/m³ @3.5"},
		{"special limits of a gas boiler", boiler, func(s *Source) { s.Level, s.Fuel = "special", Gas }, "150 mg/m³ @3.5"},
		{"the level was not stated: each of them may hold", boiler, nil, "200 mg/m³ @9 | 300 mg/m³ @9 | 400 mg/m³ @9 ? level_needed"},
		{"a coal boiler of 65 t/h is of this standard", boiler, func(s *Source) { s.Level, s.SteamTPH = "new", exact("65") }, "300 mg/m³ @9"},
		{"above 65 t/h it is not", boiler, func(s *Source) { s.Level, s.SteamTPH = "new", exact("65.01") }, "no_row"},
		{"a hot-water boiler has no upper bound", boiler, func(s *Source) { s.Level, s.SteamTPH, s.HeatMW = "new", standard.Exact{}, exact("200") }, "300 mg/m³ @9"},
		{"without capacity the standard may not hold at all", boiler, func(s *Source) { s.Level, s.SteamTPH = "new", standard.Exact{} }, "300 mg/m³ @9 ? capacity_needed"},
		{"in use, above 10 t/h: from 2015-10-01", boiler, func(s *Source) { s.Level, s.SteamTPH, s.On = "in_use", exact("10.1"), "2015-10-01" }, "400 mg/m³ @9"},
		{"not the day before", boiler, func(s *Source) { s.Level, s.SteamTPH, s.On = "in_use", exact("10.1"), "2015-09-30" }, "no_row"},
		{"in use, 10 t/h: not yet on that day", boiler, func(s *Source) { s.Level, s.SteamTPH, s.On = "in_use", exact("10"), "2016-06-30" }, "no_row"},
		{"in use, 10 t/h: from 2016-07-01", boiler, func(s *Source) { s.Level, s.SteamTPH, s.On = "in_use", exact("10"), "2016-07-01" }, "400 mg/m³ @9"},
		{"sulphur dioxide of the four southern provinces", boiler, func(s *Source) { s.Level, s.Pollutant, s.Region = "in_use", "SO2", "广西" }, "550 mg/m³ @9"},
		{"sulphur dioxide elsewhere", boiler, func(s *Source) { s.Level, s.Pollutant, s.Region = "in_use", "SO2", "黑龙江" }, "400 mg/m³ @9"},
		{"smoke needs no oxygen", boiler, func(s *Source) { s.Level, s.Pollutant = "new", "烟气黑度" }, "1 级"},
		{"a boiler house of 0.7 MW is of the second row", boiler, func(s *Source) { s.Pollutant, s.HouseMW = "烟囱最低允许高度", exact("0.7") }, "25~ m"},
		{"just below, of the first", boiler, func(s *Source) { s.Pollutant, s.HouseMW = "烟囱最低允许高度", exact("0.69") }, "20~ m"},
		{"14 MW is of the last", boiler, func(s *Source) { s.Pollutant, s.HouseMW = "烟囱最低允许高度", exact("14") }, "45~ m"},
		{"20 t/h must be monitored", boiler, func(s *Source) { s.Pollutant = "自动监测" }, "应安装污染物排放自动监测设备并与监控中心联网"},
		{"19.9 t/h need not", boiler, func(s *Source) { s.Pollutant, s.SteamTPH = "自动监测", exact("19.9") }, "no_row"},

		{"dust and particles are one", Source{Document: "GB 13223", Fuel: Coal, Device: BoilerDevice, Pollutant: "颗粒物", Level: "new", On: "2026-01-01"}, nil, "30 mg/m³ @6"},
		{"a special limit goes before that of all", Source{Document: "GB 13223", Fuel: Coal, Device: BoilerDevice, Pollutant: "烟尘", Level: "special", On: "2026-01-01"}, nil, "20 mg/m³ @6"},
		{"which of them is not known", Source{Document: "GB 13223", Fuel: Coal, Device: BoilerDevice, Pollutant: "烟尘", On: "2026-01-01"}, nil, "20 mg/m³ @6 | 30 mg/m³ @6 ? level_needed"},
		{"a special furnace has more nitrogen oxides", Source{Document: "GB 13223", Fuel: Coal, Device: BoilerDevice, Pollutant: "NOx", Level: "new", Built: "2010-01-01", Furnace: "W火焰炉膛", On: "2026-01-01"}, nil, "200 mg/m³ @6"},
		{"a unit of 2003", Source{Document: "GB 13223", Fuel: Coal, Device: BoilerDevice, Pollutant: "NOx", Level: "existing", Built: "2003-12-31", On: "2026-01-01"}, nil, "200 mg/m³ @6"},
		{"a unit of 2004", Source{Document: "GB 13223", Fuel: Coal, Device: BoilerDevice, Pollutant: "NOx", Level: "existing", Built: "2004-01-01", On: "2026-01-01"}, nil, "100 mg/m³ @6"},
		{"mercury before 2015", Source{Document: "GB 13223", Fuel: Coal, Device: BoilerDevice, Pollutant: "汞及其化合物", Level: "new", On: "2014-12-31"}, nil, "no_row"},
		{"mercury from 2015 on", Source{Document: "GB 13223", Fuel: Coal, Device: BoilerDevice, Pollutant: "汞及其化合物", Level: "new", On: "2015-01-01"}, nil, "0.03 mg/m³ @6"},
		{"a turbine", Source{Document: "GB 13223", Fuel: NaturalGas, Device: TurbineDevice, Pollutant: "NOx", Level: "new", On: "2026-01-01"}, nil, "50 mg/m³ @15"},
		{"which gas was not stated", Source{Document: "GB 13223", Fuel: Gas, Device: BoilerDevice, Pollutant: "NOx", Level: "new", On: "2026-01-01"}, nil, "100 mg/m³ @3 | 200 mg/m³ @3 ? fuel_needed"},
		{"ultra-low emission is asked for by its level", Source{Category: PowerPlant, Fuel: Coal, Device: BoilerDevice, Pollutant: "NOx", Level: "超低排放", Built: "2020-01-01", On: "2026-01-01"}, nil, "100 mg/m³ @6; 50 mg/m³ @6"},

		{"and only by its level: without one it may not hold", Source{Document: "环发〔2015〕164号", Fuel: Coal, Device: BoilerDevice, Pollutant: "NOx", On: "2026-01-01"}, nil, "50 mg/m³ @6 ? level_needed"},

		{"incineration has hour and day", Source{Document: "GB 18485", Pollutant: "氯化氢", On: "2026-01-01"}, nil, "60 mg/m³ @11; 50 mg/m³ @11"},
		{"an existing plant in 2015", Source{Document: "GB 18485", Pollutant: "氯化氢", Built: "2010-01-01", On: "2015-12-31"}, nil, "no_row"},
		{"an existing plant in 2016", Source{Document: "GB 18485", Pollutant: "氯化氢", Built: "2010-01-01", On: "2016-01-01"}, nil, "60 mg/m³ @11; 50 mg/m³ @11"},
		{"the furnace has a least temperature", Source{Document: "GB 18485", Place: Furnace, On: "2026-01-01"}, nil, "850~ ℃"},

		{"ammonia of warm water", Source{Document: "GB 18918", Pollutant: "NH3-N", Level: "一级A", WaterCelsius: exact("12.1"), On: "2026-01-01"}, nil, "5 mg/L"},
		{"ammonia at 12 ℃ is that of cold water", Source{Document: "GB 18918", Pollutant: "NH3-N", Level: "一级A", WaterCelsius: exact("12"), On: "2026-01-01"}, nil, "8 mg/L"},
		{"without temperature either may hold", Source{Document: "GB 18918", Pollutant: "氨氮", Level: "1B", On: "2026-01-01"}, nil, "8 mg/L | 15 mg/L ? temperature_needed"},
		{"phosphorus of a works of 2005", Source{Document: "GB 18918", Pollutant: "总磷", Level: "1A", Built: "2005-12-31", On: "2026-01-01"}, nil, "1 mg/L"},
		{"phosphorus of a works of 2006", Source{Document: "GB 18918", Pollutant: "总磷", Level: "1A", Built: "2006-01-01", On: "2026-01-01"}, nil, "0.5 mg/L"},
		{"phosphorus of level 2 is one figure for both", Source{Document: "GB 18918", Pollutant: "总磷", Level: "二级", On: "2026-01-01"}, nil, "3 mg/L"},
		{"pH has two bounds", Source{Document: "GB 18918", Pollutant: "pH", Level: "1A", On: "2026-01-01"}, nil, "6~9 无量纲"},
		{"alkyl mercury", Source{Document: "GB 18918", Pollutant: "烷基汞", Level: "1A", On: "2026-01-01"}, nil, "mg/L 不得检出"},
		{"the level of the air at the boundary is another", Source{Document: "GB 18918", Pollutant: "硫化氢", Place: Boundary, Level: "二级", On: "2026-01-01"}, nil, "0.06 mg/m³"},

		{"a named trade", Source{Document: "GB 8978", Pollutant: "COD", Level: "一级", Trade: "石油化工", Built: "2000-01-01", On: "2026-01-01"}, nil, "60 mg/L"},
		{"one of a list", Source{Document: "GB 8978", Pollutant: "COD", Level: "2", Trade: "皮革", Built: "2000-01-01", On: "2026-01-01"}, nil, "300 mg/L"},
		{"any other trade", Source{Document: "GB 8978", Pollutant: "COD", Level: "2", Trade: "纺织", Built: "2000-01-01", On: "2026-01-01"}, nil, "150 mg/L"},
		{"a trade not stated", Source{Document: "GB 8978", Pollutant: "COD", Level: "1", Built: "2000-01-01", On: "2026-01-01"}, nil, "60 mg/L | 100 mg/L ? trade_needed"},
		{"an item of one trade only", Source{Document: "GB 8978", Pollutant: "彩色显影剂", Level: "1", Trade: "纺织", Built: "2000-01-01", On: "2026-01-01"}, nil, "no_row"},
		{"table 2, for older ones, is not at hand", Source{Document: "GB 8978", Pollutant: "COD", Level: "1", Trade: "其他", Built: "1997-12-31", On: "2026-01-01"}, nil, "no_row"},
		{"from 1998 on", Source{Document: "GB 8978", Pollutant: "COD", Level: "1", Trade: "其他", Built: "1998-01-01", On: "2026-01-01"}, nil, "100 mg/L"},
		{"a first-class pollutant needs no level", Source{Document: "GB 8978", Pollutant: "总汞", On: "2026-01-01"}, nil, "0.05 mg/L"},

		{"odour at the boundary", Source{Document: "GB 14554", Place: Boundary, Pollutant: "氨", Level: "2", Built: "1994-06-01", On: "2026-01-01"}, nil, "1.5 mg/m³"},
		{"of an older source", Source{Document: "GB 14554", Place: Boundary, Pollutant: "氨", Level: "2", Built: "1994-05-31", On: "2026-01-01"}, nil, "2.0 mg/m³"},
		{"level 1 has no such difference", Source{Document: "GB 14554", Place: Boundary, Pollutant: "氨", Level: "1", On: "2026-01-01"}, nil, "1.0 mg/m³"},
		{"the kind of dust decides at the boundary too", Source{Document: "GB 16297", Place: Boundary, Pollutant: "颗粒物", Trade: "碳黑尘", Built: "2000-01-01", On: "2026-01-01"}, nil, "肉眼不可见"},
		{"a pollutant that no document names", Source{Pollutant: "氡", On: "2026-01-01"}, nil, "no_row"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := tt.source
			if tt.but != nil {
				tt.but(&s)
			}
			a := b.Limits(s)
			if got := summary(a); got != tt.want {
				t.Errorf("Limits = %s; want %s", got, tt.want)
				for _, c := range a.Considered {
					t.Log(c.Row.Key, c.Applies, c.Why)
				}
			}
			for _, c := range a.Considered {
				if c.Why == "" || strings.HasPrefix(c.Why, "原因不明") {
					t.Errorf("row %s: no reason", c.Row.Key)
				}
			}
		})
	}
}

// Every row of the document and pollutant is accounted for, each once.
func TestConsidered(t *testing.T) {
	b := open(t)
	for _, s := range []Source{
		{Document: "GB 16297", Pollutant: "二氧化硫", Level: "2", StackM: exact("25"), Trade: "含硫化合物使用", On: "2026-01-01"},
		{Document: "GB 13271", Level: "new", Fuel: Coal, On: "2026-01-01"},
		{},
	} {
		want := 0
		for _, r := range b.rows {
			if r.of(s.Document) && (s.Pollutant == "" || sameName(s.Pollutant, r.pollutant)) {
				want++
			}
		}
		seen := map[standard.Ref]bool{}
		for _, c := range b.Limits(s).Considered {
			if seen[c.Row] {
				t.Errorf("row %s stands twice", c.Row.Key)
			}
			seen[c.Row] = true
		}
		if len(seen) != want {
			t.Errorf("%d rows considered; want %d", len(seen), want)
		}
	}
}

func TestLists(t *testing.T) {
	b := open(t)
	if got := strings.Join(b.Documents(), " "); got != "GB 13223-2011 GB 13271-2014 GB 14554-93 GB 16297-1996 GB 18485-2014 GB 18918-2002 GB 8978-1996 环发〔2015〕164号" {
		t.Error(got)
	}
	if got := strings.Join(b.Trades("GB 16297", "SO2"), " "); got != "含硫化合物使用 含硫化合物生产" {
		t.Error(got)
	}
	if got := len(b.Pollutants("GB 18485")); got != 10 {
		t.Error(got, b.Pollutants("GB 18485"))
	}
}

// One book is asked from many goroutines (run with -race), always with the same
// answer.
func TestBookIsShared(t *testing.T) {
	b := open(t)
	ask := func() string {
		return summary(b.Limits(Source{Document: "GB 16297", Pollutant: "苯", Level: "2", Built: "2000-01-01", StackM: exact("25"), BuildingsM: exact("0"), On: "2026-01-01"}))
	}
	want := ask()
	done := make(chan string)
	for range 8 {
		go func() { done <- ask() }()
	}
	for range 8 {
		if got := <-done; got != want {
			t.Errorf("%s; want %s", got, want)
		}
	}
}

func BenchmarkLimits(b *testing.B) {
	book := open(b)
	s := Source{Document: "GB 13271", Fuel: Coal, SteamTPH: exact("20"), Pollutant: "NOx", Level: "new", On: "2026-11-24"}
	for b.Loop() {
		book.Limits(s)
	}
}
