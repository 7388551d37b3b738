#!/usr/bin/env bash
# Feeds every verifier a million texts, or the number given: changed answers, and answers grown by a grammar.
#
#   deploy/fuzz.sh [COUNT [SEED]]
#
# Builds optimised, with all checks of indices and arithmetic, in .build-fuzz. A crash, a score outside its range or
# a verdict that takes a second of processor time fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source deploy/install-packages.sh

export PRORL_FUZZ_COUNT=${1:-1000000} PRORL_FUZZ_SEED=${2:-1}
exec swift test --scratch-path .build-fuzz -Xswiftc -O --filter '\.FuzzTests'
