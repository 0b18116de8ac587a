package web

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"pingzhang/internal/land"
	"pingzhang/internal/register"
	"pingzhang/standard"
)

// landItemRow is one item of a round.
type landItemRow struct {
	Item, Most, Where, Unit   string
	Screening, Intervention   string
	N, Ratio, Multiple, Class string
	Standing                  stateView
	Why                       string
	Unverified                bool
	Then, ThenUnit            string // of the round before
	ThenStanding              stateView
	Better, Worse             bool
	NotThen                   bool // was not measured then
}

type landSampleRow struct {
	Code, Href, Spot, Depth, PH, On string
	PHOdd                           bool
	Standing                        stateView
	Over                            []string // items that are over, with content and multiple
	Unknown                         string
}

type landRoundRow struct {
	Name, Href, Span, Stage          string
	Chosen                           bool
	Samples, Ratio, Severe, Multiple string
	Standing                         stateView
	Note                             string
	Unverified                       bool
}

// landSection is what the page of a site shows of its results.
type landSectionView struct {
	ID                    int64
	Kind                  land.Kind
	Standard              string
	Round                 string // empty without results
	Stage, Span, Editions string
	Standing              stateView
	Note                  string
	Unverified, Drifted   bool
	Counts                land.Counts
	Multiple, Where       string
	Depth                 string
	Missing, Unruled      string
	Items                 []landItemRow
	Samples               []landSampleRow
	Rounds                []landRoundRow
	Before                string // name of the round that this one is compared with
	Review                bool   // 回头看
	CanImport             bool
	Well                  bool
}

// landSection returns the results of a plot, farmland or well for its page, nil
// for another entry or a caller who may not see results.
func (s *Server) landSection(r *request, e register.Entry) (*entrySection, error) {
	if _, ok := land.KindOf(e.Register); !ok || s.cfg.Land == nil || !r.Caller.May("monitor.read") {
		return nil, nil
	}
	res, err := s.cfg.Land.Results(r.Context(), r.Caller, e.ID, r.text("round"))
	if err != nil {
		return nil, err
	}
	v := landSectionView{ID: e.ID, Kind: res.Site.Kind, Standard: res.Site.Kind.Standard(), Drifted: res.Drifted, CanImport: r.Caller.May(land.Writes), Well: res.Site.Kind == land.Well}
	if res.Round != nil {
		v.round(res)
	}
	return s.section("land_site", "css/land.css", v)
}

// round fills in the round that is shown, and the others.
func (v *landSectionView) round(res land.SiteResults) {
	now := *res.Round
	v.Counts = now.Counts()
	v.Round, v.Stage, v.Editions = now.Name, stageNames(v.Counts.Stages), strings.Join(v.Counts.Editions, "、")
	v.Span, v.Standing, v.Note, v.Unverified = spanText(now), landStanding(now), landNote(v.Counts), !v.Counts.Confidence.Verified()
	v.Multiple, v.Where, v.Depth = landMultiple(v.Counts.Multiple), v.Counts.Where, "—"
	if v.Counts.From != "" {
		v.Depth = v.Counts.From + "—" + v.Counts.To + " cm"
	}
	v.Missing, v.Unruled = strings.Join(v.Counts.Missing, "、"), strings.Join(v.Counts.Unruled, "、")
	v.Review = slices.Contains(v.Counts.Stages, "review")
	before := map[string]land.ItemCounts{}
	at := slices.IndexFunc(res.Rounds, func(x land.Round) bool { return x.Name == now.Name })
	if at+1 < len(res.Rounds) {
		v.Before = res.Rounds[at+1].Name
		for _, i := range res.Rounds[at+1].Counts().Items {
			before[i.Item] = i
		}
	}
	for _, i := range v.Counts.Items {
		row := landItem(v.Kind, i)
		if then, ok := before[i.Item]; ok {
			row.compare(v.Kind, i, then)
		} else {
			row.NotThen = true
		}
		v.Items = append(v.Items, row)
	}
	for _, sample := range res.Samples {
		v.Samples = append(v.Samples, landSample(sample))
	}
	for _, x := range res.Rounds {
		v.Rounds = append(v.Rounds, landRound(x, x.Name == now.Name))
	}
}

func spanText(r land.Round) string {
	if r.First == r.Last {
		return string(r.First)
	}
	return string(r.First) + " 至 " + string(r.Last)
}

// landItem shows one item of a round.
func landItem(k land.Kind, i land.ItemCounts) landItemRow {
	row := landItemRow{Item: i.Item, Most: figureText(i.Most), Where: i.Where, Unit: i.Unit, Screening: figureText(i.Screening), Intervention: figureText(i.Intervention),
		N: strconv.Itoa(i.N), Ratio: i.Ratio(), Multiple: landMultiple(i.Multiple), Standing: landState(k, i.State), Unverified: i.Unverified}
	if i.Class != "" {
		row.Class = land.ClassName(i.Class)
	}
	if i.Unknown > 0 {
		row.Why = fmt.Sprintf("%d 个样品未知：%s", i.Unknown, land.IssueText(i.Why))
	}
	return row
}

// compare sets an item beside the round before.
func (row *landItemRow) compare(k land.Kind, now, then land.ItemCounts) {
	row.Then, row.ThenUnit, row.ThenStanding = figureText(then.Most), then.Unit, landState(k, then.State)
	a, b := exactText(now.Most), exactText(then.Most)
	if a.IsSet() && b.IsSet() && now.Unit == then.Unit {
		row.Better, row.Worse = a.Cmp(b) < 0, a.Cmp(b) > 0
	}
}

// exactText reads a number that a store wrote; none where it is none.
func exactText(text string) (x standard.Exact) {
	if x.UnmarshalText([]byte(text)) != nil {
		return standard.Exact{}
	}
	return x
}

// landSample shows one sample of a round.
func landSample(s land.SampleResult) landSampleRow {
	row := landSampleRow{Code: s.Code, Href: sampleHref(s.ID), Spot: s.Spot, Depth: s.Depth(), PH: s.PH, PHOdd: s.PHIssue != "", On: string(s.On), Standing: landState(s.Kind, s.State)}
	var over []land.Verdict
	unknown := 0
	for _, v := range s.Verdicts {
		switch v.State {
		case land.Over, land.Severe, land.Exempt:
			over = append(over, v)
		case land.Unknown:
			unknown++
		}
	}
	slices.SortFunc(over, func(a, b land.Verdict) int {
		x, y := exactText(a.Multiple), exactText(b.Multiple)
		if x.IsSet() && y.IsSet() && x.Cmp(y) != 0 {
			return y.Cmp(x)
		}
		return strings.Compare(a.Item, b.Item)
	})
	for _, v := range over {
		text := v.Item + " " + figureText(v.Compared) + " " + string(v.Unit)
		switch {
		case v.State == land.Exempt:
			text += "，不高于背景值 " + v.Background
		case s.Kind == land.Well:
			text += "，" + land.ClassName(v.Outcome)
		default:
			text += "，超筛选值 " + landMultiple(v.Multiple) + " 倍"
			if v.State == land.Severe {
				text += "，高于管制值 " + v.Intervention
			}
		}
		row.Over = append(row.Over, text)
	}
	if unknown > 0 {
		row.Unknown = fmt.Sprintf("%d 项未知", unknown)
	}
	return row
}

// landRound shows a round in the history.
func landRound(x land.Round, chosen bool) landRoundRow {
	c := x.Counts()
	row := landRoundRow{Name: x.Name, Href: roundHref(x.Site, x.Name), Span: spanText(x), Stage: stageNames(c.Stages), Chosen: chosen,
		Samples: strconv.Itoa(c.Samples), Ratio: landRatio(c), Severe: strconv.Itoa(c.Severe), Multiple: "—", Standing: landStanding(x), Note: landNote(c), Unverified: !c.Confidence.Verified()}
	if c.Multiple != "" {
		row.Multiple = landMultiple(c.Multiple) + "（" + c.Item + "）"
	}
	return row
}

// landExport sends the results of a site as a workbook.
func (s *Server) landExport(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	res, err := s.cfg.Land.Results(r.Context(), r.Caller, id, "")
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := s.cfg.Land.Export(r.Context(), r.Caller, id, &b); err != nil {
		return err
	}
	return sendBook(w, res.Site.Code+" "+res.Site.Name+" 检测结果.xlsx", b.Bytes())
}

// sendBook answers with a workbook.
func sendBook(w http.ResponseWriter, name string, book []byte) error {
	h := w.Header()
	h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(book)))
	_, _ = w.Write(book) // where the browser is gone nobody is left to be told
	return nil
}

// landRecompute judges the samples of a site again, by the figures and the file of
// today.
func (s *Server) landRecompute(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	done, err := s.cfg.Land.Recompute(detached(r), r.Caller, id)
	if err != nil {
		return err
	}
	return seeOther(w, r, entryHref(id), fmt.Sprintf("已重新评价 %d 个样品，%d 个结果有变化；原评价保留在样品页", done.Samples, done.Changed))
}
