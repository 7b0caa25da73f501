/* SPDX-License-Identifier: Apache-2.0
 *
 * graphviz.h - Graphviz's own program `dot`, where it is installed.
 */
#ifndef CLI_GRAPHVIZ_H
#define CLI_GRAPHVIZ_H

#include <stddef.h>

/* Draws DOT as SVG on stdout. Returns an exit status; what went wrong is told on stderr. */
int graphviz_svg(const char *text, size_t len);

#endif
