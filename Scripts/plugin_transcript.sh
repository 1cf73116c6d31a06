#!/bin/bash
# Runs the commands of docs/writing-a-plugin.md and prints them with output and time: the end of that page.
# Needs .build/release/mneme. Usage: Scripts/plugin_transcript.sh > transcript
set -uo pipefail
mneme="$(cd "$(dirname "$0")/.." && pwd)/.build/release/mneme"
home=$(mktemp -d /tmp/mneme-kit.XXXXXX)
trap 'rm -rf "$home"' EXIT
cd "$home" || exit 1
export XDG_DATA_HOME="$home/data" XDG_CONFIG_HOME="$home/config" NO_COLOR=1 COLUMNS=110
mneme() { "$mneme" "$@"; }

# What is between the commands and not worth showing.
quietly() { "$@" >/dev/null; }

show() {
    echo "\$ $*"
    local start end
    start=$(date +%s%N)
    eval "$@" 2>&1 | sed "s|$home|~|g"
    local status=${PIPESTATUS[0]}
    end=$(date +%s%N)
    printf '[%d.%02d s, exit %d]\n\n' $(((end - start) / 1000000000)) $(((end - start) / 10000000 % 100)) "$status"
}

quietly mneme add "We keep three backups on the NAS." --importance 0.9
quietly mneme add "The weekly backup goes to the office." --importance 0.2
quietly mneme add "Anna likes tea."

show mneme plugin new my-scorer --language c
show make -C my-scorer
show mneme plugin info my-scorer/my-scorer.so
show mneme plugin check my-scorer/my-scorer.so -q
show "mneme search \"backups\" --config my-scorer/plugins.json --explain"
hash=$(sha256sum my-scorer/my-scorer.so | cut -d' ' -f1)
quietly mneme init --with-config
cat > config/mneme/plugins.json <<END
{ "version": 1, "scorers": [
  { "id": "my-scorer", "library": { "path": "$home/my-scorer/my-scorer.so", "sha256": "$hash" },
    "deadlineMilliseconds": 5, "options": { "importanceWeight": 0.5 }, "grants": [] } ] }
END
show mneme plugin list
show "mneme search \"backups\" --scorer my-scorer"
for language in cpp rust swift; do
    show mneme plugin new my-$language --language $language -q
    show "make -s -C my-$language 2>&1 | tail -1"
    show "mneme plugin check \$(find -L my-$language -name '*.so' -path '*my-$language*' | head -1) | tail -1"
    show "mneme search \"backups\" --config my-$language/plugins.json | grep scored"
done
show mneme plugin new my-scorer --language c
