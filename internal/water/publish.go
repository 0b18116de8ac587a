package water

import (
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/emmansun/gmsm/sm3"

	"pingzhang/internal/access"
	"pingzhang/internal/fault"
	"pingzhang/internal/sqldb"
	gb "pingzhang/standard/water"
)

// Draft returns the bulletin of a division and a period as it would be published
// now. name gives the names of divisions.
//
// The error is fault.Denied without monitor.read, or for a division that by does
// not see whole, fault.Invalid for a period that has no bulletin.
func (s *Store) Draft(ctx context.Context, by access.Caller, slot Slot, division access.Division, name func(access.Division) string) (_ Bulletin, err error) {
	defer fault.Wrap(&err, "water.Draft(%s, %s)", slot.Name(), division)
	if slot.Kind == gb.ToDate || !slot.Valid() {
		return Bulletin{}, fault.New(fault.Invalid, "公报按月、季或年编制，请检查时段")
	}
	if !by.Scope.Sees(division, 0) || division == "" {
		return Bulletin{}, fault.New(fault.Denied, "这个区域不全在您的管辖范围内，不能编制它的公报")
	}
	o, err := s.Overview(ctx, by, slot, Which{Division: division})
	if err != nil {
		return Bulletin{}, err
	}
	return draft(s.Book(), o, name(division), name), nil
}

// Published is a bulletin as it was published.
type Published struct {
	ID       int64
	Bulletin Bulletin
	Edition  int64  // of this division and period, from 1
	Newest   bool   // there is no later edition
	Digest   string // SM3 of the content as it is stored
	Reason   string // of an edition after the first
	Who      string
	At       int64
}

type bulletinRow struct {
	ID      int64  `db:"id"`
	Kind    string `db:"kind"`
	Year    int    `db:"year"`
	N       int    `db:"n"`
	Edition int64  `db:"edition"`
	Newest  int64  `db:"newest"`
	Digest  string `db:"digest"`
	Content string `db:"content"`
	Reason  string `db:"reason"`
	Who     string `db:"who_name"`
	At      int64  `db:"published_at"`
}

func (r bulletinRow) published() (Published, error) {
	p := Published{ID: r.ID, Edition: r.Edition, Newest: r.Edition == r.Newest, Digest: r.Digest, Reason: r.Reason, Who: r.Who, At: r.At}
	return p, unpack(r.Content, &p.Bulletin)
}

const bulletinSelect = `
		SELECT b.id, b.kind, b.year, b.n, b.edition, b.digest, b.content, b.reason, b.who_name, b.published_at,
		       (SELECT MAX(o.edition) FROM water_bulletins o WHERE o.division = b.division AND o.kind = b.kind AND o.year = b.year AND o.n = b.n) AS newest
		  FROM water_bulletins b`

// Publish freezes the bulletin of a division and a period as it is now, as its next
// edition; the ones before stay. An edition after the first needs a reason, and
// something that is new.
//
// Besides those of Draft, the error is fault.Denied without bulletin.publish.
func (s *Store) Publish(ctx context.Context, by access.Caller, slot Slot, division access.Division, reason string, name func(access.Division) string) (id int64, err error) {
	defer fault.Wrap(&err, "water.Publish(%s, %s)", slot.Name(), division)
	if err := by.Must("bulletin.publish"); err != nil {
		return 0, err
	}
	reason = strings.TrimSpace(reason)
	bu, err := s.Draft(ctx, by, slot, division, name)
	if err != nil {
		return 0, err
	}
	if len(bu.Sections)+len(bu.Sources) == 0 {
		return 0, fault.New(fault.Invalid, "这个时段没有登记在用的断面和水源地，没有可发布的内容")
	}
	if string(slot.Period().To) >= s.now().Format("2006-01-02") {
		return 0, fault.New(fault.Invalid, "%s还没有结束，不能发布公报", slot.Name())
	}
	content := pack(bu)
	sum := sm3.Sum([]byte(content))
	digest := hex.EncodeToString(sum[:])
	err = s.db.InTx(ctx, func(tx *sqldb.Tx) error {
		before, err := sqldb.All[bulletinRow](ctx, tx, bulletinSelect+`
		 WHERE b.division = $1
		   AND b.kind = $2
		   AND b.year = $3
		   AND b.n = $4
		 ORDER BY b.edition DESC
		 LIMIT 1`, string(division), string(slot.Kind), slot.Year, slot.N)
		if err != nil {
			return err
		}
		edition := int64(1)
		if len(before) > 0 {
			edition = before[0].Edition + 1
			switch {
			case before[0].Digest == digest:
				return fault.New(fault.Conflict, "与已发布的第 %d 版内容相同，不必再发布", before[0].Edition)
			case reason == "":
				return fault.Fields(map[string]string{"reason": "该时段已发布过，请写明再次发布的理由"})
			}
		}
		id = sqldb.NewID()
		if err := tx.ExecOne(ctx, `
			INSERT INTO water_bulletins (id, kind, year, n, division, edition, digest, content, reason, who, who_name, published_at)
			VALUES (`+placeholders(12)+`)`, id, string(slot.Kind), slot.Year, slot.N, string(division), edition, digest, content, reason, by.Login, by.Name, tx.Now.Unix()); err != nil {
			return err
		}
		return appendEntry(ctx, tx, by, "water.publish", fmt.Sprintf("bulletin/%d", id), map[string]any{
			"title": bu.Title, "edition": edition, "sm3": digest, "reason": reason,
		})
	})
	return id, err
}

// Bulletins returns what was published of divisions in by's scope, the latest
// first.
//
// The error is fault.Denied without monitor.read.
func (s *Store) Bulletins(ctx context.Context, by access.Caller, n int) (all []Published, err error) {
	defer fault.Wrap(&err, "water.Bulletins")
	if err := by.Must("monitor.read"); err != nil {
		return nil, err
	}
	cond, args := by.Scope.Where("b.division", "0", 1)
	rows, err := sqldb.All[bulletinRow](ctx, s.db, bulletinSelect+`
		 WHERE `+cond+`
		 ORDER BY b.id DESC
		 LIMIT `+strconv.Itoa(max(1, min(n, 500))), args...)
	for _, r := range rows {
		p, err := r.published()
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, err
}

// Bulletin returns what was published as id.
//
// The error is fault.Denied without monitor.read, fault.NotFound when there is none
// in by's scope.
func (s *Store) Bulletin(ctx context.Context, by access.Caller, id int64) (_ Published, err error) {
	defer fault.Wrap(&err, "water.Bulletin(%d)", id)
	if err := by.Must("monitor.read"); err != nil {
		return Published{}, err
	}
	cond, args := by.Scope.Where("b.division", "0", 2)
	r, err := sqldb.One[bulletinRow](ctx, s.db, "没有这份公报，或不在您的管辖范围内", bulletinSelect+`
		 WHERE b.id = $1
		   AND `+cond, append([]any{id}, args...)...)
	if err != nil {
		return Published{}, err
	}
	return r.published()
}
