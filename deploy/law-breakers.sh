#!/usr/bin/env bash
# Builds versions that break a law on purpose and checks that the checks notice: a check that cannot fail is worth
# nothing. Takes minutes, since it builds the program again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source deploy/install-packages.sh

swift build -c release --product prorl-coordinator --scratch-path .build-sabotage -Xswiftc -DPRORL_SABOTAGE
program=.build-sabotage/release/prorl-coordinator

for precision in fp32 bf16; do
  for law in sum row; do
    log=".build-sabotage/$law-$precision.log"
    if PRORL_HOME="$PWD" PRORL_SABOTAGE=$law "$program" check bits --short "numerics.precision=$precision" > "$log" 2>&1; then
      echo "law-breakers.sh: the $law law was broken in $precision and check bits did not notice" >&2
      exit 1
    fi
    echo "$law law broken in $precision, and noticed: $(tail -n 1 "$log")"
  done
done
PRORL_HOME="$PWD" "$program" check bits --short > .build-sabotage/none.log
echo "no law broken: equal bits"
