package warning

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/sheet"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
)

// forecastSheet are the columns of a file of forecasts.
var forecastSheet = []sheet.Column{
	{Name: "division", Zh: "区域", Synonyms: []string{"县区", "县（市、区）", "城市", "行政区", "行政区划"}, Required: true},
	{Name: "on", Zh: "日期", Synonyms: []string{"预报日期"}, Kind: sheet.Date, Required: true},
	{Name: "aqi", Zh: "AQI", Synonyms: []string{"预报AQI", "AQI范围", "AQI预报"}, Required: true},
	{Name: "primary", Zh: "首要污染物"},
	{Name: "event", Zh: "特殊情形", Synonyms: []string{"过程类型"}},
	{Name: "source", Zh: "预报来源", Synonyms: []string{"来源", "发布单位"}},
	{Name: "note", Zh: "说明", Synonyms: []string{"备注"}},
}

// ImportForecasts stores the forecasts of a workbook or CSV file: one row a
// division and day. source stands for rows that name none. What cannot be used is
// listed with its cell and the reason, and the rest is stored; what is foretold
// already changes nothing.
//
// The error is fault.Denied without warning.draft, fault.Invalid when r is no such
// table.
func (s *Store) ImportForecasts(ctx context.Context, by access.Caller, name, source string, r io.Reader) (out Imported, err error) {
	defer fault.Wrap(&err, "warning.ImportForecasts(%s)", name)
	if err := by.Must("warning.draft"); err != nil {
		return out, err
	}
	data, err := readFile(r)
	if err != nil {
		return out, err
	}
	sh, err := sheet.Read(bytes.NewReader(data), forecastSheet, sheet.Options{})
	if err != nil {
		return out, err
	}
	all := s.readForecasts(by, sh, strings.TrimSpace(source))
	out = about(name, data, sh)
	out.finish(sh)
	err = s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		out.Taken, out.Same = 0, 0
		division := access.Division("")
		if len(by.Scope.Divisions) > 0 {
			division = by.Scope.Divisions[0]
		}
		if err := keepImport(ctx, tx, by, "forecast", division, &out); err != nil {
			return err
		}
		for _, f := range all {
			f.Import = out.ID
			_, fresh, err := s.foretell(ctx, tx, by, f)
			if err != nil {
				return err
			}
			if fresh {
				out.Taken++
			} else {
				out.Same++
			}
		}
		return nil
	})
	return out, err
}

// readForecasts reads the rows that can be used.
func (s *Store) readForecasts(by access.Caller, sh *sheet.Sheet, source string) (all []Forecast) {
	today := dateOf(s.db.Clock.Now())
	seen := map[string]string{}
	places := s.c.Divisions.Within(by.Scope)
	for row := range sh.Rows() {
		problem := func(column string, issue standard.Issue, format string, args ...any) {
			sh.Problems = append(sh.Problems, row.Problem(column, issue, format, args...))
		}
		at := row.Moment("on")
		if at.Issue != "" || row.Text("division") == "" || row.Text("aqi") == "" {
			continue // the sheet has said so
		}
		i := slices.IndexFunc(places, func(p access.Place) bool {
			return p.Name == row.Text("division") || string(p.Code) == row.Text("division")
		})
		if i < 0 {
			problem("division", notKnown, "没有这个区域，或不在您的管辖范围内；写名称（如 爱辉区）或代码")
			continue
		}
		f := Forecast{Division: places[i].Code, On: dateOf(at.Time), Event: row.Text("event"), Source: row.Text("source"), Note: row.Text("note")}
		if f.Source == "" {
			f.Source = source
		}
		var wrong string
		if f.Low, f.High, wrong = ReadRange(row.Text("aqi")); wrong != "" {
			problem("aqi", standard.NotNumber, "%s", wrong)
			continue
		}
		if f.Primary, wrong = ReadPollutants(row.Text("primary")); wrong != "" {
			// Without it nobody knows whether ozone leads: the row cannot be taken.
			problem("primary", notKnown, "%s", wrong)
			continue
		}
		key := fmt.Sprint(f.Division, f.On)
		if cell, again := seen[key]; again {
			problem("on", twice, "与 %s 是同一区域的同一天，没有采用", cell)
			continue
		}
		bad := f.check(today)
		for _, column := range []string{"on", "aqi", "event", "source", "note"} {
			if text := bad[column]; text != "" {
				problem(column, outOfRange, "%s", text)
			}
		}
		if len(bad) > 0 {
			continue
		}
		seen[key] = row.Cell("on")
		all = append(all, f)
	}
	return all
}
