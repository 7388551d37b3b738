#!/usr/bin/env bash
# Decodes with prorl-coordinator and with llama.cpp, one after the other, and prints tokens per second and ratios.
#
# llama.cpp comes with its Python binding, for instance; it takes some minutes to build:
#
#   pip download --no-deps --no-binary llama-cpp-python llama-cpp-python && tar xzf llama_cpp_python-*.tar.gz
#   cmake -S llama_cpp_python-*/vendor/llama.cpp -B llama -DCMAKE_BUILD_TYPE=Release -DLLAMA_CURL=OFF
#   cmake --build llama --target llama-batched-bench
#   pip install gguf
#   deploy/compare-llama.sh python3 llama/bin/llama-batched-bench
#
# A ratio is worth something only if nothing else computes meanwhile.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
  cat <<'TEXT'
usage: deploy/compare-llama.sh PYTHON LLAMA_BATCHED_BENCH [--responses "64 16 1"] [--prompt-tokens 64]
       [--new-tokens 128] [--steps 2] [--precisions "fp32 bf16"] [--threads N]
PYTHON is an interpreter with the package gguf, LLAMA_BATCHED_BENCH the program built from llama.cpp.
TEXT
  exit 2
}

(($# >= 2)) || usage
python=$1
llama=$2
shift 2
declare -A option=(
  [responses]="64 16 1" [prompt-tokens]=64 [new-tokens]=128 [steps]=2 [precisions]="fp32 bf16" [threads]=$(nproc))
while (($#)); do
  name=${1#--}
  [[ $1 == --* && -n ${option[$name]+x} && $# -ge 2 ]] || usage
  option[$name]=$2
  shift 2
done
for count in ${option[responses]}; do
  ((count < 8 || count % 8 == 0)) || {
    echo "--responses $count: above 8 only multiples of 8, the responses of whole groups" >&2
    exit 1
  }
done
"$python" -c "import gguf" || {
  echo "$python: has no gguf; install it there" >&2
  exit 1
}
program=${PRORL_EXECUTABLE:-.build/release/prorl-coordinator}
[[ -x $program ]] || swift build -c release --product prorl-coordinator

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# A short step leaves the random weights that both decode with.
"$program" bench step --shape gpt2 --precision fp32 --prompts 1 --samples 2 --new-tokens 2 --steps 1 --no-reference \
  --directory "$folder" --json >/dev/null

printf '%-10s %9s %10s %10s %8s\n' precision responses 'ours t/s' 'llama t/s' ratio
for precision in ${option[precisions]}; do
  type=${precision/fp32/f32}
  "$python" deploy/compare-llama.py "$folder" "$type"
  for count in ${option[responses]}; do
    # Groups of at most eight share a prompt; llama.cpp has no groups and a prompt for each.
    samples=$((count < 8 ? count : 8))
    ours=nan
    if "$program" bench rollout --shape gpt2 --precision "$precision" --threads "${option[threads]}" \
      --prompts $((count / samples)) --samples "$samples" --prompt-tokens "${option[prompt-tokens]}" \
      --new-tokens "${option[new-tokens]}" --steps "${option[steps]}" --json >"$folder/ours.json"; then
      ours=$("$python" -c 'import json, sys
print(json.load(open(sys.argv[1]))["result"]["decoded_tokens_per_second"])' "$folder/ours.json")
    fi
    context=$((count * (${option[prompt-tokens]} + ${option[new-tokens]})))
    theirs=$("$llama" -m "$folder/$type.gguf" -c "$context" -t "${option[threads]}" -npp "${option[prompt-tokens]}" \
      -ntg "${option[new-tokens]}" -npl "$count" --output-format jsonl 2>/dev/null |
      "$python" -c 'import json, sys
print(max(json.loads(line)["speed_tg"] for line in sys.stdin if line.startswith("{")))')
    "$python" -c 'import sys
precision, count, ours, theirs = sys.argv[1], *map(float, sys.argv[2:])
print(f"{precision:10} {count:9.0f} {ours:10.1f} {theirs:10.1f} {ours / theirs:7.1f}×")' \
      "$precision" "$count" "$ours" "$theirs"
  done
done
