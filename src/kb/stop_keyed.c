// SPDX-License-Identifier: MIT
//
// Forms that are keyed: "BCCode : 8E BCP1 : ...", event 41, error reports, the debugger.
#include "base/text.h"
#include "kb/stop_names.h"
#include "kb/stop_scan.h"

struct keyed_form {
    const char *form;
    const char *code_key;
    const char *parameter_keys[4]; // NULL: the form has none
    bool decimal;           // Kernel-Power 41 writes the code so, and parameters in hexadecimal
    const char *code_field; // where the code does not follow the key: the field that has it
    bool needs_parameters;  // without them it is another form
};

// A longer key stands before one that it starts with.
static const struct keyed_form keyed_forms[] = {
    {.form = "error report",
     .code_key = "bccode",
     .parameter_keys = {"bcp1", "bcp2", "bcp3", "bcp4"}},
    {.form = "Kernel-Power event 41",
     .code_key = "bugcheckcode",
     .parameter_keys = {"bugcheckparameter1", "bugcheckparameter2", "bugcheckparameter3",
                        "bugcheckparameter4"},
     .decimal = true},
    {.form = "debugger",
     .code_key = "bugcheck_code",
     .parameter_keys = {"bugcheck_p1", "bugcheck_p2", "bugcheck_p3", "bugcheck_p4"}},
    {.form = "event 1003",
     .code_key = "error code",
     .parameter_keys = {"parameter1", "parameter2", "parameter3", "parameter4"}},
    {.form = "Report.wer",
     .code_key = "sig[0].value",
     .parameter_keys = {"sig[1].value", "sig[2].value", "sig[3].value", "sig[4].value"}},
    {.form = "BlueScreenView",
     .code_key = "bug check code",
     .parameter_keys = {"parameter 1", "parameter 2", "parameter 3", "parameter 4"},
     .needs_parameters = true},
    {.form = "live kernel event",
     .code_key = "livekernelevent",
     .parameter_keys = {"parameter 1", "parameter 2", "parameter 3", "parameter 4"},
     .code_field = "code"},
    {.form = "live kernel event", .code_key = "live kernel event"},
    // The event of Windows Error Reporting, behind the name of the event.
    {.form = "event 1001",
     .code_key = "bluescreen",
     .parameter_keys = {"p2:", "p3:", "p4:", "p5:"},
     .code_field = "p1:"},
    {.form = "event 1001",
     .code_key = "livekernelevent",
     .parameter_keys = {"p2:", "p3:", "p4:", "p5:"},
     .code_field = "p1:"},
    // What hosts of virtual machines write down of their guests.
    {.form = "Hyper-V event",
     .code_key = "errorcode0",
     .parameter_keys = {"errorcode1", "errorcode2", "errorcode3", "errorcode4"},
     .needs_parameters = true},
    {.form = "log of VMware",
     .code_key = "msr[0x40000100]",
     .parameter_keys = {"msr[0x40000101]", "msr[0x40000102]", "msr[0x40000103]",
                        "msr[0x40000104]"}},
    {.form = "log of QEMU",
     .code_key = "hyper-v: arg1",
     .parameter_keys = {"arg2", "arg3", "arg4", "arg5"}},
    {.form = "debugger", .code_key = "bugcheck_str"},
};

// What stands between a key and its number, markup included.
static const char between[] = " \t:=\"'>.]";

bool bt_stop_scan_keyed(struct bt_stop_scan *s, const char *key, size_t reach, bool decimal,
                        struct bt_stop_number *ret)
{
    size_t end = s->size - s->pos > reach ? s->pos + reach : s->size;
    for (size_t i = s->pos; i < end; i++) {
        struct bt_stop_scan t = *s;
        t.pos = i;
        // "P1:" does not stand in "BCP1:".
        if ((i != 0 && bt_stop_scan_is_word(s->text[i - 1])) || !bt_stop_scan_take(&t, key))
            continue;
        bt_stop_scan_skip(&t, between);
        bt_stop_scan_skip(&t, " \t\r\n"); // texts wrap where they like
        if (decimal ? bt_stop_scan_decimal_or_hex(&t, ret) : bt_stop_scan_hex(&t, ret)) {
            s->pos = t.pos;
            return true;
        }
    }
    return false;
}

// How far apart the fields of one report stand, white space and markup included.
enum { KEY_REACH = 400 };

static bool take_number(struct bt_stop_scan *s, bool decimal, struct bt_stop_number *ret)
{
    bt_stop_scan_skip(s, between);
    return decimal ? bt_stop_scan_decimal_or_hex(s, ret) : bt_stop_scan_hex(s, ret);
}

// Scripts print the parameters of event 41 in decimal: seen by one that is too long to be
// hexadecimal.
static bool are_decimal(const struct bt_stop_scan *s, const struct keyed_form *f)
{
    struct bt_stop_scan t = *s;
    struct bt_stop_number n;
    bool any = false;
    for (unsigned i = 0; i < 4 && f->decimal; i++) {
        if (!bt_stop_scan_keyed(&t, f->parameter_keys[i], KEY_REACH, true, &n))
            break;
        any = any || (!n.prefixed && n.digits > 16);
    }
    return any;
}

static bool read_keyed(const struct bt_stop_scan *s, const struct keyed_form *f,
                       struct bt_stop_text *ret)
{
    struct bt_stop_scan t = *s;
    struct bt_stop_number n;
    if (!bt_stop_scan_take(&t, f->code_key) ||
        !(f->code_field != NULL
              ? bt_stop_scan_keyed(&t, f->code_field, KEY_REACH, f->decimal, &n)
              : take_number(&t, f->decimal, &n)))
        return false;
    struct bt_stop_text found = {.start = s->pos, .form = f->form};
    if (!bt_stop_scan_accept_code(s, &n, &found))
        return false;
    const bool decimal = are_decimal(&t, f);
    for (unsigned i = 0; i < 4 && f->parameter_keys[i] != NULL; i++) {
        if (!bt_stop_scan_keyed(&t, f->parameter_keys[i], KEY_REACH, decimal, &n))
            break;
        found.known[i] = true;
        found.parameters[i] = n.value;
        found.count = i + 1;
    }
    if (found.count == 0 && f->needs_parameters)
        return false;
    found.end = t.pos;
    *ret = found;
    return true;
}

enum { SENTENCE_DIGITS = 8 };

// The next number of eight digits, behind a comma and a few words.
static bool take_number_of_sentence(struct bt_stop_scan *s, struct bt_stop_number *ret)
{
    enum { WORDS_MAX = 32 };
    const size_t end = s->size - s->pos > WORDS_MAX ? s->pos + WORDS_MAX : s->size;
    if (bt_stop_scan_peek(s) != ',')
        return false;
    for (size_t i = s->pos + 1; i < end && s->text[i] != ','; i++) {
        struct bt_stop_scan t = *s;
        t.pos = i;
        if (!bt_stop_scan_is_word(s->text[i - 1]) && bt_stop_scan_hex(&t, ret) &&
            !ret->prefixed && ret->digits == SENTENCE_DIGITS) {
            s->pos = t.pos;
            return true;
        }
    }
    return false;
}

// Older events write the numbers bare, in a sentence of the system's language: "Fehlercode
// 1000008e, 1. Parameter c0000005, 2. Parameter bf8a1234, ...". Five numbers of eight digits
// with few words between them are no other thing.
static bool read_sentence(const struct bt_stop_scan *s, struct bt_stop_text *ret)
{
    struct bt_stop_scan t = *s;
    struct bt_stop_number n;
    struct bt_stop_text found = {.start = s->pos, .form = "event 1003"};
    if (!bt_stop_scan_hex(&t, &n) || n.prefixed || n.digits != SENTENCE_DIGITS ||
        !bt_stop_is_known_raw(s->kb, n.value))
        return false;
    found.code = (uint32_t)n.value;
    while (found.count < 4 && take_number_of_sentence(&t, &n)) {
        found.known[found.count] = true;
        found.parameters[found.count++] = n.value;
    }
    found.end = t.pos;
    *ret = found;
    return found.count == 4;
}

bool bt_stop_scan_keyed_forms(const struct bt_stop_scan *s, struct bt_stop_text *ret)
{
    for (size_t i = 0; i < BT_COUNT(keyed_forms); i++) {
        if (read_keyed(s, &keyed_forms[i], ret))
            return true;
    }
    return read_sentence(s, ret);
}
