"""Plants one violation of each architecture rule in an empty tree and expects exactly that rule to go red.

Usage: self_check.py NM CXX
"""
import os
import subprocess
import sys
import tempfile
import unittest

import layering
import symbols
import tidy

NM, CXX = "nm", "c++"
OPENING = "// A file with a purpose.\n"


def write(root, path, text):
    os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
    with open(os.path.join(root, path), "w", encoding="utf-8") as file:
        file.write(text)


class Planted(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name

    def expect(self, findings, path, line, reason):
        self.assertEqual([(f.path, f.line) for f in findings], [(path, line)], [str(f) for f in findings])
        self.assertIn(reason, findings[0].reason)
        self.assertTrue(findings[0].replacement)


class Layering(Planted):
    def plant(self, path, include, reason):
        write(self.root, path, OPENING + f"#include {include}\n")
        self.expect(layering.check(self.root)[0], path, 2, reason)

    def test_allowed_edges_are_green(self):
        write(self.root, "rules/calendar/a.cc", OPENING + '#include "rules/model/instant.h"\n#include <vector>\n')
        write(self.root, "server/store/b.cc", OPENING + '#include <rocksdb/db.h>\n#include "server/runtime/storage.h"\n')
        write(self.root, "server/main.cc", OPENING + '#include "server/api/c.h"\n#include "clients/branch/d.h"\n')
        findings, checked = layering.check(self.root)
        self.assertEqual(findings, [])
        self.assertEqual(checked, 6)

    def test_upward_edge(self):
        self.plant("rules/model/a.cc", '"rules/engine/state.h"', "may not include")

    def test_sideways_edge(self):
        self.plant("server/finance/a.cc", '"server/report/rollups.h"', "may not include")

    def test_rules_seeing_the_server(self):
        self.plant("rules/ledger/a.cc", '"server/runtime/clock.h"', "may not include")

    def test_branch_library_seeing_rules(self):
        self.plant("clients/branch/a.cc", '"rules/model/event.h"', "may not include")

    def test_stored_form_outside_the_store(self):
        self.plant("server/report/a.cc", '"lupaus/storage/v1/fact.pb.h"', "may not include")

    def test_product_seeing_tests(self):
        self.plant("server/report/a.cc", '"tests/support/memory_storage.h"', "nothing sees tests/")

    def test_unknown_folder(self):
        self.plant("server/queue/a.cc", '"rules/model/event.h"', "no folder")

    def test_database_outside_the_store(self):
        self.plant("server/report/a.cc", "<rocksdb/db.h>", "only server/store")

    def test_yaml_elsewhere(self):
        self.plant("rules/engine/a.cc", "<yaml-cpp/yaml.h>", "YAML is read")

    def test_network_in_rules(self):
        self.plant("rules/engine/a.cc", "<boost/asio/post.hpp>", "rules/ is pure")

    def test_threads_in_rules(self):
        self.plant("rules/engine/a.h", "<mutex>", "no threads")

    def test_heavy_header_crossing_folders(self):
        write(self.root, "server/wire/heavy.h", OPENING + "#include <grpcpp/grpcpp.h>\n")
        write(self.root, "server/api/fine.cc", OPENING + '#include "server/wire/heavy.h"\n')
        self.plant("server/api/a.h", '"server/wire/heavy.h"', "pulls gRPC or Beast")


class Symbols(Planted):
    def archive_of(self, body):
        source = os.path.join(self.root, "rules/model/planted.cc")
        write(self.root, "rules/model/planted.cc", body)
        made = os.path.join(self.root, "planted.cc.o")
        archive = os.path.join(self.root, "liblupaus_rules_model.a")
        subprocess.run([CXX, "-std=c++20", "-c", source, "-o", made], check=True)
        subprocess.run(["ar", "rcs", archive, made], check=True)
        return archive

    def plant(self, include, call, what):
        archive = self.archive_of(f"#include <{include}>\n\nlong planted() {{\n  {call}\n}}\n")
        findings, _ = symbols.check(self.root, NM, [archive])
        self.assertTrue(findings, f"nothing was found for {call}")
        for finding in findings:
            self.assertEqual((finding.path, finding.line), ("rules/model/planted.cc", 4), str(finding))
            self.assertIn(what, finding.reason)

    def test_pure_code_is_green(self):
        archive = self.archive_of("#include <string>\n#include <vector>\n"
                                  "std::string planted(int n) { return std::to_string(n); }\n"
                                  "int timely(std::vector<int>& v) { v.push_back(1); return v.at(0); }\n")
        self.assertEqual(symbols.check(self.root, NM, [archive])[0], [])

    def test_clocks(self):
        self.plant("chrono", "return std::chrono::system_clock::now().time_since_epoch().count();", "a clock")
        self.plant("chrono", "return std::chrono::steady_clock::now().time_since_epoch().count();", "a clock")
        self.plant("ctime", "return time(nullptr);", "a clock")
        self.plant("ctime", "timespec t; return clock_gettime(CLOCK_REALTIME, &t);", "a clock")
        self.plant("sys/time.h", "timeval t; return gettimeofday(&t, nullptr);", "a clock")

    def test_environment(self):
        self.plant("cstdlib", 'return getenv("TZ") != nullptr;', "the environment")

    def test_files(self):
        self.plant("cstdio", 'return fopen("x", "r") != nullptr;', "a file")
        self.plant("fstream", 'return std::ifstream("x").good();', "a file")

    def test_randomness(self):
        self.plant("cstdlib", "return rand();", "randomness")
        self.plant("random", "return std::random_device{}();", "randomness")

    def test_threads(self):
        self.plant("thread", "std::thread([] {}).join(); return 0;", "threads")


class Link(Planted):
    def test_a_library_that_needs_the_server_does_not_link(self):
        write(self.root, "planted.cc", "namespace lupaus::server { int now(); }\nint planted() { return lupaus::server::now(); }\n")
        write(self.root, "main.cc", "int main() { return 0; }\n")
        made, archive = os.path.join(self.root, "planted.o"), os.path.join(self.root, "libplanted.a")
        subprocess.run([CXX, "-c", os.path.join(self.root, "planted.cc"), "-o", made], check=True)
        subprocess.run(["ar", "rcs", archive, made], check=True)
        linked = [CXX, os.path.join(self.root, "main.cc"), "-Wl,--whole-archive", archive, "-Wl,--no-whole-archive",
                  "-o", os.path.join(self.root, "main")]
        outcome = subprocess.run(linked, capture_output=True, text=True)
        self.assertNotEqual(outcome.returncode, 0)
        self.assertIn("lupaus::server::now", outcome.stderr)


class Tidy(Planted):
    def setUp(self):
        super().setUp()
        write(self.root, "rules/model/CMakeLists.txt", "lupaus_library(rules model SOURCES a.cc)\n")
        write(self.root, "tests/rules/model/CMakeLists.txt", "lupaus_test(t SOURCES a_test.cc)\n")

    def plant(self, path, text, line, reason):
        write(self.root, path, text)
        self.expect(tidy.check(self.root)[0], path, line, reason)

    def test_good_files_are_green(self):
        write(self.root, "rules/model/a.cc", OPENING + "int data_count() { return string.data() - database(); }\n")
        self.assertEqual(tidy.check(self.root)[0], [])

    def test_long_source(self):
        self.plant("rules/model/a.cc", OPENING + "\n" * 450, 451, "more than 450")

    def test_long_header(self):
        self.plant("rules/model/a.h", OPENING + "\n" * 300, 301, "more than 300")

    def test_file_name(self):
        self.plant("rules/model/string_util.h", OPENING, 1, "`util`")

    def test_type_name(self):
        self.plant("rules/model/a.h", OPENING + "class TicketManager {};\n", 2, "`manager`")

    def test_function_name(self):
        self.plant("rules/model/a.h", OPENING + "void do_work();\n", 2, "`do_work`")

    def test_work_left(self):
        self.plant("rules/model/a.h", OPENING + "// TO" + "DO: later\n", 2, "leaves work")

    def test_macro(self):
        self.plant("rules/model/a.h", OPENING + "#define LIMIT 4\n", 2, "a macro")

    def test_sleeping_test(self):
        self.plant("tests/rules/model/a_test.cc", OPENING + "std::this_thread::sleep_for(1s);\n", 2, "sleeps")

    def test_missing_opening(self):
        self.plant("rules/model/a.h", "#pragma once\n", 1, "what it is for")

    def test_unlisted_source(self):
        self.plant("rules/model/b.cc", OPENING, 1, "no CMakeLists.txt")

    def test_folder_that_nobody_adds(self):
        write(self.root, "tests/rules/CMakeLists.txt", "add_subdirectory(model)\n")
        self.plant("tests/rules/ledger/CMakeLists.txt", "lupaus_test(u)\n", 1, "adds this folder")

    def test_path_of_a_machine(self):
        self.plant("deploy/run.sh", "cd /ho" + "me/anna/lupaus\n", 1, "one machine")


if __name__ == "__main__":
    NM, CXX = sys.argv[1], sys.argv[2]
    unittest.main(argv=sys.argv[:1])
