/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures decided ahead of the machine. */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "driver/ahead.h"

#define THREADS_MAX	8
#define CHUNK		16	/* items that are decided in one call */
#define CHAIN_MAX	64	/* items of one chain that are looked at: what lies deeper counts as not found */

enum item_state {
	ITEM_OPEN = 0,
	ITEM_TAKEN,
	ITEM_GOOD,
	ITEM_BAD
};

struct ahead_item {
	enum assay_algorithm algorithm;
	size_t key, message, signature;	/* where they begin in the job's bytes */
	size_t key_len, message_len, signature_len;
	uint32_t next;			/* in its chain, and one; 0: none */
	atomic_uchar state;
};

struct ahead_job {
	struct ahead_item *items;
	size_t count;
	size_t size;
	uint8_t *bytes;
	size_t bytes_len;
	size_t bytes_size;
	uint32_t *heads;		/* of chains, by the signature */
	size_t mask;
	/* under the lock */
	size_t cursor;			/* items before it are somebody's */
	unsigned users;
	struct ahead_job *later;
};

struct ahead {
	const struct assay_crypto *below;
	struct assay_crypto port;
	struct ahead_job *current;	/* that the port looks into */
	pthread_mutex_t lock;
	pthread_cond_t work;
	pthread_cond_t idle;
	struct ahead_job *jobs;		/* submitted, the oldest first */
	bool stop;
	unsigned helpers;
	pthread_t threads[THREADS_MAX];
};

/* ---- jobs ------------------------------------------------------------- */

struct ahead_job *
ahead_job_new(void)
{
	return calloc(1, sizeof(struct ahead_job));
}

static bool
job_room(struct ahead_job *job, size_t len)
{
	if (job->count == job->size) {
		const size_t size = job->size * 2 + 64;
		struct ahead_item *items = realloc(job->items, size * sizeof(*items));

		if (items == NULL) {
			return false;
		}
		job->items = items;
		job->size = size;
	}
	if (len > job->bytes_size - job->bytes_len) {
		const size_t size = job->bytes_size * 2 + len + 4096;
		uint8_t *bytes = realloc(job->bytes, size);

		if (bytes == NULL) {
			return false;
		}
		job->bytes = bytes;
		job->bytes_size = size;
	}
	return true;
}

static size_t
job_put(struct ahead_job *job, struct assay_bytes bytes)
{
	const size_t at = job->bytes_len;

	if (bytes.len != 0) {
		bytes_copy(job->bytes + at, bytes, bytes.len);
	}
	job->bytes_len += bytes.len;
	return at;
}

void
ahead_job_add(struct ahead_job *job, enum assay_algorithm algorithm, struct assay_bytes key,
    struct assay_bytes message, struct assay_bytes signature)
{
	if (job == NULL || signature.len < 8 || job->count >= UINT32_MAX / 2 ||
	    !job_room(job, key.len + message.len + signature.len)) {
		return;
	}
	struct ahead_item *const item = &job->items[job->count];

	memset(item, 0, sizeof(*item));
	item->algorithm = algorithm;
	item->key_len = key.len;
	item->message_len = message.len;
	item->signature_len = signature.len;
	item->key = job_put(job, key);
	item->message = job_put(job, message);
	item->signature = job_put(job, signature);
	atomic_init(&item->state, ITEM_OPEN);
	job->count++;
}

static struct assay_signature_item
item_of(const struct ahead_job *job, const struct ahead_item *item)
{
	const struct assay_bytes bytes = bytes_of(job->bytes, job->bytes_len);

	return (struct assay_signature_item){
		.algorithm = item->algorithm,
		.key = bytes_slice(bytes, item->key, item->key_len),
		.message = bytes_slice(bytes, item->message, item->message_len),
		.signature = bytes_slice(bytes, item->signature, item->signature_len)
	};
}

/* Signatures are as good as random, unless somebody wants chains to be long. */
static size_t
chain_of(const struct ahead_job *job, struct assay_bytes signature)
{
	uint64_t head = 0;

	if (signature.len >= sizeof(head)) {
		memcpy(&head, signature.data, sizeof(head));
	}
	return (size_t)(head ^ head >> 32) & job->mask;
}

static void
job_index(struct ahead_job *job)
{
	size_t size = 64;

	while (size < job->count) {
		size *= 2;
	}
	job->heads = calloc(size, sizeof(job->heads[0]));
	job->mask = size - 1;
	for (size_t i = 0; job->heads != NULL && i < job->count; i++) {
		uint32_t *const head = &job->heads[chain_of(job, item_of(job, &job->items[i]).signature)];

		job->items[i].next = *head;
		*head = (uint32_t)(i + 1);
	}
}

static struct ahead_item *
job_find(struct ahead_job *job, const struct assay_signature_item *wanted)
{
	uint32_t at;
	unsigned left = CHAIN_MAX;

	if (job == NULL || job->heads == NULL || wanted->signature.len < 8) {
		return NULL;
	}
	for (at = job->heads[chain_of(job, wanted->signature)]; at != 0 && left != 0; at = job->items[at - 1].next) {
		left--;
		const struct assay_signature_item item = item_of(job, &job->items[at - 1]);

		if (item.algorithm == wanted->algorithm && bytes_equal(item.signature, wanted->signature) &&
		    bytes_equal(item.key, wanted->key) && bytes_equal(item.message, wanted->message)) {
			return &job->items[at - 1];
		}
	}
	return NULL;
}

/* ---- deciding --------------------------------------------------------- */

/* Items that this thread has taken, decided in one call. */
struct chunk {
	struct assay_signature_item items[CHUNK];
	struct ahead_item *from[CHUNK];		/* NULL: in no job */
	size_t place[CHUNK];
	size_t count;
};

static bool
item_take(struct ahead_item *item)
{
	unsigned char open = ITEM_OPEN;

	return atomic_compare_exchange_strong(&item->state, &open, ITEM_TAKEN);
}

static void
chunk_decide(const struct assay_crypto *crypto, struct chunk *chunk)
{
	if (chunk->count != 0) {
		crypto->verify(crypto->context, chunk->items, chunk->count);
	}
	for (size_t i = 0; i < chunk->count; i++) {
		if (chunk->from[i] != NULL) {
			atomic_store(&chunk->from[i]->state, chunk->items[i].valid ? ITEM_GOOD : ITEM_BAD);
		}
	}
}

static void
job_work(const struct ahead *ahead, struct ahead_job *job, size_t first)
{
	struct chunk chunk = { .count = 0 };

	for (size_t i = first; i < first + CHUNK && i < job->count; i++) {
		if (item_take(&job->items[i])) {
			chunk.items[chunk.count] = item_of(job, &job->items[i]);
			chunk.from[chunk.count] = &job->items[i];
			chunk.count++;
		}
	}
	chunk_decide(ahead->below, &chunk);
}

/* Rather one that the machine has not come to: there nobody gets in anybody's way. */
static struct ahead_job *
job_with_work(struct ahead *ahead)
{
	struct ahead_job *found = NULL;

	for (struct ahead_job *job = ahead->jobs; job != NULL; job = job->later) {
		if (job->cursor < job->count) {
			found = job;
			if (job != ahead->current) {
				break;
			}
		}
	}
	return found;
}

static void *
help(void *context)
{
	struct ahead *const ahead = context;

	pthread_mutex_lock(&ahead->lock);
	while (!ahead->stop) {
		struct ahead_job *const job = job_with_work(ahead);

		if (job == NULL) {
			pthread_cond_wait(&ahead->work, &ahead->lock);
			continue;
		}
		const size_t first = job->cursor;

		job->cursor += CHUNK;
		job->users++;
		pthread_mutex_unlock(&ahead->lock);
		job_work(ahead, job, first);
		pthread_mutex_lock(&ahead->lock);
		job->users--;
		pthread_cond_broadcast(&ahead->idle);
	}
	pthread_mutex_unlock(&ahead->lock);
	return NULL;
}

/* ---- the port --------------------------------------------------------- */

/* Decide what has been gathered, and say so in the items. */
static void
chunk_flush(const struct ahead *ahead, struct chunk *chunk, struct assay_signature_item *items)
{
	chunk_decide(ahead->below, chunk);
	for (size_t i = 0; i < chunk->count; i++) {
		items[chunk->place[i]].valid = chunk->items[i].valid;
	}
	chunk->count = 0;
}

static void
chunk_add(const struct ahead *ahead, struct chunk *chunk, struct assay_signature_item *items, size_t place,
    struct ahead_item *from)
{
	chunk->items[chunk->count] = items[place];
	chunk->from[chunk->count] = from;
	chunk->place[chunk->count] = place;
	chunk->count++;
	/* A few at a time: whoever works ahead goes on with the rest. */
	if (chunk->count == CHUNK) {
		chunk_flush(ahead, chunk, items);
	}
}

static void
port_verify(void *context, struct assay_signature_item *items, size_t count)
{
	struct ahead *const ahead = context;
	struct chunk chunk = { .count = 0 };

	for (size_t i = 0; i < count; i++) {
		struct ahead_item *const found = job_find(ahead->current, &items[i]);

		if (found == NULL || item_take(found)) {
			chunk_add(ahead, &chunk, items, i, found);
		}
	}
	chunk_flush(ahead, &chunk, items);
	for (size_t i = 0; i < count; i++) {
		struct ahead_item *const found = job_find(ahead->current, &items[i]);
		const unsigned char state = found != NULL ? atomic_load(&found->state) : ITEM_OPEN;

		if (state >= ITEM_GOOD) {
			items[i].valid = state == ITEM_GOOD;
		} else if (state == ITEM_TAKEN) {
			/* Somebody is at it, who may have been put to sleep: doing it again takes no longer than waiting. */
			chunk_add(ahead, &chunk, items, i, NULL);
		}
	}
	chunk_flush(ahead, &chunk, items);
}

static void
port_sha256(void *context, uint8_t digest[32], const struct assay_bytes *parts, size_t count)
{
	const struct ahead *const ahead = context;

	ahead->below->sha256(ahead->below->context, digest, parts, count);
}

const struct assay_crypto *
ahead_crypto(const struct ahead *ahead)
{
	return &ahead->port;
}

bool
ahead_is_of_use(const struct ahead *ahead)
{
	return ahead->helpers != 0;
}

/* ---- the whole -------------------------------------------------------- */

struct ahead *
ahead_new(const struct assay_crypto *crypto, unsigned threads)
{
	struct ahead *ahead = calloc(1, sizeof(*ahead));
	const long online = sysconf(_SC_NPROCESSORS_ONLN);

	if (ahead == NULL) {
		return NULL;
	}
	if (threads == 0) {
		threads = online < 1 ? 1 : online > THREADS_MAX ? THREADS_MAX : (unsigned)online;
	}
	ahead->below = crypto;
	ahead->port = *crypto;
	ahead->port.context = ahead;
	ahead->port.verify = port_verify;
	ahead->port.sha256 = port_sha256;
	pthread_mutex_init(&ahead->lock, NULL);
	pthread_cond_init(&ahead->work, NULL);
	pthread_cond_init(&ahead->idle, NULL);
	/* Without a thread the port verifies everything itself. */
	while (ahead->helpers + 1 < threads && ahead->helpers < THREADS_MAX &&
	    pthread_create(&ahead->threads[ahead->helpers], NULL, help, ahead) == 0) {
		ahead->helpers++;
	}
	return ahead;
}

void
ahead_free(struct ahead *ahead)
{
	if (ahead == NULL) {
		return;
	}
	pthread_mutex_lock(&ahead->lock);
	ahead->stop = true;
	pthread_cond_broadcast(&ahead->work);
	pthread_mutex_unlock(&ahead->lock);
	for (unsigned i = 0; i < ahead->helpers; i++) {
		pthread_join(ahead->threads[i], NULL);
	}
	assert(ahead->jobs == NULL);
	pthread_cond_destroy(&ahead->work);
	pthread_cond_destroy(&ahead->idle);
	pthread_mutex_destroy(&ahead->lock);
	free(ahead);
}

void
ahead_job_submit(struct ahead *ahead, struct ahead_job *job)
{
	struct ahead_job **last = &ahead->jobs;

	if (job == NULL) {
		return;
	}
	job_index(job);
	pthread_mutex_lock(&ahead->lock);
	while (*last != NULL) {
		last = &(*last)->later;
	}
	*last = job;
	pthread_cond_broadcast(&ahead->work);
	pthread_mutex_unlock(&ahead->lock);
}

void
ahead_job_use(struct ahead *ahead, struct ahead_job *job)
{
	pthread_mutex_lock(&ahead->lock);
	ahead->current = job;
	pthread_mutex_unlock(&ahead->lock);
}

void
ahead_job_free(struct ahead *ahead, struct ahead_job *job)
{
	if (job == NULL) {
		return;
	}
	pthread_mutex_lock(&ahead->lock);
	for (struct ahead_job **at = &ahead->jobs; *at != NULL; at = &(*at)->later) {
		if (*at == job) {
			*at = job->later;
			break;
		}
	}
	if (ahead->current == job) {
		ahead->current = NULL;
	}
	while (job->users != 0) {
		pthread_cond_wait(&ahead->idle, &ahead->lock);
	}
	pthread_mutex_unlock(&ahead->lock);
	free(job->items);
	free(job->bytes);
	free(job->heads);
	free(job);
}
