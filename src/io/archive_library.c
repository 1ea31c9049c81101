// SPDX-License-Identifier: MIT
#include "io/archive_library.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

// Its name has been the same since version 3.0 (2011).
#ifndef BT_LIBARCHIVE
#ifdef __APPLE__
#define BT_LIBARCHIVE "libarchive.13.dylib"
#else
#define BT_LIBARCHIVE "libarchive.so.13"
#endif
#endif

// POSIX guarantees that a function pointer survives the way through void *, ISO C does not.
static bool find_symbol(void *library, const char *name, void *ret_function)
{
    void *symbol = dlsym(library, name);
    memcpy(ret_function, &symbol, sizeof symbol);
    return symbol != NULL;
}

enum bt_status bt_archive_library_load(struct bt_archive_library *ret, struct bt_error *err)
{
    void *library = dlopen(BT_LIBARCHIVE, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return BT_FAIL(
            err, BT_E_UNSUPPORTED, BT_NO_OFFSET,
            "libarchive is not installed: install it (the package is libarchive13 on "
            "Debian and Ubuntu, libarchive elsewhere), or unpack the archive first");
    bool ok = true;
#define FIND(name) ok = ok && find_symbol(library, #name, &ret->name);
    BT_ARCHIVE_FUNCTIONS(FIND)
#undef FIND
    if (!ok)
        return BT_FAIL(err, BT_E_UNSUPPORTED, BT_NO_OFFSET,
                       "the installed libarchive is too old: 3.4 is wanted");
    return BT_OK;
}
