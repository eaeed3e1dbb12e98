"""Writes what script/scan attacks: a request in sqlmap's form for every operation
that the server describes of itself, with a valid value in each place, and lists of
addresses for wapiti. Usage: scan_requests.py BASE PASSWORDS FOLDER

PASSWORDS is what `lintu demo` has printed. For each operation the requests are those
of a visitor, of an account that may, and of a token, as far as these can get through
to the operation (x-lintu-need, security).
"""
import functools
import json
import re
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

base, passwords, folder = sys.argv[1], Path(sys.argv[2]).read_text(), Path(sys.argv[3])
host = urllib.parse.urlsplit(base).netloc
trust = ssl.create_default_context()
trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE  # the certificate was made for this run

# Who has the right that an operation needs.
ACCOUNT_OF = {"anyone": "planner", "signed_in": "planner", "see_persons": "planner", "import": "planner",
              "unmask_persons": "dispatcher", "manage_accounts": "admin", "read_audit": "auditor",
              "see_cases": "dispatcher", "see_cases or report_cases": "dispatcher", "report_cases": "dispatcher",
              "hold_meetings": "dispatcher", "manage_rules": "dispatcher"}

# What everybody signed in may ask for, but only some get an answer to.
ACCOUNT_FOR = {"actOnCase": "dispatcher", "actOnCases": "dispatcher", "unmaskContact": "dispatcher"}

# Seconds between requests where the server's own limits allow no more of an account.
PACE = {"signIn": 1.1, "unmaskPerson": 4.1, "findPersons": 1.1, "receiveBatch": 5.1, "exportAudit": 6.1,
        "previewBatch": 6.1, "verifyAudit": 6.1, "exportCases": 6.1, "unmaskContact": 4.1, "reportCase": 1, "actOnCase": 0.7,
        "actOnCases": 10.1, "follow": 0.6}

# Counted by address only, of which the scanner, as a trusted proxy, has another one for
# each request.
BY_ADDRESS = {"signIn", "reportAtDoor", "followAct"}

# Each costs minutes at that pace, so they get the technique that needs fewest
# requests: the same statements are read at full length through listAudit, getBatch
# and getAuditVerification.
BRIEF = {"exportAudit", "previewBatch", "verifyAudit", "exportCases", "actOnCases"}

# Not attacked: they end the session that attacks, and take no value but lang; and
# changePassword, where wrong guesses are throttled after five, so that a scan of it
# would find only that. The stream of events has no end, and its cursor is numbers that
# are parsed. Pictures are bytes, whose id is that of cases.
LEFT_OUT = {"signOut", "signOutEverywhere", "changePassword", "streamEvents", "putPhoto", "putPhotoAtDoor"}

# Every layer's items are attacked, since each has columns of its own. What else is
# written out by layer is the same code, and one layer of each kind will do.
FEW_LAYERS = ("communities", "households", "heads", "buildings")

# Taken by one function everywhere, which knows a handful of words: attacked where an
# operation takes nothing else.
EVERYWHERE = ("lang", "f")


def call(method, path, body=None, headers=None):
    data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data, dict(headers or {}), method=method)
    if data is not None and "Content-Type" not in request.headers:
        request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, context=trust, timeout=60) as answer:
        text = answer.read()
        return answer.headers, json.loads(text) if text else None


def sign_in(login):
    password = re.search(rf"^{login}\s+(\S+)", passwords, re.M).group(1)
    headers, _ = call("POST", "/api/v1/session", {"login": login, "password": password})
    return {"Cookie": headers["Set-Cookie"].split(";")[0], "Sec-Fetch-Site": "same-origin"}


who = {login: sign_in(login) for login in ("planner", "dispatcher", "admin", "auditor")}


def token(login, *rights):
    _, made = call("POST", "/api/v1/tokens", {"title": "scan", "only": list(rights), "days": 1}, who[login])
    return {"Authorization": "Bearer " + made["secret"]}


tokens = {"planner": token("planner", "see_units", "see_households", "see_persons", "import"),
          "auditor": token("auditor", "read_audit"),
          "dispatcher": token("dispatcher", "see_units", "see_households", "see_cases", "see_restricted_cases", "report_cases",
                              "dispatch_cases", "verify_cases", "hold_meetings", "manage_rules")}


@functools.cache
def page(layer):
    return call("GET", f"/ogc/collections/{layer}/items?limit=1", headers=who["planner"])[1]


def first(layer):
    return page(layer)["features"][0]


household, community = first("households"), first("communities")
grants = next(a for a in call("GET", "/api/v1/accounts", headers=who["admin"])[1]["accounts"] if a["login"] == "checker")["grants"]
draft = call("POST", "/api/v1/batches?name=units.csv", "code,name\nU-1,a\nU-2,b\n".encode(),
             {**who["planner"], "Content-Type": "application/octet-stream"})[1]
made = call("POST", "/api/v1/tokens", {"title": "end", "only": ["see_units"], "days": 1}, who["planner"])[1]

# Two cases, a rule, a door with a resident's report, and a meeting with a row.
lon, lat = household["geometry"]["coordinates"]
DIGITS = "00000000-0000-7000-8000-00000000"  # ids of digits, which sqlmap can vary and which stay ids


def at_place(n, **more):
    return {"id": f"{DIGITS}{n:04d}", "category": "B0101", "lon": lon, "lat": lat, "accuracy": 10, "placed": "gps",
            "at": "2026-01-01T00:00:00Z", "note": "scan", "urgency": "hard", "visibility": "public", **more}


def as_dispatcher(method, path, body=None):
    return call(method, path, body, who["dispatcher"])[1]


case, other = f"{DIGITS}0001", f"{DIGITS}0002"
for n in (1, 2):
    as_dispatcher("POST", "/api/v1/cases", at_place(n, source="patrol", contact={"name": "某某", "phone": "13800000000"}))
unit = first("units")["properties"]["code"]
grid = first("grids")["id"]
rule = {"category": "B0101", "area": {"layer": "communities", "code": community["properties"]["code"]}, "rung": "", "unit": {"code": unit}, "note": "scan"}
as_dispatcher("PUT", f"/api/v1/rules/{DIGITS}0021", rule)
door = as_dispatcher("POST", "/api/v1/doors", {"kind": "grid", "subject": grid})
_, sent = call("POST", f"/api/v1/door/{door['code']}/cases", at_place(31), {"Sec-Fetch-Site": "same-origin"})
meeting = {"title": "scan", "lon": lon, "lat": lat, "venue": "scan", "startsAt": "2026-01-01T00:00:00Z", "host": "scan", "attendees": 3, "units": ["scan"], "seq": 0,
           "rows": [{"id": f"{DIGITS}0041", "at": "2026-01-01T00:00:00Z", "urgency": "hard", "text": "scan", "category": "B0101",
                     "options": [{"text": "scan", "votes": 1, "agreed": True}], "answer": "scan"}]}
as_dispatcher("PUT", f"/api/v1/meetings/{DIGITS}0042", meeting)


def act(name, **more):
    return {"id": f"{DIGITS}0051", "act": name, **more}


# A valid value for each parameter, by name; those of the place where it differs.
VALUES = {"q": "神仙坳", "limit": "3", "offset": "0", "lang": "en", "f": "json", "bbox": "113.5,28.0,113.8,28.3",
          "datetime": "2030-01-01T00:00:00Z", "instant": "2030-01-01T00:00:00Z", "after": "1", "before": "100000", "name": "a.csv", "maxVertices": "1000",
          "from": "2020-01-01", "to": "2100-01-01", "actor": "planner", "act": "sign_in", "kind": "session",
          "address": "127.0.0.1", "alerts": "false", "login": "checker", "layer": "households", "id": household["id"],
          "featureId": household["id"], "matrixName": "WebMercatorQuad", "tileMatrixSetId": "WebMercatorQuad",
          "tileMatrix": "14", "tileRow": "6745", "tileCol": "13361", "days": "30", "code": door["code"], "photo": case, "row": f"{DIGITS}0041",
          "open": "true", "mine": "true", "state": "reported,filed", "category": "B01", "area": community["id"], "unit": first("units")["id"],
          "head": first("heads")["id"], "urgency": "hard", "rung": "community", "source": "patrol", "late": "true", "text": "scan", "order": "due",
          "lon": str(lon), "lat": str(lat), "but": case}
for crs in ("crs", "bbox-crs"):
    VALUES[crs] = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
IDS = {"/batches/{id}": draft["id"], "/tokens/{id}": made["id"], "/grants/{id}": grants[0]["id"],
       "/cases/{id}": case, "/rules/{id}": f"{DIGITS}0021", "/doors/{id}": door["id"], "/meetings/{id}": f"{DIGITS}0042"}
BODIES = {"makeToken": {"title": "QGIS", "only": ["see_units"], "days": 1}, "addAccount": {"login": "li"},
          "changeAccount": {"disabled": False}, "grantRole": {"role": "grid_worker", "for": "communities/" + community["properties"]["code"], "from": "2030-01-01T00:00:00Z", "to": "2031-01-01T00:00:00Z"},
          "unmaskPerson": {"purpose": "visit", "why": "scan"}, "unmaskContact": {"purpose": "visit", "why": "scan"},
          "reportCase": at_place(61, source="patrol"), "reportAtDoor": at_place(62), "actOnCases": {"cases": [case], "action": act("comment", note="scan")},
          "actOnCase": [act("comment", note="scan"), act("amend", category="B0102", urgency="hard", note="scan"), act("locate", place={"lon": lon, "lat": lat, "accuracy": 10, "placed": "map"}),
                        act("dispatch", handler={"kind": "unit", "code": unit}), act("merge", case=f"{DIGITS}9999"), act("link", case=other, link="part_of")],
          "saveRule": rule, "tryRules": {"lon": lon, "lat": lat, "accuracy": 10, "category": "B0101", "rung": ""},
          "makeDoor": {"kind": "grid", "subject": grid}, "follow": {"code": sent["follow"]},
          "followAct": {"code": sent["follow"], "action": act("comment", note="scan")}, "saveMeeting": meeting,
          "saveSettingLimits": as_dispatcher("GET", "/api/v1/settings/limits"),
          "saveSettingCalendar": {**as_dispatcher("GET", "/api/v1/settings/calendar"), "days": {"2026-10-01": False}},
          "saveSettingCategories": as_dispatcher("GET", "/api/v1/settings/categories")[:1], "findPersons": {"name": "张三", "phone": "13800000000"},
          "answerBatch": {draft["parts"][0]["dataset"]: {"layer": "units", "encoding": "utf-8", "crs": "EPSG:4326", "from": "", "skipRefused": True}}}
UPLOAD = "code,name\nU-3,c\n"


def value(path, parameter):
    if parameter["in"] == "path" and parameter["name"] in ("id", "featureId"):
        for part, known in IDS.items():
            if part in path:
                return known
        layer = re.match(r"/collections/(\w+)", path)
        return first(layer.group(1))["id"] if layer and layer.group(1) != "links" else household["id"]
    items = re.fullmatch(r"/collections/(\w+)/items", path)
    if items and parameter["in"] == "query" and parameter["name"] not in OF_ITEMS:
        return first(items.group(1))["properties"].get(parameter["name"], "1")
    return VALUES[parameter["name"]]


# What items take beside the fields of the layer.
OF_ITEMS = ("f", "limit", "offset", "bbox", "bbox-crs", "crs", "datetime", "lang")

requests, addresses = [], {"visitor": set(), "planner": set(), "dispatcher": set(), "token": set()}


def add(asker, operation, method, path, query, body, headers):
    """The star marks what sqlmap replaces; in a body it finds the values itself."""
    url = path + ("?" + "&".join(f"{k}={v}*" for k, v in query) if query else "")
    lines = [f"{method} {url} HTTP/1.1", f"Host: {host}", "Accept: application/json", "Accept-Encoding: identity"]
    lines += [f"{k}: {v}" for k, v in headers.items()]
    if body is not None:
        lines.append("Content-Type: " + ("application/json" if body[0] in "{[" else "application/octet-stream"))
    requests.append((operation, asker, "\r\n".join(lines) + "\r\n\r\n" + (body or "")))


def attack(prefix, path, method, operation, document):
    name = operation["operationId"]
    if name in LEFT_OUT:
        return
    parameters = [document["components"]["parameters"][p["$ref"].split("/")[-1]] if "$ref" in p else p for p in operation.get("parameters", [])]
    at = prefix + path.rstrip("/")
    for p in parameters:
        if p["in"] == "path":
            at = at.replace("{" + p["name"] + "}", urllib.parse.quote(value(path, p)) + "*")
    query = [(p["name"], urllib.parse.quote(str(value(path, p)), safe=":,")) for p in parameters if p["in"] == "query" and p["name"] != "after"]
    if "*" in at or any(k not in EVERYWHERE for k, _ in query):
        query = [(k, v) for k, v in query if k not in EVERYWHERE]
    known = BODIES.get(name, [])
    bodies = [json.dumps(b, ensure_ascii=False) for b in (known if name == "actOnCase" else [known] if name in BODIES else [])]
    if name == "receiveBatch":
        bodies = [UPLOAD]
    if not query and "*" not in at and not bodies:
        return  # nothing in it can be replaced
    need = operation.get("x-lintu-need", "anyone")
    layer = re.match(r"/collections/(\w+)(/items$)?", path)
    if layer and not layer.group(2) and layer.group(1) not in FEW_LAYERS:
        return
    account = ACCOUNT_FOR.get(name, ACCOUNT_OF[need])
    askers = {account: who[account]}
    if not layer or layer.group(1) in FEW_LAYERS:
        if need == "anyone":
            askers["visitor"] = {} if method == "GET" else {"Sec-Fetch-Site": "same-origin"}
        if any("token" in way for way in operation.get("security", document.get("security", []))) and account in tokens and name not in PACE:
            askers["token"] = tokens[account]
    if name == "signIn":
        for marked in ('{"login": "nobody*", "password": "a few words"}', '{"login": "nobody", "password": "a few words*"}'):
            add("visitor", name, method, at, [], marked, {"Sec-Fetch-Site": "same-origin"})
        return
    onward = [link["href"] for link in page(layer.group(1))["links"] if link["rel"] == "next"] if layer and layer.group(2) else []
    for asker, headers in askers.items():
        for body in bodies or [None]:
            add(asker, name, method, at, query, body, headers)
        for address in onward:  # a page after the first is asked for by a cursor
            add(asker, name + ".next", method, at, urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query), None, headers)
        if method == "GET" and asker in addresses and name not in PACE and query:
            addresses[asker].add(base + at.replace("*", "") + ("?" + "&".join(f"{k}={v}" for k, v in query) if query else ""))


for prefix, where in (("/api/v1", "/api/v1/openapi.json"), ("/ogc", "/ogc/api?f=json")):
    _, document = call("GET", where, headers=who["planner"])
    for path, operations in sorted(document["paths"].items()):
        for method, operation in sorted(operations.items()):
            attack(prefix, path, method.upper(), operation, document)

# What no document names: tiles, and the headers that say who asks and from where.
for asker, headers in {"visitor": {}, "planner": who["planner"], "token": tokens["planner"]}.items():
    add(asker, "tile", "GET", "/tiles/communities*/14*/13361*/6745*.mvt", [("datetime", VALUES["datetime"])], None, headers)
    add(asker, "tileJSON", "GET", "/tiles/communities*.json", [("lang", "en")], None, headers)
    addresses[asker].add(f"{base}/tiles/communities/14/13361/6745.mvt?datetime=2030-01-01T00:00:00Z")
add("visitor", "cookie", "GET", "/api/v1/me", [], None, {"Cookie": who["planner"]["Cookie"] + "*"})
add("visitor", "bearer", "GET", "/api/v1/me", [], None, {"Authorization": tokens["planner"]["Authorization"] + "*"})
add("visitor", "from", "GET", "/api/v1/me", [], None, {"X-Forwarded-For": "192.0.2.7*", "Accept-Language": "en*", "If-None-Match": '"a*"'})

# Discarding ends the draft that the others use, applying changes it: last.
last = ("answerBatch", "previewBatch", "applyBatch", "undoBatch", "discardBatch")
for n, (operation, asker, text) in enumerate(sorted(requests, key=lambda r: last.index(r[0]) if r[0] in last else -1)):
    name = f"{n:03d}-{asker}-{operation}"
    options = ["--technique=E"] if operation in BRIEF else []
    if operation == "unmaskPerson":  # each answer counts down what is left, which looks like a result of UNION
        options = ["--technique=BEST"]
    if operation in PACE:
        options.append(f"--delay={PACE[operation]}")
    elif not text.startswith("GET "):
        options.append("--delay=0.25")  # two lanes of one account, which has ten changes a second
    if operation in BY_ADDRESS:
        # Failures to sign in are counted by login too: each guess is for another one.
        options += ["--tamper=xforwardedfor"] + (["--randomize=login"] if operation == "signIn" and text.endswith('*"}') else [])
    if operation in ("reportCase", "actOnCase", "reportAtDoor", "actOnCases"):
        options.append("--randomize=id")  # or all would be answered like the first
    lane = "acts" if operation == "actOnCase" else "slow" if operation in PACE else "last" if operation in last else "fast"
    (folder / f"{name}.request").write_text(text, newline="")
    (folder / f"{name}.options").write_text("\n".join(options) + ("\n" if options else ""))
    (folder / f"lane-{lane}").open("a").write(name + "\n")
for asker, urls in addresses.items():
    (folder / f"wapiti-{asker}").write_text("".join(u + "\n" for u in sorted(urls)))
for asker, headers in {"planner": who["planner"], "dispatcher": who["dispatcher"], "token": tokens["planner"], "admin": who["admin"]}.items():
    (folder / f"headers-{asker}").write_text("".join(f"{k}: {v}\n" for k, v in headers.items()))
(folder / "headers-visitor").write_text("")
print(len(requests), "operations by asker,", sum(map(len, addresses.values())), "addresses for wapiti")
