package remind

import (
	"encoding/hex"

	"github.com/emmansun/gmsm/sm3"
)

// signByHand is HMAC (RFC 2104 2) over SM3 for a key shorter than a block of 64
// bytes.
func signByHand(key, text string) string {
	inner, outer := make([]byte, 64), make([]byte, 64)
	copy(inner, key)
	copy(outer, key)
	for i := range inner {
		inner[i] ^= 0x36
		outer[i] ^= 0x5c
	}
	h := sm3.Sum(append(inner, text...))
	h = sm3.Sum(append(outer, h[:]...))
	return "sm3=" + hex.EncodeToString(h[:])
}
