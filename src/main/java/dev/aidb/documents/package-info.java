/**
 * Collections, documents and their chunks: what clients store, and the registry of where they may
 * store it.
 *
 * <p>Promises: an acknowledged write is a committed row in PostgreSQL, embeddings included, and is
 * found by the next search on this node. A document's change replaces its chunks atomically.
 * Content that hasn't changed isn't embedded again. Content that holds a secret is refused before
 * anything is stored or embedded. Where the server keeps solutions ({@link
 * dev.aidb.documents.ReservedPaths}) no client writes.
 *
 * <p>Threading: everything here takes calls from any number of threads; two writers of one document
 * are serialised by its row. Failure modes: embedding happens before the transaction, so that a
 * model that is slow or down holds no connection and stores nothing. Limits: content 1,000,000
 * characters, metadata 64 KiB and 5 deep, 1,000 items, 16 streams of 3 groups of 32 lines,
 * 8,000,000 characters being cut and embedded at once, and 4,000,000 characters of contents in a
 * page of documents, give or take one.
 *
 * <p>Locks: every writer locks the document's row before any of its chunks, and several documents
 * or chunks in the order of their keys. Chunks of callers share the lock of their document, which
 * keeps its title, metadata and status as they are until the commit.
 */
@NullMarked
package dev.aidb.documents;

import org.jspecify.annotations.NullMarked;
