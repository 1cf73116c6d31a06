#!/bin/bash
# Makes every model that ships, from nothing but seeds: Scripts/models.sh FOLDER. On one kind of machine the same bytes come out;
# `make models` compares them with models/SHA256SUMS.
set -euo pipefail
folder=${1:?a folder for the models}
mneme=${MNEME:-.build/release/mneme}
mkdir -p "$folder"
started=$(date +%s)
for size in 15k 50k 120k; do
    "$mneme" train planted --size "$size" --out "$folder/mamba-$size.safetensors"
done
for size in tiny small medium; do
    "$mneme" train planted-paths --size "$size" --out "$folder/s4d-paths-$size.safetensors"
done
"$mneme" train gate --mamba "$folder/mamba-50k.safetensors" --paths "$folder/s4d-paths-small.safetensors" --out "$folder/gate.json"
echo "all models in $(($(date +%s) - started)) s"
