# The two products, built by `swift build` into a directory of their own under
# the build directory. It is always called: it knows by itself what is up to date.
# Stripped copies stand where install() takes them from.
#
#     libquantcal    ${CMAKE_BINARY_DIR}/lib/libquantcal.so.<version>, and its links
#     quantcal-cli   ${CMAKE_BINARY_DIR}/bin/quantcal
set(QUANTCAL_SCRATCH "${CMAKE_BINARY_DIR}/swift")
set(QUANTCAL_LIBRARY_NAME "libquantcal.so.${QUANTCAL_VERSION}")
set(QUANTCAL_SONAME "libquantcal.so.${QUANTCAL_ABI_VERSION}")
set(QUANTCAL_LIBRARY "${CMAKE_BINARY_DIR}/lib/${QUANTCAL_LIBRARY_NAME}")
set(QUANTCAL_TOOL "${CMAKE_BINARY_DIR}/bin/quantcal")
file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/lib" "${CMAKE_BINARY_DIR}/bin")

# The Swift runtime goes into each product; lld comes with the toolchain, so the
# result does not depend on the system's linker. A CC in the environment (build front
# ends set one) would be taken for the toolchain's own clang. Of functions with the same code, as
# specialisations often are, one is kept, and of those that nobody calls none: that makes the library a
# twentieth smaller.
set(quantcal_swift_build
    "${CMAKE_COMMAND}" -E env --unset=CC --unset=CXX
    "${QUANTCAL_SWIFT}" build --configuration release --package-path "${QUANTCAL_ROOT}"
    --scratch-path "${QUANTCAL_SCRATCH}" --disable-local-rpath
    -Xswiftc -static-stdlib -Xswiftc -use-ld=lld
    -Xswiftc -Xfrontend -Xswiftc -function-sections
    -Xlinker --gc-sections -Xlinker --icf=all)

# Only the declared names are visible. Full RELRO; nodelete, because the Swift
# runtime registers itself for the life of the process and cannot be unloaded.
set(quantcal_library_flags
    -Xlinker "--version-script=${CMAKE_CURRENT_SOURCE_DIR}/quantcal.map"
    -Xlinker -soname=${QUANTCAL_SONAME}
    -Xlinker -z -Xlinker now -Xlinker -z -Xlinker nodelete)

add_custom_target(libquantcal ALL
    COMMAND ${quantcal_swift_build} --product quantcal ${quantcal_library_flags}
    COMMAND "${QUANTCAL_OBJCOPY}" --strip-unneeded
            "${QUANTCAL_SCRATCH}/release/libquantcal.so" "${QUANTCAL_LIBRARY}"
    COMMAND "${CMAKE_COMMAND}" -E create_symlink ${QUANTCAL_LIBRARY_NAME}
            "${CMAKE_BINARY_DIR}/lib/${QUANTCAL_SONAME}"
    COMMAND "${CMAKE_COMMAND}" -E create_symlink ${QUANTCAL_SONAME}
            "${CMAKE_BINARY_DIR}/lib/libquantcal.so"
    BYPRODUCTS "${QUANTCAL_LIBRARY}"
    COMMENT "Building libquantcal.so with Swift" USES_TERMINAL VERBATIM)

add_custom_target(quantcal-cli ALL
    COMMAND ${quantcal_swift_build} --product quantcal-cli
    COMMAND "${QUANTCAL_OBJCOPY}" --strip-unneeded
            "${QUANTCAL_SCRATCH}/release/quantcal-cli" "${QUANTCAL_TOOL}"
    BYPRODUCTS "${QUANTCAL_TOOL}"
    COMMENT "Building the tool quantcal with Swift" USES_TERMINAL VERBATIM)

# One scratch directory, one `swift build` at a time.
add_dependencies(quantcal-cli libquantcal)
