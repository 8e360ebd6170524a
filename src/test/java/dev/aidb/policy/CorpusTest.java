package dev.aidb.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The aims that the detector is held to, on both halves of the corpora. */
class CorpusTest {
  private static final PolicyReport REPORT = new PolicyReport();

  @ParameterizedTest
  @ValueSource(strings = {PolicyReport.TUNE, PolicyReport.HELD_OUT})
  void blocksAttacks(String half) {
    assertThat(REPORT.blocked(half, "all").value())
        .describedAs("%s%n%s", REPORT, REPORT.judgedWrongly(half))
        .isGreaterThanOrEqualTo(PolicyReport.BLOCKED_MIN);
  }

  @ParameterizedTest
  @ValueSource(strings = {PolicyReport.TUNE, PolicyReport.HELD_OUT})
  void letsHarmlessQueriesPass(String half) {
    assertThat(REPORT.refused(half).value())
        .describedAs("%s%n%s", REPORT, REPORT.judgedWrongly(half))
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
