#!/usr/bin/env bash
# Runs every hostile program in the sandbox twenty times (or as often as the first argument says), in both tiers, as
# this user and, for root, as nobody too; status 1 if one got through or left something behind.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source deploy/install-packages.sh
repetitions=${1:-20}

swift build -c release --product sandbox-probe
swift build -c release --product prorl-sandbox
built=$(swift build -c release --show-bin-path)

# Where every user can read it.
folder=$(mktemp -d /tmp/prorl-hostile.XXXXXX)
trap 'rm -rf "$folder"' EXIT
cp "$built/sandbox-probe" "$built/prorl-sandbox" "$folder"
cp -r Tests/SandboxTests/Fixtures/hostile Tests/SandboxTests/Fixtures/attacks "$folder"
chmod -R a+rX "$folder"

failed=0
for programs in hostile attacks; do
  for tier in namespaces landlock; do
    attack=("$folder/sandbox-probe" "$folder/prorl-sandbox" "$repetitions" "$tier" "$folder/$programs" 4 3)
    "${attack[@]}" || failed=1
    if [ "$(id -u)" -eq 0 ]; then
      setpriv --reuid 65534 --regid 65534 --clear-groups -- "${attack[@]}" || failed=1
    fi
  done
done
exit "$failed"
