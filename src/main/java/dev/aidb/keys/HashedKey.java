package dev.aidb.keys;

import java.util.Optional;

/**
 * A key as a ring needs it.
 *
 * @param hash the hash of its text
 * @param previousHash that of the text before the last rotation, valid until {@link
 *     ApiKey#overlapUntil}
 */
@SuppressWarnings("ArrayRecordComponent") // compared in constant time, never by equals
record HashedKey(ApiKey key, byte[] hash, Optional<byte[]> previousHash) {}
