package air

import (
	"context"
	"fmt"
	"strings"

	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
	"pingzhang/standard"
)

const hourColumns = `station, at, revision, division, source, aqi, published, level, primary_items, issue, edition, confidence,
		       published_aqi, published_primary, vals, items, basis, cause, reckoned_at`

const dayColumns = `station, division, day_on, revision, area, assessed, points_due, aqi, published, level, primary_items, good, issue, edition,
		       confidence, so2, no2, pm10, pm25, co, o3, o3_1h, items, hourly, basis, cause, reckoned_at`

func (h *Hour) args() []any {
	return []any{h.Station, h.At, h.Revision, string(h.Division), string(h.Source), h.AQI, h.Published, h.Level, h.Primary, string(h.Issue), h.Edition,
		string(h.Confidence), h.PublishedAQI, h.PublishedPrimary, h.ValsJSON, h.ItemsText, h.Basis, h.Cause, h.ReckonedAt}
}

func (d *Day) args() []any {
	return []any{d.Station, string(d.Division), string(d.On), d.Revision, int64(d.Area), d.Assessed, d.Due, d.AQI, d.Published, d.Level, d.Primary,
		string(d.Good), string(d.Issue), d.Edition, string(d.Confidence), d.SO2, d.NO2, d.PM10, d.PM25, d.CO, d.O3, d.O3Hour, d.ItemsJSON, d.Hourly,
		d.Basis, d.Cause, d.ReckonedAt}
}

// hoursTx returns the hours of a station from from before to.
func hoursTx(ctx context.Context, q sqldb.Querier, station, from, to int64) ([]Hour, error) {
	return sqldb.All[Hour](ctx, q, `
		SELECT `+hourColumns+`
		  FROM air_hours
		 WHERE station = $1
		   AND at >= $2
		   AND at < $3
		 ORDER BY at`, station, from, to)
}

// saveHour stores an hour, keeping the one it replaces.
func saveHour(ctx context.Context, tx *sqldb.Tx, old *Hour, h Hour) error {
	h.Revision, h.ReckonedAt = 1, tx.Now.Unix()
	if err := saveBasis(ctx, tx, h.Basis, h.refs); err != nil {
		return err
	}
	if old != nil {
		h.Revision = old.Revision + 1
		if err := tx.ExecOne(ctx, `
			INSERT INTO air_hour_history (`+hourColumns+`, replaced_at)
			VALUES (`+holders(20)+`)`, append(old.args(), tx.Now.Unix())...); err != nil {
			return err
		}
		if err := tx.ExecOne(ctx, `DELETE FROM air_hours WHERE station = $1 AND at = $2 AND revision = $3`, old.Station, old.At, old.Revision); err != nil {
			return err
		}
	}
	return tx.ExecOne(ctx, `
		INSERT INTO air_hours (`+hourColumns+`)
		VALUES (`+holders(19)+`)`, h.args()...)
}

// dayTable is one of the two tables of days, which have the same columns.
type dayTable struct{ name, history, key string }

var (
	stationDays = dayTable{"air_days", "air_day_history", "station"}
	cityDays    = dayTable{"air_city_days", "air_city_history", "division"}
)

// dayTx returns a day; nil where there is none.
func dayTx(ctx context.Context, q sqldb.Querier, t dayTable, key any, on standard.Date) (*Day, error) {
	all, err := sqldb.All[Day](ctx, q, `
		SELECT `+dayColumns+`
		  FROM `+t.name+`
		 WHERE `+t.key+` = $1
		   AND day_on = $2`, key, string(on))
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// saveDay stores a day where it says something new, keeping the one it replaces.
// A day that was told before and is now told otherwise enters the journal, unless
// that has the act that caused it already.
func saveDay(ctx context.Context, tx *sqldb.Tx, t dayTable, old *Day, d Day) (changed bool, err error) {
	if old != nil && old.same(d) {
		return false, nil
	}
	key := any(d.Station)
	if t == cityDays {
		key = string(d.Division)
	}
	d.Revision, d.ReckonedAt = 1, tx.Now.Unix()
	if err := saveBasis(ctx, tx, d.Basis, d.refs); err != nil {
		return false, err
	}
	if old != nil {
		d.Revision = old.Revision + 1
		if err := tx.ExecOne(ctx, `
			INSERT INTO `+t.history+` (`+dayColumns+`, replaced_at)
			VALUES (`+holders(28)+`)`, append(old.args(), tx.Now.Unix())...); err != nil {
			return false, err
		}
		if err := tx.ExecOne(ctx, `DELETE FROM `+t.name+` WHERE `+t.key+` = $1 AND day_on = $2 AND revision = $3`, key, string(d.On), old.Revision); err != nil {
			return false, err
		}
	}
	if err := tx.ExecOne(ctx, `
		INSERT INTO `+t.name+` (`+dayColumns+`)
		VALUES (`+holders(27)+`)`, d.args()...); err != nil {
		return false, err
	}
	if old == nil || strings.HasPrefix(d.Cause, "recompute/") {
		return true, nil
	}
	return true, journal.Append(ctx, tx, journal.Entry{
		By: "system", Via: "system", Act: "air.day.revise", Object: fmt.Sprintf("%s/%v/%s", t.name, key, d.On), Division: string(d.Division),
		Detail: map[string]any{"revision": d.Revision, "cause": d.Cause, "aqi": d.AQI, "aqi_before": old.AQI},
	})
}

// holders returns n placeholders.
func holders(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", i+1)
	}
	return b.String()
}

// saveBasis stores the rows of the standards that a result rests on, once for all
// results that rest on the same.
func saveBasis(ctx context.Context, tx *sqldb.Tx, id int64, refs string) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO air_bases (id, refs)
		VALUES ($1, $2)
		ON CONFLICT DO NOTHING`, id, refs)
	return err
}
