"""What rules/ may not call: the undefined symbols of its archives against a deny list.

Usage: symbols.py ROOT NM ARCHIVE...
"""
import os
import re
import subprocess
import sys

from findings import Finding, lines_of, report

CLOCK = "time is in the command: take an Instant as an argument"
WORLD = "rules/ sees no world: take the text or the value as an argument"
CHANCE = "rules/ is deterministic: derive it from the input"
THREADS = "rules/ runs on its caller's thread: keep state in values"

# Pattern of the demangled symbol, what it is, what to do instead, how it may look in a source (to name the line).
DENIED = [
    (r"std::chrono::_V2::(system|steady)_clock::now\(\)", "a clock", CLOCK, r"clock\w*::now|Clock::now"),
    (r"(time|clock|clock_gettime|gettimeofday|times|ftime|timespec_get)$", "a clock", CLOCK,
     r"\b(time|clock|clock_gettime|gettimeofday|times|ftime|timespec_get)\s*\("),
    (r"(localtime|localtime_r|mktime|tzset|strftime)$", "the machine's time zone", "use rules/calendar/zone.h",
     r"\b(localtime\w*|mktime|tzset|strftime)\s*\("),
    (r"absl::.*Now\(\)|absl::.*(LocalTimeZone|LoadTimeZone)", "a clock", CLOCK, r"absl::\w*(Now|TimeZone)"),
    (r"(secure_)?getenv$|setenv$|environ$", "the environment", WORLD, r"getenv|setenv|environ"),
    (r"(fopen|fopen64|freopen|open|open64|openat|creat|opendir|stat|unlink|rename|mkdir|popen|system)$", "a file", WORLD,
     r"\b(fopen|freopen|open|openat|creat|opendir|stat|unlink|rename|mkdir|popen|system)\s*\("),
    (r"std::basic_(i|o)?(fstream|filebuf)|std::(__cxx11::)?filesystem|std::filesystem|YAML::LoadFile", "a file", WORLD,
     r"\w*fstream|filebuf|filesystem|LoadFile"),
    (r"(rand|srand|random|srandom|rand_r|drand48|getrandom|getentropy|arc4random\w*|RAND_\w+)$|std::random_device",
     "randomness", CHANCE, r"\b(rand|srand|random|getrandom|RAND_\w+)\s*\(|random_device"),
    (r"std::thread|std::this_thread|std::condition_variable|std::__future|pthread_(create|join|mutex|cond|rwlock)|"
     r"(sleep|usleep|nanosleep|sched_yield)$", "threads", THREADS,
     r"std::(thread|jthread|mutex|async|condition_variable|this_thread)|sleep|pthread_"),
    (r"(socket|connect|bind|listen|accept|sendto|recvfrom|getaddrinfo|fork|vfork|execv\w*|posix_spawn\w*)$",
     "the network or another process", WORLD, r"\b(socket|connect|bind|fork|exec\w+)\s*\("),
]


def undefined_symbols(nm, archive):
    """(object file, demangled symbol) of everything an archive needs from elsewhere."""
    output = subprocess.run([nm, "-uC", archive], check=True, capture_output=True, text=True).stdout
    current = ""
    for line in output.splitlines():
        if line.endswith(":"):
            current = line[:-1]
        elif line.split(maxsplit=1)[0:1] and line.split(maxsplit=1)[0] in ("U", "w"):
            yield current, line.split(maxsplit=1)[1]


def folder_of_archive(archive):
    """"rules/model" of "…/liblupaus_rules_model.a"."""
    match = re.search(r"lupaus_(rules|server)_(\w+)\.a$", archive)
    return f"{match.group(1)}/{match.group(2)}" if match else os.path.dirname(archive)


def place_of(root, archive, object_file, look):
    source = os.path.join(folder_of_archive(archive), os.path.splitext(object_file)[0])
    if os.path.exists(os.path.join(root, source)):
        for number, line in lines_of(root, source):
            if re.search(look, line) and not line.lstrip().startswith("#"):
                return source, number
    return source, 1


def check(root, nm, archives):
    findings = set()
    checked = 0
    for archive in archives:
        for object_file, symbol in undefined_symbols(nm, archive):
            checked += 1
            name = symbol.split("@")[0]
            for pattern, what, replacement, look in DENIED:
                if re.match(pattern, name):
                    path, line = place_of(root, archive, object_file, look)
                    findings.add(Finding(path, line, f"rules/ may not use {what}, but calls `{name}`", replacement))
    return list(findings), checked


if __name__ == "__main__":
    report("symbols", *check(os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3:]))
