package platform

import (
	"net/http"
)

// handler puts the faces that speak HTTP under one address.
func (r *Running) handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, h := range r.programs() {
		mux.Handle(pattern, h)
	}
	mux.Handle("/", r.Web)
	return mux
}
