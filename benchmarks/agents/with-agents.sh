#!/usr/bin/env bash
# with-agents.sh COUNT ARGUMENTS…: `bench run ARGUMENTS --agents COUNT` with its agents on this machine. Ends as the run does.
set -uo pipefail
count=$1
shift
bench=$(dirname "$0")/../../bench
said=$(mktemp)
trap 'rm -f "$said"' EXIT
"$bench" run "$@" --agents "$count" 2> >(tee "$said" >&2) &
run=$!
until line=$(grep -o -m 1 -- 'agent --join .*' "$said"); do
  kill -0 "$run" 2> /dev/null || { wait "$run"; exit $?; }
  sleep 0.1
done
for ((n = 1; n <= count; n++)); do
  # shellcheck disable=SC2086 # the line is words
  "$bench" $line --name "agent-$n" > /dev/null 2>&1 &
done
wait "$run"
code=$?
wait
exit "$code"
