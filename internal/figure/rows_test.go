package figure_test

import (
	"slices"
	"testing"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/figure"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
)

func TestList(t *testing.T) {
	each(t, func(t *testing.T, s *figure.Store, _ *sqldb.DB) {
		correct(t, s, limits, 1, to61)
		all, err := s.List(ctx, county)
		if err != nil {
			t.Fatal(err)
		}
		tables, err := s.Tables(ctx)
		if err != nil || len(tables) != len(all) {
			t.Fatalf("%d tables, %d in the list, %v", len(tables), len(all), err)
		}
		for i, info := range all {
			if info.Name != tables[i].Name || info.Title == "" || info.Title == info.Name || info.Subject == "" {
				t.Errorf("table %+v", info)
			}
			want := 0
			if info.Name == limits {
				want = 1
			}
			if info.Corrected != want || info.Unverified > info.Rows || info.Rows != len(tables[i].Rows()) {
				t.Errorf("counts of %+v", info)
			}
		}
		i := slices.IndexFunc(all, func(i figure.TableInfo) bool { return i.Name == "emission_gb13271" })
		if got := all[i].Title; got != "锅炉大气污染物排放标准（GB 13271-2014）" {
			t.Errorf("a table of one document is called %s", got)
		}
	})
}

func TestRows(t *testing.T) {
	each(t, func(t *testing.T, s *figure.Store, _ *sqldb.DB) {
		correct(t, s, limits, 1, to61)
		table, err := s.Table(ctx, limits)
		if err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			name  string
			q     figure.Query
			match func(r standard.Row) bool
		}{
			{"all rows, seven a page", figure.Query{N: 7}, func(standard.Row) bool { return true }},
			{"those about a pollutant, in any case", figure.Query{Text: " pm2.5 ", N: 3}, func(r standard.Row) bool { return r.Cell("pollutant") == "PM2.5" }},
			{"those of one source", figure.Query{Text: "示例转载"}, func(r standard.Row) bool { return r.Key == pm25 }},
			{"those that are corrected", figure.Query{Only: figure.Corrected}, func(r standard.Row) bool { return r.Key == pm25 }},
			{"those that are not verified", figure.Query{Only: figure.Unverified, N: 500}, func(r standard.Row) bool { return r.Citation.Confidence != standard.Source }},
			{"none", figure.Query{Text: "没有这样的行"}, func(standard.Row) bool { return false }},
		} {
			var want, got []string
			for _, r := range table.Rows() {
				if tt.match(r) {
					want = append(want, r.Key)
				}
			}
			for q := tt.q; ; {
				q.Table = limits
				p, err := s.Rows(ctx, county, q)
				if err != nil || p.Total != len(want) || p.Table.Name != limits || !slices.Equal(p.Columns, table.Columns) {
					t.Fatalf("%s: %d in all, %v; want %d", tt.name, p.Total, err, len(want))
				}
				for _, l := range p.Lines {
					got = append(got, l.Key)
				}
				if q.After = p.Next; q.After == "" {
					break
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %v; want %v", tt.name, got, want)
			}
		}
		l, columns, err := s.Line(ctx, county, limits, pm25)
		if err != nil || len(l.Revisions) != 2 || l.Revision != 2 || l.Cell("class2") != "61" || l.Revisions[0].Cell("class2") != "60" ||
			l.Revisions[1].By != "王科长" || len(columns) != len(table.Columns) {
			t.Errorf("line %+v, %v", l, err)
		}
	})
}

func TestReadRefuses(t *testing.T) {
	each(t, func(t *testing.T, s *figure.Store, _ *sqldb.DB) {
		nobody := access.Caller{Login: "nobody", Scope: access.System}.Grant("register.read")
		for name, call := range map[string]func(by access.Caller) error{
			"List":   func(by access.Caller) error { _, err := s.List(ctx, by); return err },
			"Rows":   func(by access.Caller) error { _, err := s.Rows(ctx, by, figure.Query{Table: limits}); return err },
			"Line":   func(by access.Caller) error { _, _, err := s.Line(ctx, by, limits, pm25); return err },
			"Adrift": func(by access.Caller) error { _, err := s.Adrift(ctx, by); return err },
			"Stale":  func(by access.Caller) error { _, err := s.Stale(ctx, by, figure.StaleQuery{}); return err },
			"Uses":   func(by access.Caller) error { _, _, err := s.Uses(ctx, by, standard.Ref{}, "", 0); return err },
		} {
			if err := call(nobody); !fault.Is(err, fault.Denied) {
				t.Errorf("%s without figure.read: %v; want Denied", name, err)
			}
			if err := call(county); err != nil {
				t.Errorf("%s with figure.read: %v", name, err)
			}
		}
		for name, err := range map[string]error{
			"Rows of no table": second(s.Rows(ctx, county, figure.Query{Table: "no_such"})),
			"a Table":          second(s.Table(ctx, "no_such")),
		} {
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v; want NotFound", name, err)
			}
		}
		if _, _, err := s.Line(ctx, county, limits, "nothing"); !fault.Is(err, fault.NotFound) {
			t.Errorf("a Line: %v; want NotFound", err)
		}
		_, _, uses := s.Uses(ctx, county, standard.Ref{}, "!", 0)
		for name, err := range map[string]error{
			"Rows":  second(s.Rows(ctx, county, figure.Query{Table: limits, After: "nothing"})),
			"Stale": second(s.Stale(ctx, county, figure.StaleQuery{After: "!"})),
			"Uses":  uses,
		} {
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%s after a place that is none: %v; want Invalid", name, err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }
