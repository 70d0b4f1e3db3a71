#!/bin/bash
# Measures three `terrane start` processes on this machine, on free ports and in a folder of its own,
# and prints medians as Markdown tables. Ends and removes everything, also on Ctrl-C.
#
#   bench/run-three-nodes.sh [--rounds 3] [--keys 1000000] [--value-bytes 100] [--jit 90] [--warmup 5]
#                            [--duration 10] [--catch-up-mib 1024] [--folder DIRECTORY] [--only ROW,...]
#                            [--out FILE]
#
# Rows: start (start to first put), idle (CPU of idle nodes over a minute, after a minute of rest), load
# (put and get at 1, 64 and 256 outstanding, scans, half puts and half gets), memory (after the load),
# kill (recovery after kill -9 of the leader), catch-up (a node that missed so many MiB while the others
# serve puts).
# Before the load, half puts and half gets run for --jit seconds: until then the JVM's compiler takes a
# good part of the CPU. --warmup seconds go before each row. With the defaults it takes about 17 minutes.
# Whatever else runs on the machine shows in the figures.
# Needs bash, curl, awk and Linux's /proc. Progress goes to standard error, the tables to standard output.
set -euo pipefail

patience=300 # seconds for anything that should take a moment; a busy machine may need them
rounds=3 keys=1000000 value_bytes=100 jit=90 warmup=5 duration=10 catch_up_mib=1024
folder='' only=start,idle,load,memory,kill,catch-up out=''
usage() { sed -n '2,/^set -/p' "$0" | sed '$d; s/^# \{0,1\}//'; }
while [ $# -gt 0 ]; do
  case $1 in -h | --help) usage; exit 0 ;; esac
  [ $# -ge 2 ] || { echo "$1 needs a value" >&2; exit 2; }
  case $1 in
    --rounds) rounds=$2 ;;
    --keys) keys=$2 ;;
    --value-bytes) value_bytes=$2 ;;
    --jit) jit=$2 ;;
    --warmup) warmup=$2 ;;
    --duration) duration=$2 ;;
    --catch-up-mib) catch_up_mib=$2 ;;
    --folder) folder=$2 ;;
    --only) only=$2 ;;
    --out) out=$2 ;;
    *) echo "unknown: $1" >&2; usage >&2; exit 2 ;;
  esac
  shift 2
done

source "$(dirname "${BASH_SOURCE[0]}")/three-nodes.sh"
wants() { case ,$only, in *,"$1",*) return 0 ;; *) return 1 ;; esac; }
load_command=("${java_command[@]}" -Xmx512m dev.terrane.bench.load.LoadMain)
results=$work/results
: >"$results"

# ---- figures -----------------------------------------------------------------------------------
record() { printf '%s %s %s\n' "$1" "$2" "$3" >>"$results"; } # ROW FIGURE VALUE

# Runs the load generator and records every figure of its result under ROW.
run_load() { # ROW OPTION...
  local row=$1
  shift
  "${load_command[@]}" --pd "$pd" --keys "$keys" --value-bytes "$value_bytes" "$@" >"$work/load" 2>"$work/load.err" &
  load_pid=$!
  wait "$load_pid" || { load_pid=0; cat "$work/load" "$work/load.err" >&2; die "the load generator failed in row $row"; }
  load_pid=0
  sed -n 's/^/  /p' "$work/load" >&2
  sed -n 's/^result //p' "$work/load" | tr ' ' '\n' | while IFS='=' read -r figure value; do
    record "$row" "$figure" "$value"
  done
}

median() { # ROW FIGURE FORMAT; a dash where nothing was measured
  awk -v row="$1" -v figure="$2" '$1 == row && $2 == figure { print $3 }' "$results" | sort -n |
    awk -v format="${3:-%.1f}" '{ v[NR] = $1 } END {
      if (NR == 0) { print "-"; exit }
      printf format "\n", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

cpu_ticks() { sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'; }
resident_kib() { awk '/^VmRSS:/ { print $2 }' "/proc/$1/status"; }

# The client is started with the first node, and puts as soon as that answers; the others join it then.
row_start() {
  local begun
  rm -rf "$work/data"
  choose_ports
  begun=$(date +%s%3N)
  start_node 0
  "${load_command[@]}" --pd "127.0.0.1:${pd_ports[0]}" --first-put true >"$work/load" 2>"$work/load.err" &
  load_pid=$!
  await "$patience" "node 1" is_ready 0
  start_node 1
  start_node 2
  await "$patience" "three voters" has_three_voters
  record start voters_millis "$(($(date +%s%3N) - begun))"
  wait "$load_pid" || { load_pid=0; cat "$work/load.err" >&2; die "no first put"; }
  load_pid=0
  record start millis "$(($(sed -n 's/.*epoch_millis=//p' "$work/load") - begun))"
  stop_three
}

row_idle() {
  local node before=() ticks percent
  ticks=$(getconf CLK_TCK)
  sleep 60 # what starting left to do
  for node in 0 1 2; do before[node]=$(cpu_ticks "${pids[node]}"); done
  sleep 60
  for node in 0 1 2; do
    percent=$(awk -v d=$(($(cpu_ticks "${pids[node]}") - before[node])) -v t="$ticks" 'BEGIN { print d / t / 60 * 100 }')
    record idle percent "$percent"
    [ "$node" != "$leader" ] || record idle leader_percent "$percent"
    record idle mib "$(($(resident_kib "${pids[node]}") / 1024))"
  done
}

# MODE OUTSTANDING, in the order of the table. Gets and scans come after the puts, so that they find every key.
loads='put:1 put:64 put:256 get:1 get:64 get:256 scan:64 mixed:256'
row_load() {
  local each
  for each in $loads; do
    note "$each"
    run_load "$each" --mode "${each%:*}" --outstanding "${each#*:}" --warmup "$warmup" --duration "$duration" \
      --pids "$(IFS=,; echo "${pids[*]}")" --status "$status"
  done
}

row_memory() {
  for node in 0 1 2; do record memory mib "$(($(resident_kib "${pids[node]}") / 1024))"; done
}

row_kill() {
  local killed
  await "$patience" "a leader" find_leader
  killed=$leader
  run_load kill --mode put --outstanding 256 --warmup "$warmup" --duration $((duration + 10)) \
    --kill-pid "${pids[killed]}" --kill-after 4
  stop_node "$killed"
  start_node "$killed"
  await "$patience" "the killed node" is_ready "$killed"
  await "$patience" "the killed node to catch up" has_caught_up "$killed"
}

row_catch_up() {
  local behind bytes=4096
  await "$patience" "a leader" find_leader
  behind=$(((leader + 1) % 3))
  note "node $((behind + 1)) misses $catch_up_mib MiB"
  stop_node $behind
  "${load_command[@]}" --pd "$pd" --keys $((catch_up_mib * 1024 * 1024 / bytes)) --value-bytes $bytes \
    --outstanding 64 --fill true --duration 0 >&2 &
  load_pid=$!
  wait "$load_pid" || { load_pid=0; die "the load generator failed"; }
  load_pid=0
  await "$patience" "a leader" find_leader
  run_load quiet --mode put --outstanding 64 --warmup "$warmup" --duration "$duration"
  start_node $behind
  run_load catch-up --mode put --outstanding 64 --warmup 0 --duration 600 \
    --catch-up "127.0.0.1:${status_ports[behind]},127.0.0.1:${status_ports[leader]}"
  await "$patience" "the node that was behind" is_ready $behind
}

# ---- run ---------------------------------------------------------------------------------------
if wants start; then
  for ((round = 1; round <= rounds; round++)); do note "start, round $round"; row_start; done
fi
start_three
if wants idle; then note "idle"; row_idle; fi
if wants load; then
  note "filling $keys keys"
  run_load fill --fill true --duration 0
  note "warming up"
  run_load jit --mode mixed --outstanding 256 --warmup 0 --duration "$jit"
  for ((round = 1; round <= rounds; round++)); do note "load, round $round"; row_load; done
fi
if wants memory; then row_memory; fi
if wants kill; then
  for ((round = 1; round <= rounds; round++)); do note "kill -9, round $round"; row_kill; done
fi
if wants catch-up; then note "catch-up"; row_catch_up; fi

table() {
  echo "$(date -u +%F), $(nproc) cores, load average $(cut -d ' ' -f 1 /proc/loadavg) at the end, commit $(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo unknown);"
  echo "$keys keys, $value_bytes-byte values, medians of $rounds."
  echo
  if wants load; then
    echo '| work, outstanding | rate | p50 | p99 | CPU, three nodes | syncs per node per 1,000 |'
    echo '|---|---|---|---|---|---|'
    for each in $loads; do
      echo "| ${each%:*}, ${each#*:} | $(median "$each" rate %.0f)/s | $(median "$each" p50_ms %.2f) ms | $(median "$each" p99_ms %.2f) ms | $(median "$each" cpu_us %.1f) µs | $(median "$each" syncs_per_1000 %.1f) |"
    done
    echo
  fi
  echo '| | |'
  echo '|---|---|'
  if wants start; then
    echo "| start to first put (one node) | $(median start millis %.0f) ms |"
    echo "| start to three replicas (the others join) | $(median start voters_millis %.0f) ms |"
  fi
  if wants idle; then echo "| idle, each node: CPU, resident | $(median idle percent %.2f) % of a core (the leader $(median idle leader_percent %.2f) %), $(median idle mib %.0f) MiB |"; fi
  if wants memory; then echo "| resident after the load, each node | $(median memory mib %.0f) MiB |"; fi
  if wants kill; then
    echo "| kill -9 of the leader, put 256: above 90 % of $(median kill rate_before %.0f)/s after | $(median kill recovery_ms %.0f) ms (longest silence $(median kill silence_ms %.0f) ms) |"
  fi
  if wants catch-up; then
    echo "| a node that missed $catch_up_mib MiB has caught up after (caught up: $(awk '$1 == "catch-up" && $2 == "caught_up" { print $3 }' "$results")) | $(median catch-up catch_up_millis %.0f) ms |"
    echo "| meanwhile put, 64 (before: $(median quiet rate %.0f)/s, p99 $(median quiet p99_ms %.1f) ms) | $(median catch-up rate %.0f)/s, p99 $(median catch-up p99_ms %.1f) ms |"
  fi
}
if [ -n "$out" ]; then table | tee "$out"; else table; fi
