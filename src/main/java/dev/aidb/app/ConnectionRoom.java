package dev.aidb.app;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many clients' connections the process has file descriptors for. A process that runs out of
 * them can neither accept a connection nor open a file of its index.
 */
final class ConnectionRoom {
  private static final Logger LOG = System.getLogger(ConnectionRoom.class.getName());
  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final Pattern OPEN_FILES = Pattern.compile("(?m)^Max open files\\s+(\\d+)");

  /** For jars, the index's files, PostgreSQL, and connections that are just being closed. */
  private static final int OWN_FILES = 512;

  private ConnectionRoom() {}

  /** As many as wanted, or as many as the limit of this process allows, with a warning. */
  static int of(int wanted) {
    OptionalInt files = openFiles();
    int room = files.isPresent() ? room(wanted, files.getAsInt()) : wanted;
    if (room < wanted) {
      LOG.log(
          Level.WARNING,
          "Only "
              + room
              + " connections are taken at once instead of server.max_connections ("
              + wanted
              + "), because this process may open no more than "
              + files.getAsInt()
              + " files: raise it with ulimit -n, or LimitNOFILE= in a systemd unit.");
    }
    return room;
  }

  /**
   * @param files how many files the process may have open, sockets included
   */
  static int room(int wanted, int files) {
    return Math.min(wanted, Math.max(files / 4, files - OWN_FILES));
  }

  /** The process's own limit; the JVM has raised it to the hard one at its start. */
  private static OptionalInt openFiles() {
    try {
      Matcher line = OPEN_FILES.matcher(Files.readString(LIMITS));
      return line.find() ? OptionalInt.of(clamped(line.group(1))) : OptionalInt.empty();
    } catch (IOException e) {
      return OptionalInt.empty(); // no such file on this system
    }
  }

  private static int clamped(String digits) {
    return digits.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(digits);
  }
}
