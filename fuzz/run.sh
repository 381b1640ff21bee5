#!/bin/sh
# Tries one target for so many seconds: run.sh PROGRAM TARGET SECONDS FOLDER. What is new is kept in FOLDER; an input that
# fails is written there too, and named.
set -eu
program=$1 target=$2 seconds=$3 folder=$4/$2
mkdir -p "$folder"
echo "$target, $seconds s"
if ! FUZZ_TARGET=$target "$program" "$folder" "tests/hostile/corpus/$target" -max_total_time="$seconds" -max_len=4096 \
  -timeout=30 -rss_limit_mb=1500 -print_final_stats=1 -artifact_prefix="$folder-" >"$folder.log" 2>&1; then
  tail -n 60 "$folder.log"
  exit 1
fi
grep -E "^stat::number_of_executed_units|^#[0-9]+.*DONE" "$folder.log"
