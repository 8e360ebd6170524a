package dev.aidb.context;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * All that a session remembers.
 *
 * @param turns how many there have been
 * @param recent the latest of them, whole
 * @param earlier the gist of those before
 * @param placed the lasting quotes of its prompt, in order
 * @param given the ids of what was quoted, the latest last, each once
 */
record SessionState(
    int turns, List<Turn> recent, Rolled earlier, List<Placed> placed, List<UUID> given) {
  /** So many turns are kept whole. */
  static final int RECENT = 3;

  /** So many ids are remembered. */
  static final int GIVEN_MAX = 300;

  static final SessionState NEW =
      new SessionState(0, List.of(), Rolled.NOTHING, List.of(), List.of());

  SessionState {
    recent = List.copyOf(recent);
    placed = List.copyOf(placed);
    given = List.copyOf(given);
  }

  /**
   * One question with what came of it.
   *
   * @param query as it was asked, long ones shortened
   * @param response what the agent answered, shortened; null until it tells
   * @param contextIds what was quoted for it
   * @param tokens of the prompt it was answered with
   */
  record Turn(
      int number,
      String query,
      @Nullable String response,
      List<UUID> contextIds,
      int tokens,
      Instant at) {
    Turn {
      contextIds = List.copyOf(contextIds);
    }

    Turn withResponse(String told) {
      return new Turn(number, query, told, contextIds, tokens, at);
    }
  }

  /**
   * The gist of turns that aren't kept whole.
   *
   * @param lines oldest first
   * @param dropped how many turns before them nothing is known of
   */
  record Rolled(List<Line> lines, int dropped) {
    static final Rolled NOTHING = new Rolled(List.of(), 0);

    Rolled {
      lines = List.copyOf(lines);
    }
  }

  /**
   * The gist of a turn.
   *
   * @param brief whether it is but a few words already
   */
  record Line(int turn, String text, boolean brief) {}

  /** The latest query; empty before the first turn. */
  String lastQuery() {
    return recent.isEmpty() ? "" : recent.getLast().query();
  }

  /** The same with what the agent answered to the latest query. */
  SessionState answered(String response) {
    if (recent.isEmpty()) {
      return this;
    }
    List<Turn> changed = new ArrayList<>(recent);
    changed.set(changed.size() - 1, recent.getLast().withResponse(response));
    return new SessionState(turns, changed, earlier, placed, given);
  }
}
