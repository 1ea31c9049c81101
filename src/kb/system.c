// SPDX-License-Identifier: MIT
//
// "2003 SP1 x86 except ia64": which systems an article, a fix or a test speaks of.
#include "kb/system.h"

#include <string.h>

#include "base/attributes.h"
#include "base/text.h"
#include "kb/compiler.h"
#include "kb/words.h"

struct product_line {
    const char *name; // as written in conditions, and as products.tsv calls it
    uint32_t build_from, build_to;
    unsigned types;
    enum bt_kb_tse tse;
    uint32_t last_sp; // 0: there was none, or they are no longer made
};

// Longer names before those that they begin with.
static const struct product_line lines[] = {
    {"NT 3.51", 1057, 1057, 3, BT_KB_TSE_ANY, 5},
    {"NT 3.5", 807, 807, 3, BT_KB_TSE_ANY, 3},
    {"NT 3.1", 511, 528, 3, BT_KB_TSE_ANY, 3},
    {"NT 4.0 TSE", 1381, 1381, BT_KB_SERVER, BT_KB_TSE_ONLY, 6},
    {"NT 4.0", 1381, 1381, 3, BT_KB_TSE_ANY, 6},
    {"2000", 2195, 2195, 3, BT_KB_TSE_ANY, 4},
    // The 64-bit editions of XP are workstations of build 3790.
    {"XP", 2600, 3790, BT_KB_WORKSTATION, BT_KB_TSE_ANY, 3},
    {"2003 R2", 3790, 3790, BT_KB_SERVER, BT_KB_TSE_ANY, 2},
    {"2003", 3790, 3790, BT_KB_SERVER, BT_KB_TSE_ANY, 2},
    {"Vista", 6000, 6003, BT_KB_WORKSTATION, BT_KB_TSE_ANY, 2},
    {"2008 R2", 7600, 7601, BT_KB_SERVER, BT_KB_TSE_ANY, 1},
    {"2008", 6001, 6003, BT_KB_SERVER, BT_KB_TSE_ANY, 2},
    {"7", 7600, 7601, BT_KB_WORKSTATION, BT_KB_TSE_ANY, 1},
    {"8.1", 9600, 9600, BT_KB_WORKSTATION, BT_KB_TSE_ANY, 0},
    {"8", 9200, 9200, BT_KB_WORKSTATION, BT_KB_TSE_ANY, 0},
    {"2012 R2", 9600, 9600, BT_KB_SERVER, BT_KB_TSE_ANY, 0},
    {"2012", 9200, 9200, BT_KB_SERVER, BT_KB_TSE_ANY, 0},
    {"2016", 14393, 14393, BT_KB_SERVER, BT_KB_TSE_ANY, 0},
    {"2019", 17763, 17763, BT_KB_SERVER, BT_KB_TSE_ANY, 0},
    {"2022", 20348, 20348, BT_KB_SERVER, BT_KB_TSE_ANY, 0},
    {"2025", 26100, 26100, BT_KB_SERVER, BT_KB_TSE_ANY, 0},
    {"Server", 16299, 25398, BT_KB_SERVER, BT_KB_TSE_ANY, 0},
    {"10", 10240, 19045, BT_KB_WORKSTATION, BT_KB_TSE_ANY, 0},
    {"11", 22000, 29999, BT_KB_WORKSTATION, BT_KB_TSE_ANY, 0},
};

static const char *const line_items[] = {
    "NT 3.1",  "NT 3.5", "NT 3.51", "NT 4.0", "NT 4.0 TSE", "2000", "XP",   "2003",
    "2003 R2", "Vista",  "2008",    "7",      "2008 R2",    "8",    "2012", "8.1",
    "2012 R2", "10",     "2016",    "2019",   "2022",       "11",   "2025", "Server",
};
static const struct bt_kb_words line_words = {line_items, BT_COUNT(line_items)};

struct release {
    const char *line, *name;
    uint32_t build;
    // Releases that are an enablement package on an older one keep its build in kernel dumps.
    uint32_t base;
};

static const struct release releases[] = {
    {"10", "1507", 10240, 10240},     {"10", "1511", 10586, 10586},
    {"10", "1607", 14393, 14393},     {"10", "1703", 15063, 15063},
    {"10", "1709", 16299, 16299},     {"10", "1803", 17134, 17134},
    {"10", "1809", 17763, 17763},     {"10", "1903", 18362, 18362},
    {"10", "1909", 18363, 18362},     {"10", "2004", 19041, 19041},
    {"10", "20H2", 19042, 19041},     {"10", "21H1", 19043, 19041},
    {"10", "21H2", 19044, 19041},     {"10", "22H2", 19045, 19041},
    {"11", "21H2", 22000, 22000},     {"11", "22H2", 22621, 22621},
    {"11", "23H2", 22631, 22621},     {"11", "24H2", 26100, 26100},
    {"11", "25H2", 26200, 26100},     {"11", "26H1", 28000, 28000},
    {"Server", "1709", 16299, 16299}, {"Server", "1803", 17134, 17134},
    {"Server", "1903", 18362, 18362}, {"Server", "1909", 18363, 18362},
    {"Server", "2004", 19041, 19041}, {"Server", "20H2", 19042, 19041},
    {"Server", "23H2", 25398, 25398},
};

enum { WORD_SIZE = 32 };

// One blank-separated word; false at the end of the text.
static bool take_word(const char **at, char ret[WORD_SIZE])
{
    const char *p = *at;
    size_t size = 0;
    while (*p == ' ')
        p++;
    while (*p != '\0' && *p != ' ') {
        if (size + 1 < WORD_SIZE)
            ret[size++] = *p;
        p++;
    }
    ret[size] = '\0';
    *at = p;
    return size != 0;
}

static const struct product_line *find_line(const char *text, const char **ret_rest)
{
    for (size_t i = 0; i < BT_COUNT(lines); i++) {
        size_t size = strlen(lines[i].name);
        if (strlen(text) >= size && bt_ieq_n(text, lines[i].name, size) &&
            (text[size] == '\0' || text[size] == ' ')) {
            *ret_rest = &text[size];
            return &lines[i];
        }
    }
    return NULL;
}

// "RTM" or "SPn" at *at, moved over.
static bool take_sp(const char **at, uint32_t *ret)
{
    const char *p = *at;
    if (strlen(p) >= 3 && bt_ieq_n(p, "RTM", 3)) {
        *ret = 0;
        *at = &p[3];
        return true;
    }
    if (strlen(p) < 3 || !bt_ieq_n(p, "SP", 2) || !bt_is_digit(p[2]))
        return false;
    *ret = (uint32_t)(p[2] - '0');
    *at = &p[3];
    if (**at == 'a' || **at == 'A') // SP6a is one service pack with SP6
        (*at)++;
    return true;
}

// "SP1", "SP1-SP3", "RTM-SP4", "SP2+".
static bool read_sp_word(const char *word, struct bt_kb_system *system)
{
    uint32_t from = 0, to = 0;
    if (!take_sp(&word, &from))
        return false;
    to = from;
    if (*word == '+' && word[1] == '\0') {
        to = 99;
        word++;
    } else if (*word == '-') {
        word++;
        if (!take_sp(&word, &to))
            return false;
    }
    if (*word != '\0' || to < from)
        return false;
    system->sp_from = bt_some32(from);
    system->sp_to = bt_some32(to);
    return true;
}

static const struct release *find_release(const char *line, const char *word, size_t size)
{
    for (size_t i = 0; i < BT_COUNT(releases); i++) {
        if (strcmp(releases[i].line, line) == 0 && strlen(releases[i].name) == size &&
            bt_ieq_n(releases[i].name, word, size))
            return &releases[i];
    }
    return NULL;
}

// "1607", "1607-1809", "1607+".
static bool read_release_word(const char *word, struct bt_kb_system *system)
{
    size_t size = strcspn(word, "-+");
    const struct release *from = find_release(system->line, word, size), *to = from;
    if (from == NULL)
        return false;
    if (word[size] == '-') {
        to = find_release(system->line, &word[size + 1], strlen(&word[size + 1]));
        if (to == NULL || to->build < from->build)
            return false;
    } else if (word[size] == '+' && word[size + 1] != '\0') {
        return false;
    }
    system->build_from = from->base;
    if (word[size] != '+')
        system->build_to = to->build;
    return true;
}

// "build" was read: "10586" or "10586-14393".
static bool read_build_word(const char *word, struct bt_kb_system *system)
{
    uint64_t from = 0, to = 0;
    size_t size = strcspn(word, "-");
    if (!bt_parse_u64(word, size, &from) || from > UINT32_MAX)
        return false;
    to = from;
    if (word[size] == '-' &&
        (!bt_parse_u64(&word[size + 1], strlen(&word[size + 1]), &to) || to > UINT32_MAX))
        return false;
    system->build_from = (uint32_t)from;
    system->build_to = (uint32_t)to;
    return from <= to;
}

static bool read_word(const char *word, const char **rest, bool *except,
                      struct bt_kb_system *system)
{
    size_t index = 0;
    char next[WORD_SIZE];
    if (bt_kb_word_find(&bt_kb_architectures, word, &index)) {
        *(*except ? &system->not_archs : &system->archs) |= 1u << index;
        return true;
    }
    if (bt_ieq(word, "except") && !*except) {
        *except = true;
        return true;
    }
    if (bt_ieq(word, "TSE") && *except) {
        system->tse = BT_KB_TSE_NOT;
        return true;
    }
    if (bt_ieq(word, "workstation") || bt_ieq(word, "server")) {
        system->types &=
            bt_ieq(word, "server") ? (unsigned)BT_KB_SERVER : (unsigned)BT_KB_WORKSTATION;
        return system->types != 0;
    }
    if (bt_ieq(word, "build"))
        return take_word(rest, next) && read_build_word(next, system);
    return read_sp_word(word, system) || read_release_word(word, system);
}

bool bt_kb_parse_system(const char *text, struct bt_kb_system *ret,
                        char ret_bad[BT_KB_BAD_WORD_SIZE])
{
    static const char latest_word[] = "latest ";
    const char *rest = NULL;
    bool latest = bt_starts_with(text, latest_word);
    const struct product_line *line =
        find_line(latest ? &text[strlen(latest_word)] : text, &rest);
    ret_bad[0] = '\0';
    if (line == NULL)
        return false;
    *ret = (struct bt_kb_system){
        .text = text,
        .line = line->name,
        .build_from = line->build_from,
        .build_to = line->build_to,
        .types = line->types,
        .tse = line->tse,
        .latest = latest,
        .last_sp = line->last_sp,
    };
    char word[WORD_SIZE];
    bool except = false;
    while (take_word(&rest, word)) {
        if (!read_word(word, &rest, &except, ret)) {
            memcpy(ret_bad, word, WORD_SIZE);
            return false;
        }
    }
    if (!latest)
        return true;
    if (line->last_sp == 0 || ret->sp_from.known) {
        memcpy(ret_bad, latest_word, strlen("latest"));
        ret_bad[strlen("latest")] = '\0';
        return false;
    }
    ret->sp_from = ret->sp_to = bt_some32(line->last_sp);
    return true;
}

const struct bt_kb_words *bt_kb_system_lines(void)
{
    return &line_words;
}
