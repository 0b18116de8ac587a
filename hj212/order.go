package hj212

import (
	"fmt"
	"strings"
	"time"
)

// A Device is whom a request goes to.
type Device struct {
	Profile Profile
	ST      string // of what it monitors: 31, 32, 21...
	MN, PW  string
}

// An Order is a request or notification from host to device: a command with its
// parameters, as a person filled them in.
type Order struct {
	CN   CN
	Args []Arg
}

// An Arg is one parameter by its name in CP.
type Arg struct{ Name, Value string }

// Value returns the parameter of that name, "" where there is none.
func (o Order) Value(name string) string {
	for _, a := range o.Args {
		if strings.EqualFold(a.Name, name) {
			return a.Value
		}
	}
	return ""
}

// Append appends the frames of order o to device d. qn is the time of sending,
// which numbers the exchange. The order is checked first: see Check.
func (d Device) Append(dst []byte, o Order, qn time.Time) ([]byte, error) {
	if err := d.Check(o); err != nil {
		return dst, err
	}
	out := Outgoing{
		Profile: d.Profile, QN: qn, ST: d.ST, CN: o.CN, PW: d.PW, MN: d.MN, Wants: true,
		Items: o.items(d.Profile),
	}
	dst, _, err := out.Append(dst)
	return dst, err
}

// items writes the parameters. Those that the standard joins by commas are
// joined so: the limits of one factor, lists of CTime, and what 2025 prints so.
func (o Order) items(p Profile) []string {
	var items []string
	before := ""
	for _, a := range o.Args {
		item := a.Name + "=" + a.Value
		subject := a.Name
		if code, _, ok := strings.Cut(a.Name, "-"); ok {
			subject = code
		}
		listed := (o.CN == 1022 || o.CN == 3014) && subject == before
		if len(items) > 0 && (listed || p == P2025 && (o.CN == 1014 || o.CN == 3011)) {
			items[len(items)-1] += "," + item
		} else {
			items = append(items, item)
		}
		before = subject
	}
	return items
}

// Check says what is wrong with an order for that device: a *Refusal with a
// Chinese sentence, or nil.
func (d Device) Check(o Order) error {
	rule, ok := ruleOf(d.Profile, o.CN)
	if !ok {
		return &Refusal{
			Reason: ReasonCommand,
			Text:   fmt.Sprintf("%s has no command %s from host to device", d.Profile, o.CN),
			Zh:     fmt.Sprintf("%s中没有上位机可下发的命令%s，请核对该设备的协议版本。", d.Profile.Zh(), o.CN),
		}
	}
	if err := checkHead(d); err != nil {
		return err
	}
	for _, a := range o.Args {
		spec, ok := rule.find(a.Name)
		if !ok {
			return badArg(o.CN, a.Name, "不是该命令的参数，请删除")
		}
		if why := spec.check(a.Value); why != "" {
			return badArg(o.CN, spec.Zh+"（"+a.Name+"）", why)
		}
	}
	for _, spec := range rule.Params {
		if spec.Required && !rule.has(o, spec) {
			return badArg(o.CN, spec.Zh+"（"+spec.Name+"）", "没有填写")
		}
	}
	if begin, end := o.Value("BeginTime"), o.Value("EndTime"); begin != "" || end != "" {
		if begin == "" || end == "" {
			return badArg(o.CN, "起止时间", "应同时填写开始时间和结束时间")
		}
		if begin > end {
			return badArg(o.CN, "起止时间", "开始时间晚于结束时间，请更正")
		}
	}
	return nil
}

func checkHead(d Device) error {
	for _, f := range []struct{ name, value string }{{"ST", d.ST}, {"MN", d.MN}, {"PW", d.PW}} {
		if strings.ContainsAny(f.value, ";,&=# \r\n") {
			return &Refusal{
				Reason: ReasonParameter,
				Text:   fmt.Sprintf("%s has a character that would break the packet", f.name),
				Zh:     fmt.Sprintf("设备的%s含有空格或; , & = #等字符，无法组包，请在点位登记中更正。", f.name),
			}
		}
	}
	if d.ST == "" {
		return &Refusal{
			Reason: ReasonParameter,
			Text:   "the device has no ST",
			Zh:     "该设备没有登记系统编码ST，无法下发命令，请在点位登记中补上。",
		}
	}
	return nil
}

func badArg(cn CN, what, why string) *Refusal {
	return &Refusal{
		Reason: ReasonParameter,
		Text:   fmt.Sprintf("command %s: parameter %s is not acceptable", cn, what),
		Zh:     fmt.Sprintf("命令%s的%s%s。", cn, what, why),
	}
}

// The orders that a platform gives most. Each is checked when it is sent.

// ReadClock asks for the time of the logger, or, with a factor code, of that
// instrument.
func ReadClock(factor string) Order { return Order{1011, polID(factor)} }

// SetClock sets the time of the logger or, with a factor code, of that
// instrument. A station of the surface-water dialect takes SetStationClock.
func SetClock(factor string, t time.Time) Order {
	return Order{1012, append(polID(factor), Arg{"SystemTime", Stamp(t)})}
}

// SetStationClock sets the clock of a surface-water station.
func SetStationClock(t time.Time) Order { return Order{1015, []Arg{{"SystemTime", Stamp(t)}}} }

// SetTimeout sets how long the device waits for an answer, in seconds, and how
// often it sends again.
func SetTimeout(seconds, retries int) Order {
	return Order{1000, []Arg{{"OverTime", fmt.Sprint(seconds)}, {"ReCount", fmt.Sprint(retries)}}}
}

// SetRtdInterval sets the interval of realtime data, in seconds.
func SetRtdInterval(seconds int) Order {
	return Order{1062, []Arg{{"RtdInterval", fmt.Sprint(seconds)}}}
}

// SetMinuteInterval sets the interval of minute data, in minutes.
func SetMinuteInterval(minutes int) Order {
	return Order{1064, []Arg{{"MinInterval", fmt.Sprint(minutes)}}}
}

// History asks for the data of cn (2051, 2061, 2031, 2041...) whose periods
// begin from begin to end, both included: one hour has begin = end.
func History(cn CN, begin, end time.Time) Order {
	return Order{cn, []Arg{{"BeginTime", Stamp(begin)}, {"EndTime", Stamp(end)}}}
}

// ReadInfo asks for an item of device information of a factor's instrument, or
// of the logger where factor is empty (3020).
func ReadInfo(factor, info string) Order {
	return Order{3020, append(polID(factor), Arg{"InfoId", info})}
}

func polID(factor string) []Arg {
	if factor == "" {
		return nil
	}
	return []Arg{{"PolId", factor}}
}
