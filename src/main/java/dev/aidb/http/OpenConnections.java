package dev.aidb.http;

import dev.aidb.metrics.HttpMetrics;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The connections that are open. When few are left to give away, each new one costs the connection
 * that has been without a request the longest its place: whoever opens thousands and says nothing,
 * or drips a head into each, takes them from itself and not from those who ask something. A
 * connection with a request is never closed for another.
 */
final class OpenConnections {
  private static final int KEPT_FREE_SHARE = 16;

  private final Set<Inflow> open = ConcurrentHashMap.newKeySet();
  private final int comfortable;
  private final HttpMetrics metrics;

  /**
   * @param max how many the server underneath takes; beyond it they wait to be accepted
   */
  OpenConnections(int max, HttpMetrics metrics) {
    this.comfortable = max - Math.max(1, max / KEPT_FREE_SHARE);
    this.metrics = metrics;
    metrics.watchConnections(open::size);
  }

  void opened(Inflow inflow) {
    open.add(inflow);
    makeRoom();
  }

  void closed(Inflow inflow) {
    open.remove(inflow);
  }

  /**
   * Closes idle connections until there is room for new ones, or none is idle. Called for each new
   * connection, and now and then: when all had requests there was none to close.
   */
  synchronized void makeRoom() {
    while (open.size() > comfortable) {
      Inflow longest = longestIdle();
      if (longest == null) {
        return;
      }
      if (longest.closeIfIdle()) {
        open.remove(longest); // at once, lest the next newcomer closes another one in its place
        metrics.connectionDisplaced();
      }
    }
  }

  private @Nullable Inflow longestIdle() {
    Inflow longest = null;
    for (Inflow inflow : open) {
      if (inflow.idle() && (longest == null || inflow.idleSince() - longest.idleSince() < 0)) {
        longest = inflow;
      }
    }
    return longest;
  }
}
