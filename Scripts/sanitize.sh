#!/bin/bash
# sanitize.sh thread|address [FILTER]: the runtime's tests under a sanitiser. Any report fails the run.
#
# The worker isn't sanitised: its memory limit and its filters of system calls leave no room for a sanitiser's runtime. It is
# built plainly and laid beside the sanitised tests. The C fixtures aren't either: theirs are planted faults.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:?thread or address}
filter=${2:-HostTests}
SWIFT=${SWIFT:-swift}
# Short names, beside .build-fuzz.
scratch=.build-${kind:0:1}san
reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT

"$SWIFT" build --product mneme-worker
"$SWIFT" build --build-tests --sanitize "$kind" --scratch-path "$scratch"
# A new file: the one there is hard-linked by the build, and would be taken for up to date.
rm -f "$scratch/debug/mneme-worker"
cp .build/debug/mneme-worker "$scratch/debug/mneme-worker"

# Leaks: Swift's runtime keeps metadata for ever, and a hung plugin's thread is left behind on purpose.
export TSAN_OPTIONS="log_path=$reports/report:suppressions=$PWD/Scripts/tsan.supp:${TSAN_OPTIONS:-}"
export ASAN_OPTIONS="log_path=$reports/report:detect_leaks=0:${ASAN_OPTIONS:-}"
export SWIFT_BACKTRACE=enable=no
status=0
"$SWIFT" test --skip-build --sanitize "$kind" --scratch-path "$scratch" --filter "$filter" || status=$?
if compgen -G "$reports/report*" >/dev/null; then
    cat "$reports"/report*
    exit 1
fi
exit $status
