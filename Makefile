# `make test` runs everything a change must pass but the lint gate; `make lint` is that gate.

PACKAGES := postgresql chromium chromium-driver fonts-noto-cjk

.PHONY: test lint packages

test: packages
	tests/with-postgres.sh cargo test

lint:
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --document-private-items

# What the suite needs from Debian beside Rust and a C compiler; says so before it installs.
packages:
	@missing=""; \
	for package in $(PACKAGES); do \
	  dpkg -s "$$package" >/dev/null 2>&1 || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	  echo "The full test suite needs these Debian packages; installing:$$missing"; \
	  if [ "$$(id -u)" = 0 ]; then SUDO=""; else SUDO="sudo"; fi; \
	  $$SUDO apt-get update -q && \
	  $$SUDO env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $$missing; \
	fi
