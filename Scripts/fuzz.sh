#!/bin/bash
# fuzz.sh SECONDS [TARGET …]: feeds every parser of foreign bytes for that long each, one after the other.
# What is found beyond the committed corpus stays in .build-fuzz/corpus; inputs that crash in .build-fuzz/crashes.
# fuzz.sh minimise: merges what was found into Fuzz/Corpus, the smallest inputs that reach the same edges.
set -euo pipefail
cd "$(dirname "$0")/.."
SWIFT=${SWIFT:-swift}
scratch=.build-fuzz
fuzzer=$scratch/release/mneme-fuzz

# Our own main drives libFuzzer, so the library without one is linked.
toolchain=$(dirname "$(dirname "$(readlink -f "$(command -v "$SWIFT")")")")
MNEME_FUZZER=$(ls "$toolchain"/lib/clang/*/lib/linux/libclang_rt.fuzzer_no_main-"$(uname -m)".a 2>/dev/null | head -1)
[ -n "$MNEME_FUZZER" ] || { echo "no libclang_rt.fuzzer_no_main under $toolchain/lib/clang: this toolchain can't fuzz" >&2; exit 1; }
export MNEME_FUZZER
if [ -z "${MNEME_FUZZ_BUILT:-}" ]; then
    "$SWIFT" build -c release --product mneme-fuzz --sanitize address --scratch-path $scratch 2>&1 | grep -v "Cannot export local symbol" || true
fi
[ -x $fuzzer ]

# A crash must reach libFuzzer, not Swift's backtracer.
export SWIFT_BACKTRACE=enable=no
targets=$($fuzzer | cut -d' ' -f1)
case ${1:?seconds, or minimise} in
minimise)
    for target in $targets; do
        mkdir -p $scratch/corpus/"$target" Fuzz/Corpus/"$target"
        old=$(mktemp -d)
        mv Fuzz/Corpus/"$target"/* "$old"/ 2>/dev/null || true
        $fuzzer "$target" -set_cover_merge=1 Fuzz/Corpus/"$target" "$old" $scratch/corpus/"$target" 2>&1 | grep "MERGE-OUTER.*new" || true
        rm -r "$old"
    done ;;
*)
    seconds=$1; shift
    status=0
    mkdir -p $scratch/crashes
    for target in ${*:-$targets}; do
        mkdir -p $scratch/corpus/"$target"
        log=$scratch/$target.log
        $fuzzer "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
            -artifact_prefix=$scratch/crashes/"$target"- $scratch/corpus/"$target" Fuzz/Corpus/"$target" >"$log" 2>&1 || status=1
        echo "$target: $(grep -E 'DONE|SUMMARY' "$log" | tail -1)"
        grep -E 'number_of_executed|average_exec|peak_rss' "$log" || true
    done
    exit $status ;;
esac
