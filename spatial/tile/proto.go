package tile

import (
	"encoding/binary"
	"math"
)

// number appends a field of an integer.
func number(b []byte, field int, v uint64) []byte {
	b = binary.AppendUvarint(b, uint64(field)<<3)
	return binary.AppendUvarint(b, v)
}

// message appends a field of bytes.
func message(b []byte, field int, m []byte) []byte {
	b = binary.AppendUvarint(b, uint64(field)<<3|2)
	b = binary.AppendUvarint(b, uint64(len(m)))
	return append(b, m...)
}

// packed appends a field of many integers.
func packed(b []byte, field int, list []uint64) []byte {
	if len(list) == 0 {
		return b
	}
	var m []byte
	for _, v := range list {
		m = binary.AppendUvarint(m, v)
	}
	return message(b, field, m)
}

// words numbers the keys and values of a layer.
type words struct {
	keys   map[string]uint64
	values map[Value]uint64
	out    []byte // of keys and values; the order among the two kinds is free
}

func (w *words) tags(properties []Property) (tags []uint64) {
	for _, p := range properties {
		var value []byte
		switch v := p.Value.(type) {
		case string:
			value = message(nil, 1, []byte(v))
		case float64:
			value = binary.AppendUvarint(nil, 3<<3|1)
			value = binary.LittleEndian.AppendUint64(value, math.Float64bits(v))
		case bool:
			value = number(nil, 7, map[bool]uint64{true: 1}[v])
		default:
			continue
		}
		key, ok := w.keys[p.Name]
		if !ok {
			key = uint64(len(w.keys))
			w.keys[p.Name] = key
			w.out = message(w.out, 3, []byte(p.Name))
		}
		n, ok := w.values[p.Value]
		if !ok {
			n = uint64(len(w.values))
			w.values[p.Value] = n
			w.out = message(w.out, 4, value)
		}
		tags = append(tags, key, n)
	}
	return tags
}
