package document

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"path"
	"strings"
	"time"

	"pingzhang/internal/fault"
)

// The bounds of a template and of what is made of it. A document of an office
// with pictures has some tens of parts and a few megabytes.
const (
	maxTemplate = 16 << 20
	maxParts    = 2_000
	maxUnzipped = 64 << 20
	maxPart     = 8 << 20 // of XML that is taken apart
	maxNodes    = 400_000
	maxDepth    = 200
	maxFilled   = 32 << 20 // of one part after filling
)

// made is the time of every entry of an archive: the earliest that one can have.
var made = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// Content types of parts that have text, with the name of each.
const wordML = "application/vnd.openxmlformats-officedocument.wordprocessingml."

var textParts = map[string]string{
	wordML + "document.main+xml": "正文", wordML + "header+xml": "页眉", wordML + "footer+xml": "页脚",
	wordML + "footnotes+xml": "脚注", wordML + "endnotes+xml": "尾注",
}

// An archive is a template that was opened.
type archive struct {
	files []*zip.File
	parts map[string]*part // by the name of the file; those that have text
}

// open reads a template, all of it, so that a damaged one is found here.
func open(template []byte) (*archive, error) {
	if len(template) > maxTemplate {
		return nil, fault.New(fault.Invalid, "模板超过 %d MB，不予使用；请压缩其中的图片", maxTemplate>>20)
	}
	if bytes.HasPrefix(template, []byte{0xD0, 0xCF, 0x11, 0xE0}) {
		return nil, fault.New(fault.Invalid, "模板是旧的 .doc 文档或设有打开密码；请用 Word 或 WPS 打开后另存为 .docx")
	}
	z, err := zip.NewReader(bytes.NewReader(template), int64(len(template)))
	if err != nil {
		return nil, damaged(err)
	}
	if len(z.File) > maxParts {
		return nil, fault.New(fault.Invalid, "模板里的部件超过 %d 个，不予使用", maxParts)
	}
	content := map[string][]byte{}
	left := int64(maxUnzipped)
	for _, f := range z.File {
		if err := checkName(f.Name); err != nil {
			return nil, err
		}
		key := strings.ToLower(f.Name)
		if _, twice := content[key]; twice {
			return nil, fault.New(fault.Invalid, "模板已损坏：部件 %s 出现两次；请用 Word 或 WPS 打开后另存一次", f.Name)
		}
		if content[key], err = unzip(f, left); err != nil {
			return nil, err
		}
		left -= int64(len(content[key]))
	}
	a := &archive{files: z.File, parts: map[string]*part{}}
	return a, a.findParts(content)
}

func damaged(cause error) error {
	return fault.From(cause, fault.Invalid, "模板已损坏或不是有效的 .docx 文档；请用 Word 或 WPS 打开后另存一次")
}

// checkName refuses names of files that lead out of the folder into which
// somebody unpacks the document.
func checkName(name string) error {
	clean := strings.TrimSuffix(name, "/")
	if clean == "" || strings.ContainsAny(name, "\\:\x00") || path.IsAbs(name) || path.Clean(clean) != clean || clean == ".." || strings.HasPrefix(clean, "../") {
		return fault.New(fault.Invalid, "模板里有不合规的部件名 %q，不予使用", name)
	}
	return nil
}

// unzip reads a file that may have at most so many bytes, whatever it claims.
func unzip(f *zip.File, most int64) ([]byte, error) {
	if f.Flags&1 != 0 {
		return nil, fault.New(fault.Invalid, "模板设有密码，无法读取；请取消密码后再用")
	}
	if f.Method != zip.Store && f.Method != zip.Deflate {
		return nil, fault.New(fault.Invalid, "模板的部件 %s 用了不认识的压缩方法；请用 Word 或 WPS 打开后另存一次", f.Name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, damaged(err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, damaged(err)
	}
	if int64(len(b)) > most {
		return nil, fault.New(fault.Invalid, "模板解压后超过 %d MB，不予使用", maxUnzipped>>20)
	}
	return b, nil
}

// findParts takes apart the parts that have text.
func (a *archive) findParts(content map[string][]byte) error {
	var types struct {
		Override []struct {
			PartName    string `xml:",attr"`
			ContentType string `xml:",attr"`
		}
	}
	list, ok := content["[content_types].xml"]
	if !ok {
		return fault.New(fault.Invalid, "模板不是 Word 文档：缺少部件目录")
	}
	if err := xml.Unmarshal(list, &types); err != nil {
		return damaged(err)
	}
	titles := map[string]string{} // by the name of the part in lower case
	body := false
	for _, o := range types.Override {
		if strings.Contains(strings.ToLower(o.ContentType), "macroenabled") {
			return fault.New(fault.Invalid, "模板带有宏，不予使用；请另存为不带宏的 .docx")
		}
		if o.ContentType == wordML+"template.main+xml" {
			return fault.New(fault.Invalid, "模板是 .dotx；请用 Word 或 WPS 另存为 .docx")
		}
		if title := textParts[o.ContentType]; title != "" {
			titles[strings.ToLower(strings.TrimPrefix(o.PartName, "/"))] = title
			body = body || title == "正文"
		}
	}
	if !body {
		return fault.New(fault.Invalid, "模板不是 Word 文档：没有正文")
	}
	for _, f := range a.files {
		key := strings.ToLower(f.Name)
		title := titles[key]
		if title == "" {
			continue
		}
		p, err := parse(title, content[key])
		if err != nil {
			return err
		}
		a.parts[f.Name] = p
	}
	return nil
}

// write writes the archive with some parts replaced. The others are copied as
// they were compressed.
func (a *archive) write(w io.Writer, replaced map[string][]byte) error {
	z := zip.NewWriter(w)
	for _, f := range a.files {
		h := zip.FileHeader{Name: f.Name, Method: f.Method, Modified: made, NonUTF8: f.NonUTF8}
		text, ok := replaced[f.Name]
		if ok {
			h.Method = zip.Deflate
			part, err := z.CreateHeader(&h)
			if err != nil {
				return err
			}
			if _, err := part.Write(text); err != nil {
				return err
			}
			continue
		}
		h.CRC32, h.CompressedSize64, h.UncompressedSize64 = f.CRC32, f.CompressedSize64, f.UncompressedSize64
		h.Flags = f.Flags & 0x800                  // that the name is UTF-8
		h.ModifiedDate, h.ModifiedTime = 1<<5|1, 0 // 1 January 1980; Modified is not looked at here
		part, err := z.CreateRaw(&h)
		if err != nil {
			return err
		}
		raw, err := f.OpenRaw()
		if err != nil {
			return damaged(err)
		}
		if _, err := io.Copy(part, raw); err != nil {
			return err
		}
	}
	return z.Close()
}
