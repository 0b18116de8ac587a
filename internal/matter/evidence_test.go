package matter_test

import (
	"bytes"
	"errors"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pingzhang/internal/fault"
	"pingzhang/internal/matter"
)

func TestEvidence(t *testing.T) {
	each(t, func(t *testing.T, s bench) {
		m := s.open(t)
		e := s.photo(t, branch, m)
		if e.Kind != matter.Photo || !e.TakenAt.Equal(moment("2026-09-02 10:20:30")) || e.Lon == nil || *e.Lon != 127.5 || *e.Lat != 50.24 {
			t.Errorf("the photograph says %+v of itself", e)
		}
		small, err := s.Thumbnail(ctx, plant, e.ID)
		if err != nil {
			t.Fatal(err)
		}
		// 1200 × 800 lying on its side becomes 640 high.
		if img, err := jpeg.DecodeConfig(bytes.NewReader(small)); err != nil || img.Width != 426 || img.Height != 640 {
			t.Errorf("the thumbnail is %d × %d, %v; want 426 × 640", img.Width, img.Height, err)
		}
		again := s.photo(t, plant, m)
		paths, _ := filepath.Glob(filepath.Join(s.dir, "evidence", "*", "*"))
		if again.Hash != e.Hash || len(paths) != 1 || !strings.HasSuffix(paths[0], filepath.Join(e.Hash[:2], e.Hash)) {
			t.Errorf("the same bytes are stored as %v", paths)
		}
		for _, tt := range []struct {
			name, file string
			data       []byte
			say        string
		}{
			{"one byte too many", "大.txt", bytes.Repeat([]byte("a"), 1<<20+1), "超过 1 MB"},
			{"gigabytes of pixels", "大.png", hugePNG(60000, 60000), "5000 万像素"},
			{"a photograph cut in the middle", "断.jpg", jpegOf(400, 400)[:2000], "损坏"},
			{"a lie about its type", "报告.pdf", jpegOf(4, 4), "其实是JPEG"},
		} {
			t.Run(tt.name, func(t *testing.T) {
				_, err := s.AddEvidence(ctx, branch, m.ID, tt.file, bytes.NewReader(tt.data))
				if !fault.Is(err, fault.Invalid) || !strings.Contains(fault.Text(err), tt.say) {
					t.Errorf("got %v, want a sentence with %q", err, tt.say)
				}
			})
		}
		if _, err := s.AddEvidence(ctx, branch, m.ID, "正好.txt", bytes.NewReader(bytes.Repeat([]byte("a"), 1<<20))); err != nil {
			t.Errorf("as large as allowed: %v", err)
		}
		if odd, err := s.AddEvidence(ctx, branch, m.ID, "../../etc/\u202epasswd.txt", strings.NewReader("a")); err != nil || odd.Name != "passwd.txt" {
			t.Errorf("a name with a path becomes %q, %v", odd.Name, err)
		}
		if _, data, err := s.File(ctx, section, e.ID); err != nil || !bytes.Equal(data, withEXIF(jpegOf(1200, 800))) {
			t.Errorf("the file does not come back as it was sent: %v", err)
		}
		if err := s.WithdrawEvidence(ctx, plant, e.ID, "传错"); !fault.Is(err, fault.Denied) {
			t.Errorf("taking back another's file: %v, want fault.Denied", err)
		}
		if err := s.WithdrawEvidence(ctx, plant, again.ID, "传错"); err != nil {
			t.Error(err)
		}

		data, _ := os.ReadFile(paths[0])
		data[len(data)/2] ^= 1
		if err := os.Chmod(paths[0], 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(paths[0], data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.File(ctx, section, e.ID); !errors.Is(err, matter.ErrTampered) || !strings.Contains(fault.Text(err), "现场.jpg") {
			t.Errorf("one bit changed on the disk gives %v, want ErrTampered", err)
		}
		if bad, err := s.VerifyFiles(ctx); err != nil || len(bad) != 2 {
			t.Errorf("checking all files tells of %v, %v; want the two rows of the changed file", bad, err)
		}
	})
}
