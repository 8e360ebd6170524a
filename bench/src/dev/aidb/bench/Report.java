package dev.aidb.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Figures beside what is wanted of them. */
final class Report {
  private record Line(String scenario, String what, String figure, String wanted, String verdict) {}

  private final List<Line> lines = new ArrayList<>();
  private String scenario = "";

  void scenario(String name) {
    scenario = name;
    System.out.printf("%n== %s%n", name);
  }

  void atMost(String what, double figure, double limit, String unit) {
    add(what, figure, unit, "≤ " + number(limit) + " " + unit, figure <= limit ? "yes" : "**no**");
  }

  void atLeast(String what, double figure, double limit, String unit) {
    add(what, figure, unit, "≥ " + number(limit) + " " + unit, figure >= limit ? "yes" : "**no**");
  }

  void figure(String what, double figure, String unit) {
    add(what, figure, unit, "", "");
  }

  private void add(String what, double figure, String unit, String wanted, String verdict) {
    Line line = new Line(scenario, what, number(figure) + " " + unit, wanted, verdict);
    lines.add(line);
    System.out.printf(
        "%-68s %14s  %-14s %s%n", what, line.figure.strip(), line.wanted.strip(), verdict);
  }

  static void note(String format, Object... arguments) {
    System.out.printf(Locale.ROOT, "   " + format + "%n", arguments);
  }

  private static String number(double figure) {
    double size = Math.abs(figure);
    if (size >= 1_000) {
      return String.format(Locale.ROOT, "%,.0f", figure);
    }
    return String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.3f", figure);
  }

  String markdown() {
    StringBuilder table =
        new StringBuilder("| scenario | what | measured | wanted | met |\n|---|---|---|---|---|\n");
    for (Line line : lines) {
      table
          .append("| ")
          .append(
              String.join(
                  " | ",
                  line.scenario,
                  line.what,
                  line.figure.strip(),
                  line.wanted.strip(),
                  line.verdict))
          .append(" |\n");
    }
    return table.toString();
  }
}
