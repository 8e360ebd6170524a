package dev.aidb.policy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The median time that the detector takes for one text, of everyday ones and of those that were
 * made to be slow. The aims are 50 µs for 500 characters and 1 ms for 10,000.
 */
final class PolicySpeed {
  private static final int ROUNDS = 401;
  private static final String EVERYDAY =
      "how do I configure nginx with SELECT * FROM users or 'quoted' strings; ls -la | grep foo"
          + " && echo done <b>x</b> ";
  private static final String[] HOSTILE = {
    "%252525", "&amp;", "&#", "/*/", "'", "<", "<a \"", "<script ", "<x onload=", "../", "..%2f",
    "' or ", "1 union select ", "$(id", "`", "{{", "${", "${jndi:", "javascript:", "; id", " "
  };

  private final PayloadDetector detector = new PayloadDetector();
  private int found;

  public static void main(String[] arguments) {
    PolicySpeed speed = new PolicySpeed();
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("everyday, 500", EVERYDAY.repeat(5).substring(0, 500));
    texts.put("everyday, 10,000", EVERYDAY.repeat(100).substring(0, 10_000));
    for (String piece : HOSTILE) {
      texts.put(piece + " repeated, 10,000", piece.repeat(10_000 / piece.length()));
    }
    texts.values().forEach(speed::median); // so that all of it is compiled
    texts.forEach((name, text) ->
        System.out.printf(Locale.ROOT, "%-32s %8.1f µs%n", name, speed.median(text) / 1e3));
    System.out.println(speed.found + " texts held payloads");
  }

  private double median(String text) {
    long[] nanos = new long[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      long start = System.nanoTime();
      found += detector.find(text).size();
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    return nanos[ROUNDS / 2];
  }
}
