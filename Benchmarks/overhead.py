#!/usr/bin/env python3
"""The best run of every line of overhead.jsonl (least p50, then least p99), as a table: other jobs share the machine."""
import json
import sys

best = {}
for line in open(sys.argv[1]):
    row = json.loads(line)
    if "load" not in row:
        print(f"{row['command']} · {row['commit']} · {row['machine']}\n")
        continue
    name = row["size"].rsplit(",", 1)[0]
    key = (row["inputs"], name)
    cell = best.setdefault(key, {}).setdefault(row["load"], [])
    cell.append((row["p50"], row["p99"]))

print("| inputs, 256 rows | call | idle p50 / p99 µs | both cores busy p50 / p99 µs |")
print("|---|---|---|---|")
for (inputs, name), loads in best.items():
    cells = ["{:.2f} / {:.2f}".format(*min(loads[load])) if load in loads else "" for load in ("idle", "busy")]
    print(f"| {inputs} | {name} | {cells[0]} | {cells[1]} |")
