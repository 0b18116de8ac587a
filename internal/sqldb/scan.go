package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"sync"

	"pingzhang/internal/fault"
)

// fieldsOf remembers, for a struct type, which field each column goes to.
var fieldsOf sync.Map // reflect.Type -> map[string][]int

func fields(t reflect.Type) map[string][]int {
	if m, ok := fieldsOf.Load(t); ok {
		return m.(map[string][]int)
	}
	m := map[string][]int{}
	for _, f := range reflect.VisibleFields(t) {
		if col := f.Tag.Get("db"); col != "" {
			m[col] = f.Index
		}
	}
	fieldsOf.Store(t, m)
	return m
}

// All runs a query and returns its rows as values of T, whose fields name their
// columns in a tag `db:"…"`. A column without a field is an error: the query and
// the struct have come apart.
func All[T any](ctx context.Context, q Querier, query string, args ...any) (_ []T, err error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	cols, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	index := make([][]int, len(cols))
	byName := fields(reflect.TypeFor[T]())
	for i, c := range cols {
		if index[i] = byName[c]; index[i] == nil {
			return nil, fmt.Errorf("%s has no field for column %s", reflect.TypeFor[T](), c)
		}
	}
	var all []T
	dest := make([]any, len(cols))
	for rows.Next() {
		var v T
		rv := reflect.ValueOf(&v).Elem()
		for i := range cols {
			dest[i] = rv.FieldByIndex(index[i]).Addr().Interface()
		}
		if err := rows.Scan(dest...); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// One runs a query as All does and returns its first row. Without a row the
// error is fault.NotFound with the sentence that missing formats.
func One[T any](ctx context.Context, q Querier, missing string, query string, args ...any) (T, error) {
	all, err := All[T](ctx, q, query, args...)
	var zero T
	if err != nil {
		return zero, err
	}
	if len(all) == 0 {
		return zero, fault.New(fault.NotFound, "%s", missing)
	}
	return all[0], nil
}

// Value runs a query for one value; found is false when there is no row.
func Value[T any](ctx context.Context, q Querier, query string, args ...any) (v T, found bool, err error) {
	switch err := q.QueryRow(ctx, query, args...).Scan(&v); {
	case err == sql.ErrNoRows:
		return v, false, nil
	case err != nil:
		return v, false, err
	}
	return v, true, nil
}
