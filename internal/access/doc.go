// Package access knows who may do what and see what: divisions, offices, roles,
// accounts, sign-in, sessions and tokens.
//
// # What always holds
//
//   - What a caller may do follows from the permissions of his roles, what he
//     sees from the division of his office, or from his enterprise. Without a
//     role he may do nothing, without a scope he sees nothing.
//   - Roles of different groups are never held together: the system, security
//     and audit administrators are three people, and none of them sees business
//     data. Nobody grants a role to himself.
//   - A password is kept as an argon2id hash only. Signing in takes the same
//     time whether the account exists or not. Five failures lock the pair of
//     account and address, each time for longer, not the account for everybody.
//   - A token is kept as a hash. It may do no more than the account it belongs
//     to may do at that moment.
//   - Every change of accounts, roles and policies is one transaction with its
//     journal entry.
//
// # Where things are
//
// scope.go and caller.go have what other packages ask; places.go the divisions
// and offices, roles.go the roles, both from the catalog; account.go keeps
// accounts, password.go decides about passwords, signin.go lets people in,
// session.go and token.go keep them in.
package access
