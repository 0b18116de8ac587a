package air

import (
	"fmt"

	"pingzhang/standard"
)

// A Mean is a mean with the reason why it counts or does not. The value is there
// as soon as anything could be averaged, so that it can be shown; it may be used
// only where Valid.
type Mean struct {
	Value standard.Exact `json:"value"`
	Valid bool           `json:"valid"`
	Issue standard.Issue `json:"issue,omitempty"` // why not Valid
	Have  int            `json:"have"`            // minutes, hours, means, days or points that were there
	Need  int            `json:"need"`            // how many it takes; 0 where no rule says so
	Sum   standard.Exact `json:"sum"`             // of the values averaged; none for a highest value
	Basis Basis          `json:"basis"`
}

// Arithmetic returns how the mean was reckoned and whether it counts, in
// Chinese.
func (m Mean) Arithmetic() string {
	text := ""
	switch {
	case !m.Value.IsSet():
		return Text(m.Issue)
	case m.Sum.IsSet():
		text = fmt.Sprintf("%s÷%s%s%s", show(m.Sum), show(m.Sum.Quo(m.Value)), equals(m.Value), show(m.Value))
		if m.Value.IsZero() {
			text = "各值均为 0"
		}
	default:
		text = show(m.Value)
	}
	if m.Need > 0 {
		text += fmt.Sprintf("；有效 %d 个，须 %d 个", m.Have, m.Need)
	}
	if m.Issue != "" {
		text += "；" + Text(m.Issue)
	}
	return text
}

// rule returns the row of the validity rules for a pollutant that was in force
// on a day, for an empty day the newest.
func (b *Book) rule(averaging Averaging, name string, p Pollutant, on standard.Date) cited {
	found := cited{}
	for _, r := range b.validity {
		if Averaging(r.Cell("averaging")) == averaging && r.Cell("rule") == name && r.names("pollutants", p) && r.Citation.InForce(on) &&
			(found.Key == "" || r.Citation.From > found.Citation.From) {
			found = r
		}
	}
	return found
}

// checkValidity reports what is wrong with the rows of the validity rules.
func (b *Book) checkValidity() error {
	for _, r := range b.validity {
		column := "value"
		if r.Cell("rule") == "windows" {
			column = "first"
			if first, last := r.Cell("first"), r.Cell("last"); first == "" || last == "" {
				return fmt.Errorf("%s：行 %s 须有 first 和 last", validityTable, r.Key)
			}
			if last, err := r.need("last"); err != nil || last > 24 {
				return fmt.Errorf("%s：行 %s 的 last 一列应为 1 到 24", validityTable, r.Key)
			}
		}
		if _, err := r.need(column); err != nil {
			return fmt.Errorf("%s：%w", validityTable, err)
		}
	}
	return nil
}

// decide says whether a mean counts by a row.
func (m *Mean) decide(r cited, need int, few standard.Issue) {
	m.Basis.Citation = r.Citation
	m.Basis.rest(r)
	m.Need = need
	switch {
	case r.Key == "":
		m.Issue = standard.NoRule
		m.Basis.Confidence = standard.Missing
	case m.Have < need:
		m.Issue = few
	case !m.Value.IsSet():
		m.Issue = standard.NoValue
	default:
		m.Valid = true
	}
	if m.Have == 0 && m.Issue != standard.NoRule {
		m.Issue = standard.NoValue
	}
}

// mean averages those values that are numbers and not negative.
func mean(values []standard.Exact) Mean {
	m := Mean{Sum: standard.Int(0)}
	for _, x := range values {
		if x.IsSet() && x.Sign() >= 0 {
			m.Sum = m.Sum.Add(x)
			m.Have++
		}
	}
	m.Value = m.Sum.Quo(standard.Int(int64(m.Have)))
	if m.Have == 0 {
		m.Sum = standard.Exact{}
	}
	return m
}

// HourMean says whether a mean over an hour counts that rests on so many
// minutes of sampling (GB 3095 table 4: 45). The table has no figure for
// particles, whose hours are NoRule.
func (b *Book) HourMean(p Pollutant, on standard.Date, minutes int, value standard.Exact) Mean {
	r := b.rule(Hour, "min_sampling", p, on)
	need, _ := r.whole("value")
	m := Mean{Value: value, Have: minutes}
	m.decide(r, need, standard.TooFewMinutes)
	if value.IsSet() && value.Sign() < 0 {
		m.Valid, m.Issue = false, standard.Negative
	}
	return m
}

// DayMean returns the mean of the hours of a natural day (GB 3095 table 4: at
// least 20). Hours without a number, and negative ones, do not count; of ozone
// the day has no mean (NoRule), see MaxEightHour. More than 24 hours are
// Incoherent.
func (b *Book) DayMean(p Pollutant, on standard.Date, hours []standard.Exact) Mean {
	r := b.rule(Day, "min_hourly_means", p, on)
	need, _ := r.whole("value")
	m := mean(hours)
	m.decide(r, need, standard.TooFewHours)
	m.atMost(24, len(hours))
	return m
}

// atMost says that more values than there can be are no mean: an hour was given
// twice.
func (m *Mean) atMost(most, given int) {
	if given > most {
		m.Valid, m.Issue = false, Incoherent
	}
}

// RollingDay returns the mean of the 24 hours that end with the one reported.
// No text at hand says when it counts; the rule for the day is taken, as an
// inference.
func (b *Book) RollingDay(p Pollutant, on standard.Date, hours []standard.Exact) Mean {
	m := b.DayMean(p, on, hours)
	m.Basis.weaken(standard.Inference)
	return m
}

// MonthMean returns the mean of the days of a month (GB 3095 table 4: at least
// 27 days, 25 in February, which the table asks of each month of a year).
func (b *Book) MonthMean(p Pollutant, on standard.Date, days []standard.Exact) Mean {
	r := b.rule(Year, "min_daily_means_per_month", p, on)
	m := mean(days)
	m.decide(r, monthNeed(r, on), TooFewMonth)
	return m
}

// monthNeed is how many days the month of a date needs.
func monthNeed(r cited, on standard.Date) int {
	need, _ := r.whole("value")
	if feb, ok := r.whole("february"); ok && len(on) >= 7 && on[5:7] == "02" {
		need = feb
	}
	return need
}

// CityMean returns the mean over the points of a city of which points should
// report (HJ 663-2013 6.1: three quarters, from memory).
func (b *Book) CityMean(on standard.Date, values []standard.Exact, points int) Mean {
	r := b.rule("any", "min_valid_points", SO2, on)
	percent, _ := r.whole("value")
	m := mean(values)
	m.decide(r, (points*percent+99)/100, TooFewPoints)
	return m
}
