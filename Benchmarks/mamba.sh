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
