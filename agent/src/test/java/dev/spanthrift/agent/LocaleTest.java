package dev.spanthrift.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.spanthrift.exporter.Destination;
import dev.spanthrift.sampler.Sampler;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Digits and letters of whoever starts the program never reach an output. */
class LocaleTest {
  private static final Set<String> FORMATS = Set.of("format", "formatted", "printf");
  private static final Set<String> CASES = Set.of("toLowerCase", "toUpperCase");
  private static final Set<String> FACTORIES =
      Set.of(
          "java.text.NumberFormat",
          "java.text.DecimalFormat",
          "java.text.MessageFormat",
          "java.text.SimpleDateFormat",
          "java.util.Formatter",
          "java.util.Scanner");

  @Test
  void nothingIsWrittenInTheLocaleOfTheMachine() {
    JavaClasses classes =
        new ClassFileImporter()
            .importUrls(
                Stream.of(Spanthrift.class, Destination.class, Sampler.class)
                    .map(type -> type.getProtectionDomain().getCodeSource().getLocation())
                    .toList());
    List<String> calls =
        classes.stream()
            .flatMap(type -> type.getCodeUnitCallsFromSelf().stream())
            .filter(LocaleTest::takesTheLocaleOfTheMachine)
            .map(JavaCall::getDescription)
            .sorted()
            .toList();
    assertEquals(List.of(), calls);
  }

  private static boolean takesTheLocaleOfTheMachine(JavaCall<?> call) {
    AccessTarget target = call.getTarget();
    List<JavaClass> parameters = call.getTarget().getRawParameterTypes();
    boolean named =
        !parameters.isEmpty() && parameters.getFirst().getName().equals("java.util.Locale");
    String owner = target.getOwner().getName();
    return !named
        && (FORMATS.contains(target.getName()) && owner.startsWith("java.")
            || CASES.contains(target.getName()) && owner.equals("java.lang.String")
            || FACTORIES.contains(owner)
                && (target.getName().equals("<init>") || target.getName().startsWith("get")));
  }
}
