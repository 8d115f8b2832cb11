package dev.spanthrift.exporter.transport;

/** What a backend says of a request that it took, gathered field by field. */
final class PartialAnswer {
  private final boolean json;
  private long rejected;
  private String message = "";
  private String unknown = "";

  PartialAnswer(boolean json) {
    this.json = json;
  }

  void rejected(long items) {
    rejected = items;
  }

  void message(String words) {
    message = words;
  }

  /** A field that our version of the specification does not know. */
  void unknown(String field) {
    unknown = field;
  }

  SendResult.Accepted accepted() {
    if (rejected > 0) {
      return new SendResult.Accepted("partial_success", rejected, message);
    }
    if (!message.isEmpty()) {
      return new SendResult.Accepted("warning", 0, message);
    }
    if (!unknown.isEmpty()) {
      return new SendResult.Accepted("unknown_fields", 0, "partial_success has " + unknown);
    }
    return json ? SendResult.Accepted.JSON : SendResult.Accepted.PLAIN;
  }

  /** The status says that the request was taken; its body says nothing that we can read. */
  static SendResult.Accepted unreadable(String why) {
    return new SendResult.Accepted("unreadable", 0, "taken, but its answer is no " + why);
  }
}
