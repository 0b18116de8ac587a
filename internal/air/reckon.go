package air

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
	"pingzhang/internal/sqldb"
)

// Progress is what a round of reckoning did.
type Progress struct {
	Hours, Days, Cities int // that were reckoned
	Changed             int // hours and days that are new or came out otherwise
	Failed              int // that could not be reckoned; they come again later
}

// The most that one round takes from the list at once.
const (
	batchPending = 3000
	batchStored  = 16 // station-days in one transaction: each costs the disk a flush
	maxBatches   = 200
	againAfter   = 5 * time.Minute // what failed
	maxErrors    = 10
)

// registerStates are those of stations in use and of stations withdrawn, whose
// days stay.
var registerStates = []register.State{register.Active, register.Withdrawn}

// Reckon makes the reports of every hour that has something new, then of the
// days that these belong to, once their grace is over at now, then of the
// divisions. What fails at one station keeps nothing else from being reckoned;
// the error then names it.
//
// It may be stopped at any moment and run by several workers at once.
func (s *Store) Reckon(ctx context.Context, now time.Time) (_ Progress, err error) {
	defer fault.Wrap(&err, "air.Reckon")

	r := round{Store: s, now: now}
	for _, kind := range []string{pendWhole, pendHour, pendDay, pendCity} {
		for range maxBatches {
			more, err := r.batch(ctx, kind)
			if err != nil {
				return r.Progress, err
			}
			if !more {
				break
			}
		}
	}
	return r.Progress, errors.Join(r.errs...)
}

// round is one call of Reckon.
type round struct {
	*Store
	now time.Time
	Progress
	errs []error
}

// failed notes what could not be reckoned, and puts it off. It returns err when it
// is not about this one thing but about the whole machine.
func (r *round) failed(ctx context.Context, u unit, err error) error {
	if ctx.Err() != nil || fault.Is(err, fault.Unavailable) {
		return err
	}
	if r.Failed++; len(r.errs) < maxErrors {
		r.errs = append(r.errs, err)
	}
	return r.db.InTx(ctx, func(tx *sqldb.Tx) error {
		for _, p := range u.pends {
			if _, err := tx.Exec(ctx, `
				UPDATE air_pending
				   SET ready_at = $1
				 WHERE kind = $2
				   AND subject = $3
				   AND at = $4
				   AND gen = $5`, r.now.Add(againAfter).Unix(), p.Kind, p.Subject, p.At, p.Gen); err != nil {
				return err
			}
		}
		return nil
	})
}

// unit is what is reckoned together: hours of one day of a station, one day of a
// station, or one day of a division.
type unit struct {
	kind    string
	subject string
	day     int64
	pends   []pend
	station Station
	values  map[int64]collected // of the hours that are read again
}

func (u *unit) wrap(err *error) {
	fault.Wrap(err, "%s of %s, %s", u.kind, u.subject, dateOf(u.day))
}

// batch takes up a batch of one kind; more is false when nothing is left that is
// ready.
func (r *round) batch(ctx context.Context, kind string) (more bool, err error) {
	list, err := sqldb.All[pend](ctx, r.db, `
		SELECT kind, subject, at, ready_at, gen, cause
		  FROM air_pending
		 WHERE kind = $1
		   AND ready_at <= $2
		 ORDER BY ready_at, subject, at
		 LIMIT `+strconv.Itoa(batchPending), kind, r.now.Unix())
	if err != nil || len(list) == 0 {
		return false, err
	}
	net, err := r.load(ctx, r.now)
	if err != nil {
		return false, err
	}
	for chunk := range slices.Chunk(units(kind, list), batchStored) {
		if err := r.reckon(ctx, net, chunk); err != nil {
			return false, err
		}
	}
	return len(list) == batchPending, nil
}

// units groups what waits by subject and day, in the order in which everybody
// locks.
func units(kind string, list []pend) (all []unit) {
	slices.SortFunc(list, func(a, b pend) int { return cmp.Or(cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.At, b.At)) })
	for _, p := range list {
		day := clock.Day(clock.Unix(p.At)).Unix()
		if n := len(all); n == 0 || all[n-1].subject != p.Subject || all[n-1].day != day {
			all = append(all, unit{kind: kind, subject: p.Subject, day: day})
		}
		u := &all[len(all)-1]
		u.pends = append(u.pends, p)
	}
	return all
}

// reckon reads what some units need and stores what comes of them, together; where
// that fails, one by one, to find out which of them it was.
func (r *round) reckon(ctx context.Context, net *network, all []unit) error {
	var good []unit
	for _, u := range all {
		u.station = net.byID[u.pends[0].station()]
		if err := r.read(ctx, &u); err != nil {
			if err := r.failed(ctx, u, err); err != nil {
				return err
			}
			continue
		}
		good = append(good, u)
	}
	if len(good) == 0 || r.store(ctx, net, good) == nil {
		return nil
	}
	for i := range good {
		if err := r.store(ctx, net, good[i:i+1]); err != nil {
			if err := r.failed(ctx, good[i], err); err != nil {
				return err
			}
		}
	}
	return nil
}

// read fetches the hours of a unit from the readings.
func (r *round) read(ctx context.Context, u *unit) (err error) {
	defer u.wrap(&err)
	if u.station.ID == 0 || u.kind != pendHour && u.kind != pendWhole {
		return nil
	}
	var hours []int64
	if u.kind == pendWhole {
		for at := u.day; at < u.day+86400; at += 3600 {
			hours = append(hours, at)
		}
	}
	if u.kind == pendHour {
		for _, p := range u.pends {
			hours = append(hours, p.At)
		}
	}
	ctx = measure.Once(ctx)
	c, err := r.collect(ctx, u.station, hours[0], hours[len(hours)-1]+3600)
	if err != nil {
		return err
	}
	u.values = map[int64]collected{}
	for _, at := range hours {
		if u.values[at], err = c.hour(ctx, at); err != nil {
			return err
		}
	}
	return nil
}

// store reckons units and stores what comes of them, in one transaction.
func (r *round) store(ctx context.Context, net *network, all []unit) error {
	var p Progress
	err := r.db.InTx(ctx, func(tx *sqldb.Tx) error {
		p = Progress{}
		// All locks come before the journal, whose head holds everybody up.
		for i := range all {
			if err := all[i].lock(ctx, tx); err != nil {
				return err
			}
		}
		for i := range all {
			if err := r.one(ctx, tx, net, &all[i], &p); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		r.Progress.Hours += p.Hours
		r.Progress.Days += p.Days
		r.Progress.Cities += p.Cities
		r.Progress.Changed += p.Changed
	}
	return err
}

// lock makes the transactions that change one station, or one division, follow
// each other.
func (u *unit) lock(ctx context.Context, tx *sqldb.Tx) error {
	if u.kind == pendCity {
		return lockDivision(ctx, tx, access.Division(u.subject))
	}
	return lockStation(ctx, tx, u.pends[0].station())
}

// one reckons one unit, which is locked.
func (r *round) one(ctx context.Context, tx *sqldb.Tx, net *network, u *unit, p *Progress) (err error) {
	defer u.wrap(&err)
	var live []pend
	for _, w := range u.pends {
		mine, err := take(ctx, tx, w)
		if err != nil {
			return err
		}
		if mine {
			live = append(live, w)
		}
	}
	if len(live) == 0 || u.station.ID == 0 && u.kind != pendCity {
		return nil
	}
	switch u.kind {
	case pendDay:
		return r.day(ctx, tx, u, live[0].Cause, p)
	case pendCity:
		return r.city(ctx, tx, net, u, live[0].Cause, p)
	}
	return r.hours(ctx, tx, u, live, p)
}

// hours reckons hours of one day of a station, and those after them whose report
// looks back on them.
func (r *round) hours(ctx context.Context, tx *sqldb.Tx, u *unit, live []pend, p *Progress) error {
	fresh := map[int64]string{} // what is read again, with its cause
	for _, w := range live {
		if u.kind == pendHour {
			fresh[w.At] = w.Cause
			continue
		}
		for at := range u.values {
			fresh[at] = w.Cause
		}
	}
	back := int64(24 * 3600)
	stored, err := hoursTx(ctx, tx, u.station.ID, u.day-back, u.day+86400+back)
	if err != nil {
		return err
	}
	old, values := map[int64]*Hour{}, map[int64]*Values{}
	for i := range stored {
		v := stored[i].Values()
		old[stored[i].At], values[stored[i].At] = &stored[i], &v
	}
	again := map[int64]string{} // what is reported again
	for at, cause := range fresh {
		c := u.values[at]
		if p.Hours++; c.source == None && old[at] == nil {
			continue // nothing was ever reported
		}
		v := c.values
		changed := old[at] == nil || pack(v) != old[at].ValsJSON
		values[at], again[at] = &v, cause
		for t, end := at+3600, at+3600*r.reachOf(at); changed && t <= end; t += 3600 {
			if _, is := again[t]; !is && old[t] != nil {
				again[t] = cause
			}
		}
	}
	days, err := r.reportHours(ctx, tx, u, look{fresh, again, old, values}, p)
	if err != nil {
		return err
	}
	for _, w := range live {
		if u.kind == pendWhole {
			days[u.day] = w.Cause
		}
	}
	var next []pend
	for day, cause := range days {
		next = append(next, pend{Kind: pendDay, Subject: u.subject, At: day, ReadyAt: day + 86400 + int64(r.settings.DayGrace/time.Second), Cause: cause})
	}
	return put(ctx, tx, next)
}

// reachOf is how many hours after an hour its values still enter reports.
func (r *round) reachOf(at int64) int64 {
	// The edition of the hours that look back decides; near a change of editions
	// the longer reach holds.
	n := int64(0)
	for _, t := range []int64{at, at + 23*3600} {
		if e, ok := r.Book().Edition(dateOf(t)); ok {
			n = max(n, reach(e))
		}
	}
	return n
}

// look is what the reports of hours are made from. Causes stand by hour.
type look struct {
	fresh  map[int64]string // read again
	again  map[int64]string // to report again
	old    map[int64]*Hour  // as stored
	values map[int64]*Values
}

// reportHours makes and stores the reports of hours; it returns the days whose
// values have changed.
func (r *round) reportHours(ctx context.Context, tx *sqldb.Tx, u *unit, l look, p *Progress) (map[int64]string, error) {
	days := map[int64]string{}
	b := r.Book()
	for at, cause := range l.again {
		h := Hour{Station: u.station.ID, At: at, Division: u.station.Division, Cause: cause, Source: None}
		o := l.old[at]
		if _, read := l.fresh[at]; read {
			c := u.values[at]
			h.Source, h.PublishedAQI, h.PublishedPrimary = c.source, c.aqi, c.primaryText
		} else {
			h.Source, h.PublishedAQI, h.PublishedPrimary, h.Division = o.Source, o.PublishedAQI, o.PublishedPrimary, o.Division
		}
		h.report(b, l.values)
		if o != nil && o.same(h) {
			continue
		}
		if o == nil || o.ValsJSON != h.ValsJSON {
			days[clock.Day(clock.Unix(at)).Unix()] = cause
		}
		if err := saveHour(ctx, tx, o, h); err != nil {
			return nil, err
		}
		p.Changed++
	}
	return days, nil
}

// day reckons a day of a station.
func (r *round) day(ctx context.Context, tx *sqldb.Tx, u *unit, cause string, p *Progress) error {
	stored, err := hoursTx(ctx, tx, u.station.ID, u.day, u.day+86400)
	if err != nil {
		return err
	}
	on := dateOf(u.day)
	old, err := dayTx(ctx, tx, stationDays, u.station.ID, on)
	if err != nil || len(stored) == 0 && old == nil {
		return err
	}
	var hours [24]*Values
	for i := range stored {
		v := stored[i].Values()
		hours[(stored[i].At-u.day)/3600] = &v
	}
	p.Days++
	d := reckonDay(r.Book(), u.station, on, hours)
	d.Cause = cause
	changed, err := saveDay(ctx, tx, stationDays, old, d)
	if err != nil || !changed && cause == causeReadings {
		return err
	}
	if changed {
		p.Changed++
		if err := r.noted(ctx, tx, d, u.station.Name); err != nil {
			return err
		}
	}
	var next []pend
	places := divisions(d.Division)
	if old != nil {
		places = append(places, divisions(old.Division)...)
	}
	slices.Sort(places)
	for _, place := range slices.Compact(places) {
		next = append(next, pend{Kind: pendCity, Subject: string(place), At: u.day, ReadyAt: u.day + 86400, Cause: cause})
	}
	return put(ctx, tx, next)
}

// city reckons a day of a division.
func (r *round) city(ctx context.Context, tx *sqldb.Tx, net *network, u *unit, cause string, p *Progress) error {
	place, on := access.Division(u.subject), dateOf(u.day)
	due := net.due(place, on)
	var days []Day
	for _, id := range due {
		d, err := dayTx(ctx, tx, stationDays, id, on)
		if err != nil {
			return err
		}
		if d != nil {
			days = append(days, *d)
		}
	}
	old, err := dayTx(ctx, tx, cityDays, string(place), on)
	if err != nil || len(days) == 0 && old == nil {
		return err
	}
	p.Cities++
	d := reckonCity(r.Book(), place, on, len(due), days)
	d.Cause = cause
	changed, err := saveDay(ctx, tx, cityDays, old, d)
	if err != nil || !changed {
		return err
	}
	p.Changed++
	return r.noted(ctx, tx, d, string(place))
}
