package subject

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"pingzhang/standard"
)

// A question is the inputs of a case by their English names. The first input
// that cannot be read is kept as err, and the answer is not looked at.
type question struct {
	given map[string]string
	at    standard.Date
	err   error
}

func (q *question) fail(format string, args ...any) {
	if q.err == nil {
		q.err = fmt.Errorf(format, args...)
	}
}

func (q *question) has(key string) bool { _, ok := q.given[key]; return ok }

func (q *question) text(key string) string { return q.given[key] }

// need returns an input that must be there.
func (q *question) need(key, chinese string) string {
	if q.given[key] == "" {
		q.fail("缺少 %s（%s）", chinese, key)
	}
	return q.given[key]
}

// exact returns an input as a number without unit; none where it is not given.
func (q *question) exact(key string) standard.Exact {
	text, _ := q.reading(key)
	if text == "" {
		return standard.Exact{}
	}
	x, issue := standard.Read(text)
	if issue != "" {
		q.fail("%s 应为数字，不能是“%s”", key, q.given[key])
	}
	return x
}

// whole returns an input as a whole number.
func (q *question) whole(key string) int {
	if !q.has(key) {
		return 0
	}
	n, err := strconv.Atoi(q.given[key])
	if err != nil || n < 0 {
		q.fail("%s 应为不小于 0 的整数，不能是“%s”", key, q.given[key])
	}
	return n
}

// reading returns an input as it was reported: a text and, behind the first
// blank, a unit in the spelling of package standard where that knows it.
func (q *question) reading(key string) (text string, unit standard.Unit) {
	return split(q.given[key])
}

// split parts a value from its unit.
func split(value string) (text string, unit standard.Unit) {
	text, rest, _ := strings.Cut(strings.TrimSpace(value), " ")
	if u, err := standard.ParseUnit(rest); err == nil {
		return text, u
	}
	return text, standard.Unit(rest)
}

// number returns an input as it was reported, with its unit or, where it names
// none, that of fallback.
func (q *question) number(key string, fallback standard.Unit) (x standard.Exact, unit standard.Unit, issue standard.Issue) {
	text, unit := q.reading(key)
	if unit == "" {
		unit = fallback
	}
	x, issue = standard.Read(text)
	return x, unit, issue
}

// sample returns the value of the question as a sample of package standard.
func (q *question) sample(fallback standard.Unit) standard.Sample {
	x, unit, issue := q.number("value", fallback)
	return standard.Sample{Value: x, Unit: unit, On: q.at, Issue: issue}
}

// one returns the code of an input that is one of a list, by its code or by one
// of its words; the empty code where it is not given.
func (q *question) one(key string, words map[string]string) string {
	if !q.has(key) {
		return ""
	}
	text := strings.ReplaceAll(q.given[key], " ", "")
	if code, ok := words[text]; ok {
		return code
	}
	for _, code := range words {
		if code == text {
			return code
		}
	}
	q.fail("%s 不能是“%s”；可以是：%s", key, q.given[key], wordsOf(words))
	return ""
}

// yes returns an input that is yes or no.
func (q *question) yes(key string) bool {
	return q.one(key, map[string]string{"是": "yes", "否": "no"}) == "yes"
}

// list returns the parts of an input that holds several, and the text behind the
// name of each: 溶解氧 5.2 mg/L；氨氮 1.2 mg/L.
func (q *question) list(key string) (names, values []string) { return list(q.given[key]) }

func list(text string) (names, values []string) {
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == '；' || r == ';' }) {
		name, value, _ := strings.Cut(strings.TrimSpace(part), " ")
		names, values = append(names, name), append(values, strings.TrimSpace(value))
	}
	return names, values
}

// mostTimes is how often a text in a row may be repeated: the hours of a year.
const mostTimes = 8784

// series returns an input that is a row of texts, parted by 、; 50×20 stands for
// twenty times 50.
func (q *question) series(key string) []string {
	var all []string
	for _, part := range strings.Split(q.given[key], "、") {
		part = strings.TrimSpace(part)
		value, times, many := strings.Cut(part, "×")
		n := 1
		if many {
			var err error
			if n, err = strconv.Atoi(strings.TrimSpace(times)); err != nil || n < 1 || n > mostTimes {
				q.fail("%s 中的“%s”应如 50×20，次数为 1 至 %d", key, part, mostTimes)
				return nil
			}
		}
		for range n {
			all = append(all, strings.TrimSpace(value))
		}
	}
	return all
}

// numbers is series as numbers; what is no number, such as —, is none.
func (q *question) numbers(key string) []standard.Exact {
	var all []standard.Exact
	for _, text := range q.series(key) {
		x, _ := standard.Read(text)
		all = append(all, x)
	}
	return all
}

// days is series as whole numbers by day from the first on; what is no number is
// unknown.
func (q *question) days(key string, first time.Time, unknown int) map[standard.Date]int {
	all := map[standard.Date]int{}
	for i, text := range q.series(key) {
		n, err := strconv.Atoi(text)
		if err != nil {
			n = unknown
		}
		all[dayOf(first.AddDate(0, 0, i))] = n
	}
	return all
}

func dayOf(t time.Time) standard.Date { return standard.Date(t.Format(time.DateOnly)) }

// time is the day of the question.
func (q *question) time() time.Time {
	t, err := time.Parse(time.DateOnly, string(q.at))
	if err != nil {
		q.fail("日期“%s”不存在", q.at)
	}
	return t
}

// span is the month, quarter or year of the day; without 时段 the year.
func (q *question) span() (from, to time.Time) {
	t := q.time()
	first, months := time.January, 12
	switch q.one("period", map[string]string{"月": "month", "季": "quarter", "年": "year"}) {
	case "month":
		first, months = t.Month(), 1
	case "quarter":
		first, months = (t.Month()-1)/3*3+1, 3
	}
	from = time.Date(t.Year(), first, 1, 0, 0, 0, 0, time.UTC)
	return from, from.AddDate(0, months, -1)
}
