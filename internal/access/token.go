package access

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"pingzhang/internal/clock"
	"pingzhang/internal/fault"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
)

// Token lets a program act for an account.
type Token struct {
	ID          int64
	Name        string
	Account     int64
	Login       string
	Permissions []Permission
	CreatedAt   time.Time
	ExpiresAt   time.Time
	LastAt      time.Time
	Live        bool
}

type tokenRow struct {
	ID          int64  `db:"id"`
	Name        string `db:"name"`
	Account     int64  `db:"account"`
	Login       string `db:"login"`
	Permissions string `db:"permissions"`
	CreatedAt   int64  `db:"created_at"`
	ExpiresAt   int64  `db:"expires_at"`
	RevokedAt   int64  `db:"revoked_at"`
	LastAt      int64  `db:"last_at"`
}

const tokenColumns = `t.id, t.name, t.account, a.login, t.permissions, t.created_at, t.expires_at, t.revoked_at, t.last_at`

func (r tokenRow) token(now time.Time) Token {
	t := Token{ID: r.ID, Name: r.Name, Account: r.Account, Login: r.Login, CreatedAt: clock.Unix(r.CreatedAt), ExpiresAt: clock.Unix(r.ExpiresAt),
		Live: r.RevokedAt == 0 && r.ExpiresAt > now.Unix()}
	if r.LastAt != 0 {
		t.LastAt = clock.Unix(r.LastAt)
	}
	for _, p := range strings.Fields(r.Permissions) {
		t.Permissions = append(t.Permissions, Permission(p))
	}
	return t
}

func tokenHash(text string) string {
	sum := sm3.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

// CreateToken makes a token of the caller's own account with some of its
// permissions, valid for days, and returns its text, which is shown once.
//
// The error is fault.Denied without token.create or for a permission that the
// caller does not have, fault.Invalid when days is beyond the policy.
func (s *Store) CreateToken(ctx context.Context, by Caller, name string, perms []Permission, days int) (text string, err error) {
	defer fault.Wrap(&err, "access.CreateToken(%s)", name)
	if err := by.Must("token.create"); err != nil {
		return "", err
	}
	policy, err := s.Policy(ctx)
	if err != nil {
		return "", err
	}
	wrong := map[string]string{}
	if strings.TrimSpace(name) == "" {
		wrong["name"] = "请填写用途"
	}
	if days < 1 || days > policy.TokenMaxDays {
		wrong["days"] = fmt.Sprintf("有效天数应为 1 至 %d", policy.TokenMaxDays)
	}
	if len(perms) == 0 {
		wrong["perm"] = "请至少选择一项权限"
	}
	if err := fault.Fields(wrong); err != nil {
		return "", err
	}
	words := make([]string, len(perms))
	for i, p := range perms {
		if err := by.Must(p); err != nil {
			return "", err
		}
		words[i] = string(p)
	}
	slices.Sort(words)
	raw := make([]byte, 32)
	rand.Read(raw)
	text = "pz_" + base64.RawURLEncoding.EncodeToString(raw)
	err = s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		id := sqldb.NewID()
		_, err := tx.Exec(ctx, `
			INSERT INTO tokens (id, hash, name, account, permissions, created_by, created_at, expires_at, revoked_at, last_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0)`,
			id, tokenHash(text), strings.TrimSpace(name), by.Account, strings.Join(words, " "), by.Login, tx.Now.Unix(), tx.Now.AddDate(0, 0, days).Unix())
		if err != nil {
			return err
		}
		return journal.Append(ctx, tx, by.Entry("token.create", fmt.Sprintf("token/%d", id), map[string]any{"name": name, "permissions": words, "days": days}))
	})
	if err != nil {
		return "", err
	}
	return text, nil
}

// Token returns the caller that a token stands for: the account as it is now,
// with no more than the token's permissions.
//
// The error is fault.Denied when the token is unknown, revoked or expired, or
// its account disabled.
func (s *Store) Token(ctx context.Context, text string) (_ Caller, err error) {
	defer fault.Wrap(&err, "access.Token")
	now := s.db.Clock.Now()
	rows, err := sqldb.All[tokenRow](ctx, s.db, `
		SELECT `+tokenColumns+`
		  FROM tokens t
		  JOIN accounts a ON a.id = t.account
		 WHERE t.hash = $1`, tokenHash(text))
	if err != nil {
		return Caller{}, err
	}
	if len(rows) == 0 || !rows[0].token(now).Live {
		return Caller{}, fault.New(fault.Denied, "令牌无效、已过期或已吊销")
	}
	t := rows[0].token(now)
	full, _, err := s.CallerOf(ctx, t.Account, "api")
	if err != nil {
		return Caller{}, err
	}
	c := full
	c.may = nil
	for _, p := range t.Permissions {
		if full.May(p) {
			c = c.Grant(p)
		}
	}
	if now.Unix()-rows[0].LastAt > 60 {
		// Once a minute is enough to tell which tokens are in use; failing to note
		// it must not refuse the request.
		_ = s.db.InTx(ctx, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE tokens SET last_at = $1 WHERE id = $2`, tx.Now.Unix(), t.ID)
			return err
		})
	}
	return c, nil
}

// Tokens lists the tokens of the caller's account.
func (s *Store) Tokens(ctx context.Context, by Caller) (_ []Token, err error) {
	defer fault.Wrap(&err, "access.Tokens")
	if err := by.Must("token.create"); err != nil {
		return nil, err
	}
	rows, err := sqldb.All[tokenRow](ctx, s.db, `
		SELECT `+tokenColumns+`
		  FROM tokens t
		  JOIN accounts a ON a.id = t.account
		 WHERE t.account = $1
		 ORDER BY t.id DESC`, by.Account)
	all := make([]Token, len(rows))
	for i, r := range rows {
		all[i] = r.token(s.db.Clock.Now())
	}
	return all, err
}

// Revoke ends a token of the caller's account.
func (s *Store) Revoke(ctx context.Context, by Caller, id int64) (err error) {
	defer fault.Wrap(&err, "access.Revoke(%d)", id)
	if err := by.Must("token.create"); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		if err := tx.ExecOne(ctx, `UPDATE tokens SET revoked_at = $1 WHERE id = $2 AND account = $3 AND revoked_at = 0`, tx.Now.Unix(), id, by.Account); err != nil {
			return err
		}
		return journal.Append(ctx, tx, by.Entry("token.revoke", fmt.Sprintf("token/%d", id), nil))
	})
}
