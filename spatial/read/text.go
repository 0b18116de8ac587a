package read

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

func validUTF8(data []byte) bool { return utf8.Valid(data) }

// fromUTF16 decodes text that begins with a byte order mark.
func fromUTF16(data []byte) string {
	var order binary.ByteOrder = binary.LittleEndian
	if data[0] == 0xfe {
		order = binary.BigEndian
	}
	units := make([]uint16, 0, len(data)/2)
	for i := 2; i+1 < len(data); i += 2 {
		units = append(units, order.Uint16(data[i:]))
	}
	return string(utf16.Decode(units))
}
