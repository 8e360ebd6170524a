/** What kills, fills and damages a server, and what must be left of its promises afterwards. */
@NullMarked
package dev.aidb.it.crash;

import org.jspecify.annotations.NullMarked;
