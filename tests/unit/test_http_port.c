/* SPDX-License-Identifier: Apache-2.0
 * test_http_port.c - what is listened on, how many may come, and how it ends. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/unit/http_world.h"

#define HOLD "GET /hold HTTP/1.1\r\nHost: h\r\n\r\n"

START_TEST(the_kernel_keeps_what_is_over_the_cap)
{
	struct world  world;
	struct client clients[4];

	http_world_init(&world, &world_calm);
	for (size_t i = 0; i < array_len(clients); i++) {
		client_init(&clients[i], &world);
		client_send(&clients[i], "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	}
	for (size_t i = 0; i < 3; i++)
		client_await(&world, &clients[i], "]", 1);
	world_settle(&world);
	ck_assert_uint_eq(world.handled_n, 3);
	client_fini(&clients[1]);
	client_await(&world, &clients[3], "]", 1);
	client_fini(&clients[0]);
	client_fini(&clients[2]);
	client_fini(&clients[3]);
	http_world_fini(&world);
}
END_TEST

/* How often the log says that accept() failed. */
static size_t
count_failures(FILE *log)
{
	char   text[64 * 1024];
	size_t len;

	rewind(log);
	len = fread(text, 1, sizeof(text) - 1, log);
	text[len] = '\0';
	return count_of(text, "http.accept");
}

START_TEST(a_server_without_descriptors_waits_and_recovers)
{
	struct world  world;
	struct client client;
	struct rlimit limit;
	FILE         *log = tmpfile();
	int           terminal = dup(STDERR_FILENO);

	ck_assert(log != NULL && terminal >= 0);
	http_world_init(&world, &world_calm);
	client_init(&client, &world);
	client_send(&client, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = (rlim_t)client.fd + 1;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_int_lt(dup(0), 0); /* there is none left */
	dup2(fileno(log), STDERR_FILENO);
	world_pass(&world, 150 * 1000);
	dup2(terminal, STDERR_FILENO);
	ck_assert_uint_eq(world.handled_n, 0);
	ck_assert_uint_ge(count_failures(log), 1); /* at once, and again after each 100 ms */
	ck_assert_uint_le(count_failures(log), 2);
	limit.rlim_cur = (rlim_t)client.fd + 100;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	client_await(&world, &client, "[GET /", 1);
	client_fini(&client);
	http_world_fini(&world);
	close(terminal);
	fclose(log);
}
END_TEST

START_TEST(stopping_lets_open_requests_end_and_closes_the_idle)
{
	struct world  world;
	struct client idle, busy;

	http_world_init(&world, &world_calm);
	client_init(&idle, &world);
	world_hold(&world, &busy, HOLD);
	http_stop_listening(world.server);
	client_await_eof(&world, &idle);
	ck_assert_uint_eq(world.closed_n, 0);
	http_reply(world.held, 200, NULL, 0, "bye", 3);
	client_await_eof(&world, &busy);
	ck_assert_ptr_nonnull(strstr(busy.in.data, "Connection: close\r\n"));
	ck_assert(str_ends(busy.in.data, "bye"));
	client_fini(&idle);
	client_fini(&busy);
	http_world_fini(&world);
}
END_TEST

START_TEST(ipv4_ipv6_and_unix_sockets_are_listened_on_together)
{
	struct world  world;
	struct client client;
	struct str    unix_url;
	char          dir[] = "/tmp/mgraph-http-XXXXXX";

	ck_assert_ptr_nonnull(mkdtemp(dir));
	str_init(&unix_url, 256);
	str_addf(&unix_url, "unix:%s/socket", dir);
	http_world_init(&world, &world_calm);
	for (int i = 0; i < 3; i++) {
		static const char *const prefixes[] = {
			"http://127.0.0.1:", "http://[::1]:", "unix:"
		};

		if (i > 0)
			world_listen(&world, i == 1 ? "[::1]:0" : unix_url.data);
		ck_assert(str_starts(world.url, prefixes[i]));
		ck_assert(!str_ends(world.url, ":0"));
		client_init(&client, &world);
		client_send(&client, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
		client_await(&world, &client, "]", 1);
		ck_assert(world.local);
		client_fini(&client);
	}
	http_world_fini(&world);
	ck_assert_int_ne(access(unix_url.data + 5, F_OK), 0); /* the socket file is gone */
	ck_assert_int_eq(rmdir(dir), 0);
	str_fini(&unix_url);
}
END_TEST

START_TEST(a_stale_socket_file_is_replaced_and_a_live_one_or_a_plain_file_is_not)
{
	struct world world, other;
	struct err   err;
	struct str   address;
	char         dir[] = "/tmp/mgraph-http-XXXXXX", saved[64];
	int          fd;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	str_init(&address, 256);
	str_addf(&address, "unix:%s/socket", dir);
	snprintf(saved, sizeof(saved), "%s/saved", dir);
	http_world_init(&world, &world_calm);
	http_world_init(&other, &world_calm);
	world_listen(&world, address.data);
	ck_assert_int_eq(http_listen(other.server, address.data, NULL, &err), ERR_CONFLICT);
	ck_assert_int_eq(rename(address.data + 5, saved), 0); /* so that the end leaves it behind */
	http_world_fini(&world);
	ck_assert_int_eq(rename(saved, address.data + 5), 0);
	world_listen(&other, address.data);
	http_world_fini(&other);
	fd = open(address.data + 5, O_CREAT | O_WRONLY, 0600);
	ck_assert_int_ge(fd, 0);
	close(fd);
	http_world_init(&other, &world_calm);
	ck_assert_int_eq(http_listen(other.server, address.data, NULL, &err), ERR_CONFLICT);
	http_world_fini(&other);
	ck_assert_int_eq(unlink(address.data + 5), 0);
	ck_assert_int_eq(rmdir(dir), 0);
	str_fini(&address);
}
END_TEST

static const struct {
	const char   *address;
	enum err_code code;
} addresses[] = {
	{ "", ERR_BAD_REQUEST },
	{ "8080", ERR_BAD_REQUEST },
	{ "127.0.0.1", ERR_BAD_REQUEST },
	{ "127.0.0.1:", ERR_BAD_REQUEST },
	{ "127.0.0.1:65536", ERR_BAD_REQUEST },
	{ "127.0.0.1:-1", ERR_BAD_REQUEST },
	{ "localhost:1", ERR_BAD_REQUEST },
	{ "[::1:1", ERR_BAD_REQUEST },
	{ "::1:1", ERR_BAD_REQUEST },
	{ "[127.0.0.1]:1", ERR_BAD_REQUEST },
	{ "unix:relative", ERR_BAD_REQUEST },
	{ "unix:/no/such/folder/socket", ERR_INTERNAL },
};

START_TEST(an_address_that_cannot_be_listened_on_is_refused)
{
	struct world world;
	struct err   err = { ERR_OK, "" };

	http_world_init(&world, &world_calm);
	ck_assert_int_eq(
	    http_listen(world.server, addresses[_i].address, NULL, &err), addresses[_i].code);
	ck_assert_str_ne(err.detail, "");
	http_world_fini(&world);
}
END_TEST

START_TEST(a_port_in_use_is_a_conflict)
{
	struct world world, other;
	struct err   err;

	http_world_init(&world, &world_calm);
	http_world_init(&other, &world_calm);
	ck_assert_int_eq(
	    http_listen(other.server, world.url + strlen("http://"), NULL, &err), ERR_CONFLICT);
	http_world_fini(&other);
	http_world_fini(&world);
}
END_TEST

Suite *suite_http_port(void);

Suite *
suite_http_port(void)
{
	Suite *suite = suite_create("http_port");
	TCase *tcase = tcase_create("http_port");

	tcase_set_timeout(tcase, 20);
	tcase_add_test(tcase, the_kernel_keeps_what_is_over_the_cap);
	tcase_add_test(tcase, a_server_without_descriptors_waits_and_recovers);
	tcase_add_test(tcase, stopping_lets_open_requests_end_and_closes_the_idle);
	tcase_add_test(tcase, ipv4_ipv6_and_unix_sockets_are_listened_on_together);
	tcase_add_test(
	    tcase, a_stale_socket_file_is_replaced_and_a_live_one_or_a_plain_file_is_not);
	tcase_add_loop_test(
	    tcase, an_address_that_cannot_be_listened_on_is_refused, 0, (int)array_len(addresses));
	tcase_add_test(tcase, a_port_in_use_is_a_conflict);
	suite_add_tcase(suite, tcase);
	return suite;
}
