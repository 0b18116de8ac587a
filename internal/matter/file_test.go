package matter_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"pingzhang/internal/fault"
	"pingzhang/internal/matter"
)

func jpegOf(w, h int) []byte {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for x := range w {
		for y := range h {
			img.Set(x, y, color.RGBA{R: uint8(255 * x / w), B: uint8(255 * y / h), A: 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// withEXIF puts an EXIF segment (TIFF 6.0 inside APP1) behind the first two
// bytes of a JPEG: orientation 6, taken 2026-09-02 10:20:30 at 50°14'24"N
// 127°30'0"E.
func withEXIF(photo []byte) []byte {
	le := binary.LittleEndian
	tiff := []byte("II*\x00\x08\x00\x00\x00")
	entry := func(b []byte, tag, kind uint16, count, value uint32) []byte {
		b = le.AppendUint16(b, tag)
		b = le.AppendUint16(b, kind)
		b = le.AppendUint32(b, count)
		return le.AppendUint32(b, value)
	}
	const ifd0, exif, gps = 8, 8 + 2 + 3*12 + 4, 8 + 2 + 3*12 + 4 + 2 + 12 + 4
	const data = gps + 2 + 4*12 + 4
	tiff = le.AppendUint16(tiff, 3)
	tiff = entry(tiff, 0x0112, 3, 1, 6)
	tiff = entry(tiff, 0x8769, 4, 1, exif)
	tiff = entry(tiff, 0x8825, 4, 1, gps)
	tiff = le.AppendUint32(tiff, 0)
	tiff = le.AppendUint16(tiff, 1)
	tiff = entry(tiff, 0x9003, 2, 20, data)
	tiff = le.AppendUint32(tiff, 0)
	tiff = le.AppendUint16(tiff, 4)
	tiff = entry(tiff, 1, 2, 2, 'N')
	tiff = entry(tiff, 2, 5, 3, data+20)
	tiff = entry(tiff, 3, 2, 2, 'E')
	tiff = entry(tiff, 4, 5, 3, data+20+24)
	tiff = le.AppendUint32(tiff, 0)
	tiff = append(tiff, "2026:09:02 10:20:30\x00"...)
	for _, n := range []uint32{50, 1, 14, 1, 24, 1, 127, 1, 30, 1, 0, 1} {
		tiff = le.AppendUint32(tiff, n)
	}
	body := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{}, photo[:2]...)
	out = append(out, 0xFF, 0xE1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(body)+2))
	out = append(out, body...)
	return append(out, photo[2:]...)
}

func zipOf(parts map[string][]byte) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range parts {
		w, err := z.Create(name)
		if err != nil {
			panic(err)
		}
		if _, err := w.Write(data); err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// zeros is a ZIP of one entry of n zero bytes beside what makes it a document.
func zeros(n int64) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "word/document.xml"} {
		w, _ := z.Create(name)
		io.Copy(w, io.LimitReader(zeroReader{}, map[bool]int64{true: n, false: 1}[name == "word/document.xml"]))
	}
	z.Close()
	return b.Bytes()
}

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestTypeOf(t *testing.T) {
	docx := zipOf(map[string][]byte{"[Content_Types].xml": nil, "word/document.xml": nil})
	xlsx := zipOf(map[string][]byte{"[Content_Types].xml": nil, "xl/workbook.xml": nil})
	macro := zipOf(map[string][]byte{"[Content_Types].xml": nil, "word/document.xml": nil, "word/vbaProject.bin": nil})
	photo := jpegOf(4, 4)
	gbk, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte("时间,二氧化硫\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		file string
		data []byte
		want string // media type, or a part of the sentence
	}{
		{"a photograph", "现场.JPG", photo, "image/jpeg"},
		{"a PDF", "报告.pdf", []byte("%PDF-1.7\n"), "application/pdf"},
		{"a Word document", "说明.docx", docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{"a spreadsheet", "数据.xlsx", xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
		{"a film", "录像.mp4", []byte("\x00\x00\x00\x18ftypisom\x00\x00\x00\x00"), "video/mp4"},
		{"a table in GB 18030", "数据.csv", gbk, "text/csv"},
		{"a note", "记录.txt", []byte("运行正常"), "text/plain"},
		{"a note that begins as a program does", "记录.txt", []byte("MZ 是操作员的代号"), "text/plain"},
		{"a photograph called a PDF", "报告.pdf", photo, "内容其实是JPEG 图片"},
		{"a PDF called a photograph", "现场.jpg", []byte("%PDF-1.7\n"), "内容其实是PDF 文档"},
		{"a spreadsheet called a document", "说明.docx", xlsx, "Excel 表格"},
		{"a program called a photograph", "现场.jpg", []byte("MZ\x90\x00\x03\x00"), "Windows 程序"},
		{"a program", "工具.exe", []byte("\x7fELF\x02\x01\x01\x00"), "Linux 程序"},
		{"an old document", "说明.doc", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00"), "旧版 Office"},
		{"an archive called a document", "说明.docx", zipOf(map[string][]byte{"a.exe": nil}), "ZIP 压缩包"},
		{"a document with macros", "说明.docx", macro, "宏"},
		{"a page called a note", "记录.txt", []byte("\n <!DOCTYPE html><script>"), "网页"},
		{"a drawing with script", "图.png", []byte("<svg onload=x>"), "网页或 XML"},
		{"a photograph of an iPhone", "现场.jpg", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), "heic"},
		{"noise", "数据.csv", []byte{1, 2, 3, 0, 255}, "无法识别"},
		{"nothing", "数据.csv", nil, "空的"},
		{"a file without an extension", "现场", photo, ".jpg"},
		{"a document cut short", "说明.docx", docx[:len(docx)-10], "损坏"},
		{"a document that unfolds a thousandfold", "说明.docx", zeros(64 << 20), "压缩炸弹"},
		{"a small one that packs well is none", "说明.docx", zeros(8 << 20), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := matter.TypeOf(tt.file, tt.data)
			switch {
			case strings.Contains(tt.want, "/") && (err != nil || got.Media != tt.want):
				t.Errorf("got %v, %v; want %s", got, err, tt.want)
			case !strings.Contains(tt.want, "/") && (!fault.Is(err, fault.Invalid) || !strings.Contains(fault.Text(err), tt.want)):
				t.Errorf("got %v, %v; want a sentence with %q", got, err, tt.want)
			}
		})
	}
}

// hugePNG is the header of a PNG of w × h pixels: 100 bytes that would unpack
// to gigabytes.
func hugePNG(w, h uint32) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		panic(err)
	}
	out := b.Bytes()
	binary.BigEndian.PutUint32(out[16:], w)
	binary.BigEndian.PutUint32(out[20:], h)
	binary.BigEndian.PutUint32(out[29:], crc(out[12:29]))
	return out
}

// crc is CRC-32 of ISO 3309, which PNG uses, bit by bit.
func crc(data []byte) uint32 {
	c := ^uint32(0)
	for _, b := range data {
		c ^= uint32(b)
		for range 8 {
			c = c>>1 ^ 0xEDB88320*(c&1)
		}
	}
	return ^c
}
