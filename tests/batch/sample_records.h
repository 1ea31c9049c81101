// SPDX-License-Identifier: MIT
//
// Records for the tests of the batch room, made from the few facts that matter there.
#ifndef BT_TESTS_SAMPLE_RECORDS_H
#define BT_TESTS_SAMPLE_RECORDS_H

#include <stdio.h>

struct sample_record {
    const char *path;
    const char *time;    // NULL: null
    const char *code;    // "0x000000d1"
    const char *group;   // NULL: unreadable
    const char *culprit; // NULL: null
    const char *system;
    const char *matches; // the JSON array; NULL: []
    const char *problem; // code, of an unreadable one
};

static inline const char *quote(const char *text, char *out, size_t size)
{
    if (text == NULL)
        return "null";
    snprintf(out, size, "\"%s\"", text);
    return out;
}

// One line, without its line feed.
static inline const char *make_record(const struct sample_record *r, char *out, size_t size)
{
    char time[64], culprit[128], group[256], problem[128];
    if (r->problem != NULL)
        snprintf(problem, sizeof problem, "{\"code\":\"%s\",\"message\":\"m\"}", r->problem);
    snprintf(out, size,
             "{\"schema\":\"bugtriage.record/1\",\"tool\":{\"version\":\"0.1.0\",\"kb\":"
             "{\"version\":\"k1\",\"articles\":2}},\"input\":{\"path\":\"%s\",\"size\":5},"
             "\"status\":\"%s\",\"problem\":%s,\"warnings\":[],\"crash\":{\"time\":%s,"
             "\"stop\":{\"code\":\"%s\",\"name\":\"N\"},\"exception\":null},"
             "\"system\":{\"name\":\"%s\",\"architecture\":\"x64\",\"service_pack\":2},"
             "\"verdict\":{\"culprit\":{\"module\":%s,\"company\":\"Acme\"},\"candidates\":"
             "[{\"module\":\"other.sys\"}]},\"signature\":{\"group\":%s},\"matches\":%s,"
             "\"stack\":[],\"modules\":[{\"name\":\"x\"}]}",
             r->path, r->group == NULL ? "unreadable" : "ok",
             r->problem != NULL ? problem : "null", quote(r->time, time, sizeof time),
             r->code != NULL ? r->code : "0x000000d1",
             r->system != NULL ? r->system : "Windows Server 2008",
             quote(r->culprit, culprit, sizeof culprit), quote(r->group, group, sizeof group),
             r->matches != NULL ? r->matches : "[]");
    return out;
}

#endif
