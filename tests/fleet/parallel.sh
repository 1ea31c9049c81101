#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# GNU parallel: a joblog, and --resume-failed after some jobs failed.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need parallel
start 60

mkdir out
# One job for each machine's folder.
printf '%s\n' dumps/* |
    parallel --will-cite -j2 --joblog jobs.log \
        'bugtriage -q --exit-zero --format ndjson -o out/{/}.ndjson {} 2>/dev/null'
same out/*.ndjson
[ "$(awk 'NR > 1 && $7 != 0' jobs.log | wc -l)" = 0 ] || fail "a job failed"

# Without --exit-zero a folder with an unreadable dump is a failed job; its records are there.
rm -rf out jobs.log
mkdir out
status=0
printf '%s\n' dumps/* |
    parallel --will-cite -j2 --joblog jobs.log \
        'bugtriage -q --format ndjson -o out/{/}.ndjson {} 2>/dev/null' || status=$?
same out/*.ndjson
failed=$(awk 'NR > 1 && $7 == 1' jobs.log | wc -l)
[ "$status" = "$failed" ] && [ "$failed" -gt 0 ] || fail "$failed failed jobs, status $status"

# The broken files are taken away: only the failed jobs run again, and then all is well.
before=$(awk 'NR > 1' jobs.log | wc -l)
find dumps -type f -size -1k -delete
for file in $(grep -l '"status":"unreadable"' out/*.ndjson); do
    python3 - "$file" <<'PYTHON'
import json, os, sys
for line in open(sys.argv[1], encoding="utf-8"):
    record = json.loads(line)
    if record["status"] == "unreadable" and os.path.exists(record["input"]["path"]):
        os.remove(record["input"]["path"])
PYTHON
done
printf '%s\n' dumps/* |
    parallel --will-cite -j2 --joblog jobs.log --resume-failed \
        'bugtriage -q --format ndjson -o out/{/}.ndjson {} 2>/dev/null'
after=$(awk 'NR > 1' jobs.log | wc -l)
[ $((after - before)) = "$failed" ] || fail "$((after - before)) jobs ran again, not $failed"
[ "$(grep -c unreadable out/*.ndjson | awk -F: '{ n += $2 } END { print n }')" = 0 ] ||
    fail "a broken dump is still there"
bugtriage group -q out/*.ndjson >groups.txt
grep -q mountmgr groups.txt || fail "no group"
echo "parallel: $before jobs, $failed ran again"
