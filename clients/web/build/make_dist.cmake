# cmake -DSOURCE=clients/web -DWORK=DIR -DWANTED=ON|OFF -DNPM=npm -P make_dist.cmake: DIR/dist and then DIR/dist.stamp. A source
# that does not compile or has grown too large fails; npm that is not there, or cannot fetch, leaves the plain page.
set(copied src test index.html wall.html package.json package-lock.json .npmrc tsconfig.json vite.config.ts)

function(write_plain_page why)
  if(why)
    message("console: ${why}\nThe server gets one plain page instead; build again once that is mended.")
  endif()
  file(REMOVE_RECURSE ${WORK}/dist)
  file(COPY ${SOURCE}/plain/index.html DESTINATION ${WORK}/dist)
  configure_file(${SOURCE}/plain/index.html ${WORK}/dist/wall.html COPYONLY)
  file(TOUCH ${WORK}/dist.stamp)
  if(why)
    # Older than any source, so that the next build tries again.
    execute_process(COMMAND touch -d @0 ${WORK}/dist.stamp)
  endif()
endfunction()

if(NOT WANTED)
  write_plain_page("")
  return()
endif()
if(NOT NPM)
  write_plain_page("npm was not found (deploy/install_packages.sh installs it)")
  return()
endif()

file(REMOVE_RECURSE ${WORK}/src ${WORK}/test)
foreach(name IN LISTS copied)
  file(COPY ${SOURCE}/${name} DESTINATION ${WORK})
endforeach()
file(COPY ${SOURCE}/build/check_sizes.mjs ${SOURCE}/build/run_tests.mjs DESTINATION ${WORK}/build)

# What is installed is kept for as long as the lock file says the same.
file(SHA256 ${WORK}/package-lock.json lock)
set(installed "")
if(EXISTS ${WORK}/installed.txt AND IS_DIRECTORY ${WORK}/node_modules)
  file(READ ${WORK}/installed.txt installed)
endif()
if(NOT installed STREQUAL lock)
  file(REMOVE ${WORK}/installed.txt)
  execute_process(COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund --loglevel=error --fetch-retries=1
    --fetch-retry-mintimeout=1000 WORKING_DIRECTORY ${WORK}
    RESULT_VARIABLE failed OUTPUT_QUIET ERROR_VARIABLE said)
  if(failed)
    string(REGEX MATCHALL "npm error [^\n]*[a-z][^\n]*" lines "${said}")
    list(SUBLIST lines 0 3 lines)
    list(JOIN lines "\n  " said)
    write_plain_page("npm could not install what the console is built with:\n  ${said}")
    return()
  endif()
  file(WRITE ${WORK}/installed.txt "${lock}")
endif()

execute_process(COMMAND ${NPM} run --silent build WORKING_DIRECTORY ${WORK} RESULT_VARIABLE failed
  OUTPUT_VARIABLE said ERROR_VARIABLE said)
if(failed)
  message(FATAL_ERROR "console: it does not build:\n${said}")
endif()
file(TOUCH ${WORK}/dist.stamp)
