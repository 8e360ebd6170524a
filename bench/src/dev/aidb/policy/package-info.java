/** The speed of the content policy, measured from within its package. */
@NullMarked
package dev.aidb.policy;

import org.jspecify.annotations.NullMarked;
