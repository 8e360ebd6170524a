/** Tests of the projection against a real server and a real index. */
@NullMarked
package dev.aidb.projection;

import org.jspecify.annotations.NullMarked;
