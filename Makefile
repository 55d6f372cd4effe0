# Everything a fresh Debian 12 with a Swift 6 toolchain needs: `make run`, `make test`.

SWIFT_BUILD = -c release --explicit-target-dependency-import-check error
DEBIAN_PACKAGES = libopenblas-dev libpng-dev libsqlite3-dev libssl-dev zlib1g-dev \
	libcurl4-openssl-dev pkg-config python3-venv

# What plays the Atari games: a worker process in Python, with the emulator and its ROMs.
ALE_VERSION = 0.12.1
ALE_INSTALLED = .python/ale-py-$(ALE_VERSION)

# What plays Gymnasium's environments: the same Python. MinAtar needs nothing but NumPy to be played.
GYMNASIUM_VERSION = 1.4.0
MINATAR_VERSION = 1.0.15
GYMNASIUM_INSTALLED = .python/gymnasium-$(GYMNASIUM_VERSION)-minatar-$(MINATAR_VERSION)

.PHONY: run build dist test test-played sanitize same-bits fuzz peers bench-http bench-watchers \
	torture soak day crash-test fault-test reach disk learn minatar bench bench-minatar bench-train bench-latency bench-clients documentation reference lint format packages python-environment

# Builds the server and starts it at http://127.0.0.1:8080, its data in ./data.
run: build
	.build/release/dqn-server serve --host 127.0.0.1 --port 8080 --data ./data --public Public

build: packages python-environment
	swift build $(SWIFT_BUILD) --product dqn-server

# A server for machines without a Swift toolchain, and the page: copy .build-dist/dqn-server.
dist: packages
	swift build $(SWIFT_BUILD) --static-swift-stdlib --scratch-path .build-dist --product dqn-server
	rm -rf .build-dist/dqn-server && mkdir .build-dist/dqn-server
	strip -o .build-dist/dqn-server/dqn-server .build-dist/release/dqn-server
	cp -R Public .build-dist/dqn-server/
	@echo "it needs the Debian packages libopenblas0 libpng16-16 libsqlite3-0 libssl3 zlib1g"

test: packages python-environment
	swift test $(SWIFT_BUILD)

# The tests of all that reads foreign bytes, and of what is computed in C, under the address
# sanitizer; the former and those of what threads share by hand under the thread sanitizer.
READERS = HTTPServingTests|JSONScanningTests
COMPUTERS = TensorsTests|NeuralNetworksTests

# All are Swift Testing's; XCTest's empty run leaks 144 bytes of its own.
sanitize: packages
	swift test $(SWIFT_BUILD) --disable-xctest --sanitize address --scratch-path .build-asan \
		--filter '$(READERS)|$(COMPUTERS)'
	TSAN_OPTIONS=suppressions=$(CURDIR)/Tests/thread.suppressions \
		swift test $(SWIFT_BUILD) --disable-xctest --sanitize thread --scratch-path .build-tsan \
		--filter '$(READERS)|BackgroundQueuesTests|ScheduleTests'

# What is computed on CPUs with AVX-512 and bfloat16, on one with AVX2: plain C plays their instructions.
test-played: packages
	swift test $(SWIFT_BUILD) -Xcc -DDQN_PLAYS_AVX512 --scratch-path .build-played \
		--filter '$(COMPUTERS)|DeepQLearningTests|TrainingTests'

# The kernels for this CPU, and those for others that are played, must compute the same bits.
same-bits:
	@$(MAKE) --no-print-directory packages DEBIAN_PACKAGES="qemu-user-static gcc-aarch64-linux-gnu"
	Tests/SameBits/same_bits.sh

# Seconds for each target: make fuzz SECONDS=3600
SECONDS = 60

fuzz: packages
	Sources/dqn-bench/Fuzz/fuzz.sh $(SECONDS)

PEERS = Sources/dqn-bench/Peers/HTTP
PEER_PACKAGES = wrk nginx-light nodejs gcc

# Other servers, built once, to be measured beside ours; those in Swift as `make dist` builds it.
peers:
	@$(MAKE) --no-print-directory packages DEBIAN_PACKAGES="$(PEER_PACKAGES)"
	swift build -c release --static-swift-stdlib --package-path $(PEERS)/swift \
		--scratch-path .build-peers
	gcc -O2 -Wall -o .build-peers/epoll_hello $(PEERS)/c/epoll_hello.c

bench-http: peers
	python3 -B Sources/dqn-bench/HTTP/bench.py
	python3 -B Sources/dqn-bench/HTTP/idle.py

torture: peers
	python3 -B Sources/dqn-bench/HTTP/torture.py

# What it costs a job that 50 watch it with pictures, or 200 without.
bench-watchers: build
	python3 -B Sources/dqn-bench/HTTP/watchers.py

soak: peers
	python3 -B Sources/dqn-bench/HTTP/soak.py

# A day in the life of the server, in five minutes: restarts, a full disk, 200 watchers.
day: build
	python3 -B Sources/dqn-bench/HTTP/day.py

# Kills the server 200 times while it trains, and looks whether anything was lost.
crash-test: build
	python3 -B Sources/dqn-bench/Faults/crash.py $(CRASH)

# One call of the file layer fails, each time another: make fault-test FAULTS="--runs 300"
fault-test: build
	python3 -B Sources/dqn-bench/Faults/faults.py $(FAULTS)

# How soon a job answers, whatever it does.
reach: build
	python3 -B Sources/dqn-bench/Faults/reach.py $(REACH)

# A full disk and a read-only one, on a tmpfs that is mounted for it, which needs root.
disk: build
	python3 -B Sources/dqn-bench/Faults/disk.py

# Long runs that must reach their scores: make learn, make learn RUNS="catch cartpole"
learn: build
	python3 -B Sources/dqn-bench/Learning/learn.py $(RUNS)

# MinAtar's games beside the package they agree with: 100,000 steps at random, and as many of a player.
MINATAR = Tests/Fixtures/MinAtar/make_fixtures.py

.python-minatar/installed: $(MINATAR)
	python3 -m venv .python-minatar
	.python-minatar/bin/python -m pip install --quiet --disable-pip-version-check numpy
	.python-minatar/bin/python -m pip install --quiet --disable-pip-version-check --no-deps minatar==1.0.15
	touch $@

minatar: packages .python-minatar/installed
	mkdir -p .build/minatar
	.python-minatar/bin/python -B $(MINATAR) --steps 100000 --folder .build/minatar
	MINATAR_FIXTURES=$(CURDIR)/.build/minatar swift test $(SWIFT_BUILD) --filter MinAtarTests

# Every part of training by itself, as a table and as JSON.
bench: packages python-environment
	swift build $(SWIFT_BUILD) --product dqn-bench
	.build/release/dqn-bench all --json .build/bench.json

# Steps a second of MinAtar's games, and of the package's.
bench-minatar: packages .python-minatar/installed
	swift build $(SWIFT_BUILD) --product dqn-bench
	.python-minatar/bin/python -B Sources/dqn-bench/Peers/MinAtar/bench.py

TRAINING_PEERS = Sources/dqn-bench/Peers/Training

# Made once: some 6 GB, because PyTorch's wheel brings more than a processor needs.
.python-peers/installed: $(TRAINING_PEERS)/requirements.txt $(TRAINING_PEERS)/jax.txt
	python3 -m venv .python-peers
	.python-peers/bin/python -m pip install --quiet --disable-pip-version-check -r $(TRAINING_PEERS)/requirements.txt
	.python-peers/bin/python -m pip install --quiet --disable-pip-version-check -r $(TRAINING_PEERS)/jax.txt \
		|| echo "JAX is left out, it cannot be installed here" >&2
	touch $@

# Our training and that of PyTorch, JAX and Stable-Baselines3 in turn:
# make bench-train BENCH="--parts step --rounds 3"
bench-train: packages .python-peers/installed
	swift build $(SWIFT_BUILD) --product dqn-bench
	python3 -B Sources/dqn-bench/Training/bench.py $(BENCH)

# How long Q-values take while a job trains on every core, and what they cost it.
bench-latency: build
	python3 -B Sources/dqn-bench/Training/latency.py

# How many steps clients that play make, and how long an action takes.
bench-clients: build
	python3 -B Sources/dqn-bench/Clients/players.py 6

# The documentation of what `make test` has built; a link that leads nowhere is an error.
documentation:
	Tests/Documentation/documentation.sh

# Writes the pages of the reference that are made from the server's tables.
reference: build
	.build/release/dqn-server serve --port 18480 --data .build/reference-data --public Public \
		>.build/reference.log 2>&1 & server=$$!; \
	curl -s --retry 20 --retry-connrefused --retry-delay 1 http://127.0.0.1:18480/openapi.json \
		| python3 -B Tests/Documentation/reference.py; \
	status=$$?; kill $$server; exit $$status

lint:
	swift format lint --strict --parallel --recursive Package.swift Sources Tests

format:
	swift format --in-place --parallel --recursive Package.swift Sources Tests

PIP_INSTALL = .python/bin/python -m pip install --quiet --disable-pip-version-check --retries 1

# Makes .python once; without it, or without PyPI, all but the Atari games and Gymnasium works. Both
# are installed by themselves: where Box2D has no wheel, Gymnasium comes without LunarLander.
python-environment:
	@[ -e $(ALE_INSTALLED) ] || output=$$({ \
		python3 -m venv .python && \
		$(PIP_INSTALL) ale-py==$(ALE_VERSION) numpy && \
		touch $(ALE_INSTALLED); \
	} 2>&1) || echo "no Atari games, Python or PyPI is missing: $$(echo "$$output" | tail -n 1)" >&2
	@[ -e $(GYMNASIUM_INSTALLED) ] || ! [ -e .python/bin/python ] || output=$$({ \
		$(PIP_INSTALL) "gymnasium[classic-control]==$(GYMNASIUM_VERSION)" && \
		$(PIP_INSTALL) --no-deps minatar==$(MINATAR_VERSION) && \
		$(PIP_INSTALL) --only-binary :all: "gymnasium[box2d]==$(GYMNASIUM_VERSION)" && \
		touch $(GYMNASIUM_INSTALLED); \
	} 2>&1) || echo "not all of Gymnasium's environments: $$(echo "$$output" | tail -n 1)" >&2

# Installs what is missing, as root or with sudo; otherwise names it and stops.
packages:
	@missing=""; for package in $(DEBIAN_PACKAGES); do \
		dpkg -s $$package >/dev/null 2>&1 || missing="$$missing $$package"; \
	done; \
	[ -z "$$missing" ] && exit 0; \
	if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq $$missing; \
	elif sudo -n true 2>/dev/null; then \
		sudo apt-get update -qq && sudo apt-get install -y -qq $$missing; \
	else echo "please install these Debian packages:$$missing" >&2; exit 1; fi
