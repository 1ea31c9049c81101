#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Kubernetes: docs/kubernetes-job.yaml. No cluster runs: the manifest is checked against the types
# of the Kubernetes interface (npm: kubernetes-types, typescript; KUBERNETES_FOLDER names a folder
# that has them), and what its pods would do is done here, one index after the other.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need python3
python3 -c 'import yaml' 2>/dev/null || skip "Python has no yaml (scripts/test installs it)"
start 60
manifest=$root/docs/kubernetes-job.yaml

python3 - "$manifest" <<'PYTHON'
import json, shlex, sys, yaml
job = yaml.safe_load(open(sys.argv[1]))
spec = job["spec"]
container, = spec["template"]["spec"]["containers"]
assert (job["apiVersion"], job["kind"], spec["completionMode"]) == ("batch/v1", "Job", "Indexed")
assert spec["template"]["spec"]["restartPolicy"] == "Never"  # podFailurePolicy wants it
rule, = spec["podFailurePolicy"]["rules"]
assert rule["onExitCodes"]["containerName"] == container["name"]
command, = container["args"]
assert f"--shard auto/{spec['completions']}" in command, "as many shards as completions"
volumes = {v["name"] for v in spec["template"]["spec"]["volumes"]}
assert {m["name"] for m in container["volumeMounts"]} == volumes
json.dump({"count": spec["completions"], "command": command}, open("pods.json", "w"))
with open("job.ts", "w") as f:
    f.write('import type { Job } from "kubernetes-types/batch/v1";\n'
            f"export const job: Job = {json.dumps(job, indent=1)};\n")
PYTHON

# kubectl decodes the manifest with the types of its release and drops what they do not know: every
# field must come back. Releases before 1.31 had some of these fields behind a switch.
if command -v kubectl >/dev/null &&
    kubectl set env --local -f "$manifest" MARK=1 -o json >decoded.json 2>kubectl.log; then
    python3 - "$manifest" <<'PYTHON'
import json, sys, yaml


def missing(wanted, found, where):
    if isinstance(wanted, dict):
        for key, value in wanted.items():
            yield from missing(value, found.get(key) if isinstance(found, dict) else None,
                               f"{where}.{key}")
    elif isinstance(wanted, list):
        for n, value in enumerate(wanted):
            there = isinstance(found, list) and n < len(found)
            yield from missing(value, found[n] if there else None, f"{where}[{n}]")
    elif wanted != found:
        yield f"{where}: {wanted!r} became {found!r}"


lost = list(missing(yaml.safe_load(open(sys.argv[1])), json.load(open("decoded.json")), "job"))
assert not lost, lost
PYTHON
    echo "kubernetes: every field of the manifest is known to kubectl"
fi

# What the pods do, with the paths of this test.
mkdir out
pods=$(python3 -c 'import json; print(json.load(open("pods.json"))["count"])')
command=$(python3 -c 'import json
print(json.load(open("pods.json"))["command"].replace("/out/", "out/").replace(" /dumps", " dumps"))')
for index in $(seq 0 $((pods - 1))); do
    JOB_COMPLETION_INDEX=$index sh -c "$command" 2>/dev/null || fail "pod $index: status $?"
done
same out/*.ndjson
[ "$(find out -name '*.ndjson' | wc -l)" = "$pods" ] || fail "not one file for each pod"
# A pod that comes again finds its work done.
JOB_COMPLETION_INDEX=0 sh -c "$command" 2>/dev/null || fail "pod 0 again: status $?"
same out/*.ndjson
# Wrong usage is the status that the policy does not try again.
status=0
JOB_COMPLETION_INDEX=99 sh -c "$command" 2>/dev/null || status=$?
[ "$status" = 2 ] || fail "an index beyond the shards: status $status"

folder=${KUBERNETES_FOLDER:-}
if [ -z "$folder" ] && [ "${FLEET_INSTALL:-0}" = 1 ] && command -v npm >/dev/null; then
    folder=$work/types
    npm install --prefix "$folder" --no-fund --no-audit kubernetes-types typescript@5 \
        >npm.log 2>&1 || folder=
fi
if [ -z "$folder" ]; then
    echo "kubernetes: $pods pods; the manifest's types are unchecked (KUBERNETES_FOLDER)"
    exit 0
fi
ln -s "$folder/node_modules" node_modules
node node_modules/typescript/bin/tsc --noEmit --strict --skipLibCheck --moduleResolution node job.ts ||
    fail "the manifest is no Job"
# The check would notice a word that is spelled wrongly.
sed 's/"completionMode"/"completionsMode"/' job.ts >wrong.ts
node node_modules/typescript/bin/tsc --noEmit --strict --skipLibCheck --moduleResolution node \
    wrong.ts >/dev/null && fail "a wrong word was not noticed"
echo "kubernetes: $pods pods, and the manifest is a Job"
