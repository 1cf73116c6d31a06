#!/usr/bin/env python3
"""Kills mneme with SIGKILL at random moments of an import and of feedback, and checks that what was
acknowledged is there.

usage: Scripts/kill9.py [ROUNDS] [SEED]        (default 200 rounds, seed 1; the binary: MNEME, .build/release/mneme)

A round is an import that prints a line per committed batch, or a stdio server that answers feedback. The
process is killed after a random delay; every acknowledged row must then be in the database and SQLite's
integrity check must pass."""
import json, os, random, signal, sqlite3, subprocess, sys, tempfile, threading, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MNEME = os.environ.get("MNEME", os.path.join(ROOT, ".build/release/mneme"))
rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 200
rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
work = tempfile.mkdtemp(prefix="mneme-kill9-")
db = os.path.join(work, "mneme.db")
count = 40_000
records = os.path.join(work, "records.jsonl")
words = "amber birch cedar delta ember fjord grove heath inlet jetty knoll larch marsh north orbit prism".split()
with open(records, "w") as f:
    for i in range(count):
        f.write(json.dumps({"id": f"m{i}", "text": " ".join(rng.choices(words, k=12)) + f" {i}"}) + "\n")


def kill_after(process, seconds):
    timer = threading.Timer(seconds, lambda: process.poll() is None and process.send_signal(signal.SIGKILL))
    timer.start()
    return timer


def check(statement):
    with sqlite3.connect(db) as connection:
        ok = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if ok != "ok":
            sys.exit(f"integrity_check says {ok!r}")
        return connection.execute(statement).fetchone()[0]


def import_round():
    """Returns (acknowledged, present)."""
    for suffix in ("", "-wal", "-shm"):
        if os.path.exists(db + suffix):
            os.remove(db + suffix)
    process = subprocess.Popen([MNEME, "import", records, "--db", db, "--json"], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)
    timer = kill_after(process, rng.uniform(0.05, full * 0.9))
    acknowledged = 0
    for line in process.stdout:
        if line.endswith(b"\n"):
            event = json.loads(line)
            if event.get("event") == "committed":
                acknowledged = event["memories"]
    process.wait()
    timer.cancel()
    if not os.path.exists(db):
        return 0, 0
    try:
        return acknowledged, check("SELECT count(*) FROM memory")
    except sqlite3.OperationalError as error:      # killed before the schema was there
        return acknowledged, 0 if "no such table" in str(error) else sys.exit(str(error))


def feedback_round(prepared):
    """Answers are acknowledgements: each must be found again."""
    process = subprocess.Popen([MNEME, "serve", "--stdio", "--db", prepared], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def ask(identifier, method, params):
        line = json.dumps({"jsonrpc": "2.0", "id": identifier, "method": method, "params": params})
        process.stdin.write(line.encode() + b"\n")
        process.stdin.flush()

    timer = kill_after(process, rng.uniform(0.05, 0.6))
    acknowledged = []
    try:
        while True:             # until the kill
            ask("s", "mneme/search", {"query": "amber", "limit": 50})
            found = json.loads(process.stdout.readline())["result"]
            for memory in found["memories"]:
                ask(memory["id"], "mneme/feedback",
                    {"retrieval_id": found["retrieval_id"], "feedback": [{"id": memory["id"], "kind": "rating", "value": 0.5}]})
                answer = json.loads(process.stdout.readline())
                if "result" in answer:
                    acknowledged.append((found["retrieval_id"], memory["id"]))
    except (BrokenPipeError, json.JSONDecodeError):
        pass
    timer.cancel()
    process.kill()
    process.wait()
    with sqlite3.connect(prepared) as connection:
        ok = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if ok != "ok":
            sys.exit(f"integrity_check says {ok!r}")
        total = connection.execute("SELECT count(*) FROM feedback").fetchone()[0]
    return len(acknowledged), total


started = time.time()
subprocess.run([MNEME, "import", records, "--db", db, "--json"], check=True, stdout=subprocess.DEVNULL)
full = time.time() - started
lost = 0
acknowledged_in_imports = 0
imports = rounds // 2
mid = 0
for _ in range(imports):
    acknowledged, present = import_round()
    mid += 0 < present < count
    acknowledged_in_imports += acknowledged
    if present < acknowledged:
        lost += 1
        print(f"LOST: {acknowledged} acknowledged, {present} present")
print(f"import: {imports} kills, {mid} in mid-import, {acknowledged_in_imports} rows acknowledged, {lost} imports lost any, integrity ok")

prepared = os.path.join(work, "feedback.db")
with open(records + ".few", "w") as f:
    f.writelines(open(records).readlines()[:2000])
subprocess.run([MNEME, "import", records + ".few", "--db", prepared, "--json"], check=True, stdout=subprocess.DEVNULL)
before = acknowledged_total = 0
for _ in range(rounds - imports):
    acknowledged, total = feedback_round(prepared)
    acknowledged_total += acknowledged
    if total < before + acknowledged:
        lost += 1
        print(f"LOST: {acknowledged} acknowledged, {total - before} new rows")
    before = total
print(f"feedback: {rounds - imports} kills, {acknowledged_total} acknowledged, {before} present, integrity ok")
sys.exit(1 if lost else 0)
