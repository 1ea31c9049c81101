#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# DuckDB reads the records as they are: the queries of docs/fleet.md. DUCKDB_FOLDER names a folder
# where npm has installed @duckdb/node-api; otherwise it is installed for this test.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need node
start 80

folder=${DUCKDB_FOLDER:-}
if [ -z "$folder" ]; then
    [ "${FLEET_INSTALL:-0}" = 1 ] || skip "DUCKDB_FOLDER is not set (FLEET_INSTALL=1 asks npm)"
    need npm
    folder=$work/duckdb
    npm install --prefix "$folder" --no-fund --no-audit @duckdb/node-api >npm.log 2>&1 ||
        skip "npm cannot install DuckDB: $(tail -1 npm.log)"
fi
bugtriage -q --exit-zero --format ndjson -o crashes.ndjson dumps 2>/dev/null
gzip -k crashes.ndjson

# The ten problems to fix first.
top=$(node "$here/query.mjs" "$folder" "
    SELECT signature.\"group\" AS problem, count(*) AS dumps, min(crash.time) AS first,
           max(crash.time) AS last
    FROM read_json('crashes.ndjson', format = 'newline_delimited')
    WHERE signature.\"group\" IS NOT NULL
    GROUP BY ALL ORDER BY dumps DESC, problem LIMIT 10")
mine=$(bugtriage group -q --format ndjson --top 10 crashes.ndjson |
    python3 -c 'import json, sys
for line in sys.stdin:
    g = json.loads(line)
    print(g["group"], g["dumps"])' | sort)
theirs=$(python3 -c 'import json, sys
for line in sys.stdin:
    g = json.loads(line)
    print(g["problem"], g["dumps"])' <<<"$top" | sort)
[ "$mine" = "$theirs" ] || fail "DuckDB and group differ:
$theirs
---
$mine"

# Machines that lack a fix which exists, straight from the compressed file.
needed=$(node "$here/query.mjs" "$folder" "
    SELECT m.article, count(DISTINCT split_part(input.path, '/', -2)) AS machines
    FROM (SELECT input, unnest(matches) AS m
          FROM read_json('crashes.ndjson.gz', format = 'newline_delimited'))
    WHERE m.fix.status = 'needed' GROUP BY ALL ORDER BY machines DESC")
grep -q KB2792165 <<<"$needed" || fail "no machine lacks a fix: $needed"
# Addresses and codes stay what they are.
node "$here/query.mjs" "$folder" "
    SELECT DISTINCT typeof(crash.stop.code) AS t, typeof(crash.stop.parameters[1].value) AS v
    FROM read_json('crashes.ndjson', format = 'newline_delimited')" |
    grep -qx '{"t":"VARCHAR","v":"VARCHAR"}' || fail "codes are no text"
echo "duckdb: $(wc -l <<<"$mine") problems as in bugtriage group"
