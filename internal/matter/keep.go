package matter

import (
	"io"
	"os"

	"pingzhang/internal/fault"
)

// Keep stores the bytes of a file that belongs to no matter but to something
// else that a duty follows, under the same rules as evidence, and returns what is
// known of it: no row is written. The duty keeps that, and who may see it.
//
// The error is that of AddEvidence for the bytes.
func (s *Store) Keep(name string, r io.Reader) (_ Evidence, err error) {
	defer fault.Wrap(&err, "matter.Keep(%s)", name)
	name = cleanName(name)
	data, err := read(name, r, s.MaxFile)
	if err != nil {
		return Evidence{}, err
	}
	t, err := TypeOf(name, data)
	if err != nil {
		return Evidence{}, err
	}
	e := Evidence{Kind: t.Kind, Name: name, Size: int64(len(data)), Media: t.Media}
	var thumbnail []byte
	if t.Kind == Photo {
		shot, small, err := picture(name, t, data)
		if err != nil {
			return Evidence{}, err
		}
		e.TakenAt, e.Lon, e.Lat, thumbnail, e.Thumbnail = shot.TakenAt, shot.Lon, shot.Lat, small, true
	}
	if e.Hash, err = s.files.put(data); err != nil {
		return Evidence{}, err
	}
	if thumbnail != nil {
		err = write(s.files.path("thumbnail", e.Hash, ".jpg"), thumbnail)
	}
	return e, err
}

// Kept returns the bytes that Keep stored, checked against their hash. Whether
// the caller may see them, the duty has decided.
func (s *Store) Kept(name, hash string) (_ []byte, err error) {
	defer fault.Wrap(&err, "matter.Kept(%s)", hash)
	return s.files.get(name, hash)
}

// KeptThumbnail returns the small picture of a photograph that Keep stored,
// making it anew when it is gone.
func (s *Store) KeptThumbnail(name, hash string) (_ []byte, err error) {
	defer fault.Wrap(&err, "matter.KeptThumbnail(%s)", hash)
	at := s.files.path("thumbnail", hash, ".jpg")
	if small, err := os.ReadFile(at); err == nil {
		return small, nil
	}
	data, err := s.files.get(name, hash)
	if err != nil {
		return nil, err
	}
	t, err := TypeOf(name, data)
	if err != nil {
		return nil, err
	}
	_, small, err := picture(name, t, data)
	if err != nil {
		return nil, err
	}
	return small, write(at, small)
}
