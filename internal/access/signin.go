package access

import (
	"context"
	"runtime"
	"strings"
	"time"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
)

// maxLock bounds how long a lock may become.
const maxLock = 24 * time.Hour

// noLogin stands in the journal for what somebody typed that cannot be a login.
const noLogin = "invalid-login"

// signIns bounds how many people sign in at one moment: each takes the memory of
// one password hash (19 MiB).
var signIns = make(chan struct{}, max(2, runtime.NumCPU()))

type failureRow struct {
	Failures    int64 `db:"failures"`
	Locks       int64 `db:"locks"`
	LastAt      int64 `db:"last_at"`
	LockedUntil int64 `db:"locked_until"`
}

// Authenticate lets somebody in with login and password from a network address.
//
// The error is fault.Denied, with a sentence that does not tell whether the
// account exists. After the policy's number of failures the pair of account and
// address is locked, first for its minutes, then twice as long each time.
func (s *Store) Authenticate(ctx context.Context, login, password, address string) (_ Account, err error) {
	defer fault.Wrap(&err, "access.Authenticate(%s from %s)", login, address)

	if login = strings.ToLower(strings.TrimSpace(login)); !loginForm(login) {
		login = noLogin
	}
	// The slot is held over reading the lock, hashing and counting, so that many
	// guesses at once are neither many times the memory nor many more guesses.
	select {
	case signIns <- struct{}{}:
		defer func() { <-signIns }()
	case <-ctx.Done():
		return Account{}, ctx.Err()
	}
	now := s.db.Clock.Now()
	policy, err := s.Policy(ctx)
	if err != nil {
		return Account{}, err
	}
	f, err := s.failures(ctx, s.db, login, address)
	if err != nil {
		return Account{}, err
	}
	if f.LockedUntil > now.Unix() {
		return Account{}, fault.New(fault.Denied, "连续输错次数过多，请于 %s 后再试", clock.Unix(f.LockedUntil).Format("15:04"))
	}
	r, roles, err := s.load(ctx, s.db, "login", login)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Account{}, err
	}
	hash := r.Password
	if err != nil {
		hash = nobody
	}
	if !checkPassword(hash, password) || err != nil || r.State != "active" {
		return Account{}, s.failed(ctx, policy, login, address)
	}
	err = s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM sign_in_failures WHERE login = $1 AND address = $2`, login, address); err != nil {
			return err
		}
		if err := tx.ExecOne(ctx, `UPDATE accounts SET last_at = $1 WHERE id = $2`, tx.Now.Unix(), r.ID); err != nil {
			return err
		}
		return journal.Append(ctx, tx, journal.Entry{By: login, Via: "web", Act: "account.sign_in", Object: object(r.ID), Detail: map[string]any{"address": address}})
	})
	if err != nil {
		return Account{}, err
	}
	a := r.account(roles)
	if policy.MaxAgeDays > 0 && now.Sub(a.PasswordAt) > time.Duration(policy.MaxAgeDays)*24*time.Hour {
		a.MustChange = true
	}
	return a, nil
}

func (s *Store) failures(ctx context.Context, q sqldb.Querier, login, address string) (failureRow, error) {
	rows, err := sqldb.All[failureRow](ctx, q, `
		SELECT failures, locks, last_at, locked_until
		  FROM sign_in_failures
		 WHERE login = $1
		   AND address = $2`, login, address)
	if err != nil || len(rows) == 0 {
		return failureRow{}, err
	}
	return rows[0], nil
}

// failed counts a failure and locks when it is one too many.
func (s *Store) failed(ctx context.Context, policy Policy, login, address string) error {
	var locked time.Time
	err := s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		locked = time.Time{}
		f, err := s.failures(ctx, tx, login, address)
		if err != nil {
			return err
		}
		if tx.Now.Unix()-f.LastAt > int64(maxLock/time.Second) {
			f = failureRow{}
		}
		f.Failures++
		if f.Failures >= int64(policy.FailuresLock) {
			lock := min(time.Duration(policy.LockMinutes)*time.Minute<<min(f.Locks, 10), maxLock)
			locked = tx.Now.Add(lock)
			f.Failures, f.Locks, f.LockedUntil = 0, f.Locks+1, locked.Unix()
			detail := map[string]any{"address": address, "until": locked.Format(time.RFC3339)}
			if err := journal.Append(ctx, tx, journal.Entry{By: login, Via: "web", Act: "account.lock", Object: "login/" + login, Detail: detail}); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO sign_in_failures (login, address, failures, locks, last_at, locked_until)
			VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (login, address) DO UPDATE
			   SET failures = excluded.failures, locks = excluded.locks, last_at = excluded.last_at, locked_until = excluded.locked_until`,
			login, address, f.Failures, f.Locks, tx.Now.Unix(), f.LockedUntil)
		return err
	})
	switch {
	case err != nil:
		return err
	case !locked.IsZero():
		return fault.New(fault.Denied, "账号或密码不对，且次数过多；请于 %s 后再试", locked.Format("15:04"))
	}
	return fault.New(fault.Denied, "账号或密码不对")
}

// ChangePassword changes the caller's own password.
//
// The error is fault.Denied when old is wrong, fault.Invalid when the policy
// does not allow the new one.
func (s *Store) ChangePassword(ctx context.Context, by Caller, old, fresh string) (err error) {
	defer fault.Wrap(&err, "access.ChangePassword(%s)", by.Login)
	policy, err := s.Policy(ctx)
	if err != nil {
		return err
	}
	r, _, err := s.load(ctx, s.db, "id", by.Account)
	if err != nil {
		return err
	}
	if !checkPassword(r.Password, old) {
		return fault.New(fault.Invalid, "现在的密码不对")
	}
	if err := policy.Check(fresh, r.Login, r.Name); err != nil {
		return err
	}
	used, err := s.usedBefore(ctx, r, fresh, policy.Remember)
	if err != nil {
		return err
	}
	if used {
		return fault.New(fault.Invalid, "新密码不能与最近 %d 次用过的相同", max(policy.Remember, 1))
	}
	return s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		if err := s.setPassword(ctx, tx, r, fresh, false); err != nil {
			return err
		}
		return journal.Append(ctx, tx, by.Entry("account.password", object(r.ID), nil))
	})
}

func (s *Store) usedBefore(ctx context.Context, r accountRow, password string, n int) (bool, error) {
	if checkPassword(r.Password, password) {
		return true, nil
	}
	type row struct {
		Hash string `db:"hash"`
	}
	rows, err := sqldb.All[row](ctx, s.db, `SELECT hash FROM password_history WHERE account = $1 ORDER BY id DESC LIMIT $2`, r.ID, max(n-1, 0))
	if err != nil {
		return false, err
	}
	for _, old := range rows {
		if checkPassword(old.Hash, password) {
			return true, nil
		}
	}
	return false, nil
}

func (s *Store) setPassword(ctx context.Context, tx *sqldb.Tx, r accountRow, password string, mustChange bool) error {
	if _, err := tx.Exec(ctx, `INSERT INTO password_history (account, at, id, hash) VALUES ($1, $2, $3, $4)`, r.ID, tx.Now.Unix(), sqldb.NewID(), r.Password); err != nil {
		return err
	}
	return tx.ExecOne(ctx, `
		UPDATE accounts
		   SET password    = $1,
		       must_change = $2,
		       password_at = $3,
		       version     = version + 1
		 WHERE id = $4`, hashPassword(password), mustChange, tx.Now.Unix(), r.ID)
}
