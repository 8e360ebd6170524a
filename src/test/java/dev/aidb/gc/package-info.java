/** Tests of forgetting: the plan by itself, and runs against a real server and a real index. */
@NullMarked
package dev.aidb.gc;

import org.jspecify.annotations.NullMarked;
