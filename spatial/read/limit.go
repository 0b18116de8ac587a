package read

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"

	"pingzhang/spatial"
)

// Limits bound what a file may cost.
type Limits struct {
	Bytes    int64 // of the file, and of what an archive unpacks to
	Entries  int   // files in an archive
	Vertices int
}

// DefaultLimits admit a KML of 100 MB and a layer of millions of vertices.
var DefaultLimits = Limits{Bytes: 512 << 20, Entries: 2000, Vertices: 20_000_000}

// maxNesting bounds collections within collections.
const maxNesting = 16

// load reads a file within the limits.
func load(path string, l Limits) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, &spatial.Refusal{Code: "unreadable", Where: filepath.Base(path), Zh: "打不开文件，请检查路径和权限", Cause: err}
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, l.Bytes+1))
	if err != nil {
		return nil, &spatial.Refusal{Code: "unreadable", Where: filepath.Base(path), Zh: "读取文件时出错，请重新复制文件", Cause: err}
	}
	return data, l.check(data)
}

func (l Limits) check(data []byte) error {
	if int64(len(data)) > l.Bytes {
		return spatial.Refuse("too_large", "", "文件超过 %d MB 的上限；请分图层或分区域导出后再提交", l.Bytes>>20)
	}
	return nil
}

// unzip returns the files of an archive by their names, within the limits. What
// lies in folders is named by its last part; archives within are left alone.
func unzip(data []byte, l Limits) (map[string][]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, &spatial.Refusal{Code: "bad_zip", Zh: "压缩包已损坏或不是 ZIP 格式（RAR、7z 请改存为 ZIP）", Cause: err}
	}
	if len(z.File) > l.Entries {
		return nil, spatial.Refuse("zip_bomb", "", "压缩包里有 %d 个文件，超过上限 %d；请只打包需要的图层", len(z.File), l.Entries)
	}
	out := map[string][]byte{}
	left := l.Bytes
	for _, f := range z.File {
		if f.FileInfo().IsDir() {
			continue
		}
		name := f.Name
		if f.NonUTF8 {
			if s, err := simplifiedchinese.GB18030.NewDecoder().String(name); err == nil {
				name = s
			}
		}
		name = name[strings.LastIndexAny(name, `/\`)+1:]
		if strings.HasPrefix(name, ".") || strings.HasPrefix(f.Name, "__MACOSX") {
			continue
		}
		if f.Flags&1 != 0 {
			return nil, spatial.Refuse("zip_locked", name, "压缩包加了密码，请解密后重新打包")
		}
		r, err := f.Open()
		if err != nil {
			return nil, &spatial.Refusal{Code: "bad_zip", Where: name, Zh: "压缩包里的文件无法解开，请用普通 ZIP 重新打包", Cause: err}
		}
		// The size an archive states is not believed.
		b, err := io.ReadAll(io.LimitReader(r, left+1))
		r.Close()
		if err != nil {
			return nil, &spatial.Refusal{Code: "bad_zip", Where: name, Zh: "压缩包里的文件已损坏，请重新打包", Cause: err}
		}
		if left -= int64(len(b)); left < 0 {
			return nil, spatial.Refuse("zip_bomb", name, "压缩包解开后超过 %d MB 的上限；请分图层打包", l.Bytes>>20)
		}
		out[name] = b
	}
	return out, nil
}

// text returns data as UTF-8: as it is, or from GB18030, or from UTF-16 with a
// byte order mark.
func text(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return string(data[3:])
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return fromUTF16(data)
	case validUTF8(data):
		return string(data)
	}
	if s, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data); err == nil {
		return string(s)
	}
	return strings.ToValidUTF8(string(data), "\ufffd")
}
