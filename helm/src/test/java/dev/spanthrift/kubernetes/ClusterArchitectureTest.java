package dev.spanthrift.kubernetes;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The annex of the house: what {@code ArchitectureTest} asks of the sidecar's, of the cluster's.
 */
class ClusterArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.spanthrift");

  @Test
  void noTwoPackagesImportEachOther() {
    slices().matching("dev.spanthrift.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void theSidecarKnowsNothingOfTheCluster() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.spanthrift.kubernetes..", "dev.spanthrift.image..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.spanthrift.kubernetes..",
            "dev.spanthrift.image..",
            "io.fabric8..",
            "org.bouncycastle..")
        .check(CLASSES);
  }

  /** The injection is a function: no client, no file, no port. */
  @Test
  void injectionAsksNobody() {
    noClasses()
        .that()
        .resideInAPackage("dev.spanthrift.kubernetes.injection..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.fabric8.kubernetes.client..", "java.net.http..", "java.nio.file..", "io.netty..")
        .check(CLASSES);
  }

  /** The client's own bounds let an API server that hangs hold a thread for two minutes. */
  @Test
  void everyClientHasTheSameBounds() {
    noClasses()
        .that()
        .doNotHaveSimpleName("ObjectClient")
        .should()
        .dependOnClassesThat()
        .haveSimpleName("KubernetesClientBuilder")
        .check(CLASSES);
  }

  @Test
  void everyRoomStandsInArchitectureMd() throws Exception {
    String page = Files.readString(Path.of("").toAbsolutePath().resolveSibling("ARCHITECTURE.md"));
    Set<String> missing = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      String room = type.getPackageName().replace("dev.spanthrift.", "");
      if (room.startsWith("kubernetes.") && !page.contains("`" + room + "`")) {
        missing.add(room);
      }
    }
    assertEquals(Set.of(), missing);
  }
}
