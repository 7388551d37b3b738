#!/usr/bin/env bash
# Runs a study: variants of one configuration, several seeds each, JOBS at a time. Sourced by curves.sh and ablation.sh.
#
# A study is a folder with `study.tsv` (part, variant, what it is, its overrides) and VARIANT/seed-N/, run directories.
# A run that has ended with the same configuration is not done again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

jobs=${JOBS:-$(nproc)}
seeds=${SEEDS:-}
program=${PROGRAM:-}
if [ -z "$program" ]; then
  source deploy/install-packages.sh
  swift build -c release --product prorl-coordinator
  program=.build/release/prorl-coordinator
fi

# begin NAME CONFIG SEEDS PART...: a study below runs/; without parts, all of them.
begin() {
  study=runs/$1 config=$2
  seeds=${seeds:-$3}
  shift 3
  parts=("$@")
  # What a finished run must have been made with; the program is not part of it, so remove runs/ where that has changed.
  made_with=$(cat "$config" configs/quickstart-model/* | sha256sum | cut -c 1-16)
  mkdir -p "$study"
  : > "$study/study.tsv.new"
  commands=()
}

# variant PART NAME DESCRIPTION OVERRIDE...
variant() {
  local part=$1 name=$2 description=$3
  shift 3
  printf '%s\t%s\t%s\t%s\n' "$part" "$name" "$description" "$*" >> "$study/study.tsv.new"
  if [ "${#parts[@]}" -gt 0 ] && [[ " ${parts[*]} " != *" $part "* && " ${parts[*]} " != *" $name "* ]]; then return; fi
  local seed
  for seed in $seeds; do commands+=("$name $seed $*"); done
}

# one NAME SEED OVERRIDE...: a run, unless it is there.
one() {
  local name=$1 seed=$2 run=$study/$1/seed-$2 TIMEFORMAT='%U %S'
  shift 2
  local what="$made_with $*"
  if [ "$(head -n 1 "$run/finished" 2>/dev/null)" = "$what" ]; then return; fi
  rm -rf "$run"
  mkdir -p "$run"
  if { time "$program" train --config "$config" trainer.seed="$seed" trainer.default_local_dir="$run" "$@" \
    > "$run/log" 2> "$run/errors"; } 2> "$run/time"; then
    { echo "$what"; cat "$run/time"; } > "$run/finished"
    rm -rf "$run/rollouts" "$run/validation" "$run/time"
    echo "$name, seed $seed: $(tail -n 1 "$run/finished" | awk '{ printf "%.1f", $1 + $2 }') s of processor time"
  else
    echo "$name, seed $seed: failed: $(tail -n 1 "$run/errors")" >&2
    return 1
  fi
}

# Ends the runs under way.
stop() {
  for job in $(jobs -p); do kill -- "-$job" 2>/dev/null || true; done
  exit 130
}

# Runs what variants asked for, and counts what failed.
run_all() {
  if [ "${#commands[@]}" -eq 0 ]; then
    echo "$0: nothing is called ${parts[*]}; there are $(cut -f 1,2 "$study/study.tsv.new" | tr '\t' '\n' | sort -u | xargs)" >&2
    exit 1
  fi
  mv "$study/study.tsv.new" "$study/study.tsv"
  # Each run in a process group of its own, which ends with this script: bash would leave them behind.
  set -m
  trap stop INT TERM
  local start=$SECONDS command
  failures=0
  for command in "${commands[@]}"; do
    while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n || failures=$((failures + 1)); done
    # shellcheck disable=SC2086 # an override has no spaces
    one $command &
  done
  while [ -n "$(jobs -p)" ]; do wait -n || failures=$((failures + 1)); done
  echo "${#commands[@]} runs in $((SECONDS - start)) s, $failures failed"
}

# evaluate QUESTION DOCUMENT: writes what the finished runs found into the document; fails if a run did.
evaluate() {
  "$program" study "$1" "$study" --document "$2"
  echo "see $2"
  [ "$failures" -eq 0 ]
}
