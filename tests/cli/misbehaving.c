// SPDX-License-Identifier: MIT
//
// Linked into a copy of the program in front of bt_dump_read (ld --wrap): a dump that ends with
// one of the words below makes its reader misbehave, as a bug in the real one would. The
// program itself knows nothing of this.
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "dump/dump.h"

enum { WORD = 8, BLOCK = 1 << 20 };

enum bt_status __real_bt_dump_read(struct bt_source *source, struct bt_arena *arena,
                                   struct bt_dump *ret, struct bt_error *err);
enum bt_status __wrap_bt_dump_read(struct bt_source *source, struct bt_arena *arena,
                                   struct bt_dump *ret, struct bt_error *err);

static void pause_for(long milliseconds)
{
    struct timespec t = {.tv_nsec = milliseconds * 1000000};
    nanosleep(&t, NULL);
}

// All the memory that there is to be had. Sanitizers have no limit of address space.
static void eat_memory(void)
{
#ifndef BUGTRIAGE_SANITIZED
    char *block;
    while ((block = malloc(BLOCK)) != NULL)
        memset(block, 1, BLOCK);
#endif
}

static void misbehave(const char word[WORD])
{
    volatile unsigned turns = 0;
    if (memcmp(word, "BT-LOOPS", WORD) == 0)
        for (;;)
            turns++;
    if (memcmp(word, "BT-STOPS", WORD) == 0)
        raise(SIGSTOP);
    if (memcmp(word, "BT-DIES!", WORD) == 0) {
        signal(SIGSEGV, SIG_DFL); // sanitizers catch it
        raise(SIGSEGV);
    }
    if (memcmp(word, "BT-SLOW!", WORD) == 0)
        pause_for(40);
    if (memcmp(word, "BT-RESTS", WORD) == 0)
        pause_for(900);
    if (memcmp(word, "BT-EATS!", WORD) == 0)
        eat_memory();
}

enum bt_status __wrap_bt_dump_read(struct bt_source *source, struct bt_arena *arena,
                                   struct bt_dump *ret, struct bt_error *err)
{
    uint64_t size;
    char word[WORD];
    if (bt_source_size(source, &size, NULL) == BT_OK && size > WORD &&
        bt_source_read(source, size - WORD, word, WORD, NULL) == BT_OK) {
        misbehave(word);
        if (memcmp(word, "BT-EATS!", WORD) == 0)
            return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    }
    return __real_bt_dump_read(source, arena, ret, err);
}
