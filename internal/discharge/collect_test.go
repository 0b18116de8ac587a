package discharge

import (
	"context"
	"testing"

	"pingzhang/internal/clock"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
	"pingzhang/standard"
)

// sends is a device that sent these codes on a day, and nothing else.
type sends struct {
	Readings
	codes map[string]string
}

func (s sends) Rows(context.Context, measure.RowQuery, func(measure.Row) error) error { return nil }
func (s sends) Marks(context.Context, measure.Point, int64, int64) ([]measure.Mark, error) {
	return nil, nil
}

func (s sends) DayMean(_ context.Context, q measure.MeanQuery, at int64) (measure.Mean, error) {
	hours := make([]standard.Hourly, 24)
	for i := range hours {
		if s.codes[q.Factor] != "" {
			hours[i] = standard.Hourly{Value: exact(s.codes[q.Factor]), Valid: true}
		}
		if s.codes[q.Flow] != "" {
			hours[i].Flow = exact(s.codes[q.Flow])
		}
	}
	m := measure.Mean{Mean: q.Rules.DayMean(hours), Start: at, Expected: 24}
	if m.Value.IsSet() {
		m.Source = measure.FromHours
	}
	return m, nil
}

// A device may be registered with the codes of one edition and send those of
// another; its day is weighed with the flow that it sent.
func TestDayUnderOtherCodes(t *testing.T) {
	registered := func(codes ...string) place {
		p := place{point: register.Point{ID: 3, Kind: "source_water"}}
		for _, c := range codes {
			unit := "mg/L"
			if c == "w00000" || c == "B01" {
				unit = "L/s"
			}
			p.point.Factors = append(p.point.Factors, register.FactorUnit{Code: c, Unit: unit})
		}
		return p
	}
	for _, tt := range []struct {
		name  string
		place place
		codes map[string]string
		want  string
		issue standard.Issue
	}{
		{"new codes, registered so", registered("w01018", "w00000"), map[string]string{"w01018": "32", "w00000": "5"}, "32", ""},
		{"old codes, registered so", registered("011", "B01"), map[string]string{"011": "32", "B01": "5"}, "32", ""},
		{"old codes, registered with new", registered("w01018", "w00000"), map[string]string{"011": "32", "B01": "5"}, "32", ""},
		{"new codes, registered with old", registered("011", "B01"), map[string]string{"w01018": "32", "w00000": "5"}, "32", ""},
		{"a new code with the old one of the flow", registered("w01018", "w00000"), map[string]string{"w01018": "32", "B01": "5"}, "32", ""},
		{"no flow", registered("w01018", "w00000"), map[string]string{"011": "32"}, "", standard.NoFlow},
		{"nothing flowed", registered("w01018", "w00000"), map[string]string{"011": "32", "B01": "0"}, "", standard.NoDischarge},
		{"nothing came", registered("w01018", "w00000"), nil, "", standard.NoValue},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := &collector{
				readings: sends{codes: tt.codes}, place: tt.place, period: standard.Day, at: clock.Day(clock.Unix(noon)).Unix(), values: map[string]Value{},
				rules: standard.Validity{FlowWeighted: true, Hours: standard.Requirement{Least: 20, Known: true}},
			}
			v, err := c.value(t.Context(), "w01018")
			if err != nil || v.Mean.Value.String() != tt.want || v.Mean.Issue != tt.issue || v.Unit != standard.MgPerL {
				t.Errorf("value = %q %q in %s, %v; want %q %q in mg/L", v.Mean.Value, v.Mean.Issue, v.Unit, err, tt.want, tt.issue)
			}
		})
	}
}
