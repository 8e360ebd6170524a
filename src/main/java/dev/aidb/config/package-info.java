/**
 * The configuration: one tree of records, {@link Config}, whose components declare every key with
 * its default, range and meaning. The file reader, the environment's names, the flags, {@code aidb
 * config show} and the reference page are all derived from those declarations.
 *
 * <p>Promises: a {@link Config} that exists is valid. {@link ConfigLoader} reports every fault at
 * once, each with its key and where it came from. A secret is never written in a file of
 * configuration and never shown.
 *
 * <p>Threading: everything is immutable. Failure modes: {@link ConfigInvalid}. Limits: a file has
 * at most 1 MiB, a secret file at most 64 KiB.
 */
@NullMarked
package dev.aidb.config;

import org.jspecify.annotations.NullMarked;
