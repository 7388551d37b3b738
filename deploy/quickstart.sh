#!/usr/bin/env bash
# Installs what is missing, builds, and trains the embedded default: three ranks, a few minutes on two cores.
#
# Arguments are passed on as overrides: deploy/quickstart.sh trainer.total_training_steps=20
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source deploy/install-packages.sh

swift build -c release --product prorl-coordinator
swift build -c release --product prorl-sandbox
exec mpirun "${mpirun_options[@]}" -np 3 .build/release/prorl-coordinator train --config configs/quickstart.yaml "$@"
