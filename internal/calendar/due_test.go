package calendar

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pingzhang/internal/clock"
)

// shipped returns the calendar of the catalog.
func shipped(t testing.TB) (*Table, *Families) {
	t.Helper()
	table, families, err := Load(os.DirFS("../../catalog/calendar"))
	if err != nil {
		t.Fatal(err)
	}
	return table, families
}

func day(text string) Day {
	if text == "" {
		return 0
	}
	d, err := ParseDay(text)
	if err != nil {
		panic(err)
	}
	return d
}

func at(text string) time.Time {
	layout := "2006-01-02 15:04"
	t, err := time.ParseInLocation(layout[:len(text)], text, clock.Shanghai)
	if err != nil {
		panic(err)
	}
	return t
}

// The first five are the vectors that come with the counting rules; the
// others were counted by hand on the calendar of 2026.
func TestDue(t *testing.T) {
	table, families := shipped(t)
	for _, tt := range []struct {
		name, family, start, limit, want string
	}{
		{"statement of defence: the Sunday before the National Day works", "penalty_measures", "2026-09-18", "5日", "2026-09-24"},
		{"publication across the National Day", "penalty_measures", "2026-09-29", "7日", "2026-10-14"},
		{"five days across the Spring Festival", "penalty_measures", "2026-02-12", "5日", "2026-02-26"},
		{"ninety days end in the National Day and roll", "penalty_measures", "2026-07-03", "90日", "2026-10-08"},
		{"three natural days end in the National Day and roll", "criminal_link", "2026-09-29", "3日", "2026-10-08"},

		{"seven of the penalty law are working days", "penalty_law", "2026-03-02", "7日", "2026-03-11"},
		{"six of the penalty law are calendar days", "penalty_law", "2026-03-02", "6日", "2026-03-09"}, // 03-08 is a Sunday
		{"two of the penalty law are working days", "penalty_law", "2026-03-06", "2日", "2026-03-10"},
		{"two of the measures are calendar days", "penalty_measures", "2026-03-06", "2日", "2026-03-09"}, // a Sunday, rolls
		{"fifteen are calendar days", "penalty_law", "2026-03-02", "15日", "2026-03-17"},
		{"ten of the compulsion law are working days", "compulsion_law", "2026-03-02", "10日", "2026-03-16"},
		{"eleven of the compulsion law are calendar days", "compulsion_law", "2026-03-02", "11日", "2026-03-13"},
		{"twenty of the licence law are working days", "licence_law", "2026-03-02", "20日", "2026-03-30"},
		{"seven of the link rules are calendar days", "criminal_link", "2026-03-02", "7日", "2026-03-09"},
		{"three written as working days stay so", "criminal_link", "2026-03-06", "3个工作日", "2026-03-11"},
		{"natural days stay so where 日 would be working days", "detention", "2026-03-02", "3个自然日", "2026-03-05"},
		{"thirty are calendar days", "daily_fine", "2026-03-02", "30日", "2026-04-01"},
		{"thirty end on a working Saturday and stay", "as_written", "2026-01-29", "30日", "2026-02-28"},
		{"a month ends on the same date", "daily_fine", "2026-03-02", "3个月", "2026-06-02"},
		{"a month without the date ends on its last day", "daily_fine", "2026-08-31", "1个月", "2026-09-30"},
		{"a month ends on the last of February, which works", "daily_fine", "2026-01-31", "1个月", "2026-02-28"},
		{"six months end on a Sunday and roll", "penalty_law", "2026-02-08", "6个月", "2026-08-10"},
		{"a year from a leap day", "penalty_law", "2024-02-29", "1年", "2025-02-28"},
		{"an event on a holiday: the next working day is the first", "penalty_measures", "2026-10-02", "3日", "2026-10-10"},
		{"one working day on Friday is Monday", "agreed", "2026-03-06", "1个工作日", "2026-03-09"},
		{"days agreed are calendar days", "agreed", "2026-03-02", "7日", "2026-03-09"},
		{"no day at all ends on the day itself", "agreed", "2026-03-02", "0日", "2026-03-02"},
		{"the approval of an impact report counts working days", "eia_code", "2026-08-17", "10日", "2026-08-31"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			amount, unit, err := ParseLimit(tt.limit)
			if err != nil {
				t.Fatal(err)
			}
			rule, err := families.Rule(tt.family, amount, unit)
			if err != nil {
				t.Fatal(err)
			}
			d := Due(at(tt.start+" 15:30"), rule, nil, nil, table)
			if d.Last.String() != tt.want || !d.End.Equal(d.Last.Add(1).Time()) {
				t.Errorf("%s from %s ends %s (%s), want %s\n%s", tt.limit, tt.start, d.Last, d.End, tt.want, explained(d))
			}
		})
	}
}

func explained(d Deadline) string {
	var lines []string
	for _, s := range d.Explain() {
		lines = append(lines, s.Text())
	}
	return strings.Join(lines, "\n")
}

// 按日连续处罚: served on 03-10, re-checked on 03-25, 15 days are fined.
func TestDaysFined(t *testing.T) {
	if n := day("2026-03-25").Sub(day("2026-03-10")); n != 15 {
		t.Errorf("%d days, want 15", n)
	}
}

var (
	five   = Rule{Amount: 5, Unit: Workdays, ExcludeStart: true, RollToWorkday: true}
	ninety = Rule{Amount: 90, Unit: Days, ExcludeStart: true, RollToWorkday: true}
)

func TestSuspension(t *testing.T) {
	table, _ := shipped(t)
	for _, tt := range []struct {
		name  string
		start string
		rule  Rule
		spans []Span
		ext   []Extension
		want  string // last day; "" when stopped
		left  []Left
	}{
		{"two working days suspended move it by two", "2026-03-02", five, []Span{{day("2026-03-04"), day("2026-03-05"), "听证"}}, nil, "2026-03-11", nil},
		{"a suspended weekend moves nothing", "2026-03-02", five, []Span{{day("2026-03-07"), day("2026-03-08"), ""}}, nil, "2026-03-09", nil},
		{"decided on the 4th, lifted on the 6th: the 4th and 5th do not count", "2026-03-02", five, []Span{Pause(day("2026-03-04"), day("2026-03-06"), "")}, nil, "2026-03-11", nil},
		{"decided and lifted on one day", "2026-03-02", five, []Span{Pause(day("2026-03-04"), day("2026-03-04"), "")}, nil, "2026-03-09", nil},
		{"overlapping suspensions count once", "2026-03-02", five, []Span{{day("2026-03-04"), day("2026-03-05"), ""}, {day("2026-03-05"), day("2026-03-05"), ""}}, nil, "2026-03-11", nil},
		{"over before the suspension begins", "2026-03-02", five, []Span{{day("2026-03-10"), 0, ""}}, nil, "2026-03-09", nil},
		{"suspended on the last day", "2026-03-02", five, []Span{{day("2026-03-09"), 0, ""}}, nil, "", []Left{{1, Workdays}}},
		{"an open suspension stops the clock", "2026-03-02", five, []Span{{day("2026-03-04"), 0, ""}}, nil, "", []Left{{4, Workdays}}},
		{"open from the day of the event", "2026-03-02", five, []Span{{day("2026-03-02"), 0, ""}}, nil, "", []Left{{5, Workdays}}},
		{"calendar days suspended move it by as many", "2026-03-02", ninety, []Span{{day("2026-03-10"), day("2026-03-19"), "鉴定"}}, nil, "2026-06-10", nil},
		{"ninety and thirty days are one hundred and twenty", "2026-03-02", ninety, nil, []Extension{{30, Days, day("2026-05-20"), "案情复杂"}}, "2026-06-30", nil},
		{"the extension waits with the rest", "2026-03-02", ninety, []Span{{day("2026-03-12"), 0, ""}}, []Extension{{30, Days, 0, ""}}, "", []Left{{111, Days}}},
		{"an extension in working days follows the calendar days", "2026-03-02", Rule{Amount: 7, Unit: Days, ExcludeStart: true}, nil, []Extension{{2, Workdays, 0, ""}}, "2026-03-11", nil},
		{"an extension that waits in another unit", "2026-03-02", Rule{Amount: 7, Unit: Days, ExcludeStart: true}, []Span{{day("2026-03-05"), 0, ""}}, []Extension{{2, Workdays, 0, ""}}, "", []Left{{5, Days}, {2, Workdays}}},
		{"three and three months are six", "2025-11-30", Rule{Amount: 3, Unit: Months, ExcludeStart: true}, nil, []Extension{{3, Months, 0, ""}}, "2026-05-30", nil},
		{"months move by the calendar days suspended", "2026-03-02", Rule{Amount: 3, Unit: Months, ExcludeStart: true}, []Span{{day("2026-04-01"), day("2026-04-10"), ""}}, nil, "2026-06-12", nil},
		{"months stopped leave days", "2026-03-02", Rule{Amount: 1, Unit: Months, ExcludeStart: true}, []Span{{day("2026-03-12"), 0, ""}}, nil, "", []Left{{22, Days}}},
		{"the last day rolls into an open suspension", "2026-03-02", Rule{Amount: 5, Unit: Days, ExcludeStart: true, RollToWorkday: true}, []Span{{day("2026-03-08"), 0, ""}}, nil, "", []Left{{0, Days}}},
		{"the day of the event counts where it is not excluded", "2026-03-02", Rule{Amount: 5, Unit: Workdays}, nil, nil, "2026-03-06", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := Due(at(tt.start), tt.rule, tt.spans, tt.ext, table)
			if d.Last.String() != tt.want || d.Stopped != (tt.want == "") || !slices.Equal(d.Left, tt.left) {
				t.Errorf("ends %q, stopped %v, left %v; want %q, %v\n%s", d.Last, d.Stopped, d.Left, tt.want, tt.left, explained(d))
			}
			if d.Stopped && d.Late(at("2099-01-01")) {
				t.Error("a stopped clock is late")
			}
		})
	}
}

func TestHours(t *testing.T) {
	table, families := shipped(t)
	rule, err := families.Rule("criminal_link", 24, Hours)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, start string
		spans       []Span
		ext         []Extension
		want        string
		left        []Left
	}{
		{"through the night and the holiday", "2026-09-30 17:20", nil, nil, "2026-10-01 17:20", nil},
		{"a suspended day passes by", "2026-03-02 17:20", []Span{{day("2026-03-03"), day("2026-03-03"), ""}}, nil, "2026-03-04 17:20", nil},
		{"a suspension lifted on its day lets the hours run", "2026-03-02 17:20", []Span{Pause(day("2026-03-03"), day("2026-03-03"), "")}, nil, "2026-03-03 17:20", nil},
		{"an open suspension stops the hours", "2026-03-02 17:20", []Span{{day("2026-03-03"), 0, ""}}, nil, "", []Left{{18, Hours}}},
		{"over at midnight, before the suspension", "2026-03-02 00:00", []Span{{day("2026-03-03"), 0, ""}}, nil, "2026-03-03 00:00", nil},
		{"hours extend hours", "2026-03-02 17:20", nil, []Extension{{12, Hours, 0, ""}}, "2026-03-04 05:20", nil},
		{"working days extend hours to the same time of day", "2026-03-05 17:20", nil, []Extension{{1, Workdays, 0, ""}}, "2026-03-09 17:20", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := Due(at(tt.start), rule, tt.spans, tt.ext, table)
			if d.Stopped != (tt.want == "") || !slices.Equal(d.Left, tt.left) || tt.want != "" && !d.End.Equal(at(tt.want)) {
				t.Errorf("ends %s, stopped %v, left %v; want %s, %v\n%s", d.End, d.Stopped, d.Left, tt.want, tt.left, explained(d))
			}
			if tt.want != "" && (d.Late(at(tt.want).Add(-time.Second)) || !d.Late(at(tt.want))) {
				t.Error("late at the wrong moment")
			}
		})
	}
}

func TestUnsure(t *testing.T) {
	table, families := shipped(t)
	rule := func(family string, amount int, unit Unit) Rule {
		r, err := families.Rule(family, amount, unit)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	sure := table.With([]Year{{2026, "国办发明电〔2025〕7号", "source"}}, nil)
	const unverified = "2026 年节假日表待核实（来源：国办发明电〔2025〕7号）"
	const absent = "2027 年节假日表尚未录入，暂只按周末推算"
	for _, tt := range []struct {
		name  string
		table *Table
		rule  Rule
		start string
		want  []string
		last  string
	}{
		{"the table of 2026 is not verified", table, rule("penalty_measures", 5, Days), "2026-03-02", []string{unverified}, "2026-03-09"},
		{"a verified table leaves no doubt", sure, rule("penalty_measures", 5, Days), "2026-03-02", nil, "2026-03-09"},
		{"a date counted into 2027 falls back to weekends and says so", sure, rule("penalty_measures", 5, Days), "2026-12-29", []string{absent}, "2027-01-05"},
		{"both doubts are told", table, rule("penalty_measures", 5, Days), "2026-12-29", []string{unverified, absent}, "2027-01-05"},
		{"ninety days that end in 2027", sure, rule("penalty_measures", 90, Days), "2026-11-02", []string{absent}, "2027-02-01"},
		{"calendar days without rolling ask no table", table, Rule{Amount: 90, Unit: Days, ExcludeStart: true}, "2026-11-02", nil, "2027-01-31"},
		{"hours ask no table, and midnight belongs to the day before", table, rule("penalty_measures", 24, Hours), "2026-12-31", nil, "2026-12-31"},
		{"a way of counting that is inferred", sure, rule("eia_code", 2, Days), "2026-09-01", []string{"计日规则（生态环境法典（环境影响评价审批））待核实：条文只写“日”，属行政许可，暂按行政许可法以工作日计算；如应按自然日，把 all_workdays 改为 false"}, "2026-09-03"},
		{"what is agreed is not in doubt", sure, rule("agreed", 2, Workdays), "2026-09-01", nil, "2026-09-03"},
		{"without any table", nil, rule("agreed", 2, Workdays), "2026-09-01", []string{"2026 年节假日表尚未录入，暂只按周末推算"}, "2026-09-03"},
		{"a rule out of bounds", sure, Rule{Amount: -1, Unit: Days}, "2026-09-01", []string{"时限设置有误：-1日"}, "2026-08-31"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := Due(at(tt.start), tt.rule, nil, nil, tt.table)
			if !slices.Equal(d.Unsure, tt.want) || d.Last.String() != tt.last {
				t.Errorf("ends %s, unsure %q; want %s, %q", d.Last, d.Unsure, tt.last, tt.want)
			}
		})
	}
}

func TestExplain(t *testing.T) {
	table, families := shipped(t)
	rule, err := families.Rule("penalty_measures", 7, Days)
	if err != nil {
		t.Fatal(err)
	}
	d := Due(at("2026-09-29"), rule, []Span{{day("2026-10-09"), day("2026-10-09"), "听证"}}, []Extension{{1, Workdays, day("2026-10-13"), "案情复杂"}}, table)
	const want = `2026-09-29（周二）为起算日，不计入，从次日起计
2026-09-30（周三）：计第 1 个工作日
2026-10-01（周四）至 2026-10-07（周三）：国庆节，不计
2026-10-08（周四）：计第 2 个工作日
2026-10-09（周五）：中止期间（听证），不计
2026-10-10（周六）：国庆节调休上班，计第 3 个工作日
2026-10-11（周日）：周末，不计
2026-10-12（周一）至 2026-10-15（周四）：计第 4～7 个工作日
延长 1 个工作日，2026-10-13 批准（案情复杂）
2026-10-16（周五）：计第 8 个工作日
2026-10-16（周五）为最后一日，当日 24 时届满`
	if got := explained(d); got != want {
		t.Errorf("explained as\n%s\nwant\n%s", got, want)
	}
	d = Due(at("2026-07-03"), Rule{Amount: 90, Unit: Days, ExcludeStart: true, RollToWorkday: true}, nil, nil, table)
	const rolled = `2026-07-03（周五）为起算日，不计入，从次日起计
2026-07-04（周六）至 2026-10-01（周四）：计第 1～90 日
2026-10-01（周四）至 2026-10-07（周三）：国庆节，期限的最后一日顺延
2026-10-08（周四）为最后一日，当日 24 时届满`
	if got := explained(d); got != rolled {
		t.Errorf("explained as\n%s\nwant\n%s", got, rolled)
	}
	d = Due(at("2026-08-31"), Rule{Amount: 1, Unit: Months, ExcludeStart: true}, []Span{{day("2026-09-10"), 0, "鉴定"}}, nil, table)
	const stopped = `2026-08-31（周一）为起算日，不计入，从次日起计
按日期满 1 个月为 2026-09-30（周三）（当月没有 31 日，以月末为准）；其间有中止的，按中止日数顺延
2026-09-01（周二）至 2026-09-09（周三）：计第 1～9 日
2026-09-10（周四）起中止（鉴定），尚未恢复，期限停止计算`
	if got := explained(d); got != stopped {
		t.Errorf("explained as\n%s\nwant\n%s", got, stopped)
	}
}

func TestRemaining(t *testing.T) {
	table, _ := shipped(t)
	work := Due(at("2026-09-29"), five, nil, nil, table) // ends 2026-10-12
	paused := Due(at("2026-03-02"), five, []Span{{day("2026-03-04"), 0, ""}}, nil, table)
	thirty := Due(at("2026-03-02"), Rule{Amount: 30, Unit: Days, ExcludeStart: true}, nil, nil, table) // ends 2026-04-01
	hours := Due(at("2026-03-02 17:20"), Rule{Amount: 24, Unit: Hours}, nil, nil, table)
	for _, tt := range []struct {
		name string
		d    Deadline
		now  string
		late bool
		want string
	}{
		{"all of it on the day of the event", work, "2026-09-29 09:00", false, "剩余 5 个工作日"},
		{"before the event no more than all", work, "2026-09-01 09:00", false, "剩余 5 个工作日"},
		{"the holiday does not use it up", work, "2026-10-05 09:00", false, "剩余 4 个工作日"},
		{"the last day", work, "2026-10-12 23:59", false, "今日到期"},
		{"the moment after", work, "2026-10-13 00:00", true, "已超期 1 个工作日"},
		{"late over a weekend counts working days", work, "2026-10-18 12:00", true, "已超期 4 个工作日"},
		{"stopped", paused, "2026-12-01 12:00", false, "已中止，剩余 4 个工作日"},
		{"calendar days", thirty, "2026-03-30 12:00", false, "剩余 2 日"},
		{"calendar days late", thirty, "2026-04-03 12:00", true, "已超期 2 日"},
		{"hours, rounded up", hours, "2026-03-03 16:50", false, "剩余 1 小时"},
		{"hours late", hours, "2026-03-03 19:20", true, "已超期 2 小时"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := tt.d.Remaining(at(tt.now))
			if r.Text() != tt.want || r.Late != tt.late || tt.d.Late(at(tt.now)) != tt.late {
				t.Errorf("%s, late %v; want %s, %v", r.Text(), r.Late, tt.want, tt.late)
			}
		})
	}
}

func TestCompare(t *testing.T) {
	table, _ := shipped(t)
	corrected := table.With(nil, []Holiday{{On: day("2026-10-10"), Kind: Plain}}) // the Saturday does not work after all
	clocks := []Clock{
		{Start: at("2026-09-29"), Rule: five}, // counts the Saturday
		{Start: at("2026-03-02"), Rule: five}, // does not come near
		{Start: at("2026-10-08"), Rule: five, Suspensions: []Span{{From: day("2026-10-12"), Reason: "鉴定"}}}, // stopped with more left
	}
	moves := Compare(table, corrected, clocks)
	if len(moves) != 2 || moves[0].Index != 0 || moves[0].Was.Last != day("2026-10-12") || moves[0].Becomes.Last != day("2026-10-13") || moves[1].Index != 2 {
		t.Errorf("moves %+v", moves)
	}
	if moves := Compare(table, table, clocks); len(moves) != 0 {
		t.Errorf("the same table moves %v", moves)
	}
}
