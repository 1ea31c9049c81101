// SPDX-License-Identifier: MIT
//
// One result for the tests of the report room: a server that stopped with 0xD6 in mountmgr.sys,
// with one article that fits and one that does not. Tests change copies of it.
#ifndef BT_TESTS_SAMPLE_RESULT_H
#define BT_TESTS_SAMPLE_RESULT_H

#include "verdict/result.h"

struct sample {
    struct bt_crash crash;
    struct bt_module modules[2];
    struct bt_unloaded_module unloaded[1];
    struct bt_frame frames[1];
    struct bt_evidence evidence[3];
    struct bt_evidence against[1];
    struct bt_fix_file files[1];
    struct bt_match matches[2];
    struct bt_result result;
};

static const char *sample_questions[] = {"Was a volume unmounted just before?"};
static const char *sample_checks[] = {"Which volume was it?"};

static inline void fill_crash(struct sample *s)
{
    s->modules[0] = (struct bt_module){
        .name = "ntoskrnl.exe", .base = 0xfffff80001600000, .size = 0x5dc000};
    s->modules[1] = (struct bt_module){
        .name = "mountmgr.sys",
        .path = "\\SystemRoot\\System32\\drivers\\mountmgr.sys",
        .base = 0xfffff80001e3e000,
        .size = 0x14000,
        .timestamp = bt_some32(0x49e02ac8),
        .file_version = bt_some64(bt_file_version_make(6, 0, 6002, 18005)),
    };
    s->unloaded[0] = (struct bt_unloaded_module){
        .name = "dump_storport", .base = 0xfffff80002000000, .end = 0xfffff80002008000};
    s->frames[0] = (struct bt_frame){
        .address = 0xfffff80001e43a10, .module = &s->modules[1], .trust = BT_TRUST_SCAN};
    s->crash = (struct bt_crash){
        .format = BT_FORMAT_KERNEL_TRIAGE,
        .status = BT_READ_OK,
        .time = bt_some64(bt_filetime_from_unix(1257149695)), // date -d 2009-11-02T08:14:55Z
        .uptime = bt_some64(76 * 3600 * BT_TICKS_PER_SECOND),
        .stop = {.present = true,
                 .raw = 0x100000d6,
                 .code = 0xd6,
                 .parameters = {0xfffff98004c8f000, 0, 0xfffff80001e43a10, 0},
                 .parameter_bits = 64,
                 .parameter_count = 4},
        .system = {.platform = BT_PLATFORM_WINDOWS,
                   .arch = BT_ARCH_X64,
                   .build = bt_some32(6002),
                   .service_pack = bt_some32(2),
                   .product_type = BT_PRODUCT_SERVER,
                   .processors = bt_some32(8),
                   .name = "Windows Server 2008",
                   .version = "6.0.6002"},
        .process = {.name = "System", .pid = bt_some64(4)},
        .processor = bt_some32(2),
        .modules = s->modules,
        .module_count = 2,
        .unloaded = s->unloaded,
        .unloaded_count = 1,
        .frames = s->frames,
        .frame_count = 1,
    };
}

static inline void fill_matches(struct sample *s)
{
    s->evidence[0] = (struct bt_evidence){"stop code 0xD6", BT_TRUE, NULL, false};
    s->evidence[1] = (struct bt_evidence){"mountmgr.sys raised it", BT_TRUE, NULL, true};
    s->evidence[2] =
        (struct bt_evidence){"fixed version", BT_UNKNOWN, "never published", false};
    s->against[0] = (struct bt_evidence){"arch == x86", BT_FALSE, "it is x64", true};
    s->files[0] = (struct bt_fix_file){.name = "mountmgr.sys",
                                       .platform = BT_ARCH_X64,
                                       .found_version = s->modules[1].file_version};
    s->matches[0] = (struct bt_match){
        .article = "KB977153",
        .title = "Stop error when a volume is unmounted or a snapshot deleted",
        .fit = BT_FIT_STRONG,
        .evidence = s->evidence,
        .evidence_count = 3,
        .ask = sample_questions,
        .ask_count = 1,
        .cause = "The mount manager takes a lock again without looking whether a volume went.",
        .fix = {.present = true,
                .kind = "hotfix",
                .files = s->files,
                .file_count = 1,
                .prerequisites = "SP2",
                .restart = "yes",
                .replaces = "nothing"},
    };
    s->matches[1] = (struct bt_match){
        .article = "Q1", .title = "Other", .evidence = s->against, .evidence_count = 1};
}

// The structures point into each other: fill in place, never copy.
static inline void fill_sample(struct sample *s)
{
    *s = (struct sample){0};
    fill_crash(s);
    fill_matches(s);
    s->result = (struct bt_result){
        .input = {.path = "MEMORY.DMP", .size = 287104},
        .kb_version = "1234abcd",
        .kb_articles = 4,
        .crash = &s->crash,
        .stop = {.name = "DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION",
                 .description = "A driver read or wrote past the end of its pool allocation.",
                 .checks = sample_checks,
                 .check_count = 1},
        .verdict = {.culprit = {.module = "mountmgr.sys",
                                .offset = 0x5a10,
                                .has_offset = true,
                                .version = s->modules[1].file_version,
                                .confidence = BT_CONFIDENCE_HIGH,
                                .reason = "parameter 3 lies in it"},
                    .reason = "parameter 3 lies in it"},
        .matches = {.items = s->matches, .count = 2, .fitting = 1, .misfits = 1, .mentions = 2},
    };
    struct bt_parameter *p = s->result.stop.parameters;
    for (size_t i = 0; i < 4; i++) {
        p[i].value = s->crash.stop.parameters[i];
        p[i].known = true;
    }
    p[0].role = "address that was touched";
    p[1].role = "kind of access";
    p[1].meaning = "read";
    p[2].role = "instruction";
    p[2].kind = "instruction";
    p[2].module = "mountmgr.sys";
    p[2].offset = 0x5a10;
}

#endif
