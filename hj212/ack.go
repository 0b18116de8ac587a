package hj212

import "strconv"

var systemInteraction = []byte("91")

// Answers returns the command that answers m under profile p, 0 where nothing is
// to be sent: 9014 for data, 9013 for a notification or a heartbeat.
//
//   - Bit 0 of Flag decides (HJ 212-2017 table 3). A host that answers unasked
//     puzzles loggers that count answers.
//   - A notification of 2005 is answered always: its alarm event is printed with
//     Flag=0, and with its answer.
//   - 9011, 9013 and 9014 are never answered; 9012 only in 2005.
//   - A private command of 9000-9999 is answered as data. Any other unknown one
//     is not: what is not understood must not be acknowledged.
func (m *Message) Answers(p Profile) CN {
	p = p.Or(m)
	c, ok := Lookup(p, m.CN)
	if !ok {
		return 0
	}
	if p == P2005 && c.Up == Notification {
		return CNNotify
	}
	if !m.HasFlag || !m.Flag.Wants() {
		return 0
	}
	switch c.Up {
	case Upload, Response:
		return CNData
	case Notification:
		return CNNotify
	case Answer:
		if p == P2005 && m.CN == CNExecute {
			return CNData
		}
	}
	return 0
}

// AppendAck appends the frame that answers m under profile p (Auto: the one m
// shows). ok is false where m is not to be answered. Send it when, and only
// when, m is stored; and send it again for a duplicate, whose sender has missed
// the first.
//
// 2017, 2025 and surface water (HJ 212-2017 Annex C): QN, PW and MN of m, ST=91,
// Flag of the edition, empty CP. 2005 (HJ/T 212-2005 Annex C): the QN goes into
// CP, with the CN of m, and PNO and PNUM of a split packet.
func AppendAck(dst []byte, m *Message, p Profile) (_ []byte, ok bool) {
	p = p.Or(m)
	cn := m.Answers(p)
	if cn == 0 {
		return dst, false
	}
	dst, start := openFrame(dst)
	h := head{st: systemInteraction, cn: cn}
	if p == P2005 {
		dst = append2005Ack(dst, &h, m)
	} else {
		h.qn, h.pw, h.mn = m.QN, m.PW, m.MN
		h.keepMN = true // the answer to 1001 of 2025 has an empty one
		h.flag, h.hasFlag = p.flag(false, false), true
		dst = h.append(dst)
		dst = append(dst, "&&"...)
	}
	if len(dst)-start-headLen > StandardMaxLen {
		return dst[:start], false
	}
	return closeFrame(dst, start), true
}

func append2005Ack(dst []byte, h *head, m *Message) []byte {
	if h.cn == CNNotify {
		h.pw, h.mn, h.hasFlag = m.PW, m.MN, true
	}
	dst = h.append(dst)
	if qn := m.RefQN(); len(qn) > 0 {
		dst = append(dst, "QN="...)
		dst = append(dst, qn...)
		dst = append(dst, ';')
	}
	if h.cn == CNData {
		dst = append(dst, "CN="...)
		dst = append(dst, m.cn...)
		dst = append(dst, ';')
		if m.PNO > 0 {
			dst = append(dst, "PNO="...)
			dst = strconv.AppendInt(dst, int64(m.PNO), 10)
			dst = append(dst, ";PNUM="...)
			dst = strconv.AppendInt(dst, int64(m.PNUM), 10)
			dst = append(dst, ';')
		}
	}
	if dst[len(dst)-1] == ';' {
		dst = dst[:len(dst)-1]
	}
	return append(dst, "&&"...)
}
