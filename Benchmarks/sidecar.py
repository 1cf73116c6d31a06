#!/usr/bin/env python3
"""The sidecar contract over real pipes: 100 candidates x 768-d embeddings per request (about 1.7 MB), p50 and p99, beside a bare
simdjson parse of the same line in the same run. usage: Benchmarks/sidecar.py [REQUESTS]"""
import json, os, platform, random, subprocess, sys, tempfile, time

root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
mneme = os.path.join(root, ".build/release/mneme")
requests = int(sys.argv[1]) if len(sys.argv) > 1 else 100
rng = random.Random(1)
work = tempfile.mkdtemp(prefix="mneme-sidecar-")


def request(i, nulls=0):
    rows = [None if r < nulls else [rng.gauss(0, 1) for _ in range(768)] for r in range(100)]
    params = {"context_embedding": [rng.gauss(0, 1) for _ in range(768)], "candidate_ids": [f"m{r}" for r in range(100)],
              "candidate_embeddings": rows, "candidate_features": [[rng.random() for _ in range(17)] for _ in range(100)], "agent_id": "default"}
    return json.dumps({"jsonrpc": "2.0", "id": f"req-{i}", "method": "score", "params": params}).encode() + b"\n"


lines = [request(i) for i in range(10)]
environment = dict(os.environ, MNEME_DB=f"{work}/m.db", MNEME_CONFIG=f"{root}/plugins.json")
process = subprocess.Popen([mneme, "--native-dim", "768", "--checkpoint", f"{work}/predictor/model.bin"], stdin=subprocess.PIPE,
                           stdout=subprocess.PIPE, env=environment)
times = []
for i in range(requests + 10):
    line = lines[i % len(lines)]
    started = time.perf_counter()
    process.stdin.write(line)
    process.stdin.flush()
    answer = process.stdout.readline()
    if i >= 10:
        times.append(1000 * (time.perf_counter() - started))
    scores = json.loads(answer)["result"]["scores"]
    assert len(scores) == 100 and abs(sum(s["score"] for s in scores) - 1) < 1e-6
process.stdin.write(request(0, nulls=10))
process.stdin.flush()
scored = len(json.loads(process.stdout.readline())["result"]["scores"])
process.stdin.close()
process.wait()
times.sort()
program = f"{work}/parse"
subprocess.run(["g++", "-O3", "-std=c++17", "-x", "c++", "-", "-o", program, "-lsimdjson"], check=True, input=b"""
#include <simdjson.h>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>
int main(int, char **argv) {
    auto text = simdjson::padded_string::load(argv[1]).value();
    simdjson::dom::parser parser;
    std::vector<double> times;
    for (int i = 0; i < 110; i++) {
        auto start = std::chrono::steady_clock::now();
        if (parser.parse(text).error()) return 1;
        if (i >= 10) times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    std::sort(times.begin(), times.end());
    std::printf("%.3f", times[times.size() / 2]);
}""")
open(f"{work}/line", "wb").write(lines[0])
parse = float(subprocess.run([program, f"{work}/line"], capture_output=True, text=True, check=True).stdout)
p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
figure = {"requests": requests, "bytes": len(lines[0]), "p50_ms": round(p50, 2), "p99_ms": round(p99, 2), "bare_parse_p50_ms": parse,
          "ratio": round(p50 / parse, 2), "scored_with_10_null": scored}
print(figure)
commit = subprocess.run(["git", "-C", root, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
os.makedirs(f"{root}/Benchmarks/Results", exist_ok=True)
with open(f"{root}/Benchmarks/Results/sidecar.json", "w") as f:
    json.dump({"command": " ".join(sys.argv), "commit": commit, "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.release()}", **figure}, f, indent=1)
