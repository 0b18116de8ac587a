package judging

import (
	"io"
	"iter"
	"strings"

	"pingzhang/internal/fault"
	"pingzhang/internal/sheet"
	"pingzhang/standard"
	"pingzhang/standard/air"
)

// An AirRow is the air quality index of a station-hour, or a station-day.
type AirRow struct {
	Row
	Time        string   `json:"time"` // as it stands in the file, like the next three
	StationCode string   `json:"station_code,omitempty"`
	Station     string   `json:"station,omitempty"`
	City        string   `json:"city,omitempty"`
	Report      air.Kind `json:"report"`

	AQI      *int   `json:"aqi"`      // null where there is none to publish
	AQIText  string `json:"aqi_text"` // the same, NA where there is none
	Highest  *int   `json:"highest_iaqi"`
	Level    int    `json:"level,omitempty"` // 1 to 6
	Category string `json:"category,omitempty"`
	Colour   string `json:"colour,omitempty"`
	RGB      string `json:"rgb,omitempty"`

	Primary      string         `json:"primary"`       // as the national platform writes them; empty for none
	PrimaryCodes []string       `json:"primary_codes"` // PM2.5, O3
	Exceeding    []string       `json:"exceeding,omitempty"`
	Missing      []string       `json:"missing,omitempty"`
	Issue        standard.Issue `json:"issue,omitempty"` // why there is no AQI, or what is to be held against it
	Items        []AirItem      `json:"items"`
	Basis
}

// An AirItem is one item of a report with its index.
type AirItem struct {
	Item       string         `json:"item"` // PM2.5/1h
	Name       string         `json:"name"`
	Raw        string         `json:"raw"`   // as it stands in the file
	Value      standard.Exact `json:"value"` // from which the index was reckoned
	Unit       standard.Unit  `json:"unit"`
	IAQI       *int           `json:"iaqi"`     // null where there is none
	Reckoned   bool           `json:"reckoned"` // enters the AQI
	StandIn    string         `json:"stand_in,omitempty"`
	Issue      standard.Issue `json:"issue,omitempty"`
	Arithmetic string         `json:"arithmetic"` // in Chinese; the reason where there is no index
}

// Judged reports whether the row has an AQI.
func (r AirRow) Judged() bool { return r.AQI != nil }

// Air reads a file of air stations and reckons the index of each row by the
// edition of HJ 633 in force. The hour is reckoned from the hour means of all
// six pollutants, as the national platform does; its 24-hour means serve where
// the rules above the table ask for them.
//
// The error is fault.Invalid when the file cannot be read or lacks the columns.
func Air(book *air.Book, r io.Reader, o Options) (Table, iter.Seq[AirRow], error) {
	f, t, err := open("air", r, AirColumns(), o)
	if err != nil {
		return t, nil, err
	}
	if o.At == "" {
		if err := f.needs(AirColumns(), "time"); err != nil {
			return t, nil, err
		}
	}
	kind, needed := air.Hourly, air.Hour
	if o.Daily {
		kind, needed = air.Daily, air.Day
	}
	from := f.sources(&t)
	some := false
	for _, s := range from {
		some = some || s.item.Averaging == needed || o.Daily && s.item.Averaging == air.MaxEightHour
	}
	if !some {
		return t, nil, fault.New(fault.Invalid, "表里没有%s要用的浓度列；各列的写法见本命令的 --help", kind.Name())
	}
	f.findTwins("time", f.stationHour, func(r sheet.Row) string {
		var all []string
		for _, s := range from {
			if s.pair != nil {
				all = append(all, r.Text(s.pair.plain), r.Text(s.pair.long))
				continue
			}
			all = append(all, r.Text(s.column))
		}
		return strings.Join(all, "\n")
	})
	return t, func(yield func(AirRow) bool) {
		for r := range f.Rows() {
			if !yield(f.air(book, kind, from, r)) {
				return
			}
		}
	}, nil
}

// stationHour is what a row speaks of; empty where it does not say of what.
func (f *file) stationHour(r sheet.Row) string {
	m := r.Moment("time")
	station := r.Text("station_code")
	if station == "" && r.Text("station") != "" {
		station = r.Text("city") + "/" + r.Text("station")
	}
	switch {
	case station == "" || m.Issue != "":
		return ""
	case f.Daily:
		return station + " " + string(m.Date())
	case m.Unit == standard.Day:
		return "" // of which hour it is, the row does not say
	}
	return station + " " + m.Time.Format("2006-01-02T15")
}

func (f *file) air(book *air.Book, kind air.Kind, from []source, line sheet.Row) AirRow {
	out := AirRow{
		Report: kind, AQIText: "NA", Time: line.Text("time"), StationCode: line.Text("station_code"),
		Station: line.Text("station"), City: line.Text("city"), PrimaryCodes: []string{}, Items: []AirItem{},
	}
	r := f.row(line, &out.Row)
	var readings []air.Reading
	for _, s := range from {
		readings = append(readings, s.reading(r))
	}
	if !r.day("time") {
		out.Issue = air.NoEdition
		return out
	}
	if m := r.Moment("time"); kind == air.Hourly && m.Issue == "" && m.Unit == standard.Day {
		r.note("time", sheet.NoClock, sheet.IssueText(sheet.NoClock))
	}
	out.take(book.Report(kind, out.On, readings...))
	return out
}

// take copies a report into the row.
func (r *AirRow) take(got air.Report) {
	c := got.Basis.Citation
	r.Basis = basis(c, got.Basis.Confidence, got.Basis.Refs)
	r.Issue = got.Issue
	if got.AQI != air.NoIAQI {
		r.Highest = &got.AQI
	}
	if got.Published {
		r.AQI, r.AQIText = r.Highest, standard.Int(int64(got.AQI)).String()
		r.Level, r.Category, r.Colour, r.RGB = got.Level.Number, got.Level.Category, got.Level.Colour, got.Level.RGB
		// What is missing could have led: without an index none is named.
		r.Primary = got.FeedPrimary()
		for _, i := range got.Primary {
			r.PrimaryCodes = append(r.PrimaryCodes, i.Pollutant.String())
		}
	}
	for _, i := range got.Exceeding {
		r.Exceeding = append(r.Exceeding, i.Pollutant.String())
	}
	for _, i := range got.Missing {
		r.Missing = append(r.Missing, i.String())
	}
	for _, s := range got.Items {
		r.Items = append(r.Items, airItem(s))
	}
	r.explain(got)
}

// explain says why there is no AQI, or what is to be held against it.
func (r *AirRow) explain(got air.Report) {
	var missing []string
	for _, i := range got.Missing {
		missing = append(missing, i.Name())
	}
	switch {
	case got.Issue == "":
	case got.Issue == air.NoEdition:
		r.Reason = air.NoEdition.Text()
	case got.AQI == air.NoIAQI:
		r.Reason = "没有一项浓度可用"
	case got.Issue == air.AboveTable:
		r.Reason = air.AboveTable.Text()
	case got.Published:
		r.Reason = "缺 " + strings.Join(missing, "、") + "，指数按其余项目计算"
	default:
		r.Reason = "缺 " + strings.Join(missing, "、") + "，其余项目的指数不大于 100，不发布"
	}
}

func airItem(s air.Single) AirItem {
	i := AirItem{
		Item: s.Item.String(), Name: s.Item.Name(), Raw: strings.TrimSpace(s.Text), Value: s.Used, Unit: s.Item.Pollutant.Unit(),
		Reckoned: s.Reckoned, Issue: s.Issue,
	}
	if s.IAQI != air.NoIAQI {
		i.IAQI = &s.IAQI
	}
	if s.StandIn != nil {
		i.StandIn = s.StandIn.String()
	}
	i.Arithmetic = s.Issue.Text()
	if s.Issue == "" {
		i.Arithmetic = s.Arithmetic()
	}
	return i
}
