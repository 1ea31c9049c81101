// SPDX-License-Identifier: MIT
#include "cli/help.h"

const char bt_help_triage[] =
    "Usage: bugtriage [OPTION]... PATH...\n"
    "       bugtriage explain CODE [P1 [P2 [P3 [P4]]]]\n"
    "       bugtriage kb COMMAND ...\n"
    "Says what a Windows crash dump shows: the stop code, the module to blame, the\n"
    "articles that fit. A directory is walked; - is standard input.\n"
    "\n"
    "  --format text|json|ndjson   for people, one document, one record a line\n"
    "  -o, --output FILE           write there instead of standard output\n"
    "  --explain                   every reason, every article in full\n"
    "  --all                       also the articles that do not fit, and why\n"
    "  --modules, --stack          also the list of modules, the stack\n"
    "  --kb FILE                   knowledge image over the built-in one; repeatable\n"
    "  --hash                      add the SHA-256 of each dump\n"
    "  --width N, --no-color       of the text\n"
    "  --exit-zero                 exit with 0 although an input could not be read\n"
    "  -q, --quiet                 no closing line after several inputs\n"
    "  -h, --help, -V, --version\n"
    "\n"
    "Exit status: 0 all read, 1 an input could not be read, 2 wrong usage,\n"
    "3 knowledge base unusable, 4 output could not be written.\n";

const char bt_help_explain[] =
    "Usage: bugtriage explain [OPTION]... CODE [P1 [P2 [P3 [P4]]]]\n"
    "Says what a stop code and its parameters mean, with the articles that fit.\n"
    "CODE and parameters are hexadecimal, with or without 0x; CODE may be a name.\n"
    "\n"
    "  --decimal                   numbers are decimal, as in Kernel-Power event 41\n"
    "  --arch x86|x64|arm64|ia64   what is known of the machine: some meanings\n"
    "  --build N                   depend on it (--build 6002)\n"
    "  --format text|json|ndjson   for people, one document, one record a line\n"
    "  -o, --output FILE           write there instead of standard output\n"
    "  --explain                   every reason, every article in full\n"
    "  --all                       also the articles that do not fit, and why\n"
    "  --kb FILE                   knowledge image over the built-in one; repeatable\n"
    "  --width N, --no-color       of the text\n"
    "  -h, --help\n";

const char bt_help_kb[] =
    "Usage: bugtriage kb build -o FILE PATH...   make a knowledge image from sources\n"
    "       bugtriage kb check PATH...           look for mistakes in sources\n"
    "       bugtriage kb info [FILE...]          what an image, or the built-in one, holds\n"
    "Sources are YAML and TSV files, or directories of them (docs/kb-language.md).\n"
    "\n"
    "  -o, --output FILE           the image that build makes\n"
    "  --alone                     the sources use no names of the built-in knowledge\n"
    "  -h, --help\n"
    "\n"
    "Exit status: 0 done, 2 wrong usage, 3 mistakes in the sources or an unusable\n"
    "image, 4 output could not be written.\n";
