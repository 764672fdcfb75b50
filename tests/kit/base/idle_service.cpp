// A service without work of its own. With a PostgreSQL in its configuration it applies one migration.
#include "kit/runtime/service.h"

int main(int argc, char** argv) {
    return nova::kit::runService(argc, argv, [](nova::kit::Service& s) {
        if (!s.config().postgresUri.empty()) s.migrate("-- migration 1: nothing\nCREATE TABLE nothing (id int);\n");
    });
}
