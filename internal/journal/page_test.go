package journal

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pingzhang/internal/clock"
	"pingzhang/internal/sqldb"
	"pingzhang/internal/sqldb/sqldbtest"
)

// within is a scope of one county, as access.Scope writes it.
type within string

func (w within) Where(division, _ string, from int) (string, []any) {
	if w == "" {
		return "1 = 1", nil
	}
	return fmt.Sprintf("(%s >= $%d AND %s < $%d)", division, from, division, from+1), []any{string(w), string(w) + "~"}
}

func TestPage(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx := context.Background()
		l := New(db, nil, "")
		for n := 1; n <= 9; n++ {
			db.Clock = clock.Fixed(noon.AddDate(0, 0, n))
			e := Entry{By: "zhangsan", Via: "web", Act: "matter.move", Object: fmt.Sprintf("matter/%d", n%2), Division: "231102"}
			if n > 6 {
				e.By, e.Act, e.Division = "lisi", "matter%.x", "231181"
			}
			add(t, db, e)
		}
		day := func(n int) int64 { return noon.AddDate(0, 0, n).Unix() }
		for _, tt := range []struct {
			name   string
			scope  within
			filter Filter
			before int64
			n      int
			want   []int64
		}{
			{"the newest come first", "", Filter{}, 0, 3, []int64{9, 8, 7}},
			{"the next page begins below the last one", "", Filter{}, 7, 3, []int64{6, 5, 4}},
			{"the scope holds", "231102", Filter{}, 0, 100, []int64{6, 5, 4, 3, 2, 1}},
			{"the scope holds with every filter", "231102", Filter{Act: "matter", Object: "matter/1", By: "zhangsan", From: day(2), To: day(6)}, 6, 100, []int64{5, 3}},
			{"an act is chosen by its beginning", "", Filter{Act: "matter."}, 0, 100, []int64{6, 5, 4, 3, 2, 1}},
			{"and holds no wildcards", "", Filter{Act: "matter%"}, 0, 100, []int64{9, 8, 7}},
			{"an object is chosen whole", "", Filter{Object: "matter/0"}, 5, 100, []int64{4, 2}},
			{"times are from inclusive to exclusive", "", Filter{From: day(3), To: day(5)}, 0, 100, []int64{4, 3}},
			{"a person's own acts", "", Filter{By: "lisi"}, 0, 100, []int64{9, 8, 7}},
		} {
			t.Run(tt.name, func(t *testing.T) {
				rows, err := l.Page(ctx, tt.scope, tt.filter, tt.before, tt.n)
				var got []int64
				for _, r := range rows {
					got = append(got, r.Seq)
				}
				if err != nil || !slices.Equal(got, tt.want) {
					t.Errorf("got %v, %v; want %v", got, err, tt.want)
				}
			})
		}
	}, Migrations)
}
