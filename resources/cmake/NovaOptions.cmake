# One INTERFACE target carries every flag of the project. Link it PRIVATE to each target of ours.
add_library(nova_options INTERFACE)
target_compile_features(nova_options INTERFACE cxx_std_20)
target_include_directories(nova_options INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/services)
target_compile_options(nova_options INTERFACE
  -Wall -Wextra -Wcast-qual -Wnon-virtual-dtor -Woverloaded-virtual -Wsuggest-override -Wshadow -Wold-style-cast
  -Wzero-as-null-pointer-constant)
target_compile_definitions(nova_options INTERFACE SPDLOG_FMT_EXTERNAL BOOST_ASIO_NO_DEPRECATED)
if(NOVA_WERROR)
  target_compile_options(nova_options INTERFACE -Werror)
endif()
if(NOVA_SANITIZE)
  target_compile_options(nova_options INTERFACE -fsanitize=${NOVA_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(nova_options INTERFACE -fsanitize=${NOVA_SANITIZE})
endif()
if(NOVA_SANITIZE MATCHES thread)
  # What lets ThreadSanitizer follow the locks and processes of libraries that are not instrumented.
  set(support ${CMAKE_SOURCE_DIR}/tests/support/tsan)
  add_library(nova_tsan OBJECT ${support}/absl_mutex.cpp ${support}/c11_threads.cpp ${support}/clone.cpp)
  target_compile_features(nova_tsan PRIVATE cxx_std_20)
  target_compile_options(nova_tsan PRIVATE -fsanitize=thread)
  target_sources(nova_options INTERFACE $<TARGET_OBJECTS:nova_tsan>)
  target_link_libraries(nova_options INTERFACE ${CMAKE_DL_LIBS})
endif()

# Qt's strict defines, for everything that includes Qt.
add_library(nova_qt_options INTERFACE)
target_link_libraries(nova_qt_options INTERFACE nova_options)
target_compile_definitions(nova_qt_options INTERFACE
  QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_CAST_FROM_BYTEARRAY QT_NO_CONTEXTLESS_CONNECT
  QT_NO_NARROWING_CONVERSIONS_IN_CONNECT QT_NO_URL_CAST_FROM_STRING QT_USE_QSTRINGBUILDER QT_NO_FOREACH
  QT_NO_KEYWORDS QT_STRICT_ITERATORS)

if(NOVA_SANITIZE MATCHES thread AND NOVA_APP)
  find_package(Qt6 6.4 REQUIRED COMPONENTS Core)
  add_library(nova_tsan_qt OBJECT ${support}/qt_events.cpp)
  target_link_libraries(nova_tsan_qt PRIVATE Qt6::Core)
  target_compile_features(nova_tsan_qt PRIVATE cxx_std_20)
  target_compile_options(nova_tsan_qt PRIVATE -fsanitize=thread)
  target_sources(nova_qt_options INTERFACE $<TARGET_OBJECTS:nova_tsan_qt>)
endif()

find_program(NOVA_MOLD mold)
if(NOVA_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
find_program(NOVA_CCACHE ccache)
if(NOVA_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${NOVA_CCACHE})
endif()
if(CMAKE_CXX_CLANG_TIDY)
  # The rules are part of the command: with other rules every file is looked at again.
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/.clang-tidy)
  file(SHA256 ${CMAKE_SOURCE_DIR}/.clang-tidy rules)
  list(APPEND CMAKE_CXX_CLANG_TIDY --extra-arg=-DNOVA_TIDY_RULES_${rules})
  # What moc and rcc write, below the build folder, is not ours; clang-tidy wants a check all the same.
  file(WRITE ${CMAKE_BINARY_DIR}/.clang-tidy "Checks: '-*,portability-restrict-system-includes'\nHeaderFilterRegex: '^$'\n")
endif()
