# Two commands do everything on a fresh Debian machine with the Swift toolchain:
#   make run    install what is missing, build, import a real git history, answer a question over it
#   make test   build and pass the tests
SHELL    := /bin/bash
SWIFT    ?= swift
PACKAGES := git libsqlite3-dev libsimdjson-dev libffi-dev sqlite3 build-essential
REPO     ?= .
QUESTION ?= why does a late scorer not write into the next turn?
BIN      := .build/release

# make install PREFIX=/some/where [DESTDIR=/staging]; make uninstall with the same.
PREFIX   ?= /usr/local
DESTDIR  ?=

# make fuzz SECONDS=600: that long per parser. (A name that the shell has too, so only the command line counts.)
ifneq ($(origin SECONDS),command line)
SECONDS  := 60
endif

.PHONY: run test build install uninstall bench models fuzz sanitize format lint deps clean

run: build
	@Scripts/run.sh "$(REPO)" "$(QUESTION)"

# --build-tests builds the plugins as well: the tests load the real libraries.
test: deps
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build

build: deps
	$(SWIFT) build -c release
	@ln -sf mneme $(BIN)/signet-predictor

install: PACKAGES += binutils patchelf
install: build
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" Scripts/install.sh install

uninstall:
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" Scripts/install.sh uninstall

bench: build
	Benchmarks/run.sh

# Every model that ships, again from its seeds, compared with what is committed; UPDATE=1 takes the new ones.
models: build
	@Scripts/models.sh .build/models
	@if [ -n "$(UPDATE)" ]; then cp .build/models/*.safetensors .build/models/*.json models/; \
	    (cd models && sha256sum *.safetensors *.json > SHA256SUMS); fi
	@cd .build/models && sha256sum --check ../../models/SHA256SUMS

# libFuzzer over every parser of foreign bytes (docs/fuzzing.md).
fuzz:
	SWIFT="$(SWIFT)" Scripts/fuzz.sh $(SECONDS)

# The runtime's tests under ThreadSanitizer, then under AddressSanitizer.
sanitize:
	SWIFT="$(SWIFT)" Scripts/sanitize.sh thread
	SWIFT="$(SWIFT)" Scripts/sanitize.sh address

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Plugins Tests Fuzz

lint:
	$(SWIFT) format lint --recursive --parallel Package.swift Sources Plugins Tests Fuzz

# Installs only what is missing, so that a second run needs neither network nor root.
deps:
	@missing=""; for p in $(PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
	    echo "installing:$$missing"; \
	    sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	    $$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq $$missing; \
	fi

clean:
	rm -rf .build .build-*
