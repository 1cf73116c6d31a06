/*
 * simdjson behind C: parses one JSON document into a tape that Swift walks without copying.
 *
 * One parser serves one thread at a time and keeps its memory from document to document. What an element or a
 * string points to lives until the parser's next `mneme_json_parse` or its end.
 */
#ifndef MNEME_CSIMDJSON_H
#define MNEME_CSIMDJSON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mneme_json_parser mneme_json_parser;

/* An element of the parsed document; opaque, copied freely. */
typedef struct mneme_json_element {
    const void *document;
    uint64_t index;
} mneme_json_element;

enum {
    MNEME_JSON_NULL = 0,
    MNEME_JSON_BOOL = 1,
    MNEME_JSON_INTEGER = 2,
    MNEME_JSON_DOUBLE = 3,
    MNEME_JSON_STRING = 4,
    MNEME_JSON_ARRAY = 5,
    MNEME_JSON_OBJECT = 6
};

mneme_json_parser *mneme_json_create(void);
void mneme_json_destroy(mneme_json_parser *parser);

/* Parses `length` bytes at `bytes`, which must be followed by mneme_json_padding() readable bytes. Returns 0 and
   the root, or simdjson's error code. */
int32_t mneme_json_parse(mneme_json_parser *parser, const uint8_t *bytes, size_t length, mneme_json_element *root);
size_t mneme_json_padding(void);
/* What an error code means; static. */
const char *mneme_json_message(int32_t code);

int32_t mneme_json_type(mneme_json_element element);
int32_t mneme_json_bool(mneme_json_element element);
/* INTEGER or DOUBLE as double; 0 otherwise. */
double mneme_json_number(mneme_json_element element);
int64_t mneme_json_integer(mneme_json_element element);
/* UTF-8, not terminated; null if it isn't a string. */
const char *mneme_json_string(mneme_json_element element, size_t *length);
/* Elements of an array or members of an object. */
size_t mneme_json_count(mneme_json_element element);
/* 1 and the value of the last member of that name; 0 if there is none. */
int32_t mneme_json_member(mneme_json_element object, const char *name, size_t length, mneme_json_element *value);

/* Calls back for each element (key null) or member, in order, until `body` returns 0. */
typedef int32_t (*mneme_json_visit)(void *context, const char *key, size_t key_length, mneme_json_element value);
void mneme_json_each(mneme_json_element container, void *context, mneme_json_visit body);

/* Reads an array of numbers into out[capacity]; a number too large for float becomes infinite. Returns how many
   numbers it has, or -1 if it isn't an array, or holds something else (null counts as `missing`, if that isn't NaN). */
int64_t mneme_json_floats(mneme_json_element array, float *out, size_t capacity, float missing);

#ifdef __cplusplus
}
#endif
#endif
