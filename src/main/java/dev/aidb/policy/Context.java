package dev.aidb.policy;

import dev.aidb.policy.Findings.Finding;
import java.util.Set;

/**
 * Tells a payload from talk about one. A sentence mentions a payload when it is set apart from the
 * words around it, there are some of these, and one of them is about texts, code or attacks: "how
 * does Thymeleaf escape …". A payload glued to a word, or behind the end of a sentence, is none.
 */
final class Context {
  private static final int SENTENCE_MAX = 400;
  private static final int WORDS_MIN = 3;
  private static final int BARE_WORDS_MAX = 1;

  /** What people do to a piece of text that they talk about, or wonder about it. */
  private static final Set<String> ABOUT =
      Set.of(
          "about",
          "affected",
          "allow",
          "allowed",
          "answer",
          "appear",
          "appears",
          "attack",
          "attacks",
          "attacker",
          "because",
          "blocked",
          "block",
          "blocks",
          "bypass",
          "called",
          "cause",
          "causes",
          "code",
          "comic",
          "contain",
          "contains",
          "dangerous",
          "detect",
          "detects",
          "difference",
          "do",
          "does",
          "doesn't",
          "error",
          "escape",
          "escaped",
          "escapes",
          "escaping",
          "evaluate",
          "evaluates",
          "evaluated",
          "example",
          "execute",
          "executed",
          "executes",
          "expand",
          "expands",
          "expanded",
          "explain",
          "explained",
          "exploit",
          "fail",
          "fails",
          "false",
          "filter",
          "filters",
          "fire",
          "happen",
          "happens",
          "harmless",
          "injection",
          "inside",
          "instead",
          "interpret",
          "interpreted",
          "line",
          "log",
          "logged",
          "logs",
          "match",
          "matches",
          "mean",
          "means",
          "meaning",
          "mitigate",
          "output",
          "outputs",
          "parse",
          "parsed",
          "parses",
          "pattern",
          "payload",
          "prevent",
          "prevented",
          "prevents",
          "print",
          "prints",
          "protect",
          "quote",
          "quoted",
          "regex",
          "reject",
          "rejected",
          "rejects",
          "resolves",
          "render",
          "rendered",
          "renders",
          "result",
          "return",
          "returns",
          "rule",
          "run",
          "runs",
          "safe",
          "sanitise",
          "sanitize",
          "sanitized",
          "sanitizes",
          "secure",
          "show",
          "shown",
          "shows",
          "signature",
          "snippet",
          "stop",
          "stops",
          "string",
          "strip",
          "strips",
          "syntax",
          "test",
          "tests",
          "traversal",
          "understand",
          "unsafe",
          "vulnerable",
          "vulnerability",
          "waf",
          "warn",
          "warning",
          "why",
          "work",
          "works",
          "wrong",
          "xss");

  /** With these a question begins. */
  private static final Set<String> QUESTIONS =
      Set.of(
          "are", "can", "could", "did", "do", "does", "has", "how", "is", "should", "was", "what",
          "when", "where", "which", "who", "why", "will", "would");

  /** Words of payloads, which are not talk. */
  private static final Set<String> CODE =
      Set.of(
          "alert",
          "all",
          "and",
          "as",
          "by",
          "case",
          "count",
          "database",
          "delay",
          "delete",
          "drop",
          "end",
          "exec",
          "exists",
          "from",
          "group",
          "having",
          "into",
          "insert",
          "limit",
          "like",
          "not",
          "null",
          "or",
          "order",
          "password",
          "select",
          "set",
          "table",
          "then",
          "true",
          "union",
          "update",
          "user",
          "username",
          "users",
          "values",
          "waitfor",
          "when",
          "where",
          "xor");

  private final Subject text;

  Context(Subject text) {
    this.text = text;
  }

  /** Whether the finding is a payload, all things considered. */
  boolean isPayload(Finding finding) {
    return switch (finding.strength()) {
      case HIDDEN -> true;
      case PLAIN -> !isMentioned(finding);
      case BARE ->
          words(0, finding.start(), false).count + words(finding.end(), text.length(), false).count
              <= BARE_WORDS_MAX;
    };
  }

  private boolean isMentioned(Finding finding) {
    if (!isSetApart(finding.start())) {
      return false;
    }
    int from = sentenceStart(finding.start());
    int to = sentenceEnd(finding.end());
    Words before = words(from, finding.start(), true);
    Words after = words(finding.end(), to, true);
    boolean about = before.about || after.about || (asks(from) && after.count >= 2);
    return before.count + after.count >= WORDS_MIN && about;
  }

  private boolean asks(int sentence) {
    int i = text.skipBlanks(sentence);
    return QUESTIONS.contains(text.word(i));
  }

  private boolean isSetApart(int start) {
    char before = text.at(start - 1);
    return Subject.isBlank(text.at(start))
        || before == Subject.END
        || Subject.isBlank(before)
        || "'\"`(:=?/\u00bf[<>".indexOf(before) >= 0;
  }

  private int sentenceStart(int at) {
    int from = Math.max(0, at - SENTENCE_MAX);
    for (int i = at - 1; i > from; i--) {
      if (text.at(i) == '\n' || (Subject.isBlank(text.at(i)) && isStop(text.at(i - 1)))) {
        return i;
      }
    }
    return from;
  }

  private int sentenceEnd(int at) {
    int to = Math.min(text.length(), at + SENTENCE_MAX);
    for (int i = at; i < to; i++) {
      if (text.at(i) == '\n' || (isStop(text.at(i)) && Subject.isBlank(text.at(i + 1)))) {
        return i;
      }
    }
    return to;
  }

  private static boolean isStop(char c) {
    return c == '.' || c == '?' || c == '!';
  }

  private record Words(int count, boolean about) {}

  /** The words of plain language between two positions. */
  private Words words(int from, int to, boolean talk) {
    int count = 0;
    boolean about = false;
    int i = Math.max(0, from);
    int stop = Math.min(to, from + 4 * SENTENCE_MAX);
    while (i < stop) {
      if (!Subject.isLetter(text.at(i))) {
        i++;
        continue;
      }
      int end = i;
      while (end < stop && (Subject.isLetter(text.at(end)) || text.at(end) == '\'')) {
        end++;
      }
      boolean begins =
          i == 0 || Subject.isBlank(text.at(i - 1)) || "('\"`*_".indexOf(text.at(i - 1)) >= 0;
      char after = text.at(end);
      char next = text.at(end + 1);
      boolean closed =
          next == Subject.END || Subject.isBlank(next) || ")'\"`*.,?!".indexOf(next) >= 0;
      boolean ends =
          after == Subject.END
              || Subject.isBlank(after)
              || (".,?!:;)'\"`*".indexOf(after) >= 0 && closed);
      if (begins && ends) {
        String word = text.text(i, end);
        if (!talk || !CODE.contains(word)) {
          count++;
          about |= talk && ABOUT.contains(word);
        }
      }
      i = Math.max(end, i + 1);
    }
    return new Words(count, about);
  }
}
