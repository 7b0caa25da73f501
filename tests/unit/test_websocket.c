/* SPDX-License-Identifier: Apache-2.0
 * test_websocket.c - the server's end of a WebSocket, byte by byte. */
#include <check.h>
#include <string.h>

#include "http/websocket.h"
#include "util/str.h"

static void
on_send(void *arg, const void *data, size_t len)
{
	str_add_mem(arg, data, len);
}

START_TEST(a_handshake_is_answered_as_rfc_6455_says)
{
	char accept[WEBSOCKET_ACCEPT_SIZE];

	ck_assert(websocket_accept("dGhlIHNhbXBsZSBub25jZQ==", accept));
	ck_assert_str_eq(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
	ck_assert(!websocket_accept("", accept));
	ck_assert(!websocket_accept("dGhlIHNhbXBsZSBub25jZQ", accept));
	ck_assert(!websocket_accept("dGhlIHNhbXBsZSBub25jZSE=", accept));
	ck_assert(!websocket_accept("!GhlIHNhbXBsZSBub25jZQ==", accept));
}
END_TEST

static const struct {
	uint64_t len;
	size_t   head_len;
	uint8_t  head[WEBSOCKET_HEAD_MAX];
} heads[] = {
	{ 0, 2, { 0x81, 0 } },
	{ 125, 2, { 0x81, 125 } },
	{ 126, 4, { 0x81, 126, 0, 126 } },
	{ 65535, 4, { 0x81, 126, 0xff, 0xff } },
	{ 65536, 10, { 0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0 } },
};

START_TEST(the_head_of_a_message_says_its_length_in_as_few_bytes_as_it_can)
{
	uint8_t out[WEBSOCKET_HEAD_MAX];

	ck_assert_uint_eq(websocket_head(out, heads[_i].len), heads[_i].head_len);
	ck_assert_mem_eq(out, heads[_i].head, heads[_i].head_len);
}
END_TEST

/* What a client says, with the mask 0, and what comes back. */
static const struct {
	const char *heard;
	size_t      heard_len;
	const char *said;
	size_t      said_len;
	bool        goes_on;
} talks[] = {
	{ "\x89\x82\0\0\0\0hi", 8, "\x8a\x02hi", 4, true },
	{ "\x8a\x80\0\0\0\0", 6, "", 0, true },
	{ "\x88\x82\0\0\0\0\x03\xe8", 8, "\x88\x02\x03\xe8", 4, false },
	{ "\x88\x80\0\0\0\0", 6, "\x88\0", 2, false },
	{ "\x89\x80\0\0\0\0\x89\x7e\0\x80", 10, "\x8a\0\x88\x02\x03\xea", 6,
	    false }, /* too long a ping */
	{ "\x89\x82\0\0\0\0\x88\0\x89\x7e\0\x80", 12, "\x8a\x02\x88\0\x88\x02\x03\xea", 8, false },
	{ "\x89\0", 2, "\x88\x02\x03\xea", 4, false }, /* not masked */
	{ "\x82\xff\0\0\0\0\xff\xff\xff\xff\0\0\0\0x", 15, "\x88\x02\x03\xf1", 4, false },
};

START_TEST(what_a_client_says_is_answered_by_the_rules)
{
	struct str        said;
	struct websocket *websocket;

	str_init(&said, 1024);
	websocket = websocket_create(on_send, &said);
	ck_assert(
	    websocket_hear(websocket, talks[_i].heard, talks[_i].heard_len) == talks[_i].goes_on);
	ck_assert_uint_eq(said.len, talks[_i].said_len);
	ck_assert_mem_eq(said.data, talks[_i].said, said.len);
	websocket_destroy(websocket);
	str_fini(&said);
}
END_TEST

START_TEST(a_reason_is_cut_where_a_character_ends)
{
	struct str        said;
	struct websocket *websocket;
	char              reason[WEBSOCKET_REASON_SIZE + 2];

	memset(reason, 'x', sizeof(reason));
	memcpy(
	    reason + WEBSOCKET_REASON_SIZE - 3, "\xe2\x82\xac", 4); /* a character of three bytes */
	str_init(&said, 1024);
	websocket = websocket_create(on_send, &said);
	websocket_ping(websocket);
	websocket_close(websocket, WEBSOCKET_GOING_AWAY, reason);
	ck_assert_uint_eq(said.len, 2 + 2 + 2 + WEBSOCKET_REASON_SIZE - 3);
	ck_assert_mem_eq(said.data, "\x89\0\x88\x7b\x03\xe9x", 7);
	websocket_destroy(websocket);
	str_fini(&said);
}
END_TEST

Suite *suite_websocket(void);

Suite *
suite_websocket(void)
{
	Suite *suite = suite_create("websocket");
	TCase *tcase = tcase_create("websocket");

	tcase_add_test(tcase, a_handshake_is_answered_as_rfc_6455_says);
	tcase_add_loop_test(tcase, the_head_of_a_message_says_its_length_in_as_few_bytes_as_it_can,
	    0, (int)(sizeof(heads) / sizeof(*heads)));
	tcase_add_loop_test(tcase, what_a_client_says_is_answered_by_the_rules, 0,
	    (int)(sizeof(talks) / sizeof(*talks)));
	tcase_add_test(tcase, a_reason_is_cut_where_a_character_ends);
	suite_add_tcase(suite, tcase);
	return suite;
}
