"""Who may include whom: every #include of rules/, server/ and clients/ against the edges of ARCHITECTURE.md.

Usage: layering.py ROOT
"""
import os
import re
import sys

from findings import Finding, files_below, lines_of, report

RULES = ["rules/model", "rules/calendar", "rules/language", "rules/engine", "rules/ledger", "rules/scenario"]
SETTINGS = ["server/config", "server/telemetry"]
V1 = "lupaus/v1"
STORED = "lupaus/storage"

# Folder -> folders that its files may include, besides itself.
EDGES = {
    "rules/model": [],
    "rules/calendar": ["rules/model"],
    "rules/language": ["rules/model", "rules/calendar"],
    "rules/engine": ["rules/model", "rules/calendar"],
    "rules/ledger": ["rules/model", "rules/calendar", "rules/engine"],
    "rules/scenario": ["rules/model", "rules/calendar", "rules/language", "rules/engine", "rules/ledger"],
    "server/config": ["rules/model"],
    "server/telemetry": ["rules/model", "server/config"],
    "server/runtime": RULES + SETTINGS,
    # The translation between the contract and the rules, for whoever speaks the contract.
    "server/wire": RULES + SETTINGS + ["server/runtime", V1],
    "server/ingest": RULES + SETTINGS + ["server/runtime", "server/wire", V1],
    # WHY: the port of the sealed payees' rows is theirs; the database behind it is here.
    "server/store": RULES + SETTINGS + ["server/runtime", "server/payees", STORED],
    "server/compensate": RULES + SETTINGS + ["server/runtime"],
    "server/payees": RULES + SETTINGS,
    "server/finance": RULES + SETTINGS + ["server/runtime", "server/payees"],
    "server/report": RULES + SETTINGS + ["server/runtime"],
    "server/api": RULES + SETTINGS + ["server/runtime", "server/report", "server/finance", "server/payees", "server/wire", V1],
    "server/console": RULES + SETTINGS + ["server/api", "server/runtime", "server/report", "server/finance",
                                          "server/wire", V1],
    # The composition; `dev` also speaks the contract as a client does.
    "server": RULES + SETTINGS + ["server/runtime", "server/wire", "server/ingest", "server/store",
                                  "server/compensate", "server/finance", "server/payees", "server/report",
                                  "server/api",
                                  "server/console", "clients/branch", V1],
    "clients/branch": [V1],
    "clients/cli": RULES + ["clients/branch", V1],
}

# Includes of other libraries: what, who may, why, what to do instead.
YAML_USERS = ("rules/language/", "rules/scenario/", "server/config/", "clients/cli/")
LIBRARIES = [
    (re.compile(r"rocksdb/"), lambda path: path.startswith("server/store/"),
     "only server/store knows the database", "use the storage port, server/runtime/storage.h"),
    (re.compile(r"libxml/"), lambda path: path == "server/finance/bank_xml.cc",
     "XML of others is read in one place, which refuses entities", "read it through server/finance/bank_xml.h"),
    (re.compile(r"yaml-cpp/"), lambda path: path.startswith(YAML_USERS),
     "YAML is read in " + ", ".join(folder.rstrip("/") for folder in YAML_USERS) + " alone",
     "take the checked values that those folders make of it"),
    (re.compile(r"(grpc|grpcpp|boost|google|spdlog|CLI)/|simdjson"),
     lambda path: not path.startswith("rules/"),
     "rules/ is pure: no network, no wire format, no log", "give the values to rules/ from server/ or clients/"),
    (re.compile(r"(thread|mutex|shared_mutex|future|condition_variable|atomic|stop_token|semaphore|fstream|filesystem|"
                r"random|ctime|time\.h|unistd\.h|pthread\.h|sys/.*)$"),
     lambda path: not path.startswith("rules/") or path == "rules/calendar/generate_zone_tables.cc",
     "rules/ has no threads, files, clocks or randomness", "take what is needed as an argument"),
]

HEAVY = re.compile(r"(grpcpp?|boost/beast)/|.*\.grpc\.pb\.h$")
OURS = re.compile(r"(rules|server|clients|tests|lupaus)/")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def folder_of(path):
    """"server/store" of "server/store/keys.cc"; "server" of "server/main.cc"."""
    return "/".join(path.split("/")[:-1][:2])


def includes_of(root, path):
    for number, line in lines_of(root, path):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1), match.group(2)


def check_edge(path, number, target):
    source = folder_of(path)
    wanted = folder_of(target)
    if wanted.startswith("tests") or target.startswith("tests/"):
        return Finding(path, number, f"nothing sees tests/, but this includes `{target}`",
                       "move what the product needs out of tests/")
    if source not in EDGES:
        return Finding(path, number, f"`{source}` is no folder that tests/architecture/layering.py knows",
                       "add its allowed edges there and to ARCHITECTURE.md")
    if wanted == source or wanted in EDGES[source]:
        return None
    allowed = ", ".join(EDGES[source]) or "nothing"
    return Finding(path, number, f"`{source}` may not include `{target}`",
                   f"it may include {allowed}; move the shared part down, or submit through a port")


def check_libraries(path, number, target):
    return [Finding(path, number, f"{reason}, but this includes `{target}`", replacement)
            for pattern, may, reason, replacement in LIBRARIES if pattern.match(target) and not may(path)]


def find_heavy(includes):
    """Headers that pull in gRPC or Beast, themselves or by another header of ours."""
    heavy = {path for path, found in includes.items()
             if path.endswith(".h") and any(HEAVY.match(target) for _, _, target in found)}
    grown = True
    while grown:
        more = {path for path, found in includes.items() if path.endswith(".h") and path not in heavy
                and any(target in heavy for _, _, target in found)}
        grown = bool(more)
        heavy |= more
    return heavy


def check(root):
    includes = {path: list(includes_of(root, path))
                for path in files_below(root, ("rules", "server", "clients"), (".h", ".cc"))}
    heavy = find_heavy(includes)
    findings = []
    for path, found in includes.items():
        for number, mark, target in found:
            if mark == '"' and OURS.match(target):
                edge = check_edge(path, number, target)
                if edge:
                    findings.append(edge)
            findings += check_libraries(path, number, target)
            if target in heavy and folder_of(target) != folder_of(path) and path.endswith(".h"):
                findings.append(Finding(path, number, f"`{target}` pulls gRPC or Beast into the headers of another folder",
                                        "declare forward in the header and include in the .cc, or hide it behind a pimpl"))
    return findings, sum(len(found) for found in includes.values())


if __name__ == "__main__":
    report("layering", *check(os.path.abspath(sys.argv[1])))
