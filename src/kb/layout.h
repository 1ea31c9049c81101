// SPDX-License-Identifier: MIT
//
// The layout of a knowledge image (bugtriage.kb), shared by its writer, reader and validator.
//
// An image is one run of bytes, little-endian, without pointers:
//
//   offset  size  header
//        0     8  magic "BTKB\r\n\x1a\n"
//        8     4  format version, matched exactly
//       12     4  CRC-32 (zlib) of every byte from offset 16 to the end
//       16     8  size of the image in bytes
//       24     8  content id: 64-bit hash of all sections
//       32     4  number of sections (BT_KB_SECTIONS)
//       36     4  flags: bit 0: test cases are included
//       40    24  for each section: u32 kind, u32 stride, u64 offset, u64 count
//
// Sections follow in the order of enum bt_kb_section, each 8-byte aligned, without gaps but for
// that. Section 0 holds the texts: a zero word, then for each text u32 length, the bytes, NUL,
// padding to a multiple of 4; a reference is the offset of the length, and 0 is "no text". All
// other sections are tables of fixed-size records made of 32-bit words, described field by
// field in layout.c; the validator checks every field by that description.
#ifndef BT_KB_LAYOUT_H
#define BT_KB_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#define BT_KB_MAGIC "BTKB\r\n\x1a\n"
enum {
    BT_KB_MAGIC_SIZE = 8,
    BT_KB_FORMAT_VERSION = 3,
    BT_KB_HEADER_SIZE = 40,
    BT_KB_SECTION_ENTRY_SIZE = 24,
    BT_KB_CRC_START = 16, // the checksum covers everything from here on
    BT_KB_FLAG_TESTS = 1,
    BT_KB_MAX_WORDS = 40, // of one record
};

// "Not known" in a plain number field, where 0 is a value.
#define BT_KB_NONE UINT32_MAX

enum bt_kb_section {
    BT_KB_TEXTS,      // the pool
    BT_KB_TEXT_LIST,  // members of lists of texts
    BT_KB_RANGES,     // members of number sets
    BT_KB_NODES,      // expression nodes, operands before their operators
    BT_KB_EXPRS,      // one row for each expression
    BT_KB_STOPS,      // by code
    BT_KB_PARAMETERS, //
    BT_KB_VALUES,     //
    BT_KB_STATUS_NT,  // this and the next four: by value, in the order of bt_kb_status_kind
    BT_KB_STATUS_EXCEPTION,
    BT_KB_STATUS_FAILFAST,
    BT_KB_STATUS_WIN32,
    BT_KB_STATUS_FILL,
    BT_KB_EXCEPTION_PARAMETERS, // by exception code
    BT_KB_DRIVERS,              // by file
    BT_KB_ALIASES,              // by alias
    BT_KB_FILTERS,              // by file
    BT_KB_SYSTEM_PLACES,        // by system
    BT_KB_PRODUCTS,             // by build
    BT_KB_BRANCHES,             // by first version
    BT_KB_SYSTEMS,              // "2003 SP1 x86"
    BT_KB_CONDITIONS,
    BT_KB_SAMPLES,
    BT_KB_CLAUSES,
    BT_KB_FIX_FILES,
    BT_KB_LINKS,
    BT_KB_ARTICLES,             // by id
    BT_KB_CANDIDATES,           // by stop code: articles that name it
    BT_KB_EXCEPTION_CANDIDATES, // by exception code: the same
    BT_KB_MODULE_CANDIDATES,    // by hash of the faulting module: articles with exceptions
    BT_KB_CODELESS,             // articles that name neither
    BT_KB_TESTS,
    BT_KB_FACTS,
    BT_KB_SECTIONS,
};

// The words of each record. A field of 64 bits takes two words, a list two (first, count).
enum { TEXT_LIST_TEXT, TEXT_LIST_WORDS };
enum { RANGE_LOW, RANGE_HIGH = 2, RANGE_WORDS = 4 };
enum {
    NODE_OP,
    NODE_A,        // operands: positions inside the expression, smaller than the node's own
    NODE_B,        //
    NODE_LIST,     // first, count: RANGES or TEXT_LIST, as the operation says
    NODE_TEXT = 5, // of a word literal
    NODE_VALUE,    // 64 bits: of a literal, or the number of a parameter
    NODE_WORDS = 8,
};
enum { EXPR_NODES, EXPR_SOURCE = 2, EXPR_LINE, EXPR_WORDS };
enum {
    STOP_CODE,
    STOP_NAME,
    STOP_SAYS,
    STOP_CLASS,
    STOP_BLAME,
    STOP_LIVE,
    STOP_ALSO,
    STOP_CHECK = 8,
    STOP_PARAMETERS = 10,
    STOP_VALUES = 12,
    STOP_SOURCE = 14,
    STOP_LINE,
    STOP_WORDS,
};
enum { PARAMETER_P, PARAMETER_IS, PARAMETER_KIND, PARAMETER_WHEN, PARAMETER_WORDS };
enum {
    VALUE_P,
    VALUE_TABLE,
    VALUE_VALUE,
    VALUE_END = 4,
    VALUE_MASK = 6,
    VALUE_MEANS = 8,
    VALUE_SYMBOL,
    VALUE_PARAMETERS,
    VALUE_WHEN = 12,
    VALUE_BLAME,
    VALUE_WORDS,
};
enum { STATUS_VALUE, STATUS_NAME, STATUS_TEXT, STATUS_WORDS };
enum {
    EXCEPTION_PARAMETER_CODE,
    EXCEPTION_PARAMETER_P,
    EXCEPTION_PARAMETER_IS,
    EXCEPTION_PARAMETER_KIND,
    EXCEPTION_PARAMETER_WORDS
};
enum { DRIVER_FILE, DRIVER_VENDOR, DRIVER_PRODUCT, DRIVER_ROLE, DRIVER_WORDS };
enum { ALIAS_ALIAS, ALIAS_FILE, ALIAS_WORDS };
enum { FILTER_FILE, FILTER_CLASS, FILTER_ALTITUDE, FILTER_WORDS };
enum { SYSTEM_PLACE_SYSTEM, SYSTEM_PLACE_KIND, SYSTEM_PLACE_TEXT, SYSTEM_PLACE_WORDS };
enum {
    PRODUCT_BUILD,
    PRODUCT_TYPES, // bit 0 workstation, bit 1 server and domain controller
    PRODUCT_ARCH,  // word of bt_kb_architectures, BT_KB_NONE: any
    PRODUCT_NT,
    PRODUCT_NAME,
    PRODUCT_SHORT,
    PRODUCT_SP,
    PRODUCT_WORDS,
};
enum {
    BRANCH_FAMILY,
    BRANCH_FROM,
    BRANCH_TO = 3,
    BRANCH_PRODUCT = 5,
    BRANCH_SP,
    BRANCH_BRANCH,
    BRANCH_NOTE,
    BRANCH_WORDS,
};
enum {
    SYSTEM_TEXT, // as written
    SYSTEM_LINE, // canonical word of the product line; 0: any
    SYSTEM_BUILD_FROM,
    SYSTEM_BUILD_TO,
    SYSTEM_TYPES,   // bit 0 workstation, bit 1 server
    SYSTEM_SP_FROM, // BT_KB_NONE: any
    SYSTEM_SP_TO,
    SYSTEM_ARCHS,     // bit n: word n of bt_kb_architectures; 0: any
    SYSTEM_NOT_ARCHS, // "except x64"
    SYSTEM_TSE,       // 1: NT 4.0 Terminal Server Edition only, 2: everything but that
    SYSTEM_LATEST,    // 1: "latest ...": an earlier service pack may do as well
    SYSTEM_WORDS,
};
enum {
    CONDITION_ROLE, // enum bt_kb_condition_role
    CONDITION_GROUP,
    CONDITION_P, // 1..4 where the condition is stated on one parameter, else 0
    CONDITION_EXPR,
    CONDITION_WHEN, // proviso
    CONDITION_WORDS,
};
enum { SAMPLE_KNOWN, SAMPLE_VALUES, SAMPLE_WORDS = 9 }; // known: bit n: parameter n+1 is given
enum {
    CLAUSE_CODE,
    CLAUSE_CONDITIONS,
    CLAUSE_SAMPLES = 3,
    CLAUSE_SIGNATURE = 5, // 64-bit hash of code and printed parameters
    CLAUSE_LINE = 7,
    CLAUSE_KIND,   // bits: enum bt_kb_clause_kind
    CLAUSE_RAISES, // 0 nothing, 1 probable, 2 strong: what the clause alone makes of a match
    CLAUSE_MODULES = 10, // texts: files one of which must hold the instruction
    CLAUSE_WORDS = 12,
};
enum {
    FIX_FILE_NAME,
    FIX_FILE_PLATFORM, // word of bt_kb_architectures, BT_KB_NONE: any
    FIX_FILE_HAS,      // bits: enum fix_file_has
    FIX_FILE_VERSION,
    FIX_FILE_DATE = 5,
    FIX_FILE_SIZE = 7,
    FIX_FILE_CURES,
    FIX_FILE_SYSTEMS,
    FIX_FILE_WORDS = 11,
};
enum {
    FIX_FILE_HAS_VERSION = 1,
    FIX_FILE_HAS_SIZE = 2,
    FIX_FILE_HAS_DATE = 4,
    FIX_FILE_DATE_ONLY = 8,
    FIX_FILE_DATE_IS_BOUND = 16,
    FIX_FILE_HAS_ALL = 31
};
enum { LINK_KIND, LINK_TARGET, LINK_WORDS };
enum {
    ARTICLE_ID,
    ARTICLE_TITLE,
    ARTICLE_URL,
    ARTICLE_SOURCE,
    ARTICLE_LINE,
    ARTICLE_GRADE, // 1..7 for class A..G; 0: not stated
    ARTICLE_CAP,   // highest verdict: 0 none stated, 1 possible, 2 probable
    ARTICLE_CAP_REASON,
    ARTICLE_OUTSIDE, // 1: a system that `applies` does not list is still possible
    ARTICLE_NARROWNESS,
    ARTICLE_SYSTEMS,
    ARTICLE_CLAUSES = 12,
    ARTICLE_CONDITIONS = 14,
    ARTICLE_ASK = 16,
    ARTICLE_LINKS = 18,
    ARTICLE_SYMPTOMS = 20,
    ARTICLE_CAUSE,
    ARTICLE_RESOLUTION,
    ARTICLE_WORKAROUND,
    ARTICLE_FIX_KIND, // 0: no fix
    ARTICLE_FIX_NOTE,
    ARTICLE_REQUIRES_TEXT,
    ARTICLE_RESTART,
    ARTICLE_REPLACES,
    ARTICLE_REQUIRES, // SYSTEMS
    ARTICLE_FIXED_IN = 31,
    ARTICLE_FILES = 33,
    ARTICLE_KEYWORDS = 35, // texts for searching
    ARTICLE_WORDS = 37,
};
// Hashes (bt_kb_file_hash) of the files of which one has to be loaded; 0 where there is none,
// or none but in one of them. An article that needs more than two is not sifted by its files.
enum { CANDIDATE_CODE, CANDIDATE_ARTICLE, CANDIDATE_FILES, CANDIDATE_WORDS = 4 };
enum {
    EXCEPTION_CANDIDATE_CODE,
    EXCEPTION_CANDIDATE_ARTICLE,
    EXCEPTION_CANDIDATE_KINDS, // bits: of all its clauses with this code
    EXCEPTION_CANDIDATE_WORDS
};
enum {
    MODULE_CANDIDATE_HASH, // bt_kb_file_hash
    MODULE_CANDIDATE_ARTICLE,
    MODULE_CANDIDATE_KINDS,
    MODULE_CANDIDATE_ANY, // 1: a clause of it fits any exception
    MODULE_CANDIDATE_WORDS
};
enum { CODELESS_ARTICLE, CODELESS_WORDS };
enum {
    TEST_ARTICLE,
    TEST_NAME,
    TEST_VERDICT,
    TEST_FIX,
    TEST_NOTE,
    TEST_SOURCE,
    TEST_LINE,
    TEST_FACTS,
    TEST_WORDS = 9,
};
// FACT_LINE has the line in its low FACT_LINE_BITS bits, and the column above them; what is larger
// than fits is the largest number.
enum { FACT_KEY, FACT_NAME, FACT_VALUE, FACT_LINE, FACT_WORDS };
enum { FACT_LINE_BITS = 20 };

// What a field holds, and so what the validator demands of it.
enum bt_kb_field_kind {
    FIELD_END,
    FIELD_NUMBER,        // any 32 bits
    FIELD_WIDE,          // any 64 bits: two words
    FIELD_TEXT,          // reference to a text
    FIELD_OPTIONAL_TEXT, // the same, or 0
    FIELD_BELOW,         // a number below `limit`
    FIELD_BELOW_OR_NONE, // the same, or BT_KB_NONE
    FIELD_LIST,          // two words: first, count; in section `limit`
    FIELD_OPTIONAL_EXPR, // 0, or 1 + index in EXPRS
    FIELD_EXPR,          // 1 + index in EXPRS
    FIELD_ROW,           // index in section `limit`
    FIELD_NODE,          // checked by the validator of expressions
};

struct bt_kb_field {
    uint8_t word;
    uint8_t kind;   // enum bt_kb_field_kind
    uint32_t limit; // section or exclusive maximum
};

// How the rows of a section are ordered, so that lookups can halve.
enum bt_kb_order_kind {
    ORDER_FREE,
    ORDER_NUMBER,       // word 0 rises
    ORDER_NUMBER_LOOSE, // word 0 rises or stays
    ORDER_TEXT,         // the text of word 0 rises (strcmp)
    ORDER_TEXT_LOOSE,   // the text of word 0 rises or stays
    ORDER_WIDE_LOOSE,   // the 64 bits at word 1 rise or stay
};

struct bt_kb_section_layout {
    const char *name;
    uint32_t words; // of one record; 0 for the text pool
    enum bt_kb_order_kind order;
    const struct bt_kb_field *fields; // ends with FIELD_END
};

extern const struct bt_kb_section_layout bt_kb_layout[BT_KB_SECTIONS];

// How long a list of rows of a section may be.
uint32_t bt_kb_list_limit(enum bt_kb_section section);

#endif
