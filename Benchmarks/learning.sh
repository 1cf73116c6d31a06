#!/bin/bash
# What each block learns (ssm-math 12.6), by the command anyone has: curves to Benchmarks/Results/learning-*.jsonl, the
# reports to learning.txt. Runs named on the command line alone, else all: induction-mamba selective-copying-mamba
# induction-s4d selective-copying-s4d parity-mamba3 parity-mamba3-no-rotation.
set -euo pipefail
cd "$(dirname "$0")/.."
MNEME="${MNEME:-.build/release/mneme}"
THREADS="${THREADS:-2}"
SEEDS="${SEEDS:-1 2 3}"
OUT=Benchmarks/Results
mkdir -p "$OUT"

run() { # name, then the arguments
    local name="$1"; shift
    echo "# mneme train task $* (load $(cut -d' ' -f1-3 /proc/loadavg))"
    "$MNEME" train task "$@" --threads "$THREADS" --curve "$OUT/learning-$name.jsonl"
}
each() { for seed in $SEEDS; do run "$1-seed$seed" "${@:2}" --seed "$seed"; done; }

one() {
    case "$1" in
        induction-mamba) each "$1" induction --block mamba --steps 1500 --interval 25 ;;
        selective-copying-mamba) each "$1" selective-copying --block mamba --steps 3000 --interval 50 ;;
        induction-s4d) run "$1" induction --block s4d --steps 8500 --interval 100 --seed 1 ;;
        selective-copying-s4d) run "$1" selective-copying --block s4d --steps 16000 --interval 50 --seed 1 --target 0.85 ;;
        parity-mamba3) each "$1" parity --block mamba3 --steps 3000 --interval 25 ;;
        parity-mamba3-no-rotation) each "$1" parity --block mamba3 --no-rotation --steps 3000 --interval 25 ;;
        *) echo "learning.sh: no run named $1" >&2; exit 64 ;;
    esac
}
if [ $# -eq 0 ]; then
    set -- induction-mamba selective-copying-mamba induction-s4d selective-copying-s4d parity-mamba3 parity-mamba3-no-rotation
fi
echo "# $(date -u +%FT%TZ) · $(git rev-parse --short HEAD) · $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1) · $(nproc) CPUs, $THREADS threads"
for name in "$@"; do one "$name"; done
