// The tools that make committed files. A module of its own, so that what they
// need is no dependency of the product.
module pingzhang/tools

go 1.26.0

require (
	github.com/evanw/esbuild v0.28.2
	github.com/peterstace/simplefeatures v0.59.0
)

require golang.org/x/sys v0.0.0-20220715151400-c0bba94af5f8 // indirect
