package dev.aidb.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the real launcher in a copy of the program's folder, with JDKs and a Maven that are scripts:
 * what is tested is which one is chosen and when, not the build itself.
 */
class LauncherTest {
  private static final Path PROJECT = Path.of("").toAbsolutePath();

  /** How a launch ended. */
  private record Run(int status, String out, String err) {}

  /** A launch that goes on, and where its standard error goes. */
  private record Launch(Process process, Path err) {}

  @TempDir Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private Path home;

  @BeforeEach
  void copyTheProgram() throws IOException {
    assumeThat(System.getProperty("os.name")).describedAs("sh is needed").doesNotContain("Windows");
    home = Files.createDirectories(folder.resolve("a folder with blanks/aidb home"));
    copy("aidb");
    for (String script : List.of("find-jdk", "build", "freshness", "jvm-options")) {
      copy("scripts/" + script);
    }
    Files.createDirectories(home.resolve("src/main"));
    Files.writeString(home.resolve("src/main/A.java"), "class A {}");
    Files.writeString(home.resolve("pom.xml"), "<project/>");
    Path tools = Files.createDirectories(folder.resolve("tools"));
    // The stand-in for Maven leaves a jar, and a line for each time it was called.
    script(
        tools.resolve("mvn"),
        """
        echo built >>calls
        echo "[INFO] --- some-plugin:1:goal (default) @ aidb ---"
        sleep "${BUILD_SECONDS-0}"
        [ -z "${BUILD_FAILS-}" ] || { echo "[ERROR] A.java: no such thing"; exit 1; }
        mkdir -p target/lib && echo jar >target/aidb.jar && echo jar >"target/lib/x.jar"
        """);
    environment.put("PATH", tools + ":/usr/bin:/bin");
    environment.put("HOME", folder.resolve("nobody").toString());
    environment.put("AIDB_JDK_FOLDERS", folder.resolve("jvm").toString());
    environment.put("AIDB_AOT", "off");
    environment.put("AIDB_BUILD_TICK", "0.05");
  }

  @Test
  void withAnOlderJavaOnThePathTheNewestInstalledOneIsTaken() throws Exception {
    Path old = jdk("old", "17.0.15");
    environment.put("PATH", old.resolve("bin") + ":" + environment.get("PATH"));
    environment.put("JAVA_HOME", old.toString());
    jdk("jvm/twenty-five", "25.0.3");
    jdk("jvm/eight", "1.8.0_400");
    Path newest = jdk("jvm/twenty-six", "26-ea");

    assertThat(launch("--print-java-home")).isEqualTo(new Run(0, newest + "\n", ""));
  }

  @Test
  void theOrderOfSearchIsKept() throws Exception {
    jdk("jvm/installed", "27");
    Path onPath = jdk("on path", "25.0.1");
    environment.put("PATH", onPath.resolve("bin") + ":" + environment.get("PATH"));
    assertThat(launch("--print-java-home").out().strip()).isEqualTo(onPath.toRealPath().toString());
    Path javaHome = jdk("java home", "25.0.2");
    environment.put("JAVA_HOME", javaHome.toString());
    assertThat(launch("--print-java-home").out().strip()).isEqualTo(javaHome.toString());
    Path ours = jdk("ours", "26");
    environment.put("AIDB_JAVA_HOME", ours.toString());
    assertThat(launch("--print-java-home").out().strip()).isEqualTo(ours.toString());
  }

  @Test
  void toolchainsAreReadToo() throws Exception {
    Path jdk = jdk("tool chain", "25");
    Path settings = Files.createDirectories(folder.resolve("nobody/.m2"));
    Files.writeString(
        settings.resolve("toolchains.xml"), "<x>\n  <jdkHome> " + jdk + " </jdkHome>\n</x>\n");
    assertThat(launch("--print-java-home").out().strip()).isEqualTo(jdk.toString());
  }

  @Test
  void withoutAJdkItSaysWhatToInstall() throws Exception {
    environment.put("PATH", onlyTools());
    Run run = launch("version");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .startsWith("aidb: AIDB needs a JDK 25 or newer, and none was found.")
        .contains("https://adoptium.net", "AIDB_JAVA_HOME");
    environment.put("AIDB_JAVA_HOME", "/nonexistent");
    assertThat(launch("version").err()).contains("which is not a JDK 25 or newer");
  }

  @Test
  void itBuildsOnceAndAgainWhenASourceIsNewer() throws Exception {
    jdk("jvm/j", "25");
    Run first = launch("version", "two words", "");
    assertThat(first.status()).isZero();
    assertThat(first.err()).contains("aidb: building", "aidb: built in");
    assertThat(first.out())
        .contains(
            "<-cp><%1$s/target/aidb.jar:%1$s/target/lib/x.jar>".formatted(home.toRealPath()),
            "<dev.aidb.app.Main><version><two words><>")
        .doesNotContain("jdk.incubator.vector");
    assertThat(launch("version").err()).isEmpty();
    assertThat(calls()).isEqualTo(1);

    Files.setLastModifiedTime(
        home.resolve("src/main/A.java"), FileTime.from(Instant.now().plusSeconds(2)));
    launch("version");
    assertThat(calls()).isEqualTo(2);
  }

  @Test
  void theServerGetsItsOwnOptions() throws Exception {
    jdk("jvm/j", "25");
    environment.put("AIDB_JAVA_OPTS", "-Xmx1g -Da=b");
    assertThat(launch("--debug", "serve").out())
        .contains("<--add-modules=jdk.incubator.vector>", "<-Xmx1g><-Da=b><-cp>");
  }

  @Test
  void itWorksThroughALinkFromAnywhere() throws Exception {
    Path jdk = jdk("jvm/j", "25");
    Path links = Files.createDirectories(folder.resolve("links"));
    Path direct = Files.createSymbolicLink(links.resolve("one"), home.resolve("aidb"));
    Path link = Files.createSymbolicLink(links.resolve("two"), direct.getFileName());
    assertThat(run(Path.of("/"), link.toString(), "--print-java-home").out().strip())
        .isEqualTo(jdk.toString());
    assertThat(run(Path.of("/"), link.toString(), "version").status()).isZero();
  }

  @Test
  void twoLaunchesAtOnceBuildOnce() throws Exception {
    jdk("jvm/j", "25");
    environment.put("BUILD_SECONDS", "1");
    Launch one = start(home, home.resolve("aidb").toString(), "version");
    Launch two = start(home, home.resolve("aidb").toString(), "version");

    assertThat(finish(one).status()).isZero();
    assertThat(finish(two).status()).isZero();
    assertThat(calls()).isEqualTo(1);
    assertThat(home.resolve("target/build.lock")).doesNotExist();
  }

  @Test
  void theLockOfADeadBuilderIsCleared() throws Exception {
    jdk("jvm/j", "25");
    Path lock = Files.createDirectories(home.resolve("target/build.lock"));
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    Files.writeString(lock.resolve("pid"), dead.pid() + "\n");
    assertThat(launch("version").status()).isZero();
  }

  @Test
  void aFailedBuildIsExplained() throws Exception {
    jdk("jvm/j", "25");
    environment.put("BUILD_FAILS", "1");
    Run run = launch("version");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("the build failed", "A.java: no such thing", "build.log");
    assertThat(home.resolve("target/build.lock")).doesNotExist();
    environment.remove("BUILD_FAILS");
    assertThat(launch("version").status()).isZero();
  }

  @Test
  void withoutMavenItSaysWhatToInstall() throws Exception {
    jdk("jvm/j", "25");
    environment.put("AIDB_MVN", "no-such-maven");
    Run run = launch("version");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("Maven (mvn) was not found", "apt-get install maven");
  }

  /** A JDK whose java prints its arguments, each in angle brackets. */
  private Path jdk(String name, String version) throws IOException {
    Path jdk = Files.createDirectories(folder.resolve(name));
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(
        jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
    script(jdk.resolve("bin/java"), "printf '<%s>' \"$@\"; echo");
    script(jdk.resolve("bin/javac"), "exit 1");
    return jdk;
  }

  /** A PATH with the few tools the launcher needs and no java. */
  private String onlyTools() throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    for (String tool :
        List.of("sh", "readlink", "dirname", "sed", "head", "cat", "find", "mkdir", "rm")) {
      Path real =
          Files.exists(Path.of("/bin", tool)) ? Path.of("/bin", tool) : Path.of("/usr/bin", tool);
      script(bin.resolve(tool), "exec " + real + " \"$@\"");
    }
    return bin.toString();
  }

  private void copy(String file) throws IOException {
    Path copy = home.resolve(file);
    Files.createDirectories(copy.getParent());
    Files.copy(PROJECT.resolve(file), copy);
  }

  private static void script(Path file, String text) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + text + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private long calls() throws IOException {
    try (Stream<String> lines = Files.lines(home.resolve("calls"))) {
      return lines.count();
    }
  }

  private Run launch(String... arguments) throws Exception {
    String[] command = new String[arguments.length + 1];
    command[0] = home.resolve("aidb").toString();
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    return run(home, command);
  }

  private Run run(Path directory, String... command) throws Exception {
    return finish(start(directory, command));
  }

  private Launch start(Path directory, String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    Path err = Files.createTempFile(folder, "err", "");
    return new Launch(builder.redirectError(err.toFile()).start(), err);
  }

  private Run finish(Launch launch) throws Exception {
    Process process = launch.process();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Run(process.exitValue(), out, Files.readString(launch.err()));
  }
}
