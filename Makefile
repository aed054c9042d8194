# make build   everything that bin/tvisor needs          make test    lint, types, build and all tests
# make run     a small tour inside the sandbox           make bench   a table of costs (ARGS='--help')
# make run CMD='...'  any shell command in the sandbox   make lint, make format, make clean
.DEFAULT_GOAL := build
.PHONY: build addon run test bench lint format clean distclean check-tools
MAKEFLAGS += --no-print-directory

# Written by npm when it has installed; older than the lock file means that the lock file has changed since.
INSTALLED := node_modules/.package-lock.json
SOURCES := package.json tsconfig.json tsconfig.types.json scripts/build.mjs scripts/code-cache.cjs \
	bench/machine.ts $(shell find src syscalls compat -name '*.ts' 2>/dev/null)

build: addon dist/tvisor.cjs

check-tools:
	@command -v node >/dev/null && command -v npm >/dev/null || { echo 'tvisor: needs Node.js 20 or newer, with npm' >&2; exit 1; }
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' || { echo "tvisor: needs Node.js 20 or newer, not $$(node -v)" >&2; exit 1; }

$(INSTALLED): package-lock.json | check-tools
	@echo 'tvisor: installing packages'
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

addon: $(INSTALLED)
	@node scripts/build-addon.mjs

dist/tvisor.cjs: $(INSTALLED) $(SOURCES) | addon
	@echo 'tvisor: bundling'
	@node scripts/build.mjs

run: export CMD := $(value CMD)
run: build
	@if [ -n "$$CMD" ]; then bin/tvisor do -- sh -c "$$CMD"; else sh scripts/tour.sh; fi

# ONLY='test/unit test/cli' or single files: run just these.
test: build
	@echo 'tvisor: lint and format'
	@npm run --silent lint
	@echo 'tvisor: types'
	@npm run --silent typecheck
	@node scripts/test.mjs $(ONLY)

bench: build
	@node --import tsx bench/run.ts $(ARGS)

lint: $(INSTALLED)
	@npm run --silent lint
	@npm run --silent typecheck

format: $(INSTALLED)
	@npm run --silent format

clean:
	@rm -rf build dist .cache

distclean: clean
	@rm -rf node_modules
