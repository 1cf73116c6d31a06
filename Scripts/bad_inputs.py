#!/usr/bin/env python3
"""Puts bad inputs to the real binary and prints a Markdown table of what it says. usage: Scripts/bad_inputs.py > docs/bad-inputs.md
Fails if one crashes, succeeds silently, or names nothing to do with the input."""
import json, os, subprocess, sys, tempfile

root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
mneme = os.path.join(root, ".build/release/mneme")
work = tempfile.mkdtemp(prefix="mneme-bad-")
store = ["--db", f"{work}/m.db"]


def file(name, content, mode="w"):
    path = f"{work}/{name}"
    with open(path, mode) as f:
        f.write(content)
    return path


def run(arguments, stdin=None):
    result = subprocess.run([mneme, *arguments], input=stdin, capture_output=True, timeout=60)
    return result.returncode, result.stdout.decode(errors="replace"), result.stderr.decode(errors="replace")


rows = []


def say(kind, what, code, text):
    text = " ".join(text.replace(work, "…").split())
    if code < 0 or not text or "Fatal error" in text or "crashed" in text:
        sys.exit(f"{kind}: {what}: exit {code}: {text[:400]}")
    rows.append((kind, what, code, text if len(text) < 330 else text[:330] + " …"))


for arguments in [["serch", "x"], ["search"], ["search", "x", "--limit", "0"], ["search", "x", "--limit", "many"], ["search", "x", "--now", "yesterday"],
                  ["add", ""], ["add", "x", "--importance", "7"], ["get", "nothing"], ["forget", "nothing"], ["explain", "nothing"],
                  ["import", "/nowhere"], ["import", "/etc", "--format", "poems"], ["eval", "retrieval", "/nowhere"], ["bench", "patience"],
                  ["plugin", "info", "/nowhere.so"], ["feedback", "nothing", "m1", "--rating", "9"]]:
    code, out, err = run(arguments + store)
    say("arguments", "`mneme " + " ".join(a if a else '""' for a in arguments) + "`", code, err or out)

for content in ['not json', '[1]', '{"id":"a"}', '{"text":5}', '{"text":""}', '{"text":"x","importance":3}', '{"text":"x","created_at":"soon"}',
                '{"text":"x","entities":"y"}', '{"text":"x","embedding":["a"]}', '{"text":"x","embedding":[0,0]}', '{"text":"x","pinned":"yes"}', '{"text":"x"']:
    code, out, err = run(["import", file("r.jsonl", content + "\n"), *store])
    say("JSONL", f"`{content}`", code, err or out)

for content in ['', '{"version": 1,}', '{"version": 2}', '{"version": 1, "scorer": []}', '{"version": 1, "scorers": [{"id": "a"}]}',
                '{"version": 1, "scorers": [{"id": "a", "library": "x", "tier": "warp"}]}', '{"version": 1, "combiner": {"kind": "gate"}}',
                '{"version": 1, "version": 1}', '{"version": 1, "fallback": []}']:
    code, out, err = run(["search", "x", *store, "--config", file("plugins.json", content)])
    say("plugins.json", f"`{content}`", code, err or out)

frames = [b"nonsense", b'{"jsonrpc":"2.0","method":"status"}', b'{"jsonrpc":"1.0","id":1,"method":"status"}', b'{"jsonrpc":"2.0","id":1,"method":"dance"}',
          b'{"jsonrpc":"2.0","id":1,"method":"mneme/search","params":{"queri":"x"}}', b'{"jsonrpc":"2.0","id":1,"method":"mneme/search","params":{"limit":"ten"}}',
          b'{"jsonrpc":"2.0","id":1,"method":"score","params":{}}', b'{"jsonrpc":"2.0","id":1,"method":"train_from_db","params":{}}', b"\xff\xfe", b"[]"]
for frame in frames:
    code, out, err = run(["serve", "--stdio", *store], frame + b"\n")
    say("stdio frame", f"`{frame.decode(errors='replace')}`", code, json.dumps(json.loads(out)["error"], ensure_ascii=False))


def library(name, flags, source="Tests/PluginFixtures/scorer.c"):
    path = f"{work}/{name}.so"
    subprocess.run(["cc", "-shared", "-fPIC", f"-I{root}/Sources/PluginABI/include", *flags, "-o", path, f"{root}/{source}"], check=True)
    return path


good = open(library("good", []), "rb").read()
libraries = {
    "deleted": "/nowhere/lib.so", "not a library": file("text.so", "hello"), "truncated at 40 %": file("cut.so", good[: len(good) * 2 // 5], "wb"),
    "for another machine": file("arm.so", good[:18] + b"\xb7\x00" + good[20:], "wb"), "not ours (libm)": "/lib/x86_64-linux-gnu/libm.so.6",
    "without its symbol": library("nosymbol", ["-DNO_SYMBOL"]), "without a manifest": library("nonote", ["-DNO_NOTE"]),
    "with a broken manifest": library("broken", ["-DBROKEN_NOTE"]), "whose manifest lies": library("liar", ['-DTABLE_ID="liar"']),
    "of another major": library("major", ["-DMAJOR=2"]), "asking for an unknown column": library("column", ['-DCOLUMN="moon.phase@1"']),
    "whose create fails": library("create", ["-DCREATE_FAILS"]), "that writes NaN": library("nan", ["-DWRITES_NAN"]),
    "that leaves rows unwritten": library("rows", ["-DLEAVES_ROWS"]),
}
run(["add", "amber birch", *store])
run(["add", "cedar delta", *store])
for what, path in libraries.items():
    os.path.exists(path) and path.startswith(work) and os.chmod(path, 0o644)
    config = file("plugins.json", json.dumps({"version": 1, "scorers": [{"id": "x", "library": path}]}))
    code, out, err = run(["search", "amber", *store, "--config", config, "--json"])
    answer = json.loads(out)
    assert answer["memories"] and answer["degraded"], (what, out)
    say("library", what, code, "; ".join(answer["degraded"]))

print("# Bad inputs\n\nWhat the real binary says; made by `Scripts/bad_inputs.py`. A library that is refused never costs the answer: the rows marked\n"
      "`library` all answered, exit 0, and show `degraded`.\n")
print("| kind | input | exit | says |\n|---|---|---|---|")
for kind, what, code, text in rows:
    print(f"| {kind} | {what.replace('|', '¦')} | {code} | {text.replace('|', '¦')} |")
print(f"\n{len(rows)} inputs.", file=sys.stdout)
