/* SPDX-License-Identifier: Apache-2.0
 *
 * wire_xml.h - values as XML by their shapes, both ways. For rest-xml; query and ec2 answer in it.
 */
#ifndef AWS_WIRE_XML_H
#define AWS_WIRE_XML_H

#include "interpreter/shape.h"
#include "providers/aws/xml.h"
#include "util/err.h"

/* <root> and what is in it. False and *err when XML can't hold the value. */
MUSTCHECK bool wire_xml_build(const struct shape *shape, struct json_object *value,
    const char *root, struct str *out, struct err *err);

/* The value of a node. Members that travel in headers are left to the caller. */
struct json_object *wire_xml_value(const struct shape *shape, const struct xml_node *node);

#endif
