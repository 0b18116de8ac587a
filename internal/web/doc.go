// Package web is the face towards people: server-rendered pages in Chinese that
// work without script, made livelier by a little of it.
//
// # What always holds
//
//   - Every route stands in one table with the permission it needs (route.go);
//     there is no other way in. What rows a caller sees is decided in the
//     stores, by his scope, never in a page.
//   - A page is a folder of pages/ with its template and parts, and one struct
//     that embeds shell. A screen action is one file, noun_verb.go.
//   - A form is answered by 303 to the page that shows its effect, or by the
//     same page with the sentences beside the wrong fields and status 422.
//   - Nothing comes from outside: all that the browser loads is in the binary,
//     under a content security policy without inline script or style.
//   - Unknown has its own colour and word.
//
// # Where things are
//
// server.go puts the parts together; request.go, route.go and problem.go carry
// a request to its action and an error to its page; render.go has the layout
// and the menu; static.go the browser's files; live.go the server-sent events;
// security.go headers and cookies.
package web
