package hj212

import (
	"bytes"
	"crypto/cipher"
	"encoding/base64"

	"github.com/emmansun/gmsm/sm4"
)

// HJ 212-2025 6.4, known second-hand: what stands between CP=&& and the closing
// && of commands 2000-2999, 1014 and 3020 from device to host may be encrypted
// with SM4 in ECB. Each full block of 16 bytes is encrypted, the remainder stays
// plain; the CRC is that of the plain segment, LLLL is unchanged. So the CRC of
// such a frame can be checked only after decryption.

// KeySize is the length of an SM4 key in bytes.
const KeySize = sm4.BlockSize

func cipherOf(key []byte) (cipher.Block, error) {
	if len(key) != KeySize {
		return nil, &Refusal{
			Reason: ReasonCipher,
			Text:   "an SM4 key has 16 bytes",
			Zh:     "SM4密钥应为16个字符，请重新填写。",
		}
	}
	return sm4.NewCipher(key)
}

// EncryptCP encrypts the content of a CP, in place.
func EncryptCP(key, cp []byte) error {
	block, err := cipherOf(key)
	if err != nil {
		return err
	}
	for ; len(cp) >= sm4.BlockSize; cp = cp[sm4.BlockSize:] {
		block.Encrypt(cp, cp)
	}
	return nil
}

// DecryptCP decrypts the content of a CP, in place.
func DecryptCP(key, cp []byte) error {
	block, err := cipherOf(key)
	if err != nil {
		return err
	}
	for ; len(cp) >= sm4.BlockSize; cp = cp[sm4.BlockSize:] {
		block.Decrypt(cp, cp)
	}
	return nil
}

// EncryptFrame returns the frame of a plain segment with its CP encrypted, as an
// instrument sends it: LLLL and CRC are those of the plain segment.
func EncryptFrame(dst, segment, key []byte) ([]byte, error) {
	if err := fits(len(segment)); err != nil {
		return dst, err
	}
	start, end, ok := cpOf(segment)
	if !ok {
		return dst, &Refusal{
			Reason: ReasonNoCP, At: len(segment),
			Text: "a segment without CP cannot be encrypted",
			Zh:   "数据段没有CP字段，无法加密。",
		}
	}
	dst, at := openFrame(dst)
	dst = closeFrame(append(dst, segment...), at)
	return dst, EncryptCP(key, dst[at+headLen+start:at+headLen+end])
}

// cpOf finds the content of CP in a segment.
func cpOf(segment []byte) (start, end int, ok bool) {
	i := bytes.Index(segment, []byte("CP=&&"))
	if i < 0 || i > 0 && segment[i-1] != ';' && segment[i-1] != ',' && segment[i-1] != ' ' {
		return 0, 0, false
	}
	start = i + len("CP=&&")
	end = len(segment) - 2
	if end < start || !bytes.HasSuffix(segment, []byte("&&")) {
		return 0, 0, false
	}
	return start, end, true
}

// Open decrypts a frame whose CRC is wrong as it stands and right once it is
// decrypted with key. It takes both forms that are met: raw bytes, and the text
// {0xE4,0x3E,...} that the standard prints. On success Data is the plain
// segment, in memory of its own, Err is nil, and true is returned; Raw stays as
// it came. Where a frame looks encrypted and key does not open it, or there is
// none, Err becomes a refusal with ReasonCipher. Any other frame is left as it
// is.
func (f *Frame) Open(key []byte) bool {
	if f.Err == nil || !f.HasCRC {
		return false
	}
	start, end, ok := cpOf(f.Data)
	if !ok {
		return false
	}
	cp := f.Data[start:end]
	listed, isText := parseListed(cp)
	if !isText && f.Err.Reason != ReasonCRC {
		return false
	}
	if isText {
		cp = listed
	}
	if len(key) == KeySize {
		plain := append([]byte(nil), f.Data[:start]...)
		plain = append(plain, cp...)
		if DecryptCP(key, plain[start:]) == nil {
			plain = append(plain, "&&"...)
			if CRC(plain) == f.SentCRC {
				f.Data, f.Err = plain, nil
				return true
			}
		}
	}
	if isText || binaryBytes(cp) {
		at := f.dataAt() + start
		f.Err = &Refusal{
			Reason: ReasonCipher, At: at,
			Text: "CP is encrypted and the key at hand, if any, does not open it",
			Zh:   "报文CP已加密，没有密钥或密钥不符，无法解读；请为该设备登记当前的SM4密钥后重放此包。",
		}
	}
	return false
}

// parseListed reads {0xE4,0x3E,...,} with plain bytes after the brace.
func parseListed(cp []byte) ([]byte, bool) {
	if !bytes.HasPrefix(cp, []byte("{0x")) {
		return nil, false
	}
	var out []byte
	rest := cp[1:]
	for {
		if len(rest) < 5 || rest[0] != '0' || rest[1]|0x20 != 'x' || hexValue[rest[2]] > 15 || hexValue[rest[3]] > 15 {
			return nil, false
		}
		out = append(out, hexValue[rest[2]]<<4|hexValue[rest[3]])
		mark := rest[4]
		rest = bytes.TrimLeft(rest[5:], " ")
		switch mark {
		case '}':
			return append(out, rest...), true
		case ',':
		default:
			return nil, false
		}
	}
}

// binaryBytes reports whether cp holds bytes that text of HJ 212 never has.
func binaryBytes(cp []byte) bool {
	for _, c := range cp {
		if c < 0x20 && c != '\t' && c != '\r' && c != '\n' || c == 0x7F {
			return true
		}
	}
	return false
}

// Authorization returns the value of the HTTP header of that name for uploads of
// pictures and video (HJ 212-2025 Annex H, known second-hand): Base64 of
// user:password in SM4-ECB with PKCS#7 padding.
func Authorization(key []byte, user, password string) (string, error) {
	block, err := cipherOf(key)
	if err != nil {
		return "", err
	}
	b := []byte(user + ":" + password)
	pad := sm4.BlockSize - len(b)%sm4.BlockSize
	b = append(b, bytes.Repeat([]byte{byte(pad)}, pad)...)
	for i := 0; i < len(b); i += sm4.BlockSize {
		block.Encrypt(b[i:], b[i:])
	}
	return base64.StdEncoding.EncodeToString(b), nil
}
