@NullMarked
package dev.aidb.resilience;

import org.jspecify.annotations.NullMarked;
