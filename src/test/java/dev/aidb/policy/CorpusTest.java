package dev.aidb.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The aims that the detector is held to, on the half of the corpora that the rules were made by.
 * The other half is for {@code make policy-report} alone, so that nobody tunes by it.
 */
class CorpusTest {
  private static final PolicyReport REPORT = new PolicyReport();

  @Test
  void blocksAttacks() {
    assertThat(REPORT.blocked(PolicyReport.TUNE, "all").value())
        .describedAs("%s%n%s", REPORT, REPORT.judgedWrongly(PolicyReport.TUNE))
        .isGreaterThanOrEqualTo(PolicyReport.BLOCKED_MIN);
  }

  @Test
  void letsHarmlessQueriesPass() {
    assertThat(REPORT.refused(PolicyReport.TUNE).value())
        .describedAs("%s%n%s", REPORT, REPORT.judgedWrongly(PolicyReport.TUNE))
        .isLessThanOrEqualTo(PolicyReport.REFUSED_MAX);
  }

  @Test
  void theCorporaAreLargeAndDistinct() {
    List<Corpus.Query> attacks = Corpus.attacks();
    List<Corpus.Query> harmless = Corpus.harmless();

    assertThat(attacks.size()).isGreaterThanOrEqualTo(1_500);
    assertThat(harmless.size()).isGreaterThanOrEqualTo(10_000);
    for (AttackKind kind : AttackKind.values()) {
      assertThat(attacks.stream().filter(query -> query.group().equals(kind.wireName())).count())
          .describedAs(kind.wireName())
          .isGreaterThanOrEqualTo(300);
    }
    assertThat(attacks.stream().map(Corpus.Query::text)).doesNotHaveDuplicates();
    assertThat(harmless.stream().map(Corpus.Query::text)).doesNotHaveDuplicates();
    HashSet<String> both = new HashSet<>(attacks.stream().map(Corpus.Query::text).toList());
    both.retainAll(harmless.stream().map(Corpus.Query::text).toList());
    assertThat(both).isEmpty();
  }
}
