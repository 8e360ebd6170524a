package dev.aidb;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds the floor plan of {@code docs/explanation/architecture.md}. */
class ArchitectureTest {
  private static final Path CLASSES = Path.of("target/classes");

  /** From the top to the ground; a package imports from its own floor or below. */
  private static final List<Set<String>> FLOORS =
      List.of(
          Set.of("app"),
          Set.of("cli"),
          Set.of("mcp"),
          Set.of("http"),
          Set.of("invocation"),
          Set.of(
              "documents",
              "search",
              "learning",
              "context",
              "chunking",
              "gc",
              "keys",
              "issues",
              "audit"),
          Set.of("projection", "index", "index.lucene", "embedding", "similarity", "llm", "store"),
          Set.of(
              "limits",
              "policy",
              "resilience",
              "guard",
              "health",
              "metrics",
              "operation",
              "config",
              "log",
              "tokens"),
          Set.of("core"));

  private static JavaClasses program;
  private static Map<String, Integer> heights;

  @BeforeAll
  static void read() {
    program = new ClassFileImporter().importPath(CLASSES);
    heights = new HashMap<>();
    for (int floor = 0; floor < FLOORS.size(); floor++) {
      for (String name : FLOORS.get(floor)) {
        heights.put(name, FLOORS.size() - floor);
      }
    }
  }

  @Test
  void everyPackageHasItsFloorAndEveryFloorItsPackages() {
    Set<String> found = new HashSet<>();
    program.forEach(type -> found.add(packageOf(type)));

    assertThat(found).isEqualTo(heights.keySet());
  }

  @Test
  void aPackageImportsOnlyFromItsFloorOrBelow() {
    classes().should(dependOnlyDownwards()).check(program);
  }

  @Test
  void packagesFormNoCycle() {
    slices().matching("dev.aidb.(*)..").should().beFreeOfCycles().check(program);
  }

  @Test
  void theSpiKnowsNoImplementation() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.aidb.index")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.aidb.index.lucene..")
        .check(program);
  }

  @Test
  void onlyTheObjectGraphKnowsTheEmbeddedIndex() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.aidb.app", "dev.aidb.index.lucene..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.aidb.index.lucene..")
        .check(program);
  }

  @Test
  void librariesStayBehindTheirPackages() {
    keeps("dev.aidb.index.lucene..", "org.apache.lucene..");
    keeps("dev.aidb.embedding..", "ai.onnxruntime..");
    keeps("dev.aidb.http..", "io.helidon..");
    keeps("dev.aidb.config..", "org.snakeyaml..");
    keeps("dev.aidb.limits..", "io.lettuce..");
    keeps("dev.aidb.tokens..", "com.knuddels..");
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.aidb.cli..", "dev.aidb.app..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("picocli..", "me.tongfei..")
        .check(program);
  }

  @Test
  void onlyTheLogPackageKnowsTheJdksLogging() {
    keeps("dev.aidb.log..", "java.util.logging..");
  }

  @Test
  void onlyTheCommandLineSpeaksToTheTerminal() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.aidb.cli..", "dev.aidb.app..")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(program);
  }

  @Test
  void nobodyUsesTheInsidesOfTheJdk() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("sun..", "com.sun..", "jdk.internal..")
        .check(program);
  }

  @Test
  void nobodyEndsTheProcessButItsMain() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.aidb.cli..", "dev.aidb.app..")
        .should()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .callMethod(Runtime.class, "halt", int.class)
        .check(program);
  }

  @Test
  void everyPackageSaysWhatItIsAndRefusesNull() throws Exception {
    for (String name : heights.keySet()) {
      Class<?> description = Class.forName("dev.aidb." + name + ".package-info");
      assertThat(description.isAnnotationPresent(NullMarked.class)).describedAs(name).isTrue();
      Path source = Path.of("src/main/java/dev/aidb", name.replace('.', '/'), "package-info.java");
      assertThat(Files.readString(source)).describedAs(name).startsWith("/**\n * ");
    }
  }

  @Test
  void namesAreTheWordsOfTheField() throws Exception {
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.matches(".*(Manager|Helper|Utils?|Impl)\\.java"));
    }
  }

  private static void keeps(String owner, String library) {
    noClasses()
        .that()
        .resideOutsideOfPackage(owner)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(program);
  }

  private static ArchCondition<JavaClass> dependOnlyDownwards() {
    return new ArchCondition<>("import only from their own floor or below") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          JavaClass target = dependency.getTargetClass();
          if (OURS.test(target) && height(target) > height(type)) {
            events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
          }
        }
      }
    };
  }

  private static final DescribedPredicate<JavaClass> OURS =
      DescribedPredicate.describe("ours", type -> type.getPackageName().startsWith("dev.aidb."));

  private static int height(JavaClass type) {
    return heights.getOrDefault(packageOf(type), Integer.MAX_VALUE);
  }

  private static String packageOf(JavaClass type) {
    return type.getPackageName().substring("dev.aidb.".length());
  }
}
