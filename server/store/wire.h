// Writer and Reader have one interface, so that one description of a value's fields serves both
// directions and they cannot disagree.
#pragma once

#include "server/store/reader.h"
#include "server/store/writer.h"
