#!/usr/bin/env bash
# Mints the keys, certificates and signed registry of a TEST federation into a folder.
# The binary makes every key, as it does for a real node: there is no second way of making them.
set -euo pipefail

federation=test.brygga.example
operator=kommun:0880
minted=0
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
# Each node gets a loopback address of its own, so that all can run on one machine.
mint() {
  local node=$1/${2/:/-} operator_node=$1/${operator/:/-}
  local address=127.77.0.$((++minted))
  local entry=(--org "$2" --name "$3" --address "$address:8443" --local-address "$address:8080" --development)
  echo "== $3"
  if [[ $2 == "$operator" ]]; then
    "$brygga" init --dir "$node" --federation "$federation" "${entry[@]}"
    return
  fi
  "$brygga" registry invite --dir "$operator_node" --org "$2" --out "$1/invite-${2/:/-}"
  "$brygga" join --dir "$node" --invite "$1/invite-${2/:/-}" "${entry[@]}"
  "$brygga" registry admit --dir "$operator_node" --request "$node/join-request"
  "$brygga" registry install --dir "$node" --file "$operator_node/registry/registry.json"
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
