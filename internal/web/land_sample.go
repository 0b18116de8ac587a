package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/land"
)

func sampleHref(id int64) string { return "/land/samples/" + strconv.FormatInt(id, 10) }

// landValueRow is one result of a sample.
type landValueRow struct {
	Item, Named             string // as the standard and as the file name it
	Raw, Unit, Compared     string
	Screening, Intervention string
	Background, Multiple    string
	Standing                stateView
	Verdict, Why            string
	Arithmetic              string
	Because, Citations      []string
	Category                string
	Unverified              bool
	File, Cell              string
	FileHref                string
	Earlier                 []landEarlier
}

// landEarlier is what a result, or its verdict, was before.
type landEarlier struct {
	At   time.Time
	Text string
}

type landFileRow struct {
	Name, Href, Who, Digest string
	At                      time.Time
}

type landSampleView struct {
	shell
	SiteName, SiteHref string
	Well               bool
	Standing           stateView
	Facts              []fact
	Values             []landValueRow
	Files              []landFileRow
	Earlier            []landEarlier
}

// landSample shows one sample: each result with the figures, how its verdict
// follows, and the cell of the file that it stands in.
func (s *Server) landSample(w http.ResponseWriter, r *request) error {
	id, err := r.id("id")
	if err != nil {
		return err
	}
	f, err := s.cfg.Land.Sample(r.Context(), r.Caller, id)
	if err != nil {
		return err
	}
	kind := f.Site.Kind
	v := landSampleView{
		shell:    s.shell(r, "样品 "+f.Sample.Code, "/land", link{"检测与评价", "/land?kind=" + string(kind)}, link{f.Site.Name, roundHref(f.Site.ID, f.Sample.Round)}),
		SiteName: f.Site.Name, SiteHref: roundHref(f.Site.ID, f.Sample.Round), Well: kind == land.Well, Standing: landState(kind, f.State),
	}
	v.Facts = []fact{
		{Name: "采样日期", Value: string(f.Sample.On)}, {Name: "采样批次", Value: f.Sample.Round}, {Name: "调查阶段", Value: land.StageName(f.Sample.Stage)},
		{Name: "采样点位", Value: f.Sample.Spot}, {Name: "采样深度", Value: f.Sample.Depth()}, {Name: "检测单位", Value: f.Sample.Laboratory}, {Name: "报告编号", Value: f.Sample.ReportNo},
	}
	if !v.Well {
		ph := fact{Name: "pH", Value: f.Sample.PH}
		if f.Sample.PHIssue != "" {
			ph.Value += "（" + land.IssueText(f.Sample.PHIssue) + "，未采用）"
		}
		v.Facts = append(v.Facts, ph)
	}
	for _, value := range f.Values {
		v.Values = append(v.Values, landValue(kind, value))
	}
	for _, i := range f.Files {
		v.Files = append(v.Files, landFileRow{i.Result.Name, "", i.Who, i.Result.Digest, clock.Unix(i.At)})
	}
	slices.SortFunc(v.Files, func(a, b landFileRow) int { return b.At.Compare(a.At) })
	for _, p := range f.Past {
		v.Earlier = append(v.Earlier, landEarlier{clock.Unix(p.ChangedAt), strings.Join([]string{"批次 " + p.Round, "点位 " + orNothing(p.Spot), "深度 " + orNothing(p.Depth()), "pH " + orNothing(p.PH)}, "，")})
	}
	return s.render(w, r, "land_sample", v)
}

// landValue shows one result.
func landValue(k land.Kind, x land.ValueResult) landValueRow {
	d, b := x.Verdict, x.Verdict.Basis()
	row := landValueRow{
		Item: x.Item, Raw: strings.TrimSpace(x.Raw), Unit: string(x.Unit), Compared: figureText(d.Compared), Screening: figureText(d.Screening), Intervention: figureText(d.Intervention),
		Background: figureText(d.Background), Multiple: landMultiple(d.Multiple), Standing: landState(k, d.State), Verdict: d.Text(k), Why: d.Why(), Arithmetic: b.Arithmetic,
		Because: b.Because, Citations: b.Citations, Category: d.Category, Unverified: len(b.Rows) > 0 && !d.Confidence.Verified(), File: x.File, Cell: x.Cell,
	}
	if x.ItemRaw != x.Item {
		row.Named = x.ItemRaw
	}
	for _, p := range x.Past {
		row.Earlier = append(row.Earlier, landEarlier{clock.Unix(p.StoredAt), "结果 " + strings.TrimSpace(p.Raw) + " " + string(p.Unit) + "（单元格 " + p.Cell + "）"})
	}
	for _, j := range x.Judged {
		row.Earlier = append(row.Earlier, landEarlier{clock.Unix(j.JudgedAt), "评价 " + j.Text(k) + "：筛选值 " + figureText(j.Screening) + "，管制值 " + figureText(j.Intervention)})
	}
	return row
}
