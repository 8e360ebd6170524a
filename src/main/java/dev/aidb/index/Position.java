package dev.aidb.index;

/**
 * A place in the change log, ordered by the writing transaction, then by sequence.
 *
 * @param generation identifies the database the log belongs to; positions of different generations
 *     aren't comparable
 * @param xid PostgreSQL's 64-bit transaction id
 * @param sequence the row's number within the log
 */
public record Position(String generation, long xid, long sequence) {}
