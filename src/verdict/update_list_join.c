// SPDX-License-Identifier: MIT
//
// Whether a list of updates can be one of the machine that crashed.
#include <string.h>

#include "base/text.h"
#include "verdict/update_list.h"

// Releases that differ in a package that switches features on, and in nothing that a dump
// tells: a dump has the first number, the system calls itself by the last.
static uint32_t plain_build(uint32_t build)
{
    static const struct {
        uint32_t first, last;
    } same[] = {{18362, 18363}, {19041, 19045}, {22621, 22631}, {26100, 26200}};
    for (size_t i = 0; i < BT_COUNT(same); i++) {
        if (build >= same[i].first && build <= same[i].last)
            return same[i].first;
    }
    return build;
}

// Names of one host: without regard to case, to the domain behind, or to what is cut of a name
// of NetBIOS, which has 15 characters.
static bool is_same_host(const char *a, const char *b)
{
    enum { NETBIOS = 15 };
    size_t a_size = strcspn(a, "."), b_size = strcspn(b, ".");
    size_t least = a_size < b_size ? a_size : b_size;
    return (a_size == b_size || least == NETBIOS) && bt_ieq_n(a, b, least);
}

// What the program that crashed attached to its dump. A kernel dump does not tell its host.
static const char *find_host(const struct bt_crash *crash)
{
    for (size_t i = 0; i < crash->annotation_count; i++) {
        const struct bt_annotation *annotation = &crash->annotations[i];
        if (bt_is_host_key(annotation->key) && annotation->value != NULL &&
            *annotation->value != '\0')
            return annotation->value;
    }
    return NULL;
}

const char *bt_update_list_refuse(const struct bt_update_list *list,
                                  const struct bt_crash *crash)
{
    const struct bt_system *system = &crash->system;
    if (list->build.known && system->build.known &&
        plain_build(list->build.value) != plain_build(system->build.value))
        return "its build of Windows is another one";
    if (list->arch != BT_ARCH_UNKNOWN && system->arch != BT_ARCH_UNKNOWN &&
        list->arch != system->arch && crash->format != BT_FORMAT_USER_MINIDUMP)
        return "its architecture is another one";
    if (list->host != NULL && crash->machine.name != NULL &&
        !is_same_host(list->host, crash->machine.name))
        return "its name is another one";
    const char *host = find_host(crash);
    if (list->host != NULL && host != NULL && !is_same_host(list->host, host))
        return "the dump tells another name of its host";
    return NULL;
}
