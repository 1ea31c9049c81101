// SPDX-License-Identifier: MIT
//
// worked.txt: sixty articles, each with the machines that it fits and those that it nearly
// fits.
#include "base/text.h"

#include "facts_lines.h"

enum { LINE_SIZE = 1024, MAX_ROWS = 400 };

struct row {
    char article[64];
    char verdict[96]; // "possible needed install SP2 first"
    char why[128];
    unsigned line;
};

static struct row rows[MAX_ROWS];
static struct facts_lines lines;

// "text | rest" -> text without blanks around it; the rest goes on behind the bar.
static char *take_column(char **at)
{
    char *start = *at, *end = strchr(start, '|');
    assert_non_null(end);
    *at = end + 1;
    while (*start == ' ')
        start++;
    while (end > start && end[-1] == ' ')
        end--;
    *end = '\0';
    return start;
}

static void add_row(const char *article, const char *common, char *line, unsigned number)
{
    char facts[2 * LINE_SIZE], *rest = line;
    struct row *row = &rows[lines.count];
    assert_true(lines.count < MAX_ROWS);
    row->line = number;
    snprintf(row->article, sizeof row->article, "%.*s", (int)sizeof row->article - 1, article);
    snprintf(row->verdict, sizeof row->verdict, "%.*s", (int)sizeof row->verdict - 1,
             take_column(&rest));
    snprintf(row->why, sizeof row->why, "%.*s", (int)sizeof row->why - 1, take_column(&rest));
    while (*rest == ' ')
        rest++;
    if (*rest == '{') // whole facts, without those that the article's lines share
        snprintf(facts, sizeof facts, "%s", rest);
    else
        snprintf(facts, sizeof facts, "{%s%s%s}", common, *common != '\0' ? ", " : "", rest);
    facts_lines_add(&lines, facts);
}

static unsigned read_rows(void)
{
    char line[LINE_SIZE], article[64] = "", common[LINE_SIZE] = "";
    unsigned articles = 0, number = 0;
    FILE *file = fopen(WORKED, "rb");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        number++;
        if (*line == '#' || *line == '\0')
            continue;
        if (bt_starts_with(line, "== ")) {
            size_t size = strcspn(&line[3], ":");
            assert_true(size < sizeof article);
            memcpy(article, &line[3], size);
            article[size] = '\0';
            *common = '\0';
            articles++;
        } else if (bt_starts_with(line, "with: ")) {
            snprintf(common, sizeof common, "%s", &line[6]);
        } else {
            add_row(article, common, line, number);
        }
    }
    fclose(file);
    return articles;
}

// The verdict on one article, with state and note of its fix as far as the row asks for them.
static void describe(const struct bt_match_list *list, const struct row *row,
                     struct bt_buf *explanation, char *ret, size_t size)
{
    const struct bt_match *match = NULL;
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].article, row->article) == 0)
            match = &list->items[i];
    }
    snprintf(ret, size, "none");
    if (match == NULL)
        return;
    bt_kb_test_explain(match, explanation);
    const char *verdict = bt_fit_name(match->fit);
    const char *state = bt_fix_status_name(match->fix.status);
    const char *note = match->fix.status_note;
    size_t length = strlen(verdict) + 1 + strlen(state);
    if (strchr(row->verdict, ' ') == NULL)
        snprintf(ret, size, "%s", verdict);
    else if (strlen(row->verdict) <= length)
        snprintf(ret, size, "%s %s", verdict, state);
    else
        snprintf(ret, size, "%s %s %s", verdict, state, note != NULL ? note : "");
}

static void articles_hold_to_what_their_texts_demand(void **state)
{
    (void)state;
    size_t wrong = 0;
    facts_lines_open(&lines);
    unsigned articles = read_rows();
    facts_lines_compile(&lines);
    for (size_t i = 0; i < lines.count; i++) {
        struct bt_arena *arena = bt_arena_new(1 << 24);
        struct bt_match_list list;
        struct bt_buf explanation;
        char found[256];
        struct bt_kb_article article;
        bt_buf_init(&explanation, 1 << 16);
        if (!bt_kb_article_find(lines.kb, rows[i].article, &article))
            fail_msg("worked.txt:%u: no article %s", rows[i].line, rows[i].article);
        facts_lines_match(&lines, i, arena, &list);
        describe(&list, &rows[i], &explanation, found, sizeof found);
        if (strcmp(found, rows[i].verdict) != 0) {
            wrong++;
            print_error("worked.txt:%u: %s, %s: expected \"%s\", found \"%s\"\n%s",
                        rows[i].line, rows[i].article, rows[i].why, rows[i].verdict, found,
                        bt_buf_cstr(&explanation));
        }
        bt_buf_fini(&explanation);
        bt_arena_free(arena);
    }
    printf("%u articles, %zu lines, %zu wrong\n", articles, lines.count, wrong);
    assert_true(articles >= 60);
    assert_int_equal(wrong, 0);
    facts_lines_close(&lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(articles_hold_to_what_their_texts_demand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
