// Package catalog holds the data that a bureau edits: registers, playbooks, law,
// calendar, standards, roles, divisions and offices of the city. What is here is
// embedded in the binary; a folder of the bureau's own takes precedence, file by
// file.
package catalog

import (
	"embed"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
)

//go:embed all:calendar all:discharge all:heihe all:law all:playbooks all:registers all:rules all:standards all:templates all:warning roles.yaml
var built embed.FS

// FS returns the catalog: what is built in, with the files of dir over it. dir
// may be empty.
func FS(dir string) fs.FS {
	if dir == "" {
		return built
	}
	return overlay{os.DirFS(dir), built}
}

// overlay is upper where it has a file, else lower.
type overlay struct{ upper, lower fs.FS }

// Open opens a file of the upper file system, else of the lower.
func (o overlay) Open(name string) (fs.File, error) {
	f, err := o.upper.Open(name)
	if err == nil {
		if info, err := f.Stat(); err == nil && !info.IsDir() {
			return f, nil
		}
		f.Close()
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return o.lower.Open(name)
}

// ReadDir lists a folder of both.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	lower, err := fs.ReadDir(o.lower, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	upper, upperErr := fs.ReadDir(o.upper, name)
	if upperErr != nil && !errors.Is(upperErr, fs.ErrNotExist) {
		return nil, upperErr
	}
	if err != nil && upperErr != nil {
		return nil, err
	}
	all := upper
	for _, e := range lower {
		if !slices.ContainsFunc(upper, func(u fs.DirEntry) bool { return u.Name() == e.Name() }) {
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return all, nil
}

// Sub returns the folder name of dir with overlays kept, which fs.Sub does too:
// it is here so that callers need not handle its error for a constant name.
func Sub(dir fs.FS, name string) fs.FS {
	sub, err := fs.Sub(dir, name)
	if err != nil {
		panic(err) // name is a constant of the program
	}
	return sub
}
