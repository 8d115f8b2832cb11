package dev.spanthrift.agent.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.spanthrift.agent.command.option.Context;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainRunTest {
  private final StringWriter err = new StringWriter();
  private final Context context =
      new Context(
          Map.of(),
          new PrintWriter(new StringWriter()),
          new PrintWriter(err),
          () -> {
            throw new AssertionError("nothing is started");
          });

  /** The file is not there, so that both readers end by naming it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "run",
        "run --config /nowhere/a.yaml",
        "run --lenient",
        "run --lenient --config /nowhere/a.yaml",
        "run --config nowhere.yaml --lenient"
      })
  void doesWhatPicocliWouldDo(String line) throws Exception {
    String[] arguments = line.split(" ");
    RunCommand plain = PlainRun.of(arguments, context);
    assertNotNull(plain);
    int code = plain.call();
    String said = err.toString();
    err.getBuffer().setLength(0);
    assertEquals(code, Verbs.commandLine(context).execute(arguments));
    assertEquals(said, err.toString());
  }

  @Test
  void leavesToPicocliWhateverIsNotPlain() {
    for (List<String> line :
        List.of(
            List.<String>of(),
            List.of("check"),
            List.of("run", "--help"),
            List.of("run", "--config"),
            List.of("run", "--config", "--lenient"),
            List.of("run", "--config=a.yaml"),
            List.of("run", "--config", "a", "--config", "b"),
            List.of("run", "--collector", "a.yaml"),
            List.of("run", "--lenient", "--lenient"),
            List.of("run", "--config", "@a"),
            List.of("run", "a.yaml"))) {
      assertNull(PlainRun.of(line.toArray(String[]::new), context), line.toString());
    }
  }
}
