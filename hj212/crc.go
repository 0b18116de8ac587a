package hj212

import (
	"encoding/binary"
	"math/bits"
)

// The check of HJ 212 (HJ 212-2017 Annex A, HJ/T 212-2005 Annex A) throws away
// the low byte of its register at each step:
//
//	crc = table[crc>>8 ^ byte], beginning with FFFF
//
// where table is that of CRC-16/ARC. So only the high byte h of the register
// goes on, and h -> table[h]>>8 is a linear map H of eight bits. It has order 8:
// H applied eight times is the identity. (TestCRCMapHasOrderEight proves it over
// all values.) Hence a byte weighs the same as the byte eight before it, and
// the check of a whole segment is that of the XOR of its eight-byte words. CRC
// folds first and looks up eight bytes at the end.
//
// The same fact bounds what the check is worth. It sees every single wrong byte
// and most else at 255 in 256, but not two bytes swapped that stand 8, 16, 24...
// apart, nor the same bit flipped in two such bytes. Structure must be
// validated even after it passes.

// crcTable is the table of CRC-16/ARC: polynomial A001, reflected.
var crcTable = func() (t [256]uint16) {
	for i := range t {
		t[i] = crcShift(uint16(i))
	}
	return t
}()

// crcPower[k] is H applied k times.
var crcPower = func() (p [8][256]uint8) {
	for x := range 256 {
		p[0][x] = uint8(x)
		for k := 1; k < 8; k++ {
			p[k][x] = uint8(crcTable[p[k-1][x]] >> 8)
		}
	}
	return p
}()

// crcShift is the bit form of one step: eight shifts with A001.
func crcShift(r uint16) uint16 {
	for range 8 {
		low := r & 1
		r >>= 1
		if low != 0 {
			r ^= 0xA001
		}
	}
	return r
}

// CRC returns the check of a data segment: the bytes between LLLL and CCCC.
func CRC(data []byte) uint16 {
	if len(data) == 0 {
		return 0xFFFF
	}
	// The bytes that do not fill a word come first, at the high end of their
	// word: the zeros before them weigh nothing. FF, the first register's high
	// byte, goes onto the first byte of all.
	var fold uint64
	if head := len(data) & 7; head != 0 {
		for _, b := range data[:head] {
			fold = fold>>8 | uint64(b)<<56
		}
		fold ^= 0xFF << (64 - 8*head)
		data = data[head:]
	} else {
		fold = 0xFF
	}
	var f1, f2, f3 uint64
	for len(data) >= 32 {
		fold ^= binary.LittleEndian.Uint64(data)
		f1 ^= binary.LittleEndian.Uint64(data[8:])
		f2 ^= binary.LittleEndian.Uint64(data[16:])
		f3 ^= binary.LittleEndian.Uint64(data[24:])
		data = data[32:]
	}
	fold ^= f1 ^ f2 ^ f3
	for len(data) >= 8 {
		fold ^= binary.LittleEndian.Uint64(data)
		data = data[8:]
	}
	return crcTable[crcPower[7][uint8(fold)]^
		crcPower[6][uint8(fold>>8)]^
		crcPower[5][uint8(fold>>16)]^
		crcPower[4][uint8(fold>>24)]^
		crcPower[3][uint8(fold>>32)]^
		crcPower[2][uint8(fold>>40)]^
		crcPower[1][uint8(fold>>48)]^
		uint8(fold>>56)]
}

// CRCPossible reports whether crc is one of the 256 values that the check of HJ
// 212 can give. Where a device sends another one again and again it computes
// another CRC; that is not line noise.
func CRCPossible(crc uint16) bool {
	switch uint8(crc) {
	case 0x00, 0x01, 0x40, 0x41, 0x80, 0x81, 0xC0, 0xC1:
	default:
		return false
	}
	for _, v := range crcTable {
		if v == crc {
			return true
		}
	}
	return false
}

// ForeignCRC names the algorithm by which sent is the check of data, where that
// is not HJ 212's: CRC-16/MODBUS (which the standard prescribes between
// instrument and logger, and which many therefore use here), CRC-16/ARC,
// CRC-16/CCITT-FALSE, each also with its bytes swapped, and HJ 212's with bytes
// swapped; each over the segment and over the segment less its closing &&.
// ok is false where none fits.
func ForeignCRC(data []byte, sent uint16) (name string, ok bool) {
	for _, part := range []struct {
		data  []byte
		after string
	}{{data, ""}, {lessMarks(data), " less the closing &&"}} {
		if part.data == nil {
			continue
		}
		for _, a := range []struct {
			name string
			crc  uint16
		}{
			{"HJ 212", CRC(part.data)},
			{"CRC-16/MODBUS", crcReflected(part.data, 0xFFFF)},
			{"CRC-16/ARC", crcReflected(part.data, 0)},
			{"CRC-16/CCITT-FALSE", crcCCITT(part.data)},
		} {
			if sent == a.crc && (a.name != "HJ 212" || part.after != "") {
				return a.name + part.after, true
			}
			if sent == bits.ReverseBytes16(a.crc) {
				return a.name + ", bytes swapped" + part.after, true
			}
		}
	}
	return "", false
}

// lessMarks returns data without its closing &&, nil where it has none.
func lessMarks(data []byte) []byte {
	n := len(data)
	if n < 2 || data[n-1] != '&' || data[n-2] != '&' {
		return nil
	}
	return data[:n-2]
}

func crcReflected(data []byte, r uint16) uint16 {
	for _, b := range data {
		r = r>>8 ^ crcTable[uint8(r)^b]
	}
	return r
}

func crcCCITT(data []byte) uint16 {
	r := uint16(0xFFFF)
	for _, b := range data {
		r ^= uint16(b) << 8
		for range 8 {
			high := r & 0x8000
			r <<= 1
			if high != 0 {
				r ^= 0x1021
			}
		}
	}
	return r
}

// hexCRC reads the four hex digits of the CRC field, of either case.
func hexCRC(b []byte) (uint16, bool) {
	_ = b[3]
	v := uint32(hexValue[b[0]])<<12 | uint32(hexValue[b[1]])<<8 | uint32(hexValue[b[2]])<<4 | uint32(hexValue[b[3]])
	bad := (hexValue[b[0]] | hexValue[b[1]] | hexValue[b[2]] | hexValue[b[3]]) & 0x80
	return uint16(v), bad == 0
}

// hexValue has the value of each hex digit, 80 for what is none.
var hexValue = func() (t [256]uint8) {
	for i := range t {
		switch c := byte(i); {
		case c >= '0' && c <= '9':
			t[i] = c - '0'
		case c >= 'A' && c <= 'F':
			t[i] = c - 'A' + 10
		case c >= 'a' && c <= 'f':
			t[i] = c - 'a' + 10
		default:
			t[i] = 0x80
		}
	}
	return t
}()
