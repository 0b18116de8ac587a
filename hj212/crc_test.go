package hj212

import (
	"math/rand/v2"
	"testing"
)

// crcBits is Annex A word for word: the old low byte is thrown away, then eight
// shifts.
func crcBits(data []byte) uint16 {
	r := uint16(0xFFFF)
	for _, b := range data {
		r = r>>8 ^ uint16(b)
		for range 8 {
			low := r & 1
			r >>= 1
			if low == 1 {
				r ^= 0xA001
			}
		}
	}
	return r
}

func allBytes() []byte {
	b := make([]byte, 256)
	for i := range b {
		b[i] = byte(i)
	}
	return b
}

func TestCRCVectors(t *testing.T) {
	for _, tt := range []struct {
		name   string
		data   string
		hj212  uint16
		modbus uint16
	}{
		{"nothing", "", 0xFFFF, 0xFFFF},
		{"one letter", "a", 0xA881, 0xA87E},
		{"the check string of the catalogues", "123456789", 0x2F80, 0x4B37},
		{"the marks of CP", "&&", 0xB101, 0x0A9A},
		{"an empty CP", "CP=&&&&", 0xF781, 0x6879},
		{"every byte once", string(allBytes()), 0xFF01, 0xDE6C},
		{"UTF-8", "清洗管路", 0xE981, 0xCFE1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := CRC([]byte(tt.data)); got != tt.hj212 {
				t.Errorf("CRC = %04X, want %04X", got, tt.hj212)
			}
			if got := crcReflected([]byte(tt.data), 0xFFFF); got != tt.modbus {
				t.Errorf("MODBUS = %04X, want %04X", got, tt.modbus)
			}
		})
	}
}

func TestCRCMapHasOrderEight(t *testing.T) {
	for x := range 256 {
		h := uint8(x)
		for range 8 {
			h = uint8(crcShift(uint16(h)) >> 8)
		}
		if h != uint8(x) {
			t.Fatalf("H^8(%02X) = %02X", x, h)
		}
	}
}

func TestCRCEqualsTheBitForm(t *testing.T) {
	r := rand.New(rand.NewPCG(212, 2017))
	for n := range 300 {
		for range 20 {
			data := make([]byte, n)
			for i := range data {
				data[i] = byte(r.Uint32())
			}
			if got, want := CRC(data), crcBits(data); got != want {
				t.Fatalf("CRC of %x = %04X, bit form %04X", data, got, want)
			}
		}
	}
}

// What domain knowledge says of the check's strength, and its limit: bytes that
// stand a multiple of eight apart may be exchanged unseen.
func TestCRCStrength(t *testing.T) {
	data := []byte("QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&")
	want := CRC(data)
	for i := range data {
		for x := 1; x < 256; x++ {
			data[i] ^= byte(x)
			if CRC(data) == want {
				t.Fatalf("byte %d changed by %02X passes unseen", i, x)
			}
			data[i] ^= byte(x)
		}
	}
	data[3], data[11] = data[11], data[3]
	if CRC(data) != want {
		t.Error("bytes eight apart were exchanged and CRC saw it: the fold cannot be right")
	}
}

func TestCRCPossible(t *testing.T) {
	for _, tt := range []struct {
		name string
		crc  uint16
		want bool
	}{
		{"0000 is a legal value", 0x0000, true},
		{"4980 is one of the 256", 0x4980, true},
		{"4981 is none of them", 0x4981, false},
		{"FFFF belongs to the empty segment only", 0xFFFF, false},
		{"MODBUS 32AA ends in AA", 0x32AA, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := CRCPossible(tt.crc); got != tt.want {
				t.Errorf("CRCPossible(%04X) = %v", tt.crc, got)
			}
		})
	}
}

func TestForeignCRC(t *testing.T) {
	const seg = "QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&"
	for _, tt := range []struct {
		name string
		data string
		sent uint16
		want string
	}{
		{"the standard's own is not foreign", seg, 0x1C80, ""},
		{"MODBUS over Annex A is 0759", seg, 0x0759, "CRC-16/MODBUS"},
		{"MODBUS with its bytes swapped", seg, 0x5907, "CRC-16/MODBUS, bytes swapped"},
		{"HJ 212 with its bytes swapped", seg, 0x801C, "HJ 212, bytes swapped"},
		// CRC catalogue: 123456789 gives BB3D by ARC and 29B1 by CCITT-FALSE.
		{"ARC", "123456789", 0xBB3D, "CRC-16/ARC"},
		{"CCITT-FALSE", "123456789", 0x29B1, "CRC-16/CCITT-FALSE"},
		{"CCITT-FALSE less the marks", "123456789&&", 0x29B1, "CRC-16/CCITT-FALSE less the closing &&"},
		{"HJ 212 less the marks", "123456789&&", 0x2F80, "HJ 212 less the closing &&"},
		{"none of them", seg, 0x1234, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := ForeignCRC([]byte(tt.data), tt.sent)
			if got != tt.want || ok != (tt.want != "") {
				t.Errorf("ForeignCRC = %q, %v; want %q", got, ok, tt.want)
			}
		})
	}
}

func BenchmarkCRC(b *testing.B) {
	data := make([]byte, 340)
	for i := range data {
		data[i] = byte(i * 7)
	}
	b.Run("fold", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			CRC(data)
		}
	})
	b.Run("table", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			crcByTable(data)
		}
	})
}

// crcByTable is the plain table form, for comparison.
func crcByTable(data []byte) uint16 {
	r := uint16(0xFFFF)
	for _, b := range data {
		r = crcTable[uint8(r>>8)^b]
	}
	return r
}
