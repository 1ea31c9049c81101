// SPDX-License-Identifier: MIT
#include "batch/pool_worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

enum {
    HEADER = sizeof(uint64_t),
    LEAST_READ = 256 * 1024,
    INBOX = 8 * 1024,
    // Room for a few answers; what a pipe has without being asked is less than one.
    PIPE_SIZE = 1 << 20,
    PIPE_SIZE_USUAL = 1 << 16,
};

// Bits in the size of an answer: more follows, and: this is none.
static const uint64_t PART = UINT64_C(1) << 63;
static const uint64_t NOTE = UINT64_C(1) << 62;

// Questions as they come in, several with one call.
struct inbox {
    int fd;
    size_t at, end; // data[at, end) is not yet taken
    char data[INBOX];
};

// False where there are no more.
static bool take(struct inbox *in, void *ret, size_t size)
{
    for (size_t done = 0; done < size;) {
        if (in->at == in->end) {
            ssize_t got = read(in->fd, in->data, sizeof in->data);
            if (got < 0 && errno == EINTR)
                continue;
            if (got <= 0)
                return false;
            in->at = 0;
            in->end = (size_t)got;
        }
        size_t there = in->end - in->at;
        size_t some = there < size - done ? there : size - done;
        memcpy((char *)ret + done, &in->data[in->at], some);
        in->at += some;
        done += some;
    }
    return true;
}

static bool write_all(int fd, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t put = write(fd, data, size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        data += put;
        size -= (size_t)put;
    }
    return true;
}

struct worker_reply {
    struct bt_pool_reply reply;
    int fd;
    bool failed; // the leader has gone, or the answer was too large
};

// The bytes of the header are in front of the answer, to be filled in.
static void start_answer(struct bt_buf *answer)
{
    bt_buf_clear(answer);
    bt_buf_fill(answer, '\0', HEADER);
}

static void send_answer(struct worker_reply *r, uint64_t flag)
{
    struct bt_buf *answer = r->reply.answer;
    r->failed = r->failed || bt_buf_status(answer, NULL) != BT_OK;
    if (!r->failed) {
        uint64_t size = (answer->size - HEADER) | flag;
        memcpy(answer->data, &size, sizeof size);
        r->failed = !write_all(r->fd, answer->data, answer->size);
    }
    start_answer(answer);
}

static void send_part(struct bt_pool_reply *self)
{
    struct worker_reply *r = (struct worker_reply *)self;
    if (self->answer->size > HEADER || bt_buf_status(self->answer, NULL) != BT_OK)
        send_answer(r, PART);
}

static void send_note(struct bt_pool_reply *self, const char *text, size_t size)
{
    struct worker_reply *r = (struct worker_reply *)self;
    uint64_t header = size | NOTE;
    r->failed = r->failed || !write_all(r->fd, (const char *)&header, sizeof header) ||
                !write_all(r->fd, text, size);
}

// The life of a worker: question, answer, until there are no more questions.
static void answer_questions(int question_fd, int answer_fd,
                             const struct bt_pool_options *options)
{
    struct bt_buf question, answer;
    struct inbox in = {.fd = question_fd};
    uint64_t size;
    bt_buf_init(&question, SIZE_MAX / 2);
    bt_buf_init(&answer, options->answer_limit + HEADER);
    struct worker_reply r = {
        .reply = {.answer = &answer, .flush = send_part, .note = send_note}, .fd = answer_fd};
    while (!r.failed && take(&in, &size, sizeof size)) {
        bt_buf_clear(&question);
        bt_buf_fill(&question, '\0', (size_t)size);
        if (bt_buf_status(&question, NULL) != BT_OK || !take(&in, question.data, (size_t)size))
            break;
        start_answer(&answer);
        options->work(options->context, bt_buf_cstr(&question), (size_t)size, &r.reply);
        send_answer(&r, 0); // an answer that is too large is no answer
    }
    bt_buf_fini(&question);
    bt_buf_fini(&answer);
}

// A worker must hold no end of another worker's pipe, nor the output file.
static void close_all_but(int a, int b)
{
    int low = a < b ? a : b;
    int high = a < b ? b : a;
    for (int fd = STDERR_FILENO + 1; fd < low; fd++)
        close(fd);
    for (int fd = low + 1; fd < high; fd++)
        close(fd);
#if defined(__linux__) && defined(SYS_close_range)
    if (syscall(SYS_close_range, (unsigned)high + 1, ~0u, 0) == 0)
        return;
#endif
    long most = sysconf(_SC_OPEN_MAX);
    for (int fd = high + 1; fd < most && fd < 65536; fd++)
        close(fd);
}

// The terminal's signals are for the process that leads.
static void become_worker(const struct bt_pool_options *options, pid_t leader)
{
    static const int ignored[] = {SIGINT, SIGHUP, SIGQUIT, SIGPIPE};
    static const int usual[] = {SIGTERM, SIGCHLD};
    for (size_t i = 0; i < BT_COUNT(ignored); i++)
        signal(ignored[i], SIG_IGN);
    for (size_t i = 0; i < BT_COUNT(usual); i++)
        signal(usual[i], SIG_DFL);
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    if (getppid() != leader) // it has gone in the meantime
        _exit(EXIT_FAILURE);
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (null >= 0 && null != STDOUT_FILENO) {
        dup2(null, STDOUT_FILENO);
        close(null);
    }
    (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0});
#ifndef BUGTRIAGE_SANITIZED // sanitizers reserve terabytes of address space
    if (options->memory != 0)
        (void)setrlimit(RLIMIT_AS, &(struct rlimit){.rlim_cur = options->memory,
                                                    .rlim_max = options->memory});
#else
    (void)options;
#endif
}

static void run_worker(int question_fd, int answer_fd, const struct bt_pool_options *options,
                       pid_t leader)
{
    struct bt_error err;
    become_worker(options, leader);
    close_all_but(question_fd, answer_fd);
    if (options->prepare != NULL && options->prepare(options->context, &err) != BT_OK)
        _exit(EXIT_FAILURE);
    answer_questions(question_fd, answer_fd, options);
    _exit(EXIT_SUCCESS);
}

static void set_up_pipe(int fd)
{
    (void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

enum bt_status bt_pool_worker_start(struct bt_pool_worker *worker,
                                    const struct bt_pool_options *options, struct bt_error *err)
{
    int questions[2], answers[2];
    if (pipe(questions) != 0)
        return BT_FAIL_OS(err, errno, "no pipe can be made for a worker");
    if (pipe(answers) != 0) {
        int reason = errno;
        close(questions[0]);
        close(questions[1]);
        return BT_FAIL_OS(err, reason, "no pipe can be made for a worker");
    }
    pid_t leader = getpid();
    pid_t pid = fork();
    if (pid == 0)
        run_worker(questions[0], answers[1], options, leader);
    int reason = errno;
    close(questions[0]);
    close(answers[1]);
    if (pid < 0) {
        close(questions[1]);
        close(answers[0]);
        return BT_FAIL_OS(err, reason, "no worker can be started");
    }
    set_up_pipe(questions[1]);
    set_up_pipe(answers[0]);
    int pipe_size = PIPE_SIZE_USUAL;
#ifdef F_SETPIPE_SZ
    if (fcntl(answers[0], F_SETPIPE_SZ, PIPE_SIZE) >= 0)
        pipe_size = PIPE_SIZE;
#endif
    worker->pid = pid;
    worker->question_fd = questions[1];
    worker->answer_fd = answers[0];
    worker->sent = 0;
    bt_buf_clear(&worker->unsent);
    worker->received_at = worker->received_end = 0;
    worker->gone = false;
    worker->pipe_size = (size_t)pipe_size;
    return BT_OK;
}

static void describe_end(int status, char *reason, size_t size)
{
    if (WIFSIGNALED(status))
        snprintf(reason, size, "killed by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    else
        snprintf(reason, size, "ended with status %d", WEXITSTATUS(status));
}

void bt_pool_worker_end(struct bt_pool_worker *worker, char *reason, size_t size)
{
    int status = 0;
    if (worker->pid == 0)
        return;
    close(worker->question_fd);
    close(worker->answer_fd);
    kill(worker->pid, SIGKILL);
    while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (reason != NULL)
        describe_end(status, reason, size);
    worker->pid = 0;
}

bool bt_pool_worker_send(struct bt_pool_worker *worker)
{
    while (worker->sent < worker->unsent.size) {
        ssize_t put = write(worker->question_fd, &worker->unsent.data[worker->sent],
                            worker->unsent.size - worker->sent);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return errno == EAGAIN;
        worker->sent += (size_t)put;
    }
    bt_buf_clear(&worker->unsent);
    worker->sent = 0;
    return true;
}

// The size that the next answer says it has; false before its first bytes are there.
static bool read_header(const struct bt_pool_worker *worker, uint64_t *ret,
                        enum bt_pool_outcome *ret_kind)
{
    if (worker->received_end - worker->received_at < HEADER)
        return false;
    memcpy(ret, &worker->received[worker->received_at], HEADER);
    *ret_kind = (*ret & PART) != 0   ? BT_POOL_PART
                : (*ret & NOTE) != 0 ? BT_POOL_NOTE
                                     : BT_POOL_ANSWERED;
    *ret &= ~(PART | NOTE);
    return true;
}

bool bt_pool_worker_take(struct bt_pool_worker *worker, const char **ret_data, size_t *ret_size,
                         enum bt_pool_outcome *ret_kind)
{
    uint64_t size;
    if (!read_header(worker, &size, ret_kind) ||
        size > worker->received_end - worker->received_at - HEADER)
        return false;
    *ret_data = &worker->received[worker->received_at + HEADER];
    *ret_size = (size_t)size;
    worker->received_at += HEADER + (size_t)size;
    return true;
}

bool bt_pool_worker_has_answer(const struct bt_pool_worker *worker)
{
    uint64_t size;
    enum bt_pool_outcome kind;
    return read_header(worker, &size, &kind) &&
           size <= worker->received_end - worker->received_at - HEADER;
}

bool bt_pool_worker_lies(const struct bt_pool_worker *worker, size_t limit)
{
    uint64_t size;
    enum bt_pool_outcome kind;
    return read_header(worker, &size, &kind) && size > limit;
}

// Room for the rest of the next answer, or for a good part of those after it.
static bool make_room(struct bt_pool_worker *worker, size_t limit)
{
    uint64_t size = 0;
    enum bt_pool_outcome kind;
    size_t there = worker->received_end - worker->received_at;
    if (read_header(worker, &size, &kind) && size > limit)
        return false;
    if (worker->received_at != 0)
        memmove(worker->received, &worker->received[worker->received_at], there);
    worker->received_at = 0;
    worker->received_end = there;
    size_t needed = (size_t)size > there ? HEADER + (size_t)size : there + LEAST_READ;
    if (needed <= worker->received_capacity)
        return true;
    size_t capacity = needed + needed / 2;
    char *received = realloc(worker->received, capacity);
    if (received == NULL)
        return false;
    worker->received = received;
    worker->received_capacity = capacity;
    return true;
}

bool bt_pool_worker_receive(struct bt_pool_worker *worker, size_t limit)
{
    if (!make_room(worker, limit))
        return false;
    ssize_t got = read(worker->answer_fd, &worker->received[worker->received_end],
                       worker->received_capacity - worker->received_end);
    if (got < 0)
        return errno == EINTR || errno == EAGAIN;
    worker->received_end += (size_t)got;
    worker->brought += (size_t)got;
    return got > 0;
}
