# Targets a newcomer needs: demo, test. The others are for daily work.

GO      ?= go
DATA    ?= data/demo
HTTP    ?= 127.0.0.1:8080
GATEWAY ?= 127.0.0.1:9212
SOURCES := $(shell find cmd internal hj212 standard spatial catalog -type f -not -name '*_test.go' 2>/dev/null)

.PHONY: demo build test vet lint bench cover tools-test parts clean

# Builds and starts the platform with an embedded database and the
# demonstration city. Needs Go and nothing else.
demo: bin/pingzhang
	./bin/pingzhang demo --data $(DATA) --http $(HTTP) --gateway $(GATEWAY)

build: bin/pingzhang

bin/pingzhang: $(SOURCES) go.mod go.sum
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w" -o $@ ./cmd/pingzhang

# Installs what the tests need, then runs them all.
test: parts vet
	$(GO) test -timeout 15m -p 2 ./...
	cd tools && $(GO) vet ./... && $(GO) test ./...

parts:
	@sh tools/parts.sh

vet:
	@fmt=$$(gofmt -l cmd internal hj212 standard spatial catalog tools *.go 2>/dev/null); \
	if [ -n "$$fmt" ]; then echo "not gofmt-clean:"; echo "$$fmt"; exit 1; fi
	$(GO) vet ./...

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./hj212 ./standard ./spatial/overlay ./spatial/read ./spatial/tile ./internal/measure ./internal/journal

clean:
	rm -rf bin data
