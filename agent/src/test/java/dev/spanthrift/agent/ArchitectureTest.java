package dev.spanthrift.agent;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
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
