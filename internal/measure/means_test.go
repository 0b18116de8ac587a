package measure_test

import (
	"fmt"
	"testing"

	"pingzhang/internal/measure"
	"pingzhang/standard"
)

// The figures of HJ 75-2017 as catalog/standards/auto_monitoring.tsv has them:
// 45 minutes, 20 hours, 25 and 23 days.
var gasRules = standard.Validity{
	Medium:       standard.WasteGas,
	Minutes:      standard.Requirement{Known: true, Least: 45},
	Hours:        standard.Requirement{Known: true, Least: 20},
	Days:         standard.Requirement{Known: true, Least: 25},
	FebruaryDays: standard.Requirement{Known: true, Least: 23},
}

var waterRules = func() standard.Validity {
	v := gasRules
	v.Medium, v.FlowWeighted = standard.WasteWater, true
	return v
}()

func frame(k measure.Kind, at int64, text string) measure.Frame {
	return measure.Frame{Point: 1, Kind: k, At: at, Received: at + 60, Cells: cells(text)}
}

// many are frames of one kind, each interval minutes, from one minute of 8
// o'clock on.
func many(k measure.Kind, from, n, interval int, text string) (all []measure.Frame) {
	for i := range n {
		all = append(all, frame(k, at(8, from+i*interval), text))
	}
	return all
}

func TestHourMean(t *testing.T) {
	for _, tt := range []struct {
		name   string
		frames [][]measure.Frame
		mark   *measure.Mark
		value  string // to three decimals; empty for none
		valid  bool
		issue  standard.Issue
		source measure.Source
		have   int
	}{
		{"the reported hour marked N is the mean", [][]measure.Frame{{frame(measure.Hour, at(8, 0), "a21026 Avg=35.10 Flag=N")}, many(measure.Minute, 0, 60, 1, "a21026 Avg=99 Flag=N")}, nil,
			"35.100", true, "", measure.Reported, 60},
		{"a reported hour marked D gives way to the minutes", [][]measure.Frame{{frame(measure.Hour, at(8, 0), "a21026 Avg=35.10 Flag=D")}, many(measure.Minute, 0, 60, 1, "a21026 Avg=99 Flag=N")}, nil,
			"99.000", true, "", measure.FromMinutes, 60},
		{"a reported hour marked D with no minutes is no mean", [][]measure.Frame{{frame(measure.Hour, at(8, 0), "a21026 Avg=35.10 Flag=D")}}, nil,
			"", false, standard.NoValue, "", 0},
		{"a reported hour without a mark is no mean", [][]measure.Frame{{frame(measure.Hour, at(8, 0), "a21026 Avg=35.10")}}, nil,
			"", false, standard.NoValue, "", 0},
		{"45 minutes make an hour", [][]measure.Frame{many(measure.Minute, 0, 45, 1, "a21026 Avg=10 Flag=N")}, nil,
			"10.000", true, "", measure.FromMinutes, 45},
		{"44 minutes do not", [][]measure.Frame{many(measure.Minute, 0, 44, 1, "a21026 Avg=10 Flag=N")}, nil,
			"10.000", false, standard.TooFewMinutes, measure.FromMinutes, 44},
		{"nine frames of five minutes cover 45", [][]measure.Frame{many(measure.Minute, 0, 9, 5, "a21026 Avg=10 Flag=N")}, nil,
			"10.000", true, "", measure.FromMinutes, 45},
		{"a value under another mark does not enter", [][]measure.Frame{many(measure.Minute, 0, 45, 1, "a21026 Avg=10 Flag=N"), many(measure.Minute, 45, 15, 1, "a21026 Avg=90 Flag=C")}, nil,
			"10.000", true, "", measure.FromMinutes, 45},
		{"nor one under a mark that nobody knows", [][]measure.Frame{many(measure.Minute, 0, 44, 1, "a21026 Avg=10 Flag=N"), many(measure.Minute, 44, 16, 1, "a21026 Avg=10 Flag=O")}, nil,
			"10.000", false, standard.TooFewMinutes, measure.FromMinutes, 44},
		{"a text that is no number is not zero", [][]measure.Frame{many(measure.Minute, 0, 45, 1, "a21026 Avg=10 Flag=N"), many(measure.Minute, 45, 15, 1, "a21026 Avg=-- Flag=N")}, nil,
			"10.000", true, "", measure.FromMinutes, 45},
		{"samples cover the minutes that they fall in", [][]measure.Frame{many(measure.Rtd, 0, 45, 1, "a21026 Rtd=7.5 Flag=N")}, nil,
			"7.500", true, "", measure.FromRealtime, 45},
		{"what covers more counts", [][]measure.Frame{many(measure.Minute, 0, 20, 1, "a21026 Avg=10 Flag=N"), many(measure.Rtd, 0, 50, 1, "a21026 Rtd=7.5 Flag=N")}, nil,
			"7.500", true, "", measure.FromRealtime, 50},
		{"nothing is not zero", nil, nil, "", false, standard.NoValue, "", 0},
		{"a reported hour under a mark of people is no basis", [][]measure.Frame{{frame(measure.Hour, at(8, 0), "a21026 Avg=35.10 Flag=N")}},
			&measure.Mark{From: at(8, 0), To: at(9, 0), Mark: measure.MarkAbnormal}, "", false, standard.AbnormalCondition, "", 0},
		{"minutes under a mark of people do not enter, the rest does", [][]measure.Frame{many(measure.Minute, 0, 60, 1, "a21026 Avg=10 Flag=N")},
			&measure.Mark{From: at(8, 0), To: at(8, 15), Mark: measure.MarkInvalid}, "10.000", true, "", measure.FromMinutes, 45},
		{"too many of them and the mark is the reason", [][]measure.Frame{many(measure.Minute, 0, 60, 1, "a21026 Avg=10 Flag=N")},
			&measure.Mark{From: at(8, 0), To: at(8, 16), Mark: measure.MarkInvalid}, "10.000", false, standard.MarkedInvalid, measure.FromMinutes, 44},
		{"a mark is not the reason where data are missing", [][]measure.Frame{many(measure.Minute, 0, 30, 1, "a21026 Avg=10 Flag=N")},
			&measure.Mark{From: at(8, 0), To: at(8, 10), Mark: measure.MarkInvalid}, "10.000", false, standard.TooFewMinutes, measure.FromMinutes, 20},
		{"a mark of another factor does not matter", [][]measure.Frame{{frame(measure.Hour, at(8, 0), "a21026 Avg=35.10 Flag=N")}},
			&measure.Mark{Factor: "a34013", From: at(8, 0), To: at(9, 0), Mark: measure.MarkInvalid}, "35.100", true, "", measure.Reported, 60},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := onSQLite(t)
			p.app.Clock = fixed(at(12, 0))
			s := p.open(t)
			for _, frames := range tt.frames {
				mustAppend(t, s, frames...)
			}
			if tt.mark != nil {
				m := *tt.mark
				m.Point, m.Who, m.Reason = 1, "li", "校准"
				if _, err := s.AddMark(ctx, m, nil); err != nil {
					t.Fatal(err)
				}
			}
			q := measure.MeanQuery{Point: 1, Factor: "a21026", Rules: gasRules}
			for _, sealed := range []bool{false, true} {
				m, err := s.HourMean(ctx, q, at(8, 30))
				if err != nil {
					t.Fatal(err)
				}
				value := ""
				if m.Value.IsSet() {
					value = m.Value.Round(3)
				}
				if value != tt.value || m.Valid != tt.valid || m.Issue != tt.issue || m.Source != tt.source || m.Have != tt.have || (m.Reason() == "") != tt.valid {
					t.Errorf("sealed %t: %s valid %t issue %q source %q have %d (%s)", sealed, value, m.Valid, m.Issue, m.Source, m.Have, m.Reason())
				}
				if err := s.Seal(ctx, at(24, 0)); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func TestDayMean(t *testing.T) {
	hours := func(n int, text string) (all []measure.Frame) {
		for h := range n {
			all = append(all, frame(measure.Hour, at(h, 0), text))
		}
		return all
	}
	for _, tt := range []struct {
		name   string
		rules  standard.Validity
		frames []measure.Frame
		value  string
		valid  bool
		issue  standard.Issue
	}{
		{"20 valid hours make a day", gasRules, hours(20, "a21026 Avg=10 Flag=N"), "10.000", true, ""},
		{"19 do not", gasRules, hours(19, "a21026 Avg=10 Flag=N"), "10.000", false, standard.TooFewHours},
		{"no hours are no day", gasRules, nil, "", false, standard.NoValue},
		// 20 hours of 10 at a flow of 3 and 4 of 40 at 0.5 m³/h: (20·10·3 + 4·40·0.5)/(20·3 + 4·0.5) = 680/62
		{"water is weighed by flow", waterRules, append(hours(20, "a21026 Avg=10 Flag=N; w00000 Avg=3 Flag=N"),
			frame(measure.Hour, at(20, 0), "a21026 Avg=40 Flag=N; w00000 Avg=0.5 Flag=N"), frame(measure.Hour, at(21, 0), "a21026 Avg=40 Flag=N; w00000 Avg=0.5 Flag=N"),
			frame(measure.Hour, at(22, 0), "a21026 Avg=40 Flag=N; w00000 Avg=0.5 Flag=N"), frame(measure.Hour, at(23, 0), "a21026 Avg=40 Flag=N; w00000 Avg=0.5 Flag=N")), "10.968", true, ""},
		{"without flow a weighed day is unknown", waterRules, hours(24, "a21026 Avg=10 Flag=N"), "", false, standard.NoFlow},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := onSQLite(t).open(t)
			mustAppend(t, s, tt.frames...)
			q := measure.MeanQuery{Point: 1, Factor: "a21026", Rules: tt.rules, Flow: "w00000"}
			m, err := s.SaveDay(ctx, q, at(13, 0))
			if err != nil {
				t.Fatal(err)
			}
			value := ""
			if m.Value.IsSet() {
				value = m.Value.Round(3)
			}
			if value != tt.value || m.Valid != tt.valid || m.Issue != tt.issue || m.Expected != 24 {
				t.Errorf("%s valid %t issue %q of %d", value, m.Valid, m.Issue, m.Expected)
			}
			days, err := s.Days(ctx, "2026-03-09", "2026-03-09", 1)
			if err != nil || len(days) != 1 || days[0].Valid != tt.valid || !days[0].Exact().Equal(m.Value) || days[0].On != "2026-03-09" {
				t.Errorf("stored %+v, %v", days, err)
			}
		})
	}
}

func TestMonthMean(t *testing.T) {
	s := onSQLite(t).open(t)
	feb := at(0, 0) - 36*86400 // 2026-02-01
	for d := range 28 {
		var frames []measure.Frame
		n := 24
		if d >= 23 {
			n = 19 // not valid
		}
		for h := range n {
			frames = append(frames, frame(measure.Hour, feb+int64(d*86400+h*3600), fmt.Sprintf("a21026 Avg=%d Flag=N", d)))
		}
		mustAppend(t, s, frames...)
	}
	m, err := s.MonthMean(ctx, measure.MeanQuery{Point: 1, Factor: "a21026", Rules: gasRules}, feb)
	// The mean of 0 … 22 is 11; 23 days are enough in February.
	if err != nil || !m.Valid || m.Value.Round(2) != "11.00" || m.Have != 23 || m.Expected != 28 {
		t.Errorf("%s valid %t have %d of %d, %v", m.Value, m.Valid, m.Have, m.Expected, err)
	}
}

func TestRatesAndGaps(t *testing.T) {
	each(t, func(t *testing.T, p place) {
		p.app.Clock = fixed(at(12, 0))
		s := p.open(t)
		var frames []measure.Frame
		for h := range 24 {
			switch {
			case h < 3, h == 10: // missing
			case h == 4:
				frames = append(frames, frame(measure.Hour, at(h, 0), "a21026 Avg=5 Flag=D; a34013 Avg=1 Flag=N"))
			case h == 5:
				frames = append(frames, frame(measure.Hour, at(h, 0), "a21026 Avg=-- Flag=N"))
			default:
				frames = append(frames, frame(measure.Hour, at(h, 0), "a21026 Avg=5 Flag=N; a34013 Avg=1 Flag=N"))
			}
		}
		mustAppend(t, s, frames...)
		if _, err := s.AddMark(ctx, measure.Mark{Point: 1, From: at(6, 0), To: at(7, 0), Mark: measure.MarkInvalid, Reason: "比对", Who: "li"}, nil); err != nil {
			t.Fatal(err)
		}
		q := measure.SlotQuery{Point: 1, Kind: measure.Hour, Factors: []string{"a21026", "a34013", "a19001"}, From: at(0, 0), To: at(24, 0), Interval: 3600}
		rates, err := s.Rates(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		want := []measure.Rate{{"a21026", 24, 20, 17}, {"a34013", 24, 19, 18}, {"a19001", 24, 0, 0}}
		if fmt.Sprint(rates) != fmt.Sprint(want) {
			t.Errorf("got %v, want %v", rates, want)
		}
		if r := rates[0]; r.Transmission().Round(4) != "0.8333" || r.Validity().Round(2) != "0.85" || r.Effective().Round(4) != "0.7083" || rates[2].Validity().IsSet() {
			t.Errorf("shares %s %s %s, of nothing %s", r.Transmission(), r.Validity(), r.Effective(), rates[2].Validity())
		}
		gaps, err := s.Gaps(ctx, q)
		if err != nil || fmt.Sprint(gaps) != fmt.Sprint([]measure.Gap{{at(0, 0), at(2, 0), 3}, {at(10, 0), at(10, 0), 1}}) {
			t.Errorf("gaps %v, %v", gaps, err)
		}
		cut := measure.Windows(gaps, 3600, 2)
		if fmt.Sprint(cut) != fmt.Sprint([]measure.Gap{{at(0, 0), at(1, 0), 2}, {at(2, 0), at(2, 0), 1}, {at(10, 0), at(10, 0), 1}}) {
			t.Errorf("windows %v", cut)
		}
	})
}
