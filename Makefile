# lintu: two commands matter. "make demo" shows a town, "make test" runs everything.

GO ?= go
export PATH := $(CURDIR)/.node/bin:$(PATH)

.PHONY: demo build test test-go test-web check web bench bench-wall bench-tiles generate

demo: ## install what is missing, build, and serve the demo town on 127.0.0.1:8080
	@script/install-run
	@$(MAKE) --no-print-directory build
	@./bin/lintu demo

build: bin/lintu

.PHONY: bin/lintu
bin/lintu:
	@mkdir -p bin
	@$(GO) build -trimpath -o bin/lintu ./cmd/lintu

test: ## install what the tests need and run everything
	@script/install-test
	@$(MAKE) --no-print-directory test-web test-go

test-go:
	$(GO) test -timeout 20m ./...

web/node_modules: web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	@touch web/node_modules

test-web: web/node_modules
	cd web && npm run check && npm test

web: web/node_modules ## rebuild the pages into web/dist
	cd web && npm run build

generate: web ## make everything that is made from something else
	$(GO) generate ./...

check: ## linters, and regeneration that must leave no diff
	$(GO) vet ./...
	$(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...
	test -z "$$(gofmt -l $$(git ls-files '*.go'))"
	@$(MAKE) --no-print-directory test
	$(GO) test -race ./...
	@$(MAKE) --no-print-directory generate
	git diff --exit-code

bench-wall: bin/lintu web/node_modules ## what the wall costs: bytes, tiles, script
	cd web && node e2e/weigh.mjs

bench: bin/lintu ## import speed and memory beside ogr2ogr, in one run
	@script/install-test
	$(GO) run ./cmd/bench

bench-tiles: bin/lintu ## what a tile costs, beside ST_AsMVT and nginx, in towns of 47 thousand, 1 and 10 million households
	@script/install-test
	$(GO) build -trimpath -o bin/bench ./cmd/bench
	bin/bench -tiles 47000,1000000,10000000
