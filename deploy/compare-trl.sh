#!/usr/bin/env bash
# Runs the same GRPO step with prorl-coordinator and with TRL, one after the other, and prints seconds and ratios.
#
#   python3 -m venv venv && venv/bin/pip install trl --extra-index-url https://download.pytorch.org/whl/cpu
#   deploy/compare-trl.sh venv/bin/python --steps 1
#
# Both start from the same random weights and read the same prompts. A ratio is worth something only if nothing else
# computes meanwhile; TRL takes minutes for a step of the default size.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
  cat <<'TEXT'
usage: deploy/compare-trl.sh PYTHON [--shape gpt2] [--prompts 8] [--samples 8] [--prompt-tokens 64]
       [--new-tokens 128] [--steps 1] [--micro-batch 8] [--precisions "fp32 bf16"] [--ranks 1]
PYTHON is the interpreter of an environment with torch and trl.
TEXT
  exit 2
}

(($#)) || usage
python=$1
shift
declare -A option=(
  [shape]=gpt2 [prompts]=8 [samples]=8 [prompt-tokens]=64 [new-tokens]=128 [steps]=1 [micro-batch]=8
  [precisions]="fp32 bf16" [ranks]=1)
while (($#)); do
  name=${1#--}
  [[ $1 == --* && -n ${option[$name]+x} && $# -ge 2 ]] || usage
  option[$name]=$2
  shift 2
done
"$python" -c "import torch, trl" || {
  echo "$python: has no torch or no trl; install both there" >&2
  exit 1
}
if (((${option[prompts]} * ${option[samples]}) % ${option[micro-batch]})); then
  echo "--micro-batch ${option[micro-batch]} must divide all responses of a step" >&2
  exit 1
fi
program=${PRORL_EXECUTABLE:-.build/release/prorl-coordinator}
[[ -x $program ]] || swift build -c release --product prorl-coordinator

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
launch=()
if ((${option[ranks]} > 1)); then
  launch=(mpirun --allow-run-as-root --oversubscribe --bind-to none -np "${option[ranks]}")
fi
for precision in ${option[precisions]}; do
  echo "prorl-coordinator, $precision …" >&2
  "${launch[@]}" "$program" bench step --shape "${option[shape]}" --prompts "${option[prompts]}" \
    --samples "${option[samples]}" --prompt-tokens "${option[prompt-tokens]}" \
    --new-tokens "${option[new-tokens]}" --steps "${option[steps]}" --precision "$precision" \
    --directory "$folder" --json >"$folder/ours-$precision.json" || rm -f "$folder/ours-$precision.json"
  echo "TRL, $precision …" >&2
  "$python" deploy/compare-trl.py "$folder" "$precision" "${option[prompts]}" "${option[samples]}" \
    "${option[new-tokens]}" "${option[steps]}" "${option[micro-batch]}" >"$folder/trl-$precision.out"
done

"$python" - "$folder" ${option[precisions]} <<'PY'
import json
import os
import sys

folder, *precisions = sys.argv[1:]
print(f"{'precision':10}{'ours s':>9}{'TRL s':>9}{'ratio':>8}{'ours GiB':>10}{'TRL GiB':>9}")
for precision in precisions:
    with open(f"{folder}/trl-{precision}.out", encoding="utf-8") as lines:
        theirs = json.loads(lines.read().strip().splitlines()[-1])
    them = min(theirs["seconds"])
    their_memory = theirs["peak_resident_bytes"] / 2**30
    path = f"{folder}/ours-{precision}.json"
    if os.path.exists(path):
        with open(path, encoding="utf-8") as text:
            result = json.load(text)["result"]
        us, memory = result["seconds"]["best"], result["peak_resident_bytes"] / 2**30
        print(f"{precision:10}{us:9.2f}{them:9.2f}{them / us:7.1f}×{memory:10.2f}{their_memory:9.2f}")
    else:
        print(f"{precision:10}{'–':>9}{them:9.2f}{'–':>8}{'–':>10}{their_memory:9.2f}")
PY
