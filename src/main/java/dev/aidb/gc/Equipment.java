package dev.aidb.gc;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** What runs and restorations work with. */
record Equipment(
    Collector.Parts parts,
    Collector.Settings settings,
    GcMetrics metrics,
    Checkpoint checkpoint,
    Runs runs,
    Census census,
    Planner planner,
    Tombstones tombstones,
    Forgetting forgetting,
    IndexCare indexCare,
    Trail trail) {

  static Equipment of(
      Collector.Parts parts,
      Collector.Settings settings,
      GcMetrics metrics,
      Checkpoint checkpoint) {
    Rules rules = settings.rules();
    Planner planner = new Planner(rules);
    Census census = new Census(parts.database());
    Tombstones tombstones = new Tombstones(parts.database(), parts.log());
    Trail trail = new Trail(parts.ids());
    return new Equipment(
        parts,
        settings,
        metrics,
        checkpoint,
        new Runs(parts.database()),
        census,
        planner,
        tombstones,
        new Forgetting(rules, planner, census, tombstones, parts.inheritance(), trail),
        new IndexCare(
            parts.database(), parts.log(), parts.projection(), rules.orphanGrace(), trail),
        trail);
  }

  /** The present moment as precisely as PostgreSQL keeps it. */
  Instant now() {
    return parts.clock().instant().truncatedTo(ChronoUnit.MICROS);
  }
}
