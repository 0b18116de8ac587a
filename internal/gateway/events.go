package gateway

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
)

// event is a message that holds no readings and is to be stored.
type event struct {
	device *Device
	at     int64 // arrival, unix seconds
	data   int64 // DataTime, unix seconds; 0 when absent
	cn     hj212.CN
	kind   hj212.Kind
	items  string // JSON, an object
	raw    []byte
}

func newEvent(f *hj212.Frame, m *hj212.Message, d *Device, kind hj212.Kind, at time.Time) event {
	items := make(map[string]string, m.Params()+m.Len())
	for i := range m.Params() {
		name, value := m.ParamAt(i)
		items[printable(name)] = printable(value)
	}
	for factor := range m.All() {
		for i := range factor.Len() {
			name, value := factor.Field(i)
			items[printable(factor.Code)+"-"+printable(name)] = printable(value)
		}
	}
	text, err := json.Marshal(items)
	if err != nil {
		text = []byte("{}") // a map of valid strings always marshals
	}
	e := event{device: d, at: at.Unix(), cn: m.CN, kind: kind, items: string(text), raw: append([]byte(nil), f.Raw...)}
	if ms, ok := m.DataTime(); ok {
		e.data = ms / 1000
	}
	return e
}

// storeEvents makes events durable; one that is there already stays as it is.
func (s *Server) storeEvents(events []event) error {
	if len(events) == 0 {
		return nil
	}
	ctx := context.Background()
	return s.cfg.DB.InTx(ctx, func(tx *sqldb.Tx) error {
		for i := range events {
			e := &events[i]
			var data *int64
			if e.data != 0 {
				data = &e.data
			}
			if _, err := tx.Exec(ctx, `
				INSERT INTO device_events (
				  id, point, mn, division, enterprise, received_at, data_at, cn, kind, items, raw, digest)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
				ON CONFLICT (point, digest) DO NOTHING`,
				sqldb.NewID(), int64(e.device.Point), e.device.MN, string(e.device.Division), e.device.Enterprise, e.at, data,
				int64(e.cn), string(e.kind), e.items, e.raw, digestOf(e.raw)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Event is what a device said that is no reading.
type Event struct {
	ID       int64
	Point    PointID
	Received time.Time
	At       time.Time // DataTime; zero when absent
	CN       hj212.CN
	Kind     hj212.Kind
	Zh       string // the command in words
	Items    map[string]string
	Raw      []byte
}

// Events returns what the device of a point has said, the newest first: up to n
// with an id below before (0: from the newest).
//
// The error is fault.NotFound when the point is not in by's scope.
func (s *Server) Events(ctx context.Context, by access.Caller, point PointID, before int64, n int) (_ []Event, err error) {
	defer fault.Wrap(&err, "gateway.Events(point %d)", point)
	d, err := s.deviceFor(by, "frame.read", point)
	if err != nil {
		return nil, err
	}
	type stored struct {
		ID       int64  `db:"id"`
		Received int64  `db:"received_at"`
		Data     *int64 `db:"data_at"`
		CN       int64  `db:"cn"`
		Kind     string `db:"kind"`
		Items    string `db:"items"`
		Raw      []byte `db:"raw"`
	}
	if before == 0 {
		before = 1 << 62
	}
	rows, err := sqldb.All[stored](ctx, s.cfg.DB, `
		SELECT id, received_at, data_at, cn, kind, items, raw
		  FROM device_events
		 WHERE point = $1
		   AND id < $2
		 ORDER BY id DESC
		 LIMIT `+strconv.Itoa(pageSize(n)), int64(point), before)
	if err != nil {
		return nil, err
	}
	all := make([]Event, len(rows))
	for i, r := range rows {
		cn := hj212.CN(r.CN)
		c, _ := hj212.Lookup(d.Profile, cn)
		all[i] = Event{ID: r.ID, Point: point, Received: clock.Unix(r.Received), CN: cn, Kind: hj212.Kind(r.Kind), Zh: c.Zh, Raw: r.Raw}
		if r.Data != nil {
			all[i].At = clock.Unix(*r.Data)
		}
		if err := json.Unmarshal([]byte(r.Items), &all[i].Items); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// deviceFor returns the device of a point in by's scope.
func (s *Server) deviceFor(by access.Caller, perm access.Permission, point PointID) (*Device, error) {
	if err := by.Must(perm); err != nil {
		return nil, err
	}
	d := s.devices.byPoint(point)
	if d == nil || !d.in(by.Scope) {
		return nil, fault.New(fault.NotFound, "没有这个监测点位，或不在您的管辖范围内")
	}
	return d, nil
}
