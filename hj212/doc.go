// Package hj212 speaks HJ 212, the protocol between the data loggers (数采仪) of
// automatic monitoring and the host that collects from them: HJ/T 212-2005,
// HJ 212-2017, HJ 212-2025 as far as it is known, and the dialect of
// surface-water stations. It is both sides, host and instrument. It holds no
// connection, no clock and no storage: bytes and times go in, frames and
// messages come out.
//
// # Three steps
//
//	bytes --Framer--> Frame --Message.Parse--> Message --Lookup, Mark, FactorOf--> meaning
//	                                              |
//	                          AppendAck <---------+   after the record is durable
//
// # The frame, byte by byte
//
//	offset   bytes  what
//	0        2      ##                        23 23
//	2        4      LLLL                      decimal digits: length of the segment in bytes
//	6        LLLL   data segment              any bytes; 1024 at most by the standards
//	6+LLLL   4      CCCC                      hex digits, high byte first: CRC of the segment
//	10+LLLL  2      CR LF                     0D 0A; devices leave them out or send one of them
//
// The CRC (Annex A of each edition) begins with FFFF. For each byte the register
// becomes its own high byte XOR the byte, and is then shifted right eight times,
// each time XOR A001 where a 1 falls out. It is not CRC-16/MODBUS, which keeps
// the low byte too. See CRC for what it detects and what not.
//
// # The data segment
//
//	QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&...&&
//
//	QN    17 digits yyyyMMddHHmmsszzz, UTC+8: number of the exchange (2005: absent on uploads)
//	ST    2 characters: what is monitored, see Systems; 91 for answers
//	CN    4 digits: command, see Lookup
//	PW    password
//	MN    identity of the device
//	Flag  bits 7-2 version (0 2005, 1 2017, 2 2025), bit 1 PNUM and PNO follow, bit 0 answer wanted
//	PNUM  number of packets of a split message; PNO number of this one, from 1
//	RF    1 on back-filled packets of 2025
//	CP    items between && and &&: name=value, joined by ; and , where a name is
//	      code-suffix (w01018-Rtd) or a parameter (DataTime)
//
// In 2025 the content of CP may be encrypted: SM4-ECB over each full block of 16
// bytes, the rest plain, LLLL and CRC those of the plain segment (Frame.Open).
//
// # What always holds
//
//   - The frames of a stream do not depend on how it was cut into reads, and each
//     byte of it is in a frame, in a refused frame, counted as skipped, or the
//     line end of a frame.
//   - Nothing whole is lost behind something broken: a false length gives way to
//     the first whole frame behind it at once, and to Expire at the latest.
//   - Framing, parsing and acknowledging allocate nothing once their buffers have
//     grown, and a Framer never holds more than one frame and a half.
//   - Values keep the text they came in. Nothing is refused for what it says:
//     a wrong clock, a strange mark or a code under the wrong ST is an Issue.
//   - Every refusal is a Refusal: which check failed, at which byte, in English
//     for the log and in Chinese for the operator.
//   - Nobody is answered who did not ask (Message.Answers).
//
// # Where things are
//
// Frames: framer.go, framer_false.go (what is wrong with a frame that is none),
// crc.go, build.go. Messages: message.go, parse.go (header), parse_cp.go,
// issue.go, time.go, version.go. Tables: cn.go, st.go, mark.go, rtn.go,
// factor.go with factors.tsv. Host: ack.go, order.go, order_rule.go, exchange.go.
// Instrument: outgoing.go, instrument.go. SM4: sm4.go. Packets files: samples.go.
// Where and why this package accepts more than the standards is in
// DIVERGENCES.md.
package hj212
