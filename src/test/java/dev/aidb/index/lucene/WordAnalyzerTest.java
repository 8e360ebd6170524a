package dev.aidb.index.lucene;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Collectors;
import org.apache.lucene.util.BytesRef;
import org.junit.jupiter.api.Test;

class WordAnalyzerTest {
  private final QueryTerms terms = new QueryTerms(new WordAnalyzer(), 8);

  @Test
  void identifiersAreTermsWholeAndInParts() {
    assertThat(of("services.nginx.enable"))
        .containsExactlyInAnyOrder("services.nginx.en", "servic", "nginx", "enabl");
    assertThat(of("foo_bar")).contains("foo_bar", "foo", "bar");
    assertThat(of("camelCase")).contains("camelcas", "camel", "case");
    assertThat(of("/etc/nixos/configuration.nix")).contains("etc", "nixo", "configur", "nix");
    assertThat(of("1.2.3")).contains("1.2.3");
    assertThat(of("utf8 x86_64")).contains("utf8", "x86");
  }

  @Test
  void namesOfLanguagesKeepTheirSigns() {
    assertThat(of("C++")).containsExactly("cplusplu");
    assertThat(of("c#")).containsExactly("csharp");
    assertThat(of(".NET")).containsExactly("net");
    assertThat(of("#channel c")).containsExactlyInAnyOrder("channel", "c");
  }

  @Test
  void caseAccentsPossessivesAndEndingsDoNotMatter() {
    assertThat(of("Ångströms")).isEqualTo(of("angstrom"));
    assertThat(of("the server's connections")).isEqualTo(of("server connection"));
  }

  @Test
  void stopWordsAreLeftOutUnlessThereIsNothingElse() {
    assertThat(of("what is the answer")).containsExactly("answer");
    assertThat(of("to be or not to be")).contains("to", "be", "or", "not");
    assertThat(of("?! ...")).isEmpty();
  }

  @Test
  void repeatedWordsAreCountedAndTooManyAreCut() {
    assertThat(terms.of("pear apple pear")).containsEntry(new BytesRef("pear"), 2);
    assertThat(of("q w e r z u p x c v b n")).hasSize(8).contains("q", "x").doesNotContain("n");
  }

  @Test
  void scriptsWithoutSpacesGiveCharactersAndPairs() {
    assertThat(of("東京都")).contains("東京", "京都", "京");
  }

  private Set<String> of(String text) {
    return terms.of(text).keySet().stream().map(BytesRef::utf8ToString).collect(Collectors.toSet());
  }
}
