# Where everything goes. `lib` is the default on every distribution; a packager
# sets CMAKE_INSTALL_LIBDIR. The installed tree can be moved as a whole.
set(CMAKE_INSTALL_LIBDIR lib CACHE PATH "Directory of libraries, under the prefix")
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(QUANTCAL_PACKAGE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/quantcal")
set(QUANTCAL_DATA_DIR "${CMAKE_INSTALL_DATADIR}/quantcal")

install(FILES "${QUANTCAL_LIBRARY}" "${CMAKE_BINARY_DIR}/lib/${QUANTCAL_SONAME}"
              "${CMAKE_BINARY_DIR}/lib/libquantcal.so"
        DESTINATION "${CMAKE_INSTALL_LIBDIR}"
        PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
install(PROGRAMS "${QUANTCAL_TOOL}" DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(DIRECTORY "${QUANTCAL_ROOT}/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
        FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")

install(FILES "${QUANTCAL_ROOT}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")

# The data of `quantcal demo`.
install(DIRECTORY "${QUANTCAL_ROOT}/Tests/Data/digits" DESTINATION "${QUANTCAL_DATA_DIR}" OPTIONAL
        PATTERN "*.py" EXCLUDE PATTERN "__pycache__" EXCLUDE)

file(RELATIVE_PATH QUANTCAL_PREFIX_FROM_PKGCONFIG
     "${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
string(REGEX REPLACE "/$" "" QUANTCAL_PREFIX_FROM_PKGCONFIG "${QUANTCAL_PREFIX_FROM_PKGCONFIG}")
configure_file("${CMAKE_CURRENT_SOURCE_DIR}/quantcal.pc.in" quantcal.pc @ONLY)
install(FILES "${CMAKE_BINARY_DIR}/quantcal.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

configure_package_config_file("${CMAKE_CURRENT_SOURCE_DIR}/Config.cmake.in" quantcalConfig.cmake
    INSTALL_DESTINATION "${QUANTCAL_PACKAGE_DIR}"
    PATH_VARS CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR
    NO_CHECK_REQUIRED_COMPONENTS_MACRO)
# No C compiler was asked for, so the size of a pointer is not known here; a linker
# refuses a library for another processor all the same.
write_basic_package_version_file(quantcalConfigVersion.cmake
    COMPATIBILITY SameMajorVersion ARCH_INDEPENDENT)
install(FILES "${CMAKE_BINARY_DIR}/quantcalConfig.cmake" "${CMAKE_BINARY_DIR}/quantcalConfigVersion.cmake"
        DESTINATION "${QUANTCAL_PACKAGE_DIR}")

# The Python wheel holds the library alone, under the name that it looks for:
#     cmake --install build --component python
install(FILES "${QUANTCAL_LIBRARY}" DESTINATION quantcal RENAME libquantcal.so
        PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE
        COMPONENT python EXCLUDE_FROM_ALL)
