#!/bin/bash
# Keeps three `terrane start` processes of a small heap under everything at once: full load, hundreds of
# connections, large scans, and clients that do not read their answers. Prints what a well-behaved client felt,
# and the memory of each node. Exits with 1 if a node ended or a plain get failed.
#
#   bench/soak.sh [--duration 1200] [--heap 512m] [--outstanding 256] [--connections 500] [--scanners 8]
#                 [--slow-readers 20] [--folder DIRECTORY]
#
# Needs bash, curl, awk and Linux's /proc, and some 3 GB of disk. The nodes' logs are shown if one ends.
set -euo pipefail

folder='' patience=300 heap=512m options=()
usage() { sed -n '2,/^set -/p' "$0" | sed '$d; s/^# \{0,1\}//'; }
while [ $# -gt 0 ]; do
  case $1 in -h | --help) usage; exit 0 ;; esac
  [ $# -ge 2 ] || { echo "$1 needs a value" >&2; exit 2; }
  case $1 in
    --heap) heap=$2 ;;
    --folder) folder=$2 ;;
    --duration | --outstanding | --connections | --scanners | --slow-readers) options+=("$1" "$2") ;;
    *) echo "unknown: $1" >&2; usage >&2; exit 2 ;;
  esac
  shift 2
done
source "$(dirname "${BASH_SOURCE[0]}")/three-nodes.sh"

export TERRANE_JAVA_OPTS="${TERRANE_JAVA_OPTS:-} -Xmx$heap"
start_three
note "three nodes, heap $heap each, commit $(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo unknown)"
"${java_command[@]}" -Xmx4g dev.terrane.bench.soak.SoakMain --pd "$pd" --pids "$(IFS=,; echo "${pids[*]}")" "${options[@]}" &
load_pid=$!
outcome=0
wait "$load_pid" || outcome=$?
load_pid=0
for node in 0 1 2; do
  kill -0 "${pids[node]}" 2>/dev/null || { note "node $((node + 1)) ended; its log:"; tail -n 30 "$work/n$((node + 1)).log" >&2; }
done
exit "$outcome"
