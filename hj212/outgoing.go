package hj212

import (
	"fmt"
	"strings"
	"time"
)

// An Outgoing is what a host or an instrument wants to send, before it is cut
// into packets.
type Outgoing struct {
	Profile  Profile // Auto counts as 2017
	QN       time.Time
	QNText   string // where the QN of a request is answered; goes before QN
	NoQN     bool   // uploads of 2005 need none
	QNInCP   bool   // answers of 2005 carry it in CP
	ST       string
	CN       CN
	PW, MN   string
	NoFlag   bool // some answers of 2005 have none
	Wants    bool // an answer is wanted
	BackFill bool // RF=1, sent in 2025 only

	// Lead is repeated at the head of each packet: DataTime=...
	Lead []string
	// Items are joined by semicolons. Where they do not fit into one CP they are
	// spread over packets, but none is cut.
	Items []string

	Key []byte // SM4 key by which CP is encrypted; nil sends it plain
}

// cpMax is the longest content of a CP.
func (p Profile) cpMax() int {
	if p == P2005 {
		return 960
	}
	return 950
}

// Append appends the frames of o and returns their number.
//
// A CP that exceeds 950 bytes (960 in 2005) goes out as several packets with
// PNUM and PNO. Each has a QN of its own, one millisecond after the one before
// (HJ 212-2017 C.49, C.50), but for 2005, where all have the same. An item that
// does not fit alone is refused.
func (o *Outgoing) Append(dst []byte) (_ []byte, packets int, err error) {
	p := o.Profile
	if p == Auto {
		p = P2017
	}
	qn := []byte(o.QNText)
	if o.QNText == "" && !o.NoQN {
		qn = AppendQN(nil, o.QN)
	}
	lead := o.Lead
	if o.QNInCP && len(qn) > 0 {
		lead = append([]string{"QN=" + string(qn)}, lead...)
	}
	parts, err := spread(strings.Join(lead, ";"), o.Items, p.cpMax())
	if err != nil {
		return dst, 0, err
	}
	for i, cp := range parts {
		h := head{
			st: []byte(o.ST), cn: o.CN, pw: []byte(o.PW), mn: []byte(o.MN),
			flag: p.flag(len(parts) > 1, o.Wants), hasFlag: !o.NoFlag,
			backFill: o.BackFill && p == P2025,
		}
		if len(parts) > 1 {
			h.pnum, h.pno = len(parts), i+1
		}
		if !o.QNInCP {
			h.qn = qn
			if i > 0 && o.QNText == "" && !o.NoQN && p != P2005 {
				h.qn = AppendQN(nil, o.QN.Add(time.Duration(i)*time.Millisecond))
			}
		}
		segment := append(append(h.append(nil), cp...), "&&"...)
		if o.Key != nil {
			dst, err = EncryptFrame(dst, segment, o.Key)
		} else {
			dst, err = AppendFrame(dst, segment)
		}
		if err != nil {
			return dst, i, err
		}
	}
	return dst, len(parts), nil
}

// spread joins items with semicolons into contents of at most max bytes, each
// beginning with lead.
func spread(lead string, items []string, max int) ([]string, error) {
	var parts []string
	part, filled := lead, false
	for _, item := range items {
		if len(lead)+1+len(item) > max {
			return nil, &Refusal{
				Reason: ReasonSize, At: max,
				Text: fmt.Sprintf("an item of %d bytes does not fit into one CP", len(item)),
				Zh:   fmt.Sprintf("有一项数据长%d字节，超过单包CP上限%d字节且无法拆分，请缩短内容。", len(item), max),
			}
		}
		if filled && len(part)+1+len(item) > max {
			parts = append(parts, part)
			part = lead
		}
		if part != "" {
			part += ";"
		}
		part += item
		filled = true
	}
	return append(parts, part), nil
}

// Item is one factor with its fields, name and value in turn:
// Item("w01018", "Rtd", "46.5", "Flag", "N") is w01018-Rtd=46.5,w01018-Flag=N.
func Item(code string, fields ...string) string {
	var b strings.Builder
	for i := 0; i+1 < len(fields); i += 2 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(code)
		b.WriteByte('-')
		b.WriteString(fields[i])
		b.WriteByte('=')
		b.WriteString(fields[i+1])
	}
	return b.String()
}

// Stamp is the 14 digits of t in UTC+8.
func Stamp(t time.Time) string { return string(AppendStamp(nil, t)) }
