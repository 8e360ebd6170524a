package dev.aidb.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes, written as {@code 512}, {@code 64KiB}, {@code 8MiB} or {@code 2GiB}.
 *
 * @param bytes 0 or more
 */
public record Size(long bytes) implements Comparable<Size> {
  private static final Pattern FORM = Pattern.compile("(\\d{1,12})(B|KiB|MiB|GiB)?");

  public Size {
    if (bytes < 0) {
      throw new IllegalArgumentException("A size is 0 or more");
    }
  }

  /** Reads the written form; throws {@link IllegalArgumentException} with what is expected. */
  public static Size parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("must be a size such as 512KiB, 8MiB or 2GiB");
    }
    long number = Long.parseLong(matcher.group(1));
    String unit = matcher.group(2) == null ? "B" : matcher.group(2);
    int shift =
        switch (unit) {
          case "KiB" -> 10;
          case "MiB" -> 20;
          case "GiB" -> 30;
          default -> 0;
        };
    return new Size(Math.multiplyExact(number, 1L << shift));
  }

  @Override
  public int compareTo(Size other) {
    return Long.compare(bytes, other.bytes);
  }

  /** The shortest written form that {@link #parse} reads back as the same size. */
  @Override
  public String toString() {
    String[] units = {"B", "KiB", "MiB", "GiB"};
    long number = bytes;
    int unit = 0;
    while (number != 0 && number % 1024 == 0 && unit < 3) {
      number /= 1024;
      unit++;
    }
    return number + (unit == 0 ? "" : units[unit]);
  }
}
