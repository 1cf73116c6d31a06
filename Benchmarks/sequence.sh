#!/usr/bin/env bash
# The table of sequential recommendation: the softmax's arithmetic rate, training on two threads, then every ranker on
# the dev targets. Needs the data folder `seqrec` (data/README.md); weights stay in $WORK and are never committed.
#   DATA=/work/shared/data/seqrec Benchmarks/sequence.sh [games] [ml100k]      (default: both)
set -euo pipefail
cd "$(dirname "$0")/.."
DATA=${DATA:-../shared/data/seqrec}
WORK=${WORK:-$(mktemp -d)}
THREADS=${THREADS:-2}
SETS=${*:-games ml100k}
if [[ ! -d $DATA ]]; then echo "no folder $DATA: set DATA" >&2; exit 66; fi
swift build -c release --product mneme >&2
swift build -c release --product MambaScorer >&2
MNEME_BENCHMARKS=1 swift build -c release --scratch-path "${SCRATCH:-.build-bench}" --product mamba-bench >&2
MNEME=${MNEME:-.build/release/mneme}
echo "# $(date -u +%F) $(git rev-parse --short HEAD) $(uname -r) $(nproc) CPUs, load $(cut -d' ' -f1 /proc/loadavg); weights in $WORK"
"${SCRATCH:-.build-bench}/release/mamba-bench" softmax

# Options were chosen on each user's event before the target (--hold-out on; the tries stand in Results/sequence.txt); the
# runs below train on that event too, for as many epochs.
train() {
    echo "## $1: mneme train sequence ${*:2}"
    time "$MNEME" train sequence "$DATA/$1" --threads "$THREADS" "${@:2}"
}
judge() { COLUMNS=160 "$MNEME" eval sequence "$DATA/$1" --weights "$2" "${@:3}"; }

SHARED=(--width 64 --layers 1 --state 16 --dropout 0.4 --rate-floor 0.03 --table-decay on --hold-out off --seed 1)
GAMES=("${SHARED[@]}" --rate 3e-3 --weight-decay 2 --epochs 16)
ML=("${SHARED[@]}" --rate 2e-3 --weight-decay 1 --epochs 24 --batch 32 --max-length 200)
for set in $SETS; do
    case $set in
    games)
        train games "${GAMES[@]}" --out "$WORK/games.safetensors"
        judge games "$WORK/games.safetensors"
        # The same weights through the host and libMambaScorer.so; every item is a row of every turn.
        judge games "$WORK/games.safetensors" --tier inline --users 1000 --config plugins.json
        ;;
    ml100k)
        for gaps in off on; do
            train ml100k "${ML[@]}" --gaps $gaps --out "$WORK/ml100k-gaps-$gaps.safetensors"
            judge ml100k "$WORK/ml100k-gaps-$gaps.safetensors"
        done
        ;;
    *) echo "unknown set $set" >&2; exit 64 ;;
    esac
done
