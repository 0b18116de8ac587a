package air

import (
	"fmt"
	"slices"

	"pingzhang/standard"
)

// A Deduction takes the particles of a day out of an evaluation because of sand
// and dust. It is somebody's decision and says whose.
type Deduction struct {
	On         standard.Date `json:"on"`
	Pollutants Set           `json:"pollutants"` // PM10, PM2.5 or both
	By         string        `json:"by"`
	Reason     string        `json:"reason"`
	At         string        `json:"at"` // when it was decided: 2006-01-02T15:04:05+08:00
}

// A Deducted is a deduction with what it took out.
type Deducted struct {
	Deduction
	Removed []Reading      `json:"removed"` // the values
	Issue   standard.Issue `json:"issue,omitempty"`
	Basis   Basis          `json:"basis"`
}

// Deduct returns the days with deductions marked in them, and the record of each
// (practice of the national monthly reports: from PM10, PM2.5 and the composite
// index, not from the ratio of good days). days stay as they are. The error
// names a deduction without a day, an author, a reason or a time, or of anything
// but particles; then nothing is deducted.
func (b *Book) Deduct(days []DayValues, deductions ...Deduction) ([]DayValues, []Deducted, error) {
	next := slices.Clone(days)
	var record []Deducted
	for _, d := range deductions {
		switch {
		case d.On == "" || d.By == "" || d.Reason == "" || d.At == "":
			return days, nil, fmt.Errorf("扣除 %s 的沙尘影响须写明日期、扣除人、理由和时间", d.On)
		case d.Pollutants == 0 || d.Pollutants&^SetOf(PM10, PM25) != 0:
			return days, nil, fmt.Errorf("沙尘影响只能从 PM10 和 PM2.5 中扣除，不能是 %s", d.Pollutants)
		}
		done := Deducted{Deduction: d}
		row := b.dustRow()
		done.Basis.Citation = row.Citation
		done.Basis.rest(row)
		for i := range next {
			if next[i].On != d.On {
				continue
			}
			for _, p := range d.Pollutants.List() {
				if x := next[i].Values[p]; x.IsSet() && !next[i].Deducted.Has(p) {
					next[i].Deducted |= SetOf(p)
					done.Removed = append(done.Removed, Reading{Item: Item{p, Day}, Value: x, Unit: p.Unit()})
				}
			}
		}
		if len(done.Removed) == 0 {
			done.Issue = NothingDust
		}
		record = append(record, done)
	}
	return next, record, nil
}

// dustRow is the row of the practice of deduction.
func (b *Book) dustRow() cited {
	if rows := topic(b.evaluation, "sand_dust"); len(rows) > 0 {
		return rows[0]
	}
	return cited{}
}
