package register

import (
	"embed"
	"io/fs"

	"pingzhang/internal/sqldb"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the tables of the registers.
var Migrations = sqldb.Migrations{Set: "register", Files: sub(files)}

func sub(files embed.FS) fs.FS {
	dir, err := fs.Sub(files, "migrations")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return dir
}
