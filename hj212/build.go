package hj212

import (
	"fmt"
	"strconv"
)

// AppendFrame appends the frame of a data segment: ##, LLLL, the segment, CCCC,
// CR LF. It refuses a segment of more than 9999 bytes.
func AppendFrame(dst, segment []byte) ([]byte, error) {
	if err := fits(len(segment)); err != nil {
		return dst, err
	}
	dst, start := openFrame(dst)
	return closeFrame(append(dst, segment...), start), nil
}

func fits(n int) error {
	if n <= MaxSegment {
		return nil
	}
	return &Refusal{
		Reason: ReasonSize,
		At:     MaxSegment,
		Text:   fmt.Sprintf("a segment of %d bytes does not fit into one frame", n),
		Zh:     fmt.Sprintf("数据段长%d字节，超过四位长度所能表示的9999字节，请分包发送。", n),
	}
}

// openFrame leaves room for the header; the segment is appended after it.
func openFrame(dst []byte) (_ []byte, start int) {
	return append(dst, "##0000"...), len(dst)
}

// closeFrame fills the header in and appends CRC and line end.
func closeFrame(dst []byte, start int) []byte {
	data := dst[start+headLen:]
	n := len(data)
	for i := start + headLen - 1; i > start+1; i-- {
		dst[i] = byte('0' + n%10)
		n /= 10
	}
	return append(appendHexCRC(dst, CRC(data)), '\r', '\n')
}

const hexDigits = "0123456789ABCDEF"

func appendHexCRC(dst []byte, crc uint16) []byte {
	return append(dst, hexDigits[crc>>12], hexDigits[crc>>8&15], hexDigits[crc>>4&15], hexDigits[crc&15])
}

// head is what stands before CP. Empty fields are left out, but for MN where
// keepMN is set.
type head struct {
	qn, st    []byte
	cn        CN
	pw, mn    []byte
	keepMN    bool
	flag      Flag
	hasFlag   bool
	pnum, pno int
	backFill  bool
}

func (h *head) append(dst []byte) []byte {
	add := func(name string, value []byte) {
		dst = append(dst, name...)
		dst = append(dst, value...)
		dst = append(dst, ';')
	}
	if len(h.qn) > 0 {
		add("QN=", h.qn)
	}
	add("ST=", h.st)
	dst = append(dst, "CN="...)
	dst = strconv.AppendInt(dst, int64(h.cn), 10)
	dst = append(dst, ';')
	if len(h.pw) > 0 {
		add("PW=", h.pw)
	}
	if len(h.mn) > 0 || h.keepMN {
		add("MN=", h.mn)
	}
	if h.hasFlag {
		dst = append(dst, "Flag="...)
		dst = strconv.AppendInt(dst, int64(h.flag), 10)
		dst = append(dst, ';')
	}
	if h.pnum > 0 {
		dst = append(dst, "PNUM="...)
		dst = strconv.AppendInt(dst, int64(h.pnum), 10)
		dst = append(dst, ";PNO="...)
		dst = strconv.AppendInt(dst, int64(h.pno), 10)
		dst = append(dst, ';')
	}
	if h.backFill {
		dst = append(dst, "RF=1;"...)
	}
	return append(dst, "CP=&&"...)
}

func appendInt(dst []byte, n int) []byte { return strconv.AppendInt(dst, int64(n), 10) }
