package matter_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/calendar"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/matter"
	"pingzhang/internal/notify"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
)

var ctx = context.Background()

// hand is a clock that a test sets.
type hand struct {
	mu sync.Mutex
	at time.Time
}

func (h *hand) Now() time.Time { h.mu.Lock(); defer h.mu.Unlock(); return h.at }
func (h *hand) set(s string)   { h.mu.Lock(); defer h.mu.Unlock(); h.at = moment(s) }

type bench struct {
	*matter.Store
	db     *sqldb.DB
	notify *notify.Store
	hand   *hand
	dir    string
}

func each(t *testing.T, test func(t *testing.T, s bench)) {
	k, table := known(t)
	books := map[string]*matter.Playbook{"exceedance": exceedance(t)}
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		h := &hand{}
		h.set("2026-09-29 09:00:00")
		db.Clock = h
		n := notify.New(db)
		dir := t.TempDir()
		test(t, bench{matter.New(db, matter.Config{Dir: dir, Playbooks: books, Families: k.Families, Notify: n, MaxFile: 1 << 20,
			Table: func(context.Context) (*calendar.Table, error) { return table, nil }}), db, n, h, dir})
	}, journal.Migrations, notify.Migrations, matter.Migrations)
}

func exceeds(key, period, peak, times string) matter.Finding {
	return matter.Finding{
		Key: key, Kind: "exceedance", Division: "231102", Enterprise: plantID, Outlet: 5, Point: 6, Title: "示例热电厂 二氧化硫小时均值超标",
		LastAt: moment(period), Peak: peak, Unit: "mg/m3", Times: times, Facts: json.RawMessage(fmt.Sprintf(`{"value":%q,"limit":"200"}`, peak)),
	}
}

func (s bench) open(t *testing.T) *matter.Matter {
	t.Helper()
	f, created, err := s.Report(ctx, platform, exceeds("p6/a21026/1", "2026-09-29 07:00:00", "250", "0.25"), "exceedance")
	if err != nil || !created || f.Matter == 0 {
		t.Fatalf("Report = %+v, %v, %v", f, created, err)
	}
	m, err := s.Matter(ctx, section, f.Matter)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (s bench) move(t *testing.T, by access.Caller, m *matter.Matter, move string, in matter.MoveInput) *matter.Matter {
	t.Helper()
	next, err := s.Move(ctx, by, m.ID, m.Version, move, in)
	if err != nil {
		t.Fatalf("%s by %s: %v %v", move, by.Login, err, fault.FieldsOf(err))
	}
	return next
}

func (s bench) photo(t *testing.T, by access.Caller, m *matter.Matter) matter.Evidence {
	t.Helper()
	e, err := s.AddEvidence(ctx, by, m.ID, "现场.jpg", bytes.NewReader(withEXIF(jpegOf(1200, 800))))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

var (
	assign = matter.MoveInput{Fields: map[string]string{"demand": "请说明原因"}}
	submit = matter.MoveInput{Fields: map[string]string{"cause": "facility", "explanation": "脱硫泵故障", "marked": "none", "measures": "更换备泵"}}
	report = map[string]string{"finding": "confirmed", "checked_on": "2026-09-29", "officers": "示例甲、示例乙", "facts": "备泵已投用"}
)

func (s bench) count(t *testing.T, query string, args ...any) int {
	t.Helper()
	n, _, err := sqldb.Value[int](ctx, s.db, query, args...)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestFromFindingToClosed(t *testing.T) {
	each(t, func(t *testing.T, s bench) {
		m := s.open(t)
		if m.Stage != "verify" || m.Version != 1 || m.Playbook.Version != 1 {
			t.Fatalf("opened as %+v", m)
		}
		m = s.move(t, section, m, "assign", assign)
		m = s.move(t, plant, m, "submit", submit)
		e := s.photo(t, officer, m)
		m = s.move(t, officer, m, "report", matter.MoveInput{Fields: report, Evidence: []int64{e.ID}})
		m = s.move(t, section, m, "return_branch", matter.MoveInput{Note: "请补充台账"})
		if m.Stage != "check" {
			t.Fatalf("returned to %s", m.Stage)
		}
		e2 := s.photo(t, branch, m)
		m = s.move(t, branch, m, "report", matter.MoveInput{Fields: report, Evidence: []int64{e2.ID}})
		m = s.move(t, section, m, "refer", matter.MoveInput{Note: "建议立案", Fields: map[string]string{"suspected": "涉嫌超标排放大气污染物案", "receiver": "示例执法支队"}})
		if m.Outcome != "referred" {
			t.Errorf("the outcome is %q, want referred", m.Outcome)
		}
		m = s.move(t, section, m, "publish", matter.MoveInput{Fields: map[string]string{
			"unit": "示例热电厂", "problem": "二氧化硫小时均值超标", "handling": "已更换备泵", "result": "已转办", "checker": "示例丙"}})
		m = s.move(t, section, m, "close", matter.MoveInput{Note: "材料齐全"})
		if !m.Closed() || m.Stage != "closed" || m.Version != 9 {
			t.Errorf("in the end %+v", m)
		}
		if _, err := s.Move(ctx, section, m.ID, m.Version, "close", matter.MoveInput{Note: "再来"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("moving a closed matter gives %v, want fault.Invalid", err)
		}

		pub, err := s.Publications(ctx, 0, 10)
		text, _ := json.Marshal(pub)
		if err != nil || len(pub) != 1 || len(pub[0].Items) != 4 || strings.Contains(string(text), "示例丙") {
			t.Errorf("published %s, %v; want the four public fields and nothing else", text, err)
		}
		line, err := s.Timeline(ctx, section, m.ID)
		if err != nil {
			t.Fatal(err)
		}
		moves, photos, back := 0, 0, 0
		for _, ev := range line {
			if ev.Kind == "move" {
				moves++
			}
			if ev.Back {
				back++
			}
			photos += len(ev.Evidence)
		}
		if moves != 9 || photos != 2 || back != 1 {
			t.Errorf("%d moves, %d photographs, %d returns on the timeline; want 9, 2, 1", moves, photos, back)
		}
		if n := s.count(t, `SELECT COUNT(*) FROM journal WHERE act = 'matter.move' AND object = $1`, fmt.Sprintf("matter/%d", m.ID)); n != 8 {
			t.Errorf("%d moves are in the journal, want 8", n)
		}
		if n := s.count(t, `SELECT COUNT(*) FROM clocks WHERE stopped_at IS NULL`); n != 0 {
			t.Errorf("%d clocks of a closed matter run", n)
		}
		if _, err := s.AddEvidence(ctx, section, m.ID, "迟到.txt", strings.NewReader("迟到")); !fault.Is(err, fault.Invalid) {
			t.Errorf("a file for a closed matter gives %v, want fault.Invalid", err)
		}
		if err := s.db.InTx(ctx, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE publications SET content = $1`, `{"title":"改过"}`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Publications(ctx, 0, 10); !errors.Is(err, matter.ErrTampered) {
			t.Errorf("a publication that was changed gives %v, want ErrTampered", err)
		}
	})
}

func TestMoveRefuses(t *testing.T) {
	each(t, func(t *testing.T, s bench) {
		m := s.open(t)
		m = s.move(t, section, m, "assign", assign)
		for _, tt := range []struct {
			name    string
			by      access.Caller
			version int64
			move    string
			in      matter.MoveInput
			kind    fault.Kind
		}{
			{"a matter that has moved since", plant, 1, "submit", submit, fault.Conflict},
			{"a move of another stage", plant, 2, "report", submit, fault.Invalid},
			{"another's step", branch, 2, "submit", submit, fault.Denied},
			{"a field left out", plant, 2, "submit", matter.MoveInput{}, fault.Invalid},
			{"a county that does not see it", foreign, 2, "skip", matter.MoveInput{Note: "x"}, fault.NotFound},
			{"an enterprise that does not see it", neighbor, 2, "submit", submit, fault.NotFound},
			{"nobody", nobody, 2, "submit", submit, fault.NotFound},
			{"evidence that is not there", plant, 2, "submit", matter.MoveInput{Fields: submit.Fields, Evidence: []int64{1}}, fault.Invalid},
		} {
			t.Run(tt.name, func(t *testing.T) {
				before := s.count(t, `SELECT COUNT(*) FROM journal`)
				if _, err := s.Move(ctx, tt.by, m.ID, tt.version, tt.move, tt.in); !fault.Is(err, tt.kind) {
					t.Errorf("got %v, want %s", err, tt.kind)
				}
				if after := s.count(t, `SELECT COUNT(*) FROM journal`); after != before {
					t.Error("something was written to the journal")
				}
			})
		}
		theirs := s.photo(t, branch, m)
		if _, err := s.Move(ctx, plant, m.ID, 2, "submit", matter.MoveInput{Fields: submit.Fields, Evidence: []int64{theirs.ID}}); fault.FieldsOf(err)["evidence"] == "" {
			t.Errorf("a file that somebody else uploaded: %v", err)
		}
	})
}

func TestTwoPeopleCannotMoveOneMatter(t *testing.T) {
	each(t, func(t *testing.T, s bench) {
		m := s.open(t)
		var wg sync.WaitGroup
		var mu sync.Mutex
		won, lost := 0, 0
		for range 6 {
			wg.Go(func() {
				_, err := s.Move(ctx, section, m.ID, m.Version, "assign", assign)
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
		if won != 1 || lost != 5 || s.count(t, `SELECT COUNT(*) FROM moves`) != 2 {
			t.Errorf("%d moved it and %d were told of a conflict; want 1 and 5", won, lost)
		}
	})
}

func TestOneEpisodeIsOneFinding(t *testing.T) {
	periods := []matter.Finding{
		exceeds("k", "2026-09-29 07:00:00", "250", "0.25"),
		exceeds("k", "2026-09-29 08:00:00", "300", "0.5"),
		exceeds("k", "2026-09-29 09:00:00", "220", "0.1"),
		exceeds("k", "2026-09-29 10:00:00", "300", "0.5"),
	}
	for _, tt := range []struct {
		name  string
		order []int
	}{
		{"in order", []int{0, 1, 2, 3}},
		{"backwards", []int{3, 2, 1, 0}},
		{"doubled and shuffled", []int{2, 0, 2, 3, 1, 0, 3, 3}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, s bench) {
				news := 0
				for _, i := range tt.order {
					_, created, err := s.Report(ctx, platform, periods[i], "exceedance")
					if err != nil {
						t.Fatal(err)
					}
					if created {
						news++
					}
				}
				all, err := s.Findings(ctx, section, matter.FindingQuery{})
				if err != nil || len(all) != 1 || news != 1 {
					t.Fatalf("%d findings, %d new, %v; want one", len(all), news, err)
				}
				f := all[0]
				if !f.At.Equal(moment("2026-09-29 07:00:00")) || !f.LastAt.Equal(moment("2026-09-29 10:00:00")) || f.Peak != "300" || f.Periods != 4 ||
					string(f.Facts) != `{"limit":"200","value":"300"}` {
					t.Errorf("the finding is %+v %s", f, f.Facts)
				}
				if at := s.count(t, `SELECT peak_at FROM findings`); at != int(moment("2026-09-29 08:00:00").Unix()) {
					t.Errorf("of two equal peaks the one at %d is kept, want the earlier", at)
				}
				if n := s.count(t, `SELECT COUNT(*) FROM matters`); n != 1 {
					t.Errorf("%d matters, want one", n)
				}
				if n := s.count(t, `SELECT COUNT(*) FROM journal WHERE act LIKE 'finding.%'`); n != 4 {
					t.Errorf("%d entries tell of the finding, want one a period", n)
				}
			})
		})
	}
}

func TestJudgingAgainKeepsBoth(t *testing.T) {
	each(t, func(t *testing.T, s bench) {
		for _, f := range []matter.Finding{
			exceeds("k", "2026-09-29 07:00:00", "250", "0.25"), exceeds("k", "2026-09-29 08:00:00", "300", "0.5"),
			exceeds("k", "2026-09-29 08:00:00", "210", "0.05"),
		} {
			if _, _, err := s.Find(ctx, platform, f); err != nil {
				t.Fatal(err)
			}
		}
		all, _ := s.Findings(ctx, section, matter.FindingQuery{})
		if all[0].Peak != "250" || all[0].Periods != 2 || s.count(t, `SELECT COUNT(*) FROM finding_periods`) != 3 {
			t.Errorf("after a correction the finding is %+v", all[0])
		}
		if _, _, err := s.Find(ctx, section, exceeds("x", "2026-09-29 08:00:00", "1", "")); !fault.Is(err, fault.Denied) {
			t.Errorf("without finding.create: %v, want fault.Denied", err)
		}
	})
}

func TestManyWorkersReportOneEpisode(t *testing.T) {
	each(t, func(t *testing.T, s bench) {
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				f := exceeds("k", fmt.Sprintf("2026-09-29 %02d:00:00", i), fmt.Sprint(201+i), "")
				if _, _, err := s.Report(ctx, platform, f, "exceedance"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		all, err := s.Findings(ctx, section, matter.FindingQuery{})
		if err != nil || len(all) != 1 || all[0].Periods != 8 || all[0].Peak != "208" || s.count(t, `SELECT COUNT(*) FROM matters`) != 1 {
			t.Errorf("findings %+v, %v; want one of eight periods with one matter", all, err)
		}
	})
}

func TestScope(t *testing.T) {
	each(t, func(t *testing.T, s bench) {
		m := s.open(t)
		e := s.photo(t, branch, m)
		for _, tt := range []struct {
			name string
			by   access.Caller
			sees bool
		}{
			{"the city", section, true},
			{"the county", branch, true},
			{"the enterprise", plant, true},
			{"another county", foreign, false},
			{"another enterprise", neighbor, false},
			{"an account without scope", nobody, false},
		} {
			t.Run(tt.name, func(t *testing.T) {
				check := func(what string, found bool, err error) {
					t.Helper()
					if found != tt.sees || (err != nil && !fault.Is(err, fault.NotFound)) {
						t.Errorf("%s: found %v, %v; want %v", what, found, err, tt.sees)
					}
				}
				_, err := s.Matter(ctx, tt.by, m.ID)
				check("Matter", err == nil, err)
				_, err = s.Timeline(ctx, tt.by, m.ID)
				check("Timeline", err == nil, err)
				_, err = s.Clocks(ctx, tt.by, m.ID)
				check("Clocks", err == nil, err)
				_, err = s.Finding(ctx, tt.by, m.Finding)
				check("Finding", err == nil, err)
				_, err = s.Periods(ctx, tt.by, m.Finding)
				check("Periods", err == nil, err)
				_, _, err = s.File(ctx, tt.by, e.ID)
				check("File", err == nil, err)
				_, err = s.Thumbnail(ctx, tt.by, e.ID)
				check("Thumbnail", err == nil, err)
				_, err = s.Evidences(ctx, tt.by, m.ID)
				check("Evidences", err == nil, err)
				err = s.Comment(ctx, tt.by, m.ID, "看到了")
				check("Comment", err == nil, err)
				_, err = s.AddEvidence(ctx, tt.by, m.ID, "a.txt", strings.NewReader("a"))
				check("AddEvidence", err == nil, err)
				all, err := s.List(ctx, tt.by, matter.Query{})
				check("List", len(all) == 1, err)
				findings, err := s.Findings(ctx, tt.by, matter.FindingQuery{})
				check("Findings", len(findings) == 1, err)
				sum, err := s.Summary(ctx, tt.by, s.hand.Now(), s.hand.Now())
				check("Summary", sum.Open == 1, err)
			})
		}
		if _, err := s.Matter(ctx, access.Caller{Scope: in("231100")}, m.ID); !fault.Is(err, fault.Denied) {
			t.Errorf("without matter.read: %v, want fault.Denied", err)
		}
	})
}

func TestInboxFollowsTheOwner(t *testing.T) {
	each(t, func(t *testing.T, s bench) {
		has := func(by access.Caller) int {
			t.Helper()
			all, err := s.Inbox(ctx, by)
			if err != nil {
				t.Fatal(err)
			}
			return len(all)
		}
		want := func(stage string, sec, ent, bra int) {
			t.Helper()
			if has(section) != sec || has(plant) != ent || has(branch) != bra || has(officer) != bra {
				t.Errorf("while in %s the inboxes hold %d, %d, %d; want %d, %d, %d", stage, has(section), has(plant), has(branch), sec, ent, bra)
			}
			if has(foreign)+has(neighbor)+has(nobody)+has(caller("s2", "city_section", in("231102"))) != 0 {
				t.Errorf("while in %s it is in an inbox of strangers", stage)
			}
		}
		m := s.open(t)
		want("verify", 1, 0, 0)
		m = s.move(t, section, m, "assign", assign)
		want("explain", 0, 1, 0)
		if n, _ := s.notify.Unread(ctx, plant); n != 1 {
			t.Errorf("the enterprise has %d notices, want 1", n)
		}
		m = s.move(t, plant, m, "submit", submit)
		want("check", 0, 0, 1)
		m = s.move(t, branch, m, "return", matter.MoveInput{Note: "请写明标记情况"})
		want("explain again", 0, 1, 0)
		s.move(t, section, m, "withdraw", matter.MoveInput{Note: "限值录入有误"})
		want("withdrawn", 0, 0, 0)

		f2, _, err := s.Report(ctx, platform, exceeds("late", "2026-09-29 01:00:00", "250", "0.25"), "exceedance")
		if err != nil {
			t.Fatal(err)
		}
		s.hand.set("2026-09-30 09:00:00")
		f3, _, _ := s.Report(ctx, platform, exceeds("later", "2026-09-30 01:00:00", "250", "0.25"), "exceedance")
		all, err := s.Inbox(ctx, section)
		if err != nil || len(all) != 2 || all[0].ID != f2.Matter || all[1].ID != f3.Matter || all[0].Next.Def.ID != "verify" {
			t.Errorf("the inbox is %v, %v; want what runs out first at the top", all, err)
		}
	})
}

func TestAMatterKeepsItsPlaybook(t *testing.T) {
	each(t, func(t *testing.T, s bench) {
		m := s.open(t)
		changed := *s.Playbooks["exceedance"]
		changed.Stages = append([]matter.StageDef{}, changed.Stages...)
		changed.Stages[0].Label = "初步核实"
		config := s.Config
		config.Playbooks = map[string]*matter.Playbook{"exceedance": &changed}
		same := matter.New(s.db, config)
		if _, _, err := same.Report(ctx, platform, exceeds("k2", "2026-09-29 07:00:00", "250", ""), "exceedance"); !fault.Is(err, fault.Invalid) {
			t.Errorf("a playbook changed under its version gives %v, want fault.Invalid", err)
		}
		changed.Version = 2
		f, _, err := same.Report(ctx, platform, exceeds("k2", "2026-09-29 07:00:00", "250", ""), "exceedance")
		if err != nil {
			t.Fatal(err)
		}
		old, _ := same.Matter(ctx, section, m.ID)
		now, _ := same.Matter(ctx, section, f.Matter)
		if old.StageDef().Label != "立案核实" || now.StageDef().Label != "初步核实" {
			t.Errorf("the stages are called %s and %s", old.StageDef().Label, now.StageDef().Label)
		}
	})
}
