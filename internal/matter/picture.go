package matter

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	_ "image/png" // so that image.Decode knows the format
	"math"
	"strings"
	"sync"
	"time"

	"github.com/bep/imagemeta"
	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // so that image.Decode knows the format

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
)

// MostPixels is the largest photograph that is taken: 50 million pixels.
const MostPixels = 50_000_000

// thumbnailSide is the longer side of a thumbnail.
const thumbnailSide = 640

// Shot is what a photograph says of itself. It is noted, never trusted: clocks
// and places of cameras can be set to anything.
type Shot struct {
	TakenAt  time.Time // zero when it does not say
	Lon, Lat *float64  // WGS 84 degrees
	turn     int       // EXIF orientation, 1 to 8
}

// decoding lets one picture be unpacked at a time: a large one takes 200 MB.
var decoding sync.Mutex

// picture checks that data is a whole picture of at most MostPixels, and
// returns what it says of itself and a JPEG thumbnail.
//
// The error is fault.Invalid when the picture is too large or damaged.
func picture(name string, t *FileType, data []byte) (shot Shot, thumbnail []byte, err error) {
	cfg, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return Shot{}, nil, fault.From(err, fault.Invalid, "“%s”是损坏的图片，请重新拍摄或导出后上传", name)
	}
	if int64(cfg.Width)*int64(cfg.Height) > MostPixels {
		return Shot{}, nil, fault.New(fault.Invalid, "“%s”有 %d×%d 像素，超过 5000 万像素，请缩小后上传", name, cfg.Width, cfg.Height)
	}
	shot = readShot(t, data)
	decoding.Lock()
	defer decoding.Unlock()
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return Shot{}, nil, fault.From(err, fault.Invalid, "“%s”是损坏的图片，请重新拍摄或导出后上传", name)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, turned(shrunk(img), shot.turn), &jpeg.Options{Quality: 80}); err != nil {
		return Shot{}, nil, err
	}
	return shot, b.Bytes(), nil
}

func shrunk(img image.Image) *image.RGBA {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	if long := max(w, h); long > thumbnailSide {
		w, h = max(1, w*thumbnailSide/long), max(1, h*thumbnailSide/long)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src) // JPEG knows no transparency
	draw.ApproxBiLinear.Scale(out, out.Bounds(), img, img.Bounds(), draw.Over, nil)
	return out
}

// turned undoes the EXIF orientation (tag 0x0112): 3 is upside down, 6 and 8
// lie on a side, the even ones besides them are mirrored.
func turned(img *image.RGBA, orientation int) *image.RGBA {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	from := map[int]func(x, y int) (int, int){
		2: func(x, y int) (int, int) { return w - 1 - x, y },
		3: func(x, y int) (int, int) { return w - 1 - x, h - 1 - y },
		4: func(x, y int) (int, int) { return x, h - 1 - y },
		5: func(x, y int) (int, int) { return y, x },
		6: func(x, y int) (int, int) { return y, h - 1 - x },
		7: func(x, y int) (int, int) { return w - 1 - y, h - 1 - x },
		8: func(x, y int) (int, int) { return w - 1 - y, x },
	}[orientation]
	if from == nil {
		return img
	}
	ow, oh := w, h
	if orientation >= 5 {
		ow, oh = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, ow, oh))
	for y := range oh {
		for x := range ow {
			sx, sy := from(x, y)
			out.SetRGBA(x, y, img.RGBAAt(sx, sy))
		}
	}
	return out
}

// readShot reads time, place and orientation. A picture without them, or with
// damaged ones, is still a picture.
func readShot(t *FileType, data []byte) (shot Shot) {
	// The reader of metadata was written for pictures of good will; what it
	// makes of others must not end the upload.
	defer func() {
		if recover() != nil {
			shot = Shot{}
		}
	}()
	format, ok := map[*FileType]imagemeta.ImageFormat{jpegFile: imagemeta.JPEG, pngFile: imagemeta.PNG, webpFile: imagemeta.WebP}[t]
	if !ok {
		return Shot{}
	}
	var tags imagemeta.Tags
	_, err := imagemeta.Decode(imagemeta.Options{
		R: bytes.NewReader(data), ImageFormat: format, Sources: imagemeta.EXIF, Timeout: 2 * time.Second,
		ShouldHandleTag: func(imagemeta.TagInfo) bool { return true },
		HandleTag:       func(info imagemeta.TagInfo) error { tags.Add(info); return nil },
	})
	if err != nil {
		return Shot{}
	}
	exif := tags.EXIF()
	fmt.Sscan(fmt.Sprint(exif["Orientation"].Value), &shot.turn)
	for _, tag := range []string{"DateTimeOriginal", "DateTime"} {
		text, _ := exif[tag].Value.(string)
		if at, err := time.ParseInLocation("2006:01:02 15:04:05", strings.TrimRight(text, "\x00 "), clock.Shanghai); err == nil {
			shot.TakenAt = at
			break
		}
	}
	lat, lon, err := tags.GetLatLong()
	if err == nil && !math.IsNaN(lat) && !math.IsNaN(lon) && (lat != 0 || lon != 0) && math.Abs(lat) <= 90 && math.Abs(lon) <= 180 {
		shot.Lon, shot.Lat = &lon, &lat
	}
	return shot
}
