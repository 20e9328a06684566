/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of the tree that shows one verdict. */
#ifndef RENDER_TREE_H
#define RENDER_TREE_H

#include "render/render.h"

#define LABEL_COLUMNS	14	/* "├─ " and a label, padded */

/* A branch: its label, then the text that the caller writes. */
void tree_branch(struct writer *w, const struct render_style *style, const char *label);
/* A further line of the branch before. */
void tree_twig(struct writer *w, const struct render_style *style);
/* The rest of a line, as many lines as it takes. */
void tree_filled(struct writer *w, const struct render_style *style, const char *text);

/* Expected values that the evidence does not have. */
void tree_references(struct writer *w, const struct assay_verdict *v, const struct assay_verifier *verifier,
    const struct render_style *style);

/* Whole branches; each is left out where there is nothing to say. */
void tree_evidence(struct writer *w, const struct assay_verdict *v, const struct render_style *style);
void tree_platform(struct writer *w, const struct assay_verdict *v, const struct render_style *style);
void tree_measurements(struct writer *w, const struct assay_verdict *v, const struct render_style *style);
void tree_collateral(struct writer *w, const struct assay_verdict *v, const struct render_style *style);
void tree_checks(struct writer *w, const struct assay_verdict *v, const struct render_style *style);

#endif
