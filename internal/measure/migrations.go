package measure

import (
	"embed"
	"io/fs"

	"pingzhang/internal/sqldb"
)

//go:embed migrations
var files embed.FS

func sub(dir string) fs.FS {
	f, err := fs.Sub(files, "migrations/"+dir)
	if err != nil {
		panic(err) // dir is a constant that the compiler embedded
	}
	return f
}

// Migrations is the schema of what people add to readings: corrections, marks
// and daily values. It belongs in the database of Config.App. The files of the
// readings themselves are brought up to date by Open.
var Migrations = sqldb.Migrations{Set: "measure", Files: sub("app")}

// The schemas of the files of readings; on PostgreSQL all in one database.
var (
	hotTables   = sqldb.Migrations{Set: "measure-hot", Files: sub("hot")}
	chunkTables = sqldb.Migrations{Set: "measure-chunk", Files: sub("chunk")}
	rawTables   = sqldb.Migrations{Set: "measure-raw", Files: sub("raw")}
)
