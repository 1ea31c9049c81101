#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# PostgreSQL: one line loads the records, the view of docs/fleet.md asks them. A server of its own,
# on a socket in the test's folder.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need psql
bin=$(find /usr/lib/postgresql/*/bin -maxdepth 0 2>/dev/null | sort -V | tail -1)
[ -n "$bin" ] && [ -x "$bin/initdb" ] || skip "there is no PostgreSQL server (scripts/test installs it)"
start 80

as_owner=()
if [ "$(id -u)" = 0 ]; then # the server refuses to be root
    id postgres >/dev/null 2>&1 || skip "there is no user postgres"
    as_owner=(setpriv --reuid=postgres --regid=postgres --clear-groups)
fi
mkdir server
chmod 755 "$work"
[ "$(id -u)" != 0 ] || chown postgres server
stop() { "${as_owner[@]}" "$bin/pg_ctl" -D "$work/server/data" -m immediate stop >/dev/null 2>&1; }
"${as_owner[@]}" "$bin/initdb" -D server/data -U fleet --auth=trust --no-sync >initdb.log 2>&1 ||
    fail "$(tail -1 initdb.log)"
"${as_owner[@]}" "$bin/pg_ctl" -D server/data -w -l server/log \
    -o "-c listen_addresses='' -c fsync=off -k $work/server" start >/dev/null ||
    fail "$(tail -3 server/log)"
export PGHOST=$work/server PGUSER=fleet PGDATABASE=postgres PGOPTIONS='-c client_min_messages=warning'

bugtriage -q --exit-zero --format ndjson -o crashes.ndjson dumps 2>/dev/null
# --- docs/fleet.md: a table, the line that loads, a question ---
psql -qc 'CREATE TABLE crashes (record jsonb NOT NULL)'
psql -qc "\\copy crashes FROM 'crashes.ndjson' WITH (FORMAT csv, QUOTE e'\\x01', DELIMITER e'\\x02')"
psql -qc "CREATE UNIQUE INDEX ON crashes ((record->'input'->>'path'))"
psql -qAtF ' ' -c "SELECT record->'signature'->>'group' AS problem, count(*) FROM crashes
    WHERE record->'signature'->>'group' IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1" >problems
# ---
[ "$(psql -qAtc 'SELECT count(*) FROM crashes')" = "$(wc -l <crashes.ndjson)" ] ||
    fail "records were lost"
bugtriage group -q --format ndjson crashes.ndjson |
    python3 -c 'import json, sys
for line in sys.stdin:
    g = json.loads(line)
    print(g["group"], g["dumps"])' | sort >mine
sort problems | cmp -s - mine || fail "PostgreSQL and group differ: $(diff problems mine | head -3)"
psql -qAtc "SELECT record FROM crashes" | python3 -c 'import json, sys
for line in sys.stdin: json.loads(line)' || fail "a record is no JSON any more"
echo "postgres: $(wc -l <crashes.ndjson) records, $(wc -l <mine) problems as in bugtriage group"
