#!/usr/bin/env bash
# Trains the embedded default with three seeds and prints the figures on the test split, before and after.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source deploy/install-packages.sh

swift build -c release --product prorl-coordinator
mkdir -p runs
for seed in 1 2 3; do
  run=runs/quickstart-seed-$seed
  rm -rf "$run"
  start=$(date +%s)
  mpirun "${mpirun_options[@]}" -np 3 .build/release/prorl-coordinator train --config configs/quickstart.yaml \
    trainer.seed=$seed trainer.default_local_dir=$run > "$run.log"
  echo "seed $seed: $(($(date +%s) - start)) s"
  sed -n '/^test at step/,/^  all/p' "$run.log"
done
