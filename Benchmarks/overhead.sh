#!/bin/bash
# What a call costs in every tier, beside a Unix socket that carries the same bytes: 256 rows × 17 columns, with texts of
# 300 bytes, with vectors of 768 numbers; on an idle machine and with a busy process per core.
# Usage: Benchmarks/overhead.sh [RUNS]. Prints every run as JSON lines and keeps them, with the machine and the commit.
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${1:-5}
out=Benchmarks/Results/overhead.jsonl
work=$(mktemp -d)
busy=()
stop_busy() { for pid in "${busy[@]}"; do kill "$pid" 2>/dev/null || true; done; busy=(); }
trap 'stop_busy; rm -rf "$work"' EXIT

columns=$(grep -o '^| `[a-z_.]*@1`' docs/columns.md | tr -d '|` ' | head -17 | sed 's/.*/{\\"name\\":\\"&\\",\\"required\\":false}/' | paste -sd,)
# Its first weight is positive: that much can be promised, and the load gate looks at it.
columns=${columns/false\}/false,\\\"monotone\\\":true\}}
for kind in columns texts vectors; do
    flags=(); grants=
    [ $kind = texts ] && flags=(-DTEXTS) && grants=', "grants": ["row-texts"]'
    [ $kind = vectors ] && flags=(-DVECTORS) && grants=', "grants": ["row-embeddings"]'
    cc -std=gnu11 -O3 -fPIC -shared -fvisibility=hidden -ISources/PluginABI/include "-DCOLUMNS=\"$columns\"" "${flags[@]}" \
        Benchmarks/bench_scorer.c -o "$work/$kind.so"
    cat >"$work/$kind.json" <<JSON
{ "version": 1, "paths": { "objects": "objects" }, "trust": { "unpinned": "allow" },
  "embedder": { "command": ["true"], "model": "bench", "dimension": 768 },
  "scorers": [ { "id": "bench", "library": "$work/$kind.so", "tier": "inline"$grants } ] }
JSON
done

printf '{"command": "Benchmarks/overhead.sh %s", "commit": "%s", "machine": "%s, %s cores, %s"}\n' \
    "$runs" "$(git rev-parse --short HEAD)" "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)" "$(nproc)" "$(uname -r)" | tee $out
for load in idle busy; do
    if [ $load = busy ]; then
        for _ in $(seq "$(nproc)"); do ( while :; do :; done ) & busy+=($!); done
    fi
    for kind in columns texts vectors; do
        repeat=20000; [ $kind = vectors ] && repeat=4000
        for run in $(seq "$runs"); do
            .build/release/mneme bench overhead --size 256 --repeat $repeat --json --db "$work/m.db" --config "$work/$kind.json" |
                sed "s/^{/{\"load\": \"$load\", \"inputs\": \"$kind\", \"run\": $run, \"before\": \"$(cut -d' ' -f1 /proc/loadavg)\", /" | tee -a $out
        done
    done
done
stop_busy
Benchmarks/overhead.py $out
