// SPDX-License-Identifier: MIT
//
// bench_asked LOG < PATHS
//
// Triages the dumps whose paths it is given, a line for each, and writes down which ranges of
// them the readers ask for, in the form of read_log.c. The program itself takes small ranges
// out of larger ones, so its system calls do not tell that.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/contents.h"
#include "io/source_impl.h"
#include "kb/kb.h"
#include "triage/triage.h"

struct told_source {
    struct bt_source source;
    struct bt_source *inner;
    FILE *log;
};

static void fail(const char *what)
{
    fprintf(stderr, "bench_asked: %s\n", what);
    exit(2);
}

static enum bt_status told_available(struct bt_source *self, uint64_t offset, uint64_t length,
                                     uint64_t *ret, struct bt_error *err)
{
    struct bt_source *inner = ((struct told_source *)self)->inner;
    return inner->ops->available(inner, offset, length, ret, err);
}

static enum bt_status told_read(struct bt_source *self, uint64_t offset, void *buf, size_t size,
                                struct bt_error *err)
{
    struct told_source *told = (struct told_source *)self;
    fprintf(told->log, "%llu %zu\n", (unsigned long long)offset, size);
    return told->inner->ops->read(told->inner, offset, buf, size, err);
}

static const struct bt_source_ops told_ops = {.available = told_available, .read = told_read};

static void look_at(const struct bt_kb *kb, const char *path, FILE *log)
{
    const struct bt_triage_options options = {.fitting_only = true};
    const struct bt_place place = {.path = path};
    unsigned char head[BT_CONTENT_HEAD];
    struct told_source told = {.log = log};
    struct bt_triage *triage;
    if (bt_source_open_packed(path, &told.inner, NULL) != BT_OK)
        return;
    told.source = *told.inner;
    told.source.ops = &told_ops;
    fprintf(log, "F %s\n", path);
    // What the program looks at first, to tell an archive from a dump.
    if (bt_source_has(&told.source, 0, sizeof head) &&
        bt_source_read(&told.source, 0, head, sizeof head, NULL) != BT_OK)
        fail("a dump cannot be read");
    if (bt_triage_source(kb, &told.source, &place, &options, &triage, NULL) != BT_OK)
        fail("a dump cannot be triaged");
    bt_triage_free(triage);
    bt_source_close(told.inner);
}

int main(int argc, char **argv)
{
    char path[4096];
    struct bt_kb *kb = bt_kb_new();
    FILE *log = argc == 2 ? fopen(argv[1], "w") : NULL;
    if (log == NULL || kb == NULL || bt_kb_add_builtin(kb, NULL) != BT_OK)
        fail("usage: bench_asked LOG < PATHS");
    while (fgets(path, sizeof path, stdin) != NULL) {
        path[strcspn(path, "\n")] = '\0';
        look_at(kb, path, log);
    }
    bt_kb_free(kb);
    return fclose(log) == 0 ? 0 : 2;
}
