package dev.aidb.policy;

import dev.aidb.policy.Findings.Finding;
import java.util.EnumSet;
import java.util.Set;

/**
 * Finds payloads of attacks in a text. Pure, deterministic, thread-safe; takes time linear in the
 * text's length, whatever the text is.
 */
public final class PayloadDetector {
  private static final Anchors NOTES = notes();
  private static final Anchors SIGNS = signs();

  /**
   * @param kinds the kinds found, in their order; empty when nothing was
   * @param steps how many characters were looked at, for proofs of linearity
   */
  record Examined(Set<AttackKind> kinds, long steps) {}

  /** The kinds of payload in a text, in the order of the kinds; empty when there is none. */
  public Set<AttackKind> find(String text) {
    return examine(text).kinds();
  }

  Examined examine(String text) {
    Subject decoded = Decoder.decode(text);
    Set<AttackKind> kinds = EnumSet.noneOf(AttackKind.class);
    long steps = 2L * text.length() + look(decoded, kinds);
    boolean commented = decoded.contains(0, decoded.length(), "/*");
    boolean plus = isForm(decoded);
    if (commented || plus) {
      Subject spaced = decoded.without(" ", plus);
      steps += spaced.length() + look(spaced, kinds);
    }
    if (commented) {
      Subject joined = decoded.without("", false);
      steps += joined.length() + look(joined, kinds);
    }
    return new Examined(kinds, steps);
  }

  /** Whether plus signs may stand for blanks: there are no blanks otherwise. */
  private static boolean isForm(Subject text) {
    return text.contains(0, text.length(), "+") && !text.contains(0, text.length(), " ");
  }

  private static long look(Subject subject, Set<AttackKind> kinds) {
    Findings findings = new Findings();
    NOTES.search(subject, findings);
    SIGNS.search(subject, findings);
    if (!findings.all().isEmpty()) {
      Context context = new Context(subject);
      for (Finding finding : findings.all()) {
        if (!kinds.contains(finding.kind()) && context.isPayload(finding)) {
          kinds.add(finding.kind());
        }
      }
    }
    return subject.steps();
  }

  private static Anchors notes() {
    Anchors.Builder anchors = new Anchors.Builder();
    XssSigns.registerScripts(anchors);
    CodeSigns.registerReaches(anchors);
    return anchors.build();
  }

  private static Anchors signs() {
    Anchors.Builder anchors = new Anchors.Builder();
    XssSigns.register(anchors);
    SqlSigns.register(anchors);
    PathSigns.register(anchors);
    ShellSigns.register(anchors);
    CodeSigns.register(anchors);
    return anchors.build();
  }
}
