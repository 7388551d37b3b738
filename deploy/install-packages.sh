#!/usr/bin/env bash
# Installs the Debian packages that building and running need, where they are missing. Sourced by the other scripts.
set -euo pipefail

packages=(libopenmpi-dev openmpi-bin libopenblas-dev libdnnl-dev libssl-dev pkg-config bubblewrap python3)

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
done

if [ "${#missing[@]}" -gt 0 ]; then
  echo "installing ${missing[*]}"
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "install-packages.sh: needs root or sudo to install ${missing[*]}" >&2; exit 1; }
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

if ! command -v swift >/dev/null; then
  echo "install-packages.sh: no swift on the PATH; install a Swift 6.2 toolchain or later from swift.org" >&2
  exit 1
fi

# Options that mpirun needs on small machines and in containers; see deploy/README.md.
mpirun_options=(--oversubscribe --bind-to none)
if [ "$(id -u)" -eq 0 ]; then mpirun_options+=(--allow-run-as-root); fi
