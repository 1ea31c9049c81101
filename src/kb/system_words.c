// SPDX-License-Identifier: MIT
#include "kb/system_words.h"

#include <stdio.h>
#include <string.h>

#include "base/attributes.h"
#include "base/text.h"
#include "kb/system.h"

enum { WORD_SIZE = 24, WORDS_MAX = 64 };

struct words {
    char items[WORDS_MAX][WORD_SIZE];
    size_t count;
};

// Words are letters, digits and dots; a last dot belongs to the sentence. Longer ones are cut,
// and mean nothing here.
static void split(const char *line, size_t size, struct words *ret)
{
    ret->count = 0;
    for (size_t i = 0; i < size && ret->count < WORDS_MAX;) {
        size_t start = i;
        while (i < size && (bt_is_alpha(line[i]) || bt_is_digit(line[i]) || line[i] == '.'))
            i++;
        size_t length = i - start;
        while (length > 0 && line[start + length - 1] == '.')
            length--;
        if (length == 0) {
            i++;
            continue;
        }
        if (length >= WORD_SIZE)
            length = WORD_SIZE - 1;
        memcpy(ret->items[ret->count], line + start, length);
        ret->items[ret->count++][length] = '\0';
    }
}

static const char *word_at(const struct words *w, size_t i)
{
    return i < w->count ? w->items[i] : "";
}

struct phrase {
    const char *line; // "2003"
    bool second;      // "R2"
    char release[WORD_SIZE];
    int service_pack; // -1: not told
    const char *architecture, *type;
    bool terminal_server;
};

static bool is_any_of(const char *word, const char *const *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (bt_ieq(word, items[i]))
            return true;
    }
    return false;
}

static bool take_line(const struct words *w, size_t *at, struct phrase *p)
{
    static const char *const names[] = {"2000", "XP",   "2003", "Vista", "2008",
                                        "7",    "8",    "8.1",  "2012",  "10",
                                        "2016", "2019", "2022", "11",    "2025"};
    static const char *const nt[] = {"NT 3.1", "NT 3.5", "NT 3.51", "NT 4.0"};
    const char *word = word_at(w, *at);
    for (size_t i = 0; i < BT_COUNT(names); i++) {
        if (bt_ieq(word, names[i])) {
            p->line = names[i];
            (*at)++;
            return true;
        }
    }
    if (!bt_ieq(word, "NT") && !bt_ieq(word, "NT4"))
        return false;
    // "NT 4.0", "NT Server version 4.0", "NT4".
    if (bt_ieq(word, "NT4")) {
        p->line = "NT 4.0";
        (*at)++;
        return true;
    }
    for (size_t i = *at + 1; i < *at + 5; i++) {
        for (size_t k = 0; k < BT_COUNT(nt); k++) {
            const char *number = word_at(w, i);
            if (!bt_ieq(number, nt[k] + 3) && !(k == 3 && bt_ieq(number, "4")))
                continue;
            if (i > *at + 1 && bt_ieq(word_at(w, *at + 1), "Server"))
                p->type = "server";
            p->line = nt[k];
            *at = i + 1;
            return true;
        }
    }
    return false;
}

static const char *architecture_of(const char *word)
{
    static const struct {
        const char *word, *architecture;
    } words[] = {
        {"x64", "x64"},     {"amd64", "x64"},   {"64-bit", "x64"}, {"x86", "x86"},
        {"i386", "x86"},    {"IA64", "ia64"},   {"IA", "ia64"},    {"Itanium", "ia64"},
        {"ARM64", "arm64"}, {"Alpha", "alpha"},
    };
    for (size_t i = 0; i < BT_COUNT(words); i++) {
        if (bt_ieq(word, words[i].word))
            return words[i].architecture;
    }
    return NULL;
}

// "SP1", "SP6a", "SP 2", "Service Pack 1".
static bool take_service_pack(const struct words *w, size_t *at, struct phrase *p)
{
    const char *word = word_at(w, *at);
    const char *digits = NULL;
    size_t used = 1;
    if (bt_ieq_n(word, "SP", strlen(word) < 2 ? 0 : 2) && bt_is_digit(word[2])) {
        digits = word + 2;
    } else if (bt_ieq(word, "SP")) {
        digits = word_at(w, *at + 1);
        used = 2;
    } else if (bt_ieq(word, "Service") && bt_ieq(word_at(w, *at + 1), "Pack")) {
        digits = word_at(w, *at + 2);
        used = 3;
    }
    if (digits == NULL || !bt_is_digit(digits[0]) ||
        (digits[1] != '\0' && !bt_ieq(digits + 1, "a")))
        return false;
    p->service_pack = digits[0] - '0';
    *at += used;
    return true;
}

static bool is_release(const char *word)
{
    size_t size = strlen(word);
    return size == 4 && bt_is_digit(word[0]) && bt_is_digit(word[1]) &&
           (bt_is_digit(word[2]) || bt_lower(word[2]) == 'h') && bt_is_digit(word[3]);
}

// One word behind the line; false where the phrase ends.
static bool take_detail(const struct words *w, size_t *at, struct phrase *p)
{
    static const char *const fillers[] = {
        "R",       "TM",        "Edition", "Editions",   "Standard",   "Enterprise",
        "Web",     "Home",      "Premium", "Basic",      "Ultimate",   "Business",
        "Pro",     "Education", "LTSC",    "Datacenter", "Advanced",   "for",
        "with",    "and",       "based",   "bit",        "64",         "version",
        "Version", "Family",    "Small",   "Essentials", "Foundation", "Systems",
        "System",  "Kernel",    "Single",  "Language",   "Build",      "OS",
    };
    const char *word = word_at(w, *at);
    if (*at >= w->count)
        return false;
    if (take_service_pack(w, at, p))
        return true;
    if (bt_ieq(word, "R2"))
        p->second = true;
    else if (bt_ieq(word, "Server"))
        p->type = "server";
    else if (bt_ieq(word, "Professional") || bt_ieq(word, "Workstation"))
        p->type = "workstation";
    else if (bt_ieq(word, "Terminal"))
        p->terminal_server = true;
    else if (is_release(word) && p->release[0] == '\0')
        memcpy(p->release, word, sizeof p->release);
    else if (bt_ieq(word, "64") && bt_ieq(word_at(w, *at + 1), "bit"))
        p->architecture = "x64";
    else if (bt_ieq(word, "32") && bt_ieq(word_at(w, *at + 1), "bit"))
        p->architecture = "x86";
    else if (architecture_of(word) != NULL)
        p->architecture = architecture_of(word);
    else if (!is_any_of(word, fillers, BT_COUNT(fillers)))
        return false;
    (*at)++;
    return true;
}

static bool write_notation(const struct phrase *p, bool release, bool type,
                           char ret[BT_TOLD_SYSTEM_SIZE])
{
    char bad[BT_KB_BAD_WORD_SIZE];
    char pack[16] = "";
    struct bt_kb_system parsed;
    if (p->service_pack >= 0)
        snprintf(pack, sizeof pack, " SP%d", p->service_pack);
    const char *parts[] = {p->second ? " R2" : "",
                           p->terminal_server ? " TSE" : "",
                           release ? " " : "",
                           release ? p->release : "",
                           pack,
                           p->architecture != NULL ? " " : "",
                           p->architecture != NULL ? p->architecture : "",
                           type ? " " : "",
                           type ? p->type : ""};
    size_t at = strlen(p->line);
    memcpy(ret, p->line, at + 1);
    for (size_t i = 0; i < BT_COUNT(parts); i++) {
        size_t length = strlen(parts[i]);
        if (at + length >= BT_TOLD_SYSTEM_SIZE)
            return false;
        memcpy(ret + at, parts[i], length + 1);
        at += length;
    }
    return bt_kb_parse_system(ret, &parsed, bad);
}

static bool make_notation(const struct phrase *p, char ret[BT_TOLD_SYSTEM_SIZE])
{
    bool release = p->release[0] != '\0';
    bool type = p->type != NULL;
    return write_notation(p, release, type, ret) || write_notation(p, false, type, ret) ||
           write_notation(p, release, false, ret) || write_notation(p, false, false, ret);
}

static void keep(const char *notation, struct bt_machine_text *ret, bool *unclear)
{
    size_t old = strlen(ret->system);
    size_t size = strlen(notation);
    if (*unclear)
        return;
    // The same again, or with more words.
    bool extends = size >= old && bt_ieq_n(notation, ret->system, old);
    if (extends || (size < old && bt_ieq_n(notation, ret->system, size))) {
        if (extends)
            memcpy(ret->system, notation, size + 1);
        return;
    }
    ret->system[0] = '\0';
    *unclear = true;
}

// Whether the word before says that a system follows: "Windows", "Server".
static bool is_announced(const struct words *w, size_t at)
{
    for (size_t back = 1; back <= 4 && back <= at; back++) {
        if (bt_ieq(word_at(w, at - back), "Windows"))
            return true;
        static const char *const between[] = {"Server",  "Microsoft", "R",       "TM",
                                              "Storage", "Small",     "Business"};
        if (!is_any_of(word_at(w, at - back), between, BT_COUNT(between)))
            return false;
    }
    return false;
}

void bt_system_words_read(const char *line, size_t size, struct bt_machine_text *ret,
                          bool *unclear)
{
    struct words w;
    split(line, size, &w);
    for (size_t i = 0; i < w.count;) {
        struct phrase p = {.service_pack = -1};
        size_t at = i;
        char notation[BT_TOLD_SYSTEM_SIZE];
        if (!take_line(&w, &at, &p)) {
            i++;
            continue;
        }
        bool announced = is_announced(&w, i);
        if (i > 0 && bt_ieq(word_at(&w, i - 1), "Server"))
            p.type = "server";
        while (take_detail(&w, &at, &p))
            continue;
        // "10" alone is no system; "2003 SP1" and "NT 4.0" are.
        bool clear = announced || bt_ieq_n(p.line, "NT", 2) ||
                     (p.service_pack >= 0 && strlen(p.line) != 1);
        if (clear && make_notation(&p, notation))
            keep(notation, ret, unclear);
        i = at > i ? at : i + 1;
    }
}
