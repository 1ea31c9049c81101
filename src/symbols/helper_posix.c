// SPDX-License-Identifier: MIT
//
// Messages in both directions: u32 size in the machine's own order, then the bytes.
#include "symbols/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "symbols/confine.h"

enum { REQUEST_MAX = 4096, KEPT_FD = 3, SOCKET_FD = 4 };

struct bt_helper {
    pid_t pid; // 0: ended
    int fd;
    struct bt_helper_limits limits;
    struct bt_error end; // why it ended
};

struct service {
    void (*serve)(void *self, struct bt_span request, struct bt_buf *answer);
    void *self;
    const struct bt_helper_limits *limits;
};

static bool read_all(int fd, void *buf, size_t size)
{
    char *at = buf;
    while (size != 0) {
        ssize_t got = read(fd, at, size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        at += got;
        size -= (size_t)got;
    }
    return true;
}

static bool write_all(int fd, const void *buf, size_t size)
{
    const char *at = buf;
    while (size != 0) {
        ssize_t put = write(fd, at, size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        at += put;
        size -= (size_t)put;
    }
    return true;
}

// Answers until the parent closes its end.
static void answer_requests(const struct service *service)
{
    static uint8_t request[REQUEST_MAX];
    struct bt_buf answer;
    uint32_t size;
    bt_buf_init(&answer, service->limits->answer_bytes);
    while (read_all(SOCKET_FD, &size, sizeof size) && size <= sizeof request &&
           read_all(SOCKET_FD, request, size)) {
        bt_buf_clear(&answer);
        service->serve(service->self, (struct bt_span){.data = request, .size = size}, &answer);
        size = answer.status == BT_OK ? (uint32_t)answer.size : 0;
        if (!write_all(SOCKET_FD, &size, sizeof size) ||
            !write_all(SOCKET_FD, answer.data, size))
            return;
    }
}

// Moves the two descriptors that count to known numbers and closes all others.
static bool keep_only(int fd, int socket_fd)
{
    // Out of the way first: either may have one of the numbers.
    int file = fcntl(fd, F_DUPFD, SOCKET_FD + 1), end = fcntl(socket_fd, F_DUPFD, file + 1);
    int null = open("/dev/null", O_RDWR);
    if (file < 0 || end < 0)
        return false;
    // A sandbox may not let us open it: then the file stands there, which cannot be written to.
    if (null < 0)
        null = file;
    for (int standard = 0; standard < KEPT_FD; standard++) {
        if (dup2(null, standard) < 0)
            return false;
    }
    if (dup2(file, KEPT_FD) < 0 || dup2(end, SOCKET_FD) < 0)
        return false;
    bt_close_from(SOCKET_FD + 1);
    return true;
}

static void run_child(int fd, int socket_fd, const struct service *service)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGILL,  SIGFPE,  SIGABRT, SIGTERM,
                                  SIGINT,  SIGHUP, SIGALRM, SIGXCPU, SIGPIPE};
    for (size_t i = 0; i < BT_COUNT(signals); i++)
        signal(signals[i], SIG_DFL); // the parent's handlers mean the parent
    if (keep_only(fd, socket_fd) &&
        bt_confine_self(service->limits->cpu_seconds, service->limits->memory))
        answer_requests(service);
}

enum bt_status bt_helper_start(int fd, const struct bt_helper_limits *limits,
                               void (*serve)(void *self, struct bt_span request,
                                             struct bt_buf *answer),
                               void *self, struct bt_helper **ret, struct bt_error *err)
{
    struct service service = {.serve = serve, .self = self, .limits = limits};
    int ends[2];
    struct bt_helper *helper = calloc(1, sizeof *helper);
    if (helper == NULL)
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
        free(helper);
        return BT_FAIL_OS(err, errno, "no socket for a child process");
    }
    pid_t pid = fork();
    if (pid == 0) {
        run_child(fd, ends[1], &service);
        _exit(1);
    }
    int failure = errno;
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        free(helper);
        return BT_FAIL_OS(err, failure, "no child process");
    }
    (void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    *helper = (struct bt_helper){.pid = pid, .fd = ends[0], .limits = *limits};
    *ret = helper;
    return BT_OK;
}

// Ends the child and returns its wait status.
static int reap(struct bt_helper *helper)
{
    int status = 0;
    kill(helper->pid, SIGKILL);
    while (waitpid(helper->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    helper->pid = 0;
    close(helper->fd);
    return status;
}

void bt_helper_stop(struct bt_helper *helper)
{
    if (helper == NULL)
        return;
    if (helper->pid != 0)
        (void)reap(helper);
    free(helper);
}

static uint64_t now_milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

enum wait_result { WAIT_DATA, WAIT_TIMEOUT, WAIT_CLOSED };

// The next bytes of the child's answer before the deadline.
static enum wait_result receive(const struct bt_helper *helper, uint64_t deadline, void *buf,
                                size_t size)
{
    char *at = buf;
    while (size != 0) {
        uint64_t now = now_milliseconds();
        struct pollfd poller = {.fd = helper->fd, .events = POLLIN};
        if (now >= deadline)
            return WAIT_TIMEOUT;
        int ready = poll(&poller, 1, (int)(deadline - now));
        if (ready == 0)
            return WAIT_TIMEOUT;
        ssize_t got = ready > 0 ? recv(helper->fd, at, size, MSG_DONTWAIT) : -1;
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got <= 0)
            return WAIT_CLOSED;
        at += got;
        size -= (size_t)got;
    }
    return WAIT_DATA;
}

static bool send_all(int fd, const void *buf, size_t size)
{
    const char *at = buf;
    while (size != 0) {
        ssize_t put = send(fd, at, size, MSG_NOSIGNAL);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        at += put;
        size -= (size_t)put;
    }
    return true;
}

// Ends the child and remembers why.
static enum bt_status give_up(struct bt_helper *helper, enum wait_result why,
                              struct bt_error *err)
{
    int status = reap(helper);
    if (why == WAIT_TIMEOUT)
        bt_error_set(&helper->end, BT_E_LIMIT, BT_NO_OFFSET, "could not be read within %u ms",
                     helper->limits.answer_milliseconds);
    else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
        bt_error_set(&helper->end, BT_E_LIMIT, BT_NO_OFFSET,
                     "could not be read within %u s of processor time",
                     helper->limits.cpu_seconds);
    else if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
        bt_error_set(&helper->end, BT_E_CORRUPT, BT_NO_OFFSET,
                     "crashed the library that reads it (signal %d)", WTERMSIG(status));
    else
        bt_error_set(&helper->end, BT_E_CORRUPT, BT_NO_OFFSET,
                     "ended the process that reads it");
    if (err != NULL)
        *err = helper->end;
    return helper->end.status;
}

static enum wait_result exchange(struct bt_helper *helper, struct bt_span request,
                                 struct bt_buf *answer)
{
    uint64_t deadline = now_milliseconds() + helper->limits.answer_milliseconds;
    uint32_t size = (uint32_t)request.size;
    char chunk[4096];
    if (!send_all(helper->fd, &size, sizeof size) ||
        !send_all(helper->fd, request.data, request.size))
        return WAIT_CLOSED;
    enum wait_result got = receive(helper, deadline, &size, sizeof size);
    if (got == WAIT_DATA && size > helper->limits.answer_bytes)
        return WAIT_CLOSED;
    while (got == WAIT_DATA && size != 0) {
        size_t part = size < sizeof chunk ? size : sizeof chunk;
        got = receive(helper, deadline, chunk, part);
        bt_buf_add(answer, chunk, part);
        size -= (uint32_t)part;
    }
    return got;
}

enum bt_status bt_helper_ask(struct bt_helper *helper, struct bt_span request,
                             struct bt_buf *answer, struct bt_error *err)
{
    BT_CHECK(request.size <= REQUEST_MAX, err);
    if (helper->pid == 0) {
        if (err != NULL)
            *err = helper->end;
        return helper->end.status;
    }
    bt_buf_clear(answer);
    enum wait_result got = exchange(helper, request, answer);
    if (got != WAIT_DATA)
        return give_up(helper, got, err);
    return bt_buf_status(answer, err);
}
