#include "csimdjson.h"

#include <simdjson.h>

#include <cmath>

using namespace simdjson;

// dom::element is a document pointer and a tape index: exactly mneme_json_element.
static_assert(sizeof(dom::element) == sizeof(mneme_json_element), "element layout");

struct mneme_json_parser {
    dom::parser parser;
};

static dom::element cpp(mneme_json_element element) {
    dom::element result;
    memcpy(static_cast<void *>(&result), &element, sizeof result);
    return result;
}

static mneme_json_element c(dom::element element) {
    mneme_json_element result;
    memcpy(&result, static_cast<void *>(&element), sizeof result);
    return result;
}

mneme_json_parser *mneme_json_create(void) { return new (std::nothrow) mneme_json_parser; }
void mneme_json_destroy(mneme_json_parser *parser) { delete parser; }

int32_t mneme_json_parse(mneme_json_parser *parser, const uint8_t *bytes, size_t length, mneme_json_element *root) {
    dom::element element;
    auto error = parser->parser.parse(bytes, length, false).get(element);
    if (error) return static_cast<int32_t>(error);
    *root = c(element);
    return 0;
}

size_t mneme_json_padding(void) { return SIMDJSON_PADDING; }
const char *mneme_json_message(int32_t code) { return error_message(static_cast<error_code>(code)); }

int32_t mneme_json_type(mneme_json_element element) {
    switch (cpp(element).type()) {
    case dom::element_type::ARRAY: return MNEME_JSON_ARRAY;
    case dom::element_type::OBJECT: return MNEME_JSON_OBJECT;
    case dom::element_type::INT64:
    case dom::element_type::UINT64: return MNEME_JSON_INTEGER;
    case dom::element_type::DOUBLE: return MNEME_JSON_DOUBLE;
    case dom::element_type::STRING: return MNEME_JSON_STRING;
    case dom::element_type::BOOL: return MNEME_JSON_BOOL;
    case dom::element_type::NULL_VALUE: return MNEME_JSON_NULL;
    }
    return MNEME_JSON_NULL;
}

int32_t mneme_json_bool(mneme_json_element element) {
    bool value = false;
    return cpp(element).get(value) == SUCCESS && value;
}

double mneme_json_number(mneme_json_element element) {
    double value = 0;
    return cpp(element).get(value) == SUCCESS ? value : 0;
}

int64_t mneme_json_integer(mneme_json_element element) {
    int64_t value = 0;
    return cpp(element).get(value) == SUCCESS ? value : 0;
}

const char *mneme_json_string(mneme_json_element element, size_t *length) {
    std::string_view text;
    if (cpp(element).get(text) != SUCCESS) return nullptr;
    *length = text.size();
    return text.data();
}

size_t mneme_json_count(mneme_json_element element) {
    dom::array array;
    dom::object object;
    size_t count = 0;
    if (cpp(element).get(array) == SUCCESS)
        for (auto item : array) (void)item, count++;
    else if (cpp(element).get(object) == SUCCESS)
        for (auto member : object) (void)member, count++;
    return count;
}

int32_t mneme_json_member(mneme_json_element element, const char *name, size_t length, mneme_json_element *value) {
    dom::object object;
    if (cpp(element).get(object) != SUCCESS) return 0;
    int32_t found = 0;
    for (auto member : object) {
        if (member.key == std::string_view(name, length)) {
            *value = c(member.value);
            found = 1;
        }
    }
    return found;
}

void mneme_json_each(mneme_json_element container, void *context, mneme_json_visit body) {
    dom::array array;
    dom::object object;
    if (cpp(container).get(array) == SUCCESS) {
        for (auto item : array)
            if (!body(context, nullptr, 0, c(item))) return;
    } else if (cpp(container).get(object) == SUCCESS) {
        for (auto member : object)
            if (!body(context, member.key.data(), member.key.size(), c(member.value))) return;
    }
}

int64_t mneme_json_floats(mneme_json_element element, float *out, size_t capacity, float missing) {
    dom::array array;
    if (cpp(element).get(array) != SUCCESS) return -1;
    int64_t count = 0;
    for (auto item : array) {
        double value;
        if (item.get(value) != SUCCESS) {
            if (!item.is_null() || std::isnan(missing)) return -1;
            value = missing;
        }
        if (static_cast<size_t>(count) < capacity) out[count] = static_cast<float>(value);
        count++;
    }
    return count;
}
