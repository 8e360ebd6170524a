/** Retrieval quality, measured from within the package whose fusion it measures. */
@NullMarked
package dev.aidb.search;

import org.jspecify.annotations.NullMarked;
