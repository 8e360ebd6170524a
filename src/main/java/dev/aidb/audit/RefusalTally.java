package dev.aidb.audit;

import dev.aidb.guard.AuditEvent;
import dev.aidb.guard.Refusal;
import dev.aidb.guard.Refusals;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gathers refusals, so that whoever is refused a million times doesn't make a million rows: those
 * that are alike are one event with a count, and when there are too many kinds of a reason only
 * that counts.
 */
final class RefusalTally implements Refusals {
  /**
   * How many kinds of each reason are told apart until they are taken: of each, so that a flood of
   * one can't hide another.
   */
  static final int KINDS_MAX = 10;

  private static final String SEVERAL = "several";

  private final Clock clock;
  private final Map<Refusal.Reason, Integer> kinds = new EnumMap<>(Refusal.Reason.class);
  private Map<Refusal, Count> counts = new LinkedHashMap<>();

  RefusalTally(Clock clock) {
    this.clock = clock;
  }

  private static final class Count {
    private final Instant first;
    private Instant last;
    private long number;

    Count(Instant first) {
      this.first = first;
      this.last = first;
    }
  }

  @Override
  public void note(Refusal refusal) {
    Instant now = clock.instant();
    synchronized (this) {
      boolean toldApart = counts.containsKey(refusal) || isRoomFor(refusal.reason());
      Refusal kind = toldApart ? refusal : new Refusal(refusal.reason(), SEVERAL, SEVERAL, SEVERAL);
      Count count = counts.computeIfAbsent(kind, k -> new Count(now));
      count.last = now;
      count.number++;
    }
  }

  private boolean isRoomFor(Refusal.Reason reason) {
    int before = kinds.getOrDefault(reason, 0);
    if (before == KINDS_MAX) {
      return false;
    }
    kinds.put(reason, before + 1);
    return true;
  }

  /** The events of what was gathered, and begins anew. */
  List<AuditEvent> take() {
    Map<Refusal, Count> taken;
    synchronized (this) {
      taken = counts;
      counts = new LinkedHashMap<>();
      kinds.clear();
    }
    List<AuditEvent> events = new ArrayList<>();
    taken.forEach((refusal, count) -> events.add(event(refusal, count)));
    return events;
  }

  private static AuditEvent event(Refusal refusal, Count count) {
    return new AuditEvent(
        refusal.actor(),
        "request.refuse",
        refusal.target(),
        AuditEvent.Outcome.REFUSED,
        "",
        Map.of(
            "reason", refusal.reason().wireName(),
            "address", refusal.address(),
            "count", count.number,
            "first", count.first.toString(),
            "last", count.last.toString()));
  }
}
