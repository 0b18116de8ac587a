package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/access"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
)

// CommandState says how far a command is.
type CommandState string

// The states. From Done on a command has ended.
const (
	Queued         CommandState = "queued"    // waits for the device to be connected and free
	Sent           CommandState = "sent"      // not answered yet
	Accepted       CommandState = "accepted"  // the device has begun (QnRtn 1)
	Done           CommandState = "done"      // ExeRtn 1, or 100: no data
	Failed         CommandState = "failed"    // another ExeRtn
	CommandRefused CommandState = "refused"   // QnRtn other than 1
	TimedOut       CommandState = "timeout"   // no answer, or begun and not ended
	Cancelled      CommandState = "cancelled" // before it was sent
)

// Zh is the state in words.
func (s CommandState) Zh() string {
	return map[CommandState]string{
		Queued: "排队等待", Sent: "已下发", Accepted: "设备执行中", Done: "已完成", Failed: "执行失败",
		CommandRefused: "设备拒绝", TimedOut: "超时", Cancelled: "已取消",
	}[s]
}

// Ended reports whether nothing more will happen.
func (s CommandState) Ended() bool { return s != Queued && s != Sent && s != Accepted }

// Command is an order to a device and what became of it.
type Command struct {
	ID       int64
	Series   int64 // commands that were asked for together; 0 for one alone
	Point    PointID
	MN       string
	CN       hj212.CN
	Args     []hj212.Arg // secrets masked
	State    CommandState
	Tries    int // how often it was sent, over all exchanges
	QN       string
	QnRtn    hj212.QnRtn
	ExeRtn   hj212.ExeRtn
	Packets  int               // of data that came
	Result   string            // one sentence
	Returned map[string]string // what the device answered: SystemTime, RtdInterval …
	AskedBy  string
	AskedAt  time.Time
	SentAt   time.Time
	EndedAt  time.Time
}

type commandStored struct {
	ID         int64  `db:"id"`
	Series     int64  `db:"series"`
	Point      int64  `db:"point"`
	MN         string `db:"mn"`
	Division   string `db:"division"`
	Enterprise int64  `db:"enterprise"`
	CN         int64  `db:"cn"`
	Params     string `db:"params"`
	Secret     string `db:"secret"`
	State      string `db:"state"`
	Tries      int    `db:"tries"`
	QN         string `db:"qn"`
	QnRtn      int64  `db:"qn_rtn"`
	ExeRtn     int64  `db:"exe_rtn"`
	Packets    int    `db:"packets"`
	Result     string `db:"result"`
	Returned   string `db:"returned"`
	AskedBy    string `db:"asked_by"`
	AskedAt    int64  `db:"asked_at"`
	SentAt     *int64 `db:"sent_at"`
	EndedAt    *int64 `db:"ended_at"`
}

const commandColumns = `id, series, point, mn, division, enterprise, cn, params, secret, state, tries, qn, qn_rtn,
		       exe_rtn, packets, result, returned, asked_by, asked_at, sent_at, ended_at`

func (r commandStored) command() (Command, error) {
	c := Command{
		ID: r.ID, Series: r.Series, Point: PointID(r.Point), MN: r.MN, CN: hj212.CN(r.CN), State: CommandState(r.State), Tries: r.Tries,
		QN: r.QN, QnRtn: hj212.QnRtn(r.QnRtn), ExeRtn: hj212.ExeRtn(r.ExeRtn), Packets: r.Packets, Result: r.Result,
		AskedBy: r.AskedBy, AskedAt: clock.Unix(r.AskedAt),
	}
	if err := json.Unmarshal([]byte(r.Params), &c.Args); err != nil {
		return c, fmt.Errorf("command %d: %w", r.ID, err)
	}
	if err := json.Unmarshal([]byte(r.Returned), &c.Returned); err != nil {
		return c, fmt.Errorf("command %d: %w", r.ID, err)
	}
	if r.SentAt != nil {
		c.SentAt = clock.Unix(*r.SentAt)
	}
	if r.EndedAt != nil {
		c.EndedAt = clock.Unix(*r.EndedAt)
	}
	return c, nil
}

// order is the command as it is sent at now.
func (r commandStored) order(now time.Time) (hj212.Order, error) {
	text := r.Params
	if r.Secret != "" {
		text = r.Secret
	}
	o := hj212.Order{CN: hj212.CN(r.CN)}
	if err := json.Unmarshal([]byte(text), &o.Args); err != nil {
		return o, err
	}
	return timed(o, now), nil
}

// setsClock reports whether o sets a clock to the time of sending.
func setsClock(o hj212.Order) bool {
	return (o.CN == 1012 || o.CN == 1015) && o.Value("SystemTime") == ""
}

// timed fills in the time of an order that sets a clock to the time of sending.
func timed(o hj212.Order, now time.Time) hj212.Order {
	if !setsClock(o) {
		return o
	}
	args := make([]hj212.Arg, 0, len(o.Args)+1)
	for _, a := range o.Args {
		if !strings.EqualFold(a.Name, "SystemTime") {
			args = append(args, a)
		}
	}
	o.Args = append(args, hj212.Arg{Name: "SystemTime", Value: hj212.Stamp(now)})
	return o
}

// secretArgs are the parameters that nobody reads later.
var secretArgs = map[string]bool{"newpw": true, "pw": true, "newsk": true}

const maskedArg = "******"

// split returns the parameters as they are shown, and, when there are secrets,
// as they are sent.
func split(args []hj212.Arg) (shown, secret string, err error) {
	masked := make([]hj212.Arg, len(args))
	hidden := false
	for i, a := range args {
		masked[i] = a
		if secretArgs[strings.ToLower(a.Name)] {
			masked[i].Value, hidden = maskedArg, true
		}
	}
	b, err := json.Marshal(masked)
	if err != nil {
		return "", "", err
	}
	if !hidden {
		return string(b), "", nil
	}
	all, err := json.Marshal(args)
	return string(b), string(all), err
}

// OrderRules returns the commands that the device of a point takes, with their
// parameters, for a form.
//
// The error is fault.NotFound when the point is not in by's scope.
func (s *Server) OrderRules(by access.Caller, point PointID) ([]hj212.OrderRule, error) {
	d, err := s.deviceFor(by, "frame.read", point)
	if err != nil {
		return nil, err
	}
	return hj212.OrderRules(d.address().Profile), nil
}

// Order queues a command to the device of a point. A command that sets the clock
// (1012, 1015) without SystemTime sets it to the time of sending, and is sent
// between seconds 10 and 40 only: loggers lose minutes when they are set near
// their boundary. A new password or key enters the register when the device has
// confirmed it.
//
// The error is fault.Invalid, with the sentence of hj212, when the order is not
// right for the device, fault.NotFound when the point is not in by's scope.
func (s *Server) Order(ctx context.Context, by access.Caller, point PointID, o hj212.Order) (_ Command, err error) {
	defer fault.Wrap(&err, "gateway.Order(point %d, %s)", point, o.CN)
	all, err := s.order(ctx, by, point, o)
	if err != nil {
		return Command{}, err
	}
	return all[0], nil
}

func (s *Server) order(ctx context.Context, by access.Caller, point PointID, orders ...hj212.Order) ([]Command, error) {
	d, err := s.deviceFor(by, "frame.operate", point)
	if err != nil {
		return nil, err
	}
	for _, o := range orders {
		if err := d.address().Check(timed(o, s.cfg.Now())); err != nil {
			if r, ok := err.(*hj212.Refusal); ok {
				return nil, fault.From(err, fault.Invalid, "%s", strings.TrimSuffix(r.Zh, "。"))
			}
			return nil, err
		}
	}
	series := int64(0)
	if len(orders) > 1 {
		series = sqldb.NewID()
	}
	var all []Command
	err = s.cfg.DB.InTx(ctx, func(tx *sqldb.Tx) error {
		all = all[:0]
		for _, o := range orders {
			c, err := insertCommand(ctx, tx, by, d, series, o)
			if err != nil {
				return err
			}
			all = append(all, c)
		}
		detail := map[string]any{"cn": orders[0].CN.String(), "mn": d.MN, "args": all[0].Args, "commands": len(all)}
		return journal.Append(ctx, tx, entry(by, "command.order", fmt.Sprintf("command/%d", all[0].ID), d.Division, d.Enterprise, detail))
	})
	if err != nil {
		return nil, err
	}
	s.commands.nudge()
	return all, nil
}

func insertCommand(ctx context.Context, tx *sqldb.Tx, by access.Caller, d *Device, series int64, o hj212.Order) (Command, error) {
	if o.Args == nil {
		o.Args = []hj212.Arg{}
	}
	shown, secret, err := split(o.Args)
	if err != nil {
		return Command{}, err
	}
	r := commandStored{
		ID: sqldb.NewID(), Series: series, Point: int64(d.Point), MN: d.MN, CN: int64(o.CN), Params: shown, State: string(Queued),
		Returned: "{}", AskedBy: by.Login, AskedAt: tx.Now.Unix(),
	}
	if err := tx.ExecOne(ctx, `
		INSERT INTO commands (
		  id, series, point, mn, division, enterprise, cn, params, secret, state, tries, qn, qn_rtn, exe_rtn,
		  packets, result, returned, asked_by, asked_at, node, lease_until)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', 0, '', 0, 0, 0, '', '{}', $10, $11, '', 0)`,
		r.ID, r.Series, r.Point, r.MN, string(d.Division), d.Enterprise, r.CN, r.Params, secret, r.AskedBy, r.AskedAt); err != nil {
		return Command{}, err
	}
	return r.command()
}

// windows are the spans in which history is asked for: small ones, so that a
// device that answers a packet every three seconds is done with each in minutes.
var windows = map[hj212.CN]time.Duration{
	hj212.CNMinute: 6 * time.Hour,
	hj212.CNHour:   48 * time.Hour,
	hj212.CNDay:    31 * 24 * time.Hour,
	2041:           31 * 24 * time.Hour,
}

// maxWindows bounds what one Backfill asks for.
const maxWindows = 400

// Backfill asks the device of a point for its history of a command (2051, 2061,
// 2031, 2041) with periods that begin from from to to, both included, in small
// windows one after another. When the device refuses, is busy or does not answer,
// the rest is cancelled.
//
// The error is fault.Invalid when the span or the command is not right.
func (s *Server) Backfill(ctx context.Context, by access.Caller, point PointID, cn hj212.CN, from, to time.Time) (_ []Command, err error) {
	defer fault.Wrap(&err, "gateway.Backfill(point %d, %s)", point, cn)
	size, ok := windows[cn]
	switch {
	case !ok:
		return nil, fault.New(fault.Invalid, "只能补取分钟、小时、日数据和设备运行时间")
	case to.Before(from):
		return nil, fault.New(fault.Invalid, "补取的开始时间晚于结束时间，请更正")
	case to.Sub(from) > maxWindows*size:
		return nil, fault.New(fault.Invalid, "补取的时间太长，一次最多%d天，请分几次补取", int(maxWindows*size/(24*time.Hour)))
	}
	var orders []hj212.Order
	for begin := from; !begin.After(to); begin = begin.Add(size) {
		end := begin.Add(size - time.Second)
		if end.After(to) {
			end = to
		}
		orders = append(orders, hj212.History(cn, begin, end))
	}
	return s.order(ctx, by, point, orders...)
}

// CommandQuery says which commands are wanted.
type CommandQuery struct {
	Point  PointID
	State  CommandState
	Series int64
	Before int64
	N      int
}

// Commands returns the commands in by's scope, the newest first.
func (s *Server) Commands(ctx context.Context, by access.Caller, q CommandQuery) (_ []Command, err error) {
	defer fault.Wrap(&err, "gateway.Commands")
	if err := by.Must("frame.read"); err != nil {
		return nil, err
	}
	cond, args := by.Scope.Where("division", "enterprise", 1)
	where := []string{cond}
	add := func(column string, v any) {
		args = append(args, v)
		where = append(where, column+" $"+strconv.Itoa(len(args)))
	}
	if q.Point != 0 {
		add("point =", int64(q.Point))
	}
	if q.State != "" {
		add("state =", string(q.State))
	}
	if q.Series != 0 {
		add("series =", q.Series)
	}
	if q.Before != 0 {
		add("id <", q.Before)
	}
	rows, err := sqldb.All[commandStored](ctx, s.cfg.DB, `
		SELECT `+commandColumns+`
		  FROM commands
		 WHERE `+strings.Join(where, "\n   AND ")+`
		 ORDER BY id DESC
		 LIMIT `+strconv.Itoa(pageSize(q.N)), args...)
	if err != nil {
		return nil, err
	}
	all := make([]Command, len(rows))
	for i, r := range rows {
		if all[i], err = r.command(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Command returns one command in by's scope.
//
// The error is fault.NotFound when there is none.
func (s *Server) Command(ctx context.Context, by access.Caller, id int64) (_ Command, err error) {
	defer fault.Wrap(&err, "gateway.Command(%d)", id)
	if err := by.Must("frame.read"); err != nil {
		return Command{}, err
	}
	r, err := s.commandRow(ctx, by, id)
	if err != nil {
		return Command{}, err
	}
	return r.command()
}

func (s *Server) commandRow(ctx context.Context, by access.Caller, id int64) (commandStored, error) {
	cond, args := by.Scope.Where("division", "enterprise", 2)
	return sqldb.One[commandStored](ctx, s.cfg.DB, "没有这条指令，或不在您的管辖范围内", `
		SELECT `+commandColumns+`
		  FROM commands
		 WHERE id = $1
		   AND `+cond, append([]any{id}, args...)...)
}

// Cancel takes back a command that is not sent yet, and with it the rest of its
// series.
//
// The error is fault.Conflict when it was sent already.
func (s *Server) Cancel(ctx context.Context, by access.Caller, id int64) (err error) {
	defer fault.Wrap(&err, "gateway.Cancel(%d)", id)
	if err := by.Must("frame.operate"); err != nil {
		return err
	}
	r, err := s.commandRow(ctx, by, id)
	if err != nil {
		return err
	}
	return s.cfg.DB.InTx(ctx, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, `
			UPDATE commands
			   SET state    = 'cancelled',
			       secret   = '',
			       result   = '已由操作人员取消',
			       ended_at = $1
			 WHERE state = 'queued'
			   AND (id = $2 OR series = $3 AND series <> 0)`, tx.Now.Unix(), id, r.Series)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "指令已经下发或已经结束，不能取消")
		}
		return journal.Append(ctx, tx, entry(by, "command.cancel", fmt.Sprintf("command/%d", id), access.Division(r.Division), r.Enterprise,
			map[string]any{"commands": n}))
	})
}
