#!/usr/bin/env bash
# Makes the embedded base again by supervised fine-tuning and compares it with the one in the repository, bit by bit.
#
# With --install the result replaces the one in the repository.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source deploy/install-packages.sh

swift build -c release --product prorl-coordinator
program=.build/release/prorl-coordinator
"$program" sft --config configs/sft-quickstart-1.yaml
"$program" sft --config configs/sft-quickstart-2.yaml

made=runs/base-2/model.safetensors
kept=configs/quickstart-model/model.safetensors
if [ "${1:-}" = --install ]; then
  cp "$made" "$kept"
elif cmp "$made" "$kept"; then
  echo "the base was reproduced to the bit: $(sha256sum "$kept" | cut -d ' ' -f 1)"
else
  echo "make-base.sh: $made differs from $kept; see docs/laws.md for what the bits depend on" >&2
  exit 1
fi
