// SPDX-License-Identifier: MIT
//
// Loaded in front of the C library (LD_PRELOAD): writes down which ranges of which files a
// program reads with pread, for bench_floor. BENCH_READ_LOG is a file of the size that the log
// may have; it is mapped, so that it survives workers that close everything, lose their rights
// and are killed. A line "F path" for each file, and "offset size" for each read.
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DESCRIPTORS = 64, LINE = 4200 };

static bool watched[DESCRIPTORS];
static char *text;
static size_t text_size, used;

// One process reads at a time: the bench asks for one worker.
__attribute__((format(printf, 1, 2))) static void add_line(const char *format, ...)
{
    char line[LINE];
    va_list args;
    va_start(args, format);
    int size = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (text == NULL || size <= 0 || (size_t)size >= sizeof line ||
        (size_t)size >= text_size - used)
        return;
    memcpy(&text[used], line, (size_t)size);
    used += (size_t)size;
}

// The function of the C library; ret: a pointer to a pointer to a function.
static void find_real(const char *name, void *ret)
{
    void *found = dlsym(RTLD_NEXT, name);
    memcpy(ret, &found, sizeof found);
}

__attribute__((constructor)) static void start_log(void)
{
    struct stat info;
    int (*real_open)(const char *, int, ...);
    const char *path = getenv("BENCH_READ_LOG");
    find_real("open64", &real_open);
    int fd = path != NULL ? real_open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0 || fstat(fd, &info) != 0)
        return;
    void *map = mmap(NULL, (size_t)info.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map != MAP_FAILED) {
        text = map;
        text_size = (size_t)info.st_size;
    }
}

static int open_logged(const char *path, int flags, unsigned mode)
{
    static int (*real)(const char *, int, ...);
    if (real == NULL)
        find_real("open64", &real);
    int fd = real(path, flags, mode);
    bool input = fd >= 0 && fd < DESCRIPTORS && (flags & (O_WRONLY | O_RDWR | O_CREAT)) == 0;
    if (fd >= 0 && fd < DESCRIPTORS)
        watched[fd] = input;
    if (input)
        add_line("F %s\n", path);
    return fd;
}

int open64(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    unsigned mode = (flags & O_CREAT) != 0 ? va_arg(args, unsigned) : 0;
    va_end(args);
    return open_logged(path, flags, mode);
}

int __open64_2(const char *path, int flags);
int __open64_2(const char *path, int flags)
{
    return open_logged(path, flags, 0);
}

ssize_t pread64(int fd, void *buf, size_t size, off64_t offset)
{
    static ssize_t (*real)(int, void *, size_t, off64_t);
    if (real == NULL)
        find_real("pread64", &real);
    ssize_t got = real(fd, buf, size, offset);
    if (fd >= 0 && fd < DESCRIPTORS && watched[fd])
        add_line("%jd %zu\n", (intmax_t)offset, size);
    return got;
}

ssize_t __pread64_chk(int fd, void *buf, size_t size, off64_t offset, size_t room);
ssize_t __pread64_chk(int fd, void *buf, size_t size, off64_t offset, size_t room)
{
    (void)room;
    return pread64(fd, buf, size, offset);
}
