# One interface target that every target of ours links: language level, warnings, sanitizers. Nothing else sets flags.
set(LUPAUS_SANITIZE "" CACHE STRING "Empty, `address,undefined` or `thread`")
option(LUPAUS_FUZZ "Build the fuzz targets; needs clang" OFF)
option(LUPAUS_COVERAGE "Count which lines and branches of rules/ run" OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_EXTENSIONS OFF)

find_program(LUPAUS_CCACHE ccache)
if(LUPAUS_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${LUPAUS_CCACHE})
endif()

add_library(lupaus_options INTERFACE)
target_compile_features(lupaus_options INTERFACE cxx_std_20)
target_compile_options(lupaus_options INTERFACE -Wall -Wextra -Werror -Wshadow -Wnon-virtual-dtor)
target_include_directories(lupaus_options INTERFACE ${PROJECT_SOURCE_DIR})
if(LUPAUS_SANITIZE)
  target_compile_options(lupaus_options INTERFACE -fsanitize=${LUPAUS_SANITIZE} -fno-omit-frame-pointer
                                                  -fno-sanitize-recover=all)
  target_link_options(lupaus_options INTERFACE -fsanitize=${LUPAUS_SANITIZE})
  if(LUPAUS_SANITIZE STREQUAL thread)
    # Asio's fences only accompany atomics that the sanitizer follows.
    target_compile_options(lupaus_options INTERFACE -Wno-tsan)
  endif()
endif()
# Programs of ours allocate from many threads and free elsewhere; jemalloc does that a fifth faster. Sanitizers bring
# their own allocator.
add_library(lupaus_allocator INTERFACE)
find_library(LUPAUS_JEMALLOC jemalloc)
if(LUPAUS_JEMALLOC AND NOT LUPAUS_SANITIZE)
  target_link_options(lupaus_allocator INTERFACE -Wl,--no-as-needed)
  target_link_libraries(lupaus_allocator INTERFACE ${LUPAUS_JEMALLOC})
  target_sources(lupaus_allocator INTERFACE ${CMAKE_CURRENT_LIST_DIR}/allocator.cc)
endif()

find_program(LUPAUS_MOLD mold)
if(LUPAUS_MOLD)
  target_link_options(lupaus_options INTERFACE -fuse-ld=mold)
endif()
