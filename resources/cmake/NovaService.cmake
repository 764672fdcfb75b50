# nova_service(NAME): one Nova service from the current folder: library nova_<NAME> (everything but main.cpp), executable
# <NAME>-service (_ becomes -), and, where there is one, schema.sql as the header nova/schema/<NAME>.h (nova::<NAME>::schemaSql).
function(nova_service NAME)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp ${CMAKE_CURRENT_SOURCE_DIR}/*.h)
  list(REMOVE_ITEM sources ${CMAKE_CURRENT_SOURCE_DIR}/main.cpp)

  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/schema.sql)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/schema.sql)
    file(READ ${CMAKE_CURRENT_SOURCE_DIR}/schema.sql NOVA_SCHEMA_SQL)
    set(NOVA_SCHEMA_NAME ${NAME})
    configure_file(${CMAKE_SOURCE_DIR}/resources/cmake/schema.h.in ${CMAKE_BINARY_DIR}/gen/nova/schema/${NAME}.h @ONLY)
  endif()

  add_library(nova_${NAME} STATIC ${sources})
  target_link_libraries(nova_${NAME} PUBLIC nova_options nova_kit nova_rpc)
  string(REPLACE _ - process ${NAME})
  add_executable(${process}-service main.cpp)
  target_link_libraries(${process}-service PRIVATE nova_${NAME})
endfunction()
