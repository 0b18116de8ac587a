package matter_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"pingzhang/internal/fault"
)

func TestClockLedger(t *testing.T) {
	each(t, func(t *testing.T, s bench) {
		m := s.move(t, section, s.open(t), "assign", assign)
		last := func() string {
			t.Helper()
			all, err := s.Clocks(ctx, section, m.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range all {
				if c.Def.ID == "explain" {
					if marks := c.Marks(c.Deadline); len(marks) == 0 || marks[0] != "内部约定，可修改" {
						t.Errorf("an agreed limit is marked %v", marks)
					}
					return c.Deadline.Last.String()
				}
			}
			return "none"
		}
		if got := last(); got != "2026-10-09" {
			t.Errorf("three working days from 09-29 end on %s, want 2026-10-09", got)
		}
		if _, err := s.Suspend(ctx, branch, m.ID, m.Version, "等监测报告", 0); !fault.Is(err, fault.Denied) {
			t.Errorf("without matter.suspend: %v", err)
		}
		s.hand.set("2026-10-08 10:00:00")
		m, err := s.Suspend(ctx, section, m.ID, m.Version, "等监测报告", 0)
		if err != nil || !m.Suspended || last() != "" {
			t.Fatalf("suspended: %+v, %v, last day %q", m, err, last())
		}
		if _, err := s.Move(ctx, plant, m.ID, m.Version, "submit", submit); !fault.Is(err, fault.Invalid) {
			t.Errorf("a move while suspended gives %v, want fault.Invalid", err)
		}
		if _, err := s.Suspend(ctx, section, m.ID, m.Version, "再一次", 0); !fault.Is(err, fault.Invalid) {
			t.Errorf("suspending twice gives %v, want fault.Invalid", err)
		}
		if n, err := s.FireDue(ctx, moment("2027-01-01 00:00:00"), "a"); n != 0 || err != nil {
			t.Errorf("while suspended %d reminders fired, %v", n, err)
		}
		s.hand.set("2026-10-12 10:00:00")
		if m, err = s.Resume(ctx, section, m.ID, m.Version, "报告已到"); err != nil || last() != "2026-10-13" {
			t.Fatalf("resumed: %v, last day %s; want 2026-10-13", err, last())
		}
		clocks, _ := s.Clocks(ctx, section, m.ID)
		explain := clocks[len(clocks)-1].ID
		if _, err := s.Extend(ctx, section, m.ID, m.Version, explain, 2, "检测推迟", ""); fault.FieldsOf(err)["approved_by"] == "" {
			t.Errorf("an extension that nobody approved: %v", err)
		}
		if _, err := s.Extend(ctx, section, m.ID, m.Version, clocks[1].ID, 2, "检测推迟", "示例局长"); !fault.Is(err, fault.Invalid) {
			t.Errorf("extending a clock that was stopped: %v", err)
		}
		if m, err = s.Extend(ctx, section, m.ID, m.Version, explain, 2, "检测推迟", "示例局长"); err != nil || last() != "2026-10-15" {
			t.Errorf("extended: %v, last day %s; want 2026-10-15", err, last())
		}
		line, _ := s.Timeline(ctx, section, m.ID)
		var titles []string
		for _, e := range line {
			if e.Kind == "clock" {
				titles = append(titles, e.Title)
			}
		}
		if got := strings.Join(titles, " "); got != "中止时限 恢复时限 延长时限：企业说明时限" {
			t.Errorf("the timeline tells %q", got)
		}
		for _, act := range []string{"matter.suspend", "matter.resume", "matter.extend"} {
			if n := s.count(t, `SELECT COUNT(*) FROM journal WHERE act = $1`, act); n != 1 {
				t.Errorf("%d entries %s in the journal, want 1", n, act)
			}
		}
	})
}

// Three working days from 2026-09-29 end with 10-09, the moment being the
// beginning of 10-10.
func TestRungsFireOnceWithManyWorkers(t *testing.T) {
	each(t, func(t *testing.T, s bench) {
		m := s.move(t, section, s.open(t), "assign", assign)
		fire := func(at string) int {
			t.Helper()
			var wg sync.WaitGroup
			var mu sync.Mutex
			total := 0
			for w := range 4 {
				wg.Go(func() {
					n, err := s.FireDue(ctx, moment(at), fmt.Sprint("worker", w))
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					total += n
					mu.Unlock()
				})
			}
			wg.Wait()
			return total
		}
		for _, tt := range []struct {
			at      string
			fired   int
			plant   int // notices of the enterprise, all together
			section int
		}{
			{"2026-10-08 23:59:59", 0, 1, 1},
			{"2026-10-09 00:00:00", 1, 2, 1}, // -1d to the owner
			{"2026-10-10 00:00:00", 1, 3, 1}, // +0d to the owner and the branch
			{"2026-10-12 00:00:00", 1, 3, 2}, // +2d to the city
			{"2026-10-12 00:00:00", 0, 3, 2},
		} {
			if got := fire(tt.at); got != tt.fired {
				t.Errorf("at %s four workers fired %d, want %d", tt.at, got, tt.fired)
			}
			p, _ := s.notify.Unread(ctx, plant)
			c, _ := s.notify.Unread(ctx, section)
			if p != tt.plant || c != tt.section {
				t.Errorf("at %s the enterprise has %d notices and the city %d; want %d and %d", tt.at, p, c, tt.plant, tt.section)
			}
		}
		if n := s.count(t, `SELECT COUNT(*) FROM journal WHERE act = 'matter.rung'`); n != 3 {
			t.Errorf("%d reminders are in the journal, want 3", n)
		}
		all, _ := s.notify.List(ctx, plant, 0, 1)
		if want := "示例热电厂 二氧化硫小时均值超标：企业说明已逾期（2026-10-09（周五））"; all[0].Text != want {
			t.Errorf("the notice says %q, want %q", all[0].Text, want)
		}
		sum, err := s.Summary(ctx, section, moment("2026-10-10 00:00:00"), moment("2026-10-01 00:00:00"))
		if err != nil || sum.Late != 1 || sum.Open != 1 || sum.Stages["explain"] != 1 {
			t.Errorf("summary %+v, %v; want one late", sum, err)
		}
		s.hand.set("2026-10-12 09:00:00")
		s.move(t, plant, m, "submit", submit) // late, and still possible
	})
}
