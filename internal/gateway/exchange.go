package gateway

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/register"
	"pingzhang/internal/sqldb"
)

// flight is the exchange with one device.
type flight struct {
	device *Device
	row    commandStored
	order  hj212.Order
	newPW  string // that the order sets

	mu       sync.Mutex
	exchange *hj212.Exchange
	noted    CommandState // as the table has it
}

// commands sends the commands of the table to the devices that are connected
// here, one at a time to each.
type commands struct {
	s    *Server
	wake chan struct{}

	mu       sync.Mutex
	flights  map[PointID]*flight
	lastSync map[PointID]time.Time
	polled   time.Time
	drifted  time.Time
	gaveUp   time.Time

	clockMu sync.Mutex
	clocks  map[PointID]bool // devices whose clock is to be set
}

func newCommands(s *Server) *commands {
	return &commands{
		s: s, wake: make(chan struct{}, 1), flights: map[PointID]*flight{},
		clocks: map[PointID]bool{}, lastSync: map[PointID]time.Time{},
	}
}

func (c *commands) nudge() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// How often the manager looks: at its exchanges, and into the table for commands
// that other nodes queued.
const (
	tickEvery = 200 * time.Millisecond
	pollEvery = 2 * time.Second
	lease     = 3 * time.Minute
)

func (c *commands) run(ctx context.Context) {
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	for {
		woken := false
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-c.wake:
			woken = true
		}
		if err := c.tick(ctx, c.s.cfg.Now(), woken); err != nil && ctx.Err() == nil {
			slog.Error("commands to devices are held up", "err", err)
		}
	}
}

// receive shows a message of the device to its exchange. It reports whether the
// message belongs to it.
func (c *commands) receive(d *Device, m *hj212.Message, now time.Time) bool {
	f := d.live.flight.Load()
	if f == nil {
		return false
	}
	f.mu.Lock()
	mine := f.exchange.Receive(now, m)
	f.mu.Unlock()
	if mine {
		c.nudge()
	}
	return mine
}

// ended shows the segment of a 9012 to the exchange of the device.
func (c *commands) ended(d *Device, segment []byte, now time.Time) {
	var m hj212.Message
	if m.Parse(segment) != nil || !c.receive(d, &m, now) {
		c.s.meter.stray.Inc()
	}
}

// clockAsked notes that a device has asked for the time (1013).
func (c *commands) clockAsked(d *Device) {
	if d.Policy.Clock != ClockOnRequest && d.Policy.Clock != ClockOnDrift {
		return
	}
	c.wantClock(d)
	c.nudge()
}

func (c *commands) wantClock(d *Device) {
	c.clockMu.Lock()
	c.clocks[d.Point] = true
	c.clockMu.Unlock()
}

// tick does what is due at now.
func (c *commands) tick(ctx context.Context, now time.Time, look bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var failed error
	for point, f := range c.flights {
		ended, err := c.advance(ctx, now, f)
		if err != nil { // it holds up this device only
			failed = errors.Join(failed, err)
			continue
		}
		if ended {
			f.device.live.flight.Store(nil)
			delete(c.flights, point)
			look = true
		}
	}
	if err := c.setClocks(ctx, now); err != nil {
		return err
	}
	if look || now.Sub(c.polled) >= pollEvery || now.Before(c.polled) {
		c.polled = now
		return errors.Join(failed, c.startQueued(ctx, now))
	}
	return failed
}

// advance lets time pass for an exchange and writes down what has come of it. It
// reports whether the end has been written: the device may answer meanwhile, and
// then the end is for the next tick.
func (c *commands) advance(ctx context.Context, now time.Time, f *flight) (ended bool, err error) {
	f.mu.Lock()
	again := f.exchange.Tick(now)
	result := f.exchange.Result()
	f.mu.Unlock()
	if again != nil {
		if conn := f.device.live.reach(); conn != nil {
			conn.send(again)
		}
	}
	switch {
	case result.Outcome != hj212.Running:
		return true, c.end(ctx, f, result)
	case result.QnRtn == hj212.QnReady && f.noted == Sent:
		err := c.s.cfg.DB.InTx(ctx, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE commands SET state = 'accepted', qn_rtn = 1 WHERE id = $1`, f.row.ID)
			return err
		})
		if err != nil {
			return false, err
		}
		f.noted = Accepted
	}
	return false, nil
}

func stateOf(o hj212.Outcome) CommandState {
	switch o {
	case hj212.Done, hj212.NoData:
		return Done
	case hj212.Failed:
		return Failed
	case hj212.Refused:
		return CommandRefused
	}
	return TimedOut
}

// end writes the result of a command down, with its journal entry, what it
// changes in the register, and what it means for the rest of its series.
func (c *commands) end(ctx context.Context, f *flight, r hj212.Result) error {
	returned, err := json.Marshal(r.Values)
	if err != nil || r.Values == nil {
		returned = []byte("{}")
	}
	state := stateOf(r.Outcome)
	err = c.s.cfg.DB.InTx(ctx, func(tx *sqldb.Tx) error {
		if err := tx.ExecOne(ctx, `
			UPDATE commands
			   SET state    = $1,
			       secret   = '',
			       qn_rtn   = $2,
			       exe_rtn  = $3,
			       packets  = $4,
			       tries    = tries + $5,
			       result   = $6,
			       returned = $7,
			       ended_at = $8
			 WHERE id = $9`,
			string(state), int64(r.QnRtn), int64(r.ExeRtn), r.Packets, r.Sent, r.Zh(), string(returned), tx.Now.Unix(), f.row.ID); err != nil {
			return err
		}
		if state != Done && f.row.Series != 0 {
			if _, err := tx.Exec(ctx, `
				UPDATE commands
				   SET state    = 'cancelled',
				       result   = '同批前一条指令没有成功，未再下发',
				       ended_at = $1
				 WHERE series = $2
				   AND state = 'queued'`, tx.Now.Unix(), f.row.Series); err != nil {
				return err
			}
		}
		if r.Outcome == hj212.Done {
			if err := c.register(ctx, tx, f); err != nil {
				return err
			}
		}
		return journal.Append(ctx, tx, entry(access.Platform(), "command.end", fmt.Sprintf("command/%d", f.row.ID),
			access.Division(f.row.Division), f.row.Enterprise,
			map[string]any{"state": state, "qn_rtn": int(r.QnRtn), "exe_rtn": int(r.ExeRtn), "asked_by": f.row.AskedBy}))
	})
	if err != nil || r.Outcome != hj212.Done {
		return err
	}
	switch f.order.CN {
	case 1012, 1015:
		f.device.live.forgetSkew()
	case 1014, 1072:
		// Before the next packet, which uses the new password or key, is read.
		if err := c.s.Refresh(ctx); err != nil {
			slog.Error("the register of points was not read", "err", err)
		}
	}
	return nil
}

// forgetSkew begins the measuring of the clock anew, after it was set.
func (l *live) forgetSkew() {
	l.mu.Lock()
	l.skewN = 0
	l.mu.Unlock()
}

// register enters a password or a key that the device has taken.
func (c *commands) register(ctx context.Context, tx *sqldb.Tx, f *flight) error {
	field, value := "", ""
	switch f.order.CN {
	case 1072:
		field, value = "password", f.newPW
	case 1014:
		field, value = "sm4_key", hex.EncodeToString([]byte(f.order.Value("NewSK")))
	}
	if value == "" {
		return nil
	}
	by := access.Platform("register.read", "register.edit", "point.edit")
	e, err := c.s.cfg.Registry.Entry(ctx, by, int64(f.device.Point))
	if err != nil {
		return err
	}
	e.Data[field] = value
	_, err = c.s.cfg.Registry.SaveTx(ctx, tx, by, e, fmt.Sprintf("指令 %d（%s 下达）已由设备确认", f.row.ID, f.row.AskedBy))
	return err
}

// startQueued sends the first queued command of each device that is connected
// here and free, and gives up those that have waited too long.
func (c *commands) startQueued(ctx context.Context, now time.Time) error {
	if err := c.giveUp(ctx, now); err != nil {
		return err
	}
	rows, err := sqldb.All[commandStored](ctx, c.s.cfg.DB, `
		SELECT `+commandColumns+`
		  FROM commands c
		 WHERE state = 'queued'
		   AND id = (SELECT MIN(d.id) FROM commands d WHERE d.point = c.point AND d.state = 'queued')
		 ORDER BY id
		 LIMIT 2000`)
	if err != nil {
		return err
	}
	for _, r := range rows {
		d := c.s.devices.byPoint(PointID(r.Point))
		if d == nil || c.flights[d.Point] != nil {
			continue
		}
		conn := d.live.reach()
		if conn == nil {
			continue
		}
		if err := c.start(ctx, now, conn, d, r); err != nil {
			return err
		}
	}
	return nil
}

// clockWindow reports whether a clock may be set at now: loggers lose or double
// minutes when they are set near their boundary.
func clockWindow(now time.Time) bool { return now.Second() >= 10 && now.Second() <= 40 }

func (c *commands) start(ctx context.Context, now time.Time, conn *conn, d *Device, r commandStored) error {
	o, err := r.order(now)
	if err != nil {
		return err
	}
	if (r.CN == 1012 || r.CN == 1015) && !clockWindow(now) {
		return nil
	}
	exchange, err := hj212.NewExchange(d.address(), o, now, d.Policy.timeouts())
	if err != nil {
		return c.reject(ctx, r, err)
	}
	f := &flight{device: d, row: r, order: o, exchange: exchange, noted: Sent}
	if o.CN == 1072 {
		f.newPW = o.Value("NewPW") + o.Value("PW") // one of the two is there
	}
	// The condition keeps two nodes, and two commands, from one device.
	err = c.s.cfg.DB.InTx(ctx, func(tx *sqldb.Tx) error {
		return tx.ExecOne(ctx, `
			UPDATE commands
			   SET state       = 'sent',
			       qn          = $1,
			       sent_at     = $2,
			       node        = $3,
			       lease_until = $4
			 WHERE id = $5
			   AND state = 'queued'
			   AND NOT EXISTS (SELECT 1 FROM commands d WHERE d.point = $6 AND d.state IN ('sent', 'accepted'))`,
			exchange.QN(), now.Unix(), c.s.cfg.Node, now.Add(lease).Unix(), r.ID, r.Point)
	})
	if fault.Is(err, fault.Conflict) {
		return nil
	}
	if err != nil {
		return err
	}
	c.flights[d.Point] = f
	f.mu.Lock()
	first := exchange.Start(now)
	f.mu.Unlock()
	d.live.flight.Store(f)
	conn.send(first)
	return nil
}

// reject ends a command that cannot be sent, because the register has changed
// since it was asked for.
func (c *commands) reject(ctx context.Context, r commandStored, why error) error {
	text := "指令无法组包"
	if refusal, ok := why.(*hj212.Refusal); ok {
		text = refusal.Zh
	}
	return c.s.cfg.DB.InTx(ctx, func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(ctx, `
			UPDATE commands SET state = 'failed', secret = '', result = $1, ended_at = $2 WHERE id = $3`,
			text, tx.Now.Unix(), r.ID); err != nil {
			return err
		}
		return journal.Append(ctx, tx, entry(access.Platform(), "command.end", fmt.Sprintf("command/%d", r.ID),
			access.Division(r.Division), r.Enterprise, map[string]any{"state": Failed, "result": text}))
	})
}

// giveUp ends commands whose device has not connected for too long, and those of
// a node that has died with them.
func (c *commands) giveUp(ctx context.Context, now time.Time) error {
	if d := now.Sub(c.gaveUp); d >= 0 && d < time.Minute {
		return nil
	}
	c.gaveUp = now
	return c.s.cfg.DB.InTx(ctx, func(tx *sqldb.Tx) error {
		old, err := tx.Exec(ctx, `
			UPDATE commands
			   SET state    = 'timeout',
			       secret   = '',
			       result   = '设备长时间没有连接，指令没有下发',
			       ended_at = $1
			 WHERE state = 'queued'
			   AND asked_at < $2`, tx.Now.Unix(), now.Add(-c.s.cfg.CommandTTL).Unix())
		if err != nil {
			return err
		}
		dead, err := tx.Exec(ctx, `
			UPDATE commands
			   SET state    = 'timeout',
			       secret   = '',
			       result   = '下发指令的服务中断，结果不明；请读取设备状态核对',
			       ended_at = $1
			 WHERE state IN ('sent', 'accepted')
			   AND node <> $2
			   AND lease_until < $3`, tx.Now.Unix(), c.s.cfg.Node, now.Unix())
		if err != nil || old+dead == 0 {
			return err
		}
		return journal.Append(ctx, tx, entry(access.Platform(), "command.give_up", "commands", "", 0, map[string]any{"unsent": old, "unknown": dead}))
	})
}

// recover settles what was under way here when the process ended: what only
// reads is queued once more, of what changes something the result is not known.
func (c *commands) recover(ctx context.Context) error { return c.settle(ctx) }

// release does the same when the process ends in good order.
func (c *commands) release(ctx context.Context) error { return c.settle(ctx) }

func (c *commands) settle(ctx context.Context) error {
	return c.s.cfg.DB.InTx(ctx, func(tx *sqldb.Tx) error {
		queued, err := tx.Exec(ctx, `
			UPDATE commands
			   SET state = 'queued',
			       tries = tries + 1
			 WHERE state IN ('sent', 'accepted')
			   AND node = $1
			   AND cn IN (1011, 1061, 1063, 2031, 2041, 2051, 2061, 3018, 3019, 3020)
			   AND tries < 3`, c.s.cfg.Node)
		if err != nil {
			return err
		}
		lost, err := tx.Exec(ctx, `
			UPDATE commands
			   SET state    = 'timeout',
			       secret   = '',
			       result   = '服务重新启动，指令结果不明；请读取设备状态核对',
			       ended_at = $1
			 WHERE state IN ('sent', 'accepted')
			   AND node = $2`, tx.Now.Unix(), c.s.cfg.Node)
		if err != nil || queued+lost == 0 {
			return err
		}
		return journal.Append(ctx, tx, entry(access.Platform(), "command.recover", "commands", "", 0, map[string]any{"queued": queued, "unknown": lost}))
	})
}

// setClocks queues the setting of clocks that the policies ask for.
func (c *commands) setClocks(ctx context.Context, now time.Time) error {
	if now.Sub(c.drifted) >= time.Minute || now.Before(c.drifted) {
		c.drifted = now
		c.s.devices.all(func(d *Device) {
			if skew, ok := d.live.skew(); ok && drifting(skew) && d.Policy.Clock == ClockOnDrift &&
				now.Sub(c.lastSync[d.Point]) >= time.Hour && d.live.reach() != nil {
				c.wantClock(d)
			}
		})
	}
	c.clockMu.Lock()
	wanted := c.clocks
	c.clocks = map[PointID]bool{}
	c.clockMu.Unlock()
	for point := range wanted {
		d := c.s.devices.byPoint(point)
		if d == nil {
			continue
		}
		cn := hj212.CN(1012)
		if d.address().Profile == hj212.SurfaceWater {
			cn = 1015
		}
		waiting, _, err := sqldb.Value[int64](ctx, c.s.cfg.DB, `
			SELECT COUNT(*)
			  FROM commands
			 WHERE point = $1
			   AND cn = $2
			   AND state IN ('queued', 'sent', 'accepted')`, int64(point), int64(cn))
		if err != nil {
			return err
		}
		if waiting > 0 {
			continue
		}
		c.lastSync[point] = now
		if _, err := c.s.order(ctx, access.Platform("frame.operate"), point, hj212.Order{CN: cn}); err != nil {
			slog.Error("the clock of a device is not set", "point", point, "err", err)
		}
	}
	return nil
}

// registrar is what a confirmed password or key is entered through.
type registrar interface {
	Entry(ctx context.Context, by access.Caller, id int64) (register.Entry, error)
	SaveTx(ctx context.Context, tx *sqldb.Tx, by access.Caller, e register.Entry, reason string) (register.Entry, error)
}
