/* SPDX-License-Identifier: Apache-2.0
 * zip.c - local header, data, central directory, end record: PKWARE's APPNOTE 4.3, nothing more. */
#include "providers/aws/zip.h"

#include <stdint.h>
#include <string.h>

#define VERSION_NEEDED  10                /* 1.0: stored */
#define MADE_BY_UNIX    ((3U << 8) | 20U) /* so that the mode below counts */
#define NAME_IS_UTF8    (1U << 11)
#define DOS_DATE_1980   ((0U << 9) | (1U << 5) | 1U) /* the first of January */
#define MODE_READABLE   (0100644UL << 16)            /* Lambda runs as another user */
#define LOCAL_SIGNATURE 0x04034b50UL
#define ENTRY_SIGNATURE 0x02014b50UL
#define END_SIGNATURE   0x06054b50UL

static uint32_t
crc32_of(const uint8_t *data, size_t len)
{
	uint32_t crc = 0xffffffffU;

	for (size_t i = 0; i < len; i++) {
		crc ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (0xedb88320U & (0U - (crc & 1U)));
	}
	return ~crc;
}

static void
add_le(struct str *out, unsigned long value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		str_add_char(out, (char)((value >> (8 * i)) & 0xff));
}

/* What the local header and the central entry have in common. */
static void
add_facts(struct str *out, uint32_t crc, size_t len, size_t name_len)
{
	add_le(out, VERSION_NEEDED, 2);
	add_le(out, NAME_IS_UTF8, 2);
	add_le(out, 0, 2); /* stored */
	add_le(out, 0, 2); /* midnight */
	add_le(out, DOS_DATE_1980, 2);
	add_le(out, crc, 4);
	add_le(out, len, 4);
	add_le(out, len, 4);
	add_le(out, name_len, 2);
	add_le(out, 0, 2); /* no extra field */
}

void
zip_one(struct str *out, const char *name, const void *data, size_t len)
{
	size_t   name_len = strlen(name);
	size_t   start = out->len;
	uint32_t crc = crc32_of(data, len);
	size_t   directory;

	must(name_len <= ZIP_NAME_MAX);
	must(len <= UINT32_MAX - ZIP_OVERHEAD_MAX);
	add_le(out, LOCAL_SIGNATURE, 4);
	add_facts(out, crc, len, name_len);
	str_add_mem(out, name, name_len);
	str_add_mem(out, data, len);
	directory = out->len - start;
	add_le(out, ENTRY_SIGNATURE, 4);
	add_le(out, MADE_BY_UNIX, 2);
	add_facts(out, crc, len, name_len);
	add_le(out, 0, 2); /* no comment */
	add_le(out, 0, 2); /* first disk */
	add_le(out, 0, 2); /* internal attributes */
	add_le(out, MODE_READABLE, 4);
	add_le(out, 0, 4); /* the local header is at the start */
	str_add_mem(out, name, name_len);
	add_le(out, END_SIGNATURE, 4);
	add_le(out, 0, 4); /* disks */
	add_le(out, 1, 2);
	add_le(out, 1, 2);
	add_le(out, out->len - start - directory - 12, 4);
	add_le(out, directory, 4);
	add_le(out, 0, 2); /* no comment */
}
