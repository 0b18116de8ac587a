package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/land"
	"pingzhang/internal/matter"
)

func (s *Server) matterRoutes() []route {
	return []route{
		{"GET /inbox", "matter.read", s.inbox},
		{"GET /matters", "matter.read", s.matterList},
		{"GET /matters/{id}", "matter.read", s.matterView},
		{"POST /matters/{id}/move", "matter.move", s.matterMove},
		{"POST /matters/{id}/comment", "matter.comment", s.matterComment},
		{"POST /matters/{id}/suspend", "matter.suspend", s.matterSuspend},
		{"POST /matters/{id}/resume", "matter.suspend", s.matterResume},
		{"POST /matters/{id}/extend", "matter.suspend", s.matterExtend},
		{"GET /matters/{id}/clocks/{clock}", "matter.read", s.clockExplain},
		{"GET /matters/{id}/bundle", "journal.export", s.matterBundle},
		{"GET /findings", "finding.read", s.findingList},
		{"GET /evidence/{id}", "evidence.read", s.evidenceFile},
		{"GET /evidence/{id}/thumb", "evidence.read", s.evidenceThumb},
		{"GET /notices", signedIn, s.noticeList},
		{"POST /notices/read", signedIn, s.noticesRead},
	}
}

type matterListView struct {
	shell
	Note       string
	Empty      string
	ShowFilter bool
	Text       string
	Divisions  []option
	States     []option
	Rows       []matterRow
	Pager      pager
	Self       string
}

// rowOfMatter shows a matter in a list.
func (s *Server) rowOfMatter(l matter.Listed, now time.Time) matterRow {
	row := matterRow{
		ID: int64(l.ID), Title: l.Title, Stage: l.StageDef().Label,
		Owner: s.ownerName(l.Matter), Division: s.cfg.Divisions.NameOf(l.Division),
	}
	switch {
	case l.Closed():
		row.Clock = timerView{"paused", "已办结"}
	case l.Next != nil:
		row.Clock = timerOf(*l.Next, now)
	}
	return row
}

// timerOf says what is left of a clock.
func timerOf(r matter.Running, now time.Time) timerView {
	rest := r.Deadline.Remaining(now)
	v := timerView{Text: rest.Text()}
	switch {
	case r.Deadline.Stopped:
		v.Class = "paused"
	case rest.Late:
		v.Class = "late"
	case rest.Amount <= 1:
		v.Class = "warn"
	}
	return v
}

// ownerName says in Chinese who owes the next step of a matter.
func (s *Server) ownerName(m *matter.Matter) string {
	if m.Closed() {
		return "—"
	}
	var roles []string
	for _, r := range m.Owner.Roles {
		roles = append(roles, s.cfg.RoleName(r))
	}
	who := strings.Join(roles, "或")
	if m.Owner.Enterprise != 0 {
		return who
	}
	return s.cfg.Divisions.NameOf(m.Owner.Division) + " " + who
}

// inbox lists what waits for the caller, the most urgent first.
func (s *Server) inbox(w http.ResponseWriter, r *request) error {
	all, err := s.cfg.Matter.Inbox(r.Context(), r.Caller)
	if err != nil {
		return err
	}
	v := matterListView{shell: s.shell(r, "待办事项", "/inbox"), Note: "等您办理的事项，最紧迫的在前。", Empty: "没有等您办理的事项", Self: self(r)}
	for _, l := range all {
		v.Rows = append(v.Rows, s.rowOfMatter(l, r.Now))
	}
	return s.render(w, r, "matter_list", v)
}

// matterList lists the matters that the caller sees, the newest first.
func (s *Server) matterList(w http.ResponseWriter, r *request) error {
	q := matter.Query{Text: r.text("q"), Division: access.Division(r.text("division")), Before: matter.ID(r.int("after")), N: 50}
	state := r.text("state")
	switch state {
	case "closed":
		open := false
		q.Open = &open
	case "all":
	default:
		state = "open"
		open := true
		q.Open = &open
	}
	all, err := s.cfg.Matter.List(r.Context(), r.Caller, q)
	if err != nil {
		return err
	}
	v := matterListView{
		shell: s.shell(r, "督办事项", "/matters"), Note: "每件事都有办理单位、依据和时限，办结前不会消失。", Empty: "没有符合条件的事项",
		ShowFilter: true, Text: q.Text, Divisions: s.divisionOptions(r, string(q.Division)), Self: self(r),
		States: []option{{"open", "在办", state == "open"}, {"closed", "已办结", state == "closed"}, {"all", "全部", state == "all"}},
	}
	for _, l := range all {
		v.Rows = append(v.Rows, s.rowOfMatter(l, r.Now))
	}
	if len(all) == q.N {
		v.Pager = pageLinks(r, strconv.FormatInt(int64(all[len(all)-1].ID), 10))
	} else {
		v.Pager = pageLinks(r, "")
	}
	return s.render(w, r, "matter_list", v)
}

type findingRow struct {
	Title, Href, Note, Division, Peak, Stage string
	At, LastAt                               time.Time
	Matter                                   int64
}

type findingListView struct {
	shell
	Self  string
	Rows  []findingRow
	Pager pager
}

// findingList lists what rules and people noticed.
func (s *Server) findingList(w http.ResponseWriter, r *request) error {
	q := matter.FindingQuery{Before: r.int("after"), N: 50}
	all, err := s.cfg.Matter.Findings(r.Context(), r.Caller, q)
	if err != nil {
		return err
	}
	v := findingListView{shell: s.shell(r, "问题线索", "/findings"), Self: self(r), Pager: pageLinks(r, "")}
	for _, f := range all {
		row := findingRow{
			Title: f.Headline(), Division: s.cfg.Divisions.NameOf(f.Division), Peak: strings.TrimSpace(f.Peak + " " + f.Unit),
			At: f.At, LastAt: f.LastAt, Matter: int64(f.Matter), Stage: "查看事项",
		}
		if f.Point != 0 {
			row.Href = pointHref(f.Point, f.At, f.LastAt)
		}
		if f.Kind == land.FindingKind {
			row.Href = landFindingHref(f.Facts)
		}
		v.Rows = append(v.Rows, row)
	}
	if len(all) == q.N {
		v.Pager = pageLinks(r, strconv.FormatInt(all[len(all)-1].ID, 10))
	}
	return s.render(w, r, "finding_list", v)
}

// pointHref leads to the hourly curve around a span.
func pointHref(point int64, from, to time.Time) string {
	const form = "2006-01-02T15:04"
	return "/points/" + strconv.FormatInt(point, 10) + "?kind=hour&from=" + from.Add(-24*time.Hour).Format(form) + "&to=" + to.Add(24*time.Hour).Format(form)
}

// entryMatters adds the open matters that concern an entry to its page.
func (s *Server) entryMatters(r *request, enterprise int64, v *entryPage) error {
	if enterprise == 0 || !r.Caller.May("matter.read") {
		return nil
	}
	all, err := s.cfg.Matter.List(r.Context(), r.Caller, matter.Query{Enterprise: enterprise, N: 20})
	if err != nil {
		return err
	}
	for _, l := range all {
		v.Matters = append(v.Matters, s.rowOfMatter(l, r.Now))
	}
	return nil
}
