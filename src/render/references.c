/* SPDX-License-Identifier: Apache-2.0 */
/* The values that the caller expected, beside those that the evidence has. */
#include "render/tree.h"

static bool
holds(struct assay_bytes is, struct assay_bytes expected)
{
	return is.len != 0 && bytes_equal(is, expected);
}

/* As the tree shows measurements, in one piece: so it can be copied. */
static void
put_value(struct writer *w, enum assay_field field, struct assay_bytes value)
{
	if (value.len == 0) {
		put_text(w, "not in this evidence");
	} else if (field == ASSAY_FIELD_NONCE) {
		put_printable(w, value);
	} else if (value.len == 2) {
		put_unsigned(w, (uint64_t)value.data[0] << 8 | value.data[1]);
	} else {
		put_hex(w, value);
	}
}

void
tree_references(struct writer *w, const struct assay_verdict *v, const struct assay_verifier *verifier,
    const struct render_style *style)
{
	bool first = true;

	for (size_t i = 0; i < verifier->references_count; i++) {
		const struct assay_reference *reference = &verifier->references[i];
		uint8_t scratch[8];
		const struct assay_bytes is = assay_verdict_field(v, reference->field, scratch);

		if (v->checks[ASSAY_CHECK_REFERENCE_VALUES] != ASSAY_FAILED || holds(is, reference->value)) {
			continue;
		}
		if (first) {
			tree_branch(w, style, "expected");
		} else {
			tree_twig(w, style);
		}
		first = false;
		put_text(w, assay_field_id(reference->field));
		put_text(w, " differs\n");
		tree_twig(w, style);
		put_text(w, "  expected  ");
		put_value(w, reference->field, reference->value);
		put_char(w, '\n');
		tree_twig(w, style);
		put_text(w, "  actual    ");
		put_value(w, reference->field, is);
		put_char(w, '\n');
	}
}

static void
put_json_value(struct writer *w, const char *name, enum assay_field field, struct assay_bytes value)
{
	json_put_name(w, name);
	if (value.len == 0) {
		json_put_null(w);
	} else if (field == ASSAY_FIELD_NONCE) {
		json_put_string(w, value);
	} else if (value.len == 2) {
		json_put_unsigned(w, (uint64_t)value.data[0] << 8 | value.data[1]);
	} else {
		json_put_hex(w, value);
	}
}

void
render_references_json(struct writer *w, const struct assay_verdict *v, const struct assay_verifier *verifier)
{
	json_put_array(w);
	for (size_t i = 0; i < verifier->references_count; i++) {
		const struct assay_reference *reference = &verifier->references[i];
		uint8_t scratch[8];
		const struct assay_bytes is = assay_verdict_field(v, reference->field, scratch);

		json_put_object(w);
		json_put_name(w, "field");
		json_put_text(w, assay_field_id(reference->field));
		put_json_value(w, "expected", reference->field, reference->value);
		put_json_value(w, "actual", reference->field, is);
		json_put_name(w, "holds");
		json_put_boolean(w, holds(is, reference->value));
		json_put_end(w, '}');
	}
	json_put_end(w, ']');
}
