package web

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/journal"
)

func (s *Server) journalRoutes() []route {
	return []route{
		{"GET /journal", "journal.read", s.journalList},
		{"POST /journal/verify", "journal.read", s.journalVerify},
		{"GET /journal/key", "journal.export", s.journalKey},
	}
}

type journalRow struct {
	Seq                                int64
	At                                 time.Time
	By, Via, Act, Name, Object, Detail string
	Whole                              string // the detail as it is hashed
	Leaf                               string
}

type reportView struct {
	State    stateView
	Text     string
	Problems []string
}

type journalView struct {
	shell
	Report                    *reportView
	Head                      []fact
	By, Act, Object, From, To string
	Rows                      []journalRow
	Pager                     pager
	CanExport                 bool
}

// journalList shows the journal, the newest entries first. The audit
// administrator sees all of it: it is what he answers for.
func (s *Server) journalList(w http.ResponseWriter, r *request) error {
	return s.journalPage(w, r, nil)
}

func (s *Server) journalPage(w http.ResponseWriter, r *request, report *reportView) error {
	const n = 100
	f := journal.Filter{Act: r.text("act"), Object: r.text("object"), By: r.text("by")}
	if t := r.date("from"); !t.IsZero() {
		f.From = t.Unix()
	}
	if t := r.date("to"); !t.IsZero() {
		f.To = t.AddDate(0, 0, 1).Unix()
	}
	rows, err := s.cfg.Journal.Page(r.Context(), access.System, f, r.int("after"), n)
	if err != nil {
		return err
	}
	v := journalView{
		shell: s.shell(r, "留痕审计", "/journal"), Report: report, By: f.By, Act: f.Act, Object: f.Object, From: r.text("from"), To: r.text("to"),
		CanExport: r.Caller.May("journal.export"), Pager: pageLinks(r, ""),
	}
	for _, e := range rows {
		v.Rows = append(v.Rows, journalRow{
			Seq: e.Seq, At: time.Unix(e.At, 0), By: e.By, Via: e.Via, Act: e.Act, Name: actNames[e.Act], Object: e.Object,
			Detail: detailText(e.Detail), Whole: e.Detail, Leaf: hex.EncodeToString(e.Leaf)[:16] + "…",
		})
	}
	if len(rows) == n {
		v.Pager = pageLinks(r, strconv.FormatInt(rows[n-1].Seq, 10))
	}
	last, err := s.cfg.Journal.Last(r.Context())
	if err != nil {
		return err
	}
	if last != nil {
		v.Head = []fact{
			{Name: "最近校验点", Value: fmt.Sprintf("前 %d 条", last.Size)},
			{Name: "校验点时间", Value: last.At.Format("2006-01-02 15:04:05")},
			{Name: "树根（SM3）", Value: hex.EncodeToString(last.Root), Wide: true},
		}
	} else {
		v.Head = []fact{{Name: "最近校验点", Value: "还没有"}}
	}
	return s.render(w, r, "journal", v)
}

// journalVerify recomputes every entry and says what was changed, removed or
// inserted.
func (s *Server) journalVerify(w http.ResponseWriter, r *request) error {
	report, err := s.cfg.Journal.Verify(r.Context(), r.Now)
	if err != nil {
		return err
	}
	v := &reportView{State: stateView{"meets", "完好"}}
	v.Text = fmt.Sprintf("核验 %d 条留痕、%d 个校验点，全部相符；前 %d 条已由签名校验点固定。", report.Rows, report.Matched, report.Covered)
	if !report.OK() {
		v.State = stateView{"exceeds", "发现改动"}
		v.Text = fmt.Sprintf("核验 %d 条留痕，发现 %d 处问题：", report.Rows, len(report.Problems)+report.More)
		for _, p := range report.Problems {
			v.Problems = append(v.Problems, p.What)
		}
	}
	return s.journalPage(w, r, v)
}

// journalKey sends the public key that checkpoints are signed for.
func (s *Server) journalKey(w http.ResponseWriter, r *request) error {
	key, err := s.cfg.JournalKey()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/x-pem-file")
	w.Header().Set("Content-Disposition", `attachment; filename="journal-sm2-public.pem"`)
	w.Write(key)
	return nil
}
