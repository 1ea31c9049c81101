// SPDX-License-Identifier: MIT
//
// Names for a problem: our own two levels of signature, and the names under which Windows and
// its debugger know it, where those can be computed without symbols.
//
// Group and exact are versioned by their first field. They hold no address and no time, so the
// same problem gives the same text on every machine:
//   g1:<code>:<sub-code>:<module>                      coarse: survives new builds of the
//   driver x1:<code>:<sub-code>:<module>+<offset>:<stamp>     fine: one place in one build
#ifndef BT_VERDICT_SIGNATURE_H
#define BT_VERDICT_SIGNATURE_H

#include "verdict/scene.h"
#include "verdict/walks.h"

// `walks` tells who holds a power request; NULL where nothing was walked.
enum bt_status bt_signature_make(const struct bt_scene *scene, const struct bt_verdict *verdict,
                                 const struct bt_walks *walks, struct bt_signature *ret,
                                 struct bt_error *err) BT_MUST_USE;

enum bt_bucket_domain {
    BT_BUCKET_KERNEL,
    BT_BUCKET_USER,
};

// FAILURE_ID_HASH of a FAILURE_BUCKET_ID: MD5 over the UTF-16LE text of "km:" (kernel) or "um:"
// (user) and the bucket, ASCII lower case, printed as a little-endian GUID. Found by comparing
// published pairs; 27 of 27 agree. In the arena.
enum bt_status bt_failure_id_hash(const char *bucket, enum bt_bucket_domain domain,
                                  struct bt_arena *arena, const char **ret,
                                  struct bt_error *err) BT_MUST_USE;

// What the name of a WER kernel report folder is made from.
struct bt_wer_key {
    uint32_t code; // with the flag of the small-dump variants
    uint64_t parameters[4];
    uint32_t major, minor, build;
    uint32_t service_pack_major, service_pack_minor;
    uint32_t suite_mask, product_type;
};

// "Kernel_<code>_<hash>": SHA-1 over the UTF-16LE text of the ten report parameters, each byte
// printed without leading zero, as Windows prints it. In the arena.
enum bt_status bt_wer_report_folder(const struct bt_wer_key *key, struct bt_arena *arena,
                                    const char **ret, struct bt_error *err) BT_MUST_USE;

#endif
