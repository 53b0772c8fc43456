# Looks for what the build needs, and says what to do about what is missing.
set(QUANTCAL_SWIFT_MINIMUM 6.3)

find_program(QUANTCAL_SWIFT swift DOC "The Swift toolchain's `swift`")
if(NOT QUANTCAL_SWIFT)
    message(FATAL_ERROR
        "No Swift toolchain: `swift` is not on the PATH.\n"
        "Install Swift ${QUANTCAL_SWIFT_MINIMUM} or newer (https://www.swift.org/install), or name it: "
        "-DQUANTCAL_SWIFT=/path/to/usr/bin/swift")
endif()

execute_process(COMMAND "${QUANTCAL_SWIFT}" --version
                OUTPUT_VARIABLE quantcal_swift_banner ERROR_VARIABLE quantcal_swift_complaint
                RESULT_VARIABLE quantcal_swift_status)
if(NOT quantcal_swift_status EQUAL 0 OR NOT quantcal_swift_banner MATCHES "Swift version ([0-9.]+)")
    message(FATAL_ERROR "`${QUANTCAL_SWIFT} --version` does not work:\n"
                        "${quantcal_swift_banner}${quantcal_swift_complaint}")
endif()
if(CMAKE_MATCH_1 VERSION_LESS QUANTCAL_SWIFT_MINIMUM)
    message(FATAL_ERROR "Swift ${CMAKE_MATCH_1} is too old: ${QUANTCAL_SWIFT} must be "
                        "${QUANTCAL_SWIFT_MINIMUM} or newer (https://www.swift.org/install).")
endif()
message(STATUS "Swift ${CMAKE_MATCH_1}: ${QUANTCAL_SWIFT}")

# The Swift package finds OpenBLAS by pkg-config. Without either, its own error
# comes late and from the linker.
find_program(QUANTCAL_PKG_CONFIG NAMES pkg-config pkgconf DOC "pkg-config")
if(NOT QUANTCAL_PKG_CONFIG)
    message(FATAL_ERROR "pkg-config is missing: apt-get install pkg-config")
endif()
execute_process(COMMAND "${QUANTCAL_PKG_CONFIG}" --modversion openblas
                OUTPUT_VARIABLE quantcal_openblas OUTPUT_STRIP_TRAILING_WHITESPACE
                ERROR_VARIABLE quantcal_openblas_complaint RESULT_VARIABLE quantcal_openblas_status)
if(NOT quantcal_openblas_status EQUAL 0)
    message(FATAL_ERROR "OpenBLAS is missing: apt-get install libopenblas-dev\n"
                        "(pkg-config says: ${quantcal_openblas_complaint})")
endif()
message(STATUS "OpenBLAS ${quantcal_openblas}")

# Strips the shipped files. Swift's own is beside the compiler it belongs to.
get_filename_component(quantcal_swift_bin "${QUANTCAL_SWIFT}" REALPATH)
get_filename_component(quantcal_swift_bin "${quantcal_swift_bin}" DIRECTORY)
find_program(QUANTCAL_OBJCOPY NAMES llvm-objcopy objcopy HINTS "${quantcal_swift_bin}"
             DOC "objcopy, to strip what is shipped")
if(NOT QUANTCAL_OBJCOPY)
    message(FATAL_ERROR "objcopy is missing: apt-get install binutils")
endif()
