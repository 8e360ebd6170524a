package dev.aidb.projection;

import dev.aidb.index.Position;
import dev.aidb.store.LogPosition;

/** The same place in the log, as the log names it and as an index stores it. */
final class Positions {
  private Positions() {}

  static LogPosition inLog(Position position) {
    return new LogPosition(position.xid(), position.sequence());
  }

  static Position inIndex(String generation, LogPosition position) {
    return new Position(generation, position.xid(), position.sequence());
  }
}
