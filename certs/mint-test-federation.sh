#!/usr/bin/env bash
# Mints the keys, certificates and signed registry of a TEST federation into a folder.
# The binary makes every key, as it does for a real node: there is no second way of making them.
set -euo pipefail

federation=test.brygga.example
operator=kommun:0880
members=(
  'kommun:0880|Kalmar kommun (test)'
  'kommun:0881|Nybro kommun (test)'
  'demo:stadsmissionen-kalmar|Stadsmissionen Kalmar (test)'
)
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
brygga=${BRYGGA:-$repository/${CARGO_TARGET_DIR:-target}/release/brygga}

main() {
  [[ $# -eq 1 && $1 != -* ]] || die "usage: certs/mint-test-federation.sh <folder>"
  local folder
  folder=$(realpath --canonicalize-missing -- "$1")
  refuse_tracked "$folder"
  [[ ! -e $folder ]] || die "$folder exists already; keys are never overwritten"
  [[ -x $brygga ]] || die "no binary at $brygga; build it with: cargo build --release -p brygga"
  umask 077
  mkdir -p "$folder"
  local member
  for member in "${members[@]}"; do
    mint "$folder" "${member%%|*}" "${member#*|}"
  done
  echo "A test federation of ${#members[@]} organisations stands in $folder."
}

# mint <folder> <organisation> <name>: its keys and, unless it is the operator, its admission.
mint() {
  local node=$1/${2/:/-} operator_node=$1/${operator/:/-}
  echo "== $3"
  "$brygga" init --dir "$node" --org "$2" --name "$3" --federation "$federation"
  [[ $2 != "$operator" ]] || return 0
  "$brygga" registry invite --dir "$operator_node" --org "$2" --out "$node/invite"
  "$brygga" join --dir "$node" --invite "$node/invite"
  "$brygga" registry admit --dir "$operator_node" --request "$node/join-request"
}

# Keys may lie inside the repository only where git will never pick them up.
refuse_tracked() {
  [[ $1/ == "$repository"/* ]] || return 0
  git -C "$repository" check-ignore --quiet -- "$1" ||
    die "$1 is inside the repository and not ignored; choose a folder outside, or under target/"
}

die() {
  printf 'mint-test-federation: %s\n' "$*" >&2
  exit 1
}

main "$@"
