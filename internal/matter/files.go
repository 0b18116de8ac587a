package matter

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/emmansun/gmsm/sm3"

	"pingzhang/internal/fault"
)

// ErrTampered is in the error of reading a file whose bytes do not have the
// hash under which they were stored.
var ErrTampered = errors.New("the stored file has been changed")

// files keeps bytes under their SM3 hash, each once.
type files struct{ dir string }

// hashOf returns the SM3 hash of data in lower-case hex.
func hashOf(data []byte) string {
	sum := sm3.Sum(data)
	return hex.EncodeToString(sum[:])
}

func (f files) path(kind, hash, ext string) string {
	return filepath.Join(f.dir, kind, hash[:2], hash+ext)
}

// put stores data and returns its hash. Bytes that are there are not written
// again; ones that were changed on the disk are told of, not repaired, because
// the change itself is evidence.
func (f files) put(data []byte) (hash string, err error) {
	defer fault.Wrap(&err, "matter: storing evidence")

	hash = hashOf(data)
	path := f.path("evidence", hash, "")
	if _, err := os.Stat(path); err == nil {
		_, err := f.get("", hash)
		return hash, err
	}
	return hash, write(path, data)
}

// write stores data at path whole or not at all, and never over something.
func write(path string, data []byte) (err error) {
	full := func(err error) error {
		return fault.From(err, fault.Unavailable, "附件没有保存，请检查数据目录的磁盘空间和权限后重试")
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return full(err)
	}
	tmp, err := os.CreateTemp(dir, ".upload-*")
	if err != nil {
		return full(err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	err = errors.Join(err, tmp.Chmod(0o440), tmp.Sync(), tmp.Close())
	if err != nil {
		return full(err)
	}
	// Link, unlike Rename, never replaces a file that is there.
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return full(err)
	}
	d, err := os.Open(dir)
	if err != nil {
		return full(err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return full(err)
	}
	return nil
}

// get returns the bytes stored under hash, checked. name is for the message.
//
// The error wraps ErrTampered when they have changed; it is fault.Internal when
// they are gone.
func (f files) get(name, hash string) ([]byte, error) {
	data, err := os.ReadFile(f.path("evidence", hash, ""))
	if err != nil {
		return nil, fault.From(err, fault.Internal, "附件“%s”的文件读不出来，请联系系统管理员检查数据目录或从备份恢复", name)
	}
	if got := hashOf(data); got != hash {
		return nil, fault.From(fmt.Errorf("%w: SM3 is %s, stored as %s", ErrTampered, got, hash), fault.Internal,
			"附件“%s”的内容与登记时的校验值不符，可能已被改动，没有打开；请立即告知审计管理员", name)
	}
	return data, nil
}

// read returns at most limit bytes of r.
//
// The error is fault.Invalid when there are more.
func read(name string, r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fault.From(err, fault.Invalid, "“%s”没有传完，请重新上传", name)
	}
	if int64(len(data)) > limit {
		return nil, fault.New(fault.Invalid, "“%s”超过 %d MB，请压缩或分成几个文件上传", name, limit>>20)
	}
	return data, nil
}
