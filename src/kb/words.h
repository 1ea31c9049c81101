// SPDX-License-Identifier: MIT
//
// The closed word lists of the knowledge's source form. The compiler refuses other words and
// suggests the nearest of these.
#ifndef BT_KB_WORDS_H
#define BT_KB_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bt_kb_words {
    const char *const *items;
    size_t count;
};

extern const struct bt_kb_words bt_kb_stop_classes;    // "driver", "memory", ...
extern const struct bt_kb_words bt_kb_blames;          // "driver", "hardware", ...
extern const struct bt_kb_words bt_kb_parameter_kinds; // "value", "irql", ...
extern const struct bt_kb_words bt_kb_architectures;   // names of bt_arch_name
extern const struct bt_kb_words bt_kb_product_types;   // names of bt_product_type_name
extern const struct bt_kb_words bt_kb_roles;           // in the order of enum bt_kb_role
extern const struct bt_kb_words bt_kb_place_systems;   // in the order of bt_kb_place_system
extern const struct bt_kb_words bt_kb_place_kinds;     // in the order of bt_kb_place_kind
extern const struct bt_kb_words bt_kb_fix_kinds;       // "hotfix", "service-pack", ...
extern const struct bt_kb_words bt_kb_link_kinds;      // "supersedes", ...

// The index of a word, ASCII case ignored; false where the list does not have it.
bool bt_kb_word_find(const struct bt_kb_words *words, const char *text, size_t *ret);
// The word that `text` is probably a misspelling of, or NULL.
const char *bt_kb_word_suggest(const struct bt_kb_words *words, const char *text);

#endif
