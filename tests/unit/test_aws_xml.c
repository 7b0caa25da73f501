/* SPDX-License-Identifier: Apache-2.0
 * test_aws_xml.c - XML in, as a tree; what AWS never sends is refused; text out, escaped. */
#include <check.h>
#include <string.h>

#include "providers/aws/xml.h"

#define TEXT_MAX (1024 * 1024)

static struct xml_doc *
read_text(const char *text)
{
	return xml_read(text, strlen(text), NULL);
}

START_TEST(a_document_becomes_a_tree_without_prefixes)
{
	struct xml_doc        *doc = read_text("<?xml version=\"1.0\"?>\n"
						      "<x:a xmlns:x='u' n='1' x:t='2'> <b> p&amp;q </b>"
						      "<x:b><![CDATA[<r>]]></x:b><c/></x:a>");
	const struct xml_node *a = xml_root(doc), *b;

	ck_assert_str_eq(a->name, "a");
	ck_assert_str_eq(a->text, "");
	ck_assert_str_eq(xml_attribute(a, "n"), "1");
	ck_assert_str_eq(xml_attribute(a, "x:t"), "2");
	ck_assert_str_eq(xml_attribute(a, "y:t"), "2");
	ck_assert_ptr_null(xml_attribute(a, "z"));
	b = xml_child(a, "b");
	ck_assert_str_eq(b->text, " p&q ");
	b = xml_from(b->next, "b");
	ck_assert_str_eq(b->text, "<r>");
	ck_assert_uint_eq(b->text_len, 3);
	ck_assert_ptr_null(xml_from(b->next, "b"));
	ck_assert_str_eq(xml_child(a, "c")->text, "");
	ck_assert_ptr_null(xml_child(xml_child(a, "d"), "e"));
	xml_doc_destroy(doc);
}
END_TEST

static const char *const broken[] = {
	"",
	"plain",
	"<a>",
	"<a></b>",
	"<a/><b/>",
	"<a>\x01</a>",
	"<a>\xff</a>",
	"<a>&unknown;</a>",
	"<!DOCTYPE a><a/>",
	"<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>",
	"<!DOCTYPE html><html><body>503</body></html>",
};

START_TEST(what_is_no_xml_of_aws_is_refused_with_a_reason)
{
	struct err err = { ERR_OK, "" };

	ck_assert_ptr_null(xml_read(broken[_i], strlen(broken[_i]), &err));
	ck_assert_int_eq(err.code, ERR_PROVIDER);
	ck_assert_ptr_nonnull(strstr(err.detail, "not XML we can read"));
}
END_TEST

static struct xml_doc *
read_nested(int depth, struct err *err)
{
	struct str      text;
	struct xml_doc *doc;

	str_init(&text, TEXT_MAX);
	for (int i = 0; i < depth; i++)
		str_add(&text, "<a>");
	for (int i = 0; i < depth; i++)
		str_add(&text, "</a>");
	doc = xml_read(text.data, text.len, err);
	str_fini(&text);
	return doc;
}

START_TEST(depth_is_bounded)
{
	struct err      err;
	struct xml_doc *doc = read_nested(XML_DEPTH_MAX, &err);

	ck_assert_ptr_nonnull(doc);
	xml_doc_destroy(doc);
	ck_assert_ptr_null(read_nested(XML_DEPTH_MAX + 1, &err));
	ck_assert_ptr_nonnull(strstr(err.detail, "nested too deep"));
}
END_TEST

START_TEST(escaped_text_comes_back_as_it_was)
{
	static const char hard[] = "<a b=\"c\">&amp;\r\n\t\xc3\xbc'";
	struct str        text;
	struct xml_doc   *doc;

	str_init(&text, TEXT_MAX);
	str_add(&text, "<a b=\"");
	ck_assert(xml_add_text(&text, hard, strlen(hard)));
	str_add(&text, "\">");
	ck_assert(xml_add_text(&text, hard, strlen(hard)));
	str_add(&text, "</a>");
	doc = xml_read(text.data, text.len, NULL);
	ck_assert_ptr_nonnull(doc);
	ck_assert_str_eq(xml_root(doc)->text, hard);
	ck_assert_str_eq(xml_attribute(xml_root(doc), "b"), hard);
	xml_doc_destroy(doc);
	str_fini(&text);
}
END_TEST

START_TEST(what_xml_cannot_hold_is_refused)
{
	struct str text;

	str_init(&text, TEXT_MAX);
	ck_assert(!xml_add_text(&text, "a\0b", 3));
	ck_assert(!xml_add_text(&text, "\x1b", 1));
	str_fini(&text);
}
END_TEST

Suite *suite_aws_xml(void);

Suite *
suite_aws_xml(void)
{
	Suite *suite = suite_create("aws_xml");
	TCase *tcase = tcase_create("aws_xml");

	tcase_add_test(tcase, a_document_becomes_a_tree_without_prefixes);
	tcase_add_loop_test(
	    tcase, what_is_no_xml_of_aws_is_refused_with_a_reason, 0, (int)array_len(broken));
	tcase_add_test(tcase, depth_is_bounded);
	tcase_add_test(tcase, escaped_text_comes_back_as_it_was);
	tcase_add_test(tcase, what_xml_cannot_hold_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
