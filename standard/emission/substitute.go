package emission

import (
	"fmt"

	"pingzhang/standard"
)

// statisticMax is the one statistic that the rules read so far use.
const statisticMax = "max"

// A filler is a row of the table of substitution.
type filler struct {
	standard.Row
	ref      standard.Ref
	medium   standard.Medium
	capture  interval // percent
	gap      interval // hours
	previous int      // valid hours before the gap; 0 where the rule was not found
}

func readFiller(r standard.Row, ref standard.Ref) (filler, error) {
	f := filler{Row: r, ref: ref, medium: standard.Medium(r.Cell("medium"))}
	for column, to := range map[string]*interval{"capture_percent": &f.capture, "gap_hours": &f.gap} {
		var err error
		if *to, err = parseInterval(r.Cell(column)); err != nil {
			return f, fmt.Errorf("行 %s 的 %s 一列%w", r.Key, column, err)
		}
	}
	if text := r.Cell("statistic"); text != "" && text != statisticMax {
		return f, fmt.Errorf("行 %s 的 statistic 一列只能是 max 或空，不能是 %q", r.Key, text)
	}
	n, err := r.Number("previous_hours")
	if err != nil || !n.IsSet() {
		return f, err
	}
	if rat := n.Rat(); !rat.IsInt() || n.Sign() <= 0 || n.Cmp(standard.Int(8784)) > 0 {
		return f, fmt.Errorf("行 %s 的 previous_hours 一列应为 1 到 8784 的整数，不能是 %q", r.Key, r.Cell("previous_hours"))
	}
	f.previous = int(n.Rat().Num().Int64())
	return f, nil
}

// A Gap is a stretch of hours without valid data.
type Gap struct {
	Medium  standard.Medium
	Capture standard.Exact // share of valid hours of the quarter, 0 to 1; see standard.Validity.Capture
	Hours   int            // how long it is
	Before  []standard.Exact
	// Before are the values of the valid hours before the gap, the newest last;
	// what is no number is not a valid hour.
	Unit standard.Unit
	On   standard.Date
}

// Substitute returns what stands for each missing hour of a gap when a total is
// reckoned (HJ 75-2017). It never stands for a measured value in a judgement.
//
// There is none with NoRule where no row covers the medium, capture rate and
// length, as below 75 %; with NoValue where the capture rate or the length is
// not known; with TooFewBefore where less valid hours came before than the rule
// asks for.
func (b *Book) Substitute(g Gap) Reckoned {
	r := Reckoned{Unit: g.Unit, Confidence: standard.Missing}
	if !g.Capture.IsSet() || g.Hours <= 0 {
		return r.fail(standard.NoValue)
	}
	percent, hours := g.Capture.Mul(hundred), standard.Int(int64(g.Hours))
	for _, f := range b.fillers {
		if f.medium != g.Medium || !f.Citation.InForce(g.On) || !f.capture.has(percent) || !f.gap.has(hours) {
			continue
		}
		r.Citation, r.Confidence, r.Rows = f.Citation, f.Citation.Confidence, []standard.Ref{f.ref}
		if f.previous == 0 {
			return r.fail(standard.NoRule)
		}
		return r.largest(g.Before, f.previous, percent, g.Hours)
	}
	return r.fail(standard.NoRule)
}

// largest gives the result the largest of the last n values.
func (r Reckoned) largest(before []standard.Exact, n int, percent standard.Exact, hours int) Reckoned {
	var most standard.Exact
	have := 0
	for i := len(before) - 1; i >= 0 && have < n; i-- {
		if !before[i].IsSet() {
			continue
		}
		have++
		if !most.IsSet() || before[i].Cmp(most) > 0 {
			most = before[i]
		}
	}
	if have < n {
		r = r.fail(TooFewBefore)
		r.Arithmetic += fmt.Sprintf("（需要 %d 个，只有 %d 个）", n, have)
		return r
	}
	r.Value = most
	r.Arithmetic = fmt.Sprintf("季度有效数据捕集率 %s%%，缺失 %d h，取前 %d 个有效小时值的最大值 %s %s", show(percent), hours, n, show(most), string(r.Unit))
	return r
}
