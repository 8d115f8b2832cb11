package dev.spanthrift.agent;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The house: rooms, and the arrows between them. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.spanthrift");

  @Test
  void agentUsesExporterAndExporterUsesSampler() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("agent")
        .definedBy("dev.spanthrift.agent..")
        .layer("exporter")
        .definedBy("dev.spanthrift.exporter..")
        .layer("sampler")
        .definedBy("dev.spanthrift.sampler..")
        .whereLayer("agent")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("exporter")
        .mayOnlyBeAccessedByLayers("agent")
        .check(CLASSES);
  }

  @Test
  void noTwoPackagesImportEachOther() {
    slices().matching("dev.spanthrift.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  /** Parts of a whole that are only ever written behind its name. */
  private static final Map<String, String> SHARED_NAMES =
      Map.of(
          "variants of sealed types: Condition.Not, Ottl.Not",
          "Accepted And Attribute Budget Bytes Composite Drop Field Invalid Items Name Nanos Not"
              + " Pairs Part Probability Scalar Sequence Unit",
          "sections of the settings tree, named as their key",
          "Cors DecisionMemory Hold Limits",
          "what its own type counts, is, or answers",
          "Answer Amount Counts Forecast Ids Kind Mode OfBudget Outcome Period Reading Restored"
              + " Type Watcher");

  @Test
  void noTwoClassesShareANameButForPartsThatAreWrittenBehindTheirWhole() {
    Set<String> excepted = new HashSet<>();
    SHARED_NAMES.values().forEach(names -> excepted.addAll(List.of(names.split(" "))));
    Map<String, List<String>> byName = new TreeMap<>();
    Set<String> heads = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      boolean head = type.isTopLevelClass();
      boolean visible = type.getModifiers().contains(JavaModifier.PUBLIC);
      if (type.isAnonymousClass() || type.isLocalClass() || !head && !visible) {
        continue;
      }
      byName.computeIfAbsent(type.getSimpleName(), name -> new ArrayList<>()).add(type.getName());
      if (head && !type.getSimpleName().equals("package-info")) {
        assertTrue(heads.add(type.getSimpleName()), "two files are named " + type.getSimpleName());
      }
    }
    byName.remove("package-info");
    byName.values().removeIf(types -> types.size() < 2);
    byName.keySet().removeAll(excepted);
    assertEquals(Map.of(), byName);
  }

  @Test
  void everyRoomStandsInArchitectureMd() throws Exception {
    String page = Files.readString(Path.of("").toAbsolutePath().resolveSibling("ARCHITECTURE.md"));
    Set<String> missing = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      String room = type.getPackageName().replaceFirst("dev\\.spanthrift\\.(\\w+)\\.?", "");
      String last = room.substring(room.lastIndexOf('.') + 1);
      if (!page.contains("`" + room + "`") && !page.contains("`" + last + "`")) {
        missing.add(type.getPackageName());
      }
    }
    missing.removeIf(room -> room.chars().filter(c -> c == '.').count() == 2); // the modules
    assertEquals(Set.of(), missing);
  }

  @Test
  void samplerIsPlainJdk() {
    classes()
        .that()
        .resideInAPackage("dev.spanthrift.sampler..")
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage("java..", "dev.spanthrift.sampler..", "org.jspecify.."))
        .check(CLASSES);
  }

  @Test
  void onlyTheAgentKnowsSpring() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.spanthrift.agent..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.springframework..")
        .check(CLASSES);
  }

  @Test
  void onlyTheFleetKnowsItsClient() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.spanthrift.agent.fleet..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.lettuce..")
        .check(CLASSES);
  }

  @Test
  void generatedProtobufClassesStayInTests() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.google.protobuf..", "io.opentelemetry.proto..")
        .check(CLASSES);
  }

  @Test
  void roomsOfTheSamplerUseOnlyThoseBeforeThem() {
    String base = "dev.spanthrift.sampler.";
    String[] rooms = {"probability", "wire", "trace", "signal", "budget", "policy", "estimate"};
    for (int i = 0; i < rooms.length; i++) {
      for (int later = i + 1; later < rooms.length; later++) {
        noClasses()
            .that()
            .resideInAPackage(base + rooms[i] + "..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(base + rooms[later] + "..")
            .allowEmptyShould(true)
            .check(CLASSES);
      }
    }
  }
}
