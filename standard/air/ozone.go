package air

import "pingzhang/standard"

// EightHour returns the mean of the eight hours that end with the one reported
// (GB 3095 table 4: at least six of them).
func (b *Book) EightHour(on standard.Date, hours []standard.Exact) Mean {
	r := b.rule(EightHour, "min_hourly_means", O3, on)
	need, _ := r.whole("value")
	m := mean(hours)
	m.decide(r, need, standard.TooFewHours)
	m.atMost(8, len(hours))
	return m
}

// MaxEightHour returns the highest of the 8-hour means of a natural day, from its
// hours in order: hours[0] ends at 1 o'clock, hours[23] at 24. The means taken
// are those ending at 8 to 24 o'clock. It counts from 14 valid means on, and with
// fewer only where it is above the limit for the area (HJ 663 6.1.2). Have is
// the number of valid means.
func (b *Book) MaxEightHour(on standard.Date, area Area, hours []standard.Exact) Mean {
	windows := b.rule(MaxEightHour, "windows", O3, on)
	least := b.rule(MaxEightHour, "min_8h_means", O3, on)
	first, _ := windows.whole("first")
	last, _ := windows.whole("last")
	need, _ := least.whole("value")
	m := Mean{}
	if windows.Key == "" {
		m.decide(windows, 0, TooFewMeans)
		return m
	}
	for end := max(first, 8); end <= min(last, len(hours)); end++ {
		w := b.EightHour(on, hours[end-8:end])
		m.Basis.join(w.Basis)
		if !w.Valid {
			continue
		}
		m.Have++
		if !m.Value.IsSet() || w.Value.Cmp(m.Value) > 0 {
			m.Value = w.Value
		}
	}
	m.decide(least, need, TooFewMeans)
	m.Basis.rest(windows)
	m.atMost(24, len(hours))
	if m.Issue == TooFewMeans {
		if l, ok := b.Limit(O3, MaxEightHour, area, on); ok && m.Value.IsSet() && m.Value.Cmp(l.Max) > 0 {
			m.Valid, m.Issue = true, ""
			m.Basis.weaken(l.Confidence)
			m.Basis.Refs = append(m.Basis.Refs, l.Ref)
		}
	}
	return m
}
