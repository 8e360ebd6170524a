package dev.aidb.learning;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class NormalTextTest {
  @Test
  void caseWhiteSpaceAndCompatibilityTellNothingApart() {
    assertThat(NormalText.of("  How\tTO \u00a0 mend\r\nit ")).isEqualTo("how to mend it");
    assertThat(NormalText.of("ﬁle ①")).isEqualTo("file 1");
    assertThat(NormalText.of("STRASSE")).isEqualTo(NormalText.of("straße"));
    assertThat(NormalText.of("e\u0301")).isEqualTo(NormalText.of("É"));
  }

  @Test
  void theDigestKnowsWhereTheQueryEnds() {
    assertThat(NormalText.digest("ab", "c")).isNotEqualTo(NormalText.digest("a", "bc"));
    assertThat(NormalText.digest("ab", "c")).hasSize(32).isEqualTo(NormalText.digest("ab", "c"));
  }

  @Property
  void aNormalTextIsItsOwn(@ForAll String text) {
    String normal = NormalText.of(text);

    assertThat(NormalText.of(normal)).isEqualTo(normal);
  }
}
