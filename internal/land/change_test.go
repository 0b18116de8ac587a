package land_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pingzhang/internal/figure"
	"pingzhang/internal/land"
	"pingzhang/internal/matter"
	"pingzhang/standard"
)

// A correction of a figure lists the rounds that rest on it and changes none;
// people let them be made again, and what was told stays.
func TestCorrectedFigure(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		p := b.plot("PLOT-1")
		b.read(land.Plot, long, "PLOT-1,A1,S1,0-20cm,2026-05-10,铅,390,mg/kg")
		stale := func() int {
			page, err := b.figure.Stale(ctx, city, figure.StaleQuery{Kind: "land_round"})
			if err != nil {
				t.Fatal(err)
			}
			return len(page.Results)
		}
		if stale() != 0 {
			t.Error("nothing was corrected yet")
		}
		_, err := b.figure.Correct(ctx, city, "soil_gb36600", 1, standard.Correction{Key: "表1-5-铅", Cells: map[string]string{"screen_class1": "380"}, Confidence: standard.Source, Source: "示例原文", Reason: "核对"})
		if err != nil {
			t.Fatal(err)
		}
		if v := verdict(t, b.results(p.ID, ""), "A1", "铅"); v.State != land.Good || stale() != 1 {
			t.Errorf("the verdict of before stands: %s, %d stale", v.State, stale())
		}
		done, err := b.Recompute(ctx, city, p.ID)
		if err != nil || done.Samples != 1 || done.Changed != 1 {
			t.Fatal(done, err)
		}
		r := b.results(p.ID, "")
		if v := verdict(t, r, "A1", "铅"); v.State != land.Over || v.Screening != "380" || v.Revision != 2 || !v.Confidence.Verified() || stale() != 0 || r.Round.State != land.Over {
			t.Errorf("%+v, %d stale", v, stale())
		}
		f, err := b.Sample(ctx, city, r.Samples[0].ID)
		if err != nil || len(f.Values[0].Judged) != 1 || f.Values[0].Judged[0].Screening != "400" {
			t.Errorf("%+v, %v", f.Values, err)
		}
		if done, err := b.Recompute(ctx, city, p.ID); err != nil || done.Changed != 0 {
			t.Errorf("again: %+v, %v", done, err)
		}
	})
}

// Another land class in the file changes nothing by itself, and the page is told.
func TestDrift(t *testing.T) {
	b := newBench(t, sqlite(t))
	p := b.plot("PLOT-1", "land_class", "2")
	b.read(land.Plot, long, "PLOT-1,A1,S1,0-20cm,2026-05-10,铅,600,mg/kg")
	if r := b.results(p.ID, ""); r.Drifted || r.Round.State != land.Good {
		t.Fatalf("%+v", r.Round)
	}
	p.Data["land_class"] = "1"
	b.save(p)
	if r := b.results(p.ID, ""); !r.Drifted || r.Round.State != land.Good {
		t.Errorf("drifted %t, %s", r.Drifted, r.Round.State)
	}
	if _, err := b.Recompute(ctx, city, p.ID); err != nil {
		t.Fatal(err)
	}
	if r := b.results(p.ID, ""); r.Drifted || r.Round.State != land.Over {
		t.Errorf("drifted %t, %s", r.Drifted, r.Round.State)
	}
}

// A round above an intervention value is one finding, however often it is told,
// and says when it is not above any more.
func TestFinding(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		findings := func() []matter.Finding {
			all, err := b.matter.Findings(ctx, city, matter.FindingQuery{})
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		p := b.plot("PLOT-1")
		b.read(land.Plot, long, "PLOT-1,A1,S1,0-20cm,2026-05-10,铅,800,mg/kg")
		if all := findings(); len(all) != 0 {
			t.Errorf("equal to the intervention value is none: %+v", all)
		}
		file := []string{long, "PLOT-1,A2,S1,0-20cm,2026-05-10,铅,1200,mg/kg", "PLOT-1,A3,S1,0-20cm,2026-05-20,镉,50,mg/kg", "PLOT-1,A4,S2,0-20cm,2026-05-20,铅,900,mg/kg"}
		b.read(land.Plot, file...)
		b.read(land.Plot, file...)
		if _, err := b.Recompute(ctx, city, p.ID); err != nil {
			t.Fatal(err)
		}
		all := findings()
		if len(all) != 1 || all[0].Kind != land.FindingKind || all[0].Periods != 2 || all[0].Peak != "1200" || all[0].Times != "0.50" || all[0].Matter != 0 || all[0].Division != "231102" {
			t.Fatalf("%+v", all)
		}
		var facts land.Facts
		if err := json.Unmarshal(all[0].Facts, &facts); err != nil || facts.Limit != "800" || facts.Label != "待核实" || facts.Samples != 1 || facts.Legal == nil || !strings.Contains(facts.Citation, "GB 36600-2018") {
			t.Errorf("%+v, %v", facts, err)
		}
		// Before 2026-08-15 the clause is not known, and none is cited.
		if facts.Legal != nil && !strings.Contains(facts.Legal.Citation+facts.Legal.Mark, "待补充") {
			t.Errorf("%+v", facts.Legal)
		}
		b.read(land.Plot, long, "PLOT-1,A2,S1,0-20cm,2026-05-10,铅,700,mg/kg")
		periods, err := b.matter.Periods(ctx, city, all[0].ID)
		if err != nil || len(periods) != 2 {
			t.Fatal(periods, err)
		}
		if again := findings(); len(again) != 1 || !strings.Contains(string(periods[0].Facts), "复核后不再高于管制值") {
			t.Errorf("%+v, %s", again, periods[0].Facts)
		}
		f := b.farmland("FARM-1")
		b.read(land.Farmland, "点位编码,样品编号,采样日期,pH,镉（mg/kg）", "FARM-1,A,2026-09-10,5.5,1.51")
		if all := findings(); len(all) != 2 || !strings.Contains(string(all[0].Facts), "第444条") || !strings.Contains(string(all[0].Facts), "待核实") {
			t.Errorf("farmland %d: %+v", f.ID, all)
		}
	})
}

// Rounds are told apart by their batch, else by the month, and keep their order.
func TestRounds(t *testing.T) {
	b := newBench(t, sqlite(t))
	p := b.plot("PLOT-1")
	const head = "地块编码,样品编号,采样日期,采样批次,调查阶段,采样深度,铅（mg/kg）"
	b.read(land.Plot, head, "PLOT-1,A,2024-05-10,一,初步调查,0-50cm,900", "PLOT-1,B,2024-06-10,一,初步调查,50-100cm,410", "PLOT-1,A,2025-03-01,,回头看,0-50cm,390", "PLOT-1,C,2025-03-02,,下次,0-50cm,390")
	r := b.results(p.ID, "")
	if len(r.Rounds) != 2 || r.Round.Name != "2025-03" || r.Rounds[1].Name != "一" || r.Rounds[1].First != "2024-05-10" || r.Rounds[1].Last != "2024-06-10" {
		t.Fatalf("%+v", r.Rounds)
	}
	c := r.Rounds[1].Counts()
	if c.Over != 2 || c.Severe != 1 || c.From != "0" || c.To != "100" || c.Multiple != "1.25" || !strings.Contains(c.Where, "A") || strings.Join(c.Stages, "") != "preliminary" {
		t.Errorf("%+v", c)
	}
	// The sample goes to another round: both are reckoned again.
	b.read(land.Plot, head, "PLOT-1,B,2024-06-10,二,详细调查,50-100cm,410")
	r = b.results(p.ID, "")
	if len(r.Rounds) != 3 || r.Rounds[1].Name != "二" || r.Rounds[2].Counts().Samples != 1 || r.Rounds[2].Last != "2024-05-10" {
		t.Errorf("%+v", r.Rounds)
	}
	if all, err := b.Overview(ctx, reader, land.Plot); err != nil || len(all) != 1 || all[0].Rounds != 3 || all[0].Standing() != land.Good || all[0].Latest.Counts().Complete() {
		t.Errorf("%+v, %v", all, err)
	}
}
