package subject

import (
	"strconv"
	"strings"
	"time"

	"pingzhang/standard/air"
)

var outlookInputs = []Key{
	{"aqi", "指数", "从日期当日起，各日（24 小时）的预测或实测指数，以 、 分隔，210×2 表示两日都是 210，没有写 —"},
	{"primary", "首要污染物", "各日的首要污染物，以 、 分隔，并列的写 O3+PM2.5；不写为颗粒物"},
	{"event", "事件", "各日的沙尘、山火、境外传输等，以 、 分隔，没有写 —"},
}

var warningLevels = map[string]string{"黄色": string(air.Yellow), "橙色": string(air.Orange), "红色": string(air.Red)}

var warningTopics = []topic{
	{Help{
		Name: "air.warning", About: "重污染天气预警的级别（环大气〔2024〕6号）", Dated: true, Inputs: outlookInputs,
		Results: []Key{
			{"level", "级别", "黄色预警（yellow）、橙色预警（orange）、红色预警（red）、不预警（none）"}, {"from", "起", "达到该级条件的第一日"}, {"to", "止", "最后一日"},
			{"notices", "健康提示", "发布健康提示而不预警的天数"}, {"gaps", "缺日", "没有指数的天数"},
		},
	}, askWarning},
	{Help{
		Name: "air.lifting", About: "在执行的预警可否降级或解除（环大气〔2024〕6号）", Dated: true,
		Inputs: append([]Key{{"current", "现级", "黄色（yellow）、橙色（orange）、红色（red）"}}, outlookInputs...),
		Results: []Key{
			{"lift", "可调整", "是或否"}, {"to", "调整为", "黄色预警、橙色预警、不预警；不能调整时为现级"},
		},
	}, askLifting},
}

// outlooks reads the days of a question.
func (q *question) outlooks() []air.Outlook {
	q.need("aqi", "指数")
	first := q.time()
	var primary, event []string
	if q.has("primary") {
		primary = q.series("primary")
	}
	if q.has("event") {
		event = q.series("event")
	}
	var all []air.Outlook
	for i, text := range q.series("aqi") {
		n, err := strconv.Atoi(text)
		if err != nil {
			n = air.NoIAQI
		}
		o := air.Outlook{On: dayOf(first.Add(time.Duration(i) * 24 * time.Hour)), AQI: n, Primary: air.SetOf(air.PM25), Forecast: true}
		if i < len(primary) {
			o.Primary = q.set(primary[i])
		}
		if i < len(event) && event[i] != "—" {
			o.Event = event[i]
		}
		all = append(all, o)
	}
	return all
}

// sayLevel gives a result a warning level.
func (a *answer) sayLevel(name string, l air.WarningLevel) {
	code := string(l)
	if l == air.NoWarning {
		code = "none"
	}
	a.say(name, code, l.Name())
}

func askWarning(b books, q *question, a *answer) {
	series := q.outlooks()
	if q.err != nil {
		return
	}
	w := b.air.Warn(q.at, series)
	if w.Basis.Citation.Document != "" {
		a.sayLevel("level", w.Level)
	}
	a.set("from", string(w.From))
	a.set("to", string(w.To))
	a.set("notices", strconv.Itoa(len(w.Notices)))
	a.set("gaps", strconv.Itoa(len(w.Unknown)))
	a.basis(w.Issue, air.Text, w.Why, w.Basis.Confidence, w.Basis.Citation)
}

func askLifting(b books, q *question, a *answer) {
	q.need("current", "现级")
	current := air.WarningLevel(q.one("current", warningLevels))
	series := q.outlooks()
	if q.err != nil {
		return
	}
	l := b.air.Lift(q.at, current, series)
	a.yes("lift", l.Lift)
	a.sayLevel("to", l.To)
	a.basis(l.Issue, air.Text, l.Why, l.Basis.Confidence, l.Basis.Citation)
}

// set reads pollutants that are joined by +.
func (q *question) set(text string) air.Set {
	var s air.Set
	for _, symbol := range strings.Split(text, "+") {
		p, ok := air.ParsePollutant(symbol)
		if !ok {
			q.fail("首要污染物不能是“%s”", symbol)
			return 0
		}
		s |= air.SetOf(p)
	}
	return s
}
