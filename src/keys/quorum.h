/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose cosignatures a checkpoint must bear: a trust policy as C2SP tlog-policy
 * writes it.
 *
 *	log VKEY [URL]
 *	witness NAME VKEY [URL]
 *	group NAME any|all|K NAME...
 *	quorum NAME|none
 */
#ifndef KEYS_QUORUM_H
#define KEYS_QUORUM_H

#include "keys/keys.h"

#define QUORUM_LOGS_MAX		32
#define QUORUM_NAMES_MAX	64	/* witnesses and groups */
#define QUORUM_BYTES_MAX	((size_t)64 * 1024)

struct quorum_name {
	struct assay_bytes name;
	bool is_witness;
	struct note_key key;		/* of a witness */
	uint8_t threshold;		/* of a group */
	uint64_t members;		/* of a group: bit i, the name before it */
};

struct quorum {
	size_t logs_count;
	struct note_key logs[QUORUM_LOGS_MAX];
	size_t count;
	struct quorum_name names[QUORUM_NAMES_MAX];
	bool none;			/* no cosignature is needed */
	size_t wanted;			/* else: index of a name */
};

/* Borrows from text.  NULL, or what is wrong in line *line. */
const char *quorum_parse(struct quorum *quorum, struct assay_bytes text, unsigned *line);

/* What a checkpoint bears. */
struct quorum_seen {
	size_t good;			/* cosignatures by witnesses of the policy, not too old */
	size_t old;			/* too old ones */
	bool bad;			/* one that does not verify: the note is to be refused */
	int64_t times_s[QUORUM_NAMES_MAX];	/* of each witness's; 0: none, or too old */
	int64_t oldest_s;		/* of the good ones; 0: there is none */
};
/* Does the note bear what the policy wants, none of it from before oldest_s? */
bool quorum_check(const struct quorum *quorum, const struct assay_crypto *crypto, struct assay_bytes note,
    int64_t oldest_s, struct quorum_seen *seen);

#endif
