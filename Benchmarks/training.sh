#!/bin/bash
# Training throughput of this trainer beside PyTorch's on the same CPU, in one run, alternating so that other load
# falls on both. PyTorch: PYTHON=…/bin/python (python3 -m venv torch && torch/bin/pip install torch numpy).
set -euo pipefail
# PyTorch's waiting threads would otherwise spin, and lose more than anyone when other work shares the CPUs.
export OMP_WAIT_POLICY=passive
cd "$(dirname "$0")/.."
PYTHON="${PYTHON:-/opt/bench/torch/bin/python}"
THREADS="${THREADS:-2}"
SECONDS_EACH="${SECONDS_EACH:-15}"
ROUNDS="${ROUNDS:-3}"
OUT="${OUT:-Benchmarks/Results/training.txt}"
if ! "$PYTHON" -c "import torch, numpy" 2>/dev/null; then
    echo "training.sh: $PYTHON has no PyTorch; python3 -m venv torch && torch/bin/pip install torch numpy, then PYTHON=torch/bin/python $0" >&2
    exit 69
fi
if [ -z "${BIN:-}" ]; then
    MNEME_BENCHMARKS=1 swift build -c release --product training-bench >&2
    BIN="$(MNEME_BENCHMARKS=1 swift build -c release --show-bin-path)/training-bench"
fi
mkdir -p "$(dirname "$OUT")"
{
    echo "# $0: training examples per second, $THREADS threads on each side, $SECONDS_EACH s per line, $ROUNDS rounds"
    echo "# $(date -u +%FT%TZ) · $(git rev-parse --short HEAD) · $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1) · $(nproc) CPUs · PyTorch $("$PYTHON" -c 'import torch; print(torch.__version__)')"
    "$PYTHON" Benchmarks/training_torch.py --check | sed 's/^/# /'
    echo "# side, model, dispatch level or scan, parameters, examples/s, updates"
    for round in $(seq "$ROUNDS"); do
        echo "# round $round, load $(cut -d' ' -f1-3 /proc/loadavg)"
        "$BIN" "$SECONDS_EACH" "$THREADS"
        "$PYTHON" Benchmarks/training_torch.py --threads "$THREADS" --seconds "$SECONDS_EACH"
    done
} | tee "$OUT.new"
# Medians over the rounds; PyTorch's best scan counts.
awk -F'\t' '
    !/^#/ { key = $1 "\t" $2 "\t" $3; n[key]++; rates[key, n[key]] = $5 }
    function median(key,   i, j, t, v) {
        for (i = 1; i <= n[key]; i++) v[i] = rates[key, i]
        for (i = 1; i <= n[key]; i++) for (j = i + 1; j <= n[key]; j++) if (v[j] < v[i]) { t = v[i]; v[i] = v[j]; v[j] = t }
        return v[int((n[key] + 1) / 2)]
    }
    END {
        for (key in n) {
            split(key, part, "\t"); m = median(key)
            if (part[1] == "mneme") ours[part[2]] = m
            else if (m > theirs[part[2]]) { theirs[part[2]] = m; scan[part[2]] = part[3] }
        }
        for (model in ours) {
            printf "# median %s: mneme %.0f examples/s, PyTorch %.0f (%s), ratio %.1f\n", model, ours[model], theirs[model], scan[model], ours[model] / theirs[model]
            if (model ~ /induction/)
                printf "# minutes of 1,500 steps of induction at these rates: mneme %.2f, PyTorch %.2f\n", 48000 / ours[model] / 60, 48000 / theirs[model] / 60
        }
    }' "$OUT.new" | sort | tee -a "$OUT.new"
mv "$OUT.new" "$OUT"
