package dev.aidb.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.StartFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  @TempDir private Path temp;

  @Test
  void makesTheDirectoryForItsOwnerAlone() throws Exception {
    try (DataDirectory directory = DataDirectory.open(temp.resolve("a/b"))) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.root())))
          .isEqualTo("rwx------");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.secrets())))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void refusesASecondOpenerAndOpensAgainAfterTheFirst() {
    try (DataDirectory first = DataDirectory.open(temp)) {
      assertThatThrownBy(() -> DataDirectory.open(first.root()))
          .isInstanceOf(StartFailure.class)
          .hasMessageContaining("in use by process " + ProcessHandle.current().pid());
      assertThatThrownBy(() -> DataDirectory.open(first.root())).isInstanceOf(StartFailure.class);
    }
    DataDirectory.open(temp).close();
  }

  /** Permissions don't bind root, so a file stands in for a place that can't be written. */
  @Test
  void saysWhatToDoWhenItCannotBeMade() throws Exception {
    Path file = Files.createFile(temp.resolve("file"));

    for (Path path : new Path[] {file, file.resolve("below")}) {
      assertThatThrownBy(() -> DataDirectory.open(path))
          .isInstanceOfSatisfying(
              StartFailure.class,
              e -> {
                assertThat(e.getMessage()).contains("can't be made");
                assertThat(e.advice()).contains("--data-dir");
              });
    }
  }

  @Test
  void refusesAFileSystemThatIsShortOfSpace() {
    assertThatThrownBy(() -> DataDirectory.open(temp, Long.MAX_VALUE))
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("MiB left");
  }
}
