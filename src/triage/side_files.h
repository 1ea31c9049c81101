// SPDX-License-Identifier: MIT
//
// Files that lie beside dumps and tell of their machine: lists of installed updates, event logs
// exported as text. Support tools collect them with the dumps, in one folder or archive. They
// are found by words in their names and recognised by their content, and are read once for all
// dumps of a folder.
//
// A file belongs to the dumps of its own folder, and of a folder in it that holds dumps only
// ("Minidump"): nothing else says that two files come from one machine.
#ifndef BT_TRIAGE_SIDE_FILES_H
#define BT_TRIAGE_SIDE_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "crash/crash.h"
#include "io/source.h"

struct bt_side_files;

enum bt_status bt_side_files_new(struct bt_side_files **ret, struct bt_error *err) BT_MUST_USE;
void bt_side_files_free(struct bt_side_files *files); // NULL is accepted

// Whether a file of this name is worth a look.
bool bt_is_side_file_name(const char *path);
// The folder above, where `path` is that of a dump in a folder for dumps: the size of its part
// of the path, with the separator. False: it lies in no such folder.
bool bt_side_files_above(const char *path, size_t *ret_size);

// Looks at a file; one that is no such list is left out. `path` is that in an archive, or a
// file's. Fails only where memory ends.
enum bt_status bt_side_files_add(struct bt_side_files *files, const char *path,
                                 struct bt_source *source, struct bt_error *err) BT_MUST_USE;
// Files that were taken.
size_t bt_side_files_count(const struct bt_side_files *files);
// Looks for files beside the dump `path`. What was found for the folder before is kept.
enum bt_status bt_side_files_look_beside(struct bt_side_files *files, const char *path,
                                         struct bt_error *err) BT_MUST_USE;

// Where it is known that the folder of the dump `path` holds no other files: not looked for.
enum bt_status bt_side_files_set_none(struct bt_side_files *files, const char *path,
                                      struct bt_error *err) BT_MUST_USE;

// Whether there is certainly no file of this name in the folder of the dump `path`, which was
// looked into last. The case of letters does not count.
bool bt_side_files_lack(const struct bt_side_files *files, const char *path, const char *name);

// Fills crash->machine for the dump `path`, with copies. A list of another machine becomes a
// note, and so does a file that was too large. `lists`: not only event logs.
enum bt_status bt_side_files_join(const struct bt_side_files *files, const char *path,
                                  bool lists, struct bt_crash *crash, struct bt_arena *arena,
                                  struct bt_error *err) BT_MUST_USE;

// The same for one list that was named, whatever else there is; where it does not fit, or is
// none, a note says so.
enum bt_status bt_join_update_list(const char *list_path, struct bt_crash *crash,
                                   struct bt_arena *arena, struct bt_error *err) BT_MUST_USE;

#endif
