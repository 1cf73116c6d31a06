#!/usr/bin/env bash
# The main job on real input: a git repository's history is imported, a question over it is answered by the
# heuristic that is loaded with dlopen, then answered again with the library moved away.
set -euo pipefail
repository=${1:-.}
question=${2:-"why does a late scorer not write into the next turn?"}
root=$(cd "$(dirname "$0")/.." && pwd)
bin=$root/.build/release
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A private copy of the libraries, so that one can be taken away without touching the build.
mkdir "$work/plugins"
cp "$bin"/libHeuristicScorer.so "$work/plugins/"
sed "s|\"libHeuristicScorer.so\"|\"$work/plugins/libHeuristicScorer.so\"|" "$root/plugins.json" > "$work/plugins.json"
mneme() { "$bin/mneme" "$@" --db "$work/mneme.db" --config "$work/plugins.json"; }

echo "== import $repository"
mneme import "$repository"
echo
echo "== $question"
mneme search "$question" --limit 5
echo
echo "== the same with libHeuristicScorer.so moved away: the floor answers, and says so"
mv "$work/plugins/libHeuristicScorer.so" "$work/"
mneme search "$question" --limit 3
