package hj212

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// A Sample is one byte stream of a packets file.
type Sample struct {
	Line    int    // in the file, from 1
	Bytes   []byte // escapes resolved
	Comment string // the comment lines just before it, without their #
}

// maxSampleLine bounds a line of a packets file.
const maxSampleLine = 16 << 20

// ReadSamples reads a packets file. A line that is # alone or begins with # and
// a blank is a comment, an empty line is nothing, and every other line is one
// byte stream, in which \r, \n, \\ and \xHH stand for the byte they name. A
// backslash before anything else is a backslash. A file of ordinary packets, one
// a line, is such a file.
func ReadSamples(r io.Reader) ([]Sample, error) {
	var list []Sample
	var comment []string
	scan := bufio.NewScanner(r)
	scan.Buffer(make([]byte, 64<<10), maxSampleLine)
	line := 0
	for scan.Scan() {
		line++
		b := bytes.TrimSuffix(scan.Bytes(), []byte("\r"))
		switch {
		case len(b) == 0:
		case string(b) == "#":
			comment = comment[:0]
		case bytes.HasPrefix(b, []byte("# ")):
			comment = append(comment, string(b[2:]))
		default:
			list = append(list, Sample{line, unescape(b), strings.Join(comment, "\n")})
			comment = comment[:0]
		}
	}
	if err := scan.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			return list, &Refusal{
				Reason: ReasonSize, At: maxSampleLine,
				Text: "a line of the packets file is longer than 16 MiB",
				Zh:   "报文文件中有一行超过16 MiB，请确认每行只写一段字节流。",
			}
		}
		return list, err
	}
	return list, nil
}

func unescape(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] != '\\' || i+1 == len(b) {
			out = append(out, b[i])
			continue
		}
		switch c := b[i+1]; {
		case c == 'r':
			out = append(out, '\r')
		case c == 'n':
			out = append(out, '\n')
		case c == '\\':
			out = append(out, '\\')
		case c == 'x' && i+3 < len(b) && hexValue[b[i+2]] < 16 && hexValue[b[i+3]] < 16:
			out = append(out, hexValue[b[i+2]]<<4|hexValue[b[i+3]])
			i += 2
		default:
			out = append(out, '\\')
			continue
		}
		i++
	}
	return out
}

// Decoded is what a sample holds, in the form of `pingzhang frames -json`.
type Decoded struct {
	Line    int            `json:"line"`
	Frames  []DecodedFrame `json:"frames"`
	Skipped int64          `json:"skipped"` // bytes that belong to no frame
}

// A DecodedFrame is one frame, good or refused. Texts are as they were sent;
// bytes that are no UTF-8 are written \xHH.
type DecodedFrame struct {
	OK      bool                         `json:"ok"`
	Error   string                       `json:"error"`            // empty when OK: the reason, then a sentence
	Reason  Reason                       `json:"reason,omitempty"` // the reason alone
	Zh      string                       `json:"zh,omitempty"`     // the error for the operator
	At      int64                        `json:"at"`               // byte of the sample: where the check failed, or where a good frame begins
	Start   int64                        `json:"start"`            // byte of the sample at which the frame begins
	Length  int                          `json:"length"`           // bytes from ## to the CRC field
	CRC     string                       `json:"crc,omitempty"`    // as it was sent, in capitals
	Version string                       `json:"version,omitempty"`
	Profile string                       `json:"profile,omitempty"`
	Kind    Kind                         `json:"kind,omitempty"`
	QN      string                       `json:"qn"`
	ST      string                       `json:"st"`
	CN      string                       `json:"cn"`
	MN      string                       `json:"mn"`
	Flag    *int                         `json:"flag,omitempty"`
	PNUM    int                          `json:"pnum,omitempty"`
	PNO     int                          `json:"pno,omitempty"`
	RF      bool                         `json:"rf,omitempty"`
	Factors map[string]map[string]string `json:"factors"`
	Params  map[string]string            `json:"params,omitempty"` // items of CP without a factor code
	Issues  []string                     `json:"issues,omitempty"`
}

// Decode finds and reads the frames of a sample as if it had come over a line
// and ended there. key, where not empty, is the SM4 key that encrypted frames of
// HJ 212-2025 are opened with.
func Decode(s Sample, key []byte) Decoded {
	d := Decoded{Line: s.Line, Frames: []DecodedFrame{}}
	f := Framer{MaxLen: DefaultMaxLen}
	f.Push(s.Bytes)
	f.Flush()
	var m Message
	for {
		frame, ok := f.Next()
		if !ok {
			break
		}
		d.Frames = append(d.Frames, decodeFrame(&frame, &m, key))
	}
	d.Skipped = f.Skipped()
	return d
}

func decodeFrame(frame *Frame, m *Message, key []byte) DecodedFrame {
	opened := frame.Open(key)
	d := DecodedFrame{OK: true, At: frame.At, Start: frame.At, Length: len(frame.Raw)}
	if frame.HasCRC {
		d.CRC = string(appendHexCRC(nil, frame.SentCRC))
	}
	err := frame.Err
	if r, ok := m.ParseFrame(frame).(*Refusal); ok && err == nil {
		err = r
	}
	if opened {
		m.note(IssueDecrypted, m.cpAt)
	}
	if err != nil {
		d.OK, d.Error, d.Reason, d.Zh = false, string(err.Reason)+": "+err.Text, err.Reason, err.Zh
		d.At += int64(err.At)
	}
	d.fill(m, err == nil || err.Reason != ReasonCipher)
	return d
}

func (d *DecodedFrame) fill(m *Message, content bool) {
	d.QN, d.ST, d.CN, d.MN = text(m.QN), text(m.ST), text(m.cn), text(m.MN)
	d.PNUM, d.PNO, d.RF = m.PNUM, m.PNO, m.BackFill
	d.Factors = map[string]map[string]string{}
	if len(m.ST)+len(m.cn)+len(m.QN)+len(m.MN) > 0 {
		d.Version = m.Version().String()
		d.Profile = m.Profile().String()
		d.Kind = m.Kind(Auto)
	}
	if m.HasFlag {
		n := int(m.Flag)
		d.Flag = &n
	}
	if !content {
		return
	}
	for f := range m.All() {
		fields := make(map[string]string, f.Len())
		for i := range f.Len() {
			name, value := f.Field(i)
			fields[text(name)] = text(value)
		}
		d.Factors[text(f.Code)] = fields
	}
	for i := range m.Params() {
		if d.Params == nil {
			d.Params = map[string]string{}
		}
		name, value := m.ParamAt(i)
		d.Params[text(name)] = text(value)
	}
	for _, issue := range m.issues {
		d.Issues = append(d.Issues, string(issue.Kind))
	}
}

// text is b as valid UTF-8.
func text(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	var out []byte
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			out = append(out, '\\', 'x', hexDigits[b[0]>>4], hexDigits[b[0]&15])
		} else {
			out = append(out, b[:n]...)
		}
		b = b[n:]
	}
	return string(out)
}
