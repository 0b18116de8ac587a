package matter

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"pingzhang/internal/fault"
)

// EvidenceKind is what a file serves as.
type EvidenceKind string

// The kinds of evidence, each from certain types of files.
const (
	Photo    EvidenceKind = "photo"    // jpeg, png, webp
	Document EvidenceKind = "document" // pdf, docx
	Sheet    EvidenceKind = "sheet"    // xlsx, csv
	Video    EvidenceKind = "video"    // mp4
	PlainTxt EvidenceKind = "text"     // txt
)

func kinds() []string {
	return []string{string(Photo), string(Document), string(Sheet), string(Video), string(PlainTxt)}
}

// FileType is a type of file that may be uploaded.
type FileType struct {
	Name       string // as people say it
	Media      string // media type
	Kind       EvidenceKind
	Extensions []string // the first is the usual one
}

// The types that may be uploaded. What a file is, its bytes say.
var (
	jpegFile = &FileType{"JPEG 图片", "image/jpeg", Photo, []string{".jpg", ".jpeg"}}
	pngFile  = &FileType{"PNG 图片", "image/png", Photo, []string{".png"}}
	webpFile = &FileType{"WebP 图片", "image/webp", Photo, []string{".webp"}}
	pdfFile  = &FileType{"PDF 文档", "application/pdf", Document, []string{".pdf"}}
	docxFile = &FileType{"Word 文档（docx）", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Document, []string{".docx"}}
	xlsxFile = &FileType{"Excel 表格（xlsx）", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Sheet, []string{".xlsx"}}
	mp4File  = &FileType{"MP4 视频", "video/mp4", Video, []string{".mp4"}}
	csvFile  = &FileType{"CSV 表格", "text/csv", Sheet, []string{".csv"}}
	txtFile  = &FileType{"文本文件", "text/plain", PlainTxt, []string{".txt"}}

	allTypes = []*FileType{jpegFile, pngFile, webpFile, pdfFile, docxFile, xlsxFile, mp4File, csvFile, txtFile}
)

// Allowed lists the extensions that may be uploaded, for the form and for
// messages.
func Allowed() []string {
	var all []string
	for _, t := range allTypes {
		all = append(all, t.Extensions...)
	}
	return all
}

// foreign are types that are named so that the person knows what was sent, but
// are not taken.
var foreign = []struct{ magic, name string }{
	{"MZ", "Windows 程序"},
	{"\x7fELF", "Linux 程序"},
	{"GIF8", "GIF 图片"},
	{"BM", "BMP 图片"},
	{"II*\x00", "TIFF 图片"},
	{"MM\x00*", "TIFF 图片"},
	{"Rar!\x1a", "RAR 压缩包"},
	{"7z\xbc\xaf\x27\x1c", "7z 压缩包"},
	{"\x1f\x8b", "GZIP 压缩包"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Office 文档（doc、xls）"},
	{"{\\rtf", "RTF 文档"},
	{"OggS", "OGG 音视频"},
	{"ID3", "MP3 音频"},
	{"\x1aE\xdf\xa3", "MKV/WebM 视频"},
	{"#!", "脚本程序"},
}

// Bounds of an Office file, which is a ZIP archive: more is no document that
// an officer wrote.
const (
	mostZipEntries = 3000
	mostUnzipped   = 300 << 20 // bytes, all entries together
	mostZipRatio   = 200       // unpacked against packed, once it matters
	ratioFrom      = 10 << 20  // bytes unpacked from which the ratio matters
)

// errWordless is an archive that is no Office document.
var errWordless = errors.New("no office document")

// TypeOf says what data is by its bytes, and refuses it when it is not allowed
// or when its name claims otherwise. name is the name under which it was sent.
//
// The error is fault.Invalid with a sentence that says what the file really is.
func TypeOf(name string, data []byte) (*FileType, error) {
	ext := strings.ToLower(path.Ext(name))
	got, is, err := sniff(ext, data)
	if err != nil {
		return nil, err
	}
	if got == nil {
		return nil, fault.New(fault.Invalid, "“%s”的内容是%s，不能上传；可上传：%s", name, is, strings.Join(Allowed(), " "))
	}
	if slices.Contains(got.Extensions, ext) {
		return got, nil
	}
	return nil, fault.New(fault.Invalid, "“%s”的内容其实是%s，与扩展名“%s”不符；请改用正确的扩展名 %s 或换一个文件", name, got.Name, ext, got.Extensions[0])
}

// sniff returns the type, or the Chinese name of what is not taken.
func sniff(ext string, data []byte) (t *FileType, is string, err error) {
	has := func(magic string) bool { return bytes.HasPrefix(data, []byte(magic)) }
	switch {
	case len(data) == 0:
		return nil, "", fault.New(fault.Invalid, "文件是空的，请重新选择")
	case has("\xff\xd8\xff"):
		return jpegFile, "", nil
	case has("\x89PNG\r\n\x1a\n"):
		return pngFile, "", nil
	case has("RIFF") && len(data) >= 12 && string(data[8:12]) == "WEBP":
		return webpFile, "", nil
	case has("%PDF-"):
		return pdfFile, "", nil
	case has("PK\x03\x04"), has("PK\x05\x06"):
		t, err := office(data)
		if errors.Is(err, errWordless) {
			return nil, "ZIP 压缩包", nil
		}
		return t, "", err
	case len(data) >= 12 && string(data[4:8]) == "ftyp":
		if brand := string(data[8:12]); slices.Contains([]string{"isom", "iso2", "iso4", "iso5", "iso6", "mp41", "mp42", "avc1", "M4V ", "MSNV", "dash"}, brand) {
			return mp4File, "", nil
		}
		return nil, "其他音视频或图片（" + strings.ToValidUTF8(strings.TrimSpace(string(data[8:12])), "?") + "）", nil
	}
	for _, f := range foreign {
		if has(f.magic) && !(len(f.magic) == 2 && isText(data) && f.magic != "#!") {
			return nil, f.name, nil
		}
	}
	if !isText(data) {
		return nil, "无法识别的二进制文件", nil
	}
	if head := strings.ToLower(string(bytes.TrimSpace(data[:min(len(data), 512)]))); strings.HasPrefix(head, "<!doctype html") ||
		strings.HasPrefix(head, "<html") || strings.HasPrefix(head, "<svg") || strings.HasPrefix(head, "<?xml") || strings.HasPrefix(head, "<script") {
		return nil, "网页或 XML", nil
	}
	if ext == ".csv" {
		return csvFile, "", nil
	}
	return txtFile, "", nil
}

// isText reports whether data is text in UTF-8 or GB 18030, without control
// characters that text does not have.
func isText(data []byte) bool {
	for _, b := range data {
		if b < 0x20 && b != '\t' && b != '\n' && b != '\r' && b != '\f' {
			return false
		}
	}
	if utf8.Valid(data) {
		return true
	}
	decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	return err == nil && !bytes.ContainsRune(decoded, utf8.RuneError)
}

// office says which Office document a ZIP archive is. It unpacks every entry
// into nothing, within bounds, so that neither a lying directory nor an archive
// that unfolds without end gets through.
func office(data []byte) (*FileType, error) {
	broken := fault.New(fault.Invalid, "文件是损坏的压缩格式，请重新保存后上传")
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, broken
	}
	if len(z.File) > mostZipEntries {
		return nil, fault.New(fault.Invalid, "文件内含 %d 个部件，超过 %d 个，不像正常的 Office 文档", len(z.File), mostZipEntries)
	}
	names := map[string]bool{}
	for _, f := range z.File {
		names[f.Name] = true
	}
	var t *FileType
	switch {
	case !names["[Content_Types].xml"]:
		return nil, errWordless
	case names["word/document.xml"]:
		t = docxFile
	case names["xl/workbook.xml"]:
		t = xlsxFile
	default:
		return nil, errWordless
	}
	for name := range names {
		if strings.HasSuffix(strings.ToLower(name), "vbaproject.bin") {
			return nil, fault.New(fault.Invalid, "文件含有宏程序，请另存为不含宏的 %s 后上传", t.Extensions[0])
		}
	}
	total := int64(0)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return nil, broken
		}
		n, err := io.Copy(io.Discard, io.LimitReader(r, mostUnzipped-total+1))
		r.Close()
		total += n
		if total > mostUnzipped || (total > ratioFrom && total/int64(len(data)) > mostZipRatio) {
			return nil, fault.New(fault.Invalid, "文件解压后异常庞大，像是压缩炸弹，没有保存")
		}
		if err != nil {
			return nil, broken
		}
	}
	return t, nil
}
