# The presets release, asan and tsan compile several sources as one: reading headers is most of what a compile costs. What is
# made in the build folder stands alone, so that the linter, which reads what is compiled together, passes it over. g++ would
# warn of a neighbour's name that a source shadows: there the linter looks for shadows, in dev g++ does.
# Sources that cannot live with their neighbours:
set(LUPAUS_ALONE
  clients/cli/backtest_counts.cc
  clients/cli/backtest_grid.cc
  clients/cli/backtest_report.cc
  clients/cli/fmt.cc
  clients/cli/help.cc
  clients/cli/import_stream.cc
  clients/cli/online_events.cc
  clients/cli/online_payees.cc
  clients/cli/online_payout_results.cc
  clients/cli/online_payouts.cc
  clients/cli/online_promises.cc
  clients/cli/online_reviews.cc
  clients/cli/online_sources.cc
  clients/cli/output.cc
  rules/engine/derive.cc
  rules/engine/ticket_store.cc
  rules/language/calendar_reader.cc
  rules/language/canonical_scalar.cc
  rules/language/findings_wording.cc
  rules/language/indentation.cc
  rules/language/key_table.cc
  rules/language/promise_keys.cc
  rules/language/wording.cc
  rules/language/wording_words.cc
  rules/ledger/claims.cc
  rules/ledger/decide.cc
  rules/ledger/excuse.cc
  rules/ledger/late_evidence.cc
  rules/ledger/ledger_index.cc
  rules/ledger/overdue.cc
  rules/ledger/payouts.cc
  rules/ledger/reviews.cc
  rules/scenario/backtest.cc
  rules/scenario/breakdown.cc
  rules/scenario/promise_test.cc
  server/api/backtest_service.cc
  server/api/book_review.cc
  server/api/breach_service.cc
  server/api/diagnosis.cc
  server/api/payout_message.cc
  server/api/period_postings.cc
  server/api/period_service.cc
  server/config/finance_keys.cc
  server/finance/account.cc
  server/finance/pain001.cc
  server/finance/payment_check.cc
  server/show_config.cc
  server/store/journal_reader.cc
  server/store/store.cc
  tests/golden/replay_test.cc
  tests/rules/engine/branch_test.cc
  tests/rules/engine/clock_test.cc
  tests/rules/engine/excuse_test.cc
  tests/rules/engine/finality_test.cc
  tests/rules/engine/source_test.cc
  tests/rules/language/cel_property_test.cc
  tests/rules/language/condition_test.cc
  tests/rules/language/findings_test.cc
  tests/rules/language/key_table_test.cc
  tests/rules/language/scalar_test.cc
  tests/rules/language/wording_test.cc
  tests/rules/ledger/answers_test.cc
  tests/rules/ledger/claim_test.cc
  tests/rules/ledger/life_test.cc
  tests/rules/ledger/payout_test.cc
  tests/rules/ledger/review_again_test.cc
  tests/rules/ledger/verdict_test.cc
  tests/rules/scenario/clause_kinds_test.cc
  tests/rules/scenario/event_log_test.cc
  tests/rules/scenario/expiry_trace_test.cc
  tests/rules/scenario/promise_test_told_test.cc
  tests/rules/scenario/replay_test.cc
  tests/rules/scenario/sweep_test.cc
  tests/server/runtime/recovery_test.cc
  tests/server/store/flip_test.cc
  tests/simulation/network.cc)
set(LUPAUS_TOGETHER 1 CACHE STRING "How many sources of a target are compiled as one")
if(LUPAUS_TOGETHER GREATER 1)
  target_compile_options(lupaus_options INTERFACE -Wno-shadow $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endif()
function(lupaus_compile_together target)
  if(LUPAUS_TOGETHER EQUAL 1)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${LUPAUS_TOGETHER})
  foreach(source ${ARGN})
    file(RELATIVE_PATH name ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/${source})
    if(name IN_LIST LUPAUS_ALONE OR source MATCHES "^${PROJECT_BINARY_DIR}/")
      set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
  endforeach()
endfunction()

# lupaus_library(rules engine SOURCES a.cc b.cc LINK lupaus::rules_model): folder rules/engine is target
# lupaus_rules_engine with the alias lupaus::rules_engine. LINK is PUBLIC, PRIVATE_LINK is not passed on.
function(lupaus_library part folder)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  set(target lupaus_${part}_${folder})
  add_library(${target} STATIC ${arg_SOURCES})
  add_library(lupaus::${part}_${folder} ALIAS ${target})
  target_link_libraries(${target} PUBLIC lupaus_options ${arg_LINK} PRIVATE ${arg_PRIVATE_LINK})
  # WHY: gcov finds the branches of a file only where it was compiled alone.
  if(NOT (LUPAUS_COVERAGE AND part STREQUAL rules))
    lupaus_compile_together(${target} ${arg_SOURCES})
  endif()
  if(LUPAUS_COVERAGE AND part STREQUAL rules)
    target_compile_options(${target} PRIVATE --coverage -fprofile-abs-path -fprofile-update=atomic)
    target_link_options(${target} PUBLIC --coverage)
  endif()
endfunction()

# lupaus_test(rules_engine_test SOURCES a_test.cc LINK lupaus::rules_engine [LABELS no_grpc]): a GoogleTest program whose
# cases ctest knows one by one (under sanitizers the program as a whole). LABELS no_grpc: also runs under ThreadSanitizer. LABELS e2e, bench: not under sanitizers.
# The target lupaus_unit_tests builds all but e2e and bench, lupaus_no_grpc_tests those labelled no_grpc,
# lupaus_rules_tests those of rules/.
add_custom_target(lupaus_unit_tests)
add_custom_target(lupaus_rules_tests)
add_custom_target(lupaus_no_grpc_tests)
function(lupaus_test target)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK;LABELS" ${ARGN})
  add_executable(${target} ${arg_SOURCES})
  target_link_libraries(${target} PRIVATE lupaus_options ${arg_LINK} GTest::gtest_main GTest::gmock)
  # WHY: a third of the compiler's time, and what is tested and the models beside it are optimised in full.
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
  lupaus_compile_together(${target} ${arg_SOURCES})
  if(NOT arg_LABELS MATCHES "e2e|bench")
    add_dependencies(lupaus_unit_tests ${target})
  endif()
  if(arg_LABELS MATCHES "no_grpc")
    add_dependencies(lupaus_no_grpc_tests ${target})
  endif()
  if(target MATCHES "^rules_")
    add_dependencies(lupaus_rules_tests ${target})
  endif()
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  if(LUPAUS_SANITIZE)
    # WHY: a watched program takes a third of a second to begin, and there are more than a thousand cases.
    add_test(NAME ${target} COMMAND ${target} --gtest_brief=1)
    set_tests_properties(${target} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT 1800)
  else()
    gtest_discover_tests(${target} DISCOVERY_TIMEOUT 60 PROPERTIES LABELS "${arg_LABELS}" TIMEOUT 900)
  endif()
endfunction()
