#!/bin/bash
# Learning on planted worlds (issue 5): canaries over five training seeds, comparators, held-out worlds, noise, ablations.
# Benchmarks/planted.sh [seeds|canary|worlds|curve|ablations|all]; results go to Benchmarks/Results/planted/.
set -euo pipefail
cd "$(dirname "$0")/.."
mneme=${MNEME:-.build/release/mneme}
work=${WORK:-/tmp/mneme-planted}
out=Benchmarks/Results/planted
mkdir -p "$work" "$out"
part=${1:-all}

# Weights of one recipe from several seeds; those that are there already are kept.
train() { # name, seed, arguments
    local file="$work/$1.safetensors"
    shift
    [ -f "$file" ] || "$mneme" train planted --out "$file" --json "$@" >> "$out/training.jsonl"
}

seeds() {
    for seed in 1 2 3 4 5; do
        train "50k-$seed" --size 50k --seed $seed
    done
    # Beside it: the seeds' 17 columns without and with a list branch, and all columns without a trunk.
    for seed in 1 2 3; do
        train "mlp17-$seed" --size 50k --ablation memory-columns-mlp --seed $seed
        train "mlp-$seed" --size 50k --ablation no-trunk --seed $seed
        train "list-$seed" --size 50k --ablation list-only --seed $seed
    done
}

canary() {
    # Rows per weights and the summary over seeds; --json has the same.
    "$mneme" canary "$work"/50k-[1-5].safetensors --together --seed 7 > "$out/canary-50k.txt"
    "$mneme" canary "$work"/mlp-[1-3].safetensors "$work"/mlp17-[1-3].safetensors "$work"/list-[1-3].safetensors --worlds 100 \
        --seed 7 > "$out/canary-beside.txt"
    "$mneme" canary models/mamba-15k.safetensors models/mamba-50k.safetensors models/mamba-120k.safetensors --seed 7 \
        > "$out/canary-shipped.txt"
}

worlds() {
    "$mneme" eval planted "$work"/50k-[1-5].safetensors "$work"/mlp-1.safetensors "$work"/mlp17-1.safetensors \
        "$work"/list-1.safetensors > "$out/worlds-other.txt"
    "$mneme" eval planted "$work"/50k-1.safetensors --queries none > "$out/worlds-other-no-question.txt"
    "$mneme" eval planted "$work"/50k-1.safetensors --same > "$out/worlds-same.txt"
}

curve() {
    "$mneme" canary "$work"/50k-1.safetensors --curve --html "$out/canary-curve.html" --force > "$out/canary-curve.txt"
}

ablations() {
    for name in no-trunk list-only memory-columns memory-columns-mlp no-time time-only no-gaps no-residual no-curriculum \
        no-situations no-pointwise no-ids mamba3 s4d state-4 state-32 state-64 layers-1 layers-3 layers-4 one-regime \
        history-10 history-50; do
        train "ablation-$name" --size 50k --worlds 600 --passes 4 --ablation "$name"
    done
    train "ablation-none" --size 50k --worlds 600 --passes 4
    "$mneme" eval planted "$work"/ablation-*.safetensors > "$out/ablations.txt"
    "$mneme" canary "$work"/ablation-*.safetensors --worlds 100 --json > "$out/ablations-canary.json"
}

case $part in
all) seeds; canary; worlds; curve; ablations ;;
seeds | canary | worlds | curve | ablations) $part ;;
*) echo "usage: $0 [seeds|canary|worlds|curve|ablations|all]" >&2; exit 2 ;;
esac
