package air

import (
	"fmt"
	"strings"

	"pingzhang/standard"
)

// Arithmetic returns how the index was reckoned, as a line that can be reckoned
// again by hand: PM2.5 24 小时均值 38 µg/m³：(100−50)÷(75−35)×(38−35)+50=53.75，
// 向上取整 54. Where there is no index it gives the reason.
func (s Single) Arithmetic() string {
	var b strings.Builder
	b.WriteString(s.Item.Name())
	if s.Excused {
		return b.String() + " /"
	}
	if s.Value.IsSet() {
		b.WriteString(" " + show(s.Value) + " " + string(s.Unit))
	}
	if s.IAQI == NoIAQI {
		b.WriteString("：" + Text(s.Issue))
		return b.String()
	}
	c := s.column
	switch {
	case s.StandIn != nil:
		b.WriteString("：高于 " + s.over.Cell("above") + "，改用 " + s.StandIn.Name() + " " + show(s.Used) + " " + string(s.Item.Pollutant.Unit()))
	case c.decimals >= 0 && !s.Used.Equal(s.Value):
		b.WriteString("，修约为 " + show(s.Used) + " " + string(s.Item.Pollutant.Unit()))
	case s.Unit != s.Item.Pollutant.Unit():
		b.WriteString("=" + show(s.Used) + " " + string(s.Item.Pollutant.Unit()))
	}
	b.WriteString("：")
	switch {
	case s.over.Key != "" && s.StandIn == nil:
		fmt.Fprintf(&b, "高于 %s，分指数按 %d 计", s.over.Cell("above"), s.IAQI)
	case s.upper == c.n:
		fmt.Fprintf(&b, "高于分指数表最高值 %s，分指数按 %d 计", show(c.exact[c.n-1]), s.IAQI)
	default:
		b.WriteString(c.formula(s.Used, s.upper, s.IAQI))
	}
	return b.String()
}

// formula writes HJ 633's interpolation with its figures.
func (c *Column) formula(x standard.Exact, i, iaqi int) string {
	v := c.at(x, i)
	text := fmt.Sprintf("(%d−%d)÷(%s−%s)×(%s−%s)+%d%s%s", c.index[i], c.index[i-1], show(c.exact[i]), show(c.exact[i-1]), show(x), show(c.exact[i-1]), c.index[i-1], equals(v), show(v))
	if !standard.Int(int64(iaqi)).Equal(v) {
		text += fmt.Sprintf("，向上取整 %d", iaqi)
	}
	return text
}

// Arithmetic returns how the index follows from those of the items.
func (r Report) Arithmetic() string {
	var all []string
	for _, s := range r.Items {
		if s.Reckoned && s.IAQI != NoIAQI {
			all = append(all, fmt.Sprintf("%s %d", s.Item.Name(), s.IAQI))
		}
	}
	if len(all) == 0 {
		return Text(r.Issue)
	}
	return fmt.Sprintf("AQI=max(%s)=%d", strings.Join(all, "，"), r.AQI)
}

// Text returns the report as a sentence: index, level, primary pollutants, what
// is missing, the clause, and 待核实 where that is so.
func (r Report) Text() string {
	var b strings.Builder
	if r.Published {
		fmt.Fprintf(&b, "AQI %d，%s", r.AQI, r.Level.Category)
	} else {
		b.WriteString("AQI NA：" + Text(r.Issue))
	}
	if len(r.Primary) > 0 && r.Published {
		b.WriteString("，首要污染物" + itemNames(r.Primary, "、"))
	}
	if len(r.Missing) > 0 {
		var all []string
		for _, i := range r.Missing {
			all = append(all, i.Name())
		}
		b.WriteString("，缺 " + strings.Join(all, "、"))
	}
	if r.Basis.Citation != (standard.Citation{}) {
		b.WriteString("；依据" + r.Basis.Citation.String())
	}
	if label := r.Basis.Confidence.Label(); label != "" && r.Basis.Citation.Confidence.Verified() {
		b.WriteString("；" + label)
	}
	return b.String()
}

// FeedPrimary returns the primary pollutants as the national platform writes
// them: names joined by commas, empty for none.
func (r Report) FeedPrimary() string { return itemNames(r.Primary, ",") }

func itemNames(items []Item, between string) string {
	var all []string
	for _, i := range items {
		all = append(all, i.FeedName())
	}
	return strings.Join(all, between)
}
