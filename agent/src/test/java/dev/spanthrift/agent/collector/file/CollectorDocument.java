package dev.spanthrift.agent.collector.file;

import dev.spanthrift.agent.collector.reading.KeyFate;
import dev.spanthrift.agent.collector.reading.KeyTable;
import dev.spanthrift.agent.collector.reading.KeyTable.KeyRow;
import java.util.Collection;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** docs/COLLECTOR.md, written from the tables that the readers ask. */
final class CollectorDocument {
  private static final String HEAD =
      """
      # What becomes of a Collector's file, and of Refinery's rules
      Written from the code by CollectorDocumentTest with -Dformat.apply=true; Collector 0.161.0, Refinery 2.

      `spanthrift run --collector FILE` decides and forwards as the Collector would. Each key of a component that is read meets one of these fates:
      - **carried over**: it is obeyed; the column says where it stands in a configuration of ours.
      - **noted**: the same comes of it, and a line says so. So is each key that has the Collector's own default.
      - **warned about**: tuning is left out, some traces are decided otherwise, or something is done in another way. `--strict` refuses these too.
      - **refused**: something that protects or sends data would fall away. It starts with `--accept NAME` only, where NAME is in the message, such as `processors/redaction` or `receivers/otlp/auth`; each thing is named by itself, and is still warned about. `--accept A B`, or the option again, takes several.

      What the Collector itself does not start with (an unknown key or type, a value of the wrong type, a pattern that is none, a component that is named and not defined, also in components that nothing uses) is refused with what would be right, and cannot be accepted.

      `${env:NAME}`, `${env:NAME:-otherwise}`, `${NAME}`, `${file:PATH}`, variables in variables and `$$` are read; so are anchors, aliases and merge keys, up to 100,000 values written out. `--collector` may be given several times: a later file's keys go before, as with the Collector's `--config`.

      `spanthrift import FILE` prints the nearest configuration of ours, with all this as comments; of Refinery's rules those of `__default__`, or of `--environment NAME`.

      ## Pipelines
      All traces are decided once, by the first pipeline that samples. A second traces pipeline whose samplers are others is refused by its name, because its exporters would get nothing; one with the same samplers adds its exporters. Metrics, logs and profiles go through to the exporters of their pipelines. There is one pair of ports: a second `otlp` receiver is refused, and a pipeline that no OTLP comes into sends nothing.

      ## Components that are not read
      """;

  private CollectorDocument() {}

  static String text() {
    StringBuilder text = new StringBuilder(HEAD);
    text.append("Refused, because they send, receive, protect or change data: ");
    text.append(
        "every receiver, processor, exporter, connector and extension but those below.\n\n");
    text.append("Warned about: ").append(names(Definitions.TUNING)).append(".\n\n");
    text.append("Noted, because they do nothing by themselves (what names them is refused): ");
    text.append(names(Definitions.REFERRED)).append(", encodings.\n");
    KeyTable.tables().forEach(table -> append(table, text));
    return text.toString();
  }

  private static String names(Collection<String> names) {
    return new TreeSet<>(names).stream().map(n -> "`" + n + "`").collect(Collectors.joining(", "));
  }

  private static void append(KeyTable table, StringBuilder text) {
    text.append("\n## ").append(table.name()).append('\n');
    if (table.keys().isEmpty()) {
      text.append("It has no keys.\n");
      return;
    }
    text.append("| key | default there | here |\n|---|---|---|\n");
    for (KeyRow key : table.keys()) {
      String value = key.byDefault().equals("-") ? "" : "`" + key.byDefault() + "`";
      text.append("| `%s` | %s | %s |\n".formatted(key.path(), value, here(key)));
    }
  }

  private static String here(KeyRow key) {
    String fate =
        switch (key.fate()) {
          case REFUSED -> "**" + key.fate().words() + "**";
          default -> key.fate().words();
        };
    String separator = key.fate() == KeyFate.CARRIED ? ": " : "; ";
    return fate + separator + key.words().replace("|", "\\|");
  }
}
