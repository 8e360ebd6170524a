/**
 * Lives of the whole of learning and forgetting, driven by a clock of their own: short ones from
 * seeds with faults, compared with a model in memory, and a year at full rate for its sizes.
 */
@NullMarked
package dev.aidb.model;

import org.jspecify.annotations.NullMarked;
