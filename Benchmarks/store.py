#!/usr/bin/env python3
"""Import rate, peak memory and search latency at several sizes. Raw figures go to Benchmarks/Results/store.json.
usage: Benchmarks/store.py [SIZE …]      default 1000 100000; 1000000 takes some minutes"""
import itertools, json, os, platform, random, resource, statistics, subprocess, sys, tempfile, time

root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
mneme = os.path.join(root, ".build/release/mneme")
sizes = [int(x) for x in sys.argv[1:]] or [1000, 100_000]
rng = random.Random(1)
# Zipf-like words: rank r with weight 1/(r+10).
vocabulary = ["".join(rng.choices("abcdefghijklmnoprstuvw", k=rng.randint(3, 9))) for _ in range(20_000)]
weights = list(itertools.accumulate(1 / (r + 10) for r in range(len(vocabulary))))
results = []
for size in sizes:
    work = tempfile.mkdtemp(prefix="mneme-bench-")
    path, db = f"{work}/m.jsonl", f"{work}/m.db"
    with open(path, "w") as f:
        for i in range(size):
            text = " ".join(rng.choices(vocabulary, cum_weights=weights, k=rng.randint(8, 25)))
            f.write(json.dumps({"id": f"m{i}", "text": text, "session": f"s{i // 40}", "author": f"a{i % 7}",
                                "created_at": 1_700_000_000 + i * 60}) + "\n")
    started = time.time()
    process = subprocess.Popen([mneme, "import", path, "--db", db, "--config", f"{root}/plugins.json", "--json"], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.time() - started
    assert status == 0
    figure = {"size": size, "import_per_s": round(size / seconds), "import_peak_mb": round(usage.ru_maxrss / 1024)}
    server = subprocess.Popen([mneme, "serve", "--stdio", "--db", db, "--config", f"{root}/plugins.json"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE)
    for kind, words in (("rare", vocabulary[2000:]), ("common", vocabulary[:2000])):
        times = []
        for i in range(120):
            query = " ".join(rng.choices(words, k=4))
            line = json.dumps({"jsonrpc": "2.0", "id": i, "method": "mneme/search", "params": {"query": query, "limit": 10}}).encode() + b"\n"
            t = time.perf_counter()
            server.stdin.write(line)
            server.stdin.flush()
            answer = json.loads(server.stdout.readline())
            if i >= 20:
                times.append(1000 * (time.perf_counter() - t))
            assert "result" in answer, answer
        times.sort()
        figure[f"search_{kind}_p50_ms"] = round(times[len(times) // 2], 2)
        figure[f"search_{kind}_p99_ms"] = round(times[int(len(times) * 0.99)], 2)
    server.stdin.close()
    server.wait()
    print(figure, flush=True)
    results.append(figure)
commit = subprocess.run(["git", "-C", root, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
os.makedirs(f"{root}/Benchmarks/Results", exist_ok=True)
with open(f"{root}/Benchmarks/Results/store.json", "w") as f:
    json.dump({"command": " ".join(sys.argv), "commit": commit, "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, {platform.release()}",
               "results": results}, f, indent=1)
