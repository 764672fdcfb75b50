// The schema of the contract, as text.
#pragma once

namespace nova::gateway {

const char* schemaSdl();

}  // namespace nova::gateway
