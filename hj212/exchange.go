package hj212

import (
	"bytes"
	"strconv"
	"time"
)

// An Outcome is how an exchange ended.
type Outcome string

// The outcomes.
const (
	Running     Outcome = "running"     // it has not ended
	Done        Outcome = "done"        // ExeRtn 1, or the notification was answered
	NoData      Outcome = "no_data"     // ExeRtn 100
	Failed      Outcome = "failed"      // another ExeRtn
	Refused     Outcome = "refused"     // a QnRtn other than 1
	Unreachable Outcome = "unreachable" // no answer after all retries
	Stalled     Outcome = "stalled"     // accepted, then nothing more came in time
)

var outcomeZh = map[Outcome]string{
	Running:     "执行中",
	Done:        "执行成功",
	NoData:      "没有数据",
	Failed:      "执行失败",
	Refused:     "设备拒绝",
	Unreachable: "通讯不可用：多次重发无应答",
	Stalled:     "执行超时：设备已受理但未返回结果",
}

// Zh is the outcome in words.
func (o Outcome) Zh() string { return outcomeZh[o] }

// Timeouts are the patience of one side (HJ 212-2017 6.2 and table 1).
type Timeouts struct {
	T       time.Duration // to an answer: 10 s for mobile media, 5 s for wired
	Retries int           // how often to send again
}

// MobileTimeouts and WiredTimeouts are the defaults of table 1.
var (
	MobileTimeouts = Timeouts{10 * time.Second, 3}
	WiredTimeouts  = Timeouts{5 * time.Second, 3}
)

// A Result is what came of an exchange.
type Result struct {
	Outcome Outcome
	QnRtn   QnRtn  // 0 where no 9011 came
	ExeRtn  ExeRtn // 0 where no 9012 came
	Packets int    // data packets that belong to the exchange
	Sent    int    // how often the request was sent
	// Values are the parameters and fields of the last data packet that answered
	// with the QN of the request, such as SystemTime or w01018-SN.
	Values map[string]string
}

// Zh says the result in one sentence.
func (r Result) Zh() string {
	switch r.Outcome {
	case Refused:
		return "设备拒绝：" + r.QnRtn.Zh() + "（QnRtn=" + strconv.Itoa(int(r.QnRtn)) + "）。"
	case Failed:
		return "执行失败：" + r.ExeRtn.Zh() + "（ExeRtn=" + strconv.Itoa(int(r.ExeRtn)) + "）。"
	}
	return r.Outcome.Zh() + "。"
}

// An Exchange follows one request or notification from its sending to its end.
// It holds no clock and no connection: time is passed in, bytes are passed out.
// A device has one exchange at a time; others wait.
type Exchange struct {
	device   Device
	order    Order
	wait     Timeouts
	qn       []byte
	frames   []byte
	notify   bool
	accepted bool
	begin    int64 // of history, ms; 0 where the order asks for none
	end      int64
	deadline time.Time
	result   Result
}

// NewExchange prepares order o to device d. qn is the time that numbers it: it
// must not be used for another exchange with the device. Zero Timeouts mean
// MobileTimeouts.
func NewExchange(d Device, o Order, qn time.Time, wait Timeouts) (*Exchange, error) {
	if wait == (Timeouts{}) {
		wait = MobileTimeouts
	}
	frames, err := d.Append(nil, o, qn)
	if err != nil {
		return nil, err
	}
	rule, _ := ruleOf(d.Profile, o.CN)
	e := &Exchange{
		device: d, order: o, wait: wait, qn: AppendQN(nil, qn), frames: frames,
		notify: rule.Down == Notification,
		result: Result{Outcome: Running},
	}
	if begin, _, ok := parseStamp([]byte(o.Value("BeginTime"))); ok {
		e.begin = begin
		e.end, _, _ = parseStamp([]byte(o.Value("EndTime")))
	}
	return e, nil
}

// QN is the number of the exchange.
func (e *Exchange) QN() string { return string(e.qn) }

// Order is the order of the exchange.
func (e *Exchange) Order() Order { return e.order }

// Deadline is the time at which Tick has something to do; zero when the exchange
// has ended or has not begun.
func (e *Exchange) Deadline() time.Time { return e.deadline }

// Result is what has come so far.
func (e *Exchange) Result() Result { return e.result }

// Ended reports whether the exchange is over.
func (e *Exchange) Ended() bool { return e.result.Outcome != Running }

// Start returns the bytes to send.
func (e *Exchange) Start(now time.Time) []byte {
	e.result.Sent++
	e.deadline = now.Add(e.wait.T)
	return e.frames
}

// Tick lets time pass. It returns bytes to send again, or nil.
func (e *Exchange) Tick(now time.Time) []byte {
	if e.Ended() || e.result.Sent == 0 || now.Before(e.deadline) {
		return nil
	}
	if e.accepted {
		e.finish(Stalled)
		return nil
	}
	if e.result.Sent > e.wait.Retries {
		e.finish(Unreachable)
		return nil
	}
	return e.Start(now)
}

func (e *Exchange) finish(o Outcome) {
	e.result.Outcome = o
	e.deadline = time.Time{}
}

// Receive shows a message of the device to the exchange and says whether it
// belongs to it. Data packets in between keep the exchange alive; they are
// stored and acknowledged as any other (see AppendAck). A message that does not
// belong, such as a live upload, changes nothing.
func (e *Exchange) Receive(now time.Time, m *Message) bool {
	if e.Ended() || e.result.Sent == 0 {
		return false
	}
	switch m.CN {
	case CNRequest, CNExecute, CNNotify:
		// Some loggers leave QN out of their answers; with one exchange at a time
		// these can only mean this one.
		if ref := m.RefQN(); len(ref) > 0 && !bytes.Equal(ref, e.qn) {
			return false
		}
		return e.answered(now, m)
	case e.order.CN:
		if bytes.Equal(m.RefQN(), e.qn) {
			e.data(now, m)
			return true
		}
		if at, ok := m.DataTime(); ok && e.begin != 0 && at >= e.begin && at <= e.end {
			e.alive(now)
			return true
		}
	}
	return false
}

// answered takes 9011, 9012 and 9013.
func (e *Exchange) answered(now time.Time, m *Message) bool {
	switch {
	case m.CN == CNNotify:
		if !e.notify {
			return false
		}
		e.finish(Done)
	case m.CN == CNRequest:
		n, ok := paramNumber(m, "QnRtn")
		if !ok {
			n = int(QnUnknown)
		}
		e.result.QnRtn = QnRtn(n)
		if e.result.QnRtn != QnReady {
			e.finish(Refused)
			break
		}
		e.accepted = true
		e.deadline = now.Add(e.wait.T)
	default: // 9012, also where 9011 was lost
		n, ok := paramNumber(m, "ExeRtn")
		if !ok {
			n = int(ExeFailed)
		}
		e.result.ExeRtn = ExeRtn(n)
		switch e.result.ExeRtn {
		case ExeDone:
			e.finish(Done)
		case ExeNoData:
			e.finish(NoData)
		default:
			e.finish(Failed)
		}
	}
	return true
}

func (e *Exchange) alive(now time.Time) {
	e.accepted = true
	e.result.Packets++
	e.deadline = now.Add(e.wait.T)
}

func (e *Exchange) data(now time.Time, m *Message) {
	e.alive(now)
	e.result.Values = map[string]string{}
	for i := range m.Params() {
		name, value := m.ParamAt(i)
		e.result.Values[string(name)] = string(value)
	}
	for f := range m.All() {
		for i := range f.Len() {
			name, value := f.Field(i)
			e.result.Values[string(f.Code)+"-"+string(name)] = string(value)
		}
	}
}

func paramNumber(m *Message, name string) (int, bool) {
	v, _ := m.Param(name)
	return smallNumber(v)
}
