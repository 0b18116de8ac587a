package hj212

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

// The frames of HJ 212-2025 A.2, as the project carries them: 1 and 3 plain, 2
// and 4 encrypted, 2 also as the printed list of bytes.
func annexA2(t *testing.T) (plain1, raw2, listed2, plain3, raw4 []byte) {
	t.Helper()
	find := func(words string) []byte {
		for _, s := range standards(t) {
			if strings.Contains(s.Comment, words) {
				return s.Bytes
			}
		}
		t.Fatalf("no frame %q", words)
		return nil
	}
	return find("A.2 example 1"), find("example 2 read as RAW"), find("example 2 read literally"), find("A.2 example 3"), find("example 4")
}

func first(t *testing.T, stream []byte) Frame {
	t.Helper()
	var f Framer
	f.Push(stream)
	f.Flush()
	got, ok := f.Next()
	if !ok {
		t.Fatal("no frame")
	}
	return got
}

func TestOpen(t *testing.T) {
	plain1, raw2, listed2, plain3, raw4 := annexA2(t)
	wrong := []byte("1111111111111111")
	damaged := bytes.Clone(plain1)
	damaged[200]++
	for _, tt := range []struct {
		name   string
		stream []byte
		key    []byte
		plain  []byte // the frame whose segment comes out; nil where it stays closed
		opened bool
		reason Reason
	}{
		{"13 full blocks", raw2, zeros, plain1, true, ""},
		{"9 full blocks and three plain bytes", raw4, zeros, plain3, true, ""},
		{"the printed list of bytes, whose length is not declared", listed2, zeros, plain1, true, ""},
		{"a plain frame stays as it is", plain1, zeros, plain1, false, ""},
		{"no key", raw2, nil, nil, false, ReasonCipher},
		{"the wrong key", raw2, wrong, nil, false, ReasonCipher},
		{"a key of the wrong length", raw2, zeros[:15], nil, false, ReasonCipher},
		{"the list without a key", listed2, nil, nil, false, ReasonCipher},
		{"a damaged plain frame is not taken for an encrypted one", damaged, zeros, nil, false, ReasonCRC},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := first(t, tt.stream)
			if got := f.Open(tt.key); got != tt.opened {
				t.Errorf("Open = %v", got)
			}
			if tt.reason == "" {
				if want := first(t, tt.plain); f.Err != nil || !bytes.Equal(f.Data, want.Data) {
					t.Errorf("%v, %q", f.Err, f.Data)
				}
			} else if f.Err == nil || f.Err.Reason != tt.reason {
				t.Errorf("refusal %v, want %s", f.Err, tt.reason)
			}
			if !bytes.HasPrefix(tt.stream, f.Raw) {
				t.Error("Raw is not what came")
			}
		})
	}
}

func TestEncryptFrameGivesTheStandardsBytes(t *testing.T) {
	plain1, raw2, _, plain3, raw4 := annexA2(t)
	for i, tt := range [][2][]byte{{plain1, raw2}, {plain3, raw4}} {
		f := first(t, tt[0])
		got, err := EncryptFrame(nil, f.Data, zeros)
		if err != nil || !bytes.Equal(got, tt[1]) {
			t.Errorf("example %d: %q, %v\nwant %q", i, got, err, tt[1])
		}
	}
	for _, segment := range []string{"ST=1;CN=2011", "ST=1;CP=&&a", "XCP=&&a&&"} {
		if got, err := EncryptFrame(nil, []byte(segment), zeros); err == nil || len(got) != 0 {
			t.Errorf("%q was encrypted", segment)
		}
	}
	if _, err := EncryptFrame(nil, []byte("ST=1;CP=&&0123456789abcdef&&"), zeros[:5]); err == nil {
		t.Error("a key of five bytes")
	}
}

// SM4 itself: the example of GB/T 32907-2016 A.1.
func TestSM4(t *testing.T) {
	key, _ := hex.DecodeString("0123456789abcdeffedcba9876543210")
	cp := bytes.Clone(key)
	if err := EncryptCP(key, cp); err != nil || fmt.Sprintf("%x", cp) != "681edf34d206965e86b3e94f536e4246" {
		t.Errorf("%x, %v", cp, err)
	}
	if err := DecryptCP(key, cp); err != nil || !bytes.Equal(cp, key) {
		t.Errorf("%x, %v", cp, err)
	}
	short := []byte("fifteen bytes..")
	if EncryptCP(key, short); string(short) != "fifteen bytes.." {
		t.Error("less than a block stays plain")
	}
}

// HJ 212-2025 Annex H.
func TestAuthorization(t *testing.T) {
	got, err := Authorization([]byte("msbE74gsiSHSEh5e"), "testuser", "AezF0nZRs4kypuGO")
	if want := "LG/m7lsFU/taig+vbQsDJXy4NGAaE2j2lplPwhZM7iM="; err != nil || got != want {
		t.Errorf("%s, %v; want %s", got, err, want)
	}
	if _, err := Authorization(nil, "a", "b"); err == nil {
		t.Error("no key")
	}
}

func TestEncrypted(t *testing.T) {
	for cn, want := range map[CN]bool{1999: false, 2000: true, 2011: true, 2999: true, 3000: false, 1014: true, 3020: true, 9015: false} {
		if Encrypted(cn) != want {
			t.Errorf("Encrypted(%s) = %v", cn, !want)
		}
	}
}
