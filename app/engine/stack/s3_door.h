// The supervisor's own client of the local S3 server: is it there, and does it have Nova's bucket. Blocking; thread:
// any.
#pragma once

#include <QString>

#include "app/engine/stack/probe.h"
#include "app/engine/stack/s3_home.h"
#include "kit/objects/object_store.h"

namespace nova::stack {

class S3Door {
public:
    explicit S3Door(const S3Access& access);
    // Serving when a signed request for the bucket is answered; a missing bucket is made.
    ProbeAnswer ask();
    // An object in, its properties and bytes out, and gone, so that a class archive knows the way; the fault, or "".
    QString exercise();

private:
    int m_port;
    kit::ObjectStore m_store;
};

}  // namespace nova::stack
