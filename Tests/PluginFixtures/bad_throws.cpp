/* Fault: score throws across the line. */
#include "fixture.h"
#include <stdexcept>

static mneme_status score(mneme_model *, mneme_session *, const mneme_batch *, mneme_scores *, mneme_error *) {
    throw std::runtime_error("nobody catches this");
}
