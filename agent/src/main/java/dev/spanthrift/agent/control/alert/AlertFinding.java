package dev.spanthrift.agent.control.alert;

/**
 * Something that is wrong at the moment.
 *
 * @param subject what it is about, such as a budget or an operation
 * @param text one sentence
 */
record AlertFinding(AlertRule rule, String subject, double value, double threshold, String text) {
  String key() {
    return rule.word() + " " + subject;
  }
}
