package access

import "pingzhang/internal/sqldb"

// DB lets a test look into the database behind s.
func (s *Store) DB() *sqldb.DB { return s.db }
