// SPDX-License-Identifier: MIT
//
// DWARF in a helper process. Request: u64 address. Answer: nothing where nothing is known, u32
// 1 and the text of a failure, or u32 0 and the calls from the innermost out: u64 offset, u32
// line, u32 flags (1 inlined), function, file; a text is its u32 size (FFFFFFFF: none) and its
// bytes. All in the order of bt_le32.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"
#include "symbols/dwarf.h"
#include "symbols/helper.h"
#include "symbols/provider.h"

enum { ANSWER_CHAIN = 0, ANSWER_FAILURE = 1, FLAG_INLINED = 1, CALL_HEADER = 16 };

static const uint32_t NO_TEXT = UINT32_MAX;

// A line table of a million rows takes a second; nobody waits for longer than this.
static const struct bt_helper_limits LIMITS = {
    .cpu_seconds = 60,
    .memory = UINT64_C(4) << 30,
    .answer_milliseconds = 20000,
    .answer_bytes = (size_t)1 << 20,
};

struct dwarf_provider {
    struct bt_symbol_provider provider; // first: `self` of its functions
    int fd;
    uint64_t base;            // what the file's addresses count from
    struct bt_helper *helper; // NULL: not started yet
    struct bt_buf answer;
    bool absent; // the file turned out to have nothing
};

// The child's side.

struct server {
    struct bt_dwarf dwarf;
    struct bt_arena *arena; // of the units; lives as long as the process
    bool opened;
    enum bt_status status; // of opening
    struct bt_error why;
};

static void put_number(struct bt_buf *out, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bt_buf_char(out, (char)(unsigned char)(value >> (8 * i)));
}

static void put_text(struct bt_buf *out, const char *text)
{
    if (text == NULL) {
        put_number(out, NO_TEXT, 4);
        return;
    }
    size_t size = strnlen(text, BT_LIMIT_SYMBOL_NAME);
    put_number(out, size, 4);
    bt_buf_add(out, text, size);
}

static void put_chain(struct bt_buf *out, const struct bt_symbol_chain *chain)
{
    put_number(out, ANSWER_CHAIN, 4);
    for (size_t i = 0; i < chain->count; i++) {
        const struct bt_symbol *call = &chain->items[i];
        put_number(out, call->function_offset, 8);
        put_number(out, call->line, 4);
        put_number(out, call->inlined ? FLAG_INLINED : 0, 4);
        put_text(out, call->function);
        put_text(out, call->file);
    }
}

static enum bt_status open_once(struct server *server)
{
    enum { KEPT_FD = 3 }; // where the helper keeps the file
    if (!server->opened)
        server->status = bt_dwarf_open(KEPT_FD, server->arena, &server->dwarf, &server->why);
    server->opened = true;
    return server->status;
}

static void serve(void *self, struct bt_span request, struct bt_buf *answer)
{
    struct server *server = self;
    struct bt_symbol_chain chain;
    struct bt_arena *arena = bt_arena_new(UINT64_C(64) << 20);
    enum bt_status st = request.size == 8 && arena != NULL ? open_once(server) : BT_E_INTERNAL;
    if (st == BT_OK)
        st =
            bt_dwarf_find(&server->dwarf, bt_span_u64(request, 0), arena, &chain, &server->why);
    if (st == BT_OK) {
        put_chain(answer, &chain);
    } else if (st != BT_ABSENT) {
        put_number(answer, ANSWER_FAILURE, 4);
        bt_buf_text(answer, server->why.message);
    }
    bt_arena_free(arena);
}

// The parent's side: the answer is as hostile as the file.

static enum bt_status take_text(struct bt_cursor *at, struct bt_arena *arena, const char **ret,
                                struct bt_error *err)
{
    uint32_t size;
    struct bt_span raw;
    *ret = NULL;
    BT_TRY(bt_cursor_u32(at, &size, err));
    if (size == NO_TEXT)
        return BT_OK;
    BT_TRY(bt_cursor_take(at, size, &raw, err));
    return bt_text_bytes(raw, arena, ret, err);
}

static enum bt_status take_chain(struct bt_cursor *at, struct bt_arena *arena,
                                 struct bt_symbol_chain *ret, struct bt_error *err)
{
    struct bt_span header;
    while (bt_cursor_left(at) != 0 && ret->count < BT_LIMIT_INLINES) {
        struct bt_symbol *call = &ret->items[ret->count];
        BT_TRY(bt_cursor_take(at, CALL_HEADER, &header, err));
        *call = (struct bt_symbol){
            .function_offset = bt_span_u64(header, 0),
            .line = bt_span_u32(header, 8),
            .inlined = (bt_span_u32(header, 12) & FLAG_INLINED) != 0,
            .kind = BT_SYMBOL_FUNCTION,
        };
        BT_TRY(take_text(at, arena, &call->function, err));
        BT_TRY(take_text(at, arena, &call->file, err));
        ret->count++;
    }
    return ret->count != 0 ? BT_OK : BT_ABSENT;
}

static enum bt_status take_answer(struct bt_span answer, struct bt_arena *arena,
                                  struct bt_symbol_chain *ret, struct bt_error *err)
{
    struct bt_cursor at = bt_cursor_at(answer);
    struct bt_symbol_chain chain = {.count = 0};
    uint32_t kind;
    if (answer.size == 0)
        return BT_ABSENT;
    BT_TRY(bt_cursor_u32(&at, &kind, err));
    if (kind != ANSWER_CHAIN)
        return BT_FAIL(err, BT_E_CORRUPT, BT_NO_OFFSET, "%.*s", (int)bt_cursor_left(&at),
                       (const char *)answer.data + at.pos);
    BT_TRY(take_chain(&at, arena, &chain, err));
    *ret = chain;
    return BT_OK;
}

static enum bt_status start(struct dwarf_provider *dwarf, struct bt_error *err)
{
    struct server server = {.arena = bt_arena_new(LIMITS.memory)};
    if (server.arena == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    enum bt_status st =
        bt_helper_start(dwarf->fd, &LIMITS, serve, &server, &dwarf->helper, err);
    bt_arena_free(server.arena); // the child has its own copy
    return st;
}

static enum bt_status find_in_dwarf(struct bt_symbol_provider *self, uint64_t rva,
                                    struct bt_arena *arena, struct bt_symbol_chain *ret,
                                    struct bt_error *err)
{
    struct dwarf_provider *dwarf = (struct dwarf_provider *)self;
    uint8_t request[8];
    uint64_t address = dwarf->base + rva;
    for (size_t i = 0; i < sizeof request; i++)
        request[i] = (uint8_t)(address >> (8 * i));
    if (dwarf->helper == NULL)
        BT_TRY(start(dwarf, err));
    BT_TRY(bt_helper_ask(dwarf->helper,
                         (struct bt_span){.data = request, .size = sizeof request},
                         &dwarf->answer, err));
    struct bt_span answer = {.data = (const uint8_t *)dwarf->answer.data,
                             .size = dwarf->answer.size,
                             .file_offset = BT_NO_OFFSET};
    return take_answer(answer, arena, ret, err);
}

static void close_dwarf(struct bt_symbol_provider *self)
{
    struct dwarf_provider *dwarf = (struct dwarf_provider *)self;
    bt_helper_stop(dwarf->helper);
    bt_buf_fini(&dwarf->answer);
    close(dwarf->fd);
}

enum bt_status bt_dwarf_provider_open(const char *path, uint64_t base, struct bt_arena *arena,
                                      struct bt_symbol_provider **ret, struct bt_error *err)
{
    struct dwarf_provider *dwarf;
    BT_TRY(bt_arena_alloc(arena, 1, sizeof *dwarf, &dwarf, err));
    dwarf->provider.find = find_in_dwarf;
    dwarf->provider.close = close_dwarf;
    dwarf->base = base;
    dwarf->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (dwarf->fd < 0)
        return BT_FAIL_OS(err, errno, "cannot be opened");
    bt_buf_init(&dwarf->answer, LIMITS.answer_bytes);
    *ret = &dwarf->provider;
    return BT_OK;
}
