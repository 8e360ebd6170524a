package dev.aidb.policy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The phrases of {@code orders.txt} beside this class, by their first words. */
final class OrderPhrases {
  /** In a sentence with one of these before it, an order is spoken about. */
  private static final Set<String> ABOUT =
      Set.of(
          "attack",
          "attacks",
          "attacker",
          "attackers",
          "injection",
          "injections",
          "jailbreak",
          "jailbreaks",
          "payload",
          "payloads",
          "phrase",
          "phrases",
          "phrasing",
          "example",
          "examples",
          "malicious",
          "filter",
          "filters",
          "classifier",
          "classify",
          "detect",
          "detects",
          "guardrail",
          "guardrails",
          "adversary",
          "adversarial",
          "paper",
          "benchmark",
          "tricked",
          "tricks",
          "strings",
          "inputs",
          "users",
          "template",
          "usual",
          "default");

  private static final int ABOUT_WORDS = 30;
  private static final List<OrderPhrase> ALL = read();
  private static final Map<String, List<OrderPhrase>> BY_FIRST = byFirst();

  /** Every word that occurs in a phrase. */
  static final Set<String> VOCABULARY =
      ALL.stream().flatMap(OrderPhrase::allWords).collect(Collectors.toUnmodifiableSet());

  private OrderPhrases() {}

  /** The kind of the first order that is given, not merely spoken about. */
  static Optional<String> find(OrderWords words) {
    for (int at = 0; at < words.size(); at++) {
      for (OrderPhrase phrase : BY_FIRST.getOrDefault(words.word(at), List.of())) {
        if (phrase.matches(words, at) && !isMention(words, at)) {
          return Optional.of(phrase.kind());
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isMention(OrderWords words, int at) {
    int from = Math.max(0, at - ABOUT_WORDS);
    for (int i = at - 1; i >= from && words.sameSentence(i, at); i--) {
      if (ABOUT.contains(words.word(i))) {
        return true;
      }
    }
    int to = Math.min(words.size(), at + ABOUT_WORDS);
    for (int i = at; i < to && words.sameSentence(i, at); i++) {
      if (words.word(i).equals("injection")) {
        return true;
      }
    }
    return false;
  }

  private static Map<String, List<OrderPhrase>> byFirst() {
    Map<String, List<OrderPhrase>> phrases = new HashMap<>();
    for (OrderPhrase phrase : ALL) {
      phrase
          .firstWords()
          .distinct()
          .forEach(word -> phrases.computeIfAbsent(word, w -> new ArrayList<>()).add(phrase));
    }
    return phrases;
  }

  /** Lines {@code NAME = words} define what stands for more words; all others are phrases. */
  private static List<OrderPhrase> read() {
    Map<String, String> names = new LinkedHashMap<>();
    List<OrderPhrase> phrases = new ArrayList<>();
    String kind = "";
    for (String line : lines()) {
      int equals = line.indexOf(" = ");
      if (line.startsWith("[")) {
        kind = line.substring(1, line.length() - 1);
      } else if (equals > 0) {
        names.put(line.substring(0, equals), line.substring(equals + 3).strip());
      } else if (!line.isBlank() && !line.startsWith("//")) {
        String phrase = line;
        for (Map.Entry<String, String> name : names.entrySet()) {
          phrase = phrase.replace(name.getKey(), name.getValue());
        }
        phrases.add(OrderPhrase.parse(kind, phrase));
      }
    }
    return List.copyOf(phrases);
  }

  private static List<String> lines() {
    try (InputStream file =
        Objects.requireNonNull(OrderPhrases.class.getResourceAsStream("orders.txt"))) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
