package dev.aidb.store;

import dev.aidb.core.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How PostgreSQL's programs are run: plainly by an ordinary user. It refuses to run as root, so
 * root runs it in a user namespace of its own, where it has no privilege over anything.
 */
enum Isolation {
  PLAIN,
  USER_NAMESPACE;

  /** What this process needs. */
  static Isolation detect() throws InterruptedException {
    if (!isRoot()) {
      return PLAIN;
    }
    try {
      Process probe =
          new ProcessBuilder(USER_NAMESPACE.wrap(List.of("true")))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (probe.waitFor(5, TimeUnit.SECONDS) && probe.exitValue() == 0) {
        return USER_NAMESPACE;
      }
    } catch (IOException e) {
      throw refused(e);
    }
    throw refused(new IOException("unshare isn't permitted"));
  }

  private static boolean isRoot() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    } catch (IOException | UnsupportedOperationException e) {
      return "root".equals(System.getProperty("user.name"));
    }
  }

  private static StartFailure refused(IOException e) {
    return new StartFailure(
        "PostgreSQL doesn't run as root, and a user namespace for it can't be made here",
        "Run aidb as an ordinary user, or set database.mode to external.",
        e);
  }

  List<String> wrap(List<String> command) {
    if (this == PLAIN) {
      return command;
    }
    List<String> wrapped = new ArrayList<>(List.of("unshare", "--user"));
    wrapped.addAll(command);
    return wrapped;
  }
}
