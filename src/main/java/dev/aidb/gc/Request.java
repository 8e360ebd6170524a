package dev.aidb.gc;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What a run is asked to do.
 *
 * @param tasks which of the tasks, at least one
 * @param dryRun whether it only plans
 * @param force whether it may remove more than the rules allow at once
 * @param actor who asked, as audit rows name them
 * @param requestId the request's id, empty where there was none
 * @param due the moment of the schedule that it is for; empty for one that somebody asked for
 */
public record Request(
    Set<Task> tasks,
    boolean dryRun,
    boolean force,
    String actor,
    String requestId,
    Optional<Instant> due) {
  /** Who runs by schedule. */
  public static final String SCHEDULE = "schedule";

  public Request {
    tasks = Set.copyOf(tasks);
    if (tasks.isEmpty()) {
      throw new IllegalArgumentException("a run needs a task");
    }
  }

  static Request scheduled(Instant due) {
    return new Request(Set.of(Task.values()), false, false, SCHEDULE, "", Optional.of(due));
  }
}
