// SPDX-License-Identifier: MIT
#include "batch/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

static char folder[] = "test_sandbox.XXXXXX";
static char inside[64], outside[64], temporary[64];

static void touch(const char *path)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("x", file);
    fclose(file);
}

// Runs in a child: the bits tell what was still possible.
enum {
    READ_INSIDE = 1,
    READ_OUTSIDE = 2,
    WRITE_INSIDE = 4,
    RUN = 8,
    CONNECT = 16,
    TEMPORARY = 32
};

static bool can_open(const char *path, int flags)
{
    int fd = open(path, flags, 0600);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static int try_everything(void)
{
    const char *readable[] = {inside, "/no/such/place"};
    struct bt_sandbox sandbox = {readable, 2};
    if (bt_sandbox_enter(&sandbox, NULL) != BT_OK)
        return 128;
    int can = 0;
    can |= can_open(inside, O_RDONLY) ? READ_INSIDE : 0;
    can |= can_open(outside, O_RDONLY) ? READ_OUTSIDE : 0;
    can |= can_open(inside, O_WRONLY) ? WRITE_INSIDE : 0;
    can |= can_open(getenv("TMPDIR"), O_TMPFILE | O_RDWR) ? TEMPORARY : 0;
    can |= socket(AF_INET, SOCK_STREAM, 0) >= 0 ? CONNECT : 0;
    execl("/bin/true", "true", (char *)NULL);
    can |= errno != EACCES && errno != EPERM ? RUN : 0;
    return can;
}

static int run_in_child(void)
{
    int status;
    pid_t pid = fork();
    if (pid == 0)
        _exit(try_everything());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void only_named_places_can_be_read(void **state)
{
    (void)state;
    char name[64];
    bt_sandbox_describe(name, sizeof name);
    if (strstr(name, "Landlock") == NULL) {
        print_message("this kernel has no Landlock: %s\n", name);
        skip();
    }
    int can = run_in_child();
    assert_true(can & READ_INSIDE);
    assert_false(can & READ_OUTSIDE);
    assert_false(can & WRITE_INSIDE);
    assert_false(can & RUN);
    assert_true(can & TEMPORARY);
#ifndef BUGTRIAGE_SANITIZED
    if (strstr(name, "seccomp") != NULL)
        assert_false(can & CONNECT);
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(only_named_places_can_be_read)};
    if (mkdtemp(folder) == NULL)
        return 1;
    snprintf(inside, sizeof inside, "%s/inside", folder);
    snprintf(outside, sizeof outside, "%s/outside", folder);
    touch(inside);
    touch(outside);
    snprintf(temporary, sizeof temporary, "%s/temporary", folder);
    if (mkdir(temporary, 0700) != 0 || setenv("TMPDIR", temporary, 1) != 0)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    remove(inside);
    remove(outside);
    remove(temporary);
    remove(folder);
    return failed;
}
