package dev.aidb.policy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds all of a set of short strings in one pass over a text (Aho and Corasick, 1975), as a table
 * with a row per state and a column per ASCII character. Immutable, hence thread-safe.
 */
final class Anchors {
  private static final int COLUMNS = 128;

  private final int[] next;
  private final Sign[][] signs;

  private Anchors(int[] next, Sign[][] signs) {
    this.next = next;
    this.signs = signs;
  }

  /** Looks closer at a place where one of the strings stands. */
  @FunctionalInterface
  interface Sign {
    /**
     * Notes what it finds.
     *
     * @param start where the string starts
     * @param end after its end
     */
    void look(Subject subject, int start, int end, Findings findings);
  }

  /** Has every sign look at every place of its string, in the order of the strings' ends. */
  void search(Subject subject, Findings findings) {
    int state = 0;
    for (int i = 0; i < subject.length(); i++) {
      char c = subject.at(i);
      state = c < COLUMNS ? next[state * COLUMNS + c] : 0;
      Sign[] here = signs[state];
      if (here != null) {
        for (Sign sign : here) {
          sign.look(subject, i, i + 1, findings);
        }
      }
    }
  }

  /** Gathers strings and what looks at them. */
  static final class Builder {
    private final List<int[]> rows = new ArrayList<>();
    private final List<List<Sign>> signs = new ArrayList<>();

    Builder() {
      newState();
    }

    /**
     * @param sign looks at each place where one of the strings stands
     * @param strings of ASCII, in lower case
     */
    Builder on(Sign sign, String... strings) {
      for (String string : strings) {
        int state = 0;
        for (int i = 0; i < string.length(); i++) {
          char c = string.charAt(i);
          int[] row = rows.get(state);
          if (row[c] < 0) {
            row[c] = newState();
          }
          state = row[c];
        }
        int length = string.length();
        signs
            .get(state)
            .add((subject, last, end, findings) -> sign.look(subject, end - length, end, findings));
      }
      return this;
    }

    Anchors build() {
      int[] fallback = new int[rows.size()];
      ArrayDeque<Integer> queue = new ArrayDeque<>();
      queue.add(0);
      while (!queue.isEmpty()) {
        int state = queue.remove();
        int[] row = rows.get(state);
        for (int c = 0; c < COLUMNS; c++) {
          int instead = state == 0 ? 0 : rows.get(fallback[state])[c];
          if (row[c] < 0) {
            row[c] = instead;
          } else {
            int child = row[c];
            fallback[child] = instead;
            signs.get(child).addAll(signs.get(instead));
            queue.add(child);
          }
        }
      }
      int[] table = new int[rows.size() * COLUMNS];
      Sign[][] all = new Sign[rows.size()][];
      for (int state = 0; state < rows.size(); state++) {
        System.arraycopy(rows.get(state), 0, table, state * COLUMNS, COLUMNS);
        List<Sign> here = signs.get(state);
        all[state] = here.isEmpty() ? null : here.toArray(Sign[]::new);
      }
      return new Anchors(table, all);
    }

    private int newState() {
      int[] row = new int[COLUMNS];
      Arrays.fill(row, -1);
      rows.add(row);
      signs.add(new ArrayList<>());
      return rows.size() - 1;
    }
  }
}
