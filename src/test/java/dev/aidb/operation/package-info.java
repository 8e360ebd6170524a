/** Tests of the spine. */
@NullMarked
package dev.aidb.operation;

import org.jspecify.annotations.NullMarked;
