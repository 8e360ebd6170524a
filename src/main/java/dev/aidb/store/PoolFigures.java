package dev.aidb.store;

/**
 * The pool at one moment.
 *
 * @param open connections open
 * @param checkedOut those in use
 * @param overflow those open beyond the number that is kept
 * @param waiting threads that wait for a connection
 * @param limit the most that may be open
 */
public record PoolFigures(int open, int checkedOut, int overflow, int waiting, int limit) {}
