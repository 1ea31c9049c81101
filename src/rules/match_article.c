// SPDX-License-Identifier: MIT
#include "rules/match_article.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "rules/evidence.h"
#include "rules/fix_state.h"
#include "rules/stop_clause.h"
#include "rules/system_fit.h"

// What was found out about the parts of an article.
struct finding {
    struct bt_facts *facts;
    const struct bt_kb_article *article;
    struct bt_match *match;
    struct bt_evidence_list evidence;
    struct bt_error *err;
    enum bt_truth clause, system, needs;
    bool outside;     // the system is none of the article's, and the article allows that
    bool line_fits;   // the product line is right, whatever the service pack
    bool needs_first; // a service pack must come before the fix
    bool strong, probable;
};

// --- The system

static enum bt_status name_systems(const struct finding *f, const char **ret)
{
    struct bt_buf out;
    struct bt_kb_system system;
    bt_buf_init(&out, 64 << 10);
    bt_buf_text(&out, "Windows is ");
    for (size_t i = 0; bt_kb_system_at(f->article->systems, i, &system); i++) {
        bool last = i + 1 == f->article->systems.count;
        bt_buf_text(&out, i == 0 ? "" : last ? " or " : ", ");
        bt_buf_text(&out, system.text);
    }
    enum bt_status status =
        bt_arena_text(f->evidence.arena, bt_buf_cstr(&out), out.size, ret, f->err);
    bt_buf_fini(&out);
    return status;
}

// Systems that the article's own list leaves out and its fix brings in again: service packs
// that contain the fix, and those that it needs first.
static bool is_brought_in(struct finding *f)
{
    if (f->match->fix.status == BT_FIX_INSTALLED &&
        bt_systems_fit(f->facts, f->article->fixed_in, true) == BT_TRUE)
        return true;
    f->needs_first = bt_missing_service_pack(f->facts, f->article->requires_systems).known;
    return f->needs_first;
}

static enum bt_status look_at_system(struct finding *f)
{
    struct bt_evidence line = {0};
    if (f->article->systems.count == 0) {
        f->system = BT_TRUE; // nothing is stated, so nothing can be wrong
        return BT_OK;
    }
    f->system = bt_systems_fit(f->facts, f->article->systems, false);
    f->line_fits = bt_systems_fit_line(f->facts, f->article->systems) == BT_TRUE;
    line.result = f->system;
    if (f->system == BT_FALSE && is_brought_in(f))
        f->system = BT_TRUE;
    else if (f->system == BT_FALSE && f->article->outside_possible)
        f->outside = true;
    if (f->evidence.silent)
        return BT_OK;
    BT_TRY(name_systems(f, &line.fact));
    if (f->facts->system_text == NULL)
        BT_TRY(bt_describe_system(f->facts, f->evidence.arena, &f->facts->system_text, f->err));
    line.detail = f->facts->system_text;
    if (line.detail == NULL)
        line.detail = "the system is not known";
    line.decides = line.result != BT_TRUE;
    return bt_evidence_add(&f->evidence, line, f->err);
}

// --- The rule

static enum bt_truth evaluate_condition(const struct finding *f,
                                        const struct bt_kb_condition *condition,
                                        struct bt_evaluation *evaluation)
{
    return bt_evaluate(f->facts, condition->expr, evaluation);
}

// Whether all conditions of a role and group hold.
static enum bt_truth evaluate_group(const struct finding *f, enum bt_kb_condition_role role,
                                    uint32_t group)
{
    struct bt_evaluation evaluation;
    struct bt_kb_condition condition;
    enum bt_truth truth = BT_TRUE;
    for (size_t i = 0; bt_kb_condition_at(f->article->conditions, i, &condition); i++) {
        if (condition.role == role && condition.group == group)
            truth = bt_truth_and(truth, evaluate_condition(f, &condition, &evaluation));
    }
    return truth;
}

static enum bt_status look_at_needs(struct finding *f)
{
    struct bt_evaluation evaluation;
    struct bt_kb_condition condition;
    f->needs = BT_TRUE;
    for (size_t i = 0; bt_kb_condition_at(f->article->conditions, i, &condition); i++) {
        if (condition.role != BT_KB_NEEDS)
            continue;
        enum bt_truth truth = evaluate_condition(f, &condition, &evaluation);
        f->needs = bt_truth_and(f->needs, truth);
        BT_TRY(bt_evidence_add_condition(&f->evidence, f->facts, condition.expr, &evaluation,
                                         truth, truth != BT_TRUE, f->err));
    }
    return BT_OK;
}

// Conditions that raise, and those that help. A group decides where all of it holds.
static enum bt_status look_at_role(struct finding *f, enum bt_kb_condition_role role,
                                   bool *ret_raised)
{
    struct bt_evaluation evaluation;
    struct bt_kb_condition condition;
    uint32_t last = UINT32_MAX;
    bool holds = false;
    for (size_t i = 0; bt_kb_condition_at(f->article->conditions, i, &condition); i++) {
        if (condition.role != role)
            continue;
        if (condition.group != last && role != BT_KB_HELPS)
            holds = evaluate_group(f, role, condition.group) == BT_TRUE;
        last = condition.group;
        *ret_raised |= holds;
        enum bt_truth truth = evaluate_condition(f, &condition, &evaluation);
        BT_TRY(bt_evidence_add_condition(&f->evidence, f->facts, condition.expr, &evaluation,
                                         truth, holds, f->err));
    }
    return BT_OK;
}

// --- The fix

// The row that says most: one that decides before one that does not.
static const struct bt_fix_file *telling_file(const struct bt_fix *fix)
{
    const struct bt_fix_file *best = NULL;
    for (size_t i = 0; i < fix->file_count; i++) {
        const struct bt_fix_file *file = &fix->files[i];
        bool decides = file->state == BT_FILE_NEEDED || file->state == BT_FILE_INSTALLED;
        if (best == NULL || decides)
            best = file;
        if (decides && (file->state == BT_FILE_NEEDED) == (fix->status == BT_FIX_NEEDED))
            break;
    }
    return best;
}

static enum bt_status describe_file(const struct finding *f, const struct bt_fix_file *file,
                                    const char **ret)
{
    char found[BT_FILE_VERSION_TEXT_SIZE], fixed[BT_FILE_VERSION_TEXT_SIZE];
    struct bt_arena *arena = f->evidence.arena;
    const char *note = file->note != NULL ? file->note : "";
    const char *comma = file->note != NULL ? ": " : "";
    bt_file_version_text(file->found_version.value, found);
    bt_file_version_text(file->fixed_version.value, fixed);
    if (file->found_version.known && file->fixed_version.known)
        return bt_arena_printf(arena, ret, f->err, "%s is %s, fixed in %s%s%s", file->name,
                               found, fixed, comma, note);
    if (file->fixed_version.known)
        return bt_arena_printf(arena, ret, f->err, "%s is fixed in %s%s%s", file->name, fixed,
                               comma, note);
    return bt_arena_printf(arena, ret, f->err, "%s%s%s", file->name, comma, note);
}

// What the missing line of a list adds to what a file says.
static enum bt_status add_list(const struct finding *f, const char **detail)
{
    const struct bt_fix *fix = &f->match->fix;
    if (fix->listed != BT_LISTED_NO || fix->status == BT_FIX_INSTALLED)
        return BT_OK;
    if (*detail == NULL) {
        *detail = fix->listed_note;
        return BT_OK;
    }
    return bt_arena_printf(f->evidence.arena, detail, f->err, "%s; %s", *detail,
                           fix->listed_note);
}

static enum bt_status look_at_fix(struct finding *f)
{
    const struct bt_fix *fix = &f->match->fix;
    struct bt_evidence line = {.fact = f->facts->unfixed == BT_UNKNOWN
                                           ? "whether the fix is installed"
                                           : "the fix is not installed",
                               .result = f->facts->unfixed};
    const struct bt_fix_file *file = telling_file(fix);
    bool stated = f->article->files.count != 0 || f->article->fixed_in.count != 0 ||
                  fix->listed != BT_LISTED_UNKNOWN;
    if (!fix->present || !stated)
        return BT_OK;
    line.decides = f->facts->unfixed == BT_FALSE;
    bool noted = fix->status_note != NULL && fix->status_note != f->article->fix_note;
    bool doubtful = fix->listed == BT_LISTED_YES || fix->listed == BT_LISTED_SUCCESSOR;
    if (noted && (fix->status != BT_FIX_UNKNOWN || doubtful))
        line.detail = fix->status_note;
    else if (file != NULL)
        BT_TRY(describe_file(f, file, &line.detail));
    BT_TRY(add_list(f, &line.detail));
    return bt_evidence_add(&f->evidence, line, f->err);
}

// --- The verdict

static const char *first_unknown(const struct finding *f)
{
    for (size_t i = 0; i < f->evidence.count; i++) {
        const struct bt_evidence *line = &f->evidence.items[i];
        if (line->result == BT_UNKNOWN && line->decides)
            return line->fact;
    }
    return NULL;
}

// Lowers the verdict to `fit`, and says why it is no more; the first reason stays.
static void cap(struct finding *f, enum bt_fit fit, const char *reason)
{
    if (f->match->fit < fit)
        return;
    f->match->fit = fit;
    if (f->match->capped == NULL)
        f->match->capped = reason;
}

// Whether an unknown part of the system leaves open what the article is about. Where its list
// only says what was tested, the product line is enough.
static bool is_system_open(const struct finding *f)
{
    return f->system == BT_UNKNOWN && !(f->article->outside_possible && f->line_fits);
}

static enum bt_status cap_by_unknown(struct finding *f)
{
    const char *unknown = first_unknown(f), *reason = "an answer is missing";
    if (is_system_open(f)) {
        cap(f, BT_FIT_POSSIBLE,
            f->line_fits ? "the service pack or edition is not known"
                         : "the system is not known");
        return BT_OK;
    }
    if (f->clause == BT_TRUE && f->needs == BT_TRUE)
        return BT_OK;
    if (unknown != NULL)
        BT_TRY(bt_arena_printf(f->evidence.arena, &reason, f->err, "not known: %s", unknown));
    cap(f, BT_FIT_POSSIBLE, reason);
    return BT_OK;
}

// A link date after that of the fix is a hint that the fix is there: too little to call it
// fixed, too much to insist.
static void cap_by_link_date(struct finding *f)
{
    const struct bt_fix *fix = &f->match->fix;
    for (size_t i = 0; i < fix->file_count; i++) {
        if (fix->files[i].state == BT_FILE_LIKELY_NEWER)
            cap(f, BT_FIT_POSSIBLE, "going by its link date the fixed file is probably there");
    }
}

static void cap_by_article(struct finding *f)
{
    const struct bt_kb_article *article = f->article;
    const char *reason = article->cap_reason;
    if (article->clauses.count == 0)
        cap(f, BT_FIT_POSSIBLE, "the article names no stop code and no exception");
    if (article->grade >= 'E')
        cap(f, BT_FIT_POSSIBLE,
            reason ? reason : "the article names nothing that tells it from others");
    if (article->cap == BT_KB_CAP_POSSIBLE)
        cap(f, BT_FIT_POSSIBLE, reason ? reason : "the article itself says so");
    if (article->cap == BT_KB_CAP_PROBABLE)
        cap(f, BT_FIT_PROBABLE, reason ? reason : "the article itself says so");
}

// Whether the rule says itself what makes a match more than possible; else a clause may.
static bool has_raising_rule(const struct bt_kb_article *article)
{
    struct bt_kb_condition condition;
    for (size_t i = 0; bt_kb_condition_at(article->conditions, i, &condition); i++) {
        if (condition.role == BT_KB_PROBABLE || condition.role == BT_KB_STRONG)
            return true;
    }
    return false;
}

static const char *why_only_possible(const struct finding *f)
{
    struct bt_kb_clause clause;
    if (f->article->cap_reason != NULL)
        return f->article->cap_reason;
    if (has_raising_rule(f->article))
        return "none of what would make it more is known to hold";
    if (!f->facts->crash->stop.present)
        return "the exception and the system alone do not tell it from other causes";
    for (size_t i = 0; bt_kb_clause_at(f->article->clauses, i, &clause); i++) {
        if (clause.conditions.count != 0)
            return "stop code, parameters and system do not tell it from other causes";
    }
    return "stop code and system alone do not tell it from other causes";
}

static bool is_excluded(const struct finding *f)
{
    if (f->clause == BT_FALSE || f->needs == BT_FALSE)
        return true;
    // Without a code, or on another system, only what is certain counts.
    if ((f->article->clauses.count == 0 || f->outside) && f->needs != BT_TRUE)
        return true;
    return f->system == BT_FALSE && !f->outside;
}

static enum bt_status decide(struct finding *f)
{
    struct bt_match *match = f->match;
    if (is_excluded(f)) {
        match->fit = BT_FIT_NONE;
        return BT_OK;
    }
    match->fit = f->strong ? BT_FIT_STRONG : f->probable ? BT_FIT_PROBABLE : BT_FIT_POSSIBLE;
    if (f->outside)
        cap(f, BT_FIT_POSSIBLE, "the article does not list this system");
    else if (f->needs_first)
        cap(f, BT_FIT_POSSIBLE, "the article speaks of a later service pack");
    BT_TRY(cap_by_unknown(f));
    cap_by_link_date(f);
    cap_by_article(f);
    if (match->fit == BT_FIT_POSSIBLE)
        cap(f, BT_FIT_POSSIBLE, why_only_possible(f));
    if (match->fix.status == BT_FIX_INSTALLED) {
        match->fit = BT_FIT_FIXED;
        match->capped = NULL;
    }
    return BT_OK;
}

// --- The rest

static enum bt_status copy_texts(const struct finding *f, struct bt_kb_list texts,
                                 const char ***ret, size_t *ret_count)
{
    BT_TRY(bt_arena_alloc(f->evidence.arena, texts.count, sizeof(const char *), ret, f->err));
    for (size_t i = 0; i < texts.count; i++)
        (*ret)[i] = bt_kb_text(texts, i);
    *ret_count = texts.count;
    return BT_OK;
}

static enum bt_status copy_links(const struct finding *f)
{
    struct bt_kb_list links = f->article->links;
    struct bt_match *match = f->match;
    struct bt_kb_link link;
    BT_TRY(bt_arena_alloc(f->evidence.arena, links.count, sizeof(const char *), &match->related,
                          f->err));
    for (size_t i = 0; bt_kb_link_at(links, i, &link); i++) {
        char words[32];
        size_t size = strlen(link.kind);
        if (size >= sizeof words)
            size = sizeof words - 1;
        for (size_t k = 0; k < size; k++)
            words[k] = link.kind[k] == '-' ? ' ' : link.kind[k];
        words[size] = '\0';
        BT_TRY(bt_arena_printf(f->evidence.arena, &match->related[i], f->err, "%s %s", words,
                               link.target));
    }
    match->related_count = links.count;
    return BT_OK;
}

// Only lines that lead to the verdict as it is keep their mark.
static void unmark(struct finding *f)
{
    enum bt_fit fit = f->match->fit;
    bool excluded = false;
    for (size_t i = 0; i < f->evidence.count; i++)
        excluded |= f->evidence.items[i].decides && f->evidence.items[i].result == BT_FALSE;
    for (size_t i = 0; i < f->evidence.count; i++) {
        struct bt_evidence *line = &f->evidence.items[i];
        if (fit == BT_FIT_POSSIBLE)
            line->decides = line->decides && line->result != BT_TRUE;
        else if (fit == BT_FIT_FIXED || (fit == BT_FIT_NONE && excluded))
            line->decides = line->decides && line->result == BT_FALSE;
        else if (fit == BT_FIT_NONE)
            line->decides = line->decides && line->result == BT_UNKNOWN;
        else
            line->decides = line->decides && line->result == BT_TRUE;
    }
}

static enum bt_status finish(struct finding *f)
{
    const struct bt_kb_article *article = f->article;
    struct bt_match *match = f->match;
    for (size_t i = 0; i < f->evidence.count; i++)
        match->facts += f->evidence.items[i].result == BT_TRUE;
    match->evidence = f->evidence.items;
    match->evidence_count = f->evidence.count;
    match->article = article->id;
    match->title = article->title;
    match->url = article->url;
    match->symptoms = article->symptoms;
    match->cause = article->cause;
    match->resolution = article->resolution;
    match->workaround = article->workaround;
    match->narrowness = article->narrowness;
    match->base = article->layer;
    BT_TRY(copy_texts(f, article->ask, &match->ask, &match->ask_count));
    BT_TRY(copy_links(f));
    return bt_arena_printf(f->evidence.arena, &match->source, f->err, "%s:%u", article->source,
                           article->line);
}

// What can rule the article out.
static enum bt_status look_at_grounds(struct finding *f, uint64_t *ret_signature)
{
    bool alone = !has_raising_rule(f->article);
    struct bt_clause_match clause;
    f->outside = false;
    BT_TRY(bt_match_clauses(f->facts, f->article, alone, &f->evidence, &clause, f->err));
    f->clause = clause.truth;
    f->strong = alone && clause.truth == BT_TRUE && clause.raises == BT_KB_RAISES_STRONG;
    f->probable = alone && clause.truth == BT_TRUE && clause.raises == BT_KB_RAISES_PROBABLE;
    *ret_signature = clause.signature;
    if (f->evidence.silent && f->clause == BT_FALSE)
        return BT_OK;
    BT_TRY(look_at_system(f));
    return look_at_needs(f);
}

enum bt_status bt_match_article(struct bt_facts *facts, const struct bt_kb_article *article,
                                bool brief, struct bt_arena *arena, struct bt_match *ret,
                                uint64_t *ret_signature, struct bt_error *err)
{
    struct finding f = {
        .facts = facts,
        .article = article,
        .match = ret,
        .evidence = {.arena = arena, .silent = brief},
        .err = err,
    };
    bool helped = false;
    *ret = (struct bt_match){0};
    BT_TRY(bt_find_fix_state(facts, article, arena, &ret->fix, err));
    facts->unfixed = ret->fix.status == BT_FIX_UNKNOWN     ? BT_UNKNOWN
                     : ret->fix.status == BT_FIX_INSTALLED ? BT_FALSE
                                                           : BT_TRUE;
    BT_TRY(look_at_grounds(&f, ret_signature));
    if (brief && is_excluded(&f))
        return BT_OK;
    if (brief) { // once more, with reasons
        f.evidence.silent = false;
        BT_TRY(look_at_grounds(&f, ret_signature));
    }
    if (!is_excluded(&f)) {
        BT_TRY(look_at_fix(&f));
        BT_TRY(look_at_role(&f, BT_KB_STRONG, &f.strong));
        BT_TRY(look_at_role(&f, BT_KB_PROBABLE, &f.probable));
        BT_TRY(look_at_role(&f, BT_KB_HELPS, &helped));
    }
    BT_TRY(decide(&f));
    unmark(&f);
    return finish(&f);
}
