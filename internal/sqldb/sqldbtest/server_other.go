//go:build !linux

package sqldbtest

import (
	"errors"
	"os"
)

// server returns the address that PINGZHANG_TEST_PG names: only on Linux does
// the test process start a server of its own.
func server() (string, error) {
	if dsn := os.Getenv("PINGZHANG_TEST_PG"); dsn != "" {
		return dsn, nil
	}
	return "", errors.New("PINGZHANG_TEST_PG is not set")
}
