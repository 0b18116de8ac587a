package air

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// Bulletin reckons the bulletin of a division in by's scope from the days as they
// stand now. name gives the names of divisions. The period need not be over.
//
// The error is fault.Denied without monitor.read, fault.NotFound outside by's
// scope.
func (s *Store) Bulletin(ctx context.Context, by access.Caller, division access.Division, p Period, name func(access.Division) string) (b Bulletin, err error) {
	defer fault.Wrap(&err, "air.Bulletin(%s, %s)", division, p)
	if err := by.Must("monitor.read"); err != nil {
		return b, err
	}
	if division == "" || !by.Scope.Sees(division, 0) {
		return b, fault.New(fault.NotFound, "没有这个区域，或不在您的管辖范围内")
	}
	b = Bulletin{Period: p, Division: division, Name: name(division)}
	if before, ok := p.LastYear(); ok {
		b.Before = &before
	}
	rows, err := s.bulletinRows(ctx, by, division, p, name)
	if err != nil {
		return b, err
	}
	m := &making{Store: s, ctx: ctx, by: by, b: &b, cited: map[string]bool{}}
	if p.Kind == DayBulletin {
		err = m.dayLines(rows)
	} else {
		err = m.spanLines(rows)
	}
	if err != nil {
		return b, err
	}
	m.rank()
	m.say()
	return b, nil
}

// bulletinRows lists the places of a bulletin: the division, those in it that
// have stations which count, and the stations that were open in the period.
func (s *Store) bulletinRows(ctx context.Context, by access.Caller, division access.Division, p Period, name func(access.Division) string) ([]Row, error) {
	n, err := s.load(ctx, s.now())
	if err != nil {
		return nil, err
	}
	rows := []Row{{Place: Place{Division: division}, Name: name(division), Code: string(division)}}
	var stations []Row
	counties := map[access.Division]bool{}
	for _, st := range n.all {
		open := st.Opened <= p.To && (st.Closed == "" || st.Closed >= p.From)
		if !open || !division.Contains(st.Division) || !by.Scope.Sees(st.Division, 0) {
			continue
		}
		class := "其他点"
		if st.Assessed && st.Purpose == "evaluation" {
			class = "考核点"
			if len(st.Division) >= 6 && st.Division[:6].Prefix() != division.Prefix() {
				counties[st.Division[:6]] = true
			}
		}
		stations = append(stations, Row{Place: Place{Station: st.ID}, Name: st.Name, Code: st.Code, In: name(st.Division), Class: class})
	}
	slices.SortFunc(stations, func(a, b Row) int { return strings.Compare(a.Code, b.Code) })
	for _, d := range slices.Sorted(maps.Keys(counties)) {
		rows = append(rows, Row{Place: Place{Division: d}, Name: name(d), Code: string(d)})
	}
	return append(rows, stations...), nil
}

// making is a bulletin that is being reckoned.
type making struct {
	*Store
	ctx   context.Context
	by    access.Caller
	b     *Bulletin
	cited map[string]bool
	// twoEditions says that the standards changed within the period.
	twoEditions bool
}

// cite adds what figures rest on.
func (m *making) cite(c standard.Citation) {
	if text := c.String(); text != "" && !m.cited[text] {
		m.cited[text] = true
		m.b.Editions = append(m.b.Editions, text)
	}
}

// dayLines adds the lines of places on a day.
func (m *making) dayLines(rows []Row) error {
	for _, r := range rows {
		if err := m.day(r); err != nil {
			return err
		}
	}
	return nil
}

// day adds the line of a place on a day.
func (m *making) day(r Row) error {
	d, err := m.Day(m.ctx, m.by, r.Place, m.b.Period.From)
	if err != nil {
		return err
	}
	l := DayLine{Row: r, AQI: none, Level: "未知", Primary: none, Good: d.Good, AQIBefore: none, LevelBefore: none}
	if d.Issue != "" {
		l.Why = aqi.Text(d.Issue)
	}
	if d.Published && d.AQI >= 0 {
		level := m.LevelOf(d.On, d.AQI)
		l.AQI, l.Level, l.LevelNumber, l.Primary, l.index = strconv.FormatInt(d.AQI, 10), level.Category, level.Number, primaryNames(d.Primaries()), standard.Int(d.AQI)
	}
	if e, ok := m.Book().Edition(d.On); ok && d.Edition != "" {
		m.cite(e.Citation())
	}
	if d.Revision > 0 && !d.Confidence.Verified() {
		l.Unverified = []string{"AQI、浓度"}
	}
	before := unknownDay("")
	if m.b.Before != nil {
		if before, err = m.Day(m.ctx, m.by, r.Place, m.b.Before.From); err != nil {
			return err
		}
		if before.Published && before.AQI >= 0 {
			l.AQIBefore, l.LevelBefore = strconv.FormatInt(before.AQI, 10), m.LevelOf(before.On, before.AQI).Category
		}
	}
	now, then := d.Values(), before.Values()
	items := d.Items()
	for p := range aqi.Pollutant(aqi.Six) {
		f := &l.Figures[p]
		f.What = "日均值"
		if p == aqi.O3 {
			f.What = "日最大 8 小时均值"
		}
		f.fill(p, now.Values[p], then.Values[p])
		if f.Text == none {
			f.Why = whyMissing(items, p)
		}
	}
	m.b.Days = append(m.b.Days, l)
	return nil
}

// fill writes a value and the one of the year before.
func (f *Figure) fill(p aqi.Pollutant, now, then standard.Exact) {
	x, y := published(p, now), published(p, then)
	f.Pollutant, f.Value, f.Text, f.Before, f.Change = p, now, textOfPublished(p, x), textOfPublished(p, y), changeOf(x, y)
}

// whyMissing says why a day has no value of a pollutant.
func whyMissing(items []Single, p aqi.Pollutant) string {
	for _, s := range items {
		if i, err := aqi.ParseItem(s.Item); err == nil && i.Pollutant == p && s.Issue != "" && i.Averaging != aqi.MaxHour {
			return aqi.Text(s.Issue)
		}
	}
	return aqi.Text(standard.NoValue)
}

// primaryNames names primary pollutants; an index up to 50 has none.
func primaryNames(items []aqi.Item) string {
	if len(items) == 0 {
		return "无"
	}
	var all []string
	for _, i := range items {
		if name := i.Pollutant.String(); !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return strings.Join(all, "、")
}

// rank gives the lines of divisions and those of stations their places: by the
// index of the day, or by the composite index of the period. The division itself
// is not ranked, nor is what stands alone.
func (m *making) rank() {
	for _, stations := range []bool{false, true} {
		var entries []aqi.Entry
		rows := map[string]*Row{}
		add := func(i int, r *Row, x standard.Exact) {
			if i == 0 || r.station() != stations || stations && r.Class != "考核点" {
				return
			}
			key := strconv.Itoa(i)
			e := aqi.Entry{Name: key, Value: x}
			if !x.IsSet() {
				e.Issue = standard.NoValue
			}
			entries, rows[key] = append(entries, e), r
		}
		for i := range m.b.Days {
			add(i, &m.b.Days[i].Row, m.b.Days[i].index)
		}
		for i := range m.b.Spans {
			add(i, &m.b.Spans[i].Row, m.b.Spans[i].composite)
		}
		decimals := 2
		if m.b.Period.Kind == DayBulletin {
			decimals = 0
		}
		if len(entries) < 2 {
			continue
		}
		for _, r := range aqi.RankLowest(entries, decimals) {
			rows[r.Name].Rank, rows[r.Name].Tied = r.Place, r.Tied
		}
	}
}

// say adds what must be said with the figures.
func (m *making) say() {
	b := m.b
	add := func(format string, args ...any) { b.Notes = append(b.Notes, fmt.Sprintf(format, args...)) }
	add("“—”表示未知或无法比较，原因见说明；未知的日子既不算优良，也不算超标。")
	add("浓度单位：CO 为 mg/m³，其余为 µg/m³；O3 为日最大 8 小时均值。浓度取整数（CO 保留一位小数），修约位数为发布惯例，待核实。")
	add("各区域的数值按参与考核的评价点计算；“其他点”只列出，不参与区域计算和排名。")
	if b.Before == nil {
		add("2 月 29 日没有上年同日。")
	} else {
		add("上年同期为 %s；变化按修约后的数值计算。", b.Before.Name())
	}
	if b.Period.Kind == DayBulletin {
		add("按 AQI 由低到高排名，相同的并列。")
		if e, ok := m.Book().Edition(b.Period.From); ok {
			if text, basis := e.Deadline(aqi.Daily); text != "" {
				add("发布时限：%s（%s）。", text, basis.Citation)
			}
		}
		return
	}
	add("月均值、季均值和年均值为有效日均值的算术平均；CO 为日均值第 95 百分位数，O3 为日最大 8 小时均值第 90 百分位数。")
	add("综合指数取两位小数，由低到高排名，相同的并列；评价规范的原文未能核对，浓度统计值、综合指数和排名均待核实。")
	if b.Period.Kind == QuarterBulletin {
		add("没有规定季均值的有效天数，季均值待核实。")
	}
	if m.twoEditions {
		add("时段内标准版本有更替，统计值和综合指数按时段最后一日现行的版本计算；AQI 按当日现行的版本计算。")
	}
	for _, l := range b.Spans {
		if l.Undeducted == "" {
			continue
		}
		var days []string
		for _, on := range l.Dust {
			days = append(days, string(on))
		}
		add("%s：PM10、PM2.5 和综合指数已扣除沙尘影响（%s）；不扣除时为 %s。优良天数和重污染天数没有扣除（发布惯例，待核实）。", l.Name, strings.Join(days, "、"), l.Undeducted)
	}
}
