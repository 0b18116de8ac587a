package warning_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/warning"
	aqi "pingzhang/standard/air"
)

// TestWalk goes from a forecast to an evaluation.
func TestWalk(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.list(listCSV)
		// 环大气〔2024〕6号 at second hand: one day above 200 is yellow.
		b.foretell("231102", 120, 215, 120)
		w := b.propose()
		if w.Status() != "建议" || w.Target != aqi.Yellow || w.Level != aqi.NoWarning || !slices.Equal(w.Areas, []access.Division{"231102"}) {
			t.Fatalf("%+v", w)
		}
		if again := b.propose(); again.Version != w.Version || b.acts("warning.propose") != 1 {
			t.Errorf("the same forecasts again change nothing: %+v", again)
		}
		w = b.move(section, w, warning.Submit, warning.Plan{Level: aqi.Yellow, StartsAt: b.clock.Now(), Measures: "按清单执行", Reason: "会商一致"})
		if err := b.Move(ctx, section, w.ID, w.Version, warning.Publish, warning.Plan{}, nil); !fault.Is(err, fault.Conflict) {
			t.Errorf("nothing is published before it is approved: %v", err)
		}
		w = b.move(leader, w, warning.Return, warning.Plan{Reason: "补充会商意见"})
		if w.Status() != "退回" {
			t.Error(w.Status())
		}
		w = b.issue(w, aqi.Yellow)
		if w.Status() != "已发布" || w.Level != aqi.Yellow {
			t.Fatalf("%+v", w)
		}
		a := b.answerOf(w, b.heat)
		if a.Verdict != warning.Waiting || a.Reply(b.clock.Now()) != "待反馈" || len(a.Firm().Lines) != 1 {
			t.Errorf("%+v", a)
		}
		if n, _ := b.notices.List(ctx, b.plant, 0, 10); len(n) != 1 || !strings.Contains(n[0].Text, "黄色预警") {
			t.Errorf("the firm is told: %v", n)
		}
		if n, _ := b.notices.List(ctx, b.plant2, 0, 10); len(n) != 0 {
			t.Errorf("a firm outside the area is not: %v", n)
		}
		if err := b.Respond(ctx, b.plant, a.ID, a.Version, true, "12时起1号锅炉降至一半负荷", b.photo()); err != nil {
			t.Fatal(err)
		}
		// 50000 × 50 % = 25000: the third hour is above.
		b.hours(b.flow, start, "24000", "25000", "25000.1")
		b.clock.at = start.Add(2*time.Hour + 10*time.Minute)
		b.check()
		if a = b.answerOf(w, b.heat); a.Verdict != warning.Met || a.HoursMet != 2 {
			t.Errorf("equal to the bound is met: %+v", a)
		}
		b.clock.at = start.Add(3*time.Hour + 9*time.Minute)
		b.check()
		if a = b.answerOf(w, b.heat); a.Verdict != warning.Met {
			t.Error("an hour waits for its grace")
		}
		b.clock.at = start.Add(3*time.Hour + 10*time.Minute)
		b.check()
		a = b.answerOf(w, b.heat)
		hours, err := b.Hours(ctx, branch, a.ID)
		if err != nil || a.Verdict != warning.Unmet || a.Finding == 0 || a.Matter == 0 || len(hours) != 3 {
			t.Fatalf("%+v, %v, %v", a, hours, err)
		}
		if want := "25000.1 > 50000×50%=25000 m³/h"; hours[2].Arithmetic != want || hours[2].At != start.Add(2*time.Hour).Unix() {
			t.Errorf("%+v; want %s", hours[2], want)
		}
		f, err := b.matters.Finding(ctx, branch, a.Finding)
		if err != nil || f.Title != "示例热力有限公司 未落实黄色预警应急减排措施" || f.Periods != 1 || f.Matter == 0 {
			t.Errorf("%+v, %v", f, err)
		}
		w = b.lift(w)
		if w.Status() != "已解除，待评估" {
			t.Fatal(w.Status())
		}
		if err := b.Evaluate(ctx, section, w.ID, w.Version, "措施基本落实，1家未落实"); err != nil {
			t.Fatal(err)
		}
		e, err := b.Evaluation(ctx, section, w.ID)
		if err != nil || len(e.Phases) != 1 || e.Phases[0].Notified != 1 || e.Phases[0].Answered != 1 || e.Phases[0].Unmet != 1 || len(e.Days) == 0 {
			t.Fatalf("%+v, %v", e, err)
		}
		if c := e.Phases[0].Cuts[0]; c.Known.IsSet() || c.Unknown != 1 {
			t.Errorf("of a firm that did not comply no reduction is known: %+v", c)
		}
		if err := b.Respond(ctx, b.plant, a.ID, a.Version, true, "补报", nil); !fault.Is(err, fault.Conflict) {
			t.Errorf("what is evaluated is frozen: %v", err)
		}
		for _, act := range []string{"warning.propose", "warning.publish", "warning.respond", "warning.verdict", "warning.evaluate", "warning.list_import", "warning.list_approve"} {
			if b.acts(act) == 0 {
				t.Errorf("%s is not in the journal", act)
			}
		}
	})
}

// lift lifts a warning in force, at once.
func (b *bench) lift(w warning.Warning) warning.Warning {
	b.t.Helper()
	w = b.move(section, w, warning.Submit, warning.Plan{StartsAt: b.clock.Now(), Reason: "空气质量好转"})
	w = b.move(leader, w, warning.Approve, warning.Plan{Reason: "同意"})
	return b.move(section, w, warning.Publish, warning.Plan{})
}

// TestTwoWorkers lets two workers propose and check at once.
func TestTwoWorkers(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.list(listCSV)
		b.foretell("231102", 250, 250)
		b.foretell("231100", 250, 250)
		both := func(work func() error) {
			t.Helper()
			var wg sync.WaitGroup
			for range 2 {
				wg.Add(1)
				go func() {
					defer wg.Done()
					if err := work(); err != nil {
						t.Error(err)
					}
				}()
			}
			wg.Wait()
		}
		both(func() error { _, err := b.ProposeAll(ctx, b.clock.Now()); return err })
		w := b.propose()
		if b.acts("warning.propose") != 1 || w.Target != aqi.Orange {
			t.Errorf("%d drafts of %s; the city and its county make one", b.acts("warning.propose"), w.Target)
		}
		w = b.issue(w, aqi.Yellow)
		b.hours(b.flow, start, "30000", "31000")
		b.clock.at = start.Add(2*time.Hour + 10*time.Minute)
		both(func() error { _, _, err := b.Check(ctx, b.clock.Now()); return err })
		b.check()
		a := b.answerOf(w, b.heat)
		f, err := b.matters.Finding(ctx, section, a.Finding)
		if err != nil || f.Periods != 2 || b.acts("finding.create") != 1 || b.acts("matter.open") != 1 {
			t.Errorf("%+v, %v; %d findings, %d matters", f, err, b.acts("finding.create"), b.acts("matter.open"))
		}
		if err := b.Recheck(ctx, section, w.ID); err != nil || b.acts("finding.grow") != 1 {
			t.Errorf("checking again is harmless: %v, %d", err, b.acts("finding.grow"))
		}
	})
}
