/* SPDX-License-Identifier: Apache-2.0 */
/* The vectors, read at test time from the folder that ASSAY_VECTORS names. */
#ifndef VECTORS_LOAD_H
#define VECTORS_LOAD_H

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "assay.h"

/* A path below the vectors, in a static buffer. */
static inline const char *
vector_path(const char *folder, const char *name)
{
	static char path[4096];
	const char *root = getenv("ASSAY_VECTORS");

	snprintf(path, sizeof(path), "%s/%s/%s", root == NULL ? "../shared/vectors" : root, folder, name);
	return path;
}

/* A whole file, to be freed; { NULL, 0 } where it is not there. */
static inline struct assay_bytes
vector_load(const char *folder, const char *name)
{
	FILE *f = fopen(vector_path(folder, name), "rb");
	struct assay_bytes bytes = { NULL, 0 };

	if (f == NULL) {
		return bytes;
	}
	uint8_t *data = malloc(1 << 20);

	bytes.len = fread(data, 1, 1 << 20, f);
	bytes.data = realloc(data, bytes.len == 0 ? 1 : bytes.len);
	fclose(f);
	return bytes;
}

static inline void
vector_free(struct assay_bytes bytes)
{
	free((void *)(uintptr_t)bytes.data);
}

static inline json_t *
vector_json(const char *folder, const char *name)
{
	return json_load_file(vector_path(folder, name), 0, NULL);
}

static inline struct assay_bytes
json_bytes(const json_t *object, const char *member)
{
	const json_t *value = json_object_get(object, member);

	if (!json_is_string(value)) {
		return (struct assay_bytes){ NULL, 0 };
	}
	return (struct assay_bytes){ (const uint8_t *)json_string_value(value), json_string_length(value) };
}

static inline const char *
json_text(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text == NULL ? "" : text;
}

/* A collateral file in dcap-qvl's form; borrows from the object. */
static inline struct assay_collateral
vector_collateral(const json_t *object)
{
	return (struct assay_collateral){
		.pck_certificate_chain = json_bytes(object, "pck_certificate_chain"),
		.root_crl = json_bytes(object, "root_ca_crl"),
		.pck_crl = json_bytes(object, "pck_crl"),
		.pck_crl_issuer_chain = json_bytes(object, "pck_crl_issuer_chain"),
		.tcb_info = json_bytes(object, "tcb_info"),
		.tcb_info_signature = json_bytes(object, "tcb_info_signature"),
		.tcb_info_issuer_chain = json_bytes(object, "tcb_info_issuer_chain"),
		.qe_identity = json_bytes(object, "qe_identity"),
		.qe_identity_signature = json_bytes(object, "qe_identity_signature"),
		.qe_identity_issuer_chain = json_bytes(object, "qe_identity_issuer_chain"),
	};
}

static inline int64_t
vector_time(const char *text)
{
	struct tm tm = { 0 };

	if (sscanf(text, "%d-%d-%dT%d:%d:%d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
	    &tm.tm_sec) != 6) {
		return 0;
	}
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	return (int64_t)timegm(&tm);
}

/* The public key of a P-256 certificate file, for a root that only a test trusts. */
static inline bool
vector_root_key(uint8_t key[64], const char *folder, const char *name)
{
	char command[4500];
	uint8_t der[200];

	snprintf(command, sizeof(command),
	    "openssl x509 -in '%s' -noout -pubkey | openssl pkey -pubin -outform DER", vector_path(folder, name));
	FILE *p = popen(command, "r");

	if (p == NULL) {
		return false;
	}
	const size_t len = fread(der, 1, sizeof(der), p);

	if (pclose(p) != 0 || len < 64) {
		return false;
	}
	memcpy(key, der + len - 64, 64);
	return true;
}

#endif
