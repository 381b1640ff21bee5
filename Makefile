# `make run` and `make test` do all a fresh machine needs: rustup, node and a C compiler are assumed, the rest is
# installed where it is missing, and said.

LEPTOS_VERSION  := 0.3.10
BINDGEN_VERSION := 0.2.129
BINARYEN_VERSION := 132.0.0
# Shared by every checkout of this user, so that a fresh clone does not compile the world again.
export CARGO_TARGET_DIR ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/comptoir/target
export LEPTOS_OUTPUT_NAME := comptoir
TOOLS := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/comptoir/tools
export PATH := $(TOOLS)/node_modules/.bin:$(HOME)/.cargo/bin:$(PATH)
SITE := $(CARGO_TARGET_DIR)/site
export LEPTOS_SITE_ROOT := $(SITE)
COMPTOIR := $(CARGO_TARGET_DIR)/release/comptoir

.PHONY: run dev build dist test lint bench simulate simulate-faults explore torture fuzz tools test-tools rust-tests storage-tests browser-tests

run: build
	$(COMPTOIR) demo
	$(COMPTOIR) serve

dev: tools
	cargo leptos watch --split

build: tools
	cargo leptos build --release --precompress --split

# What a server needs, in one folder (docs/operations). What an operator sets is in the environment, not in this Leptos.toml.
dist: build
	rm -rf dist && mkdir dist && cp $(COMPTOIR) $(dir $(COMPTOIR))hash.txt Leptos.toml dist/ && cp -r $(SITE) dist/site

lint:
	cargo fmt --check
	cargo clippy --locked --features ssr --all-targets -- -D warnings
	rustup target add wasm32-unknown-unknown
	cargo clippy --locked --lib --features hydrate --target wasm32-unknown-unknown -- -D warnings

# All tests: rooms, stories on both databases, the device's storage in a browser, and the whole of it in one.
test: rust-tests storage-tests browser-tests

rust-tests: test-tools
	tests/with-postgres.sh cargo test --locked --features ssr

# The driver of IndexedDB keeps the contract that storage in memory keeps; webdriver.json lets Chromium run as root.
storage-tests: test-tools tools
	CHROMEDRIVER=$$(command -v chromedriver) CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner \
	  cargo test --locked --lib --features hydrate --target wasm32-unknown-unknown storage_tests

browser-tests: test-tools build
	cd end2end && npm ci --no-audit --no-fund && COMPTOIR=$(COMPTOIR) ../tests/with-postgres.sh npx playwright test

# The server, on both databases; then the page, in a browser slowed four times.
bench: test-tools build
	tests/with-postgres.sh cargo bench --locked --features ssr --bench server
	cd end2end && npm ci --no-audit --no-fund && COMPTOIR=$(COMPTOIR) npx playwright test -c bench.config.ts

# A seed is a shop in which everything goes wrong; SEED=42 is one, SEEDS=1..100 are many, DATABASE=postgres is slower.
SEEDS ?= 1..100
DATABASE ?= sqlite
simulate: test-tools
	tests/with-postgres.sh cargo run --locked --profile simulate --features ssr --example simulate -- $(or $(SEED),$(SEEDS)) \
	  --database $(DATABASE)

# The small case, every order in which it can happen.
explore:
	cargo run --locked --profile simulate --features ssr --example simulate -- --explore

# Does it bite? Each deliberate fault of src/faults.rs in turn: which promise it breaks, and how many seeds it takes.
simulate-faults:
	cargo run --locked --profile simulate --features ssr,faults --example simulate -- 1..1500 --faults

# Real processes: servers on both databases are killed again and again, then a browser. RUNS="power disk-full" are two
# of the runs; KILLS is how often the browser dies.
RUNS ?=
KILLS ?= 50
torture: test-tools build
	COMPTOIR=$(COMPTOIR) tests/with-postgres.sh cargo run --locked --features ssr --example torture -- $(RUNS)
	cd end2end && npm ci --no-audit --no-fund && COMPTOIR=$(COMPTOIR) KILLS=$(KILLS) npx playwright test -c torture.config.ts

# Hostile input, guided by coverage: FUZZ_SECONDS for each target of FUZZ. Needs a C++ compiler.
FUZZ ?= wire catalogue stored push pull enrol
FUZZ_SECONDS ?= 60
fuzz: test-tools
	RUSTC_WORKSPACE_WRAPPER=$(CURDIR)/fuzz/instrument.sh cargo build --locked --features fuzz --example fuzz
	@for target in $(FUZZ); do \
	  fuzz/run.sh $(CARGO_TARGET_DIR)/debug/examples/fuzz $$target $(FUZZ_SECONDS) $(CARGO_TARGET_DIR)/fuzz || exit 1; done

tools:
	@rustup target list --installed | grep -q wasm32-unknown-unknown || rustup target add wasm32-unknown-unknown
	@wasm-bindgen --version 2>/dev/null | grep -qF $(BINDGEN_VERSION) || { echo "Installing wasm-bindgen-cli"; \
	  cargo install --locked wasm-bindgen-cli --version $(BINDGEN_VERSION); }
	@cargo leptos --version 2>/dev/null | grep -qF $(LEPTOS_VERSION) || { echo "Installing cargo-leptos (a quarter of an hour)"; \
	  cargo install --locked cargo-leptos --version $(LEPTOS_VERSION); }
	@test -x $(TOOLS)/node_modules/.bin/wasm-opt || { echo "Installing wasm-opt"; \
	  npm install --no-audit --no-fund --prefix $(TOOLS) binaryen@$(BINARYEN_VERSION); }

test-tools:
	@tests/install-tools.sh
