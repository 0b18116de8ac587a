package hj212

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// refute marks the ## at r as a false start: a frame cannot begin there as its
// header says. What it is, and how far it goes, measure finds out.
func (f *Framer) refute(reason Reason, declared, head int) {
	f.bad, f.reason, f.declared, f.head = true, reason, declared, head
	f.look = 2
}

// measure follows a false start to where it ends: at the closing && and CRC of
// its segment, at the next header, at a length no frame has, or with the stream.
// more is true when that cannot be said yet.
func (f *Framer) measure() (frame Frame, found, more bool) {
	b := f.buf[f.r:]
	limit := headLen + f.max() + tailLen + 2
	for {
		i := bytes.IndexAny(b[min(f.look, len(b)):], "#&")
		if i < 0 {
			f.look = len(b)
		} else {
			f.look += i
		}
		if f.look >= limit {
			frame, found = f.stub(b[:limit])
			return frame, found, false
		}
		if i < 0 {
			break
		}
		event, wait := f.event(b)
		switch {
		case wait:
			return Frame{}, false, true
		case event == 'h':
			frame, found = f.stub(b[:f.look])
			return frame, found, false
		case event == 't':
			return f.closed(b[:f.look+6]), true, false
		}
		f.look++
	}
	if !f.final {
		return Frame{}, false, true
	}
	frame, found = f.stub(b)
	return frame, found, false
}

// event says what stands at b[f.look], a # or an &: 'h' a header, 't' the tail
// of a segment, 0 neither; wait when more bytes must come to tell.
func (f *Framer) event(b []byte) (event byte, wait bool) {
	rest := b[f.look:]
	short := func(n int) bool { return len(rest) < n && !f.final }
	if rest[0] == '#' {
		if len(rest) < 2 {
			return 0, short(2)
		}
		if rest[1] != '#' {
			return 0, false
		}
		_, digits := header(rest)
		if digits == 0 {
			return 0, short(3)
		}
		return 'h', false
	}
	for i, c := range rest[1:min(len(rest), 6)] {
		if i == 0 && c != '&' || i > 0 && hexValue[c] > 15 {
			return 0, false
		}
	}
	if len(rest) < 6 {
		return 0, short(6)
	}
	// CP=&&a010... looks like a tail and is the opening of CP.
	if bytes.HasSuffix(b[:f.look], []byte("CP=")) {
		return 0, false
	}
	return 't', false
}

// closed refuses a false start whose own end is in sight, so that the length it
// should have declared is known.
func (f *Framer) closed(raw []byte) Frame {
	reason, declared, head := f.reason, f.declared, min(f.head, len(raw)-tailLen)
	data := segmentOf(raw[:len(raw)-tailLen], head)
	frame := f.take(len(raw))
	f.bad = false
	frame.Data = data
	frame.SentCRC, frame.HasCRC = hexCRC(raw[len(raw)-tailLen:])
	right := frame.SentCRC == CRC(data)
	switch reason {
	case ReasonLengthField:
		frame.Err = refuseLengthField(head-2, head)
	case ReasonLengthCeiling:
		frame.Err = refuseCeiling(declared, f.max())
	default:
		frame.Err = refuseLength(data, declared, right)
	}
	return frame
}

// stub refuses a false start without an end in sight. Where it has no field at
// all it is noise: its bytes are skipped, and found is false.
func (f *Framer) stub(raw []byte) (frame Frame, found bool) {
	reason, declared, head := f.reason, f.declared, f.head
	f.bad = false
	if bytes.IndexByte(raw, '=') < 0 {
		f.drop(len(raw))
		return Frame{}, false
	}
	text := bytes.TrimRight(raw, "\r\n")
	frame = f.take(len(raw))
	f.eol = eolNone
	frame.Raw = text
	frame.Data = segmentOf(text, head)
	switch reason {
	case ReasonLengthField:
		frame.Err = refuseLengthField(head-2, head)
	case ReasonLengthCeiling:
		frame.Err = refuseCeiling(declared, f.max())
	default:
		if end := headLen + declared; len(text) == end+tailLen {
			frame.Data = text[headLen:end]
			if frame.SentCRC, frame.HasCRC = hexCRC(text[end:]); frame.HasCRC {
				frame.Err = refuseCRC(frame.Data, frame.SentCRC, CRC(frame.Data), end)
			} else {
				frame.Err = refuseCRCField(text[end:], end)
			}
			return frame, true
		}
		frame.Err = refuseCut(reason, declared, len(text))
	}
	return frame, true
}

// segmentOf is what follows a header of head bytes. Where the length field is
// damaged the segment begins within the two or three bytes after its digits, at
// the first name.
func segmentOf(raw []byte, head int) []byte {
	rest := raw[min(head, len(raw)):]
	if head == headLen {
		return rest
	}
	for i := range min(headLen-head+1, max(len(rest)-3, 0)) {
		if name, _ := headerName(rest[i : i+2]); rest[i+2] == '=' && name != 0 {
			return rest[i:]
		}
	}
	return rest
}

func refuseLengthField(digits, at int) *Refusal {
	return &Refusal{
		Reason: ReasonLengthField,
		At:     at,
		Text:   fmt.Sprintf("the length field has %d decimal digits, not 4", digits),
		Zh:     fmt.Sprintf("数据段长度应为4位十进制数字，此包只有%d位（第%d字节处），请厂家修正数采仪的组包程序。", digits, at),
	}
}

func refuseCeiling(declared, ceiling int) *Refusal {
	return &Refusal{
		Reason: ReasonLengthCeiling,
		At:     2,
		Text:   fmt.Sprintf("the declared length %d is above the ceiling %d", declared, ceiling),
		Zh:     fmt.Sprintf("包头声明的数据段长度%d超过上限%d字节，已按错误长度处理；如设备确需发送超长包，请调高该上限。", declared, ceiling),
	}
}

func refuseCut(reason Reason, declared, got int) *Refusal {
	if reason == ReasonLength {
		reason = ReasonTruncated
	}
	r := &Refusal{
		Reason: reason,
		At:     got,
		Text:   fmt.Sprintf("the frame breaks off after %d bytes; its declared length %d asks for %d", got, declared, headLen+declared+tailLen),
		Zh:     fmt.Sprintf("报文在第%d字节处中断，按声明长度%d应有%d字节，多为断线重连或线路丢字节，请等设备补传。", got, declared, headLen+declared+tailLen),
	}
	if reason == ReasonExpired {
		r.Zh = fmt.Sprintf("报文收到%d字节后长时间没有后续，按声明长度%d应有%d字节，已放弃等待，请检查网络或设备的长度计算。", got, declared, headLen+declared+tailLen)
	}
	return r
}

// refuseLength names a wrong length, and the commonest cause of one that is too
// short: HJ 212-2017 6.3 speaks of the number of characters, and a device that
// takes it at its word comes out short as soon as it sends Chinese.
func refuseLength(data []byte, declared int, right bool) *Refusal {
	actual := len(data)
	check := "the CRC does not fit the segment either"
	if right {
		check = "the CRC fits the whole segment"
	}
	if actual-declared > 0 && actual-declared == surplus(data) {
		return &Refusal{
			Reason: ReasonLengthCharacters,
			At:     2,
			Text:   fmt.Sprintf("the declared length %d counts characters, the segment has %d bytes; %s", declared, actual, check),
			Zh:     fmt.Sprintf("包头长度%d是按字符数计算的，数据段实际为%d字节（一个汉字占多个字节），请厂家改为按字节计算长度。", declared, actual),
		}
	}
	return &Refusal{
		Reason: ReasonLength,
		At:     2,
		Text:   fmt.Sprintf("the declared length is %d, the segment has %d bytes; %s", declared, actual, check),
		Zh:     fmt.Sprintf("包头声明的数据段长度为%d，实际为%d字节，请检查数采仪的长度计算或线路丢字节。", declared, actual),
	}
}

// surplus is the number of bytes of data over its characters, read as UTF-8, or
// as GBK (two bytes a character) where it is no UTF-8.
func surplus(data []byte) int {
	if utf8.Valid(data) {
		return len(data) - utf8.RuneCount(data)
	}
	high := 0
	for _, c := range data {
		if c >= 0x80 {
			high++
		}
	}
	return high / 2
}

func refuseCRCField(field []byte, at int) *Refusal {
	return &Refusal{
		Reason: ReasonCRC,
		At:     at,
		Text:   fmt.Sprintf("the CRC field %q is not four hex digits", field),
		Zh:     fmt.Sprintf("CRC字段%q不是4位十六进制数，报文末尾可能在传输中损坏，请等设备重发。", field),
	}
}

var foreignZh = strings.NewReplacer(", bytes swapped", "（高低字节颠倒）", " less the closing &&", "（未计入末尾的&&）")

func refuseCRC(data []byte, sent, want uint16, at int) *Refusal {
	r := &Refusal{
		Reason: ReasonCRC,
		At:     at,
		Text:   fmt.Sprintf("the CRC sent is %04X, that of the segment is %04X", sent, want),
		Zh:     fmt.Sprintf("CRC校验不符：收到%04X，按数据段计算应为%04X，数据可能在传输中被改变，请检查线路并等设备重发。", sent, want),
	}
	if name, ok := ForeignCRC(data, sent); ok {
		r.Text += "; the device computes " + name
		r.Zh = fmt.Sprintf("CRC校验不符：收到%04X，应为%04X；该设备的CRC符合%s，不是HJ 212规定的算法，请厂家修正。", sent, want, foreignZh.Replace(name))
	} else if !CRCPossible(sent) {
		r.Text += "; no segment has that CRC in HJ 212, so the device computes another one or the field is damaged"
		r.Zh = fmt.Sprintf("CRC校验不符：收到%04X，应为%04X；HJ 212算法不可能得出%04X，若该设备屡次如此，说明它用了别的校验算法，请厂家修正。", sent, want, sent)
	}
	return r
}

// Tolerate lifts the refusal of a frame whose CRC is that of the algorithm of
// that name, as ForeignCRC gives it. It is for one device that is registered with
// its wrong CRC; the frame of any other stays refused.
func (f *Frame) Tolerate(algorithm string) bool {
	if algorithm == "" || f.Err == nil || f.Err.Reason != ReasonCRC {
		return false
	}
	if name, ok := ForeignCRC(f.Data, f.SentCRC); !ok || name != algorithm {
		return false
	}
	f.Err = nil
	return true
}
