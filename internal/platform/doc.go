// Package platform puts the parts of Pingzhang together: it opens the database
// and the files, builds the stores on them and the faces on the stores, starts
// what has to run and stops it in the right order. It decides nothing itself.
//
// options.go has what can be set, open.go builds, run.go starts and stops, and
// demo.go fills a new database with the demonstration city.
package platform
