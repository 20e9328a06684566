/* SPDX-License-Identifier: Apache-2.0 */
/* The vendor's keys: made from its seed, kept as long as it lives. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/scene.h"

struct sim_vendor *
sim_vendor_new(const char *seed, int64_t now_s)
{
	static const char *const labels[KEY_COUNT] = {
		[KEY_ROOT] = "root",
		[KEY_PLATFORM_CA] = "platform CA",
		[KEY_PROCESSOR_CA] = "processor CA",
		[KEY_TCB_SIGNER] = "TCB signer",
		[KEY_QE_SIGNER] = "QE signer",
		[KEY_FORGER_ROOT] = "forger root",
		[KEY_FORGER] = "forger",
	};
	struct sim_vendor *vendor = sim_must(calloc(1, sizeof(*vendor)));
	uint8_t domain[32] = "assay simulated vendor";

	sim_hmac(vendor->secret, domain, &(const struct sim_part){ seed, strlen(seed) }, 1);
	vendor->now_s = now_s;
	sim_signer_open(&vendor->signer);
	for (size_t i = 0; i < KEY_COUNT; i++) {
		sim_key_make(&vendor->keys[i], &vendor->signer, vendor->secret, labels[i], 0);
	}
	return vendor;
}

void
sim_vendor_free(struct sim_vendor *vendor)
{
	if (vendor == NULL) {
		return;
	}
	for (size_t i = 0; i < KEY_COUNT; i++) {
		sim_key_free(&vendor->keys[i]);
	}
	for (size_t i = 0; i < RSA_COUNT; i++) {
		sim_rsa_free(&vendor->rsa[i]);
	}
	for (size_t i = 0; i < SIM_MACHINES_KEPT; i++) {
		if (vendor->machines[i].made) {
			sim_key_free(&vendor->machines[i].pck);
			sim_key_free(&vendor->machines[i].attestation);
		}
	}
	sim_signer_close(&vendor->signer);
	sim_buffer_free(&vendor->roots_pem);
	free(vendor->directory);
	free(vendor);
}

void
sim_vendor_set_time(struct sim_vendor *vendor, int64_t now_s)
{
	vendor->now_s = now_s;
}

void
sim_vendor_set_directory(struct sim_vendor *vendor, const char *directory)
{
	const size_t size = strlen(directory) + 1;

	free(vendor->directory);
	vendor->directory = sim_must(malloc(size));
	memcpy(vendor->directory, directory, size);
}

const struct sim_machine *
sim_machine(struct sim_vendor *vendor, uint32_t index)
{
	struct sim_machine *machine = &vendor->machines[index % SIM_MACHINES_KEPT];

	if (machine->made && machine->index == index) {
		return machine;
	}
	if (machine->made) {
		sim_key_free(&machine->pck);
		sim_key_free(&machine->attestation);
	}
	machine->made = true;
	machine->index = index;
	sim_key_make(&machine->pck, &vendor->signer, vendor->secret, "PCK", index);
	sim_key_make(&machine->attestation, &vendor->signer, vendor->secret, "attestation", index);
	return machine;
}

struct rsa_kind {
	const char *label;
	const char *file;
	int bits;
};

static const struct rsa_kind rsa_kinds[RSA_COUNT] = {
	[RSA_IAS_CA] = { "report signing CA", "report-signing-ca.primes", 3072 },
	[RSA_IAS_LEAF] = { "report signing", "report-signing.primes", 2048 },
	[RSA_FORGER] = { "forger RSA", "forger.primes", 2048 },
};

/* The first line of a file of primes: whose they are. */
static void
primes_mark(struct sim_buffer *out, const struct sim_vendor *vendor)
{
	uint8_t mark[8];

	sim_derive(mark, sizeof(mark), vendor->secret, "primes", 0);
	sim_put_hex(out, mark, sizeof(mark));
	sim_put_byte(out, '\n');
}

static FILE *
primes_open(const struct sim_vendor *vendor, const struct rsa_kind *kind, const char *mode)
{
	struct sim_buffer path = { 0 };
	FILE *file = NULL;

	sim_put_text(&path, vendor->directory);
	sim_put_byte(&path, '/');
	sim_put(&path, kind->file, strlen(kind->file) + 1);
	file = fopen((const char *)path.data, mode);
	sim_buffer_free(&path);
	return file;
}

static bool
primes_read(struct sim_vendor *vendor, struct sim_rsa *key, const struct rsa_kind *kind)
{
	char text[2048];
	struct sim_buffer mark = { 0 };
	FILE *file = primes_open(vendor, kind, "r");

	if (file == NULL) {
		return false;
	}

	const size_t len = fread(text, 1, sizeof(text) - 1, file);

	text[len] = '\0';
	(void)fclose(file);
	primes_mark(&mark, vendor);

	/* Primes of another seed would make this vendor's bytes depend on what lies about. */
	const bool good = len > mark.len && memcmp(text, mark.data, mark.len) == 0 &&
	    sim_rsa_read(key, text + mark.len, kind->bits);

	sim_buffer_free(&mark);
	return good;
}

/* Kept to save time only: where it cannot be written, the next run searches again. */
static void
primes_write(const struct sim_vendor *vendor, const struct sim_rsa *key, const struct rsa_kind *kind)
{
	struct sim_buffer text = { 0 };
	FILE *file = primes_open(vendor, kind, "w");

	if (file == NULL) {
		return;
	}
	primes_mark(&text, vendor);
	sim_rsa_write(&text, key);
	(void)fwrite(text.data, 1, text.len, file);
	(void)fclose(file);
	sim_buffer_free(&text);
}

const struct sim_rsa *
sim_vendor_rsa(struct sim_vendor *vendor, unsigned which)
{
	struct sim_rsa *key = &vendor->rsa[which];
	const struct rsa_kind *kind = &rsa_kinds[which];

	if (key->rsa == NULL && (vendor->directory == NULL || !primes_read(vendor, key, kind))) {
		sim_rsa_make(key, vendor->secret, kind->label, kind->bits);
		if (vendor->directory != NULL) {
			primes_write(vendor, key, kind);
		}
	}
	return key;
}

const char *
sim_vendor_roots_pem(struct sim_vendor *vendor)
{
	struct sim_scene *scene = sim_must(calloc(1, sizeof(*scene)));
	static const unsigned roots[] = { CERT_ROOT, CERT_IAS_CA };

	scene->now_s = vendor->now_s;
	sim_plan_certificates(vendor, scene);
	sim_plan_ias_certificates(vendor, scene);
	sim_buffer_clear(&vendor->roots_pem);
	for (size_t i = 0; i < 2; i++) {
		struct sim_certificate *root = &scene->certificates[roots[i]];

		sim_certificate_build(root);
		sim_certificate_sign(vendor, root);
		sim_put_pem(&vendor->roots_pem, "CERTIFICATE", root->der.data, root->der.len);
		sim_buffer_free(&root->tbs);
		sim_buffer_free(&root->der);
	}
	sim_put_byte(&vendor->roots_pem, 0);
	free(scene);
	return (const char *)vendor->roots_pem.data;
}
