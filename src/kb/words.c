// SPDX-License-Identifier: MIT
#include "kb/words.h"

#include <string.h>

#include "base/attributes.h"
#include "base/text.h"

#define WORDS(name, ...)                                                                       \
    static const char *const name##_items[] = {__VA_ARGS__};                                   \
    const struct bt_kb_words name = {name##_items, BT_COUNT(name##_items)}

WORDS(bt_kb_stop_classes, "driver", "memory", "pool", "storage", "filesystem", "hardware",
      "power", "graphics", "process", "boot", "verifier", "security", "network", "usb",
      "virtualization", "watchdog", "registry", "scheduler", "cache", "io", "audio", "kernel",
      "livedump", "other", "phone", "xbox", "message", "banner");

WORDS(bt_kb_blames, "driver", "hardware", "process", "storage", "boot", "request", "any");

WORDS(bt_kb_parameter_kinds, "value", "flags", "count", "time", "size", "status", "irql",
      "access", "processor", "trap-number", "source-line", "sub-code", "bit-pattern", "handle",
      "instruction", "address", "pointer", "stack-address", "pool-block", "pool-header",
      "pool-tag", "pte", "pfn", "irp", "device-object", "driver-object", "file-object",
      "process", "thread", "prcb", "exception-record", "context", "trap-frame", "task-state",
      "string", "whea-record", "watchdog-block", "object", "routine");

WORDS(bt_kb_architectures, "x86", "x64", "arm", "arm64", "ia64", "alpha", "alpha64", "mips",
      "ppc");

WORDS(bt_kb_product_types, "workstation", "domain controller", "server");

WORDS(bt_kb_roles, "unknown", "kernel", "infrastructure", "inbox", "driver", "vulnerable");

// In the order of bt_kb_place_system and bt_kb_place_kind.
WORDS(bt_kb_place_systems, "kernel", "windows", "apple", "android", "linux", "unix");
WORDS(bt_kb_place_kinds, "name", "folder", "libraries", "inside", "program");

WORDS(bt_kb_fix_kinds, "hotfix", "update", "service-pack", "vendor", "firmware", "downgrade",
      "setting", "hardware", "none");

WORDS(bt_kb_link_kinds, "supersedes", "superseded-by", "regression-of", "revealed-by",
      "related");

bool bt_kb_word_find(const struct bt_kb_words *words, const char *text, size_t *ret)
{
    for (size_t i = 0; i < words->count; i++) {
        if (bt_ieq(words->items[i], text)) {
            *ret = i;
            return true;
        }
    }
    return false;
}

enum { SUGGEST_MAX = 40 };

// Edit distance (insert, delete, replace, swap of neighbours) of two short words; words that
// are too long to be compared are far apart.
static size_t measure_distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    if (n > SUGGEST_MAX || m > SUGGEST_MAX)
        return SUGGEST_MAX;
    size_t row[3][SUGGEST_MAX + 1] = {{0}};
    for (size_t j = 0; j <= m; j++)
        row[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *now = row[i % 3], *above = row[(i - 1) % 3], *two_above = row[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t cost = bt_lower(a[i - 1]) != bt_lower(b[j - 1]);
            size_t best = above[j - 1] + cost;
            if (above[j] + 1 < best)
                best = above[j] + 1;
            if (now[j - 1] + 1 < best)
                best = now[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                two_above[j - 2] + 1 < best)
                best = two_above[j - 2] + 1;
            now[j] = best;
        }
    }
    return row[n % 3][m];
}

// Names that others use, whose spelling does not lead to ours.
static const struct {
    const char *other, *ours;
} synonyms[] = {
    {"amd64", "x64"},
    {"x86-64", "x64"},
    {"x86_64", "x64"},
    {"i386", "x86"},
    {"ia-64", "ia64"},
    {"itanium", "ia64"},
    {"dc", "domain controller"},
    {"patch", "hotfix"},
    {"qfe", "hotfix"},
    {"driver", "vendor"},
    {"sp", "service-pack"},
    {"see-also", "related"},
    {"description", "symptoms"},
    {"fixed", "installed"},
    {"os", "os.build"},
    {"windows", "os"},
    {"bugcheck", "stop"},
    {"system", "os"},
    {"parameters", "sample"},
    {"params", "sample"},
    {"codes", "code"},
    {"link", "url"},
    {"summary", "symptoms"},
    {"solution", "resolution"},
    {"conditions", "rule"},
    {"questions", "ask"},
    {"products", "applies"},
    {"required", "yes"},
    {"module", "loaded"},
};

static const char *find_synonym(const struct bt_kb_words *words, const char *text)
{
    size_t index = 0;
    for (size_t i = 0; i < BT_COUNT(synonyms); i++) {
        if (bt_ieq(synonyms[i].other, text) && bt_kb_word_find(words, synonyms[i].ours, &index))
            return words->items[index];
    }
    return NULL;
}

const char *bt_kb_word_suggest(const struct bt_kb_words *words, const char *text)
{
    const char *best = find_synonym(words, text);
    if (best != NULL)
        return best;
    // Up to a third of the letters may be wrong: "strog" finds "strong", "xyz" finds nothing.
    size_t best_distance = strlen(text) / 3 + 1;
    for (size_t i = 0; i < words->count; i++) {
        size_t distance = measure_distance(text, words->items[i]);
        if (distance <= best_distance && distance < strlen(words->items[i])) {
            if (best == NULL || distance < best_distance)
                best = words->items[i];
            best_distance = distance;
        }
    }
    return best;
}
