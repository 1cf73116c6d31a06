#!/usr/bin/env bash
# The part of Scripts/install-root.sh that runs inside the root. Fails at the first thing that isn't as it should be.
set -euo pipefail
TIMEFORMAT='   (%R s)'
say() { printf '\n== %s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

if [[ $(id -u) = 0 ]]; then
    say "run-time packages: $PACKAGES"
    apt-get update -qq
    # shellcheck disable=SC2086 # a list of names
    time DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $PACKAGES >/dev/null
    id anna >/dev/null 2>&1 || useradd --create-home anna
    rm -rf /home/anna && install -d -o anna -g anna /home/anna
    # As an ordinary user, who may not write to the installation.
    exec runuser -u anna -- env HOME=/home/anna bash /srv/job.sh
fi

cd
export PATH=$PREFIX/bin:$PATH
# Prints the command, its output (the first and last lines of a long one) and its time; the output stays in out.txt.
run() {
    printf '\n$ %s\n' "$*"
    local status=0
    { time "$@" >out.txt 2>&1 || status=$?; } 2>time.txt
    if [[ $(wc -l <out.txt) -gt 36 ]]; then
        head -26 out.txt
        echo "   … $(($(wc -l <out.txt) - 30)) lines …"
        tail -4 out.txt
    else
        cat out.txt
    fi
    cat time.txt
    [[ $status = 0 ]] || fail "it ended with $status"
}
prints() { grep -q "$1" out.txt || fail "$2"; }
prints_no() { ! grep -q "$1" out.txt || fail "$2"; }

say "no toolchain here, no library of Swift but the installed ones"
! command -v swift swiftc clang gcc || fail "a compiler is here"
others=$(find / -xdev -name 'libswiftCore*' -not -path "$PREFIX/*" 2>/dev/null || true)
[[ -z $others ]] || fail "another Swift runtime: $others"
! ldd "$PREFIX/bin/mneme" | grep 'not found' || fail "libraries are missing"
echo "$(grep PRETTY /etc/os-release), user $(id -un); $PREFIX has $(du -sh "$PREFIX" | cut -f1): \
$(cd "$PREFIX" && du -sh bin/mneme lib/mneme/swift lib/mneme/plugins | tr -s '\t\n' ' ,')"

say "the main job"
run mneme --version
run mneme init
run mneme add "The backup runs every night at three and goes to the NAS." --author Anna
run mneme add "Anna keeps the NAS password in the blue safe." --author Anna
run mneme add "Lunch is at noon on weekdays." --author Ben
run mneme import /srv/notes
run mneme search "When does the backup run?" --explain --limit 3
prints 'scored by heuristic' "the plugin didn't score"
prints_no '^degraded' "the answer is degraded"
run mneme doctor
prints_no '^warning\|^problem' "doctor isn't content"
prints "^ok  *runtime  *$PREFIX/lib/mneme/swift: [1-9]" "doctor doesn't see the runtime"
run mneme plugin info libHeuristicScorer.so
run mneme doctor --config "$PREFIX/share/mneme/plugins.json"
run signet-predictor <<<'{"jsonrpc":"2.0","id":1,"method":"status"}'
prints '"result"' "the sidecar doesn't answer"

say "the plugin comes from the private copy, the runtime from the installation"
mkfifo questions
mneme serve --stdio <questions >answers.txt &
exec 3>questions
for _ in $(seq 100); do
    ! grep -q 'mneme/objects' "/proc/$!/maps" || break
    sleep 0.1
done
sed -n 's|.* \(/.*\)|\1|p' "/proc/$!/maps" | grep 'libswiftCore\|mneme/objects' | sort -u | tee mapped.txt
exec 3>&-
wait
grep -q "^$PREFIX/lib/mneme/swift/libswiftCore.so" mapped.txt || fail "the runtime isn't the installed one"
grep -q '^/home/anna/.local/share/mneme/objects/' mapped.txt || fail "no private copy is mapped"

say "a plugin's own run path doesn't matter: as linked, it names a toolchain that isn't here"
sed 's|"libHeuristicScorer.so"|"/srv/linked/libHeuristicScorer.so"|' "$PREFIX/share/mneme/plugins.json" >linked.json
run mneme search "When does the backup run?" --limit 1 --config linked.json
prints 'scored by heuristic' "the plugin as linked didn't score"

say "a scorer in a process of its own, walls included, and the check of what it promises"
sed 's|"tier": "inline"|"tier": "process"|' linked.json >process.json
grep -q '"process"' process.json || fail "plugins.json names no inline tier"
run mneme search "When does the backup run?" --limit 1 --config process.json
prints 'scored by heuristic' "the plugin didn't score in a worker"
prints_no '^degraded' "the answer is degraded"
run mneme plugin list --json --config process.json
prints '"walls":\["landlock","first filter","second filter"\]' "a wall is missing"
run mneme plugin check "$PREFIX/lib/mneme/plugins/libHeuristicScorer.so"

say "the prefix can be moved: the same from a copy elsewhere"
cp -a "$PREFIX" moved
run moved/bin/mneme search "When does the backup run?" --limit 1
prints 'scored by heuristic' "the copy didn't score"

say "what doctor says of a copy without its plugin"
rm moved/lib/mneme/plugins/libHeuristicScorer.so
run moved/bin/mneme doctor
prints 'make install' "doctor doesn't say what to do"
run moved/bin/mneme search "When does the backup run?" --limit 1
prints 'scored by @floor' "the floor didn't answer"
rm -rf moved

say "20 starts"
TIMEFORMAT='   (%R s for 20 × mneme --version)'
time for _ in $(seq 20); do mneme --version >/dev/null; done
TIMEFORMAT='   (%R s for 20 × mneme search)'
time for _ in $(seq 20); do mneme search "When does the backup run?" >/dev/null; done

say "all is well"
