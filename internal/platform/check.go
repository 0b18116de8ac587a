package platform

import (
	"io/fs"
	"path"

	"pingzhang/catalog"
	"pingzhang/internal/access"
	"pingzhang/internal/air"
	"pingzhang/internal/calendar"
	"pingzhang/internal/figure"
	"pingzhang/internal/law"
	"pingzhang/internal/matter"
	"pingzhang/internal/register"
)

// CheckCatalog reads every file of the catalog as Open does, without a
// database, and returns how many files there are.
//
// The error is fault.Invalid and names the file, the line and what is allowed.
func CheckCatalog(o Options) (files int, err error) {
	if o.City == "" {
		o.City = "heihe"
	}
	dir := catalog.FS(o.Catalog)
	roles, err := access.LoadRoles(dir)
	if err != nil {
		return 0, err
	}
	if _, err := access.LoadPlaces(catalog.Sub(dir, o.City)); err != nil {
		return 0, err
	}
	laws, err := law.Load(catalog.Sub(dir, "law"))
	if err != nil {
		return 0, err
	}
	_, families, err := calendar.Load(catalog.Sub(dir, "calendar"))
	if err != nil {
		return 0, err
	}
	if _, err := register.Load(catalog.Sub(dir, "registers")); err != nil {
		return 0, err
	}
	if _, err := matter.Load(catalog.Sub(dir, "playbooks"), matter.Known{Roles: codes(roles), Laws: laws, Families: families}); err != nil {
		return 0, err
	}
	if _, err := figure.Check(dir); err != nil {
		return 0, err
	}
	if err := air.CheckTemplates(catalog.Sub(dir, "templates")); err != nil {
		return 0, err
	}
	err = fs.WalkDir(dir, ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && path.Ext(p) != ".go" {
			files++
		}
		return err
	})
	return files, err
}

// codes lists the codes of all roles.
func codes(roles *access.Roles) []string {
	var all []string
	for _, r := range roles.All() {
		all = append(all, r.Code)
	}
	return all
}
