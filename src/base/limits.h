/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every limit on input, with its reason.  The public ones stand in assay.h.
 * What exceeds a limit is refused before it is parsed.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

/* JSON: TCB info nests 6 deep; Intel's own limit is 32. */
#define JSON_DEPTH_MAX 16
/* JSON: members of one object; TCB info version 2's "tcb" has 17. */
#define JSON_MEMBERS_MAX 40

/* A certificate in DER; the largest real one (IAS signing leaf) has 1,188 bytes. */
#define CERTIFICATE_BYTES_MAX 4096
/* Serial numbers: RFC 5280 4.1.2.2 allows 20 bytes. */
#define SERIAL_BYTES_MAX 20

/* Levels of one TCB info; most seen: 21. */
#define TCB_LEVELS_MAX 64
/* TDX module identities of one TCB info; most seen: 3. */
#define TDX_MODULES_MAX 16
/* Levels of one TDX module or quoting enclave; most seen: 7. */
#define ISV_LEVELS_MAX 32
/* Advisories of all levels of one TCB info together; most seen: about 300. */
#define TCB_ADVISORIES_MAX 1024
/* Advisories of one level. */
#define LEVEL_ADVISORIES_MAX 64

/* A CRL given as PEM or hex is decoded into the prepared collateral: room for
 * some 1,700 entries, thirteen times today's largest.  As DER it is not copied. */
#define CRL_DECODED_BYTES_MAX (64 * 1024)

/* An IAS report's body; the largest real one has 2.3 KiB. */
#define IAS_REPORT_BYTES_MAX (16 * 1024)

#endif
