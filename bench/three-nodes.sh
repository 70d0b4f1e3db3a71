# Three `terrane start` processes on this machine, on free ports and in a folder of their own, for the
# scripts that measure them: sourced by these, which set `folder` and `patience` (seconds) before. Ends and removes
# everything when the script ends, also on Ctrl-C. Needs bash, curl, awk and Linux's /proc.
#
# Leaves: java_command (a JVM with the load generators on its class path), work (a folder), pids, pd and status
# (addresses of the nodes), start_three, stop_node, await, find_leader and what else is below.

root=$(CDPATH='' cd "$(dirname "$0")/.." && pwd -P)
note() { printf '%s %s\n' "$(date +%T)" "$*" >&2; }
die() { note "$*"; exit 1; }

# ---- what is needed ----------------------------------------------------------------------------
command -v curl >/dev/null || die "curl is needed"
[ -d /proc/self ] || die "Linux's /proc is needed"
"$root/bin/terrane" --version >/dev/null # builds it, and its start-up cache, if that is missing
classpath_file=$root/bench/target/classpath.txt
[ -f "$classpath_file" ] && [ -d "$root/bench/target/classes" ] ||
  die "the load generator is not built; run: mvn -q -B package -DskipTests -pl bench -am"
# The JVM that the launcher finds is the one that runs the nodes; the load runs on the same.
jdk=$(TERRANE_JAVA_OPTS='-XshowSettings:properties' "$root/bin/terrane" --version 2>&1 |
  sed -n 's/^ *java\.home = //p')
java_command=("$jdk/bin/java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
  -XX:+UseSerialGC -Dslf4j.internal.verbosity=ERROR -cp "$root/bench/target/classes:$(cat "$classpath_file")")

if [ -n "$folder" ]; then mkdir -p "$folder"; fi
work=$(mktemp -d "${folder:-${TMPDIR:-/tmp}}/terrane-bench-XXXXXX")

# ---- three nodes -------------------------------------------------------------------------------
declare -a pids=(0 0 0) store_ports pd_ports status_ports
load_pid=0 # of a load generator that is to end with the script

clean_up() {
  trap - EXIT INT TERM HUP
  [ "$load_pid" = 0 ] || kill -9 "$load_pid" 2>/dev/null || true
  for pid in "${pids[@]}"; do
    [ "$pid" = 0 ] || kill -9 "$pid" 2>/dev/null || true
  done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap clean_up EXIT
trap 'note "interrupted"; exit 130' INT
trap 'exit 143' TERM HUP

is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Below the range that outgoing connections are given ports from, so that none takes one meanwhile.
next_port=$((21000 + RANDOM % 9000))
free_port() {
  while next_port=$((next_port + 1)); is_taken "$next_port"; do :; done
  port=$next_port
}

choose_ports() {
  for node in 0 1 2; do
    free_port; store_ports[node]=$port
    free_port; pd_ports[node]=$port
    free_port; status_ports[node]=$port
  done
  pd=127.0.0.1:${pd_ports[0]},127.0.0.1:${pd_ports[1]},127.0.0.1:${pd_ports[2]}
  status=127.0.0.1:${status_ports[0]},127.0.0.1:${status_ports[1]},127.0.0.1:${status_ports[2]}
}

start_node() { # NODE: begins a process; does not wait
  local node=$1 join=()
  [ "$node" = 0 ] || join=(--join "127.0.0.1:${pd_ports[0]}")
  TERRANE_NO_BUILD=1 TERRANE_LOG=warn "$root/bin/terrane" start --name "n$((node + 1))" --dir "$work/data/n$((node + 1))" \
    --addr "127.0.0.1:${store_ports[node]}" --pd-addr "127.0.0.1:${pd_ports[node]}" \
    --status-addr "127.0.0.1:${status_ports[node]}" "${join[@]}" >>"$work/n$((node + 1)).log" 2>&1 &
  pids[node]=$!
}

page() { curl -s -m 5 "http://127.0.0.1:${status_ports[$1]}$2" || true; }
await() { # SECONDS WHAT COMMAND...
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    [ $SECONDS -lt $deadline ] || { tail -n 5 "$work"/n?.log >&2; die "waited in vain for $what"; }
    sleep 0.2
  done
}
is_ready() { [ "$(page "$1" /readyz | head -c 2)" = ok ]; }
applied() { page "$1" /status | sed -n 's/.*"applied_index" *: *\([0-9]*\).*/\1/p' | head -n 1; }
has_three_voters() { [ "$(page 0 /status | grep -o 'role=VOTER' | wc -l)" = 3 ]; } # there is one Region
find_leader() { # sets leader
  for leader in 0 1 2; do
    if [ "${pids[leader]}" != 0 ] && page "$leader" /status | grep -q '"leads" *: *true'; then return 0; fi
  done
  return 1
}
has_caught_up() { # NODE with the leader, within what is on its way
  local here there
  find_leader || return 1
  here=$(applied "$1") there=$(applied "$leader")
  [ -n "$here" ] && [ -n "$there" ] && [ "$here" -ge "$((there - 5))" ]
}

start_three() {
  rm -rf "$work/data"
  choose_ports
  for node in 0 1 2; do
    start_node $node
    await "$patience" "node $((node + 1))" is_ready $node
  done
  await "$patience" "three voters" has_three_voters
  await "$patience" "a leader" find_leader
}

stop_node() { # NODE, at once
  [ "${pids[$1]}" = 0 ] || { kill -9 "${pids[$1]}" 2>/dev/null || true; wait "${pids[$1]}" 2>/dev/null || true; }
  pids[$1]=0
}
stop_three() { for node in 0 1 2; do stop_node $node; done; }

