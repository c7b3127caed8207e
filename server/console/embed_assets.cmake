# cmake -DOUT=file.cc -DROOT=folder -P embed_assets.cmake: the files of a folder as one source file, each also gzipped where that
# is shorter, so that the program carries them and serves no directory.
file(GLOB_RECURSE FILES RELATIVE ${ROOT} ${ROOT}/*)
list(SORT FILES)
find_program(GZIP gzip REQUIRED)

# "\x1f\x8b…" of a file.
function(quoted file result)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" text "${hex}")
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

set(arrays "")
set(rows "")
set(count 0)
foreach(name IN LISTS FILES)
  set(file ${ROOT}/${name})
  file(SHA256 ${file} sha256)
  file(SIZE ${file} size)
  set(packed ${OUT}.gz)
  execute_process(COMMAND ${GZIP} -9 -n -c ${file} OUTPUT_FILE ${packed} COMMAND_ERROR_IS_FATAL ANY)
  file(SIZE ${packed} packed_size)
  quoted(${file} plain)
  string(APPEND arrays "constexpr char plain_${count}[] = \"${plain}\";\n")
  set(gzipped "{}")
  if(packed_size LESS size)
    quoted(${packed} zipped)
    string(APPEND arrays "constexpr char gzipped_${count}[] = \"${zipped}\";\n")
    set(gzipped "{gzipped_${count}, ${packed_size}}")
  endif()
  string(APPEND rows "    {\"/${name}\", {plain_${count}, ${size}}, ${gzipped}, \"${sha256}\"},\n")
  math(EXPR count "${count} + 1")
endforeach()
file(REMOVE ${OUT}.gz)
file(WRITE ${OUT} "// Generated at build from clients/web.
#include \"server/console/pages.h\"

namespace lupaus::server::console {
namespace {
${arrays}
constexpr Asset kAssets[] = {
${rows}};
}  // namespace

std::span<const Asset> embedded_assets() { return kAssets; }

}  // namespace lupaus::server::console
")
