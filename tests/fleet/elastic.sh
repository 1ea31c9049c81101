#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Elasticsearch: the body that docs/fleet.md sends to _bulk, checked line by line. No server runs.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
start 80

bugtriage -q --exit-zero --format es-bulk -o bulk.ndjson dumps 2>/dev/null
python3 - "$(wc -l <expected)" <<'PYTHON'
import json, sys
data = open("bulk.ndjson", "rb").read()
assert data.endswith(b"\n") and b"\r" not in data
lines = data.decode("utf-8").split("\n")[:-1]
assert len(lines) == 2 * int(sys.argv[1]), len(lines)
for action, document in zip(lines[::2], lines[1::2]):
    action, document = json.loads(action), json.loads(document)
    assert list(action) == ["index"] and list(action["index"]) == ["_id"], action
    assert document["file"]["hash"]["sha256"] == action["index"]["_id"][:64]
    assert document["event"]["kind"] == "event" and document["ecs"]["version"]
PYTHON
# A request has a limit of 100 MB: pieces of whole pairs, as the recipe makes them.
split -l 50 --additional-suffix=.ndjson bulk.ndjson piece.
for piece in piece.*.ndjson; do
    head -1 "$piece" | grep -q '^{"index":{"_id":"[0-9a-f-]*"}}$' || fail "$piece begins amiss"
    [ $(($(wc -l <"$piece") % 2)) = 0 ] || fail "$piece ends amiss"
done
# The same dump twice is one document.
bugtriage -q --exit-zero --format es-bulk dumps 2>/dev/null | cmp -s - bulk.ndjson ||
    fail "a second run makes other documents"
echo "elastic: $(wc -l <bulk.ndjson) lines"
