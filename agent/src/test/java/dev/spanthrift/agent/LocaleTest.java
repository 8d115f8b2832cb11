package dev.spanthrift.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.spanthrift.agent.command.Verbs;
import dev.spanthrift.exporter.Destination;
import dev.spanthrift.sampler.Sampler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Digits and letters of whoever starts the program never reach an output. */
class LocaleTest {
  /** Not formatted, which takes no locale at all: for it the program sets its own first. */
  private static final Set<String> FORMATS = Set.of("format", "printf");

  private static final Set<String> WRITERS =
      Set.of("java.lang.String", "java.io.PrintStream", "java.io.PrintWriter");

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

  @Test
  @Timeout(60)
  void whoeverSpeaksPersianOrArabicGetsTheSameDigits() throws Exception {
    String english = checked("en", "US");
    assertTrue(english.contains("50 digits are none, 7 are"), english);
    assertTrue(english.contains("SPANTHRIFT_LISTEN_GRPC_PORT"), english);
    for (String[] locale : new String[][] {{"fa", "IR"}, {"ar", "EG"}, {"tr", "TR"}}) {
      assertEquals(english, checked(locale[0], locale[1]));
    }
  }

  /** What the program itself says and writes, as a process of its own in that locale. */
  private static String checked(String language, String country) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Duser.language=" + language,
                "-Duser.country=" + country,
                "-cp",
                ClassPath.here(),
                Spoken.class.getName())
            .redirectErrorStream(true)
            .start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Begins as the program does, and then writes numbers in every way that it does. */
  static final class Spoken {
    private Spoken() {}

    @SuppressWarnings("StringCaseLocaleUsage")
    public static void main(String[] arguments) {
      Spanthrift.speakPlainly();
      System.out.println("%d digits are none, %d are".formatted(50, 7));
      System.out.println("%,.2f".formatted(1234.5) + "TITLE".toLowerCase());
      Map<String, String> wrong = Map.of("SPANTHRIFT_LISTEN_GRPC_PORT", "70000");
      Verbs.run(new String[] {"check"}, wrong, Sidecar::new);
    }
  }

  private static boolean takesTheLocaleOfTheMachine(JavaCall<?> call) {
    AccessTarget target = call.getTarget();
    List<JavaClass> parameters = call.getTarget().getRawParameterTypes();
    boolean named =
        !parameters.isEmpty() && parameters.getFirst().getName().equals("java.util.Locale");
    String owner = target.getOwner().getName();
    return !named
        && (FORMATS.contains(target.getName()) && WRITERS.contains(owner)
            || CASES.contains(target.getName()) && owner.equals("java.lang.String")
            || FACTORIES.contains(owner)
                && (target.getName().equals("<init>") || target.getName().startsWith("get")));
  }
}
