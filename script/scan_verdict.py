"""Says what script/scan has found, and fails if that is anything: FOLDER."""
import collections
import json
import re
import sys
from pathlib import Path

out, bad = Path(sys.argv[1]), []


def counts(name):
    found = collections.Counter()
    for line in (out / name).read_text().splitlines():
        method, route, status, n = re.match(r'.*method="(.*?)",route="(.*?)",status="(\d+)"} (\d+)', line).groups()
        found[method, route, int(status)] = int(n)
    return found


before, after_sqlmap, after = counts("metrics.0"), counts("metrics.sqlmap"), counts("metrics.wapiti")
for tool, sent in (("sqlmap", after_sqlmap - before), ("wapiti", after - after_sqlmap)):
    by_status, throttled, total = collections.Counter(), collections.Counter(), collections.Counter()
    for (method, route, status), n in sent.items():
        by_status[status] += n
        total[method, route] += n
        throttled[method, route] += n if status == 429 else 0
    print(f"{tool}: {sum(by_status.values())} requests to {len(total)} operations; by status:",
          ", ".join(f"{s} {n}" for s, n in sorted(by_status.items())))
    for at, n in throttled.items():
        if n:
            print(f"  {' '.join(at)}: {n} of {total[at]} answered 429")
        if n > total[at] / 20:
            bad.append(f"{tool} was throttled at {' '.join(at)}, so that its result says little")
    for (method, route, status), n in sorted(sent.items()):
        if status == 500:
            bad.append(f"{tool}: {method} {route} answered {status}, {n} times")

# An answer of 503 whose reader had left before it, as wapiti does after 6 s, is not in the
# log as a failure; all others are.
failures = [line for line in (out / "server.log").read_text(errors="replace").splitlines() if 'msg="request failed"' in line or "msg=panic" in line]
bad += [f"the server's log has: {line[:300]}" for line in failures[:10]]

logs = [f for f in sorted((out / "sqlmap").glob("*.log")) if f.stem != "control"]
points = holes = 0
for log in logs:
    text = log.read_text(errors="replace")
    points += len(re.findall(r"does not seem to be injectable|does not appear to be injectable$", text, re.M))
    if re.search(r"identified the following injection point|is vulnerable|might be injectable", text):
        holes += 1
        bad.append(f"sqlmap: see {log}")
    elif "all tested parameters do not appear to be injectable" not in text:
        bad.append(f"sqlmap did not get to an end: see {log}")
print(f"sqlmap: {len(logs)} requests varied in {points} places, {holes} with a finding")

# Browsers have dropped X-XSS-Protection, which opened holes of its own; the
# Content-Security-Policy is what does its work.
OBSOLETE = "X-XSS-Protection is not set"
for asker in ("visitor", "planner", "dispatcher", "token"):
    report = out / "wapiti" / f"{asker}.json"
    if not report.exists():
        bad.append(f"wapiti did not get to an end: see {report.with_suffix('.log')}")
        continue
    told = json.loads(report.read_text())
    found = [(kind, f) for part in ("vulnerabilities", "anomalies") for kind, list_ in told[part].items() for f in list_]
    real = [(kind, f) for kind, f in found if OBSOLETE not in f["info"]]
    short = re.findall(r"Max attack time was reached for module (\w+)", report.with_suffix(".log").read_text(errors="replace"))
    known = re.search(r"Wapiti found (\d+) URLs", report.with_suffix(".log").read_text(errors="replace"))
    print(f"wapiti as {asker}: {known.group(1) if known else 'unknown'} addresses, {len(real)} findings; out of time: {', '.join(short) or 'none'}")
    bad += [f"wapiti as {asker}: {kind}: {f['method']} {f['path']} {f['parameter'] or ''} {f['info']}" for kind, f in real]

for line in bad:
    print("FOUND", line)
print("Nothing was found." if not bad else f"{len(bad)} findings.")
sys.exit(bool(bad))
