// SPDX-License-Identifier: MIT
#include "kb/yaml_tree.h"

#include <string.h>
#include <yaml.h>

#include "base/attributes.h"
#include "base/limits.h"
#include "base/text.h"

struct builder {
    const char *file;
    struct bt_span source; // without a byte order mark
    struct bt_arena *arena;
    struct bt_kb_diagnostics *diagnostics;
    struct bt_error *err;
    struct bt_yaml_node *open[BT_LIMIT_YAML_DEPTH]; // containers that are not closed yet
    size_t depth;
    struct bt_yaml_node *root;
    // Key of the value to come, in the innermost mapping.
    const char *key;
    uint32_t key_line, key_column;
    uint32_t documents;
    uint32_t nodes;
};

static struct bt_kb_place place_of(const struct builder *b, yaml_mark_t mark)
{
    return (struct bt_kb_place){
        .file = b->file, .line = (uint32_t)mark.line + 1, .column = (uint32_t)mark.column + 1};
}

static enum bt_status refuse(struct builder *b, yaml_mark_t mark, const char *message)
{
    bt_kb_complain(b->diagnostics, place_of(b, mark), "%s", message);
    return BT_FAIL(b->err, BT_E_SYNTAX, BT_NO_OFFSET, "%s", message);
}

static bool has_control(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
            return true;
    }
    return false;
}

static struct bt_yaml_node *innermost(const struct builder *b)
{
    return b->depth == 0 ? NULL : b->open[b->depth - 1];
}

// Hangs a new node into the tree.
static enum bt_status add_node(struct builder *b, enum bt_yaml_kind kind, yaml_mark_t mark,
                               struct bt_yaml_node **ret)
{
    struct bt_yaml_node *node = NULL, *parent = innermost(b);
    if (++b->nodes > BT_LIMIT_YAML_NODES)
        return refuse(b, mark, "the file has too many values");
    BT_TRY(bt_arena_alloc(b->arena, 1, sizeof *node, &node, b->err));
    node->kind = kind;
    node->line = (uint32_t)mark.line + 1;
    node->column = (uint32_t)mark.column + 1;
    node->key = b->key;
    node->key_line = b->key_line;
    node->key_column = b->key_column;
    b->key = NULL;
    if (parent == NULL) {
        b->root = node;
    } else if (parent->last == NULL) {
        parent->first = parent->last = node;
        parent->count = 1;
    } else {
        parent->last->next = node;
        parent->last = node;
        parent->count++;
    }
    *ret = node;
    return BT_OK;
}

static bool awaits_key(const struct builder *b)
{
    const struct bt_yaml_node *parent = innermost(b);
    return parent != NULL && parent->kind == BT_YAML_MAPPING && b->key == NULL;
}

static enum bt_status take_key(struct builder *b, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    BT_TRY(bt_arena_text(b->arena, text, event->data.scalar.length, &b->key, b->err));
    b->key_line = (uint32_t)event->start_mark.line + 1;
    b->key_column = (uint32_t)event->start_mark.column + 1;
    if (strcmp(text, "<<") == 0)
        return refuse(b, event->start_mark, "merge keys are not allowed");
    if (bt_yaml_get(innermost(b), text) != NULL) {
        bt_kb_complain(b->diagnostics, place_of(b, event->start_mark),
                       "key \"%s\" stands here twice", text);
        return BT_FAIL(b->err, BT_E_SYNTAX, BT_NO_OFFSET, "a key stands twice");
    }
    return BT_OK;
}

static enum bt_status add_scalar(struct builder *b, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t size = event->data.scalar.length;
    if (event->data.scalar.anchor != NULL || event->data.scalar.tag != NULL)
        return refuse(b, event->start_mark, "anchors and tags are not allowed");
    if (has_control(text, size))
        return refuse(b, event->start_mark, "control characters are not allowed");
    if (awaits_key(b))
        return take_key(b, event);
    struct bt_yaml_node *node = NULL;
    BT_TRY(add_node(b, BT_YAML_SCALAR, event->start_mark, &node));
    yaml_scalar_style_t style = event->data.scalar.style;
    node->quoted =
        style == YAML_SINGLE_QUOTED_SCALAR_STYLE || style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    node->block = style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE;
    return bt_arena_text(b->arena, text, size, &node->text, b->err);
}

static enum bt_status open_container(struct builder *b, enum bt_yaml_kind kind,
                                     const yaml_event_t *event, bool decorated)
{
    if (decorated)
        return refuse(b, event->start_mark, "anchors and tags are not allowed");
    if (awaits_key(b))
        return refuse(b, event->start_mark, "a key must be a word");
    if (b->depth == BT_LIMIT_YAML_DEPTH)
        return refuse(b, event->start_mark, "nested too deeply");
    struct bt_yaml_node *node = NULL;
    BT_TRY(add_node(b, kind, event->start_mark, &node));
    b->open[b->depth++] = node;
    return BT_OK;
}

static enum bt_status take_event(struct builder *b, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (b->documents++ > 0)
            return refuse(b, event->start_mark, "a file holds one document only");
        return BT_OK;
    case YAML_ALIAS_EVENT:
        return refuse(b, event->start_mark, "aliases are not allowed");
    case YAML_SCALAR_EVENT:
        return add_scalar(b, event);
    case YAML_SEQUENCE_START_EVENT:
        return open_container(b, BT_YAML_SEQUENCE, event,
                              event->data.sequence_start.anchor != NULL ||
                                  event->data.sequence_start.tag != NULL);
    case YAML_MAPPING_START_EVENT:
        return open_container(b, BT_YAML_MAPPING, event,
                              event->data.mapping_start.anchor != NULL ||
                                  event->data.mapping_start.tag != NULL);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        b->depth--;
        return BT_OK;
    default:
        return BT_OK;
    }
}

// What libyaml finds wrong, and what an author did to cause it.
static const struct {
    const char *problem, *meaning;
} problems[] = {
    {"mapping values are not allowed in this context",
     "a key is not expected here: is its line indented like its neighbours, and every text "
     "that "
     "has \": \" in it in quotes?"},
    {"did not find expected key", "a key is expected here: is the line indented like its "
                                  "neighbours, and every quote closed?"},
    {"did not find expected '-' indicator",
     "\"- \" is expected here: is the line indented like the rest of the list?"},
    {"could not find expected ':'",
     "a key without its colon and a blank: \"key: value\" is expected"},
    {"did not find expected ',' or '}'", "\",\" or the closing \"}\" is missing"},
    {"did not find expected ',' or ']'", "\",\" or the closing \"]\" is missing"},
    {"found unexpected end of stream", "the closing quote is missing"},
    {"found character that cannot start any token",
     "a text cannot begin with this sign: put it in quotes"},
    {"found unknown escape character",
     "a backslash has a meaning in double quotes: use single quotes, or two of them"},
};

static const char *explain_problem(const struct builder *b, const yaml_parser_t *parser)
{
    size_t at = parser->problem_mark.index;
    if (at < b->source.size && b->source.data[at] == '\t')
        return "a tab cannot indent: use blanks";
    for (size_t i = 0; i < BT_COUNT(problems) && parser->problem != NULL; i++) {
        if (strcmp(parser->problem, problems[i].problem) == 0)
            return problems[i].meaning;
    }
    return parser->problem != NULL ? parser->problem : "not readable as YAML";
}

static enum bt_status refuse_syntax(struct builder *b, const yaml_parser_t *parser)
{
    if (parser->error == YAML_MEMORY_ERROR)
        return BT_FAIL(b->err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    const char *problem = explain_problem(b, parser);
    if (parser->context != NULL && parser->context_mark.line < parser->problem_mark.line)
        bt_kb_complain(b->diagnostics, place_of(b, parser->problem_mark),
                       "%s (what it belongs to begins in line %zu)", problem,
                       parser->context_mark.line + 1);
    else
        bt_kb_complain(b->diagnostics, place_of(b, parser->problem_mark), "%s", problem);
    return BT_FAIL(b->err, BT_E_SYNTAX, BT_NO_OFFSET, "%s", problem);
}

// Finds what is no text in UTF-8, and tells where it is and what the author can do about it.
static enum bt_status check_encoding(struct builder *b)
{
    const char *text = (const char *)b->source.data;
    struct bt_kb_place place = {.file = b->file, .line = 1, .column = 1};
    if (b->source.size >= 2 &&
        (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0 ||
         memchr(text, 0, 2) != NULL)) {
        bt_kb_complain(b->diagnostics, place, "the file is UTF-16: save it as UTF-8");
        return BT_FAIL(b->err, BT_E_SYNTAX, BT_NO_OFFSET, "not UTF-8");
    }
    for (size_t at = 0; at < b->source.size;) {
        uint32_t code_point = 0;
        size_t size = bt_utf8_decode(&text[at], b->source.size - at, &code_point);
        // U+FFFD is three bytes where the text has it, and one where there is none.
        if (code_point == 0xFFFD && size == 1) {
            bt_kb_complain(b->diagnostics, place,
                           "byte 0x%02X is not UTF-8: save the file as UTF-8",
                           b->source.data[at]);
            return BT_FAIL(b->err, BT_E_SYNTAX, BT_NO_OFFSET, "not UTF-8");
        }
        bool blank = code_point == '\n' || code_point == '\t' || code_point == '\r';
        if ((code_point < 0x20 && !blank) || code_point == 0x7f) {
            bt_kb_complain(b->diagnostics, place, "control characters are not allowed (0x%02X)",
                           (unsigned)code_point);
            return BT_FAIL(b->err, BT_E_SYNTAX, BT_NO_OFFSET, "a control character");
        }
        place.column++;
        if (text[at] == '\n') {
            place.line++;
            place.column = 1;
        }
        at += size;
    }
    return BT_OK;
}

static enum bt_status take_events(struct builder *b, yaml_parser_t *parser)
{
    // Each event but a few makes a node or closes one, so this is bounded by the limit of nodes
    // and by the size of the file.
    for (;;) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event))
            return refuse_syntax(b, parser);
        bool done = event.type == YAML_STREAM_END_EVENT;
        enum bt_status status = take_event(b, &event);
        yaml_event_delete(&event);
        if (status != BT_OK || done)
            return status;
    }
}

enum bt_status bt_yaml_parse(struct bt_span source, const char *file, struct bt_arena *arena,
                             struct bt_kb_diagnostics *diagnostics, struct bt_yaml_node **ret,
                             struct bt_error *err)
{
    // Editors of Windows put a mark of the encoding in front, which says nothing here.
    if (source.size >= 3 && memcmp(source.data, "\xEF\xBB\xBF", 3) == 0) {
        source.data += 3;
        source.size -= 3;
    }
    struct builder b = {
        .file = file, .source = source, .arena = arena, .diagnostics = diagnostics, .err = err};
    yaml_parser_t parser;
    BT_TRY(check_encoding(&b));
    if (!yaml_parser_initialize(&parser))
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, source.data ? source.data : (const uint8_t *)"",
                                 source.size);
    enum bt_status status = take_events(&b, &parser);
    yaml_parser_delete(&parser);
    if (status == BT_OK)
        *ret = b.root;
    return status;
}

const struct bt_yaml_node *bt_yaml_get(const struct bt_yaml_node *mapping, const char *key)
{
    if (mapping == NULL || mapping->kind != BT_YAML_MAPPING)
        return NULL;
    const struct bt_yaml_node *node = mapping->first;
    while (node != NULL && strcmp(node->key, key) != 0)
        node = node->next;
    return node;
}
