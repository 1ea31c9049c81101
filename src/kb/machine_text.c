// SPDX-License-Identifier: MIT
#include "kb/machine_text.h"

#include <string.h>

#include "base/text.h"
#include "base/version_number.h"
#include "kb/line_words.h"
#include "kb/system_words.h"

// --- Modules

static bool has_ending(const char *name, const char *ending)
{
    size_t size = strlen(name), length = strlen(ending);
    return size > length && bt_ieq(name + size - length, ending);
}

static bool is_image(const char *name)
{
    return has_ending(name, ".sys") || has_ending(name, ".dll") || has_ending(name, ".exe");
}

// Files that are no images, whatever they are called.
static bool is_data(const char *name)
{
    return bt_ieq(name, "pagefile.sys") || bt_ieq(name, "hiberfil.sys") ||
           bt_ieq(name, "swapfile.sys") || bt_ieq(name, "config.sys");
}

static struct bt_told_module_text *find_module(struct bt_machine_text *m, const char *name)
{
    if (name[0] == '\0' || is_data(name))
        return NULL;
    for (size_t i = 0; i < m->module_count; i++) {
        if (bt_ieq(m->modules[i].name, name))
            return &m->modules[i];
    }
    if (m->module_count == BT_TOLD_MODULES)
        return NULL;
    struct bt_told_module_text *module = &m->modules[m->module_count++];
    *module = (struct bt_told_module_text){.base = 0};
    memcpy(module->name, name, strlen(name) + 1);
    return module;
}

// A debugger's name of a module, "tcpip", or the file. The kernel is "nt".
static struct bt_told_module_text *find_by_short_name(struct bt_machine_text *m,
                                                      const char *name)
{
    static const char *const words[] = {"Unknown_Module",    "Unknown_Image",   "hardware",
                                        "memory_corruption", "Pool_Corruption", "GenuineIntel",
                                        "AuthenticAMD"};
    char file[BT_TOLD_NAME_SIZE];
    size_t size = strlen(name);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (bt_ieq(name, words[i]))
            return NULL;
    }
    if (bt_ieq(name, "nt"))
        return find_module(m, "ntoskrnl.exe");
    if (is_image(name))
        return find_module(m, name);
    if (size == 0 || size + 5 > sizeof file || strchr(name, '.') != NULL)
        return NULL;
    memcpy(file, name, size);
    memcpy(file + size, ".sys", 5);
    return find_module(m, file);
}

static void blame(struct bt_machine_text *m, struct bt_line value)
{
    char name[BT_TOLD_NAME_SIZE];
    for (size_t i = 0; i < m->module_count; i++) {
        if (m->modules[i].blamed)
            return;
    }
    bt_line_copy_name(value.text, value.size, name, sizeof name);
    struct bt_told_module_text *module = find_by_short_name(m, name);
    if (module != NULL)
        module->blamed = true;
}

static struct bt_told_module_text *blamed_module(struct bt_machine_text *m)
{
    for (size_t i = 0; i < m->module_count; i++) {
        if (m->modules[i].blamed)
            return &m->modules[i];
    }
    return NULL;
}

// Blue screens: "gv3.sys - Address F73120AE base at F73BE000, DateStamp 3dd991eb". Articles:
// "Address F73120AE has base at F73BE000 - gv3.sys". The size of the image is not told: it
// reaches at least to the address.
static bool read_address_line(struct bt_line l, struct bt_machine_text *m)
{
    enum { PAGE = 0x1000, LARGEST_IMAGE = 0x8000000 };
    char name[BT_TOLD_NAME_SIZE];
    uint64_t address, base, stamp;
    size_t at = bt_line_find_word(l, "address "), has_base = bt_line_find_word(l, "base at ");
    if (at == 0 || has_base < at)
        return false;
    struct bt_line a = bt_line_behind(l, at), b = bt_line_behind(l, has_base), d;
    if (!bt_line_take_hex(&a, &address) || !bt_line_take_hex(&b, &base))
        return false;
    bt_line_skip_blanks(&l);
    if (bt_line_copy_name(l.text, l.size, name, sizeof name) == 0 || !is_image(name)) {
        while (b.size > 0 && !bt_is_alpha(b.text[0])) {
            b.text++;
            b.size--;
        }
        bt_line_copy_name(b.text, b.size, name, sizeof name);
    }
    struct bt_told_module_text *module = is_image(name) ? find_module(m, name) : NULL;
    if (module == NULL)
        return true;
    module->base = base;
    if (address >= base && address - base < LARGEST_IMAGE)
        module->size = (address - base + PAGE) / PAGE * PAGE;
    size_t date = bt_line_find_word(l, "datestamp ");
    d = bt_line_behind(l, date);
    if (date != 0 && bt_line_take_hex(&d, &stamp) && stamp <= UINT32_MAX)
        module->stamp = (uint32_t)stamp;
    return true;
}

// Lists of a debugger: "f7e30000 f7e8a000   tcpip      (deferred)".
static bool read_list_line(struct bt_line l, struct bt_machine_text *m)
{
    char name[BT_TOLD_NAME_SIZE];
    uint64_t start, end;
    if (!bt_line_take_hex(&l, &start) || !bt_line_take_hex(&l, &end) || end <= start ||
        start < 0x10000 || end - start > 0x10000000)
        return false;
    bt_line_skip_blanks(&l);
    size_t size = bt_line_copy_name(l.text, l.size, name, sizeof name);
    l = bt_line_behind(l, size);
    bt_line_skip_blanks(&l);
    if (size == 0 || l.size == 0 || (l.text[0] != '(' && !bt_ieq_n(l.text, name, size)))
        return false;
    struct bt_told_module_text *module = find_by_short_name(m, name);
    if (module == NULL)
        return true;
    module->base = start;
    module->size = end - start;
    return true;
}

// "Tcpip.sys 5.2.3790.1830", "ntfs.sys, version 6.0.6001.22120", "(tcpip.sys v5.0.2195.1)".
static void read_version_behind(struct bt_line l, struct bt_told_module_text *module)
{
    static const char *const words[] = {"file version", "version", "ver.", "v"};
    char version[BT_TOLD_VERSION_SIZE];
    for (unsigned step = 0; step < 2; step++) {
        while (l.size > 0 && (bt_is_space(l.text[0]) || strchr(",:(=-", l.text[0]) != NULL))
            l = bt_line_behind(l, 1);
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
            size_t length = strlen(words[i]);
            if (l.size > length && bt_ieq_n(l.text, words[i], length)) {
                l = bt_line_behind(l, length);
                break;
            }
        }
    }
    if (bt_line_copy_version(l.text, l.size, version) != 0 && module->version[0] == '\0')
        memcpy(module->version, version, sizeof version);
}

// Drivers are meant wherever they are named; other images where their version is told.
static void read_mentions(struct bt_line l, struct bt_machine_text *m)
{
    for (size_t i = 0; i < l.size;) {
        char name[BT_TOLD_NAME_SIZE];
        size_t size = bt_line_copy_name(l.text + i, l.size - i, name, sizeof name);
        if (size == 0) {
            i++;
            continue;
        }
        i += size;
        if (has_ending(name, ".sys")) {
            struct bt_told_module_text *module = find_module(m, name);
            if (module != NULL)
                read_version_behind(bt_line_behind(l, i), module);
        }
        while (i < l.size && bt_line_is_name_char(l.text[i]))
            i++;
    }
}

// --- The system

// "5_2_3790", "6.1.7601.2.1.0.256.48" (the fifth number is the service pack),
// "7601.17514.amd64fre.win7sp1_rtm".
static void read_os_version(struct bt_line l, struct bt_machine_text *m)
{
    uint32_t parts[5];
    size_t count = 0;
    while (count < 5 && bt_line_take_decimal(&l, &parts[count])) {
        count++;
        if (l.size == 0 || (l.text[0] != '.' && l.text[0] != '_'))
            break;
        l = bt_line_behind(l, 1);
    }
    enum { OLDEST_BUILD = 500, LARGEST_BUILD = 60000 };
    uint32_t build = count >= 3 && parts[0] < 20 ? parts[2] : count >= 1 ? parts[0] : 0;
    if (build < OLDEST_BUILD || build > LARGEST_BUILD)
        return;
    m->build = bt_some32(build);
    if (count == 5 && parts[0] < 10 && parts[4] < 10)
        m->service_pack = bt_some32(parts[4]);
}

static void read_service_pack(struct bt_line l, struct bt_machine_text *m)
{
    uint32_t value;
    if (bt_line_take_decimal(&l, &value) && value < 10)
        m->service_pack = bt_some32(value);
}

// "272_3": suite and product type.
static void read_product(struct bt_line l, struct bt_machine_text *m)
{
    static const char *const types[] = {"workstation", "domain controller", "server"};
    uint32_t suite, type;
    if (!bt_line_take_decimal(&l, &suite) || l.size == 0 || l.text[0] != '_')
        return;
    l = bt_line_behind(l, 1);
    if (bt_line_take_decimal(&l, &type) && type >= 1 && type <= 3)
        m->product_type = types[type - 1];
}

static void read_architecture(struct bt_line l, struct bt_machine_text *m)
{
    static const char *const names[] = {"x64", "x86", "arm64", "ia64"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t length = strlen(names[i]);
        if (l.size >= length && bt_ieq_n(l.text, names[i], length))
            m->architecture = names[i];
    }
}

// Error reports put several on one line: "OSVer : 5_2_3790 SP : 0_0 Product : 272_3".
static void read_report_words(struct bt_line l, struct bt_machine_text *m)
{
    static const struct {
        const char *key;
        void (*read)(struct bt_line l, struct bt_machine_text *m);
    } keys[] = {
        {"OSVer", read_os_version},
        {" SP", read_service_pack},
        {"Product", read_product},
    };
    if (bt_line_find_word(l, "OSVer") == 0)
        return;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct bt_line value = bt_line_behind(l, bt_line_find_word(l, keys[i].key));
        while (value.size > 0 && (bt_is_space(value.text[0]) || value.text[0] == ':'))
            value = bt_line_behind(value, 1);
        keys[i].read(value, m);
    }
}

// "Windows 7 Kernel Version 7601 (Service Pack 1) MP (8 procs) Free x64", "OS Build
// 19045.2311".
static void read_build_words(struct bt_line l, struct bt_machine_text *m)
{
    static const char *const words[] = {"kernel version ", "os build ", "[version ",
                                        "built by: "};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t at = bt_line_find_word(l, words[i]);
        if (at != 0)
            read_os_version(bt_line_behind(l, at), m);
    }
    if (bt_line_find_word(l, "kernel version ") != 0 && bt_line_find_word(l, " free x64") != 0)
        m->architecture = "x64";
    else if (bt_line_find_word(l, "kernel version ") != 0 &&
             bt_line_find_word(l, " free x86") != 0)
        m->architecture = "x86";
}

// --- Fields

static void read_process(struct bt_line l, struct bt_machine_text *m)
{
    bt_line_copy_name(l.text, l.size, m->process, sizeof m->process);
}

static void read_blamed(struct bt_line l, struct bt_machine_text *m)
{
    blame(m, l);
}

static void read_blamed_version(struct bt_line l, struct bt_machine_text *m)
{
    struct bt_told_module_text *module = blamed_module(m);
    if (module != NULL)
        read_version_behind(l, module);
}

static void read_blamed_stamp(struct bt_line l, struct bt_machine_text *m)
{
    uint64_t stamp;
    struct bt_told_module_text *module = blamed_module(m);
    if (module != NULL && bt_line_take_hex(&l, &stamp) && stamp <= UINT32_MAX)
        module->stamp = (uint32_t)stamp;
}

static const struct {
    const char *key;
    void (*read)(struct bt_line l, struct bt_machine_text *m);
} fields[] = {
    {"PROCESS_NAME", read_process},
    {"IMAGE_NAME", read_blamed},
    {"What failed", read_blamed},
    {"Probably caused by", read_blamed},
    {"IMAGE_VERSION", read_blamed_version},
    {"DEBUG_FLR_IMAGE_TIMESTAMP", read_blamed_stamp},
    {"OS_VERSION", read_os_version},
    {"OS Version", read_os_version},
    {"BUILD_VERSION_STRING", read_os_version},
    {"OSBUILD", read_os_version},
    {"OSSERVICEPACK", read_service_pack},
    {"Service Pack", read_service_pack},
    {"Product", read_product},
    {"OSPLATFORM_TYPE", read_architecture},
    {"System Type", read_architecture},
};

static bool read_field(struct bt_line l, struct bt_machine_text *m)
{
    struct bt_line value;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (bt_line_take_key(l, fields[i].key, &value)) {
            fields[i].read(value, m);
            return true;
        }
    }
    return false;
}

// A debugger names the module in short where it has no file: "MODULE_NAME: tcpip".
static void read_short_names(const char *text, size_t size, struct bt_machine_text *m)
{
    struct bt_line l, value;
    for (size_t at = 0; bt_line_next(text, size, &at, &l);) {
        if (bt_line_take_key(l, "MODULE_NAME", &value))
            blame(m, value);
    }
}

void bt_machine_text_read(const char *text, size_t size, struct bt_machine_text *ret)
{
    struct bt_line l;
    bool unclear = false;
    *ret = (struct bt_machine_text){.module_count = 0};
    for (size_t at = 0; bt_line_next(text, size, &at, &l);) {
        bt_system_words_read(l.text, l.size, ret, &unclear);
        read_report_words(l, ret);
        read_build_words(l, ret);
        if (!read_address_line(l, ret) && !read_list_line(l, ret) && !read_field(l, ret))
            read_mentions(l, ret);
    }
    read_short_names(text, size, ret);
}
