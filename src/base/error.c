// SPDX-License-Identifier: MIT
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *bt_status_name(enum bt_status status)
{
    switch (status) {
    case BT_OK:
        return "ok";
    case BT_ABSENT:
        return "absent";
    case BT_E_IO:
        return "io";
    case BT_E_TRUNCATED:
        return "truncated";
    case BT_E_CORRUPT:
        return "corrupt";
    case BT_E_UNSUPPORTED:
        return "unsupported";
    case BT_E_LIMIT:
        return "limit";
    case BT_E_SYNTAX:
        return "syntax";
    case BT_E_NOMEM:
        return "out-of-memory";
    case BT_E_INTERNAL:
        return "internal";
    }
    return "unknown";
}

// Messages quote bytes of the input: keep them to one line that no terminal acts on.
static void make_printable(char *text)
{
    for (unsigned char *p = (unsigned char *)text; *p != '\0'; p++) {
        if (*p < 0x20 || *p == 0x7f)
            *p = '?';
    }
}

static void set_message(struct bt_error *err, enum bt_status status, uint64_t offset,
                        const char *format, va_list args) BT_PRINTF(4, 0);

static void set_message(struct bt_error *err, enum bt_status status, uint64_t offset,
                        const char *format, va_list args)
{
    err->status = status;
    err->os_errno = 0;
    err->offset = offset;
    if (vsnprintf(err->message, sizeof err->message, format, args) < 0)
        err->message[0] = '\0';
    make_printable(err->message);
}

void bt_error_set(struct bt_error *err, enum bt_status status, uint64_t offset,
                  const char *format, ...)
{
    if (err == NULL)
        return;
    va_list args;
    va_start(args, format);
    set_message(err, status, offset, format, args);
    va_end(args);
}

void bt_error_set_os(struct bt_error *err, int os_errno, const char *format, ...)
{
    if (err == NULL)
        return;
    va_list args;
    va_start(args, format);
    set_message(err, BT_E_IO, BT_NO_OFFSET, format, args);
    va_end(args);
    err->os_errno = os_errno;
    size_t used = strlen(err->message);
    snprintf(err->message + used, sizeof err->message - used, ": %s", strerror(os_errno));
}

void bt_error_prepend(struct bt_error *err, const char *format, ...)
{
    if (err == NULL)
        return;
    char context[BT_ERROR_MESSAGE_SIZE];
    va_list args;
    va_start(args, format);
    if (vsnprintf(context, sizeof context, format, args) < 0)
        context[0] = '\0';
    va_end(args);
    make_printable(context);
    char joined[2 * BT_ERROR_MESSAGE_SIZE + 2];
    snprintf(joined, sizeof joined, "%s: %s", context, err->message);
    joined[sizeof err->message - 1] = '\0';
    memcpy(err->message, joined, strlen(joined) + 1);
}
