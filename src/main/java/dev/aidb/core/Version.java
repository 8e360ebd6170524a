package dev.aidb.core;

/** The program's own version. */
public final class Version {
  private static final String UNPACKED = "development";

  private Version() {}

  /** The version of the jar this runs from, {@code development} outside of one. */
  public static String current() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? UNPACKED : version;
  }
}
