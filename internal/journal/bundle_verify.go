package journal

import (
	"archive/zip"
	"bytes"
	"crypto/ecdsa"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/emmansun/gmsm/sm3"
	"github.com/transparency-dev/merkle/proof"

	"pingzhang/internal/fault"
)

// maxText is the largest member, in bytes, of those that are read whole: all but
// the files.
const maxText = 256 << 20

// BundleReport is what VerifyBundle found.
type BundleReport struct {
	Title    string
	Objects  []string
	MadeAt   string // RFC 3339
	Key      string // id of the key that signed
	Trusted  bool   // the key is the one that the caller trusts
	Point    Point
	Rows     []Row // those that are proved
	Files    []BundleFile
	Problems []string // Chinese sentences
}

// BundleFile is a file of a bundle.
type BundleFile struct {
	Name      string
	Size      int64  // bytes
	SM3       string // hex
	Journaled bool   // a proved row names this hash
}

// OK reports whether nothing is wrong with the bundle.
func (r *BundleReport) OK() bool { return len(r.Problems) == 0 }

func (r *BundleReport) add(format string, args ...any) {
	r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
}

// VerifyBundle checks a bundle of size bytes with nothing but what is in it.
// trusted is the public key (PEM) that its issuer has made known; when it is
// nil the report tells only that the bundle agrees with itself, and Trusted is
// false.
//
// Problems are in the report. The error is fault.Invalid when r is no ZIP or
// trusted no key.
func VerifyBundle(r io.ReaderAt, size int64, trusted []byte) (_ BundleReport, err error) {
	defer fault.Wrap(&err, "journal.VerifyBundle")

	archive, err := zip.NewReader(r, size)
	if err != nil {
		return BundleReport{}, fault.From(err, fault.Invalid, "这不是完整的证据包（ZIP 文件）")
	}
	v := &bundleVerifier{members: map[string]*zip.File{}, texts: map[string]string{}}
	if trusted != nil {
		pub, err := ParsePublicKey(trusted)
		if err != nil {
			return BundleReport{}, fault.From(err, fault.Invalid, "指定的公钥不是 SM2 公钥（PEM 格式）")
		}
		if v.trusted, err = keyID(pub); err != nil {
			return BundleReport{}, err
		}
	}
	for _, f := range archive.File {
		if v.members[f.Name] != nil {
			v.report.add("包内有两个 %s", f.Name)
		}
		v.members[f.Name] = f
	}
	if v.readTexts() && v.checkKey() && v.checkManifest() && v.checkPoint() {
		v.checkRows()
	}
	return v.report, nil
}

type bundleVerifier struct {
	report   BundleReport
	members  map[string]*zip.File
	texts    map[string]string
	pub      *ecdsa.PublicKey
	trusted  string
	manifest manifest
}

func (v *bundleVerifier) readTexts() bool {
	for _, name := range []string{manifestName, signatureName, entriesName, proofsName, pointName, publicName, readmeName} {
		f := v.members[name]
		if f == nil {
			v.report.add("包内缺少 %s", name)
			continue
		}
		r, err := f.Open()
		if err != nil {
			v.report.add("%s 读不出来，已损坏", name)
			continue
		}
		text, err := io.ReadAll(io.LimitReader(r, maxText+1))
		r.Close()
		if err != nil || len(text) > maxText {
			v.report.add("%s 读不出来，已损坏或过大", name)
			continue
		}
		v.texts[name] = string(text)
	}
	return len(v.report.Problems) == 0
}

func (v *bundleVerifier) checkKey() bool {
	pub, err := ParsePublicKey([]byte(v.texts[publicName]))
	if err != nil {
		v.report.add("%s 不是 SM2 公钥", publicName)
		return false
	}
	v.pub = pub
	if v.report.Key, err = keyID(pub); err != nil {
		v.report.add("%s 不是 SM2 公钥", publicName)
		return false
	}
	v.report.Trusted = v.trusted != "" && v.trusted == v.report.Key
	if v.trusted != "" && !v.report.Trusted {
		v.report.add("包内的公钥（%s）不是指定的公钥（%s），本包不是该单位出具的", v.report.Key, v.trusted)
	}
	return true
}

// checkManifest checks the manifest's signature and every member against it.
func (v *bundleVerifier) checkManifest() bool {
	text := v.texts[manifestName]
	sig, whole := strings.CutSuffix(v.texts[signatureName], "\n")
	if !whole || !signed(v.pub, text, sig) {
		v.report.add("%s 的签名不符，清单或签名被改动过", manifestName)
		return false
	}
	if err := json.Unmarshal([]byte(text), &v.manifest); err != nil || v.manifest.Format != bundleFormat {
		v.report.add("%s 的格式不认识，请用较新的版本核验", manifestName)
		return false
	}
	m := v.manifest
	v.report.Title, v.report.Objects, v.report.MadeAt = m.Title, m.Objects, m.MadeAt
	listed := map[string]bool{manifestName: true, signatureName: true}
	for _, m := range m.Members {
		listed[m.Name] = true
		v.checkMember(m)
	}
	for name := range v.members {
		if !listed[name] {
			v.report.add("包内的 %s 不在清单中，是后来加入的", name)
		}
	}
	return len(v.report.Problems) == 0
}

func (v *bundleVerifier) checkMember(m member) {
	f := v.members[m.Name]
	if f == nil {
		v.report.add("清单中的 %s 不在包内，被删除了", m.Name)
		return
	}
	r, err := f.Open()
	if err != nil {
		v.report.add("%s 读不出来，已损坏", m.Name)
		return
	}
	defer r.Close()
	hash := sm3.New()
	n, err := io.Copy(hash, io.LimitReader(r, m.Size+1))
	if err != nil || n != m.Size || hex.EncodeToString(hash.Sum(nil)) != m.SM3 {
		v.report.add("%s 与清单中的哈希不符，被改动过", m.Name)
		return
	}
	if strings.HasPrefix(m.Name, filesFolder) {
		v.report.Files = append(v.report.Files, BundleFile{Name: strings.TrimPrefix(m.Name, filesFolder), Size: m.Size, SM3: m.SM3})
	}
}

func (v *bundleVerifier) checkPoint() bool {
	p, text, sig, err := parsePoint(v.texts[pointName])
	if err != nil || p.Key != v.report.Key || !signed(v.pub, text, sig) {
		v.report.add("检查点 %s 的签名不符", pointName)
		return false
	}
	v.report.Point = p
	return true
}

// checkRows checks each row against its path to the checkpoint.
func (v *bundleVerifier) checkRows() {
	proofs := map[int64]inclusion{}
	for _, line := range lines(v.texts[proofsName]) {
		var in inclusion
		if err := json.Unmarshal(line, &in); err != nil {
			v.report.add("%s 中有一行读不出来", proofsName)
			continue
		}
		proofs[in.Seq] = in
	}
	wanted := map[string]bool{}
	for _, o := range v.report.Objects {
		wanted[o] = true
	}
	for _, line := range lines(v.texts[entriesName]) {
		var r Row
		if err := json.Unmarshal(line, &r); err != nil {
			v.report.add("%s 中有一行读不出来", entriesName)
			continue
		}
		if !v.proved(&r, proofs[r.Seq]) {
			v.report.add("%s与检查点对不上", r.title())
			continue
		}
		if !wanted[r.Object] {
			v.report.add("%s不是本包的对象", r.title())
		}
		v.report.Rows = append(v.report.Rows, r)
	}
	if len(v.report.Rows) == 0 {
		v.report.add("包内没有可以证明的记录")
	}
	for i := range v.report.Files {
		f := &v.report.Files[i]
		for _, r := range v.report.Rows {
			f.Journaled = f.Journaled || strings.Contains(r.Detail, f.SM3)
		}
	}
}

func (v *bundleVerifier) proved(r *Row, in inclusion) bool {
	p := v.report.Point
	if r.Seq < 1 || r.Seq > p.Size || in.Seq != r.Seq {
		return false
	}
	var path [][]byte
	for _, h := range in.Path {
		b, err := hex.DecodeString(h)
		if err != nil || len(b) != hashSize {
			return false
		}
		path = append(path, b)
	}
	r.Leaf = r.hash()
	return proof.VerifyInclusion(Hasher, uint64(r.Seq-1), uint64(p.Size), r.Leaf, path, p.Root) == nil
}

func lines(text string) [][]byte {
	return bytes.FieldsFunc([]byte(text), func(r rune) bool { return r == '\n' })
}
