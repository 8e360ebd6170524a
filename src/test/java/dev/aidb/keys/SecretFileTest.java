package dev.aidb.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFileTest {
  private static final Instant NOW = Instant.parse("2030-01-31T12:34:56Z");

  @TempDir private Path folder;

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void isReadableByItsOwnerAloneFromTheFirstMoment() throws Exception {
    Path place = folder.resolve("a.key");
    SecretFile file = SecretFile.stage(place, "hush");
    assertThat(permissions(file.staged())).isEqualTo("r--------");
    assertThat(place).doesNotExist();

    assertThat(file.publish(NOW)).isEmpty();
    assertThat(place).hasContent("hush\n");
    assertThat(permissions(place)).isEqualTo("r--------");
    assertThat(file.staged()).doesNotExist();
  }

  @Test
  void keepsWhatWasThereUnderADatedName() throws Exception {
    Path place = folder.resolve("a.key");
    SecretFile.stage(place, "one").publish(NOW);
    Optional<Path> first = SecretFile.stage(place, "two").publish(NOW);
    Optional<Path> second = SecretFile.stage(place, "three").publish(NOW);

    assertThat(place).hasContent("three\n");
    assertThat(first).contains(folder.resolve("a.key.2030-01-31T123456Z"));
    assertThat(first.orElseThrow()).hasContent("one\n");
    assertThat(second.orElseThrow()).hasContent("two\n");
    assertThat(permissions(second.orElseThrow())).isEqualTo("r--------");
  }

  @Test
  void leavesAnotherOnesFileAlone() throws Exception {
    Path place = folder.resolve("pepper");
    assertThat(SecretFile.stage(place, "one").publishIfAbsent()).isTrue();
    assertThat(SecretFile.stage(place, "two").publishIfAbsent()).isFalse();
    assertThat(place).hasContent("one\n");
    assertThat(permissions(place)).isEqualTo("r--------");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(place);
    }
  }

  @Test
  void leavesNothingWhenThereIsNoFolder() {
    assertThatThrownBy(() -> SecretFile.stage(folder.resolve("none/a.key"), "hush"))
        .isInstanceOf(IOException.class);
  }
}
