#!/usr/bin/env bash
# Every figure of docs/benchmarks.md, with raw data in Benchmarks/Results. Measure when nothing else builds.
set -euo pipefail
cd "$(dirname "$0")/.."
Benchmarks/sidecar.py
Benchmarks/store.py "$@"
Benchmarks/vectors.py
Benchmarks/overhead.sh
Benchmarks/speed.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
.build/release/mneme bench score overhead foreign --db "$work/m.db" --config plugins.json
