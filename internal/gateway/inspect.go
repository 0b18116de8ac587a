package gateway

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"pingzhang/hj212"
	"pingzhang/internal/access"
	"pingzhang/internal/fault"
)

// noAddress stands where a frame comes from nowhere.
var noAddress netip.AddrPort

// Verdict is what a check of a frame came to.
type Verdict string

// The verdicts.
const (
	Passed  Verdict = "passed"
	Warning Verdict = "warning" // let pass, and worth knowing
	Fails   Verdict = "failed"  // the reason for a refusal
	Skipped Verdict = "skipped" // an earlier check failed, or there is nothing to check
)

// Check is one check of a frame.
type Check struct {
	Name    string // 长度, CRC, 加密, MN, PW, CN, 时间, 因子
	Verdict Verdict
	Text    string // what was found, in one sentence
	At      int    // byte of Raw at which it was found; -1 for none
}

// InspectField is a field of the frame in its order.
type InspectField struct {
	Name, Value string
	Zh          string // what it is, or means
	At          int    // byte of Raw at which it begins; -1 where the frame was encrypted
}

// InspectFactor is a factor with its fields.
type InspectFactor struct {
	Code, Zh string
	Fields   []InspectField
	Mark     string // data mark as sent
	MarkZh   string
	Valid    bool // whether the mark lets it into statistics
}

// Inspection is a frame taken to pieces, ready for a page.
type Inspection struct {
	Raw     []byte
	Plain   []byte // the segment after decryption; nil when it was not encrypted
	Frames  int    // that the bytes hold; the first one is looked at
	Device  string // name of the point; empty when the MN is unknown
	Point   PointID
	Profile string // in words
	Version string
	Command string // CN in words
	Header  []InspectField
	Params  []InspectField
	Factors []InspectFactor
	Checks  []Check
	Notes   []string // what is wrong and did not stop it
	OK      bool
	Reason  hj212.Reason // of the first failure
	At      int          // byte of Raw of the first failure; -1 for none
	Answer  string       // the answer that the frame gets once it is stored; empty for none
}

// Inspect takes raw to pieces and checks it as it would be checked coming from
// the device whose MN it has, at the time now. Nothing is stored. What by may not
// see (another division's point) counts as unknown.
func (s *Server) Inspect(by access.Caller, raw []byte, now time.Time) (Inspection, error) {
	if err := by.Must("frame.read"); err != nil {
		return Inspection{}, err
	}
	return inspect(raw, now, func(mn []byte) *Device {
		d := s.devices.find(mn)
		if d == nil || !d.in(by.Scope) {
			return nil
		}
		return d
	}), nil
}

// InspectRefused inspects a refused frame that is kept.
func (s *Server) InspectRefused(ctx context.Context, by access.Caller, id int64) (_ Refused, _ Inspection, err error) {
	defer fault.Wrap(&err, "gateway.InspectRefused(%d)", id)
	r, err := s.RefusedFrame(ctx, by, id)
	if err != nil {
		return Refused{}, Inspection{}, err
	}
	in, err := s.Inspect(by, r.Raw, r.First)
	return r, in, err
}

// InspectAs takes raw to pieces with given settings of a device; nil: unknown.
func InspectAs(raw []byte, d *Device, now time.Time) Inspection {
	return inspect(raw, now, func([]byte) *Device { return d })
}

type inspector struct {
	Inspection
	f   hj212.Frame
	m   hj212.Message
	d   *Device
	now time.Time
}

func inspect(raw []byte, now time.Time, find func(mn []byte) *Device) Inspection {
	in := &inspector{Inspection: Inspection{Raw: raw, OK: true, At: -1}, now: now}
	framer := hj212.Framer{MaxLen: hj212.MaxSegment}
	framer.Push(raw)
	framer.Flush()
	f, ok := framer.Next()
	if !ok {
		in.check("长度", Fails, "这段字节中找不到以##开头的报文", 0)
		in.OK, in.Reason, in.At = false, hj212.ReasonTruncated, 0
		return in.Inspection
	}
	in.f = f
	in.f.Raw, in.f.Data = append([]byte(nil), f.Raw...), append([]byte(nil), f.Data...)
	for in.Frames = 1; ; in.Frames++ {
		if _, ok := framer.Next(); !ok {
			break
		}
	}
	in.framing()
	in.m.Parse(in.f.Data)
	in.d = find(in.m.MN)
	in.crc()
	err := in.m.ParseFrame(&in.f)
	in.read()
	if r, ok := err.(*hj212.Refusal); ok && in.f.Err == nil {
		in.fail("数据段", r.Reason, r.Zh, r.At)
	}
	in.belonging()
	in.times()
	in.contents()
	return in.Inspection
}

func (in *inspector) check(name string, v Verdict, text string, at int) {
	in.Checks = append(in.Checks, Check{name, v, text, at})
}

// fail adds a failed check; the first one is the reason.
func (in *inspector) fail(name string, reason hj212.Reason, text string, at int) {
	in.check(name, Fails, text, at)
	if in.OK {
		in.OK, in.Reason, in.At = false, reason, at
	}
}

func (in *inspector) framing() {
	f := &in.f
	start := int(f.At)
	switch {
	case f.Err == nil, f.Err.Reason == hj212.ReasonCRC, f.Err.Reason == hj212.ReasonCipher:
		text := fmt.Sprintf("声明的长度与数据段相符，%d字节", len(f.Data))
		v := Passed
		if len(f.Data) > hj212.StandardMaxLen {
			text, v = text+"，超过标准规定的1024字节", Warning
		}
		in.check("长度", v, text, start+2)
	default:
		in.fail("长度", f.Err.Reason, f.Err.Zh, start+f.Err.At)
	}
}

func (in *inspector) crc() {
	f := &in.f
	at := int(f.At) + len(f.Raw) - 4
	if !f.HasCRC {
		in.check("CRC", Skipped, "没有找到校验码", -1)
		return
	}
	if f.Err == nil {
		in.check("CRC", Passed, fmt.Sprintf("校验码%04X正确", f.SentCRC), at)
		return
	}
	if f.Err.Reason != hj212.ReasonCRC && f.Err.Reason != hj212.ReasonCipher && f.Err.Reason != hj212.ReasonLength {
		in.check("CRC", Skipped, "长度不对，校验码无从核对", -1)
		return
	}
	sent, want := f.SentCRC, hj212.CRC(f.Data)
	name, foreign := hj212.ForeignCRC(f.Data, sent)
	var key []byte
	tolerated := ""
	if in.d != nil {
		key, tolerated = in.d.Key, in.d.ToleratedCRC
	}
	before := f.Err.Reason
	openFrame(f, key, tolerated)
	switch {
	case f.Err == nil && foreign && name == tolerated:
		in.check("CRC", Warning, fmt.Sprintf("校验码%04X是%s算法的结果，该设备已允许", sent, name), at)
	case f.Err == nil:
		in.Plain = f.Data
		in.check("CRC", Passed, fmt.Sprintf("解密后校验码%04X正确", sent), at)
		in.check("加密", Passed, "CP已用该设备的SM4密钥解密", -1)
	case f.Err.Reason == ReasonNoKey, f.Err.Reason == hj212.ReasonCipher:
		in.check("CRC", Skipped, "加密报文要先解密才能核对校验码", at)
		in.fail("加密", f.Err.Reason, f.Err.Zh, int(f.At)+f.Err.At)
	case before != hj212.ReasonCRC:
		in.check("CRC", Skipped, "长度不对，校验码无从核对", -1)
	case foreign:
		in.fail("CRC", hj212.ReasonCRC, fmt.Sprintf("设备用了%s算法：发来%04X，按HJ 212应为%04X；请厂家改正，或在点位登记中设置容许的非标准校验", name, sent, want), at)
	default:
		in.fail("CRC", hj212.ReasonCRC, fmt.Sprintf("校验码不对：发来%04X，按数据段应为%04X，报文可能在传输中受损", sent, want), at)
	}
}

// headerZh are the header fields in words.
var headerZh = []struct{ name, zh string }{
	{"QN", "请求编码"}, {"ST", "系统编码"}, {"CN", "命令编码"}, {"PW", "访问密码"}, {"MN", "设备唯一标识"},
	{"Flag", "拆分包及应答标志"}, {"PNUM", "总包数"}, {"PNO", "包号"}, {"RF", "补传标志"},
}

// read lists the fields.
func (in *inspector) read() {
	m := &in.m
	p := hj212.Auto
	if in.d != nil {
		p = in.d.Profile
		in.Device, in.Point = in.d.Name, in.d.Point
	}
	p = p.Or(m)
	in.Profile, in.Version = p.Zh(), m.Version().String()
	c, _ := hj212.Lookup(p, m.CN)
	in.Command = c.Zh
	values := map[string]string{"QN": string(m.QN), "ST": string(m.ST), "CN": string(m.CNText()), "PW": string(m.PW), "MN": string(m.MN)}
	if m.HasFlag {
		values["Flag"] = fmt.Sprint(int(m.Flag))
	}
	if m.PNUM > 0 {
		values["PNUM"] = fmt.Sprint(m.PNUM)
	}
	if m.PNO > 0 {
		values["PNO"] = fmt.Sprint(m.PNO)
	}
	if m.BackFill {
		values["RF"] = "1"
	}
	for _, h := range headerZh {
		v, ok := values[h.name]
		if !ok || v == "" && h.name != "MN" {
			continue
		}
		zh := h.zh
		switch h.name {
		case "PW":
			v = strings.Repeat("*", len(v))
		case "ST":
			system, _ := hj212.SystemOf(v)
			zh += "：" + system.Zh
		case "CN":
			zh += "：" + c.Zh
		}
		in.Header = append(in.Header, InspectField{h.name, printable([]byte(v)), zh, in.byteOf(h.name + "=")})
	}
	for name, value := range m.Extra() {
		in.Header = append(in.Header, InspectField{printable(name), printable(value), "标准以外的字段", in.byteOf(string(name) + "=")})
	}
	for i := range m.Params() {
		name, value := m.ParamAt(i)
		in.Params = append(in.Params, InspectField{printable(name), printable(value), "", in.inCP(name)})
	}
	in.readFactors(p)
	if ack, ok := hj212.AppendAck(nil, m, p); ok {
		in.Answer = strings.TrimRight(string(ack), "\r\n")
		if pw := string(m.PW); pw != "" {
			in.Answer = strings.ReplaceAll(in.Answer, "PW="+pw+";", "PW="+strings.Repeat("*", len(pw))+";")
		}
	}
	for _, issue := range m.Issues() {
		in.Notes = append(in.Notes, issue.Kind.Zh())
	}
}

func (in *inspector) readFactors(p hj212.Profile) {
	m := &in.m
	for f := range m.All() {
		out := InspectFactor{Code: printable(f.Code)}
		if def, ok := hj212.FactorOf(out.Code); ok {
			out.Zh = def.Name
		}
		for i := range f.Len() {
			name, value := f.Field(i)
			out.Fields = append(out.Fields, InspectField{printable(name), printable(value), "", in.inCP(append(append([]byte(nil), f.Code...), append([]byte{'-'}, name...)...))})
		}
		out.Mark = printable(f.Mark())
		if mark, known := p.Mark(m.ST, f.Mark()); known {
			out.MarkZh, out.Valid = mark.Zh, mark.Valid
		} else if out.Mark != "" {
			out.MarkZh = "未知标记，不参与统计"
		}
		in.Factors = append(in.Factors, out)
	}
}

// byteOf returns the byte of Raw at which a header field begins, -1 for none.
func (in *inspector) byteOf(name string) int {
	if at := byteOf(&in.f, name); at > 0 {
		return int(in.f.At) + at
	}
	return -1
}

// inCP returns the byte of Raw at which an item of CP begins; -1 where CP was
// encrypted.
func (in *inspector) inCP(name []byte) int {
	if in.Plain != nil || len(name) == 0 {
		return -1
	}
	name = append(append([]byte(nil), name...), '=')
	raw := in.f.Raw
	start := strings.Index(string(raw), "CP=&&")
	if start < 0 {
		return -1
	}
	for at := start + 5; ; {
		i := strings.Index(string(raw[at:]), string(name))
		if i < 0 {
			return -1
		}
		at += i
		if c := raw[at-1]; c == ';' || c == ',' || c == '&' || c == ' ' {
			return int(in.f.At) + at
		}
		at++
	}
}

// belonging checks MN, PW and CN.
func (in *inspector) belonging() {
	m, f := &in.m, &in.f
	if f.Err != nil && len(m.MN) == 0 {
		for _, name := range []string{"MN", "PW", "CN"} {
			in.check(name, Skipped, "前面的检查没有通过", -1)
		}
		return
	}
	if in.d == nil {
		r := unknownMN(f, m)
		in.fail("MN", ReasonUnknownMN, r.Zh, int(f.At)+r.At)
		in.check("PW", Skipped, "设备未登记，没有密码可核对", -1)
		in.checkCN(hj212.Auto.Or(m))
		return
	}
	in.check("MN", Passed, "已登记的监测点位："+in.d.Name, in.byteOf("MN="))
	switch r := in.d.admits(f, m, noAddress, true); {
	case r != nil && r.Reason == ReasonPassword:
		in.fail("PW", r.Reason, r.Zh, int(f.At)+r.At)
	case in.d.PW == "":
		in.check("PW", Warning, "该点位没有登记访问密码，任何密码都会通过", in.byteOf("PW="))
	default:
		in.check("PW", Passed, "与登记的访问密码一致", in.byteOf("PW="))
	}
	in.checkCN(in.d.Profile.Or(m))
}

func (in *inspector) checkCN(p hj212.Profile) {
	d := &Device{Profile: p}
	if r := d.admits(&in.f, &in.m, noAddress, true); r != nil {
		in.fail("CN", r.Reason, r.Zh, int(in.f.At)+r.At)
		return
	}
	in.check("CN", Passed, in.m.CN.String()+" "+in.Command, in.byteOf("CN="))
}

// times looks at QN and DataTime. A wrong clock refuses nothing.
func (in *inspector) times() {
	m := &in.m
	if !m.HasCP || in.f.Err != nil {
		in.check("时间", Skipped, "前面的检查没有通过", -1)
		return
	}
	var texts []string
	v := Passed
	qn, hasQN := m.Sent()
	at, hasAt := m.DataTime()
	if hasQN {
		if skew := time.Duration(qn-in.now.UnixMilli()) * time.Millisecond; drifting(skew) {
			v = Warning
			texts = append(texts, fmt.Sprintf("QN与接收时间相差%s，设备时钟可能不准或为补传", plainDuration(skew)))
		} else {
			texts = append(texts, "QN与接收时间相符")
		}
	} else if len(m.QN) > 0 {
		v = Warning
		texts = append(texts, "QN不是真实时间")
	}
	if k := m.Kind(hj212.Auto); readings(k) != 0 {
		switch {
		case !hasAt:
			v = Warning
			texts = append(texts, "没有可用的DataTime，内容作为设备消息保存，不入监测数据")
		case at < minAt || at >= maxAt:
			v = Warning
			texts = append(texts, "DataTime超出1990至2099年，内容作为设备消息保存，不入监测数据")
		case late(m, in.now):
			texts = append(texts, "数据时间远早于发送时间，按补传处理")
		default:
			texts = append(texts, "DataTime正常")
		}
	}
	if len(texts) == 0 {
		texts = []string{"报文没有时间"}
	}
	in.check("时间", v, strings.Join(texts, "；"), in.inCP([]byte("DataTime")))
}

func plainDuration(d time.Duration) string {
	if d < 0 {
		d = -d
	}
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d天", int(d.Hours()/24))
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d小时", int(d.Hours()))
	case d >= 2*time.Minute:
		return fmt.Sprintf("%d分钟", int(d.Minutes()))
	}
	return fmt.Sprintf("%d秒", int(d.Seconds()))
}

// contents looks at the factors.
func (in *inspector) contents() {
	if in.f.Err != nil {
		in.check("因子", Skipped, "前面的检查没有通过", -1)
		return
	}
	var odd []string
	at := -1
	for _, f := range in.Factors {
		for _, field := range f.Fields {
			switch field.Name {
			case "Rtd", "Avg", "Min", "Max", "Cou", "ZsRtd", "ZsAvg", "ZsMin", "ZsMax":
				if !hj212.IsNumber([]byte(field.Value)) {
					odd = append(odd, fmt.Sprintf("%s-%s=%s不是数值", f.Code, field.Name, field.Value))
					if at < 0 {
						at = field.At
					}
				}
			}
		}
	}
	switch {
	case len(odd) > 0:
		in.check("因子", Warning, strings.Join(odd, "；")+"，原样保存，不参与统计", at)
	case len(in.Factors) == 0:
		in.check("因子", Skipped, "报文不含监测因子", -1)
	default:
		in.check("因子", Passed, fmt.Sprintf("%d个因子", len(in.Factors)), -1)
	}
}
