/**
 * API keys: made, rotated and revoked in PostgreSQL, judged from memory.
 *
 * <p>A key's text is {@code aidb_<id>_<secret>}, with 80 random bits in the id and 260 in the
 * secret. Stored is its HMAC-SHA-256 under a pepper that the database doesn't hold, so neither a
 * copy of the database nor one of the pepper lets anybody in or try secrets.
 *
 * <p>Promises: {@link CachedKeyRing} judges without a call of the database, in the same time for an
 * id that isn't known and for a wrong secret. What is changed anywhere is in effect here at most 5
 * s later while the database can be asked; while it can't, the keys that were known go on for a
 * bounded time ({@link CachedKeyRing.Settings#grace()}), and expiry holds all the while. A change
 * of a key and its audit row are one transaction. The text of a key is never logged and its {@code
 * toString} masks it.
 *
 * <p>Scopes: {@code write} includes {@code read}, {@code admin} includes both.
 *
 * <p>Threading: public types are thread-safe; a ring has one virtual thread. Failure modes: a ring
 * that knows nothing, or nothing recent enough, answers UNAVAILABLE. Limits: {@link Keys#KEYS_MAX}
 * keys that aren't revoked.
 */
@NullMarked
package dev.aidb.keys;

import org.jspecify.annotations.NullMarked;
