#!/bin/bash
# Times of the Mamba models on one thread, per dispatch level. Measure when nothing else builds.
#   Benchmarks/mamba.sh
set -euo pipefail
cd "$(dirname "$0")/.."
export MNEME_BENCHMARKS=1
SCRATCH=${SCRATCH:-.build-bench}
swift build -c release --scratch-path "$SCRATCH" --product mamba-bench >&2
echo "# $(date -u +%F) $(git rev-parse --short HEAD) $(uname -r) $(nproc) CPUs, load $(cut -d' ' -f1 /proc/loadavg)"
"$SCRATCH/release/mamba-bench"

# The same number after 10 steps and after 100,000: a step allocates nothing.
cc -shared -fPIC -O1 Benchmarks/mallocs.c -o "$SCRATCH/mallocs.so"
for steps in 10 100000; do LD_PRELOAD="$PWD/$SCRATCH/mallocs.so" "$SCRATCH/release/mamba-bench" "$steps" 2>&1; done
