package dev.aidb.operation;

import dev.aidb.core.AidbException;
import java.util.Iterator;
import java.util.function.Consumer;

/** What runs when an operation is called. */
public sealed interface Handler<I extends Record, O> {

  /** One record in, one record out. */
  non-sealed interface Unary<I extends Record, O> extends Handler<I, O> {
    Reply<O> handle(I input, Call call);
  }

  /**
   * A stream of lines in, a stream of lines out (NDJSON), neither held in memory as a whole. The
   * iterator blocks until the client has sent the next line; the consumer blocks while the client
   * is slow to read.
   */
  non-sealed interface Stream<I extends Record, O> extends Handler<I, O> {
    void handle(Iterator<Line<I>> lines, Consumer<O> out, Call call);
  }

  /** One line of a stream: bound and valid, or the reason why not. */
  sealed interface Line<I extends Record> {
    /** The line's number, from 1. */
    long number();

    record Good<I extends Record>(long number, I value) implements Line<I> {}

    record Bad<I extends Record>(long number, AidbException why) implements Line<I> {}
  }
}
