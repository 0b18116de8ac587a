package journal

import (
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/smx509"

	"pingzhang/internal/fault"
)

// Names of the files in the folder of keys.
const (
	keyFile    = "journal-sm2.pem" // the private key of this machine, PKCS #8
	pointsFile = "checkpoints.txt" // every checkpoint, one after the other
	trustedExt = ".pub.pem"        // public keys of other machines on the same database
)

// Keys signs checkpoints with the SM2 key of this machine and knows the public
// keys whose checkpoints it accepts: its own and those in *.pub.pem beside it.
type Keys struct {
	ID string // first 16 hex digits of the SM3 of the public key (PKIX, DER)

	dir     string
	private *sm2.PrivateKey
	trusted map[string]*ecdsa.PublicKey
	mu      sync.Mutex // one writer of the file of checkpoints
}

// OpenKeys reads the keys of dir, the folder DIR/keys. Where it holds none yet,
// a private key is made that only its owner can read.
func OpenKeys(dir string) (_ *Keys, err error) {
	defer fault.Wrap(&err, "journal.OpenKeys(%s)", dir)

	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.From(err, fault.Unavailable, "不能建立密钥文件夹 %s；请检查权限", dir)
	}
	path := filepath.Join(dir, keyFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		text, err = makeKey(path)
	}
	if err != nil {
		return nil, fault.From(err, fault.Unavailable, "不能读写留痕签名密钥 %s；请检查权限和磁盘", path)
	}
	private, err := parsePrivate(text)
	if err != nil {
		return nil, fault.From(err, fault.Invalid, "留痕签名密钥 %s 已损坏；请从备份恢复，不要重新生成，否则旧的检查点无法核验", path)
	}
	k := &Keys{dir: dir, private: private, trusted: map[string]*ecdsa.PublicKey{}}
	if k.ID, err = keyID(&private.PublicKey); err != nil {
		return nil, err
	}
	k.trusted[k.ID] = &private.PublicKey
	return k, k.readTrusted()
}

func (k *Keys) readTrusted() error {
	paths, err := filepath.Glob(filepath.Join(k.dir, "*"+trustedExt))
	if err != nil {
		return err
	}
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			return fault.From(err, fault.Unavailable, "读不到公钥文件 %s；请检查权限", p)
		}
		pub, err := ParsePublicKey(text)
		if err != nil {
			return fault.From(err, fault.Invalid, "公钥文件 %s 不是 SM2 公钥（PEM 格式）；请换成正确的文件", p)
		}
		id, err := keyID(pub)
		if err != nil {
			return err
		}
		k.trusted[id] = pub
	}
	return nil
}

func makeKey(path string) ([]byte, error) {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := smx509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = f.Write(text)
	return text, errors.Join(err, f.Sync(), f.Close())
}

func parsePrivate(text []byte) (*sm2.PrivateKey, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("no PEM block")
	}
	key, err := smx509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	private, ok := key.(*sm2.PrivateKey)
	if !ok {
		return nil, errors.New("not an SM2 key")
	}
	return private, nil
}

// ParsePublicKey reads an SM2 public key in PEM (PKIX).
func ParsePublicKey(text []byte) (*ecdsa.PublicKey, error) {
	block, rest := pem.Decode(text)
	if block == nil || block.Type != "PUBLIC KEY" || len(strings.TrimSpace(string(rest))) > 0 {
		return nil, errors.New("not one PEM block of a public key")
	}
	key, err := smx509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	if !sm2.IsSM2PublicKey(key) {
		return nil, errors.New("not an SM2 key")
	}
	return key.(*ecdsa.PublicKey), nil
}

func keyID(pub *ecdsa.PublicKey) (string, error) {
	der, err := smx509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return "", err
	}
	sum := sm3.Sum(der)
	return hex.EncodeToString(sum[:8]), nil
}

func publicPEM(pub *ecdsa.PublicKey) ([]byte, error) {
	der, err := smx509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

// PublicKey returns the public key of this machine in PEM, for whoever is to
// check checkpoints and bundles.
func (k *Keys) PublicKey() ([]byte, error) { return publicPEM(&k.private.PublicKey) }

// sign returns the signature of text: SM2 with the default user id
// (GB/T 32918.2-2016), ASN.1, in base64.
func (k *Keys) sign(text string) (string, error) {
	sig, err := k.private.SignWithSM2(rand.Reader, nil, []byte(text))
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(sig), nil
}

// signed reports whether signature is that of pub over text. Base64 counts in
// its one form only, without the line ends that decoders pass over: two texts
// must not pass for one.
func signed(pub *ecdsa.PublicKey, text, signature string) bool {
	sig, err := base64.StdEncoding.DecodeString(signature)
	return err == nil && base64.StdEncoding.EncodeToString(sig) == signature && sm2.VerifyASN1WithSM2(pub, nil, []byte(text), sig)
}
