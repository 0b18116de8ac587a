package web

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"pingzhang/hj212"
	"pingzhang/internal/fault"
	"pingzhang/internal/register"
)

// inspection is one frame taken apart.
type inspection struct {
	OK                 bool
	Reason             string // why it is refused, a sentence; "" when OK
	Before, Bad, After string // the raw bytes, with what is wrong between
	Checks             []check
	Header             []fact
	Factors            []factorFields
}

// check is one thing that was looked at, with what came of it.
type check struct {
	Name, Text string
	State      stateView
}

type factorFields struct{ Code, Name, Fields string }

var (
	checkGood = stateView{"meets", "通过"}
	checkHint = stateView{"warn", "提示"}
	checkBad  = stateView{"exceeds", "不通过"}
	checkOpen = stateView{"unknown", "未检查"}
)

// inspectBytes takes every frame of a byte stream apart.
func (s *Server) inspectBytes(r *request, raw []byte) []inspection {
	d := hj212.Decode(hj212.Sample{Bytes: raw}, nil)
	var all []inspection
	for _, f := range d.Frames {
		frame := raw[min(f.Start, int64(len(raw))):min(f.Start+int64(f.Length), int64(len(raw)))]
		p, known := s.senderOf(r, f.MN)
		if key, err := hex.DecodeString(p.SM4Key); f.Reason == hj212.ReasonCipher && err == nil && len(key) == hj212.KeySize {
			if again := hj212.Decode(hj212.Sample{Bytes: frame}, key).Frames; len(again) > 0 {
				at := f.Start
				f = again[0]
				f.Start, f.At = at, f.At+at
			}
		}
		all = append(all, inspectFrame(r, frame, f, p, known))
	}
	if len(all) == 0 || d.Skipped > 0 && len(d.Frames) == 0 {
		all = append(all, inspection{Reason: "没有找到报文：HJ 212 报文以 ## 和四位长度开头，请检查粘贴的内容是否完整", Before: escapeBytes(hideSecrets(r, raw)),
			Checks: []check{{"包头", fmt.Sprintf("%d 字节中没有以 ## 开头的报文", len(raw)), checkBad}}})
	}
	return all
}

// senderOf returns the registered point of a device number.
func (s *Server) senderOf(r *request, mn string) (register.Point, bool) {
	if mn == "" || !r.Caller.May("register.read") {
		return register.Point{}, false
	}
	p, err := s.cfg.Register.PointByMN(r.Context(), r.Caller, mn)
	return p, err == nil
}

func inspectFrame(r *request, raw []byte, f hj212.DecodedFrame, p register.Point, known bool) inspection {
	v := inspection{OK: f.OK, Reason: f.Zh}
	bad := len(raw)
	if !f.OK {
		bad = int(f.At - f.Start)
	}
	v.split(hideSecrets(r, raw), bad, f.Reason)
	v.Checks = append(frameChecks(f), deviceCheck(f.MN, p, known))
	for _, issue := range f.Issues {
		v.Checks = append(v.Checks, check{"内容", hj212.IssueKind(issue).Zh(), checkHint})
	}
	v.Header = headerFacts(f)
	for _, code := range slices.Sorted(maps.Keys(f.Factors)) {
		fields := f.Factors[code]
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			text := name + "=" + fields[name]
			if name == "Flag" {
				profile, _ := hj212.ParseProfile(f.Profile)
				text += "（" + strings.TrimPrefix(markOf(register.Point{Profile: profile.String(), ST: f.ST}, fields[name]).Text, fields[name]+" ") + "）"
			}
			parts = append(parts, text)
		}
		v.Factors = append(v.Factors, factorFields{code, factorName(code), strings.Join(parts, "，")})
	}
	return v
}

// frameChecks are the checks that a frame itself can pass or fail, in the order
// in which they are made; after a failure the others are open.
func frameChecks(f hj212.DecodedFrame) []check {
	length := check{"长度", fmt.Sprintf("共 %d 字节，与包头声明一致", f.Length), checkGood}
	sum := check{"校验", "CRC " + f.CRC + " 正确", checkGood}
	content := check{"内容", fmt.Sprintf("%d 个因子", len(f.Factors)), checkGood}
	if f.OK {
		return []check{length, sum, content}
	}
	wrong := fmt.Sprintf("第 %d 字节：%s", f.At-f.Start+1, f.Zh)
	switch f.Reason {
	case hj212.ReasonCRC:
		sum.Text, sum.State = wrong, checkBad
		content.State = checkOpen
	case hj212.ReasonNoCP, hj212.ReasonNoField, hj212.ReasonCipher, hj212.ReasonTooLong:
		content.Text, content.State = wrong, checkBad
	default:
		length.Text, length.State = wrong, checkBad
		sum.Text, sum.State = "长度不对，无法确定校验范围", checkOpen
		content.State = checkOpen
	}
	return []check{length, sum, content}
}

func deviceCheck(mn string, p register.Point, known bool) check {
	switch {
	case mn == "":
		return check{"设备", "没有读到设备编号", checkOpen}
	case known:
		return check{"设备", "已登记为点位“" + p.Name + "”", checkGood}
	}
	return check{"设备", mn + " 没有登记，或不在您的管辖范围内", checkHint}
}

// headerFacts names the fields of the header.
func headerFacts(f hj212.DecodedFrame) []fact {
	profile, _ := hj212.ParseProfile(f.Profile)
	var all []fact
	add := func(name, value, note string) {
		if value != "" {
			all = append(all, fact{Name: name, Value: value, Note: note})
		}
	}
	if f.Version != "" {
		add("协议", profile.Zh(), "")
	}
	add("QN 编号", f.QN, "")
	st, _ := hj212.SystemOf(f.ST)
	add("ST 系统", f.ST, st.Zh)
	if n, err := strconv.Atoi(f.CN); err == nil {
		c, _ := hj212.Lookup(profile, hj212.CN(n))
		add("CN 命令", f.CN, c.Zh)
	} else {
		add("CN 命令", f.CN, "不是四位数字")
	}
	add("MN 设备", f.MN, "")
	if f.Flag != nil {
		note := "不需要应答"
		if *f.Flag&1 != 0 {
			note = "需要应答"
		}
		add("Flag 标志", strconv.Itoa(*f.Flag), note)
	}
	if f.PNUM > 0 {
		add("分包", fmt.Sprintf("第 %d 包，共 %d 包", f.PNO, f.PNUM), "")
	}
	if f.RF {
		add("RF", "1", "补传数据")
	}
	for _, name := range slices.Sorted(maps.Keys(f.Params)) {
		if !secretName(name) {
			add(name, f.Params[name], "")
		}
	}
	return all
}

// split marks what is wrong in the raw bytes: the whole field where it has a
// known width, else up to the next separator.
func (v *inspection) split(raw []byte, at int, reason hj212.Reason) {
	at = max(0, min(at, len(raw)))
	width := 0
	switch {
	case at == len(raw):
	case reason == hj212.ReasonCRC || at == 2:
		width = 4
	default:
		if width = bytes.IndexAny(raw[at:], ";,&\r\n"); width <= 0 {
			width = min(8, len(raw)-at)
		}
	}
	end := min(at+width, len(raw))
	v.Before, v.Bad, v.After = escapeBytes(raw[:at]), escapeBytes(raw[at:end]), escapeBytes(raw[end:])
}

// secretName reports whether a field holds a password or a key.
func secretName(name string) bool {
	name = strings.ToUpper(name)
	return strings.HasSuffix(name, "PW") || strings.HasSuffix(name, "NEWSK")
}

// hideSecrets writes stars over passwords and keys, byte for byte, for those who
// may not operate devices.
func hideSecrets(r *request, raw []byte) []byte {
	if r.Caller.May("frame.operate") {
		return raw
	}
	out := bytes.Clone(raw)
	for i := 0; i < len(out); i++ {
		if out[i] != '=' {
			continue
		}
		from := bytes.LastIndexAny(out[:i], ";,&#") + 1
		if !secretName(string(out[from:i])) && !(i-from > 4 && secretName(string(out[i-3:i]))) {
			continue
		}
		for j := i + 1; j < len(out) && !bytes.ContainsRune([]byte(";,&\r\n"), rune(out[j])); j++ {
			out[j] = '*'
		}
	}
	return out
}

// escapeBytes writes bytes so that each can be seen, and read back by the form.
func escapeBytes(b []byte) string {
	var out strings.Builder
	for len(b) > 0 {
		c, n := utf8.DecodeRune(b)
		switch {
		case c == '\r':
			out.WriteString(`\r`)
		case c == '\n':
			out.WriteString(`\n`)
		case c == '\\':
			out.WriteString(`\\`)
		case c == utf8.RuneError && n == 1 || c < ' ' || c == 0x7f:
			fmt.Fprintf(&out, `\x%02X`, b[0])
		default:
			out.WriteRune(c)
		}
		b = b[n:]
	}
	return out.String()
}

// frameInspect takes pasted frames apart. It stores nothing.
func (s *Server) frameInspect(w http.ResponseWriter, r *request) error {
	v, err := s.frameTabs(r, "paste")
	if err != nil {
		return err
	}
	v.Raw = r.FormValue("raw")
	status := http.StatusOK
	samples, err := hj212.ReadSamples(strings.NewReader(v.Raw))
	switch {
	case err != nil:
		v.Problem, status = "内容太长，请分几次检查", http.StatusUnprocessableEntity
	case len(samples) == 0 || strings.TrimSpace(v.Raw) == "":
		v.Problem, status = "请粘贴报文，每行一条", http.StatusUnprocessableEntity
	case len(samples) > 50:
		v.Problem, status = "一次最多检查 50 行，请分几次检查", http.StatusUnprocessableEntity
	default:
		for _, sample := range samples {
			v.Inspections = append(v.Inspections, s.inspectBytes(r, sample.Bytes)...)
		}
	}
	return s.renderStatus(w, r, status, "frame_list", v)
}

// refusedInspections shows a stored frame with the reason it was refused for,
// which may be one that the frame itself does not show.
func (s *Server) refusedInspections(r *request, f RefusedFrame) []inspection {
	all := s.inspectBytes(r, f.Raw)
	if len(all) == 0 {
		return nil
	}
	first := &all[0]
	if first.OK {
		first.split(hideSecrets(r, f.Raw), f.At, f.Reason)
		first.Checks = append(first.Checks, check{"接收", f.Text, checkBad})
	}
	first.OK, first.Reason = false, f.Text
	return all
}

var errNoFrames = fault.New(fault.Unavailable, "报文接收没有启用，请联系系统管理员检查配置")
