package dev.spanthrift.agent.command.remote;

import dev.spanthrift.agent.control.http.BodyFormat;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** How an answer is printed: for people, or as it came. */
enum OutputForm {
  TABLE,
  JSON,
  YAML;

  private static final JsonMapper PRETTY =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /**
   * Prints an answer.
   *
   * @param table what people read
   */
  void print(JsonNode answer, Consumer<PrintWriter> table, PrintWriter out) {
    switch (this) {
      case TABLE -> table.accept(out);
      case JSON -> out.println(PRETTY.writeValueAsString(answer));
      case YAML -> out.print(new String(BodyFormat.YAML.write(answer), StandardCharsets.UTF_8));
    }
    out.flush();
  }
}
