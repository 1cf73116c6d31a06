#!/usr/bin/env bash
# Speed of the state-space models beside plain C and PyTorch, in one run, each on one thread of the same CPU.
#   Benchmarks/speed.sh            → Benchmarks/Results/speed.txt; measure when nothing else runs (the load is in the file)
# PYTHON names a Python with torch (Benchmarks/torch_bridge.py says how to install one); without it PyTorch is left out.
set -euo pipefail
cd "$(dirname "$0")/.."
export MNEME_BENCHMARKS=1
SCRATCH=${SCRATCH:-.build-bench}
PYTHON=${PYTHON:-/opt/bench/torch/bin/python}
CPU=${CPU:-0}
swift build -c release --scratch-path "$SCRATCH" --product mamba-bench >&2
clang=$(dirname "$(readlink -f "$(command -v swift)")")/clang
for flags in "-O2" "-O3 -march=native -ffast-math"; do
    # shellcheck disable=SC2086 (several flags)
    "$clang" $flags Benchmarks/plain_mamba.c -lm -o "$SCRATCH/plain${flags// /}"
done
{
    echo "# $(date -u +'%F %R UTC'), commit $(git rev-parse --short HEAD)$(git diff --quiet HEAD -- ':!Benchmarks/Results' || echo ' and changes')"
    echo "# $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) CPUs, Linux $(uname -r); load at start: $(cut -d' ' -f1-3 /proc/loadavg)"
    echo "# who, what, µs"
    taskset -c "$CPU" "$SCRATCH/release/mamba-bench" speed
    for flags in "-O2" "-O3 -march=native -ffast-math"; do
        taskset -c "$CPU" "$SCRATCH/plain${flags// /}" "plain C, clang $flags"
    done
    if [ -x "$PYTHON" ]; then taskset -c "$CPU" "$PYTHON" Benchmarks/torch_speed.py; else echo "# no torch at $PYTHON"; fi
    echo "# load at end: $(cut -d' ' -f1-3 /proc/loadavg)"
} | tee Benchmarks/Results/speed.txt
