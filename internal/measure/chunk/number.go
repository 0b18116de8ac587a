package chunk

import "strconv"

// AppendNumber appends the decimal text of m over ten to the power of dec:
// 3850 with 2 decimals is 38.50.
func AppendNumber(dst []byte, m int64, dec uint8) []byte {
	if dec == 0 {
		return strconv.AppendInt(dst, m, 10)
	}
	var buf [24]byte
	u := uint64(m)
	if m < 0 {
		dst = append(dst, '-')
		u = -u
	}
	digits := strconv.AppendUint(buf[:0], u, 10)
	if point := len(digits) - int(dec); point > 0 {
		dst = append(dst, digits[:point]...)
		dst = append(dst, '.')
		return append(dst, digits[point:]...)
	}
	dst = append(dst, '0', '.')
	for i := len(digits); i < int(dec); i++ {
		dst = append(dst, '0')
	}
	return append(dst, digits...)
}

// NumberText is AppendNumber as a string.
func NumberText(m int64, dec uint8) string {
	var buf [32]byte
	return string(AppendNumber(buf[:0], m, dec))
}

// Number reads a text that (mantissa, decimals) can give back exactly: no plus,
// no leading zeros, no minus before zero, at most 17 digits.
// Whatever else stands there is Odd.
func Number[T string | []byte](text T) (m int64, dec uint8, ok bool) {
	i, n := 0, len(text)
	negative := n > 0 && text[0] == '-'
	if negative {
		i = 1
	}
	if n-i > 18 || i == n {
		return 0, 0, false
	}
	start, point := i, -1
	for ; i < n; i++ {
		c := text[i] - '0'
		if c > 9 {
			if text[i] != '.' || point >= 0 {
				return 0, 0, false
			}
			point = i
			continue
		}
		m = m*10 + int64(c)
	}
	whole := n - start // digits before the point
	if point >= 0 {
		whole = point - start
		if n-point-1 > MaxDecimals || n-point-1 == 0 {
			return 0, 0, false
		}
		dec = uint8(n - point - 1)
	} else if whole > 17 {
		return 0, 0, false
	}
	if whole == 0 || text[start] == '0' && whole > 1 || negative && m == 0 {
		return 0, 0, false
	}
	if negative {
		m = -m
	}
	return m, dec, true
}
