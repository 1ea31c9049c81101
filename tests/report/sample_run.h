// SPDX-License-Identifier: MIT
//
// A small run for the tests of what is drawn from many dumps.
#ifndef BT_TESTS_SAMPLE_RUN_H
#define BT_TESTS_SAMPLE_RUN_H

#include "report/run.h"

struct sample_run {
    struct bt_run_article articles[1];
    struct bt_run_evidence evidence[3];
    struct bt_run_advice advice[1];
    struct bt_run_example example;
    struct bt_run_problem problems[2];
    struct bt_run_count drivers[1], machines[2], unreadable[1];
    struct bt_run_row rows[3];
    uint32_t days[3];
    const char *knowledge[2];
    struct bt_run run;
};

static inline void fill_sample_problems(struct sample_run *s)
{
    s->articles[0] = (struct bt_run_article){.id = "KB1",
                                             .title = "Stop & go",
                                             .url = "https://example.org/?a=1&b=2",
                                             .best = BT_FIT_STRONG,
                                             .dumps = 4,
                                             .has_fix = true};
    s->articles[0].by_fit[BT_FIT_STRONG] = 4;
    s->articles[0].by_fix[BT_FIX_NEEDED] = 3;
    s->articles[0].by_fix[BT_FIX_INSTALLED] = 1;
    s->evidence[0] = (struct bt_run_evidence){"stop code 0xD1", BT_TRUE, NULL};
    s->evidence[1] = (struct bt_run_evidence){"build < 6002", BT_FALSE, "it is 7601"};
    s->evidence[2] = (struct bt_run_evidence){"fixed version", BT_UNKNOWN, NULL};
    s->advice[0] = (struct bt_run_advice){.id = "KB1",
                                          .fit = BT_FIT_STRONG,
                                          .cause = "a race",
                                          .evidence = s->evidence,
                                          .evidence_count = 3};
    s->example = (struct bt_run_example){.path = "a.dmp",
                                         .description = "A driver did it.",
                                         .parameters = {{"0x8", "address", "low"}},
                                         .verdict_reason = "it lies in it",
                                         .advice = s->advice,
                                         .advice_count = 1};
    s->problems[0] = (struct bt_run_problem){.group = "g1:d1",
                                             .code = "0x000000d1",
                                             .code_name = "IRQL",
                                             .culprit = "<script>alert(1)</script>.sys",
                                             .dumps = 4,
                                             .machines = 2,
                                             .articles = s->articles,
                                             .article_count = 1,
                                             .example = &s->example};
    s->problems[1] = (struct bt_run_problem){
        .group = "g1:50", .code = "0x00000050", .dumps = 1, .is_new = true};
}

static inline void fill_sample_run(struct sample_run *s)
{
    bt_filetime day = bt_filetime_from_civil((struct bt_civil){2020, 2, 28, 0, 0, 0});
    *s = (struct sample_run){.days = {4, 0, 1}, .knowledge = {"k1", "k2"}};
    fill_sample_problems(s);
    s->drivers[0] = (struct bt_run_count){.name = "acme.sys", .detail = "Acme", .dumps = 4};
    s->machines[0] = (struct bt_run_count){.name = "H1", .dumps = 4, .problems = 2};
    s->machines[1] = (struct bt_run_count){.name = "H2", .dumps = 1, .problems = 1};
    s->unreadable[0] = (struct bt_run_count){.name = "empty", .detail = "x.dmp", .dumps = 1};
    s->rows[0] = (struct bt_run_row){
        .path = "a\"b.dmp", .machine = "H1", .time = bt_some64(day), .status = "ok"};
    s->rows[1] = (struct bt_run_row){.path = "c.dmp", .status = "ok", .group = 1};
    s->rows[2] = (struct bt_run_row){.path = "x.dmp",
                                     .status = "unreadable",
                                     .problem = "empty",
                                     .group = BT_RUN_NO_PROBLEM};
    s->run = (struct bt_run){
        .tool_version = "0.1.0",
        .knowledge = s->knowledge,
        .knowledge_count = 2,
        .records = 6,
        .crashes = 5,
        .by_status = {[BT_READ_OK] = 5, [BT_READ_UNREADABLE] = 1},
        .with_article = 4,
        .has_baseline = true,
        .new_problems = 1,
        .first = bt_some64(day),
        .last = bt_some64(day + 2 * 86400 * BT_TICKS_PER_SECOND),
        .problems = s->problems,
        .problem_count = 2,
        .articles = s->articles,
        .article_count = 1,
        .drivers = s->drivers,
        .driver_count = 1,
        .machines = s->machines,
        .machine_count = 2,
        .unreadable = s->unreadable,
        .unreadable_count = 1,
        .days = s->days,
        .day_count = 3,
        .day_first = day,
        .rows = s->rows,
        .row_count = 3,
    };
}

#endif
