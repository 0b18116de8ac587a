package access

import "pingzhang/internal/sqldb"

// DB lets a test look into the database behind s.
func (s *Store) DB() *sqldb.DB { return s.db }

// SignInsAtOnce is how many sign-ins are checked at one moment.
var SignInsAtOnce = cap(signIns)
