package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/measure"
	"pingzhang/internal/register"
)

type commandRow struct {
	Name, Params string
	State        stateView
	At           time.Time
	By, Result   string
}

// commandForm is the form of one command.
type commandForm struct {
	CN         int
	Name, Help string
	Confirm    string
	Fields     []commandField
}

type commandField struct {
	ID, Key, Label, Type, Value string
	Required                    bool
	Options                     []option
}

// offered are the commands that the page has forms for, in this order. Others
// (new passwords, keys, addresses) cut a device off when they go wrong, and stay
// with those who stand before it.
var offered = []hj212.CN{1011, 1014, 1012, 1015, 2051, 2061, 2031, 3020, 1061, 1062, 1063, 1064, 1000}

// setting are those of them that change a device.
var setting = []hj212.CN{1012, 1015, 1062, 1064, 1000}

// commandForms returns the forms for the commands that the device of p knows.
func commandForms(p register.Point) []commandForm {
	rules := hj212.OrderRules(profileOf(p))
	var all []commandForm
	for _, cn := range offered {
		i := slices.IndexFunc(rules, func(r hj212.OrderRule) bool { return r.CN == cn })
		if i < 0 || cn == 1014 && profileOf(p) != hj212.SurfaceWater {
			continue
		}
		all = append(all, formOf(rules[i]))
	}
	return all
}

func formOf(rule hj212.OrderRule) commandForm {
	f := commandForm{CN: int(rule.CN), Name: fmt.Sprintf("%s（%s）", rule.Zh, rule.CN)}
	if rule.Kind == hj212.KindMinute || rule.Kind == hj212.KindHour || rule.Kind == hj212.KindDay {
		f.Name, f.Help = "补传"+f.Name, "请设备重发所选时段开始时间在起止之间的数据。"
	}
	if slices.Contains(setting, rule.CN) {
		f.Confirm = "将修改设备的设置。确定下达“" + rule.Zh + "”吗？"
	}
	for _, p := range rule.Params {
		switch {
		case p.Name == "SystemTime":
			f.Help = "按指令发出时的平台时间校准。"
			continue
		case strings.HasPrefix(p.Name, "*"):
			continue
		}
		field := commandField{ID: fmt.Sprintf("c%d-%s", rule.CN, p.Name), Key: "p-" + p.Name, Label: p.Zh, Type: "text", Required: p.Required}
		switch p.Kind {
		case hj212.ParamNumber:
			field.Type = "number"
		case hj212.ParamStamp:
			field.Type = "datetime-local"
		case hj212.ParamChoice:
			for _, c := range p.Choices {
				field.Options = append(field.Options, option{Code: c, Name: c})
			}
		}
		f.Fields = append(f.Fields, field)
	}
	return f
}

// deviceCommand queues a command. Its parameters are checked by the rules of the
// device's protocol.
func (s *Server) deviceCommand(w http.ResponseWriter, r *request) error {
	_, p, err := s.pointOf(r)
	if err != nil {
		return err
	}
	if err := need(s.cfg.Monitoring.Devices, "设备指令"); err != nil {
		return err
	}
	order := hj212.Order{CN: hj212.CN(r.int("cn"))}
	if !slices.ContainsFunc(commandForms(p), func(f commandForm) bool { return f.CN == int(order.CN) }) {
		return fault.New(fault.Invalid, "该设备的协议没有这条指令，或不能在此下达")
	}
	rules := hj212.OrderRules(profileOf(p))
	rule := rules[slices.IndexFunc(rules, func(x hj212.OrderRule) bool { return x.CN == order.CN })]
	check := order
	for _, spec := range rule.Params {
		value := r.text("p-" + spec.Name)
		if spec.Kind == hj212.ParamStamp && value != "" {
			value = hj212.Stamp(r.date("p-" + spec.Name))
		}
		if spec.Name == "SystemTime" { // the gateway puts in the time of sending
			check.Args = append(check.Args, hj212.Arg{Name: spec.Name, Value: hj212.Stamp(r.Now)})
			continue
		}
		if value != "" {
			order.Args = append(order.Args, hj212.Arg{Name: spec.Name, Value: value})
			check.Args = append(check.Args, hj212.Arg{Name: spec.Name, Value: value})
		}
	}
	st := p.ST
	if st == "" {
		st = "00" // the gateway takes it from what the device sends
	}
	if err := (hj212.Device{Profile: profileOf(p), ST: st, MN: p.MN, PW: ""}).Check(check); err != nil {
		var refusal *hj212.Refusal
		if errors.As(err, &refusal) {
			return fault.New(fault.Invalid, "%s", strings.TrimSuffix(refusal.Zh, "。"))
		}
		return err
	}
	if err := s.cfg.Monitoring.Devices.Send(r.Context(), r.Caller, measure.Point(p.ID), order); err != nil {
		return err
	}
	return seeOther(w, r, deviceHref(p.ID), "指令已排队，结果见指令列表")
}

// deviceBackfill queues the orders that fetch the readings of a gap.
func (s *Server) deviceBackfill(w http.ResponseWriter, r *request) error {
	_, p, err := s.pointOf(r)
	if err != nil {
		return err
	}
	if err := need(s.cfg.Monitoring.Devices, "设备指令"); err != nil {
		return err
	}
	kind := kindOf(r.text("kind")).kind
	from, to := clock.Unix(r.int("from")), clock.Unix(r.int("to"))
	switch {
	case kind == measure.Rtd:
		return fault.New(fault.Invalid, "实时数据不能补传，请补传分钟或小时数据")
	case to.Before(from) || to.After(r.Now.Add(time.Hour)) || to.Sub(from) > 366*day:
		return fault.New(fault.Invalid, "补传时段不对：应早于现在，且一次不超过 366 天")
	}
	n, err := s.cfg.Monitoring.Devices.Backfill(r.Context(), r.Caller, measure.Point(p.ID), kind, from, to)
	if err != nil {
		return err
	}
	return seeOther(w, r, deviceHref(p.ID), fmt.Sprintf("已排队 %d 条补传指令，结果见指令列表", n))
}

func deviceHref(point int64) string { return fmt.Sprintf("/devices/%d", point) }

// commandRowOf shows a command.
func commandRowOf(p register.Point, c Command) commandRow {
	row := commandRow{At: c.At, By: c.By, Result: c.Note}
	known, _ := hj212.Lookup(profileOf(p), c.Order.CN)
	row.Name = fmt.Sprintf("%s（%s）", known.Zh, c.Order.CN)
	var args []string
	for _, a := range c.Order.Args {
		if secretName(a.Name) {
			a.Value = "******"
		}
		args = append(args, a.Name+"="+a.Value)
	}
	row.Params = strings.Join(args, "，")
	switch c.State {
	case CommandQueued:
		row.State = stateView{"unknown", "排队"}
	case CommandSent:
		row.State = stateView{"warn", "执行中"}
	case CommandDone:
		row.State = stateView{"meets", "已完成"}
	case CommandNoData:
		row.State = stateView{"warn", "设备无数据"}
	case CommandSilent:
		row.State = stateView{"offline", "无应答"}
	default:
		row.State = stateView{"exceeds", "失败"}
	}
	return row
}
