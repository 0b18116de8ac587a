package water_test

import (
	"bytes"
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"pingzhang/catalog"
	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/register"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
	"pingzhang/internal/water"
	gb "pingzhang/standard/water"
)

var ctx = context.Background()

func person(login string, d access.Division, perms ...access.Permission) access.Caller {
	return access.Caller{Account: 1, Login: login, Name: login, Scope: access.Scope{Divisions: []access.Division{d}}, Via: "web"}.Grant(perms...)
}

var (
	city   = person("city", "231100", "monitor.read", "register.read", "register.edit", "point.edit", "bulletin.publish")
	branch = person("branch", "231121", "monitor.read", "register.read", "point.edit")
	reader = person("reader", "231100", "monitor.read", "register.read")
)

// bench is a store with its neighbours.
type bench struct {
	*water.Store
	t        testing.TB
	db       *sqldb.DB
	register *register.Store
}

func newBench(t testing.TB, db *sqldb.DB) *bench {
	t.Helper()
	db.Clock = clock.Fixed(time.Date(2026, 11, 24, 9, 0, 0, 0, clock.Shanghai))
	if _, err := db.Migrate(ctx, journal.Migrations, register.Migrations, water.Migrations); err != nil {
		t.Fatal(err)
	}
	files := catalog.FS("")
	registers, err := register.Load(catalog.Sub(files, "registers"))
	if err != nil {
		t.Fatal(err)
	}
	book, err := gb.Open(files)
	if err != nil {
		t.Fatal(err)
	}
	reg := register.New(db, registers)
	return &bench{water.New(db, water.Config{Register: reg, Book: book}), t, db, reg}
}

func each(t *testing.T, test func(t *testing.T, b *bench)) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) { test(t, newBench(t, db)) })
}

func (b *bench) save(r register.Register, code, name string, d access.Division, data map[string]any) int64 {
	b.t.Helper()
	lon, lat := 127.5, 50.2
	e := register.Entry{Register: r, Code: code, Name: name, Division: d, Data: data}
	if r != water.TargetRegister {
		e.Lon, e.Lat = &lon, &lat
	}
	saved, err := b.register.Save(ctx, city, e, "test")
	if err != nil {
		b.t.Fatal(err, fault.FieldsOf(err))
	}
	return saved.ID
}

// section registers a section of a river with a target from 2021 on; 0 for none.
func (b *bench) section(code, name string, d access.Division, target int, more ...string) int64 {
	b.t.Helper()
	data := map[string]any{"level": "national", "water": "river", "river": "示例河", "assessed": "yes"}
	for i := 0; i+1 < len(more); i += 2 {
		data[more[i]] = more[i+1]
	}
	id := b.save(water.SectionRegister, code, name, d, data)
	if target != 0 {
		b.save(water.TargetRegister, "", "", "", map[string]any{"section": id, "class": fmt.Sprint(target), "valid_from": "2021-01-01", "document": "示例文件"})
	}
	return id
}

func (b *bench) load(name, text string) water.Imported {
	b.t.Helper()
	in, err := b.Import(ctx, city, name, "", strings.NewReader(text))
	if err != nil {
		b.t.Fatal(err)
	}
	return in
}

func (b *bench) result(place int64, s water.Slot) water.Result {
	b.t.Helper()
	r, err := b.Result(ctx, city, place, s)
	if err != nil || r == nil {
		b.t.Fatalf("%s: %v, %v", s.Name(), r, err)
	}
	return *r
}

// ratio is a number as an exact fraction, reckoned here and not by the library.
func ratio(t testing.TB, text string) *big.Rat {
	t.Helper()
	x, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatal(text)
	}
	return x
}

// The quarter of three months of ammonia nitrogen, permanganate index and oxygen:
// the mean first, then the single factor against table 1 of GB 3838-2002 (ammonia
// nitrogen II 0.5, III 1.0, IV 1.5; permanganate index III 6, IV 10; oxygen III 5).
func TestMeanThenSingleFactor(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		id := b.section("S1", "示例一断面", "231102", 3)
		in := b.load("三个月.csv", "断面编码,断面名称,采样日期,pH,溶解氧（mg/L）,高锰酸盐指数（mg/L）,氨氮（mg/L）\n"+
			"S1,示例一断面,2026-01-05,7.2,9.1,4.0,0.40\nS1,示例一断面,2026-02-05,7.3,8.8,6.5,2.00\nS1,示例一断面,2026-03-05,7.1,8.4,7.9,0.71\n")
		if in.New != 12 || in.Wrong != 0 || in.Taken != 3 || !slices.Equal(in.Months, []string{"2026-01", "2026-02", "2026-03"}) {
			t.Fatalf("%+v", in)
		}
		for _, tt := range []struct {
			slot     water.Slot
			class    gb.Class
			attained water.Attained
			beyond   string
		}{
			{water.MonthOf(2026, 1), gb.II, water.Meets, ""},
			{water.MonthOf(2026, 2), gb.V, water.Exceeds, "高锰酸盐指数(0.1)、氨氮(1.0)"},
			{water.MonthOf(2026, 3), gb.IV, water.Exceeds, "高锰酸盐指数(0.3)"},
			// (4.0+6.5+7.9)/3 = 6.1333…, (0.40+2.00+0.71)/3 = 1.03666…
			{water.QuarterOf(2026, 1), gb.IV, water.Exceeds, "高锰酸盐指数(0.02)、氨氮(0.04)"},
			{water.YearTo(2026, 2), gb.IV, water.Exceeds, "氨氮(0.2)"}, // 5.25, 1.2
		} {
			r := b.result(id, tt.slot)
			d := r.Detail()
			if r.Class != tt.class || r.Attained != tt.attained || r.Target != gb.III || strings.Join(d.Beyond, "、") != tt.beyond {
				t.Errorf("%s: %s, %s, %q", tt.slot.Name(), r.Class, r.Attained, strings.Join(d.Beyond, "、"))
			}
			if r.Label() != "待核实" {
				t.Errorf("the rules of evaluation were not read in the original: %q", r.Label())
			}
		}
		want := new(big.Rat).Quo(new(big.Rat).Add(new(big.Rat).Add(ratio(t, "0.40"), ratio(t, "2.00")), ratio(t, "0.71")), ratio(t, "3"))
		for _, i := range b.result(id, water.QuarterOf(2026, 1)).Detail().Items {
			if i.Item == "nh3n" && i.Value.Rat().Cmp(want) != 0 {
				t.Errorf("mean of ammonia nitrogen %s, want %s", i.Value, want)
			}
		}
		if y := b.result(id, water.YearOf(2026)); !slices.ContainsFunc(y.Detail().Flags, func(f gb.Flag) bool { return f.Issue == gb.TooFewResults }) {
			t.Error("three months are no year")
		}
	})
}

// A file of every mistake of the list: each is a problem of its cell, with the raw
// text, and the rest is imported.
func TestBadCells(t *testing.T) {
	b := newBench(t, sqlite(t))
	id := b.section("S1", "示例一断面", "231102", 3)
	b.section("S2", "示例二断面", "231102", 3)
	in, err := b.Import(ctx, city, "坏.csv", "2026-03", strings.NewReader(strings.Join([]string{
		"断面编码,采样日期,监测项目,监测结果,单位,检出限",
		"S1,2026-03-05,氨氮,0.31,mg/L,",     // 2
		"S1,2026-03-05,总磷,-0.02,mg/L,",    // 3 negative
		"S1,2026-03-05,化学需氧量,99999,mg/L,", // 4 absurd
		"S1,2026-03-05,石油类,很少,mg/L,",      // 5 text
		"S1,2026-03-05,挥发酚,０．００１,mg/L,",   // 6 full width
		"S1,2026-03-05,汞,<0.00004,mg/L,",  // 7 below detection, with the limit
		"S1,2026-03-05,镉,未检出,mg/L,",       // 8 without
		"S1,2026-03-05,铅,未检出,mg/L,0.001",  // 9 with
		"S1,2026-03-05,砷,-99,mg/L,",       // 10 a code
		"S1,2026-03-05,硒,—,mg/L,",         // 11 a stroke
		"S1,2026-03-05,铜,0.01,mg/m3,",     // 12 of air
		"S1,2026-03-05,锌,0.01,,",          // 13 no unit
		"S1,2026-04-05,氨氮,0.4,mg/L,",      // 14 wrong month
		"S1,2026-03-05,氨氮,0.31,mg/L,",     // 15 the same again
		"S1,2026-03-05,氟化物,0.4,mg/L,",     // 16
		"S1,2026-03-05,氟化物,0.9,mg/L,",     // 17 another
		"S9,2026-03-05,氨氮,0.4,mg/L,",      // 18 no such section
		"S1,2026-03-05,神秘物质,0.4,mg/L,",    // 19 no such item
		"S1,2027-03-05,氨氮,0.4,mg/L,",      // 20 to come
		"S1,2026-03-05,pH,15,,",           // 21 cannot be
		"S1,三月五日,氨氮,0.4,mg/L,",            // 22 no date
		"S1,2026-03-05,高锰酸盐指数,3200,µg/L,", // 23 another unit of the kind
		"S2,2026-03,pH,7.0,,",             // 24 a month alone
	}, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	fates := map[string]string{}
	for _, p := range in.Problems {
		fates[p.Cell] += p.Fate
		if p.Text == "" || p.Todo == "" || p.Cell == "" {
			t.Errorf("says neither what nor what to do: %+v", p)
		}
	}
	for cell, fate := range map[string]string{
		"D3": water.Kept, "D4": water.Kept, "D5": water.Kept, "D6": water.Kept, "D7": "", "D8": water.Kept, "D9": "", "D10": water.Noted, "D11": water.Noted,
		"D12": water.Kept, "E13": water.Skipped, "B14": water.Skipped, "D15": water.Skipped, "D16": water.Kept, "D17": water.Kept, "A18": water.Skipped,
		"C19": water.Skipped, "B20": water.Skipped, "D21": water.Kept, "B22": water.Skipped, "D23": "", "D2": "", "B24": "",
	} {
		if fates[cell] != fate {
			t.Errorf("%s is %q, want %q", cell, fates[cell], fate)
		}
	}
	values, err := b.Values(ctx, city, id, water.MonthOf(2026, 3))
	if err != nil {
		t.Fatal(err)
	}
	raw := map[string]string{}
	for _, v := range values {
		raw[v.Item] = v.Raw + " " + string(v.Doubt)
	}
	for item, want := range map[string]string{
		"nh3n": "0.31 ", "tp": "-0.02 negative", "codcr": "99999 absurd", "oil": "很少 not_number", "codmn": "3200 ", "ph": "15 implausible",
		"f": "0.4；0.9 sample_contradicted", "hg": "<0.00004 ",
	} {
		if raw[item] != want {
			t.Errorf("%s is %q, want %q", item, raw[item], want)
		}
	}
	r := b.result(id, water.MonthOf(2026, 3))
	d := r.Detail()
	// What was reported and cannot be read leaves the attainment unknown.
	if r.Class != gb.II || r.Attained != water.UnknownAttained || len(d.Unjudged) == 0 {
		t.Errorf("%s %s %v %v", r.Class, r.Attained, d.Unjudged, d.Flags)
	}
}

func sqlite(t testing.TB) *sqldb.DB {
	t.Helper()
	db, err := sqldb.OpenSQLite(ctx, t.TempDir()+"/app.db", 8)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// Later values are revisions, a bad one takes no good one's place, and what hangs on
// them is evaluated again with its cause.
func TestRevisions(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		id := b.section("S1", "示例一断面", "231102", 2)
		first := "断面编码,采样日期,氨氮（mg/L）\nS1,2026-03-05,0.45\n"
		one := b.load("一.csv", first)
		r := b.result(id, water.MonthOf(2026, 3))
		if r.Class != gb.II || r.Attained != water.Meets || r.Cause != fmt.Sprintf("import/%d", one.ID) {
			t.Fatalf("%+v", r)
		}
		if again := b.load("又一.csv", first); again.New+again.Changed != 0 || again.Same != 1 || !again.Again || again.ID != one.ID {
			t.Errorf("%+v", again)
		}
		if two := b.load("二.csv", "断面编码,采样日期,氨氮（mg/L）\nS1,2026-03-05,不清\n"); two.Changed != 0 || two.Wrong != 2 {
			t.Errorf("a cell that cannot be read takes no value's place: %+v", two)
		}
		b.load("三.csv", "断面编码,采样日期,氨氮（mg/L）\nS1,2026-03-05,0.62\n")
		r = b.result(id, water.MonthOf(2026, 3))
		if r.Class != gb.III || r.Attained != water.Exceeds || r.Revision != 2 {
			t.Errorf("%+v", r)
		}
		if back := b.load("一.csv", first); back.Changed != 0 || len(back.Problems) != 1 || back.Problems[0].Issue != "corrected" {
			t.Errorf("a file that comes again brings nothing back: %+v", back)
		}
		old, err := b.ResultRevisions(ctx, city, id, water.MonthOf(2026, 3))
		if err != nil || len(old) != 1 || old[0].Class != gb.II {
			t.Errorf("%v %v", old, err)
		}
		values, _ := b.Values(ctx, city, id, water.MonthOf(2026, 3))
		all, err := b.Revisions(ctx, city, values[0].ID)
		if err != nil || len(all) != 2 || all[0].Raw != "0.62" || all[1].Raw != "0.45" || all[1].Cell != "C2" || all[1].Import != one.ID {
			t.Fatalf("%+v %v", all, err)
		}
		_, data, err := b.File(ctx, city, all[1].Import)
		if err != nil || !bytes.Equal(data, []byte(first)) {
			t.Errorf("%q %v", data, err)
		}
		c := water.Correction{Value: all[1].ID, Seen: 2, Raw: "0.50", Unit: "mg/L", Reason: "复核"}
		if err := b.Correct(ctx, reader, c); fault.Of(err) != fault.Denied {
			t.Error(err)
		}
		if err := b.Correct(ctx, branch, c); fault.Of(err) == "" {
			t.Error("a branch corrects no value of another county")
		}
		if err := b.Correct(ctx, city, c); err != nil {
			t.Fatal(err)
		}
		if r = b.result(id, water.MonthOf(2026, 3)); r.Class != gb.II || r.Revision != 3 || !strings.HasPrefix(r.Cause, "value/") {
			t.Errorf("%+v", r) // equal to the limit meets it
		}
		if err := b.Correct(ctx, city, c); fault.Of(err) != fault.Conflict {
			t.Error(err)
		}
		c.Seen, c.Withdraw = 3, true
		if err := b.Correct(ctx, city, c); err != nil {
			t.Fatal(err)
		}
		if r = b.result(id, water.MonthOf(2026, 3)); r.Class != 0 || r.State != water.StateUnknown || r.Attained != water.UnknownAttained {
			t.Errorf("%+v", r)
		}
	})
}

// Ice, no flow and not monitored are states of their own.
func TestStates(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ids := map[string]int64{}
		for _, c := range []string{"S1", "S2", "S3", "S4"} {
			ids[c] = b.section(c, "示例"+c, "231102", 3)
		}
		b.load("一月.csv", "断面编码,监测月份,断面状态,氨氮(mg/L),备注\nS1,2026-01,冰封期,—,\nS2,2026年1月,断流,,\nS3,2026-01,未监测,,道路中断\nS4,2026-01,正常,0.2,\n")
		for code, want := range map[string]water.State{"S1": water.IceBound, "S2": water.NoFlowing, "S3": water.Unmonitored, "S4": water.Judged} {
			if r := b.result(ids[code], water.MonthOf(2026, 1)); r.State != want || (r.Attained == water.Meets) != (code == "S4") {
				t.Errorf("%s: %s %s", code, r.State, r.Attained)
			}
		}
		o, err := b.Overview(ctx, city, water.MonthOf(2026, 1), water.Which{})
		if err != nil {
			t.Fatal(err)
		}
		s := o.Region.Shares
		if s.Judged != 1 || s.Ice != 1 || s.Dry != 1 || s.Unknown != 1 || o.Region.Target.Met != 1 || o.Region.Target.Ice != 1 || o.Region.Target.Unknown != 1 {
			t.Errorf("%+v %+v", s, o.Region.Target)
		}
		if o.Region.Rating.Name != "" {
			t.Errorf("with one of four unknown the city has no rating: %+v", o.Region.Rating)
		}
	})
}

// A target that is entered or changed later makes the results again, with its
// cause.
func TestFollow(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		id := b.section("S1", "示例一断面", "231102", 0)
		b.load("一.csv", "断面编码,采样日期,氨氮（mg/L）\nS1,2025-03-05,0.7\nS1,2026-03-05,0.7\n")
		if r := b.result(id, water.MonthOf(2026, 3)); r.Attained != water.NoTarget {
			t.Fatal(r.Attained)
		}
		b.save(water.TargetRegister, "", "", "", map[string]any{"section": id, "class": "3", "valid_from": "2021-01-01", "valid_to": "2025-12-31", "document": "甲"})
		b.save(water.TargetRegister, "", "", "", map[string]any{"section": id, "class": "2", "valid_from": "2026-01-01", "document": "乙"})
		n, err := b.Follow(ctx, time.Now())
		if err != nil || n == 0 {
			t.Fatal(n, err)
		}
		if r := b.result(id, water.MonthOf(2025, 3)); r.Attained != water.Meets || r.Target != gb.III || !strings.HasPrefix(r.Cause, "entry/") {
			t.Errorf("%+v", r)
		}
		if r := b.result(id, water.MonthOf(2026, 3)); r.Attained != water.Exceeds || r.Target != gb.II || r.Detail().Document != "乙" {
			t.Errorf("%+v", r)
		}
		if n, err := b.Follow(ctx, time.Now()); n != 0 || err != nil {
			t.Error(n, err)
		}
	})
}
