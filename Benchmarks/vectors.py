#!/usr/bin/env python3
"""Import of memories with vectors, and exact search over them. Raw figures go to Benchmarks/Results/vectors.json.
usage: Benchmarks/vectors.py [SIZE [DIMENSION]]      default 100000 384, stored as float16"""
import json, os, platform, random, resource, subprocess, sys, tempfile, time

root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
mneme = os.path.join(root, ".build/release/mneme")
size = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
dimension = int(sys.argv[2]) if len(sys.argv) > 2 else 384
rng = random.Random(1)
work = tempfile.mkdtemp(prefix="mneme-vectors-")
path, db = f"{work}/m.jsonl", f"{work}/m.db"
numbers = [f"{rng.gauss(0, 1):.3f}" for _ in range(100_003)]


def vector():
    start = rng.randrange(len(numbers) - dimension)
    return numbers[start : start + dimension]


with open(path, "w") as f:
    for i in range(size):
        f.write(f'{{"id":"m{i}","text":"memory {i}","created_at":{1_700_000_000 + i},"model":"bench","embedding":[{",".join(vector())}]}}\n')
started = time.time()
process = subprocess.Popen([mneme, "import", path, "--db", db, "--config", f"{root}/plugins.json", "--json", "--float16"], stdout=subprocess.PIPE)
out = process.stdout.read().decode()
_, status, usage = os.wait4(process.pid, 0)
seconds = time.time() - started
assert status == 0 and f'"added":{size}' in out, out[-500:]
server = subprocess.Popen([mneme, "serve", "--stdio", "--db", db, "--config", f"{root}/plugins.json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
times = []
for i in range(120):
    params = {"query": "", "query_embedding": [float(x) for x in vector()], "limit": 10}
    line = json.dumps({"jsonrpc": "2.0", "id": i, "method": "mneme/search", "params": params}).encode() + b"\n"
    t = time.perf_counter()
    server.stdin.write(line)
    server.stdin.flush()
    answer = json.loads(server.stdout.readline())
    if i >= 20:
        times.append(1000 * (time.perf_counter() - t))
    assert len(answer["result"]["memories"]) == 10, answer
server.stdin.close()
server.wait()
times.sort()
figure = {"size": size, "dimension": dimension, "import_per_s": round(size / seconds), "import_peak_mb": round(usage.ru_maxrss / 1024),
          "store_mb": round(os.path.getsize(db) / 1e6), "search_p50_ms": round(times[len(times) // 2], 2), "search_p99_ms": round(times[int(len(times) * 0.99)], 2)}
print(figure)
commit = subprocess.run(["git", "-C", root, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
with open(f"{root}/Benchmarks/Results/vectors.json", "w") as f:
    json.dump({"command": " ".join(sys.argv), "commit": commit, "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.release()}", **figure}, f, indent=1)
