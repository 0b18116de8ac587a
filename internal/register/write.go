package register

import (
	"context"
	"fmt"
	"strconv"

	"pingzhang/internal/access"
	"pingzhang/internal/journal"
	"pingzhang/internal/sqldb"
)

// put writes e, whose Version is the one to be, to all its tables.
func (s *Store) put(ctx context.Context, tx *sqldb.Tx, by access.Caller, d *Definition, e Entry, secrets map[string]string, reason string) error {
	data, err := encode(e.Data)
	if err != nil {
		return err
	}
	hidden, err := encode(secrets)
	if err != nil {
		return err
	}
	// The row lock on the revision puts all changes of registers in one order,
	// which is that of their commits. Changes relies on it.
	var rev int64
	if err := tx.QueryRow(ctx, `UPDATE register_revision SET rev = rev + 1 WHERE id = 1 RETURNING rev`).Scan(&rev); err != nil {
		return err
	}
	now := tx.Now.Unix()
	values := []any{
		e.Code, d.codeOwner(e), e.Name, searchText(e.Code, e.Name), string(e.Division), e.Enterprise,
		fromDegrees(e.Lon), fromDegrees(e.Lat), data, hidden, string(e.State), rev, now, e.ID, e.Version,
	}
	if e.Version == 1 {
		_, err = tx.Exec(ctx, `
			INSERT INTO entries (code, code_owner, name, search, division, enterprise, lon_e7, lat_e7,
			                     data, secrets, state, rev, updated_at, id, version, register, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
			append(values, string(e.Register), now)...)
	} else {
		err = tx.ExecOne(ctx, `
			UPDATE entries
			   SET code       = $1,
			       code_owner = $2,
			       name       = $3,
			       search     = $4,
			       division   = $5,
			       enterprise = $6,
			       lon_e7     = $7,
			       lat_e7     = $8,
			       data       = $9,
			       secrets    = $10,
			       state      = $11,
			       rev        = $12,
			       updated_at = $13,
			       version    = version + 1
			 WHERE id = $14
			   AND version = $15 - 1`, values...)
	}
	if err != nil {
		return err
	}
	if _, err = tx.Exec(ctx, `
		INSERT INTO entry_versions (entry, version, code, name, division, enterprise, lon_e7, lat_e7,
		                            data, secrets, state, by_login, by_name, reason, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		e.ID, e.Version, e.Code, e.Name, string(e.Division), e.Enterprise, fromDegrees(e.Lon), fromDegrees(e.Lat),
		data, hidden, string(e.State), by.Login, by.Name, reason, now); err != nil {
		return err
	}
	return s.index(ctx, tx, d, e)
}

// index writes the values of e that queries look for. Unique ones are exclusive
// while the entry is active.
func (s *Store) index(ctx context.Context, tx *sqldb.Tx, d *Definition, e Entry) error {
	if _, err := tx.Exec(ctx, `DELETE FROM entry_values WHERE entry = $1`, e.ID); err != nil {
		return err
	}
	for i := range d.Fields {
		f := &d.Fields[i]
		v := e.Text(f.Key)
		if v == "" || f.Type == Secret || f.Type == Factors || !f.indexed(d) {
			continue
		}
		if _, err := tx.Exec(ctx, `
			INSERT INTO entry_values (entry, register, key, value, exclusive)
			VALUES ($1, $2, $3, $4, $5)`,
			e.ID, string(e.Register), f.Key, v, f.Unique && e.State == Active); err != nil {
			return err
		}
	}
	return nil
}

// follow gives the entries that owner owns its division and its enterprise, and
// theirs in turn.
func (s *Store) follow(ctx context.Context, tx *sqldb.Tx, by access.Caller, owner Entry) error {
	for _, d := range s.Book.order {
		f, ok := d.Field(d.Owner)
		if !ok || f.To != owner.Register {
			continue
		}
		rows, err := sqldb.All[row](ctx, tx, `
			SELECT `+rowColumns+`
			  FROM entry_values v
			  JOIN entries e ON e.id = v.entry
			 WHERE v.register = $1
			   AND v.key = $2
			   AND v.value = $3
			 ORDER BY e.id`, string(d.Register), d.Owner, strconv.FormatInt(owner.ID, 10))
		if err != nil {
			return err
		}
		for _, r := range rows {
			e, err := r.entry(d, true)
			if err != nil {
				return err
			}
			secrets, err := decodeSecrets(r.Secrets)
			if err != nil {
				return err
			}
			for key := range secrets {
				delete(e.Data, key)
			}
			before := e
			e.Division, e.Enterprise, e.Version = owner.Division, owner.Enterprise, e.Version+1
			reason := "随" + owner.Name + "变更"
			if err := s.put(ctx, tx, by, d, e, secrets, reason); err != nil {
				return err
			}
			if err := record(ctx, tx, by, "register.save", e, d.changes(before, e, secrets, secrets), reason); err != nil {
				return err
			}
			if err := s.follow(ctx, tx, by, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// record writes the journal entry of a change.
func record(ctx context.Context, tx *sqldb.Tx, by access.Caller, act string, e Entry, changed []Change, reason string) error {
	detail := map[string]any{"code": e.Code, "name": e.Name, "version": e.Version}
	if reason != "" {
		detail["reason"] = reason
	}
	if len(changed) > 0 {
		list := make([]map[string]string, len(changed))
		for i, c := range changed {
			list[i] = map[string]string{"field": c.Key, "from": c.From, "to": c.To}
		}
		detail["changed"] = list
	}
	return journal.Append(ctx, tx, journal.Entry{
		By: by.Login, Via: by.Via, Act: act, Object: fmt.Sprintf("%s/%d", e.Register, e.ID),
		Detail: detail, Division: string(e.Division), Enterprise: e.Enterprise,
	})
}
