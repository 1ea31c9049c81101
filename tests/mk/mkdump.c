// SPDX-License-Identifier: MIT
//
// mkdump DESCRIPTION OUTPUT     makes a dump file
// mkdump --map DESCRIPTION      prints where everything lies in it
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mk_build.h"

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

static int print_error(const struct bt_error *err)
{
    fprintf(stderr, "%s\n", err->message);
    return EXIT_FAILED;
}

static int write_file(const char *path, const struct bt_buf *content)
{
    struct bt_error err;
    FILE *file = fopen(path, "wb");
    bool failed =
        file == NULL || fwrite(bt_buf_cstr(content), 1, content->size, file) != content->size;
    if (file != NULL && fclose(file) != 0)
        failed = true;
    if (!failed)
        return EXIT_OK;
    bt_error_set_os(&err, errno, "%s", path);
    return print_error(&err);
}

static int print_map(const struct mk_dump *dump)
{
    struct bt_buf text;
    bt_buf_init(&text, 64 << 20);
    mk_describe(dump, &text);
    fputs(bt_buf_cstr(&text), stdout);
    bt_buf_fini(&text);
    return fflush(stdout) == 0 ? EXIT_OK : EXIT_FAILED;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: mkdump DESCRIPTION OUTPUT\n       mkdump --map DESCRIPTION\n", stderr);
        return EXIT_USAGE;
    }
    bool wants_map = strcmp(argv[1], "--map") == 0;
    struct mk_dump dump;
    struct bt_error err;
    int status;
    if (mk_build_file(argv[wants_map ? 2 : 1], &dump, &err) != BT_OK)
        status = print_error(&err);
    else if (wants_map)
        status = print_map(&dump);
    else
        status = write_file(argv[2], &dump.file);
    mk_dump_fini(&dump);
    return status;
}
