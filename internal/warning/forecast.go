package warning

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
	aqi "pingzhang/standard/air"
)

// A Forecast is the index of a day that somebody foretold for a division. Low
// and High are equal where one number was given.
type Forecast struct {
	ID        int64           `db:"id" json:"id"`
	Division  access.Division `db:"division" json:"division"`
	On        standard.Date   `db:"day_on" json:"on"`
	Revision  int64           `db:"revision" json:"revision"`
	Low       int64           `db:"low" json:"low"`
	High      int64           `db:"high" json:"high"`
	Primary   string          `db:"primary_items" json:"primary,omitempty"` // symbols, separated by commas; empty where not said
	Event     string          `db:"event" json:"event,omitempty"`           // 沙尘, 山火, 境外传输
	Source    string          `db:"source" json:"source"`
	Note      string          `db:"note" json:"note,omitempty"`
	Withdrawn bool            `db:"withdrawn" json:"withdrawn,omitempty"`
	Import    int64           `db:"import" json:"import,omitempty"`
	Who       string          `db:"who" json:"-"`
	WhoName   string          `db:"who_name" json:"who"`
	At        int64           `db:"at" json:"at"`
}

const forecastColumns = `id, division, day_on, revision, low, high, primary_items, event, source, note, withdrawn, import, who, who_name, at`

// Range writes the index of a forecast: 180 or 180—220.
func (f Forecast) Range() string {
	switch {
	case f.Withdrawn:
		return "—"
	case f.Low == f.High:
		return strconv.FormatInt(f.High, 10)
	}
	return fmt.Sprintf("%d—%d", f.Low, f.High)
}

// Pollutants returns the primary pollutants as a set; those that are not known
// are left out.
func (f Forecast) Pollutants() aqi.Set {
	var all []aqi.Pollutant
	for _, name := range strings.Split(f.Primary, ",") {
		if p, ok := aqi.ParsePollutant(name); ok {
			all = append(all, p)
		}
	}
	return aqi.SetOf(all...)
}

// same reports whether two forecasts say the same.
func (f Forecast) same(o Forecast) bool {
	return f.Low == o.Low && f.High == o.High && f.Primary == o.Primary && f.Event == o.Event && f.Source == o.Source && f.Note == o.Note && f.Withdrawn == o.Withdrawn
}

// Events are the events that call for a health notice instead of a colour.
var Events = []string{"沙尘", "山火", "境外传输"}

// The highest index there is (HJ 633), and how far ahead a forecast may reach.
const (
	highestAQI   = 500
	farthestDays = 30
)

// ReadRange reads an index or a range of it: 180, 180-220, 180～220.
func ReadRange(text string) (low, high int64, wrong string) {
	t := strings.NewReplacer("—", "-", "–", "-", "～", "-", "~", "-", "至", "-", "－", "-", " ", "", "　", "").Replace(text)
	first, last, ranged := strings.Cut(t, "-")
	if !ranged {
		last = first
	}
	low, wrong = readIndex(first)
	if wrong == "" {
		high, wrong = readIndex(last)
	}
	if wrong == "" && low > high {
		wrong = fmt.Sprintf("区间的下限 %d 大于上限 %d", low, high)
	}
	return low, high, wrong
}

func readIndex(text string) (int64, string) {
	switch {
	case text == "":
		return 0, "没有填写 AQI；写成 180 或 180-220"
	case strings.Trim(text, "0123456789") != "":
		return 0, fmt.Sprintf("“%s”不是 AQI，应为 0 到 %d 的整数（半角），或 180-220 这样的区间", text, highestAQI)
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n > highestAQI {
		return 0, fmt.Sprintf("AQI 应为 0 到 %d 的整数", highestAQI)
	}
	return n, ""
}

// ReadPollutants reads primary pollutants as people write them, and returns their
// symbols, separated by commas.
func ReadPollutants(text string) (symbols, wrong string) {
	names := map[string]string{"细颗粒物": "PM2.5", "可吸入颗粒物": "PM10", "臭氧": "O3", "二氧化氮": "NO2", "二氧化硫": "SO2", "一氧化碳": "CO", "O₃": "O3", "PM₂.₅": "PM2.5", "PM₁₀": "PM10"}
	var all []string
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("、,，;； /和", r) }) {
		symbol := strings.ToUpper(part)
		if known, ok := names[part]; ok {
			symbol = known
		}
		p, ok := aqi.ParsePollutant(symbol)
		if !ok {
			return "", fmt.Sprintf("“%s”不是首要污染物；可写 PM2.5、PM10、O3、NO2、SO2、CO", part)
		}
		if !slices.Contains(all, p.String()) {
			all = append(all, p.String())
		}
	}
	return strings.Join(all, ","), ""
}

// check says which fields of a forecast are wrong.
func (f Forecast) check(today standard.Date) map[string]string {
	wrong := map[string]string{}
	at, err := time.Parse(time.DateOnly, string(f.On))
	now, _ := time.Parse(time.DateOnly, string(today))
	switch {
	case err != nil:
		wrong["on"] = "日期应写作 2026-12-01 的样子"
	case at.Before(now):
		wrong["on"] = fmt.Sprintf("%s 已经过去；预报只能从今天（%s）起", f.On, today)
	case at.After(now.AddDate(0, 0, farthestDays)):
		wrong["on"] = fmt.Sprintf("预报日期距今天超过 %d 天，请检查年份", farthestDays)
	}
	if f.Low < 0 || f.High > highestAQI || f.Low > f.High {
		wrong["aqi"] = fmt.Sprintf("AQI 应为 0 到 %d 的整数，下限不大于上限", highestAQI)
	}
	if f.Event != "" && !slices.Contains(Events, f.Event) {
		wrong["event"] = "特殊情形只能是：" + strings.Join(Events, "、")
	}
	if strings.TrimSpace(f.Source) == "" {
		wrong["source"] = "请填写预报来源，如 市气象台、会商意见"
	}
	if len([]rune(f.Source)) > 60 || len([]rune(f.Note)) > 300 {
		wrong["note"] = "来源不超过60字，说明不超过300字"
	}
	return wrong
}

// Foretell stores what is foretold for a day of a division. What was foretold
// before stays as an earlier revision; the same again changes nothing.
//
// The error is fault.Denied without warning.draft, fault.NotFound for a division
// outside by's scope, fault.Invalid with the fields that are wrong.
func (s *Store) Foretell(ctx context.Context, by access.Caller, f Forecast) (saved Forecast, err error) {
	defer fault.Wrap(&err, "warning.Foretell(%s, %s)", f.Division, f.On)
	if err := s.mayForetell(by, f.Division); err != nil {
		return f, err
	}
	if err := fault.Fields(f.check(dateOf(s.db.Clock.Now()))); err != nil {
		return f, err
	}
	err = s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		saved, _, err = s.foretell(ctx, tx, by, f)
		return err
	})
	return saved, err
}

// WithdrawForecast takes back what is foretold for a day, with a reason; it stays
// as an earlier revision.
func (s *Store) WithdrawForecast(ctx context.Context, by access.Caller, d access.Division, on standard.Date, reason string) (err error) {
	defer fault.Wrap(&err, "warning.WithdrawForecast(%s, %s)", d, on)
	if err := s.mayForetell(by, d); err != nil {
		return err
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return fault.Fields(map[string]string{"note": "请填写撤回预报的原因"})
	}
	return s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		_, _, err := s.foretell(ctx, tx, by, Forecast{Division: d, On: on, Low: -1, High: -1, Source: "撤回", Note: reason, Withdrawn: true})
		return err
	})
}

func (s *Store) mayForetell(by access.Caller, d access.Division) error {
	if err := by.Must("warning.draft"); err != nil {
		return err
	}
	if !by.Scope.Sees(d, 0) || s.c.Divisions.NameOf(d) == string(d) {
		return fault.New(fault.NotFound, "没有这个区域，或不在您的管辖范围内，不能录入预报")
	}
	return nil
}

// foretell stores a forecast where it says something new.
func (s *Store) foretell(ctx context.Context, tx *sqldb.Tx, by access.Caller, f Forecast) (_ Forecast, fresh bool, err error) {
	if err := lock(ctx, tx, "forecast/"+string(f.Division)); err != nil {
		return f, false, err
	}
	before, err := sqldb.All[Forecast](ctx, tx, `
		SELECT `+forecastColumns+`
		  FROM warning_forecasts
		 WHERE division = $1
		   AND day_on = $2
		 ORDER BY revision DESC
		 LIMIT 1`, string(f.Division), string(f.On))
	if err != nil {
		return f, false, err
	}
	f.Revision = 1
	if len(before) > 0 {
		if before[0].same(f) {
			return before[0], false, nil
		}
		f.Revision = before[0].Revision + 1
	} else if f.Withdrawn {
		return f, false, fault.New(fault.NotFound, "%s 没有 %s 的预报，不用撤回", s.c.Divisions.NameOf(f.Division), f.On)
	}
	f.ID, f.Who, f.WhoName, f.At = sqldb.NewID(), by.Login, by.Name, tx.Now.Unix()
	if err := tx.ExecOne(ctx, `
		INSERT INTO warning_forecasts (`+forecastColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		f.ID, string(f.Division), string(f.On), f.Revision, f.Low, f.High, f.Primary, f.Event, f.Source, f.Note, f.Withdrawn, f.Import, f.Who, f.WhoName, f.At); err != nil {
		return f, false, err
	}
	act := "warning.forecast"
	if f.Withdrawn {
		act = "warning.forecast_withdraw"
	}
	return f, true, enter(ctx, tx, by, act, fmt.Sprintf("forecast/%s/%s", f.Division, f.On), f.Division, 0, map[string]any{
		"revision": f.Revision, "aqi": f.Range(), "primary": f.Primary, "event": f.Event, "source": f.Source, "note": f.Note,
	})
}

// Forecasts returns what is foretold for the days of a division from from on, by
// day, the latest revision of each; one that was withdrawn is not among them.
//
// The error is fault.Denied without warning.read or outside by's scope.
func (s *Store) Forecasts(ctx context.Context, by access.Caller, d access.Division, from standard.Date) (_ []Forecast, err error) {
	defer fault.Wrap(&err, "warning.Forecasts(%s)", d)
	all, err := s.revisions(ctx, by, d, from)
	if err != nil {
		return nil, err
	}
	var latest []Forecast
	for _, f := range all { // by day, then the latest first
		if len(latest) == 0 || latest[len(latest)-1].On != f.On {
			latest = append(latest, f)
		}
	}
	return slices.DeleteFunc(latest, func(f Forecast) bool { return f.Withdrawn }), nil
}

// ForecastHistory returns every revision from a day on, by day, the latest first.
func (s *Store) ForecastHistory(ctx context.Context, by access.Caller, d access.Division, from standard.Date) (_ []Forecast, err error) {
	defer fault.Wrap(&err, "warning.ForecastHistory(%s)", d)
	return s.revisions(ctx, by, d, from)
}

func (s *Store) revisions(ctx context.Context, by access.Caller, d access.Division, from standard.Date) ([]Forecast, error) {
	if err := by.Must("warning.read"); err != nil {
		return nil, err
	}
	cond, args := by.Scope.Where("division", "0", 3)
	return sqldb.All[Forecast](ctx, s.db, `
		SELECT `+forecastColumns+`
		  FROM warning_forecasts
		 WHERE division = $1
		   AND day_on >= $2
		   AND `+cond+`
		 ORDER BY day_on, revision DESC`, append([]any{string(d), string(from)}, args...)...)
}

// foretold returns the divisions for which a day from from on is foretold.
func (s *Store) foretold(ctx context.Context, from standard.Date) ([]access.Division, error) {
	rows, err := sqldb.All[struct {
		Division string `db:"division"`
	}](ctx, s.db, `
		SELECT DISTINCT division
		  FROM warning_forecasts
		 WHERE day_on >= $1
		 ORDER BY division`, string(from))
	all := make([]access.Division, len(rows))
	for i, r := range rows {
		all[i] = access.Division(r.Division)
	}
	return all, err
}

// today is the beginning of the day that now lies in.
func (s *Store) today() time.Time { return clock.Day(s.db.Clock.Now()) }
