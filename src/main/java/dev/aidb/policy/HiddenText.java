package dev.aidb.policy;

import java.util.List;

/** Text that a page doesn't show to people, and that speaks to agents. */
final class HiddenText {
  private static final List<String> HIDING =
      List.of(
          "<!--",
          "display:none",
          "display: none",
          "visibility:hidden",
          "visibility: hidden",
          "font-size:0",
          "font-size: 0",
          "color:white",
          "color: white",
          "opacity:0",
          "opacity: 0",
          "[//]: #",
          " alt=\"");

  private static final List<String> AGENTS =
      List.of("assistant", " ai ", "agent", "language model", "llm", "chatgpt", "shell tool");

  private static final List<String> ORDERS =
      List.of(
          " must ",
          " call ",
          " run ",
          " execute ",
          " ignore ",
          " visit ",
          " rate ",
          " send ",
          "instructions for",
          " use the ",
          " say ",
          " approve ");

  private static final int REACH = 400;

  private HiddenText() {}

  static boolean addressesAgents(String plain) {
    for (String hiding : HIDING) {
      int next = 0; // stretches don't overlap, so that the time stays linear
      for (int at = plain.indexOf(hiding); at >= 0; at = plain.indexOf(hiding, next)) {
        next = Math.min(plain.length(), at + REACH);
        String stretch =
            plain.substring(at + hiding.length() - 1, Math.max(next, at + hiding.length()));
        String words = stretch.replaceAll("[^a-z]+", " ");
        if (AGENTS.stream().anyMatch(words::contains)
            && ORDERS.stream().anyMatch(words::contains)) {
          return true;
        }
      }
    }
    return false;
  }
}
