// SPDX-License-Identifier: MIT
//
// bugtriage kb build|check|test|info|list|show|search|import
#include <getopt.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/kb_articles.h"
#include "cli/kb_import.h"
#include "cli/load_kb.h"
#include "cli/messages.h"
#include "cli/output.h"
#include "kb/compile.h"
#include "report/escape.h"
#include "rules/kb_test.h"

struct kb_options {
    const char *output;
    bool alone;
    struct bt_options knowledge; // --kb FILE: more images over the built-in one
    const char *const *paths;
    size_t path_count;
};

enum { OPTION_ALONE = 256, OPTION_KB };

static const struct option kb_option_table[] = {
    {"output", required_argument, NULL, 'o'},
    {"alone", no_argument, NULL, OPTION_ALONE},
    {"kb", required_argument, NULL, OPTION_KB},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static int report_counts(const struct bt_kb_diagnostics *diagnostics,
                         const struct bt_kb_compile_counts *counts)
{
    bt_message("%zu file%s, %zu article%s, %zu stop code%s: %zu error%s, %zu warning%s",
               counts->files, bt_plural(counts->files), counts->articles,
               bt_plural(counts->articles), counts->stops, bt_plural(counts->stops),
               diagnostics->errors, bt_plural(diagnostics->errors), diagnostics->warnings,
               bt_plural(diagnostics->warnings));
    return diagnostics->errors == 0 ? BT_EXIT_OK : BT_EXIT_KB;
}

static int print_diagnostics(struct bt_kb_diagnostics *diagnostics)
{
    struct bt_buf lines;
    bt_buf_init(&lines, BT_LIMIT_REPORT);
    bt_kb_diagnostics_print(diagnostics, &lines);
    bt_message_lines(bt_buf_cstr(&lines));
    bt_buf_fini(&lines);
    return BT_EXIT_KB;
}

// The knowledge that sources may build on; NULL with --alone. Returns an exit status.
static int load_base(const struct kb_options *options, struct bt_kb **ret)
{
    const struct bt_options none = {0};
    *ret = NULL;
    if (options->alone)
        return BT_EXIT_OK;
    *ret = bt_load_kb(&none);
    return *ret != NULL ? BT_EXIT_OK : BT_EXIT_KB;
}

// Facts of tests that cannot be read are told here as well: only matching knows what they may
// be.
static enum bt_status check_facts(const struct kb_options *options, const struct bt_buf *image,
                                  size_t *errors, struct bt_error *err)
{
    struct bt_span bytes = {.data = (const uint8_t *)image->data, .size = image->size};
    struct bt_kb *kb;
    struct bt_buf lines;
    size_t bad = 0;
    if (load_base(options, &kb) != BT_EXIT_OK || (kb == NULL && (kb = bt_kb_new()) == NULL))
        return BT_FAIL(err, BT_E_NOMEM, BT_NO_OFFSET, "out of memory");
    bt_buf_init(&lines, BT_LIMIT_REPORT);
    enum bt_status status = bt_kb_add_image(kb, bytes, "sources", err);
    if (status == BT_OK)
        status = bt_kb_test_check(kb, &lines, &bad, err);
    bt_message_lines(bt_buf_cstr(&lines));
    bt_buf_fini(&lines);
    bt_kb_free(kb);
    *errors += bad;
    return status;
}

// Compiles the sources into `image` and tells what is wrong with them.
static int compile(const struct kb_options *options, const struct bt_kb *base,
                   struct bt_kb_compile_options compile_options, struct bt_buf *image)
{
    struct bt_kb_diagnostics diagnostics;
    struct bt_kb_compile_counts counts = {0};
    struct bt_error err;
    compile_options.base = base;
    bt_kb_diagnostics_init(&diagnostics);
    enum bt_status status =
        bt_kb_compile_paths(options->paths, options->path_count, &compile_options, image,
                            &diagnostics, &counts, &err);
    int exit_status = BT_EXIT_OK;
    if (diagnostics.count != 0)
        print_diagnostics(&diagnostics);
    if (status == BT_OK && compile_options.with_tests)
        status = check_facts(options, image, &diagnostics.errors, &err);
    if (status == BT_OK || status == BT_E_SYNTAX)
        exit_status = report_counts(&diagnostics, &counts);
    else
        bt_message("%s", err.message);
    bt_kb_diagnostics_fini(&diagnostics);
    return status == BT_OK ? exit_status : BT_EXIT_KB;
}

static int compile_over_base(const struct kb_options *options, bool check, struct bt_buf *image)
{
    struct bt_kb *base;
    int exit_status = load_base(options, &base);
    if (exit_status == BT_EXIT_OK)
        exit_status =
            compile(options, base,
                    (struct bt_kb_compile_options){.warn = check, .with_tests = check}, image);
    bt_kb_free(base);
    return exit_status;
}

static int check_sources(const struct kb_options *options)
{
    struct bt_buf image;
    if (options->path_count == 0)
        return bt_usage_error("kb", "no source was named");
    bt_buf_init(&image, BT_LIMIT_KB_IMAGE);
    int exit_status = compile_over_base(options, true, &image);
    bt_buf_fini(&image);
    return exit_status;
}

static int build_image(const struct kb_options *options)
{
    struct bt_buf image;
    struct bt_error err;
    if (options->path_count == 0)
        return bt_usage_error("kb", "no source was named");
    if (options->output == NULL)
        return bt_usage_error("kb", "build needs -o FILE");
    bt_buf_init(&image, BT_LIMIT_KB_IMAGE);
    int exit_status = compile_over_base(options, false, &image);
    if (exit_status == BT_EXIT_OK &&
        bt_kb_write_image(&image, options->output, &err) != BT_OK) {
        bt_message_about(options->output, err.message);
        exit_status = BT_EXIT_OUTPUT;
    }
    bt_buf_fini(&image);
    return exit_status;
}

// Runs the tests of an image over the knowledge that its sources were compiled with.
static int run_tests(struct bt_kb *kb, const struct bt_buf *image)
{
    struct bt_span bytes = {.data = (const uint8_t *)image->data, .size = image->size};
    struct bt_kb_test_counts counts;
    struct bt_error err;
    struct bt_buf lines;
    bt_buf_init(&lines, BT_LIMIT_REPORT);
    enum bt_status status = bt_kb_add_image(kb, bytes, "sources", &err);
    if (status == BT_OK)
        status = bt_kb_test_run(kb, &lines, &counts, &err);
    bt_message_lines(bt_buf_cstr(&lines));
    bt_buf_fini(&lines);
    if (status != BT_OK) {
        bt_message("%s", err.message);
        return BT_EXIT_KB;
    }
    bt_message("%zu tests, %zu failed", counts.run, counts.failed);
    return counts.failed == 0 ? BT_EXIT_OK : BT_EXIT_KB;
}

static int test_sources(const struct kb_options *options)
{
    struct bt_buf image;
    struct bt_kb *base;
    if (options->path_count == 0)
        return bt_usage_error("kb", "no source was named");
    bt_buf_init(&image, BT_LIMIT_KB_IMAGE);
    int exit_status = load_base(options, &base);
    if (exit_status == BT_EXIT_OK)
        exit_status =
            compile(options, base,
                    (struct bt_kb_compile_options){.with_tests = true, .warn = true}, &image);
    if (exit_status == BT_EXIT_OK && base == NULL)
        base = bt_kb_new();
    if (exit_status == BT_EXIT_OK && base != NULL)
        exit_status = run_tests(base, &image);
    bt_kb_free(base);
    bt_buf_fini(&image);
    return exit_status;
}

static int print_info(const char *name, const struct bt_kb *kb)
{
    struct bt_kb_stop stop;
    size_t stops = 0;
    for (uint64_t at = 0; bt_kb_stop_next(kb, &at, &stop);)
        stops++;
    struct bt_buf shown;
    bt_buf_init(&shown, BT_LIMIT_PATH);
    bt_escape_terminal(&shown, name, strlen(name), true);
    int exit_status =
        bt_print("%s: version %s, %zu articles, %zu stop codes\n", bt_buf_cstr(&shown),
                 bt_kb_version(kb), bt_kb_article_count(kb), stops);
    bt_buf_fini(&shown);
    return exit_status;
}

static int show_image(const char *path)
{
    struct bt_error err = {.message = "out of memory"};
    struct bt_kb *kb = bt_kb_new();
    int exit_status = BT_EXIT_OK;
    if (kb != NULL && bt_kb_add_image_file(kb, path, &err) == BT_OK) {
        exit_status = print_info(path, kb);
    } else {
        bt_message_about(path, err.message);
        exit_status = BT_EXIT_KB;
    }
    bt_kb_free(kb);
    return exit_status;
}

static int show_info(const struct kb_options *options)
{
    const struct bt_options none = {0};
    int worst = BT_EXIT_OK;
    for (size_t i = 0; i < options->path_count; i++) {
        int exit_status = show_image(options->paths[i]);
        worst = exit_status > worst ? exit_status : worst;
    }
    if (options->path_count != 0)
        return worst;
    struct bt_kb *kb = bt_load_kb(&none);
    if (kb == NULL)
        return BT_EXIT_KB;
    int exit_status = print_info("built-in", kb);
    bt_kb_free(kb);
    return exit_status;
}

// Loads the knowledge and hands it to one of the commands that look at it.
enum view { VIEW_LIST, VIEW_SHOW, VIEW_SEARCH, VIEW_IMPORT };

static int with_knowledge(const struct kb_options *options, enum view view)
{
    struct bt_kb *kb = bt_load_kb(&options->knowledge);
    int exit_status = BT_EXIT_KB;
    if (kb == NULL)
        return exit_status;
    switch (view) {
    case VIEW_LIST:
        exit_status = bt_kb_articles_list(kb, options->paths, options->path_count);
        break;
    case VIEW_SHOW:
        exit_status = bt_kb_articles_show(kb, options->paths, options->path_count);
        break;
    case VIEW_SEARCH:
        exit_status = bt_kb_articles_search(kb, options->paths, options->path_count);
        break;
    case VIEW_IMPORT:
        exit_status = bt_kb_import(kb, options->paths, options->path_count, options->output);
        break;
    }
    bt_kb_free(kb);
    return exit_status;
}

static int list_articles(const struct kb_options *options)
{
    return with_knowledge(options, VIEW_LIST);
}

static int show_articles(const struct kb_options *options)
{
    return with_knowledge(options, VIEW_SHOW);
}

static int search_articles(const struct kb_options *options)
{
    return with_knowledge(options, VIEW_SEARCH);
}

static int import_texts(const struct kb_options *options)
{
    return with_knowledge(options, VIEW_IMPORT);
}

static const struct {
    const char *name;
    int (*run)(const struct kb_options *options);
} kb_commands[] = {
    {"build", build_image},      {"check", check_sources}, {"test", test_sources},
    {"info", show_info},         {"list", list_articles},  {"show", show_articles},
    {"search", search_articles}, {"import", import_texts},
};

// BT_GO_ON, or the exit status.
static int parse_options(int argc, char **argv, struct kb_options *ret)
{
    *ret = (struct kb_options){0};
    opterr = 0;
    optind = 1;
    for (int option; (option = getopt_long(argc, argv, ":o:h", kb_option_table, NULL)) != -1;) {
        switch (option) {
        case 'o':
            ret->output = optarg;
            break;
        case OPTION_ALONE:
            ret->alone = true;
            break;
        case OPTION_KB:
            if (ret->knowledge.kb_count == BT_OPTION_KB_FILES)
                return bt_usage_error("kb", "too many knowledge bases at \"%s\"", optarg);
            ret->knowledge.kb_files[ret->knowledge.kb_count++] = optarg;
            break;
        case 'h':
            return bt_print("%s", bt_help_kb);
        default:
            return bt_usage_error("kb", "option \"%s\" is unknown or has no value",
                                  argv[optind - 1]);
        }
    }
    ret->paths = (const char *const *)(argv + optind);
    ret->path_count = (size_t)(argc - optind);
    return BT_GO_ON;
}

int bt_cmd_kb(int argc, char **argv)
{
    struct kb_options options;
    int exit_status = parse_options(argc, argv, &options);
    if (exit_status != BT_GO_ON)
        return exit_status;
    if (options.path_count == 0)
        return bt_usage_error("kb", "build, check, test, info, list, show, search or import?");
    const char *name = *options.paths++;
    options.path_count--;
    for (size_t i = 0; i < BT_COUNT(kb_commands); i++) {
        if (strcmp(name, kb_commands[i].name) == 0)
            return kb_commands[i].run(&options);
    }
    return bt_usage_error("kb", "unknown command \"%s\"", name);
}
