package land_test

import (
	"strings"
	"testing"

	"pingzhang/internal/fault"
	"pingzhang/internal/land"
	"pingzhang/internal/sheet"
	"pingzhang/standard"
)

const long = "地块编码,样品编号,采样点位,采样深度,采样日期,检测项目,检测结果,单位"

func TestImportLong(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		p := b.plot("PLOT-1", "background_as", "30", "background_source", "示例报告第3页")
		file := []string{long,
			"PLOT-1,S1-1,S1,0-20cm,2026-05-10,砷,20,mg/kg",     // equal to the screening value
			"PLOT-1,S1-1,S1,0-20cm,2026-05-10,Pb,400.1,mg/kg", // just above
			"PLOT-1,S1-2,S1,0.2-0.5m,2026-05-10,总砷,30000,µg/kg",
			"PLOT-1,S1-2,S1,0.2-0.5m,2026-05-10,镉,<0.01,mg/kg",
			"PLOT-1,S1-2,S1,0.2-0.5m,2026-05-10,锌,90,mg/kg",
			"PLOT-9,S1-2,S1,0.2-0.5m,2026-05-10,镉,1,mg/kg",
		}
		in := b.read(land.Plot, file...)
		if in.Samples != 2 || in.New != 5 || in.Changed != 0 || in.Unknown["PLOT-9"] != 1 || in.Wrong != 1 || in.ID == 0 || len(in.Digest) != 64 {
			t.Fatalf("%+v", in)
		}
		r := b.results(p.ID, "")
		for _, tt := range []struct {
			code, item string
			state      land.State
			issue      standard.Issue
		}{
			{"S1-1", "砷", land.Good, ""}, {"S1-1", "铅", land.Over, ""}, {"S1-2", "砷", land.Exempt, ""},
			{"S1-2", "镉", land.Unknown, standard.BelowDetection}, {"S1-2", "锌", land.Unruled, "soil_no_item"},
		} {
			if v := verdict(t, r, tt.code, tt.item); v.State != tt.state || v.Issue != tt.issue || v.Revision != 1 {
				t.Errorf("%s of %s: %s, %q; want %s, %q", tt.item, tt.code, v.State, v.Issue, tt.state, tt.issue)
			}
		}
		c := r.Round.Counts()
		if r.Round.Name != "2026-05" || r.Round.State != land.Over || c.Samples != 2 || c.Over != 1 || c.Unknown != 1 || c.Ratio() != "1/1（100.0%）" || c.From != "0" || c.To != "20" || c.Item != "铅" {
			t.Errorf("%+v, %+v", r.Round, c)
		}
		// 400.1/400 − 1
		if c.Multiple != "0.00025" || len(c.Missing) != 45-3 || strings.Join(c.Unruled, "") != "锌" || strings.Join(c.UnknownOf, "") != "镉锌" || c.Complete() {
			t.Errorf("%+v", c)
		}
		again := b.read(land.Plot, file...)
		if !again.Again || again.New+again.Changed+again.Amended != 0 || again.Same != 5 || again.ID != in.ID {
			t.Errorf("the same file again: %+v", again)
		}
		if all, err := b.Imports(ctx, city, 10); err != nil || len(all) != 1 {
			t.Errorf("%d imports, %v", len(all), err)
		}
	})
}

// A figure can be followed to its cell, its file, and who sent that.
func TestProvenance(t *testing.T) {
	b := newBench(t, sqlite(t))
	p := b.plot("PLOT-1")
	in := b.read(land.Plot, "地块编码,样品编号,采样日期,采样点位,检测单位,报告编号,砷（mg/kg）,铅 µg/kg", "plot-1,A1,2026/5/10,S1,示例检测,R-7, 19.90 ,500")
	s := b.results(p.ID, "").Samples[0]
	f, err := b.Sample(ctx, reader, s.ID)
	if err != nil || len(f.Values) != 2 || f.Sample.Laboratory != "示例检测" || f.Sample.ReportNo != "R-7" {
		t.Fatalf("%+v, %v", f, err)
	}
	for _, v := range f.Values {
		want := map[string][3]string{"砷": {"G2", "19.90", "mg/kg"}, "铅": {"H2", "500", "µg/kg"}}[v.Item]
		if v.Cell != want[0] || strings.TrimSpace(v.Raw) != want[1] || string(v.Unit) != want[2] || v.File != "示例.csv" || v.Digest != in.Digest || v.Import != in.ID {
			t.Errorf("%+v", v.Value)
		}
	}
	if v := f.Values[1].Verdict; v.Compared != "0.5" || v.Unit != "mg/kg" {
		t.Errorf("500 µg/kg is compared as %s %s", v.Compared, v.Unit)
	}
	if i := f.Files[in.ID]; i.Who != "示例科长" || i.At != b.hand.at.Unix() {
		t.Errorf("%+v", i)
	}
}

// Each kind of bad input is an issue of its cell, with what to do; the rest is
// imported, and nothing is guessed.
func TestBadInput(t *testing.T) {
	for _, tt := range []struct {
		name, cell string // the result, and where the issue must stand
		row        string
		says       string
		stored     standard.Issue // of the value that is kept; "-" where none is
	}{
		{"negative", "G2", "PLOT-1,A1,S1,0-20cm,2026-05-10,砷,-1,mg/kg", "小于 0", standard.Negative},
		{"more than all", "G2", "PLOT-1,A1,S1,0-20cm,2026-05-10,砷,1000001,mg/kg", "不可能", "land_too_much"},
		{"text", "G2", "PLOT-1,A1,S1,0-20cm,2026-05-10,砷,约12,mg/kg", "不是", standard.NotNumber},
		{"a number with its unit", "G2", "PLOT-1,A1,S1,0-20cm,2026-05-10,砷,12mg/kg,mg/kg", "mg/kg", standard.NotNumber},
		{"full-width digits", "G2", "PLOT-1,A1,S1,0-20cm,2026-05-10,砷,１２,mg/kg", "全角", standard.FullWidth},
		{"below detection with a limit", "G2", "PLOT-1,A1,S1,0-20cm,2026-05-10,砷,<0.01,mg/kg", "检出限", standard.BelowDetection},
		{"not detected", "G2", "PLOT-1,A1,S1,0-20cm,2026-05-10,砷,未检出,mg/kg", "检出限", standard.BelowDetection},
		{"a code for missing data", "G2", "PLOT-1,A1,S1,0-20cm,2026-05-10,砷,-99,mg/kg", "缺测", "placeholder"},
		{"a stroke", "G2", "PLOT-1,A1,S1,0-20cm,2026-05-10,砷,—,mg/kg", "未", standard.NotMeasured},
		{"no result", "G2", "PLOT-1,A1,S1,0-20cm,2026-05-10,砷,,mg/kg", "没有填写检测结果", "-"},
		{"another unit", "H2", "PLOT-1,A1,S1,0-20cm,2026-05-10,砷,12,mg/L", "没有换算", standard.UnitMismatch},
		{"no unit", "H2", "PLOT-1,A1,S1,0-20cm,2026-05-10,砷,12,", "没有写单位", standard.NoUnit},
		{"an unknown unit", "H2", "PLOT-1,A1,S1,0-20cm,2026-05-10,砷,12,份", "不认识的单位", standard.UnitUnknown},
		{"a day to come", "E2", "PLOT-1,A1,S1,0-20cm,2026-12-10,砷,12,mg/kg", "还没有到", "-"},
		{"a day that is none", "E2", "PLOT-1,A1,S1,0-20cm,2026-02-30,砷,12,mg/kg", "没有这个日期", "-"},
		{"a month alone", "E2", "PLOT-1,A1,S1,0-20cm,2026-05,砷,12,mg/kg", "没有日", "-"},
		{"a site that is not registered", "A2", "PLOT-7,A1,S1,0-20cm,2026-05-10,砷,12,mg/kg", "请先登记", "-"},
		{"no sample number", "B2", "PLOT-1,,S1,0-20cm,2026-05-10,砷,12,mg/kg", "", "-"},
		{"a depth without unit", "D2", "PLOT-1,A1,S1,0-20,2026-05-10,砷,12,mg/kg", "没有单位", ""},
		{"a depth upside down", "D2", "PLOT-1,A1,S1,50-20cm,2026-05-10,砷,12,mg/kg", "起大于止", ""},
		{"an item that is not named", "F2", "PLOT-1,A1,S1,0-20cm,2026-05-10,,12,mg/kg", "没有填写检测项目", "-"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, sqlite(t))
			p := b.plot("PLOT-1")
			in := b.read(land.Plot, long, tt.row, "PLOT-1,B1,S2,0-20cm,2026-05-10,砷,7,mg/kg")
			if text, _ := problemAt(t, in, tt.cell); !strings.Contains(text, tt.says) {
				t.Errorf("%s is %q; want %q", tt.cell, text, tt.says)
			}
			r := b.results(p.ID, "")
			if v := verdict(t, r, "B1", "砷"); v.State != land.Good {
				t.Errorf("the other row: %+v", v)
			}
			for _, s := range r.Samples {
				v, ok := s.Verdicts["砷"]
				switch {
				case s.Code != "A1":
				case tt.stored == "-" && ok:
					t.Errorf("was stored: %+v", v)
				case tt.stored == "-":
				case tt.stored == "" && v.State != land.Good:
					t.Errorf("%s, %s", v.State, v.Issue)
				case tt.stored != "" && (v.State != land.Unknown || v.Issue != tt.stored):
					t.Errorf("%s, %q; want unknown, %q", v.State, v.Issue, tt.stored)
				}
			}
			if tt.stored != "-" && len(r.Samples) != 2 {
				t.Errorf("%d samples", len(r.Samples))
			}
		})
	}
}

// A result that stands twice counts once, or not at all where the two differ.
func TestTwins(t *testing.T) {
	b := newBench(t, sqlite(t))
	p := b.plot("PLOT-1")
	in := b.read(land.Plot, long,
		"PLOT-1,A1,S1,0-20cm,2026-05-10,砷,7,mg/kg", "PLOT-1,A1,S1,0-20cm,2026-05-10,As,7,mg/kg",
		"PLOT-1,A1,S1,0-20cm,2026-05-10,铅,7,mg/kg", "PLOT-1,A1,S1,0-20cm,2026-05-10,铅,8,mg/kg",
		"PLOT-1,A1,S2,0-20cm,2026-05-10,镉,1,mg/kg")
	if _, note := problemAt(t, in, "G3"); !note {
		t.Error("the same result twice is no fault")
	}
	problemAt(t, in, "G4")
	problemAt(t, in, "G5")
	problemAt(t, in, "C6") // another point of the same sample
	if r := b.results(p.ID, ""); len(r.Samples) != 1 || len(r.Samples[0].Verdicts) != 1 || in.Wrong != 3 {
		t.Errorf("%+v, %v", r.Samples, in.Problems)
	}
}

// Another result is a revision beside the old one; what cannot be read supersedes
// nothing; an old file brings nothing back.
func TestRevision(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		p := b.plot("PLOT-1")
		row := func(value string) []string {
			return []string{long, "PLOT-1,A1,S1,0-20cm,2026-05-10,铅," + value + ",mg/kg"}
		}
		first, second := row("399"), row("801")
		b.read(land.Plot, first...)
		in := b.read(land.Plot, second...)
		if in.Changed != 1 || in.Wrong != 0 {
			t.Fatalf("%+v", in)
		}
		for _, tt := range []struct {
			name string
			file []string
			said string
		}{{"the first file again", first, "已更正"}, {"a text", row("约9"), "保留"}} {
			in := b.read(land.Plot, tt.file...)
			if in.Changed+in.New != 0 || in.Same != 1 || !strings.Contains(in.Problems[len(in.Problems)-1].Text, tt.said) {
				t.Errorf("%s: %+v", tt.name, in)
			}
		}
		r := b.results(p.ID, "")
		if v := verdict(t, r, "A1", "铅"); v.State != land.Severe || v.Revision != 2 || v.ValueRevision != 2 {
			t.Errorf("%+v", v)
		}
		f, err := b.Sample(ctx, city, r.Samples[0].ID)
		if err != nil || f.Values[0].Raw != "801" || len(f.Values[0].Past) != 1 || f.Values[0].Past[0].Raw != "399" || len(f.Values[0].Judged) != 1 || f.Values[0].Judged[0].State != land.Good {
			t.Errorf("%+v, %v", f.Values, err)
		}
		// A file of another name that says the first thing again is a new revision.
		if in := b.read(land.Plot, append(first, "")...); in.Changed != 1 {
			t.Errorf("another file: %+v", in)
		}
		// Deeper data of the sample: a revision of the sample.
		if in := b.read(land.Plot, long, "PLOT-1,A1,S1,20-40cm,2026-05-10,铅,399,mg/kg"); in.Amended != 1 || in.Same != 1 {
			t.Errorf("another depth: %+v", in)
		}
		if f, err := b.Sample(ctx, city, r.Samples[0].ID); err != nil || len(f.Past) != 1 || f.Sample.Depth() != "20—40 cm" || f.Past[0].Depth() != "0—20 cm" {
			t.Errorf("%+v, %v", f, err)
		}
	})
}

// What the standard does not name is kept in its own unit, and said once.
func TestUnruled(t *testing.T) {
	b := newBench(t, sqlite(t))
	p := b.plot("PLOT-1")
	in := b.read(land.Plot, "地块编码,样品编号,采样日期,铅（mg/kg）,含水率（%）,备注,汞（mg/L）", "PLOT-1,A,2026-05-10,1,12.5,干,0.1", "PLOT-1,B,2026-05-10,2,13,,0.2")
	if in.New != 6 || in.Wrong != 1 || strings.Join(in.Unused, "") != "备注" || len(in.Problems) != 2 {
		t.Fatalf("%+v", in)
	}
	problemAt(t, in, "G2")
	if _, note := problemAt(t, in, "E2"); !note {
		t.Error("moisture is no fault")
	}
	r := b.results(p.ID, "")
	if v := verdict(t, r, "B", "含水率"); v.State != land.Unruled || v.Compared != "13" || v.Unit != standard.Percent {
		t.Errorf("%+v", v)
	}
	if v := verdict(t, r, "B", "汞"); v.State != land.Unknown || v.Issue != standard.UnitMismatch {
		t.Errorf("%+v", v)
	}
	if r.Round.State != land.Unknown {
		t.Errorf("%s", r.Round.State)
	}
}

// Merged cells, dates as serial numbers and rounded display of a workbook are
// read by what they store, or are an issue.
func TestWorkbook(t *testing.T) {
	b := newBench(t, sqlite(t))
	p := b.plot("PLOT-1")
	var file strings.Builder
	table := sheet.Table{Title: "示例检测报告", Columns: []sheet.Column{{Zh: "地块编码"}, {Zh: "样品编号"}, {Zh: "采样日期", Kind: sheet.Date}, {Zh: "采样深度"}, {Zh: "铅", Kind: sheet.Number, Unit: standard.MgPerKg}, {Zh: "镉", Kind: sheet.Number, Unit: standard.UgPerKg}}}
	if err := sheet.WriteXLSX(&file, table, sheet.RowsOf([][]string{{"PLOT-1", "A", "2026-05-10", "0-0.2m", "400.10", "20000"}})); err != nil {
		t.Fatal(err)
	}
	in, err := b.Import(ctx, city, land.Plot, "报告.xlsx", strings.NewReader(file.String()))
	if err != nil || in.New != 2 || in.Wrong != 0 {
		t.Fatal(err, in)
	}
	r := b.results(p.ID, "")
	if v := verdict(t, r, "A", "铅"); v.State != land.Over || v.Compared != "400.10" {
		t.Errorf("%+v", v)
	}
	if v := verdict(t, r, "A", "镉"); v.State != land.Good || r.Samples[0].Depth() != "0—20 cm" || r.Samples[0].On != "2026-05-10" {
		t.Errorf("20000 µg/kg is 20 mg/kg: %+v, %+v", v, r.Samples[0].Sample)
	}
}

func TestRefused(t *testing.T) {
	b := newBench(t, sqlite(t))
	b.plot("PLOT-1")
	file := long + "\nPLOT-1,A1,S1,0-20cm,2026-05-10,铅,1,mg/kg\n"
	if _, err := b.Import(ctx, reader, land.Plot, "a.csv", strings.NewReader(file)); !fault.Is(err, fault.Denied) {
		t.Errorf("without the right: %v", err)
	}
	for name, text := range map[string]string{
		"no sites": "样品编号,采样日期,砷（mg/kg）\nA1,2026-05-10,1\n", "no results": "地块编码,样品编号,采样日期,备注\nPLOT-1,A1,2026-05-10,1\n", "empty": "", "twice": "地块编码,样品编号,采样日期,地块编号,砷（mg/kg）\nPLOT-1,A1,2026-05-10,1,1\n",
	} {
		if _, err := b.Import(ctx, city, land.Plot, "a.csv", strings.NewReader(text)); !fault.Is(err, fault.Invalid) || fault.Text(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := b.Import(ctx, city, "lake", "a.csv", strings.NewReader(file)); !fault.Is(err, fault.Invalid) {
		t.Errorf("another kind: %v", err)
	}
	// A county does not reach another's plot, not even to import for it.
	in, err := b.Import(ctx, foreign, land.Plot, "a.csv", strings.NewReader(file))
	if err != nil || in.Samples != 0 || in.Unknown["PLOT-1"] != 1 || in.ID != 0 {
		t.Errorf("%+v, %v", in, err)
	}
}
