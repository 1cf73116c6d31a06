#!/bin/bash
# Figures of the plugin runtime: swap under load, kills, every fixture in every tier.
#   Benchmarks/runtime.sh [swap|kill|tiers]
# Needs swift, cc and, for swap, rustc. Measure when nothing else builds.
set -euo pipefail
cd "$(dirname "$0")/.."
export MNEME_BENCHMARKS=1
SCRATCH=${SCRATCH:-.build-bench}
WHAT=${1:-all}
swift build -c release --scratch-path "$SCRATCH" --product runtime-bench >&2
swift build -c release --scratch-path "$SCRATCH" --product mneme-worker >&2
BENCH=$SCRATCH/release/runtime-bench
LIBRARIES=$SCRATCH/libraries
mkdir -p "$LIBRARIES/fixtures"
echo "# $(date -u +%F) $(git rev-parse --short HEAD) $(uname -r) $(nproc) CPUs, load $(cut -d' ' -f1 /proc/loadavg)"

swap() {
    # Two builds of one Swift module: the version is compiled in, so the bytes differ and the code doesn't.
    for version in 1.0.0 1.0.1; do
        rm -rf "$SCRATCH/swift-$version" && cp -r Examples/swift "$SCRATCH/swift-$version" && rm -rf "$SCRATCH/swift-$version/.build"
        sed -i "s|path: \"../..\"|path: \"$PWD\"|" "$SCRATCH/swift-$version/Package.swift"
        grep -rl '"1\.0\.0"' "$SCRATCH/swift-$version/Sources" | xargs -r sed -i "s|\"1\.0\.0\"|\"$version\"|"
        (cd "$SCRATCH/swift-$version" && swift build -c release --product RecencyFrequency >&2)
        cp "$SCRATCH/swift-$version/.build/release/libRecencyFrequency.so" "$LIBRARIES/swift-$version.so"
    done
    # A version of its own: an answer must say which of the three it came from.
    sed 's|"1\.0\.0"|"2.0.0"|; s|#\[path = "../../|#[path = "'"$PWD"'/|' Examples/rust/graph_distance.rs > "$SCRATCH/graph_distance.rs"
    rustc --edition 2021 -O -C strip=symbols --crate-type cdylib -o "$LIBRARIES/rust.so" "$SCRATCH/graph_distance.rs" >&2
    "$BENCH" swap "${REQUESTS:-1000000}" "${SWAPS:-1000}" "${TIER:-inline}" "$LIBRARIES"/swift-1.0.0.so "$LIBRARIES"/swift-1.0.1.so "$LIBRARIES"/rust.so
}

kills() {
    [ -f "$LIBRARIES/swift-1.0.0.so" ] || (cd Examples/swift && swift build -c release --product RecencyFrequency >&2 && cp .build/release/libRecencyFrequency.so "../../$LIBRARIES/swift-1.0.0.so")
    "$BENCH" kill "${KILLS:-1000}" "$LIBRARIES/swift-1.0.0.so"
}

tiers() {
    for source in Tests/PluginFixtures/*.c Tests/PluginFixtures/*.cpp; do
        name=$(basename "${source%.*}")
        case $source in *scorer.c|*foreign.c) continue ;; *.cpp) compiler=c++ ;; *) compiler=cc ;; esac
        flags=-O1
        [ "$name" = bad_fast_math ] && flags="-O1 -ffast-math"
        $compiler $flags -shared -fPIC -w -ISources/PluginABI/include "$source" -lm -o "$LIBRARIES/fixtures/$name.so" || echo "skipped $name" >&2
    done
    "$BENCH" tiers "$LIBRARIES/fixtures"
}

case $WHAT in
swap) swap ;;
kill) kills ;;
tiers) tiers ;;
all) swap; kills; tiers ;;
esac
