# cmake -DOUT=file.cc -DIN="a;b" -P embed_pages.cmake: the bytes of the pages as one source file, so that the program
# carries them and serves no directory.
set(text "// Generated at build from clients/web.\n#include \"server/console/pages.h\"\n\nnamespace lupaus::server::console {\nnamespace {\n")
set(table "")
foreach(file IN LISTS IN)
  get_filename_component(name ${file} NAME)
  string(MAKE_C_IDENTIFIER ${name} id)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
  string(APPEND text "constexpr char ${id}[] = {${bytes}};\n")
  string(APPEND table "  if (name == \"${name}\") return {${id}, sizeof ${id}};\n")
endforeach()
string(APPEND text "}  // namespace\n\nstd::string_view embedded_page(std::string_view name) {\n${table}  return {};\n}\n\n}  // namespace lupaus::server::console\n")
file(WRITE ${OUT} "${text}")
