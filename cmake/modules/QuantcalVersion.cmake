# Reads the version from the header that states it, so that it is written once.
# Sets QUANTCAL_VERSION (0.1.0) and QUANTCAL_ABI_VERSION (the number in the soname).
set(QUANTCAL_BASE_HEADER "${QUANTCAL_ROOT}/include/quantcal/base.h")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${QUANTCAL_BASE_HEADER}")

function(quantcal_read_definition name pattern result)
    file(STRINGS "${QUANTCAL_BASE_HEADER}" line REGEX "^#define ${name} ")
    if(NOT line MATCHES "^#define ${name} ${pattern}$")
        message(FATAL_ERROR "${QUANTCAL_BASE_HEADER} has no usable definition of ${name}")
    endif()
    set(${result} "${CMAKE_MATCH_1}" PARENT_SCOPE)
endfunction()

quantcal_read_definition(QC_VERSION_STRING "\"([0-9]+\\.[0-9]+\\.[0-9]+)\"" QUANTCAL_VERSION)
quantcal_read_definition(QC_ABI_VERSION "([0-9]+)" QUANTCAL_ABI_VERSION)
