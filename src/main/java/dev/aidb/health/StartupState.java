package dev.aidb.health;

import java.util.EnumSet;
import java.util.Set;

/** Which stages of the start are done. Thread-safe; a stage that is done stays done. */
public final class StartupState {
  /** What must be ready before the program serves. */
  public enum Stage {
    MIGRATIONS,
    MODEL,
    INDEX
  }

  private final Set<Stage> pending = EnumSet.allOf(Stage.class);

  /** A stage is ready. */
  public synchronized void done(Stage stage) {
    pending.remove(stage);
  }

  /** Whether all stages are. */
  public synchronized boolean complete() {
    return pending.isEmpty();
  }
}
