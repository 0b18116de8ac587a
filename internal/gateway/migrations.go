package gateway

import (
	"embed"
	"io/fs"

	"pingzhang/internal/sqldb"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// Migrations is the schema of the gateway, in the application database.
var Migrations = sqldb.Migrations{Set: "gateway", Files: sub(migrationFiles)}

func sub(files embed.FS) fs.FS {
	dir, err := fs.Sub(files, "migrations")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return dir
}
